"""Which language, which script; knows text only."""

from __future__ import annotations

from corpus_lib.languages.identify import identify

__all__ = ["identify"]
