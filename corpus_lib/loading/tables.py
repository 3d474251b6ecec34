"""Rows of tables as documents."""

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from corpus_lib.errors import InvalidValue, printable, raise_all
from corpus_lib.files import concatenated
from corpus_lib.loading.formats import Unreadable, check_lines, is_blank
from corpus_lib.loading.found import DOCUMENT_COLUMNS, Problem, Read
from corpus_lib.loading.frames import (
    _NAMES,
    Reading,
    _elements,
    _records,
    _rows_of,
    columns_of,
    read_excel,
    table_stretches,
    with_index,
)
from corpus_lib.loading.opened import DELIMITED_SUFFIXES, opened, reading, table_lines, table_suffix, table_text

PLACEHOLDERS = frozenset(_NAMES["placeholders"])

# Columns that documents and units have of themselves; a table's column of such a name is kept under another.
OWN_COLUMNS = ("doc_id", *DOCUMENT_COLUMNS, "row", "paragraph", "start", "end")


def read_table_file(file: Path, asked: Reading) -> Iterator[Read | Problem]:
    """The documents of a table, and what could not be read of it."""
    # Of Parquet one stretch of rows after the other is read: the whole table beside its documents would be twice the memory.
    is_streamed = table_suffix(file) == ".parquet"
    stretches = table_stretches(file, asked)
    known = [next(stretches)] if is_streamed else list(stretches)
    problems = [problem for stretch in known for problem in stretch.problems]
    yield from problems
    columns = dict.fromkeys(c for s in known for c in s.frame.columns)
    if columns or is_streamed or not problems:  # else the problems say more
        check_columns(asked.text_column, asked.id_column, columns, file.name)
    frames = [s.frame for s in known]
    names = _parquet_ids(file, asked.id_column, columns) if is_streamed else id_columns(frames, asked.id_column)
    yield from id_problems(names, asked.id_column, file.name)
    ids = iter(document_ids(names, asked.id_column, file.name))
    for frame, _, basis in itertools.chain(known, stretches):
        yield from read_rows(frame, itertools.islice(ids, len(frame)), file.name, asked.text_column, basis)


def _parquet_ids(file: Path, id_column: str | None, columns: Iterable[str]) -> pd.DataFrame:
    """The columns that may name the documents, of all rows."""
    with reading(file):
        return with_index(pd.read_parquet(file, columns=[c for c in _id_names(id_column) if c in columns]))


def _id_names(id_column: str | None) -> dict[str, None]:
    return dict.fromkeys(c for c in (id_column, "doc_id", "id") if c)


def id_columns(frames: Sequence[pd.DataFrame], id_column: str | None) -> pd.DataFrame:
    """The columns that may name the documents, of all stretches of a table."""
    found = {c for frame in frames for c in frame.columns}
    return columns_of(frames, [c for c in _id_names(id_column) if c in found])


def check_columns(text_column: str, id_column: str | None, columns: Iterable[str], name: str) -> None:
    """Raise `InvalidValue` unless the table has the columns that are to hold the text and to name the documents."""
    columns = list(columns)
    for argument, column in (("text_column", text_column), ("id_column", id_column)):
        if column is not None and column not in columns:
            raise InvalidValue(
                f"`{argument}` must be a column of {name}; found {column!r}. The columns are {', '.join(map(repr, columns))}."
            )


def read_rows(
    frame: pd.DataFrame, ids: Iterable[str], name: str, text_column: str, basis: str = ""
) -> Iterator[Read | Problem]:
    """Documents of a stretch of a table; the frame's index says which rows they are."""
    ids = list(ids)
    named = "doc_id" in frame.columns and _shown(frame["doc_id"]).tolist() == ids
    own = frame[[c for c in frame.columns if c != text_column and not (named and c == "doc_id")]]
    columns = own.rename(columns=given_names(frame.columns)).to_dict("records")
    texts = frame[text_column] if text_column in frame.columns else [None] * len(frame)
    for n, (row, doc_id, text) in enumerate(zip(frame.index, ids, texts, strict=True)):
        place, text = f"{name}, row {row}", _decoded(text)
        if _is_missing(text) or (isinstance(text, str) and is_blank(text)):
            yield Problem(place, "has no text", "Remove the row, or put the text in.")
        elif not isinstance(text, str):
            said = f"holds {type(text).__name__} in {text_column!r}, not text"
            yield Problem(place, said, "Write the column as text, or name another `text_column`.")
        elif text.strip().casefold() in PLACEHOLDERS:
            yield Problem(place, f"holds {text.strip()!r} in place of a text", "Remove the row, or put the text in.")
        else:
            # Of a wide table each row carries the cells that it fills, and the first one all columns: most of a hundred keys are empty in most rows.
            is_whole = n == 0 or len(own.columns) <= 100
            cells = {c: v for c, v in columns[n].items() if is_whole or not _is_missing(v)}
            yield _read_cell(doc_id, name, text.encode("utf-8"), {"row": row} | cells, basis)


