"""Folders and tables to a `Corpus`: which files and rows are documents, their names and hashes, and a row of `problems` for everything left out.

What is inside a file is read by `corpus_lib.loading.formats`.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import itertools
import json
import os
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple, TextIO, cast

import pandas as pd

from corpus_lib.corpus.corpus import Corpus
from corpus_lib.errors import CorpusLibError, InvalidValue, MissingFile, printable, raise_all, said_by
from corpus_lib.files import FIELDS_ADVICE, csv_rows, fault_of, sha256
from corpus_lib.loading.encodings import codec_name
from corpus_lib.loading.formats import (  # fmt: skip
    FILE_SUFFIXES,
    MAX_BYTES,
    MAX_UNPACKED_BYTES,
    TEXT_SUFFIXES,
    Unreadable,
    check_lines,
    is_blank,
    read_content,
)

__all__ = ["TABLE_SUFFIXES", "load_corpus"]

TABLE_SUFFIXES = (".csv", ".tsv", ".jsonl", ".jsonl.gz", ".parquet", ".xlsx")
NOT_DOCUMENTS = ("README", "LICENSE", "NOTICE", "SHA256SUMS")
# What a study keeps beside its texts: its question, the analyst's coding, decisions about lines.
STUDY_FILES = ("study.toml", "coding.csv", "overrides.csv", "overrides.jsonl")
DOCUMENT_COLUMNS = ("path", "sha256", "n_bytes", "encoding", "encoding_basis")
# Columns that documents and units have of themselves; a table's column of such a name is kept under another.
OWN_COLUMNS = ("doc_id", *DOCUMENT_COLUMNS, "row", "paragraph", "start", "end")
# Formats that are decoded here; the others know their encoding.
DECODED_SUFFIXES = (".csv", ".tsv", ".jsonl", ".jsonl.gz")
# Rows of a table that are held at once where they can be streamed.
CHUNK_ROWS = 2_000
# Column that marks rows of a table that cannot be documents.
TROUBLE = "\0trouble"
NO_UTF8 = "holds half of a surrogate pair, which has no UTF-8"
CUT_ADVICE = "Get the file again; the lines before this one were read."
# Keys of a JSONL table that become columns. Rows times keys is what the table would take, and a key a row makes that a square.
MAX_KEYS = 500
OTHER_KEYS = "other_keys"
# Text packs to a tenth, repeated text to a hundredth; beyond that the file was made to fill the memory.
UNPACKED_TIMES = 100
# What a sheet can have, its header included.
SHEET_ROWS = 1_048_576
SHEET_ROW = re.compile(rb"""[<:]row(?=[ />])(?:[^>]{0,300}? r="([0-9]{1,20})")?""")
# What a line costs beside its characters, so that lines without any come to an end too.
LINE_COST = 32


@dataclass(frozen=True)
class _Read:
    """One document as read, or the reason why it is none."""

    doc_id: str
    path: str
    data: bytes
    encoding: str
    encoding_basis: str
    columns: Mapping[str, Any]


@dataclass(frozen=True)
class _Problem:
    path: str
    problem: str
    advice: str


def load_corpus(
    path: str | Path,
    *,
    text_column: str = "text",
    id_column: str | None = None,
    encoding: str | None = None,
    pattern: str = "**/*",
) -> Corpus:
    """Read a folder of texts, pages and documents, or a table with one document a row.

    Parameters
    ----------
    path
        A folder with `.txt`, `.md`, `.html`, `.htm`, `.docx` and `.pdf` files, or one table: `.csv`, `.tsv`, `.jsonl` (also `.jsonl.gz`), `.parquet`, `.xlsx`.
    text_column
        The table's column that holds the text.
    id_column
        The table's column that names the documents; without it a unique `doc_id` or `id`, else the zero-padded row.
    encoding
        The encoding of text and HTML files where it is known. Without it: byte order mark, then strict UTF-8, then what an HTML page states, then a
        guess, which is reported as one. A table is read as UTF-8 without it; `.parquet` and `.xlsx` state their own and take none.
    pattern
        Which files of the folder are read (glob; `**` reaches into folders).

    Returns
    -------
    Corpus
        Documents sorted by `doc_id`, and `problems` with every file or row that was left out.

    Raises
    ------
    MissingFile
        If `path` does not exist.
    InvalidValue
        If there is no document to read at all, a column is missing, or the encoding is unknown.

    Notes
    -----
    The bytes of an HTML page are those of its file, and `Corpus.text` is what it shows; of `.docx` and `.pdf` the bytes are the UTF-8 of the text read
    from them, whose hash `sha256` is. These formats need the extra `formats`; docs/formats.md says what is read and what is not.

    A table's own columns named `path`, `sha256`, `n_bytes`, `encoding`, `encoding_basis`, `row`, `paragraph`, `start` or `end` are kept with the suffix
    `_given` (`path_given`), since these names mean the library's own values; so is a `doc_id` that does not name the documents. The columns that name
    the documents and hold the text are read as text. Of JSONL and Parquet, whose cells have types, a text that is a number, list or truth value is a row
    of `problems`: what it would look like as text is not known.

    A document is its bytes. Names that start with `.` or `_`, README, LICENSE, NOTICE and SHA256SUMS are no documents and no problems.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.txt").write_text("One text.")
    >>> _ = (folder / "b.zip").write_bytes(b"PK")
    >>> corpus = load_corpus(folder)
    >>> corpus.text("a")
    'One text.'
    >>> corpus.problems["path"].tolist()
    ['b.zip']
    """
    path, codec = Path(path), codec_name(encoding)
    check_path(path)
    found = list(
        _read_folder(path, pattern, codec) if path.is_dir() else _read_table(path, text_column, id_column, codec)
    )
    if not any(isinstance(r, _Read) for r in found):
        raise nothing_read(
            path.name, sorted((p for p in found if isinstance(p, _Problem)), key=lambda p: (p.path, p.problem))
        )
    return corpus_of(found)


def check_path(path: Path) -> None:
    """Raise unless `path` is a folder or a file that can be read to its end: a pipe or a device may have none."""
    if (mode := mode_of(path)) is None:
        raise MissingFile(
            f"`path` must name a folder or a table of texts; {str(path)!r} does not exist. Check the spelling."
        )
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise InvalidValue(
            f"`path` must name a folder or a table of texts; {str(path)!r} is {_kind(mode)}. Save what it gives as a file."
        )


def mode_of(path: Path) -> int | None:
    """What a path leads to, as the system says it; `None` where that is nothing, or nothing that may be seen."""
    try:
        return path.stat().st_mode
    except OSError:
        return None


def _is_folder(path: Path) -> bool:
    # `Path.is_dir` raises below a folder that may not be entered.
    return stat.S_ISDIR(mode_of(path) or 0)


def _kind(mode: int) -> str:
    """What a thing in a folder is that is neither file nor folder."""
    return "a pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"


def real(path: Path) -> Path:
    """The path behind all links; of a link that leads to itself the link, where `Path.resolve` has no answer."""
    return Path(os.path.realpath(path))


def nothing_read(name: str, problems: Sequence[_Problem]) -> InvalidValue:
    """The error for a folder or table without a single document."""
    reasons = "".join(f"\n- {p.path}: {p.problem}" for p in problems[:5])
    return InvalidValue(
        f"`path` must hold at least one readable document; {name!r} has none ({len(problems)} files or rows were left out). "
        f"Name a folder with files ({', '.join(FILE_SUFFIXES)}), or a table ({', '.join(TABLE_SUFFIXES)}).{reasons}"
    )


def corpus_of(found: Sequence[_Read | _Problem]) -> Corpus:
    """The corpus of what was read, its documents sorted by doc_id; it may hold none."""
    documents = sorted((r for r in found if isinstance(r, _Read)), key=lambda r: r.doc_id)
    problems = sorted((p for p in found if isinstance(p, _Problem)), key=lambda p: (p.path, p.problem))
    rows = [
        {
            "path": printable(r.path),
            "sha256": sha256(r.data),
            "n_bytes": len(r.data),
            "encoding": r.encoding,
            "encoding_basis": r.encoding_basis,
        }
        | dict(r.columns)
        for r in documents
    ]
    index = pd.Index([r.doc_id for r in documents], name="doc_id", dtype="str")
    frame = pd.DataFrame(rows, index=index, columns=None if rows else list(DOCUMENT_COLUMNS)).astype(
        dict.fromkeys(("path", "sha256", "encoding", "encoding_basis"), "str")
    )
    trouble = pd.DataFrame(
        [{k: printable(v) for k, v in vars(p).items()} for p in problems],
        columns=["path", "problem", "advice"],
        dtype="str",
    )
    return Corpus(frame, trouble, MappingProxyType({r.doc_id: r.data for r in documents}))


# ---------------------------------------------------------------------------------------------------------------- folders


def _read_folder(folder: Path, pattern: str, encoding: str | None) -> Iterator[_Read | _Problem]:
    root = folder.resolve()
    files, problems = _files(folder, root, pattern)
    yield from problems
    for doc_id, name in folder_ids(files):
        yield from _read_file(folder / name, name, doc_id, encoding)


def folder_ids(names: Sequence[str]) -> list[tuple[str, str]]:
    """doc_id and name of each file: the name without suffix, or with it where two would collide."""
    # A name is shown on pages and in terminals; one that is shown like another keeps its own characters.
    shown = [printable(name) for name in names]
    longer = [
        mark if n == 1 else name for name, mark, n in zip(names, shown, map(Counter(shown).get, shown), strict=True)
    ]
    ids = [str(PurePosixPath(name).with_suffix("")) for name in shown]
    # A name that keeps its suffix may meet the stem of another ("a.txt" and "a.txt.md"); names are unique, so this comes to an end.
    while len(set(ids)) < len(ids):
        times = Counter(ids)
        ids = [name if times[known] > 1 else known for name, known in zip(longer, ids, strict=True)]
    return list(zip(ids, names, strict=True))


def _files(folder: Path, root: Path, pattern: str) -> tuple[list[str], list[_Problem]]:
    """Names of the files that are read, relative and sorted, and a problem for everything else that could have been meant as a document."""
    names: list[str] = []
    problems = _closed_folders(folder, pattern)
    for file in _matching(folder, pattern):
        name = file.relative_to(folder).as_posix()
        if _is_no_document(name) or (_is_folder(file) and not file.is_symlink()):
            continue
        if said := _why_not(file, name, root):
            problems.append(_Problem(_printable(name), *said))
        else:
            names.append(name)
    return names, problems


def _why_not(file: Path, name: str, root: Path) -> tuple[str, str] | None:
    """Problem and advice for what is not read from a folder."""
    if _printable(name) != name:
        return "has a name that is not UTF-8", "Rename the file."
    if not real(file).is_relative_to(root):
        return "is a link to a place outside the folder", "Copy the file into the folder."
    if _is_folder(file):
        return "is a link to a folder, which is not followed", "Copy the folder to this place, or load it by itself."
    if file.suffix.lower() not in FILE_SUFFIXES:
        problem = f"has the suffix {file.suffix!r}, which is not read from a folder"
        return problem, _advice_for(file.suffix.lower())
    return None


def _closed_folders(folder: Path, pattern: str) -> list[_Problem]:
    """A problem for each folder that the pattern reaches and that may not be listed, which `glob` passes over."""
    errors: list[OSError] = []
    for _ in os.walk(folder, onerror=errors.append):
        pass
    deepest = len(PurePosixPath(pattern).parts) if "**" not in pattern else None
    closed = [(Path(e.filename).relative_to(folder), e) for e in errors]
    return [
        _Problem(
            _printable(name.as_posix()), f"is a folder that cannot be listed ({e.strerror})", "Check its permissions."
        )
        for name, e in closed
        if not _is_no_document(name.as_posix()) and (deepest is None or len(name.parts) < deepest)
    ]


def _matching(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except (NotImplementedError, ValueError) as error:
        reason = str(error).rstrip(".")
        raise InvalidValue(
            f"`pattern` must be a glob relative to the folder; found {pattern!r} ({reason}). Write for instance '**/*.txt'."
        ) from None


def _printable(name: str) -> str:
    """The name of a file, in which bytes that are not UTF-8 are spelled out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_no_document(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        any(p.startswith((".", "_")) for p in path.parts)
        or path.stem.upper() in NOT_DOCUMENTS
        or path.name in STUDY_FILES
    )


