"""What is known of texts beside their words: a table next to them, their folders, parts of their names, and which columns hold date and title.

All of it is decided for a corpus as a whole, before any text is read, so that a corpus that is read in parts says the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pandas as pd

from corpus_lib.corpus.corpus import Corpus
from corpus_lib.errors import InvalidValue, MissingFile, printable
from corpus_lib.files import is_inside, packaged_table
from corpus_lib.loading import dates
from corpus_lib.loading.formats import TABLE_SUFFIXES
from corpus_lib.loading.found import Problem, problems_frame
from corpus_lib.loading.frames import Reading
from corpus_lib.loading.tables import given_names, read_table, table_columns

TABLE = packaged_table("corpus_lib.loading", "metadata.toml")
DATES_ADVICE = "Write them as ISO dates (2021-05-03) in the table."


class Asked(NamedTuple):
    """What was asked for: arguments of `load_corpus`."""

    metadata: str | None = None
    name_pattern: str | None = None
    date_column: str | None = None
    title_column: str | None = None


class Facts(NamedTuple):
    """Columns by doc_id, columns of the documents that are first copied to another name, and what is wrong."""

    columns: pd.DataFrame
    copies: Sequence[tuple[str, str]]
    problems: Sequence[Problem]

    def of(self, documents: pd.DataFrame) -> pd.DataFrame:
        """Documents with the columns."""
        copied = documents.assign(**{new: documents[old] for old, new in self.copies if old in documents.columns})
        return copied.assign(**{name: self.columns[name].reindex(documents.index) for name in self.columns})

    def with_corpus(self, corpus: Corpus) -> Corpus:
        """A corpus with the columns and the problems."""
        said = pd.concat([problems_frame(self.problems), corpus.problems])
        problems = said.sort_values(["path", "problem"], kind="stable", ignore_index=True)
        return Corpus(self.of(corpus.documents), problems, corpus.sources)


# ---------------------------------------------------------------------------------------------------------------- folders


def metadata_file(path: Path, metadata: str | Path | None) -> Path | None:
    """The table beside the texts: the one that is named, else the one in the folder that is called metadata."""
    if not path.is_dir():
        return None
    if metadata is None:
        named = (p for p in path.glob("metadata.*") if p.name.lower().removeprefix("metadata") in TABLE_SUFFIXES)
        # Of a folder that a stranger made, no link out of it is followed and no pipe is waited for.
        found = sorted(p for p in named if p.is_file() and is_inside(p, path))
        if len(found) > 1:
            names = ", ".join(p.name for p in found)
            raise InvalidValue(f"`metadata` must name one table; {path.name!r} holds {names}. Name one of them.")
        return found[0] if found else None
    if not Path(metadata).is_file():
        raise MissingFile(f"`metadata` must name a table; {str(metadata)!r} does not exist. Check the spelling.")
    return Path(metadata)


def folder_facts(names: Mapping[str, str], file: Path | None, asked: Asked) -> Facts:
    """What is known of the files of a folder, by doc_id."""
    columns = pd.DataFrame(index=pd.Index(list(names), dtype="str", name="doc_id"))
    problems: list[Problem] = []
    if file is not None:
        columns, problems = _joined(file, names)
    if asked.name_pattern is not None:
        parts, misfits = _parts_of(names, asked.name_pattern)
        twice = [name for name in parts if name in columns]
        both = f"`name_pattern` gives {', '.join(map(repr, twice))}, which {file and file.name} gives too and which was taken from there"
        problems += [*misfits, *([Problem(file.name, both, "Give the part another name.")] if file and twice else [])]
        columns = columns.join(parts.drop(columns=twice))
    folders = ["" if (home := PurePosixPath(name).parent.as_posix()) == "." else home for name in names.values()]
    if any(folders) and "folder" not in columns:
        columns["folder"] = pd.array(folders, dtype="str")
    facts = column_facts(columns, asked, file.name if file else "names of the files")
    return Facts(facts.of(columns), (), [*problems, *facts.problems])


def _joined(file: Path, names: Mapping[str, str]) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows of a table for the documents that they name, and a problem for each that stays alone."""
    keys = [c for c in table_columns(file, Reading(text_column="")) if _plain(c) in TABLE["keys"]]
    table = read_table(file, keys[0] if keys else None)
    of_file = _keys(names)
    found = {c: [of_file.get(_key(v), ()) for v in table[c]] for c in keys or table.columns}
    key = max(found, key=lambda c: sum(len(ids) == 1 for ids in found[c]), default=None)
    if key is None or not any(found[key]):
        advice = "Give it a column with the names of the files, or name another table as `metadata`."
        return pd.DataFrame(index=pd.Index(list(names), dtype="str", name="doc_id")), [
            Problem(file.name, "has no column that names the files, so none of its rows was used", advice)
        ]
    row_of: dict[str, int] = {}
    problems = []
    for row, (value, ids) in enumerate(zip(table[key], found[key], strict=True)):
        fault = _fault(dates.text_of(value), ids, row_of)
        if fault:
            problems.append(Problem(f"{file.name}, row {row}", fault, "Correct the row, or take it out."))
        else:
            row_of[ids[0]] = row
    alone = [
        Problem(name, f"has no row in {file.name}", f"Add one with {key!r} {name!r}.")
        for i, name in names.items()
        if i not in row_of
    ]
    own = table.drop(columns=key).rename(columns=given_names(table.columns))
    rows = own.iloc[list(row_of.values())].set_axis(list(row_of), axis="index").reindex(list(names))
    return rows.rename_axis("doc_id").set_axis(pd.Index(list(names), dtype="str", name="doc_id")), [*problems, *alone]


