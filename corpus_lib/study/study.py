"""The study file: what is asked of a corpus, kept apart from the notebooks that ask it; and the writer of their results.

Notebooks are general. Title, question, words to read in context, aliases, the analyst's coding and reading are data in `study.toml` and, beside
it, `coding.csv`. A study file may name the documents it is about; it is then never applied to others.
"""

from __future__ import annotations

import difflib
import json
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import pandas as pd

from corpus_lib.display.spreadsheet import table_files
from corpus_lib.errors import InvalidType, InvalidValue, MissingFile, raise_all, said_by
from corpus_lib.files import is_inside, safe_name, sha256
from corpus_lib.folders import Output
from corpus_lib.loading.delimited import FIELDS_ADVICE, csv_table

__all__ = ["Group", "Results", "Study", "corpus_sha256", "load_study"]

T = TypeVar("T")
Phrases = Mapping[str, tuple[str, ...]]
CODING = "coding.csv"
CODING_COLUMNS = ("doc_id", "variable", "value", "evidence")
# What tables, figures and findings are called.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# What a notebook leaves for the entry page, by kind.
KINDS = ("headlines", "tables", "figures", "texts", "reviews")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Group:
    """How documents are grouped: by a column of the documents, recoded if need be, or by the analyst's coding.

    Attributes
    ----------
    description
        What the grouping means, in words.
    column
        Column of `documents`; `None` when the group is a variable of `coding.csv`.
    values
        Value of the column -> name of the group; empty when the values are the names.
    """

    description: str = ""
    column: str | None = None
    values: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, eq=False)