def _advice_for(suffix: str) -> str:
    if suffix in TABLE_SUFFIXES:
        return "Load the table by itself: load_corpus(path to the table)."
    return f"Save it as plain text ({' or '.join(TEXT_SUFFIXES)})."


def _read_file(file: Path, name: str, doc_id: str, encoding: str | None) -> Iterator[_Read | _Problem]:
    """The document of a file and what was left out of it, or the reason why it is none."""
    try:
        known = file.stat()
        if not stat.S_ISREG(known.st_mode):
            raise Unreadable(f"is {_kind(known.st_mode)}, not a file", "Save what it gives as a file.")
        size = known.st_size
        if size > MAX_BYTES:
            raise Unreadable(
                f"has {size:,} bytes; the limit for one document is {MAX_BYTES:,}", "Split it into documents."
            )
        content = read_content(name, file.read_bytes(), encoding)
    except OSError as error:
        yield _Problem(name, f"cannot be read ({error.strerror})", "Check the file and its permissions.")
    except Unreadable as error:
        yield _Problem(name, error.problem, error.advice)
    else:
        yield _Read(doc_id, name, content.data, content.encoding, content.basis, {})
        yield from (_Problem(name, problem, advice) for problem, advice in content.left_out)


# ----------------------------------------------------------------------------------------------------------------- tables


