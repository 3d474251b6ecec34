"""`open_study`: a corpus and what is asked of it in one object, prepared once, that each analysis is asked of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from corpus_lib.cleaning.overrides import overrides_beside
from corpus_lib.cleaning.settings import CleaningSettings
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.files import check_inside
from corpus_lib.loading.load import load_corpus
from corpus_lib.study.asked import StudyFile
from corpus_lib.study.cleaning import Cleaning
from corpus_lib.study.findings import Findings
from corpus_lib.study.in_context import InContext
from corpus_lib.study.keywords import Keywords
from corpus_lib.study.material import Material
from corpus_lib.study.overview import Overview
from corpus_lib.study.prepared import prepare
from corpus_lib.study.results import Results
from corpus_lib.study.study_file import load_study
from corpus_lib.study.topics import Topics
from corpus_lib.study.words import Words

__all__ = ["Study", "open_study"]

STUDY_FILE = "study.toml"


@dataclass(frozen=True, repr=False)
class Study(Material):
    """A corpus and what is asked of it; each analysis is a method, and its answer says itself.

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

    def overview(self) -> Overview:
        """What is in the corpus, and what kinds of claim it can carry."""
        return Overview(self)

    def cleaning(self, **options: Any) -> Cleaning:
        """What was taken out of the pages, what was changed, and what is known about each text; options as of `Cleaning`."""
        return Cleaning(self, **options)

    def words(self, **options: Any) -> Words:
        """Which words there are and how evenly they are spread; options as of `Words`."""
        return Words(self, **options)

    def keywords(self, by: str = "doc_id", unit: str | None = None, **options: Any) -> Keywords:
        """Which words set texts, or groups of them, apart, and how sure that is; options as of `Keywords`."""
        return Keywords(self, by, unit, **options)

    def in_context(self, nodes: Mapping[str, Sequence[str]] | None = None, **options: Any) -> InContext:
        """How words are used, by whom, and where exactly; options as of `InContext`."""
        return InContext(self, nodes, **options)

    def topics(self, **options: Any) -> Topics:
        """What the texts talk about; options as of `Topics`."""
        return Topics(self, **options)

    def findings(self, by: str = "doc_id", unit: str | None = None, **options: Any) -> Findings:
        """What the methods agree on, and what other settings leave; options as of `Findings`."""
        return Findings(self, by, unit, **options)

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
    prepared = prepare(corpus, settings, decisions, None, fresh=fresh)
    coding = file.coding(prepared.clean.documents)
    tokens, paragraphs = (t.with_metadata(coding) for t in (prepared.tokens, prepared.paragraph_tokens))
    return Study(corpus, prepared.clean, tokens, paragraphs, file, Results(results))


def _study_file(path: Path, named: str | Path | None, corpus: Corpus) -> StudyFile:
    """The study file that was named, else the one beside the texts, else a plain study."""
    beside = (path if path.is_dir() else path.parent) / STUDY_FILE
    if named is None and beside.is_file():
        check_inside(beside)
        named = beside
    return load_study(named, corpus)