def _fault(value: str, ids: Sequence[str], row_of: Mapping[str, int]) -> str:
    """Why a row is of no document."""
    if len(ids) == 1:
        return f"names {value!r} again, as row {row_of[ids[0]]} does, which was used" if ids[0] in row_of else ""
    if ids:
        return f"names {value!r}, which may be {', '.join(map(repr, ids[:3]))}"
    return f"names {value!r}, which is no text of the folder" if value else "names no text"


def _key(value: object) -> str:
    # macOS writes the names of files in decomposed characters, Windows with the other stroke.
    return unicodedata.normalize("NFC", dates.text_of(value).replace("\\", "/").removeprefix("./"))


def _keys(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The documents that a name may mean: the whole path and the id mean one, and go before the name without its folder or suffix."""
    found: dict[str, tuple[str, ...]] = {}
    for forms in (_whole, _stem_path, _file_name, _stem):
        level: dict[str, tuple[str, ...]] = {}
        for doc_id, name in names.items():
            for form in dict.fromkeys(map(_key, forms(doc_id, name))):
                level[form] = (*level.get(form, ()), doc_id)
        found = level | found
    return found


def _whole(doc_id: str, name: str) -> Sequence[str]:
    return doc_id, name


def _stem_path(doc_id: str, name: str) -> Sequence[str]:
    return (str(PurePosixPath(name).with_suffix("")),)


def _file_name(doc_id: str, name: str) -> Sequence[str]:
    return (PurePosixPath(name).name,)


def _stem(doc_id: str, name: str) -> Sequence[str]:
    return (PurePosixPath(name).stem,)


def _parts_of(names: Mapping[str, str], pattern: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Parts of the names of files as columns; of the whole path where the pattern has a stroke."""
    pieces = re.split(r"\{([^{}]*)\}", pattern)
    fields = pieces[1::2]
    if not fields or len(set(fields)) < len(fields) or not all(field.isidentifier() for field in fields):
        raise InvalidValue(
            f"`name_pattern` must name parts in braces, each once; found {pattern!r}. Write for instance '{{country}}_{{year}}'."
        )
    rows, problems = [], []
    for name in names.values():
        path = PurePosixPath(printable(name)).with_suffix("")
        whole = unicodedata.normalize("NFC", path.as_posix() if "/" in pattern else path.name)
        first, last = (_pattern(pieces, text).fullmatch(whole) for text in (".+?", ".+"))
        fits = first is not None and last is not None and first.groups() == last.groups()
        rows.append(first.groupdict() if first and fits else {})
        if not fits:
            fault = "can be divided in more than one way" if first else "does not fit"
            problems.append(
                Problem(
                    name,
                    f"has a name that {fault} by `name_pattern` {pattern!r}",
                    "Rename the file, or correct the pattern.",
                )
            )
    index = pd.Index(list(names), dtype="str", name="doc_id")
    return pd.DataFrame(rows, index=index, columns=fields, dtype="str"), problems


def _pattern(pieces: Sequence[str], text: str) -> re.Pattern[str]:
    """A pattern whose parts are `text`, as much or as little as can be, unless their names say what they are."""
    return re.compile("".join(
        f"(?P<{piece}>{TABLE['parts'].get(piece.lower(), text)})" if n % 2 else re.escape(unicodedata.normalize("NFC", piece))
        for n, piece in enumerate(pieces)
    ))  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------- columns


def column_facts(frame: pd.DataFrame, asked: Asked, name: str) -> Facts:
    """Date and title of documents from the columns that hold them; the user's own column stays, under another name where its name is needed."""
    for argument in ("date_column", "title_column"):
        if (column := getattr(asked, argument)) is not None and column not in frame:
            known = ", ".join(map(repr, frame)) or "none"
            raise InvalidValue(f"`{argument}` must be a column of {name}; found {column!r}. The columns are {known}.")
    copies = _copies(frame, asked.title_column, ["title"]) if asked.title_column not in (None, "title") else []
    source, read, problems = _dates(frame, asked.date_column, name)
    new = pd.DataFrame(index=frame.index)
    if source is not None:
        targets = ["date", *(["date_published"] if source == "date_published" or asked.date_column else [])]
        copies += _copies(frame, None, targets)
        for target in targets:
            new[target] = pd.array(read.iso, dtype="str")
    return Facts(new, copies, problems)


def date_columns(columns: Iterable[Any], asked: Asked) -> list[str]:
    """Columns that may hold the date, those that are read first in front."""
    if asked.date_column is not None:
        return [asked.date_column]
    names = [_plain(name) for name in dates.TABLE["columns"]]
    return sorted((c for c in columns if _plain(c) in names), key=lambda c: names.index(_plain(c)))


def _dates(frame: pd.DataFrame, named: str | None, name: str) -> tuple[str | None, Any, list[Problem]]:
    """The column whose dates are to be written anew, `None` where they stand as they are read; its dates, and what could not be read."""
    asked = Asked(date_column=named)
    read = {c: dates.read_dates(frame[c]) for c in date_columns(frame.columns, asked)}
    filled = {c: sum(map(bool, found.iso)) for c, found in read.items()}
    source = max(filled, key=lambda c: (filled[c], len(read[c].open)), default=None)
    if source is None or not (filled[source] or read[source].open or named):
        return None, None, []
    problems = list(_date_problems(source, read[source], filled, name, named))
    read_today = ("date", "date_published", "year") if named is None else ("date",)
    is_ready = source in read_today and all(
        dates.ISO.fullmatch(text) for text in map(dates.text_of, frame[source]) if text
    )
    return (None if is_ready else source), read[source], problems


def _date_problems(
    source: str, read: dates.Dates, filled: Mapping[str, int], name: str, named: str | None
) -> Iterator[Problem]:
    others = [c for c, n in filled.items() if n and c not in (source, "year")]
    if others and named is None and source not in ("date", "date_published"):
        said = f"has several columns of dates; {source!r} was taken, not {', '.join(map(repr, others))}"
        yield Problem(name, said, "Name another as `date_column`, if that is meant.")
    for cells, fault in (
        (read.open, "day and month cannot be told apart, and no other row decides it"),
        (read.unread, "cannot be read as dates"),
    ):
        if cells:
            some = ", ".join(map(repr, cells[:3])) + (", …" if len(cells) > 3 else "")
            values = f"{len(cells)} different value{'s' * (len(cells) != 1)} of column {source!r} ({some})"
            yield Problem(name, f"{values}: {fault}; these texts have no date from there", DATES_ADVICE)


def _copies(frame: pd.DataFrame, column: str | None, targets: Sequence[str]) -> list[tuple[str, str]]:
    """Copies that keep what stands under a name that is needed, then the column itself under that name."""
    kept = [(target, given_names(frame.columns, [target])[target]) for target in targets if target in frame]
    return [*kept, *((column, target) for target in targets if column is not None)]


def _plain(name: object) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", str(name)).casefold())