class Stretch(NamedTuple):
    """Some rows of a table, each under its number in the table, and a problem for every row that could not be among them."""

    frame: pd.DataFrame
    problems: Sequence[_Problem] = ()


def _read_table(
    file: Path, text_column: str, id_column: str | None, encoding: str | None
) -> Iterator[_Read | _Problem]:
    if table_suffix(file) == ".parquet":
        check_table_encoding(file, encoding)
        yield from _read_parquet(file, text_column, id_column)
        return
    stretches = list(table_stretches(file, text_column, id_column, encoding))
    yield from (problem for stretch in stretches for problem in stretch.problems)
    frames = [stretch.frame for stretch in stretches]
    columns = dict.fromkeys(c for frame in frames for c in frame.columns)
    if columns or not any(stretch.problems for stretch in stretches):  # else the problems say more
        check_text_column(text_column, columns, file.name)
        check_id_column(id_column, columns, file.name)
    ids = document_ids(id_columns(frames, id_column), id_column, file.name)
    for frame in frames:
        yield from read_rows(frame, ids[: len(frame)], file.name, text_column)
        del ids[: len(frame)]


def _read_parquet(file: Path, text_column: str, id_column: str | None) -> Iterator[_Read | _Problem]:
    """One stretch of rows after the other: the whole table beside its documents would be twice the memory."""
    stretches = _parquet_stretches(file, text_column)
    first = next(stretches)
    yield from first.problems
    columns = list(first.frame.columns)
    check_text_column(text_column, columns, file.name)
    check_id_column(id_column, columns, file.name)
    with reading(file):
        names = pd.read_parquet(file, columns=[c for c in dict.fromkeys((id_column, "doc_id", "id")) if c in columns])
    ids = document_ids(_with_index(names), id_column, file.name)
    for frame, _ in stretches:
        yield from read_rows(frame, ids[frame.index[0] : frame.index[0] + len(frame)], file.name, text_column)