def _decoded(text: object) -> object:
    """A text that a Parquet file holds as bytes, where they are UTF-8."""
    if isinstance(text, bytes):
        with contextlib.suppress(UnicodeDecodeError):
            return text.decode("utf-8")
    return text


def _read_cell(doc_id: str, name: str, data: bytes, columns: Mapping[str, Any], basis: str) -> Read | Problem:
    try:
        check_lines(data)
    except Unreadable as error:
        return Problem(f"{name}, row {columns['row']}", error.problem, error.advice)
    return Read(doc_id, name, data, "utf-8", f"cell of a table ({basis})" if basis else "cell of a table", columns)


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def given_names(columns: Iterable[str], own: Iterable[str] = OWN_COLUMNS) -> dict[str, str]:
    """New names of those columns of a table whose names mean something else in the library."""
    taken = set(columns)
    names = {}
    for column in own:
        new = f"{column}_given"
        while new in taken:
            new += "_given"
        names[column] = new
    return names


def document_ids(frame: pd.DataFrame, id_column: str | None, name: str) -> list[str]:
    """What each row of a table is called: by the column that is named for it, else by a unique `doc_id` or `id`, else by its number."""
    for column in (id_column,) if id_column else ("doc_id", "id"):
        if column not in frame.columns:
            continue
        ids = _shown(frame[column])
        if frame[column].notna().all() and ids.is_unique:
            return list(ids)
        if id_column:
            twice = ids[ids.duplicated()].unique()[:3].tolist()
            raise InvalidValue(
                f"`id_column` must name each document once; {id_column!r} of {name} has empty or repeated values ({twice}). Use another."
            )
    width = len(str(max(frame.index, default=0)))
    return [str(row).zfill(width) for row in frame.index]


def id_problems(frame: pd.DataFrame, id_column: str | None, name: str) -> Iterator[Problem]:
    """A problem for each column that would name the documents, were it not for names that stand twice."""
    for column in () if id_column else (c for c in ("doc_id", "id") if c in frame.columns):
        ids = _shown(frame[column].dropna())
        if twice := ids[ids.duplicated()].unique().tolist():
            said = f"holds {len(twice)} names more than once ({', '.join(map(repr, twice[:3]))}) and does not name the documents"
            yield Problem(
                f"{name}, column {column!r}", said, "Look for rows that stand twice, or name another `id_column`."
            )


def _shown(names: pd.Series) -> pd.Series:
    return names.astype("str").map(printable, na_action="ignore")


def read_table(file: Path, id_column: str | None = None) -> pd.DataFrame:
    """A whole table as it is, whatever its columns are; the one that names the rows is read as text.

    Raises
    ------
    InvalidValue
        Also if a row does not fit: what is read in this way has no list of problems.
    """
    stretches = list(table_stretches(file, Reading(text_column="", id_column=id_column)))
    raise_all(file.name, (f"{p.path} {p.problem}. {p.advice}" for s in stretches for p in s.problems))
    frames = [s.frame for s in stretches]
    return concatenated(frames).reset_index(drop=True) if frames else pd.DataFrame()


def table_columns(file: Path, asked: Reading) -> list[str]:
    """Names of the columns of a table, without reading its rows; of JSONL those of the first object."""
    with reading(file):
        table = opened(file)
        if table.suffix == ".parquet":
            import pyarrow.parquet as pq

            return list(pq.read_schema(table.source).names)
        if table.suffix == ".xlsx":
            return [str(c).strip() for c in read_excel(table.source, file, asked.sheet, {"nrows": 0})[0].columns]
        if table.suffix in DELIMITED_SUFFIXES:
            rows, *_ = _rows_of(table_text(table, file, asked.encoding)[0], table.suffix, asked)
            return next(([name.strip() for name in row.cells] for row in rows), [])
        with table_lines(table, asked.encoding) as lines:
            lines = _elements(lines) if table.suffix == ".json" else lines
            return next((list(r) for r in _records(lines, file) if isinstance(r, dict)), [])
