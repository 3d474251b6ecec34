"""A table as bytes and as lines: unpacked within limits, in the encoding that is found out."""

import contextlib
import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple, TextIO, cast

from corpus_lib.errors import CorpusLibError, InvalidValue, said_by
from corpus_lib.loading.encodings import byte_order_mark, choose_encoding
from corpus_lib.loading.formats import MAX_UNPACKED_BYTES, TABLE_SUFFIXES

# Formats whose fields stand between separators, and all that are decoded here; the others know their encoding.
DELIMITED_SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
DECODED_SUFFIXES = (*DELIMITED_SUFFIXES, ".json", ".jsonl", ".jsonl.gz")
# Text packs to a tenth, repeated text to a hundredth; beyond that the file was made to fill the memory.
UNPACKED_TIMES = 100
ENCODING_ADVICE = "Save it again as UTF-8, or name its `encoding`."


class Opened(NamedTuple):
    """A table as it can be read: its format, and the file or, where a zip holds it, its bytes."""

    suffix: str
    source: Path | io.BytesIO


def table_suffix(file: Path) -> str:
    """The format of a table by its name, in lower case; `InvalidValue` if it is not one that is read."""
    name = file.name.lower()
    suffix = max((s for s in TABLE_SUFFIXES if name.endswith(s)), key=len, default="")
    if not suffix or name == suffix:
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
        advice = ENCODING_ADVICE if isinstance(error, UnicodeError) else "Save it again."
        raise InvalidValue(f"{file.name} cannot be read as {suffix}: {said_by(error)}. {advice}") from error


def opened(file: Path) -> Opened:
    """The table of a file: the file itself, or the one table that a zip holds, in memory; nothing is unpacked into a folder."""
    suffix = table_suffix(file)
    if suffix != ".zip":
        return Opened(suffix, file)
    with zipfile.ZipFile(file) as archive:
        listed = [part for part in archive.infolist() if not part.is_dir() and not _is_beside(part.filename)]
        if len(listed) != 1:
            names = ", ".join(repr(part.filename) for part in listed[:5])
            raise InvalidValue(
                f"{file.name} must hold one table; it holds {len(listed)} files ({names}). Unpack it and name the table, or the folder."
            )
        inner = PurePosixPath(listed[0].filename)
        if ".." in inner.parts or inner.is_absolute() or "\\" in inner.name or table_suffix(Path(inner.name)) == ".zip":
            raise InvalidValue(
                f"{file.name} must hold one table under a plain name; found {str(inner)!r}. Unpack it and name the table."
            )
        with archive.open(listed[0]) as stream:
            return Opened(table_suffix(Path(inner.name)), io.BytesIO(_within_limits(stream, file)))


def _is_beside(name: str) -> bool:
    """What systems put into an archive beside what a person did."""
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in PurePosixPath(name).parts)


def _within_limits(stream: IO[bytes], file: Path) -> bytes:
    """All bytes of a stream, unless they are more than what a file of that size can hold."""
    limit = max(MAX_UNPACKED_BYTES, UNPACKED_TIMES * file.stat().st_size)
    data = bytearray()
    while piece := stream.read(1 << 20):
        data += piece
        if len(data) > limit:
            raise InvalidValue(
                f"{file.name} unpacks to more than {limit:,} bytes, which is the limit. Unpack it, look at it and name what it holds."
            )
    return bytes(data)


def unpacked(table: Opened) -> IO[bytes]:
    """The bytes of a table as a stream, without the packing of gzip."""
    packed = io.BytesIO(table.source.getvalue()) if isinstance(table.source, io.BytesIO) else table.source.open("rb")
    return cast(IO[bytes], gzip.GzipFile(fileobj=packed)) if table.suffix.endswith(".gz") else packed


@contextlib.contextmanager
def table_lines(table: Opened, encoding: str | None) -> Iterator[TextIO]:
    """The decoded lines of a table that is read line by line, without a byte order mark; UTF-8 unless a mark or the caller says another."""
    with contextlib.closing(unpacked(table)) as stream:
        marked = byte_order_mark(stream.read(4)) or "utf-8"
        stream.seek(0)
        codec = encoding if encoding not in (None, "utf-16") else marked
        yield _lines(stream, codec)


def _lines(stream: IO[bytes], codec: str) -> TextIO:
    # Line ends stay as they are: they may stand in quoted cells.
    lines = io.TextIOWrapper(stream, encoding=codec, newline="")
    if lines.read(1) != "\ufeff":
        lines.seek(0)
    return lines


def table_text(table: Opened, file: Path, encoding: str | None) -> tuple[TextIO, str]:
    """The decoded lines of a table that is read at once, without a byte order mark, and what is unusual in its encoding."""
    with contextlib.closing(unpacked(table)) as stream:
        data = _within_limits(stream, file)
    if encoding == "utf-16":  # each of the two orders, as the mark says
        encoding = byte_order_mark(data) or "utf-16-le"
    codec, basis = choose_encoding(data, encoding)
    if codec is None:
        raise InvalidValue(f"{file.name} cannot be decoded ({basis}). {ENCODING_ADVICE}")
    return _lines(io.BytesIO(data), codec), "" if codec == "utf-8" or encoding else f"{codec}, {basis}"