def table_stretches(file: Path, text_column: str, id_column: str | None, encoding: str | None) -> Iterator[Stretch]:
    """The rows of a table in their order: JSONL and Parquet a few thousand at a time, other tables at once.

    The first stretch may have no rows, so that the columns of an empty table are known.
    """
    suffix = table_suffix(file)
    check_table_encoding(file, encoding)
    # "001" is a name and "42" a text, also where all cells of a column look like numbers. An empty cell is missing, the words "NA" and "null" are text.
    cells: dict[str, Any] = {
        "dtype": dict.fromkeys((c for c in (text_column, id_column, "doc_id", "id") if c), "str"), "keep_default_na": False, "na_values": [""],
    }  # fmt: skip
    with reading(file):
        if suffix == ".parquet":
            yield from _parquet_stretches(file, text_column)
        elif suffix == ".xlsx":
            yield Stretch(_read_excel(file, cells))
        else:
            with table_lines(file, encoding) as lines:
                if suffix.startswith(".jsonl"):
                    yield from _jsonl_stretches(lines, file, text_column, id_column)
                else:
                    yield _csv_stretch(lines, file, cells)


def id_columns(frames: Sequence[pd.DataFrame], id_column: str | None) -> pd.DataFrame:
    """The columns that may name the documents, of all stretches of a table."""
    from corpus_lib.files import concatenated

    if not frames:
        return pd.DataFrame()
    wanted = dict.fromkeys(c for c in (id_column, "doc_id", "id") if c)
    names = concatenated([frame[[c for c in wanted if c in frame.columns]] for frame in frames])
    return names.set_axis([row for frame in frames for row in frame.index], axis="index")


