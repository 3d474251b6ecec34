"""Writing files whole or not at all, hashing, and the lock on an output folder.

A reader never meets half a file: everything is written to `.NAME.tmp` in the same folder, flushed to the disk and moved into place.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_lib.errors import InvalidValue, OutputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "check_inside",
    "is_inside",
    "output_lock",
    "read_frame",
    "safe_name",
    "sha256",
    "whole",
    "write_array",
    "write_bytes",
    "write_frame",
    "write_table",
    "write_text",
]


def sha256(data: bytes) -> str:
    """SHA-256 of `data` as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def safe_name(doc_id: str) -> str:
    """A file name for a document: folders stay, letters of any script stay, nothing leads out of the folder, and two ids never share one.

    Examples
    --------
    >>> safe_name("2020/a b"), safe_name("../x"), safe_name("a:b")
    ('2020/a b', '%2E%2E/x', 'a%3Ab')
    """

    def encoded(text: str) -> str:
        return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))

    parts = []
    for part in doc_id.split("/"):
        plain = "".join(c if c.isalnum() or c in "._- " else encoded(c) for c in part)
        plain = re.sub(r"^[. ]+|[. ]+$", lambda match: encoded(match.group()), plain) or "%"
        # 255 bytes is what file systems allow; the hash keeps shortened names apart.
        parts.append(
            plain
            if len(plain.encode()) <= 180
            else f"{plain.encode()[:120].decode(errors='ignore')}~{sha256(part.encode())[:16]}"
        )
    return "/".join(parts)


def is_inside(path: str | Path, folder: str | Path) -> bool:
    r"""Whether a path, with every link in it followed, lies in a folder; a link to itself lies nowhere.

    Examples
    --------
    >>> is_inside("texts/a.txt", "texts"), is_inside("texts/../a.txt", "texts"), is_inside("texts/a\0.txt", "texts")
    (True, False, False)
    """
    try:
        return Path(path).resolve().is_relative_to(Path(folder).resolve())
    except (
        OSError,
        RuntimeError,
        ValueError,
    ):  # RuntimeError for a link to itself, ValueError for a name that no file can have
        return False


def check_inside(file: Path) -> None:
    """Refuse a file that is read because it lies beside the texts, and is a link to somewhere else.

    Raises
    ------
    InvalidValue
        If the link leads out of the file's folder.
    """
    if not is_inside(file, file.parent):
        raise InvalidValue(
            f"{file.name} must lie in the folder of the texts; it is a link that leads out of it. Copy the file there, or name it on the command line."
        )


def reason(error: OSError) -> str:
    """What the operating system says, without the file's place: NumPy's errors carry no reason, Arrow's carry their own words around it."""
    return os.strerror(error.errno) if error.errno else "the disk took only a part"


@contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path that replaces `path` when the block ends well, and vanishes when it does not.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with whole(folder / "a.txt") as temporary:
    ...     _ = temporary.write_text("ready")
    >>> (folder / "a.txt").read_text()
    'ready'
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            f"{path.name} could not be written: {reason(error)}. What was there before is unchanged; "
            "free some space or choose another output folder."
        ) from error
    finally:
        if temporary.exists():
            temporary.unlink()


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write `data` to `path`, whole or not at all."""
    with whole(path) as temporary:
        temporary.write_bytes(data)


def write_text(path: str | Path, text: str) -> None:
    r"""Write `text` to `path` as UTF-8 with the line ends it has, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_table(path: str | Path, frame: pd.DataFrame, *, index: bool = True) -> None:
    """Write `frame` to `path` as CSV in UTF-8, whole or not at all."""
    write_text(path, frame.to_csv(index=index, lineterminator="\n"))


def write_array(path: Path, array: Any) -> None:
    """Write an array as .npy, as `np.save` does, but for its end: C buffers that there, and a disk that refuses it is not noticed."""
    import numpy as np

    array = np.ascontiguousarray(array)
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(array))
        file.write(array.data)


def write_frame(path: str | Path, frame: pd.DataFrame) -> None:
    """Write `frame` as Parquet; columns of mixed kinds, which Parquet does not know, go as JSON and come back as they were."""
    import pandas as pd
    import pyarrow as pa

    mixed = []
    for column in [c for c, kind in frame.dtypes.items() if pd.api.types.is_object_dtype(kind)]:
        try:
            pa.array(frame[column], from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            mixed.append(column)
    plain = frame.assign(**{c: [json.dumps(v, ensure_ascii=False, default=str) for v in frame[c]] for c in mixed})
    plain.attrs = {"json": mixed}
    plain.to_parquet(path)


def read_frame(path: str | Path) -> pd.DataFrame:
    """Read what `write_frame` wrote."""
    import pandas as pd

    frame = pd.read_parquet(path)
    for column in frame.attrs.pop("json", []):
        frame[column] = pd.Series([json.loads(v) for v in frame[column]], index=frame.index, dtype=object)
    return frame


@contextmanager
def output_lock(folder: str | Path) -> Iterator[None]:
    """Hold the output folder for one run; a second run is told who holds it.

    The lock is the operating system's (`flock`), so a killed run leaves none behind; the file `.lock` only carries the holder's name.
    """
    import fcntl

    folder = Path(folder)
    with _refused(folder):
        folder.mkdir(parents=True, exist_ok=True)
        # Not through a link, for what it leads to would be written over.
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        handle = os.fdopen(os.open(folder / ".lock", flags, 0o666), "r+b", buffering=0)
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.seek(0)
            holder = handle.read().decode("utf-8", "replace").strip() or "another process"
            raise OutputError(
                f"the output folder {folder.name!r} is in use by {holder}. Wait for that run, or choose another `--out`."
            ) from error
        with _refused(folder):
            handle.seek(0)
            handle.truncate()
            handle.write(f"process {os.getpid()}".encode())
        yield


@contextmanager
def _refused(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"the output folder {folder.name!r} cannot be written: {reason(error)}. Choose another `--out`."
        ) from error
