"""Archives, whose files are documents: zip and tar, and web archives, whose pages are. Nothing is unpacked into a folder."""

import gzip
import io
import mimetypes
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from email.message import Message
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

from corpus_lib.loading import formats
from corpus_lib.loading.formats import Unreadable, broken, check_unpacked, require


class Member(NamedTuple):
    """A file: its name, what it holds or why that is not read, the encoding that is stated of it, and what else is."""

    name: str
    data: bytes | Unreadable
    declared: str | None = None
    columns: Mapping[str, str] = MappingProxyType({})


def members(name: str, data: bytes) -> Iterator[Member]:
    """The files of an archive in its order; `Unreadable` if it is none."""
    suffix = next(s for s in READERS if name.lower().endswith(s))
    try:
        for member in READERS[suffix](data):
            path = PurePosixPath(member.name.replace("\\", "/"))
            climbs = ".." in path.parts or path.is_absolute() or ":" in path.parts[0]
            yield member._replace(data=Unreadable("climbs")) if climbs else member
    except Exception as error:  # whatever the readers say of a file that is not one
        raise broken(suffix, error) from None


def _zip(data: bytes) -> Iterator[Member]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_unpacked(sum(part.file_size for part in archive.infolist()))
        for part in archive.infolist():
            if not part.is_dir():
                yield Member(part.filename, Unreadable("locked") if part.flag_bits & 1 else archive.read(part))


def _tar(data: bytes) -> Iterator[Member]:
    if data.startswith(b"\x1f\x8b"):
        # Also what the archive says of its members may be made to fill the memory.
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            data = packed.read(formats.MAX_UNPACKED_BYTES + 1)
        check_unpacked(len(data))
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        size = 0
        for part in archive:
            size += part.size
            check_unpacked(size)
            if not part.isdir():
                file = archive.extractfile(part) if part.isreg() else None
                yield Member(part.name, file.read() if file else Unreadable("not_packed"))


def _warc(data: bytes) -> Iterator[Member]:
    """What servers answered, without its packing; a name says the number of the answer and what it holds."""
    require("fastwarc", "web archives")
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    n, size, most = 0, 0, formats.MAX_UNPACKED_BYTES + 1
    kept = WarcRecordType.response | WarcRecordType.resource
    packed, plain = (ArchiveIterator(io.BytesIO(data), kept, auto_decode=decoded) for decoded in ("none", "all"))
    for n, (whole, record) in enumerate(zip(packed, plain, strict=True), 1):
        if len(whole.reader.read(most)) < whole.content_length:
            raise EOFError(f"answer {n} breaks off")
        head = Message()
        head["Content-Type"] = record.headers.get("Content-Type") or ""
        kind = record.http_content_type or head["Content-Type"].partition(";")[0].strip().lower()
        # A resource is a file as it was, without an answer around it.
        is_file, answered = record.record_type == WarcRecordType.resource, record.http_headers
        status = 200 if is_file else answered.status_code if answered else None
        page = record.reader.read(most - size)
        size += len(page)
        check_unpacked(size)
        stated = {"url": record.headers.get("WARC-Target-URI") or "", "captured": record.headers.get("WARC-Date") or ""}
        suffix = ".html" if "html" in kind else mimetypes.guess_extension(kind) or ""
        answer = page if status == 200 else Unreadable("status", status=status)
        yield Member(f"{n:03d}{suffix}", answer, record.http_charset or head.get_content_charset(), stated)
    if not n:
        raise Unreadable("no_response")


READERS = {".zip": _zip, ".tar": _tar, ".tar.gz": _tar, ".tgz": _tar, ".warc": _warc, ".warc.gz": _warc}
ARCHIVE_SUFFIXES = tuple(READERS)