# ------------------------------------------------------------------------------------------------------- rows of each kind


def _csv_stretch(lines: TextIO, file: Path, cells: Mapping[str, Any]) -> Stretch:
    """All rows that have as many fields as the header; pandas reads only what `csv` has cut, so that no field can move to another column."""
    numbers: list[int] = []
    problems: list[_Problem] = []
    frame = pd.read_csv(
        _Quoted(_fitting(lines, file, numbers, problems)),
        low_memory=False, index_col=False, skip_blank_lines=False, **cells,
    )  # fmt: skip
    return Stretch(frame.set_axis(numbers, axis="index"), problems)


def _fitting(lines: TextIO, file: Path, numbers: list[int], problems: list[_Problem]) -> Iterator[list[str]]:
    """The header and the rows that fit it; their numbers, and the problems of the others, are written down on the way."""
    rows = csv_rows(lines, delimiter_of(file))
    header = next(rows, None)
    if header is None:
        return
    if header.fault:
        raise ValueError(f"the header {header.fault} (line {header.first})")
    yield header.cells
    for number, row in enumerate(rows):
        if fault := fault_of(row, len(header.cells)):
            problems.append(_Problem(f"{file.name}, row {number}", fault, FIELDS_ADVICE))
        else:
            numbers.append(number)
            yield row.cells[: len(header.cells)]


def delimiter_of(file: Path) -> str:
    """What stands between two fields of a table of that name."""
    return "\t" if file.suffix.lower() == ".tsv" else ","


class _Quoted(io.TextIOBase):
    """Rows as a stream of CSV that can be read in one way only."""

    def __init__(self, rows: Iterator[Sequence[str]]) -> None:
        self._rows, self._rest = rows, ""

    def read(self, size: int | None = -1) -> str:
        """As much as is asked for: pandas takes more, and then needs time with the square of it."""
        size = -1 if size is None else size
        pieces, n = [self._rest], len(self._rest)
        while (size < 0 or n < size) and (row := next(self._rows, None)) is not None:
            pieces.append(",".join(['"' + cell.replace('"', '""') + '"' for cell in row]) + "\n")
            n += len(pieces[-1])
        text = "".join(pieces)
        size = n if size < 0 else size
        self._rest = text[size:]
        return text[:size]


def _jsonl_stretches(lines: TextIO, file: Path, text_column: str, id_column: str | None) -> Iterator[Stretch]:
    keys, others = dict.fromkeys(c for c in (text_column, id_column, "doc_id", "id") if c), set[str]()
    kept = len(keys) + MAX_KEYS
    rows = enumerate(_records(lines, file))
    while piece := list(itertools.islice(rows, CHUNK_ROWS)):
        problems, records = [], {}
        columns: dict[str, None] = {}
        for number, found in piece:
            if isinstance(found, _Problem):
                problems.append(found)
                continue
            for key in [k for k in found if k not in keys and k != TROUBLE]:
                if len(keys) < kept:
                    keys[key] = None
                else:
                    others.add(key)
            record = _with_columns(found, keys)
            columns |= dict.fromkeys(record)
            if TROUBLE in record:
                problems.append(_Problem(f"{file.name}, row {number}", NO_UTF8, "Repair the character in the table."))
            else:
                records[number] = record
        names = [c for c in columns if c != TROUBLE]
        yield Stretch(pd.DataFrame(list(records.values()), index=list(records), columns=names), problems)
    if others:
        yield Stretch(pd.DataFrame(), [_too_many_keys(file.name, len(others))])


def _with_columns(record: dict[str, Any], keys: Mapping[str, None]) -> dict[str, Any]:
    """The record, with what has no column of its own together in one, as JSON."""
    more = {key: value for key, value in record.items() if key not in keys and key != TROUBLE}
    if not more:
        return record
    kept = {key: value for key, value in record.items() if key not in more}
    return kept | {OTHER_KEYS: json.dumps(more, ensure_ascii=False)}


def _too_many_keys(name: str, n_others: int) -> _Problem:
    return _Problem(
        name,
        f"has {n_others + MAX_KEYS:,} different keys; the first {MAX_KEYS} are columns, the others stand as JSON in the column {OTHER_KEYS!r}",
        "Give what is of one kind one key in all lines, if you need it as a column.",
    )


