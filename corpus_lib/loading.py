"""Folders and tables to a `Corpus`: which files and rows are documents, their names and hashes, and a row of `problems` for everything left out.

What is inside a file is read by `corpus_lib.formats`.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, TextIO, cast

import pandas as pd

from corpus_lib.corpus import Corpus
from corpus_lib.decoding import codec_name
from corpus_lib.errors import CorpusLibError, InvalidValue, MissingFile
from corpus_lib.files import sha256
from corpus_lib.formats import FILE_SUFFIXES, MAX_BYTES, TEXT_SUFFIXES, Unreadable, check_lines, is_blank, read_content

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
    if not path.exists():
        raise MissingFile(
            f"`path` must name a folder or a table of texts; {str(path)!r} does not exist. Check the spelling."
        )
    found = list(
        _read_folder(path, pattern, codec) if path.is_dir() else _read_table(path, text_column, id_column, codec)
    )
    if not any(isinstance(r, _Read) for r in found):
        raise nothing_read(
            path.name, sorted((p for p in found if isinstance(p, _Problem)), key=lambda p: (p.path, p.problem))
        )
    return corpus_of(found)


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
            "path": r.path,
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
    trouble = pd.DataFrame([vars(p) for p in problems], columns=["path", "problem", "advice"], dtype="str")
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
    ids = [str(PurePosixPath(name).with_suffix("")) for name in names]
    # A name that keeps its suffix may meet the stem of another ("a.txt" and "a.txt.md"); names are unique, so this comes to an end.
    while len(set(ids)) < len(ids):
        times = Counter(ids)
        ids = [name if times[known] > 1 else known for name, known in zip(names, ids, strict=True)]
    return list(zip(ids, names, strict=True))


def _files(folder: Path, root: Path, pattern: str) -> tuple[list[str], list[_Problem]]:
    """Names of the files that are read, relative and sorted, and a problem for every other file that could have been meant as a document."""
    names: list[str] = []
    problems: list[_Problem] = []
    for file in _matching(folder, pattern):
        name = file.relative_to(folder).as_posix()
        if file.is_dir() or _is_no_document(name):
            continue
        if (shown := _printable(name)) != name:
            problems.append(_Problem(shown, "has a name that is not UTF-8", "Rename the file."))
        elif not file.resolve().is_relative_to(root):
            problems.append(_Problem(name, "is a link to a place outside the folder", "Copy the file into the folder."))
        elif file.suffix.lower() not in FILE_SUFFIXES:
            problems.append(
                _Problem(
                    name,
                    f"has the suffix {file.suffix!r}, which is not read from a folder",
                    _advice_for(file.suffix.lower()),
                )
            )
        else:
            names.append(name)
    return names, problems


def _matching(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except (NotImplementedError, ValueError) as error:
        reason = str(error).rstrip(".")
        raise InvalidValue(
            f"`pattern` must be a glob relative to the folder; found {pattern!r} ({reason}). Write for instance '**/*.txt'."
        ) from None


def _printable(name: str) -> str:
    """The name of a file; bytes of it that are not UTF-8 are spelled out."""
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
        size = file.stat().st_size
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


def _read_table(
    file: Path, text_column: str, id_column: str | None, encoding: str | None
) -> Iterator[_Read | _Problem]:
    if table_suffix(file) == ".parquet":
        check_table_encoding(file, encoding)
        yield from _read_parquet(file, text_column, id_column)
        return
    frame = _table(file, text_column, id_column, encoding)
    check_text_column(text_column, frame.columns, file.name)
    check_id_column(id_column, frame.columns, file.name)
    yield from read_rows(frame, document_ids(frame, id_column, file.name), file.name, text_column)


def _read_parquet(file: Path, text_column: str, id_column: str | None) -> Iterator[_Read | _Problem]:
    """One stretch of rows after the other: the whole table beside its documents would be twice the memory."""
    columns = table_columns(file)
    check_text_column(text_column, columns, file.name)
    check_id_column(id_column, columns, file.name)
    with reading(file):
        names = pd.read_parquet(file, columns=[c for c in dict.fromkeys((id_column, "doc_id", "id")) if c in columns])
    row, ids = 0, document_ids(_with_index(names), id_column, file.name)
    for chunk in parquet_chunks(file):
        yield from read_rows(chunk, ids[row : row + len(chunk)], file.name, text_column, row)
        row += len(chunk)


def parquet_chunks(file: Path) -> Iterator[pd.DataFrame]:
    """Rows of a table in stretches, the first of which has none, so that the columns of an empty table are known."""
    import pyarrow.parquet as pq

    with reading(file):
        table = pq.ParquetFile(file)
        yield _with_index(table.schema_arrow.empty_table().to_pandas())
        for batch in table.iter_batches(CHUNK_ROWS):
            yield _with_index(batch.to_pandas())


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
    return ", ".join(repr(c) for c in columns if c != TROUBLE)


def read_rows(
    frame: pd.DataFrame, ids: Iterable[str], name: str, text_column: str, first_row: int = 0
) -> Iterator[_Read | _Problem]:
    """Documents of the rows of a table, or of a stretch of it that begins with row `first_row`."""
    ids = list(ids)
    named = "doc_id" in frame.columns and frame["doc_id"].astype("str").tolist() == ids
    own = frame[[c for c in frame.columns if c not in (text_column, TROUBLE) and not (named and c == "doc_id")]]
    columns = own.rename(columns=_given_names(frame.columns)).to_dict("records")
    broken = frame[TROUBLE].notna() if TROUBLE in frame.columns else [False] * len(frame)
    for row, (doc_id, text, is_broken) in enumerate(zip(ids, frame[text_column], broken, strict=True)):
        if is_broken:
            yield _Problem(
                f"{name}, row {first_row + row}",
                "holds half of a surrogate pair, which has no UTF-8",
                "Repair the character in the table.",
            )
        elif _is_missing(text) or (isinstance(text, str) and is_blank(text)):
            yield _Problem(f"{name}, row {first_row + row}", "has no text", "Remove the row, or put the text in.")
        elif not isinstance(text, str):
            yield _Problem(
                f"{name}, row {first_row + row}",
                f"holds {type(text).__name__} in {text_column!r}, not text",
                "Write the column as text, or name another `text_column`.",
            )
        else:
            yield _read_cell(doc_id, name, text.encode("utf-8"), {"row": first_row + row} | columns[row])


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
        ids = frame[column].astype("str")
        if frame[column].notna().all() and ids.is_unique:
            return list(ids)
        if id_column:
            twice = ids[ids.duplicated()].unique()[:3].tolist()
            raise InvalidValue(
                f"`id_column` must name each document once; {id_column!r} of {name} has empty or repeated values ({twice}). Use another."
            )
    width = len(str(max(len(frame) - 1, 0)))
    return [str(row).zfill(width) for row in range(len(frame))]


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
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise InvalidValue(f"{file.name} cannot be read as {suffix}: {reason}. {advice}") from error


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


def _table(file: Path, text_column: str, id_column: str | None, encoding: str | None = None) -> pd.DataFrame:
    suffix = table_suffix(file)
    check_table_encoding(file, encoding)
    # "001" is a name and "42" a text, also where all cells of a column look like numbers. An empty cell is missing, the words "NA" and "null" are text.
    cells: dict[str, Any] = {
        "dtype": dict.fromkeys((c for c in (text_column, id_column, "doc_id", "id") if c), "str"), "keep_default_na": False, "na_values": [""],
    }  # fmt: skip
    with reading(file):
        if suffix == ".parquet":
            return _with_index(pd.read_parquet(file))
        if suffix == ".xlsx":
            return _read_excel(file, cells)
        with table_lines(file, encoding) as lines:
            if suffix.startswith(".jsonl"):
                return pd.DataFrame(_records(lines, file.name))
            return pd.read_csv(lines, sep="," if suffix == ".csv" else "\t", low_memory=False, **cells)


def read_table(file: Path) -> pd.DataFrame:
    """A whole table as it is, whatever its columns are."""
    frame = _table(file, "text", None)
    return frame.drop(columns=TROUBLE, errors="ignore")


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
                return list(next(_records(lines, file.name), {}))
            return next(csv.reader(lines, delimiter="," if suffix == ".csv" else "\t"), [])


def _read_excel(file: Path, cells: Mapping[str, Any]) -> pd.DataFrame:
    try:
        return pd.read_excel(file, **cells)
    except ImportError:
        raise InvalidValue(
            f"{file.name} needs openpyxl, which is not installed. Install corpus_lib[formats], or save the sheet as .csv."
        ) from None


def _records(lines: Iterable[str], name: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise InvalidValue(
                f"{name}, line {number}, is not JSON ({error.msg}). Each line must hold one object with the text."
            ) from None
        if not isinstance(record, dict):
            raise InvalidValue(
                f"{name}, line {number}, holds {type(record).__name__}, not an object. Each line must be an object with the text."
            )
        yield _encodable(record) if "\\ud" in line or "\\uD" in line else record


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
