"""Tables as frames, stretch by stretch: .csv, .tsv, .jsonl, .parquet, .xlsx."""

from __future__ import annotations

import contextlib
import gzip
import io
import itertools
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO, cast

import pandas as pd

from corpus_lib.errors import CorpusLibError, InvalidValue, said_by
from corpus_lib.loading.delimited import FIELDS_ADVICE, csv_rows, fault_of
from corpus_lib.loading.formats import MAX_BYTES, MAX_UNPACKED_BYTES, TABLE_SUFFIXES
from corpus_lib.loading.found import Problem

# Formats that are decoded here; the others know their encoding.
DECODED_SUFFIXES = (".csv", ".tsv", ".jsonl", ".jsonl.gz")
# Rows of a table that are held at once where they can be streamed.
CHUNK_ROWS = 2_000
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
# Types of Arrow: bytes that nothing declares to be text, and what pandas would make objects of that no later step knows.
BYTES = ("binary", "large_binary", "fixed_size_binary", "binary_view")
ODD = ("nested", "decimal", "time", "duration", "interval", "date")
# What a line costs beside its characters, so that lines without any come to an end too.
LINE_COST = 32


# ----------------------------------------------------------------------------------------------------------------- tables


class Stretch(NamedTuple):
    """Some rows of a table, each under its number in the table, and a problem for every row that could not be among them."""

    frame: pd.DataFrame
    problems: Sequence[Problem] = ()


def table_stretches(file: Path, text_column: str, id_column: str | None, encoding: str | None) -> Iterator[Stretch]:
    """The rows of a table in their order: JSONL and Parquet a few thousand at a time, other tables at once.

    The first stretch may have no rows, so that the columns of an empty table are known.
    """
    suffix = table_suffix(file)
    if encoding is not None and suffix not in DECODED_SUFFIXES:
        raise InvalidValue(
            f"`encoding` must be left out for {suffix}, which states its own; found {encoding!r} for {file.name}. Leave it out."
        )
    # "001" is a name and "42" a text, also where all cells of a column look like numbers. An empty cell is missing, the words "NA" and "null" are text.
    cells: dict[str, Any] = {
        "dtype": dict.fromkeys((c for c in (text_column, id_column, "doc_id", "id") if c), "str"), "keep_default_na": False, "na_values": [""],
    }  # fmt: skip
    with reading(file):
        if suffix == ".parquet":
            yield from _parquet_stretches(file, text_column)
        elif suffix == ".xlsx":
            yield Stretch(read_excel(file, cells))
        else:
            with table_lines(file, encoding) as lines:
                if suffix.startswith(".jsonl"):
                    yield from _jsonl_stretches(lines, file, text_column, id_column)
                else:
                    yield _csv_stretch(lines, file, cells)


# ------------------------------------------------------------------------------------------------------- rows of each kind


def _csv_stretch(lines: TextIO, file: Path, cells: Mapping[str, Any]) -> Stretch:
    """All rows that have as many fields as the header; pandas reads only what `csv` has cut, so that no field can move to another column."""
    numbers: list[int] = []
    problems: list[Problem] = []
    rows = _Quoted(_fitting(lines, file, numbers, problems))
    frame = pd.read_csv(rows, low_memory=False, index_col=False, skip_blank_lines=False, **cells)
    return Stretch(frame.set_axis(numbers, axis="index"), problems)


def _fitting(lines: TextIO, file: Path, numbers: list[int], problems: list[Problem]) -> Iterator[list[str]]:
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
            problems.append(Problem(f"{file.name}, row {number}", fault, FIELDS_ADVICE))
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
            if isinstance(found, Problem):
                problems.append(found)
                continue
            new = [key for key in found if key not in keys]
            free = max(kept - len(keys), 0)
            keys |= dict.fromkeys(new[:free])
            others |= set(new[free:])
            record = _with_columns(found, keys)
            columns |= dict.fromkeys(record)
            if isinstance(found, _Spelled):
                problems.append(Problem(f"{file.name}, row {number}", NO_UTF8, "Repair the character in the table."))
            else:
                records[number] = record
        yield Stretch(pd.DataFrame(list(records.values()), index=list(records), columns=list(columns)), problems)
    if others:
        yield Stretch(pd.DataFrame(), [_too_many_keys(file.name, len(others))])


def _with_columns(record: dict[str, Any], keys: Mapping[str, None]) -> dict[str, Any]:
    """The record, with what has no column of its own together in one, as JSON."""
    more = {key: value for key, value in record.items() if key not in keys}
    if not more:
        return record
    kept = {key: value for key, value in record.items() if key not in more}
    return kept | {OTHER_KEYS: json.dumps(more, ensure_ascii=False)}