def _parquet_stretches(file: Path, text_column: str) -> Iterator[Stretch]:
    """Rows of a table in stretches, the first of which has none, so that the columns of an empty table are known."""
    import pyarrow.parquet as pq

    with reading(file):
        table, row = pq.ParquetFile(file), 0
        schema = table.schema_arrow
        left_out = [f.name for f in schema if is_binary(f.type) and f.name != text_column]
        problems = [
            _Problem(
                f"{file.name}, column {name!r}",
                "holds bytes, not text; it was left out",
                "Write it as text if you need it.",
            )
            for name in left_out
        ]
        yield Stretch(_plain_frame(schema.empty_table(), left_out), problems)
        for batch in table.iter_batches(CHUNK_ROWS):
            frame = _plain_frame(batch, left_out)
            yield Stretch(frame.set_axis(range(row, row + len(frame)), axis="index"))
            row += len(frame)


def is_binary(kind: Any) -> bool:
    """Whether an Arrow type is one of bytes that nothing declares to be text."""
    import pyarrow as pa

    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
    return any(test(kind) for test in tests)


def _plain_frame(batch: Any, left_out: Sequence[str]) -> pd.DataFrame:
    """Rows as JSON would have them: numbers, truth values, texts, times, and lists and objects of these."""
    batch = batch.drop_columns(list(left_out))
    frame = _with_index(batch.to_pandas())
    for field in batch.schema:
        if field.name in frame.columns and _is_odd(field.type):
            values = [_plain(value) for value in batch.column(field.name).to_pylist()]
            frame[field.name] = pd.Series(values, index=frame.index, dtype="object").infer_objects()
    return frame


def _plain(value: object) -> Any:
    return json.loads(json.dumps(value, default=str))


def _is_odd(kind: Any) -> bool:
    """Whether pandas would make objects of an Arrow type that no later step knows."""
    import pyarrow as pa

    tests = (
        pa.types.is_nested,
        pa.types.is_decimal,
        pa.types.is_time,
        pa.types.is_duration,
        pa.types.is_interval,
        pa.types.is_date,
    )
    return any(test(kind) for test in tests)


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with an index that has a name as a column: pandas stores it as one, and it may name the documents."""
    return frame if list(frame.index.names) == [None] else frame.reset_index()


def check_text_column(text_column: str, columns: Iterable[str], name: str) -> None:
    """Raise `InvalidValue` unless the table has the column that is to hold the text."""
    columns = list(columns)
    if text_column not in columns:
        raise InvalidValue(
            f"`text_column` must be a column of {name}; found {text_column!r}. The columns are {_listed(columns)}."
        )


def check_id_column(id_column: str | None, columns: Iterable[str], name: str) -> None:
    """Raise `InvalidValue` unless the table has the column that is to name the documents."""
    if id_column is not None and id_column not in columns:
        raise InvalidValue(
            f"`id_column` must be a column of {name}; found {id_column!r}. The columns are {_listed(columns)}."
        )


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(repr(c) for c in columns)


def read_rows(frame: pd.DataFrame, ids: Iterable[str], name: str, text_column: str) -> Iterator[_Read | _Problem]:
    """Documents of a stretch of a table; the frame's index says which rows they are."""
    ids = list(ids)
    named = "doc_id" in frame.columns and [printable(i) for i in frame["doc_id"].astype("str")] == ids
    own = frame[[c for c in frame.columns if c != text_column and not (named and c == "doc_id")]]
    columns = own.rename(columns=_given_names(frame.columns)).to_dict("records")
    texts = frame[text_column] if text_column in frame.columns else [None] * len(frame)
    for n, (row, doc_id, text) in enumerate(zip(frame.index, ids, texts, strict=True)):
        place, text = f"{name}, row {row}", _decoded(text)
        if _is_missing(text) or (isinstance(text, str) and is_blank(text)):
            yield _Problem(place, "has no text", "Remove the row, or put the text in.")
        elif not isinstance(text, str):
            yield _Problem(
                place,
                f"holds {type(text).__name__} in {text_column!r}, not text",
                "Write the column as text, or name another `text_column`.",
            )
        else:
            # Of a wide table each row carries the cells that it fills, and the first one all columns: most of a hundred keys are empty in most rows.
            cells = (
                columns[n]
                if n == 0 or len(own.columns) <= 100
                else {c: v for c, v in columns[n].items() if not _is_missing(v)}
            )
            yield _read_cell(doc_id, name, text.encode("utf-8"), {"row": row} | cells)


