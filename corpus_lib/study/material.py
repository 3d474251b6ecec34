"""A corpus, prepared, with what is asked of it: what every analysis is handed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from corpus_lib.corpus.clean import CleanCorpus
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.study.asked import StudyFile
from corpus_lib.study.results import Results
from corpus_lib.tokens.tokens import Tokens

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