class Study:
    """What a study asks of its corpus.

    Attributes
    ----------
    title, question
        Shown on the entry page and in the first notebook.
    nodes
        Name -> patterns to read in context. Empty in a plain study: notebooks then take nodes from the top keywords.
    variants
        Named comparisons: name -> label -> phrases, for instance two names of one region.
    aliases
        Name -> ways of writing it, as `Tokens.group` takes them.
    groups
        Groupings of the documents by name.
    coded
        The analyst's coding as in `coding.csv`: `doc_id`, `variable`, `value`, `evidence`.
    reference
        Path of a reference corpus or list, or its name; `None` for the notebooks' own choice. In a study file it is the name of a list that comes
        with the library, or of a file or folder below the study file's own.
    language
        Language of the analysis (ISO 639), `None` to take what the corpus says.
    stop_words
        Words left out in addition to the list of the language.
    topics
        Numbers of topics to try; empty for the notebooks' own choice.
    readings
        Number of the notebook ("03") -> the analyst's reading, Markdown.
    sha256, doc_ids
        The documents that the study is about; empty when it does not say.
    note
        Why a plain study stands in for a file, if it does.
    """

    title: str
    question: str
    nodes: Phrases = field(default_factory=lambda: _NOTHING)
    variants: Mapping[str, Phrases] = field(default_factory=lambda: _NOTHING)
    aliases: Phrases = field(default_factory=lambda: _NOTHING)
    groups: Mapping[str, Group] = field(default_factory=lambda: _NOTHING)
    coded: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CODING_COLUMNS), dtype="str"))
    reference: str | None = None
    language: str | None = None
    stop_words: tuple[str, ...] = ()
    topics: tuple[int, ...] = ()
    readings: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    sha256: tuple[str, ...] = ()
    doc_ids: tuple[str, ...] = ()
    note: str = ""

    @classmethod
    def plain(cls, corpus: Any = None, *, note: str = "") -> Study:
        """The study of a corpus about which nothing is said: plain title and question, no nodes.

        Examples
        --------
        >>> Study.plain().title
        'Words and topics of a corpus'
        """
        from corpus_lib.display.text import counted

        size = "a corpus" if corpus is None else counted(len(corpus.documents), "document", words=True)
        question = "Which words and topics mark these documents, and how far does the corpus carry that?"
        return cls(f"Words and topics of {size}", question, note=note)

    def is_about(self, corpus: Any) -> bool:
        """Whether the corpus holds exactly the documents that the study names; True when it names none."""
        documents = corpus.documents
        same_bytes = not self.sha256 or set(self.sha256) == set(documents["sha256"])
        return same_bytes and (not self.doc_ids or set(self.doc_ids) == set(documents.index))

    def coding(self, documents: pd.DataFrame) -> pd.DataFrame:
        """One column a grouping, one row a document: the analyst's coding, and columns of the documents as the study recodes them.

        Parameters
        ----------
        documents
            A frame indexed by `doc_id`, as `Corpus.documents`.

        Returns
        -------
        DataFrame
            The index of `documents`; a missing value where a document is not coded or a column is absent. `.attrs["notes"]` holds a
            sentence for each such case and for each coded document that `documents` does not have.

        Examples
        --------
        >>> documents = pd.DataFrame({"place": ["Hanoi", "Beijing"]}, index=pd.Index(["a", "b"], name="doc_id"))
        >>> study = Study("t", "q", groups={"country": Group(column="place", values={"Hanoi": "Vietnam"})})
        >>> study.coding(documents)["country"].tolist()
        ['Vietnam', nan]
        """
        names = list(dict.fromkeys([*self.groups, *self.coded["variable"]]))
        frame = pd.DataFrame({name: self._group(name, documents) for name in names}, index=documents.index)
        frame.attrs["notes"] = self._coding_notes(frame, documents)
        return frame

    def reading(self, key: str) -> Any:
        """The analyst's own reading for a notebook, set apart from what is computed; `None` when the study has none.

        Parameters
        ----------
        key
            Number of the notebook, for instance "03".

        Returns
        -------
        Prose or None
            Markdown that a notebook shows.
        """
        from corpus_lib.display.prose import Prose

        text = self.readings.get(key, "").strip()
        return (
            Prose(
                "> **The analyst's reading** (not computed)\n>\n"
                + "\n".join(f"> {line}".rstrip() for line in text.splitlines())
            )
            if text
            else None
        )

    def _group(self, name: str, documents: pd.DataFrame) -> pd.Series:
        group = self.groups.get(name, Group())
        if group.column is None:
            coded = self.coded[self.coded["variable"] == name].set_index("doc_id")["value"]
            return coded.reindex(documents.index).astype("str")
        if group.column not in documents.columns:
            return pd.Series(pd.NA, index=documents.index, dtype="str")
        values = documents[group.column]
        recoded = values.astype("str").map(dict(group.values)) if group.values else values.astype("str")  # noqa: PD011  a mapping, not a frame
        return recoded.where(values.notna()).astype("str")

    def _coding_notes(self, frame: pd.DataFrame, documents: pd.DataFrame) -> list[str]:
        from corpus_lib.display.text import counted, listing

        absent = [f"{n!r} needs the column {g.column!r}, which these documents do not have" for n, g in self.groups.items()
                  if g.column is not None and g.column not in documents.columns]  # fmt: skip
        open_ = [(name, list(frame.index[frame[name].isna()])) for name in frame if frame[name].notna().any()]
        partly = [f"{name!r} is not coded for {listing(map(repr, ids), limit=3)}" for name, ids in open_ if ids]
        unknown = [i for i in dict.fromkeys(self.coded["doc_id"]) if i not in documents.index]
        strange = (
            [f"{CODING} codes {counted(len(unknown), 'document')} not here: {listing(map(repr, unknown), limit=3)}"]
            if unknown
            else []
        )
        return absent + partly + strange

    def __repr__(self) -> str:
        parts = [
            f"{len(getattr(self, name))} {name}" for name in ("nodes", "variants", "aliases", "groups", "readings")
        ]
        return f"Study({self.title!r}, {', '.join(parts)})"

    def _repr_html_(self) -> str:
        from corpus_lib.display.cards import card

        about = pd.Series(
            {"question": self.question, "nodes": ", ".join(self.nodes), "groups": ", ".join(self.groups)}, name="value"
        )
        return card(
            repr(self),
            about[about != ""].rename_axis("what"),
            next_step="study.coding(documents), study.nodes, study.reading(page)",
        )


def corpus_sha256(corpus: Any) -> str:
    """Hash of a corpus: of its documents' hashes, one a line, in the order of their names.

    Two corpora have the same one when they hold the same bytes under the same order of names, wherever they lie.
    """
    return sha256("\n".join(corpus.documents["sha256"]).encode("ascii"))


def load_study(path: str | Path | None, corpus: Any = None) -> Study:
    r"""Read a study file and the `coding.csv` beside it.

    Parameters
    ----------
    path
        A TOML file; `None` for a plain study.
    corpus
        A `Corpus` or `CleanCorpus`. When the file names its documents and these are others, a plain study is returned and its `note` says so.

    Returns
    -------
    Study

    Raises
    ------
    MissingFile
        If the file does not exist.
    InvalidValue
        All problems of the file and of `coding.csv` at once; keys that are not known are named.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "study.toml"
    >>> _ = file.write_text('title = "Two names"\nquestion = "Who uses which?"\nnodes = ["nato"]\n')
    >>> load_study(file).nodes["nato"]
    ('nato',)
    """
    if path is None:
        return Study.plain(corpus)
    path = Path(path)
    study = _read(path)
    if corpus is not None and not study.is_about(corpus):
        return Study.plain(
            corpus,
            note=f"{path.name} is about other documents, so this study has plain titles and no nodes of its own.",
        )
    return study