def _decoded(text: object) -> object:
    """A text that a Parquet file holds as bytes, where they are UTF-8."""
    if isinstance(text, bytes):
        with contextlib.suppress(UnicodeDecodeError):
            return text.decode("utf-8")
    return text


def _read_cell(doc_id: str, name: str, data: bytes, columns: Mapping[str, Any]) -> _Read | _Problem:
    try:
        check_lines(data)
    except Unreadable as error:
        return _Problem(f"{name}, row {columns['row']}", error.problem, error.advice)
    return _Read(doc_id, name, data, "utf-8", "cell of a table", columns)


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def _given_names(columns: Iterable[str]) -> dict[str, str]:
    """New names of those columns of a table whose names mean something else in the library."""
    taken = set(columns)
    names = {}
    for column in OWN_COLUMNS:
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
        ids = frame[column].astype("str").map(printable, na_action="ignore")
        if frame[column].notna().all() and ids.is_unique:
            return list(ids)
        if id_column:
            twice = ids[ids.duplicated()].unique()[:3].tolist()
            raise InvalidValue(
                f"`id_column` must name each document once; {id_column!r} of {name} has empty or repeated values ({twice}). Use another."
            )
    width = len(str(max(frame.index, default=0)))
    return [str(row).zfill(width) for row in frame.index]


def table_suffix(file: Path) -> str:
    """The format of a table by its name, in lower case; `InvalidValue` if it is none that is read."""
    suffix = ".jsonl.gz" if file.name.lower().endswith(".jsonl.gz") else file.suffix.lower()
    if suffix not in TABLE_SUFFIXES:
        listed = ", ".join(TABLE_SUFFIXES)
        raise InvalidValue(
            f"`path` must be a folder or a table ({listed}); found {file.name!r}. Put text files into a folder and name that."
        )
    return suffix


@contextlib.contextmanager
def reading(file: Path) -> Iterator[None]:
    """Whatever a reader of tables raises becomes one sentence; only reading belongs inside, or mistakes of the program would be hidden."""
    try:
        yield
    except (CorpusLibError, MemoryError):
        raise
    except Exception as error:
        suffix = table_suffix(file)
        advice = "Save it again as UTF-8, or name its `encoding`." if suffix in DECODED_SUFFIXES else "Save it again."
        raise InvalidValue(f"{file.name} cannot be read as {suffix}: {said_by(error)}. {advice}") from error


@contextlib.contextmanager
def table_lines(file: Path, encoding: str | None) -> Iterator[TextIO]:
    """The decoded lines of a table, without a byte order mark; strict UTF-8 unless the encoding is named."""
    codec = encoding or "utf-8"
    # Line ends stay as they are: they may stand in quoted cells.
    with (
        gzip.open(file, "rt", encoding=codec, newline="")
        if file.name.lower().endswith(".gz")
        else file.open(encoding=codec, newline="") as lines
    ):
        if lines.read(1) != "\ufeff":
            lines.seek(0)
        yield cast(TextIO, lines)


def check_table_encoding(file: Path, encoding: str | None) -> None:
    """Raise `InvalidValue` where an encoding is named for a format that states its own."""
    if encoding is not None and table_suffix(file) not in DECODED_SUFFIXES:
        raise InvalidValue(
            f"`encoding` must be left out for {table_suffix(file)}, which states its own; found {encoding!r} for {file.name}. Leave it out."
        )


def read_table(file: Path) -> pd.DataFrame:
    """A whole table as it is, whatever its columns are.

    Raises
    ------
    InvalidValue
        Also if a row does not fit: what is read in this way has no list of problems.
    """
    from corpus_lib.files import concatenated

    stretches = list(table_stretches(file, "text", None, None))
    raise_all(file.name, (f"{p.path} {p.problem}. {p.advice}" for s in stretches for p in s.problems))
    frames = [s.frame for s in stretches]
    return concatenated(frames).reset_index(drop=True) if frames else pd.DataFrame()


