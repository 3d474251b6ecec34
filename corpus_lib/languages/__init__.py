"""Which language, which script; knows text only."""

from corpus_lib.languages.codes import code_of, code_problem, language_name
from corpus_lib.languages.identify import identify

__all__ = ["code_of", "code_problem", "identify", "language_name"]