# --------------------------------------------------------------------------------------------------------------- reading


def _read(path: Path) -> Study:
    if not path.is_file():
        raise MissingFile(
            f"`study` must name a TOML file; {str(path)!r} does not exist. Check the spelling, or leave it out for a plain study."
        )
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidValue(f"{path.name} cannot be read as TOML: {error}. Correct that place.") from None
    problems = _unknown_keys(table, READERS, "")
    values = {name: _take(table, name, reader, problems) for name, reader in READERS.items()}
    about = values.pop("corpus") or {}
    coded = _read_coding(path.parent / CODING, problems)
    problems += _groups_without_coding(values["groups"] or {}, coded)
    values["reference"] = _beside(path.parent, values["reference"], problems)
    raise_all(path.name, problems)
    given = {name: value for name, value in values.items() if value is not None}
    return Study(**given, coded=coded, sha256=about.get("sha256", ()), doc_ids=about.get("doc_ids", ()))


def _take(table: Mapping[str, Any], name: str, reader: Callable[[Any], Any], problems: list[str]) -> Any:
    if name not in table:
        if name in ("title", "question"):
            problems.append(f"`{name}` is missing; give it as a line of text")
        return None
    try:
        return reader(table[name])
    except InvalidValue as error:
        problems.extend(f"`{name}`{problem}" for problem in str(error).split("\n"))
        return None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidValue(f" must be text; found {value!r}")
    return value.strip()


def _texts(value: Any) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not items or not all(isinstance(item, str) and item.strip() for item in items):
        raise InvalidValue(f" must be a list of texts, none empty; found {value!r}")
    return tuple(items)


def _each(table: Mapping[str, Any], reader: Callable[[Any], T]) -> Mapping[str, T]:
    """Every value through `reader`; the problems of all of them in one error."""
    found: dict[str, T] = {}
    problems = []
    for name, value in table.items():
        try:
            found[name] = reader(value)
        except InvalidValue as error:
            problems += [f".{name}{problem}" for problem in str(error).split("\n")]
    if problems:
        raise InvalidValue("\n".join(problems))
    return MappingProxyType(found)


def _table(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InvalidValue(f" must be {what}; found {value!r}")
    return value


def _phrases(value: Any) -> Phrases:
    """A table name -> phrases; a list stands for a table whose phrases name themselves."""
    if isinstance(value, list):
        return MappingProxyType({phrase: (phrase,) for phrase in _texts(value)})
    return _each(_table(value, "a list of phrases, or a table of name and phrases"), _texts)


def _variants(value: Any) -> Mapping[str, Phrases]:
    return _each(_table(value, "a table of name and phrases"), _phrases)


def _group(value: Any) -> Group:
    if isinstance(value, str):
        return Group(value)
    table = _table(value, "a description, or a table with description, column, values")
    problems = _unknown_keys(table, ("description", "column", "values"), ".")
    if "values" in table and "column" not in table:
        problems.append(".values needs `column`, the column whose values it recodes")
    if problems:
        raise InvalidValue("\n".join(problems))
    values = _each(_table(table.get("values", {}), "a table of value and group"), _text)
    return Group(table.get("description", ""), table.get("column"), values)


def _groups(value: Any) -> Mapping[str, Group]:
    return _each(_table(value, "a table of name and grouping"), _group)


def _numbers(value: Any) -> tuple[int, ...]:
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(n, int) and not isinstance(n, bool) and n >= 2 for n in items):
        raise InvalidValue(f" must be whole numbers from 2 on; found {value!r}")
    return tuple(sorted(set(items)))


def _readings(value: Any) -> Mapping[str, str]:
    table = _table(value, "a table of notebook number and text")
    wrong = [
        f'.{key} must be named for a notebook by two digits, for instance "03"'
        for key in table
        if not re.fullmatch(r"\d\d", key)
    ]
    if wrong:
        raise InvalidValue("\n".join(wrong))
    return _each(table, _text)


