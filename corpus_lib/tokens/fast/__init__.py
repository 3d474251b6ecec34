"""Compiled loops over texts and counts; imported where they are used, since numba is heavy."""
