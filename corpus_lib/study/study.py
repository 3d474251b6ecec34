"""`open_study`: a corpus and what is asked of it in one object, prepared once, that each analysis is asked of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from corpus_lib.cleaning.overrides import overrides_beside
from corpus_lib.cleaning.settings import CleaningSettings
from corpus_lib.corpus.clean import CleanCorpus
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.files import check_inside
from corpus_lib.loading.load import load_corpus
from corpus_lib.study.asked import StudyFile
from corpus_lib.study.prepared import prepare
from corpus_lib.study.results import Results
from corpus_lib.study.store import PREPARED
from corpus_lib.study.study_file import load_study
from corpus_lib.tokens.tokens import Tokens

__all__ = ["Study", "open_study"]

STUDY_FILE = "study.toml"


@dataclass(frozen=True, repr=False)
class Study:
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

    def __repr__(self) -> str:
        return f"Study({self.file.title!r}, {len(self.corpus.documents)} documents, {self.tokens.n_tokens} tokens)"


def open_study(
    path: str | Path,
    *,
    study: str | Path | None = None,
    results: str | Path | None = None,
    clean: str | CleaningSettings = "auto",
    overrides: pd.DataFrame | str | Path | None = None,
    fresh: bool = False,
    **loading: Any,
) -> Study:
    """Load, clean and tokenize a corpus once, and join it with what is asked of it."""
    corpus = load_corpus(path, **loading)
    file = _study_file(Path(path), study, corpus)
    settings = clean if isinstance(clean, CleaningSettings) else CleaningSettings()
    decisions = overrides if overrides is not None else overrides_beside(path)
    prepared = prepare(corpus, settings, decisions, _place(study, results), fresh=fresh)
    coding = file.coding(prepared.clean.documents)
    tokens, paragraphs = (t.with_metadata(coding) for t in (prepared.tokens, prepared.paragraph_tokens))
    return Study(corpus, prepared.clean, tokens, paragraphs, file, Results(results))


def _place(study: str | Path | None, results: str | Path | None) -> Path | None:
    """Where what is prepared is kept: with the results, else beside a study file that was given, else nowhere."""
    if results is not None:
        return Path(results) / PREPARED
    return Path(study).parent / PREPARED if study is not None else None


def _study_file(path: Path, named: str | Path | None, corpus: Corpus) -> StudyFile:
    """The study file that was named, else the one beside the texts, else a plain study."""
    beside = (path if path.is_dir() else path.parent) / STUDY_FILE
    if named is None and beside.is_file():
        check_inside(beside)
        named = beside
    return load_study(named, corpus)