def _about(value: Any) -> Mapping[str, tuple[str, ...]]:
    table = _table(value, "a table with sha256 or doc_ids")
    problems = _unknown_keys(table, ("sha256", "doc_ids"), ".")
    hashes = table.get("sha256", [])
    if isinstance(hashes, list):
        problems += [
            f".sha256 must hold 64 hexadecimal digits each; found {h!r}"
            for h in hashes
            if not re.fullmatch(r"[0-9a-f]{64}", str(h))
        ]
    if problems:
        raise InvalidValue("\n".join(problems))
    return _each(table, _texts)


READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType({
    "title": _text, "question": _text, "nodes": _phrases, "variants": _variants, "aliases": _phrases, "groups": _groups, "reference": _text,
    "language": _text, "stop_words": _texts, "topics": _numbers, "readings": _readings, "corpus": _about,
})  # fmt: skip


def _unknown_keys(table: Mapping[str, Any], known: Any, lead: str) -> list[str]:
    problems = []
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, list(known), 1)
            advice = f"did you mean `{near[0]}`?" if near else f"the keys are {', '.join(known)}"
            problems.append(
                f"{lead}{key} is no key of a study file; {advice}"
                if lead
                else f"`{key}` is no key of a study file; {advice}"
            )
    return problems


def _read_coding(path: Path, problems: list[str]) -> pd.DataFrame:
    empty = pd.DataFrame(columns=list(CODING_COLUMNS), dtype="str")
    if not path.is_file():
        return empty
    if not is_inside(path, path.parent):
        problems.append(f"{path.name} is a link that leads out of its folder. Copy the file there")
        return empty
    try:
        header, rows, faults = csv_table(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path.name} cannot be read as CSV: {said_by(error)}")
        return empty
    problems += [f"{path.name}: {fault}. {FIELDS_ADVICE}" for fault in faults]
    absent = [name for name in CODING_COLUMNS if name not in header]
    if absent:
        problems.append(f"{path.name} must have the columns {', '.join(CODING_COLUMNS)}; missing: {', '.join(absent)}")
        return empty
    cells = [[row.cells[header.index(name)].strip() for name in CODING_COLUMNS] for row in rows]
    frame = pd.DataFrame(cells, index=[row.first for row in rows], columns=list(CODING_COLUMNS), dtype="str")
    for name in CODING_COLUMNS:
        problems += [f"{path.name}, line {line}: `{name}` is empty" for line in frame.index[frame[name] == ""]]
    twice = frame[frame.duplicated(["doc_id", "variable"])]
    problems += [
        f"{path.name}, line {line}: {d!r} is coded twice for {v!r}"
        for line, d, v in zip(twice.index, twice["doc_id"], twice["variable"], strict=True)
    ]
    return frame.reset_index(drop=True)


def _groups_without_coding(groups: Mapping[str, Group], coded: pd.DataFrame) -> list[str]:
    known = set(coded["variable"])
    return [
        f"`groups`.{name} names no `column`, and {CODING} has no variable {name!r}; give one of the two"
        for name, group in groups.items() if group.column is None and name not in known
    ]  # fmt: skip


def _beside(folder: Path, reference: str | None, problems: list[str]) -> str | None:
    """A reference that is a file or folder beside the study file, as a path from here; the name of a list as it is."""
    from corpus_lib.wordlists.references import reference_names

    if reference is None or reference in reference_names():
        return reference
    if Path(reference).is_absolute() or not is_inside(folder / reference, folder):
        problems.append(
            f"`reference` must lie in the folder of the study file; {reference!r} leads out of it. Copy it there, or name it to `run` with --reference"
        )
    elif not (folder / reference).exists():
        # A word alone may be a name that this version does not know, as long as no file in the working folder answers to it.
        if reference.isidentifier() and not Path(reference).exists():
            return reference
        names = ", ".join(map(repr, reference_names()))
        problems.append(
            f"`reference` must be one of {names}, or a file or folder beside the study file; {reference!r} is none of them. Check the spelling"
        )
    return str(folder / reference)


# --------------------------------------------------------------------------------------------------------------- results


