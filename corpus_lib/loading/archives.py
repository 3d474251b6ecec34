"""Archives, whose files are documents: zip and tar. Nothing is unpacked into a folder."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from corpus_lib.loading import formats
from corpus_lib.loading.formats import Unreadable, broken, check_unpacked

ARCHIVE_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")


# A file in an archive: its name there, and what it holds or why that is not read.
Member = tuple[str, bytes | Unreadable]


def members(name: str, data: bytes) -> Iterator[Member]:
    """The files of an archive in its order; `Unreadable` if it is none."""
    is_zip = name.lower().endswith(".zip")
    try:
        yield from (_zip if is_zip else _tar)(data)
    except Unreadable:
        raise
    except Exception as error:  # whatever the readers say of a file that is not one
        raise broken(".zip" if is_zip else ".tar", error) from None


def _zip(data: bytes) -> Iterator[Member]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_unpacked(sum(part.file_size for part in archive.infolist()))
        for part in archive.infolist():
            if part.flag_bits & 1:
                yield part.filename, Unreadable("is encrypted", "Unpack the archive with its password.")
            elif not part.is_dir():
                yield part.filename, _climbs(part.filename) or archive.read(part)


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
            if not part.isreg() and not part.isdir():
                yield part.name, Unreadable("is a link or a device, not a file", "Put the file itself in.")
            elif (file := archive.extractfile(part)) is not None:
                yield part.name, _climbs(part.name) or file.read()


def _climbs(name: str) -> Unreadable | None:
    path = PurePosixPath(name.replace("\\", "/"))
    if ".." in path.parts or path.is_absolute() or ":" in path.parts[0]:
        return Unreadable("has a name that leads out of the archive", "Pack it again under a plain name.")
    return None
