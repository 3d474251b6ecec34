"""Title, author, source, publisher and dates, with the line each was read from."""

from corpus_lib.cleaning.metadata.candidates import FIELDS, decide_metadata, read_metadata

__all__ = ["FIELDS", "decide_metadata", "read_metadata"]