@dataclass(frozen=True)
class Results:
    """Writes what a notebook shows into a folder, if it has one, and hands it back, so that a cell can end with it.

    Tables go to `tables/NAME.csv` (safe for spreadsheets) with the untouched values beside it in `NAME.jsonl`, figures to `figures/NAME.png`
    and `.svg`, review pages to `pages/review/`, findings into `findings.json`, which the entry page of the report reads.

    Attributes
    ----------
    folder
        Where to; `None` to write nothing.

    Examples
    --------
    >>> Results(None).headline("size", "Five articles.")
    'Five articles.'
    """

    folder: str | Path | None = None

    def table(self, name: str, frame: Any) -> Any:
        """Write a DataFrame or Series as `tables/NAME.csv` and `.jsonl`; return it as it is.

        Cells that a spreadsheet would read as a formula get a leading apostrophe in the CSV.
        """
        _check_name(name)
        if not isinstance(frame, (pd.DataFrame, pd.Series)):
            kind = type(frame).__name__
            raise InvalidType(
                f"`frame` must be a DataFrame or a Series; found {kind}. Hand over the table before it is shown: show(results.table(name, frame))."
            )
        if self.folder is not None:
            table = frame.to_frame() if isinstance(frame, pd.Series) else frame
            output = Output(self.folder)
            for suffix, data in table_files(table).items():
                output.write(f"tables/{name}{suffix}", data)
            self._note("tables", name, {"rows": len(table)})
        return frame

    def figure(self, name: str, plot: T) -> T:
        """Write a `Plot` as `figures/NAME.png` and `.svg`; return it as it is."""
        _check_name(name)
        if self.folder is not None:
            made: Any = plot
            _put_figure(Output(self.folder), made, name)
            self._note("figures", name, {"caption": made.caption, "alt": made.alt})
        return plot

    def headline(self, key: str, text: T) -> T:
        """Keep a finding for the entry page; return it as it is.

        Parameters
        ----------
        key
            A name for the finding; a second one of the same name replaces the first.
        text
            A sentence or two of Markdown (a `str` or `Prose`), whose corpus text is escaped.
        """
        _check_name(key)
        if self.folder is not None:
            self._note("headlines", key, {"text": str(text)})
        return text

    def texts(self, key: str, sentences: Mapping[str, str]) -> Mapping[str, str]:
        """Keep a sentence on each of several documents for the entry page; return them as they are.

        Parameters
        ----------
        key
            What the sentences are about, as the heading of their column ("What marks it"); a second one of the same name replaces the first.
        sentences
            Document -> Markdown, whose corpus text is escaped.
        """
        if self.folder is not None:
            self._note("texts", key, {str(doc_id): str(text) for doc_id, text in sentences.items()})
        return sentences

    def reviews(self, clean: Any, doc_ids: Sequence[str]) -> Sequence[str]:
        """Write the review pages of the named documents of a `CleanCorpus` to `pages/review/`; return the names as they are."""
        if self.folder is None:
            return doc_ids
        from corpus_lib.report.review_page import review_pages

        output, files = Output(self.folder), {d: f"{safe_name(d)}.html" for d in doc_ids}
        links = {d: _links_of_review("../" * files[d].count("/")) for d in doc_ids}
        for doc_id, page in review_pages(clean, doc_ids, links=links):
            output.write(f"pages/review/{files[doc_id]}", page.encode())
        found = read_findings(Path(self.folder))
        found["reviews"] = {doc_id: {"file": files[doc_id]} for doc_id in doc_ids}
        write_findings(Path(self.folder), found)
        return doc_ids

    def _note(self, kind: str, name: str, facts: Mapping[str, Any]) -> None:
        found = read_findings(Path(str(self.folder)))
        found[kind][name] = dict(facts)
        write_findings(Path(str(self.folder)), found)


def _links_of_review(up: str) -> list[tuple[str, str]]:
    """Words and addresses of the links at the top of a review page that lies `up` below the folder of these pages."""
    return [("The report", f"{up}../../index.html"), ("All texts", f"{up}../../index.html#texts")]


def read_findings(folder: Path) -> dict[str, dict[str, Any]]:
    """What `Results` noted in a folder: headlines, tables, figures, sentences on texts and review pages by name, in the order in which they were written."""
    path = folder / "findings.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {kind: dict(found.get(kind, {})) for kind in KINDS}


def write_findings(folder: Path, findings: Mapping[str, Mapping[str, Any]]) -> None:
    """Write what `read_findings` reads."""
    Output(folder).write("findings.json", (json.dumps(findings, ensure_ascii=False, indent=1) + "\n").encode())


def _put_figure(output: Output, made: Any, name: str) -> None:
    """Let a figure be drawn elsewhere, and put what was drawn into its place."""
    with tempfile.TemporaryDirectory(prefix="corpus_lib-") as elsewhere:
        made.save(Path(elsewhere), name)
        for suffix in (".png", ".svg"):
            if (file := Path(elsewhere) / f"{name}{suffix}").is_file():
                output.write(f"figures/{file.name}", file.read_bytes())


def _check_name(name: str) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise InvalidValue(
            f"`name` must be letters, digits, '_' and '-', without suffix; found {name!r}. Choose such a name."
        )