def _too_many_keys(name: str, n_others: int) -> Problem:
    return Problem(
        name,
        f"has {n_others + MAX_KEYS:,} different keys; the first {MAX_KEYS} are columns, the others stand as JSON in the column {OTHER_KEYS!r}",
        "Give what is of one kind one key in all lines, if you need it as a column.",
    )


def _parquet_stretches(file: Path, text_column: str) -> Iterator[Stretch]:
    """Rows of a table in stretches, the first of which has none, so that the columns of an empty table are known."""
    import pyarrow.parquet as pq

    table, row = pq.ParquetFile(file), 0
    schema = table.schema_arrow
    left_out = [f.name for f in schema if _is_one_of(BYTES, f.type) and f.name != text_column]
    said = "holds bytes, not text; it was left out", "Write it as text if you need it."
    problems = [Problem(f"{file.name}, column {name!r}", *said) for name in left_out]
    yield Stretch(_plain_frame(schema.empty_table(), left_out), problems)
    for batch in table.iter_batches(CHUNK_ROWS):
        frame = _plain_frame(batch, left_out)
        yield Stretch(frame.set_axis(range(row, row + len(frame)), axis="index"))
        row += len(frame)


def _is_one_of(names: Sequence[str], kind: Any) -> bool:
    """Whether an Arrow type is one of these."""
    import pyarrow as pa

    return any(getattr(pa.types, f"is_{name}")(kind) for name in names)


def _plain_frame(batch: Any, left_out: Sequence[str]) -> pd.DataFrame:
    """Rows as JSON would have them: numbers, truth values, texts, times, and lists and objects of these."""
    batch = batch.drop_columns(list(left_out))
    frame = with_index(batch.to_pandas())
    for field in batch.schema:
        if field.name in frame.columns and _is_one_of(ODD, field.type):
            values = [_plain(value) for value in batch.column(field.name).to_pylist()]
            frame[field.name] = pd.Series(values, index=frame.index, dtype="object").infer_objects()
    return frame


def _plain(value: object) -> Any:
    return json.loads(json.dumps(value, default=str))


def with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with an index that has a name as a column: pandas stores it as one, and it may name the documents."""
    return frame if list(frame.index.names) == [None] else frame.reset_index()


def table_suffix(file: Path) -> str:
    """The format of a table by its name, in lower case; `InvalidValue` if it is not one that is read."""
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


def read_excel(file: Path, cells: Mapping[str, Any]) -> pd.DataFrame:
    """The first sheet of a workbook, unless it unpacks beyond what a sheet can hold."""
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


def _records(lines: TextIO, file: Path) -> Iterator[dict[str, Any] | Problem]:
    """The object of each line that is not blank, or why it is not one. A file that breaks off, as after a full disk, gives what stands before."""
    limit = max(MAX_UNPACKED_BYTES, UNPACKED_TIMES * file.stat().st_size)
    number, size, n_read = 0, 0, 0
    while True:
        number += 1
        try:
            line = lines.readline(MAX_BYTES)
        except (EOFError, OSError, zlib.error, UnicodeDecodeError) as error:
            if not n_read or (isinstance(error, UnicodeDecodeError) and error.reason != "unexpected end of data"):
                raise
            yield Problem(f"{file.name}, line {number}", f"breaks off: {said_by(error)}", CUT_ADVICE)
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


def _record(line: str, place: str) -> dict[str, Any] | Problem:
    advice = "Each line must hold one object with the text."
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        return Problem(place, f"is not JSON ({error.msg})", advice)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets in thousands of brackets
        return Problem(place, f"cannot be read as JSON ({said_by(error)})", advice)
    if not isinstance(record, dict):
        return Problem(place, f"holds {type(record).__name__}, not an object", advice)
    return _encodable(record) if "\\ud" in line or "\\uD" in line else record


def _encodable(record: dict[str, Any]) -> dict[str, Any]:
    """The record; if it holds half of a surrogate pair, which no column of text can hold, with that spelled out."""
    written = json.dumps(record, ensure_ascii=False)
    try:
        written.encode("utf-8")
    except UnicodeEncodeError:
        # Twice escaped: the sequence is text of the new record, not an escape of JSON.
        spelled = re.sub("[\ud800-\udfff]", lambda half: f"\\\\u{ord(half[0]):04x}", written)
        return _Spelled(json.loads(spelled))
    return record


class _Spelled(dict[str, Any]):
    """A record that held half of a surrogate pair: its row cannot be a document."""