def table_columns(file: Path) -> list[str]:
    """Names of the columns of a table, without reading its rows; of JSONL those of the first object."""
    suffix = table_suffix(file)
    with reading(file):
        if suffix == ".parquet":
            import pyarrow.parquet as pq

            return list(pq.read_schema(file).names)
        if suffix == ".xlsx":
            return [str(c) for c in _read_excel(file, {"nrows": 0}).columns]
        with table_lines(file, None) as lines:
            if suffix.startswith(".jsonl"):
                return next((list(r) for r in _records(lines, file) if isinstance(r, dict)), [])
            return next((row.cells for row in csv_rows(lines, delimiter_of(file))), [])


def _read_excel(file: Path, cells: Mapping[str, Any]) -> pd.DataFrame:
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise InvalidValue(
                f"{file.name} unpacks to {unpacked:,} bytes; the limit is {MAX_UNPACKED_BYTES:,}. Save the sheet as .csv."
            )
        if any(_has_many_rows(archive, name) for name in archive.namelist() if "worksheets/" in name):
            raise InvalidValue(
                f"{file.name} has more rows than a sheet of Excel can have ({SHEET_ROWS:,}). Save the table as .csv or .parquet."
            )
    try:
        return pd.read_excel(file, **cells)
    except ImportError:
        raise InvalidValue(
            f"{file.name} needs openpyxl, which is not installed. Install corpus_lib[formats], or save the sheet as .csv."
        ) from None


def _has_many_rows(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether a sheet has more rows than Excel allows, or one of a higher number, which openpyxl fills up to; in seconds, where reading takes minutes."""
    n, rest = 0, b""
    with archive.open(name) as stream:
        while n <= SHEET_ROWS and (piece := stream.read(1 << 20)):
            # A tag that the piece cuts is looked at with the next one; no tag of a row is longer than this.
            piece = rest + piece
            cut = piece.rfind(b"<")
            numbers = SHEET_ROW.findall(piece[:cut])
            n = max(n + len(numbers), *(int(number or 0) for number in numbers), 0)
            rest = piece[cut:][:1000]
    return n > SHEET_ROWS


def _records(lines: TextIO, file: Path) -> Iterator[dict[str, Any] | _Problem]:
    """The object of each line that is not blank, or why it is none. A file that breaks off, as after a full disk, gives what stands before."""
    limit = max(MAX_UNPACKED_BYTES, UNPACKED_TIMES * file.stat().st_size)
    number, size, n_read = 0, 0, 0
    while True:
        number += 1
        try:
            line = lines.readline(MAX_BYTES)
        except (EOFError, OSError, zlib.error, UnicodeDecodeError) as error:
            if not n_read or (isinstance(error, UnicodeDecodeError) and error.reason != "unexpected end of data"):
                raise
            yield _Problem(f"{file.name}, line {number}", f"breaks off: {said_by(error)}", CUT_ADVICE)
            return
        if not line:
            return
        size += len(line) + LINE_COST
        if size > limit or len(line) >= MAX_BYTES:
            raise InvalidValue(
                f"{file.name} holds more than a table of its {file.stat().st_size:,} bytes can, at line {number:,}. "
                f"Unpack it and look at it; one line may have {MAX_BYTES:,} characters."
            )
        if line.strip():
            found = _record(line, f"{file.name}, line {number}")
            n_read += isinstance(found, dict)
            yield found


def _record(line: str, place: str) -> dict[str, Any] | _Problem:
    advice = "Each line must hold one object with the text."
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        return _Problem(place, f"is not JSON ({error.msg})", advice)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets in thousands of brackets
        return _Problem(place, f"cannot be read as JSON ({said_by(error)})", advice)
    if not isinstance(record, dict):
        return _Problem(place, f"holds {type(record).__name__}, not an object", advice)
    return _encodable(record) if "\\ud" in line or "\\uD" in line else record


def _encodable(record: dict[str, Any]) -> dict[str, Any]:
    """The record; if it holds half of a surrogate pair, which no column of text can hold, with that spelled out and the row marked."""
    written = json.dumps(record, ensure_ascii=False)
    try:
        written.encode("utf-8")
    except UnicodeEncodeError:
        # Twice escaped: the sequence is text of the new record, not an escape of JSON.
        spelled = re.sub("[\ud800-\udfff]", lambda half: f"\\\\u{ord(half[0]):04x}", written)
        return dict(json.loads(spelled)) | {TROUBLE: "surrogate"}
    return record
