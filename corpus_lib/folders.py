"""Saved folders: a manifest, and one folder `data-…` that it names, so that a reader meets the old state or the new one and nothing in between.

The manifest knows the size and the SHA-256 of every file, and seals itself with one, so that a byte that changed anywhere is an error, not another
result. Tokens, clean corpora and topic models are saved this way.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus_lib.errors import CorpusLibError, InvalidValue, OutputError
from corpus_lib.files import is_inside, reason, sha256, write_text

__all__ = ["check_seal", "checksum", "checksums", "new_data", "publish", "sweep", "writing", "wrong_file"]

MANIFEST = "manifest.json"


@contextmanager
def writing(name: str) -> Iterator[None]:
    """Turn an error of the disk into one sentence about the folder called `name`.

    Raises
    ------
    OutputError
        In place of any other `OSError`.
    """
    try:
        yield
    except OSError as error:
        if isinstance(error, CorpusLibError):
            raise
        raise OutputError(
            f"{name!r} could not be written: {reason(error)}. What was there before is unchanged; "
            "free some space or choose another folder."
        ) from error


@contextmanager
def new_data(folder: Path) -> Iterator[Path]:
    """A temporary folder for new data; an error of the disk becomes one sentence, and what was there before stays."""
    temporary = folder / ".data.tmp"
    try:
        with writing(folder.name):
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def checksums(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and hash of every file below `folder`, flushed to the disk on the way."""
    return {p.relative_to(folder).as_posix(): checksum(p) for p in sorted(folder.rglob("*")) if p.is_file()}


def checksum(path: Path) -> dict[str, Any]:
    """Size and hash of one file, flushed to the disk on the way."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def publish(folder: Path, data: Path, manifest: Mapping[str, Any], *, name: str = MANIFEST) -> None:
    """Give finished data its name and let the manifest, a file called `name`, point to it; older data goes when nothing points to it any more."""
    place = folder / ("data-" + sha256(json.dumps(manifest["files"], sort_keys=True).encode())[:12])
    if place.exists() and any(wrong_file(place / file, known) for file, known in manifest["files"].items()):
        # The same result was saved here before and has been damaged since.
        shutil.rmtree(place)
    if not place.exists():
        data.rename(place)
    content = {**manifest, "data": place.name}
    write_text(
        folder / name,
        json.dumps(content | {"seal": _seal(content)}, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
    )
    sweep(folder, place.name)


def sweep(folder: Path, data: str) -> None:
    """Remove data that the manifest no longer names, or that a killed run left half written."""
    for left in (*folder.glob("data-*"), folder / ".data.tmp"):
        if left.name != data:
            shutil.rmtree(left, ignore_errors=True)


def check_seal(folder: Path, manifest: Mapping[str, Any], advice: str, *, name: str = MANIFEST) -> None:
    """Refuse a manifest that is not the one that was written.

    Raises
    ------
    InvalidValue
        If it does not agree with its own checksum, or names a file outside the folder.
    """
    content = {key: value for key, value in manifest.items() if key != "seal"}
    if manifest.get("seal") != _seal(content):
        raise InvalidValue(f"{folder.name}/{name} is damaged: it does not agree with its own checksum. {advice}")
    data = folder / str(content.get("data"))
    far = [file for file in ("", *content.get("files", ())) if not is_inside(data / file, folder)]
    if far or data == folder:
        raise InvalidValue(
            f"{folder.name}/{name} must name files of its own folder; {str(content.get('data'))!r} leads out of it. {advice}"
        )


def _seal(content: Mapping[str, Any]) -> str:
    # Through JSON once, so that keys and numbers are as a reader of the file finds them.
    return sha256(json.dumps(json.loads(json.dumps(content)), sort_keys=True).encode())


def wrong_file(path: Path, known: Mapping[str, Any], *, hashed: bool = True) -> str:
    """What is wrong with a file of which size and hash are known; empty if nothing is."""
    if not path.is_file():
        return "it is missing"
    if path.stat().st_size != known["bytes"]:
        return f"it has {path.stat().st_size:,} bytes, not {known['bytes']:,}"
    if hashed:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != known["sha256"]:
                return "its hash differs"
    return ""
