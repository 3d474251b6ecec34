"""Which language, which script; knows text only."""

from corpus_lib.languages.codes import code_of, code_problem, language_name

__all__ = ["code_of", "code_problem", "language_name"]
