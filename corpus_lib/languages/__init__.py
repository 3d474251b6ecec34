"""Which language, which script; knows text only."""

from corpus_lib.languages.codes import NAMES, code_of, code_problem, language_name
