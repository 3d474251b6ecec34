"""`open_study`: a corpus and what is asked of it in one object, prepared once, that each analysis is asked of."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from corpus_lib.cleaning.overrides import overrides_beside
from corpus_lib.cleaning.settings import CHOICES, CleaningSettings
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.errors import CorpusLibError, InvalidValue, MissingFile, raise_all
from corpus_lib.files import check_inside
from corpus_lib.folders import check_apart
from corpus_lib.loading.load import load_corpus
from corpus_lib.study.answer import Material
from corpus_lib.study.asked import StudyFile
from corpus_lib.study.cleaning import Cleaning
from corpus_lib.study.findings import Findings
from corpus_lib.study.in_context import InContext
from corpus_lib.study.keywords import Keywords
from corpus_lib.study.overview import Overview
from corpus_lib.study.prepared import prepare
from corpus_lib.study.reader import Reader, reader
from corpus_lib.study.results import Results
from corpus_lib.study.store import PREPARED
from corpus_lib.study.study_file import load_study
from corpus_lib.study.topics import Topics
from corpus_lib.study.words import Words
from corpus_lib.wordlists.stopwords import read_words

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

    Examples
    --------
    >>> study = open_study("seeds")
    >>> study.paragraph_tokens.n_tokens == study.tokens.n_tokens
    True
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

    def reader(self, **addresses: Any) -> Reader:
        """Every line of any word, phrase or wildcard, to be looked up in a cell; addresses of other pages as of `study.reader.reader`."""
        nodes = self.in_context().nodes if self.tokens.n_tokens else {}
        return reader(self.paragraph_tokens, self.file.title, nodes, **addresses)

    def __repr__(self) -> str:
        return f"Study({self.file.title!r}, {len(self.corpus.documents)} documents, {self.tokens.n_tokens} tokens)"


def open_study(
    path: str | Path,
    *,
    study: str | Path | None = None,
    results: str | Path | None = None,
    clean: str | CleaningSettings | None = None,
    duplicates: str | None = None,
    overrides: pd.DataFrame | str | Path | None = None,
    stopwords: str | Path | None = None,
    fresh: bool = False,
    **loading: Any,
) -> Study:
    """Load, clean and tokenize a corpus once, and join it with what is asked of it.

    Parameters
    ----------
    path
        A folder of texts or a table, as `load_corpus` takes it.
    study
        A study file. Without it `study.toml` in the folder of the texts or beside the table; without that a plain study.
    results
        Folder for tables, figures and findings, outside of the corpus; `None` writes none.
    clean
        What the cleaning is asked to do: the kind of the texts, as `CleaningSettings` knows them, or all settings. By default what the study file
        says under `clean`, else "auto".
    duplicates
        "keep", or "first" to leave out copies of texts before them. By default what the study file says under `duplicates`, else "keep".
    overrides
        A person's decisions on the cleaning, as `clean_corpus` takes them; by default the `overrides.csv` beside the texts.
    stopwords
        A file of words, one a line, that are left out beside the stop list of the language and the words that the study file names.
    fresh
        Prepare anew, and let go what is kept.
    **loading
        Further arguments of `load_corpus`: `text_column`, `id_column`, `encoding`, `separator`, `sheet`.

    Returns
    -------
    Study

    Raises
    ------
    MissingFile
        If the corpus or the study file does not exist.
    InvalidValue
        If an argument cannot be used; all that is wrong with them is said at once. If the study file does not hold what it must, or `.prepared` something
        that the library did not prepare.

    Warns
    -----
    UserWarning
        If the disk refuses what was prepared; the study is the same.

    Notes
    -----
    What was cleaned and tokenized is kept in `results/.prepared`; without results in `.prepared` beside the study file, if one was given; else nowhere.
    The next opening takes it up again, document by document, as long as bytes, given fields, decisions, settings, the library's code and the packages it
    stands on are the same. The folder holds the clean texts, may be deleted at any time, and can be wrong where somebody else made it: `fresh` does
    not look at it.

    Examples
    --------
    >>> study = open_study("seeds")
    >>> study
    Study('Words and topics of five documents', 5 documents, 4795 tokens)
    >>> study.clean.name("004")
    '004 Creating Conflict Confrontation Serving U.S. Hegemony'
    """
    _check_arguments(Path(path), study, results, clean, duplicates)
    corpus = load_corpus(path, **loading)
    file = _study_file(Path(path), study, corpus)
    if file.date_order:
        corpus = load_corpus(path, **{"date_order": file.date_order, **loading})
    file = replace(file, stop_words=(*file.stop_words, *read_words(stopwords)))
    settings = _settings(clean, duplicates, file)
    decisions = overrides if overrides is not None else overrides_beside(path)
    prepared = prepare(corpus, replace(settings, duplicates="keep"), decisions, _place(study, results), fresh=fresh)
    prepared = prepared.without_copies() if settings.duplicates == "first" else prepared
    coding = file.coding(prepared.clean.documents)
    tokens, paragraphs = (t.with_metadata(coding) for t in (prepared.tokens, prepared.paragraph_tokens))
    return Study(corpus, prepared.clean, tokens, paragraphs, file, Results(results))


def _settings(clean: str | CleaningSettings | None, duplicates: str | None, file: StudyFile) -> CleaningSettings:
    """What the cleaning is asked to do: by the arguments, else by the study file."""
    if isinstance(clean, CleaningSettings):
        return replace(clean, duplicates=duplicates or clean.duplicates)
    return CleaningSettings(kind=clean or file.clean, duplicates=duplicates or file.duplicates)


def _check_arguments(path: Path, study: Any, results: Any, clean: Any, duplicates: Any) -> None:
    """Refuse what cannot be used, all of it at once."""
    problems = list(_problems(path, study, results, {"clean": clean, "duplicates": duplicates}))
    if len(problems) == 1:
        raise problems[0]
    raise_all("open_study", map(str, problems))


def _problems(path: Path, study: Any, results: Any, cleaning: Mapping[str, Any]) -> Iterator[CorpusLibError]:
    for name, value in cleaning.items():
        if value not in (None, *CHOICES[name]) and not isinstance(value, CleaningSettings):
            listed = ", ".join(map(repr, CHOICES[name]))
            yield InvalidValue(f"`{name}` must be one of {listed}; found {value!r}. Choose one of these.")
    if study is not None and not Path(study).is_file():
        said = "Check the spelling, or leave it out for a plain study."
        yield MissingFile(f"`study` must name a TOML file; {str(study)!r} does not exist. {said}")
    if results is not None:
        folder = Path(results).absolute()
        there = next(place for place in (folder, *folder.parents) if os.path.lexists(place))
        if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
            yield InvalidValue(
                f"`results` must be a folder that can be written; {str(results)!r} cannot. Choose another."
            )
        try:
            check_apart(Path(results), {"corpus": path}, name="results")
        except InvalidValue as error:
            yield error


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
