"""A corpus, prepared, with what is asked of it: what every analysis is handed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from corpus_lib.corpus.clean import CleanCorpus
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.errors import InvalidValue
from corpus_lib.languages import code_of, code_problem
from corpus_lib.report.about_corpus import stop_list
from corpus_lib.study.asked import StudyFile
from corpus_lib.study.results import Results
from corpus_lib.tokens.tokens import Tokens
from corpus_lib.wordlists.references import list_for
from corpus_lib.wordlists.stopwords import StopList, for_language

__all__ = ["Material"]


@dataclass(frozen=True, repr=False)
class Material:
    """A corpus, prepared, with what is asked of it and where its results are kept.

    Attributes
    ----------
    corpus, clean
        What was read, and what cleaning left of it.
    tokens, paragraph_tokens
        The clean texts as tokens, by document and by paragraph; `units` has the columns of the documents and of the coding.
    file
        What the study file says: title, question, nodes, aliases, groups, readings.
    results
        Where tables, figures and findings are written.
    """

    corpus: Corpus
    clean: CleanCorpus
    tokens: Tokens
    paragraph_tokens: Tokens
    file: StudyFile
    results: Results

    @cached_property
    def coding(self) -> pd.DataFrame:
        """One column a grouping of the documents: the analyst's coding, and columns as the study file recodes them."""
        return self.file.coding(self.clean.documents)

    @cached_property
    def languages(self) -> pd.Series:
        """The code of each text's language, '' where it is not known."""
        return self.clean.documents["language"].map(code_of)

    def language(self, asked: str | None = None) -> str:
        """The language that is asked for, else the study's, else the one that most texts are in, '' where none is known."""
        stated = self.file.language if asked is None else asked
        if stated is not None and (problem := code_problem(stated)):
            raise InvalidValue(f"`language`{problem}.")
        return code_of(stated) or next(iter(self.languages[self.languages != ""].mode()), "")

    def stop_list(self, asked: str | None = None) -> StopList:
        """The words to leave out of the analysis in a language: its list, or the English one where none is known, with the study's own words."""
        return self.file.stop_list(self.language(asked))

    def unlisted(self, asked: Sequence[str]) -> str:
        """What the stop lists of some languages leave of texts in others."""
        return stop_list(self.languages, [code for code in asked if for_language(code)], noun="text")

    def reference(self, asked: str | None = None, language: str | None = None) -> str:
        """The reference that is asked for, else the study's, else the library's; '' in place of a list of the library in another language than the texts."""
        return list_for(self.language(language), asked or self.file.reference)
