"""Which language, which script; knows text only."""

from __future__ import annotations

from corpus_lib.languages.codes import check_code, code_of, language_name
from corpus_lib.languages.identify import identify

__all__ = ["check_code", "code_of", "identify", "language_name"]
