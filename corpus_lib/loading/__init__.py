"""Folders, tables, exports and formats to a `Corpus`."""

from corpus_lib.loading.load import load_corpus
