"""The notebooks over any corpus; the command line. Its modules are imported by name, so that `--help` answers at once."""
