"""Which language, which script; knows text only."""

from corpus_lib.languages.identify import identify

__all__ = ["identify"]
