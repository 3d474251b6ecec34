"""What the notebooks of a run left in its folder: a record of each, the files it names, and what goes when a notebook does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus_lib.errors import OutputError
from corpus_lib.files import write_text
from corpus_lib.folders import writing
from corpus_lib.study import KINDS, write_findings

__all__ = [
    "drop_others",
    "files_of",
    "findings_of",
    "gather_findings",
    "read_record",
    "remove",
    "scratch_folder",
    "sweep",
    "write_record",
]

RECORDS = ".run"
SCRATCH = f"{RECORDS}/kernel"
FOLDERS = ("notebooks", "pages", "tables", "figures", RECORDS)


def read_record(out: Path, name: str) -> dict[str, Any] | None:
    """The record of a notebook: key of its inputs, error, hash of the executed copy, findings; `None` where there is none."""
    try:
        record: dict[str, Any] = json.loads((out / RECORDS / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    complete = {"key", "error", "sha256", "findings"} <= set(record) and set(KINDS) <= set(record["findings"])
    return record if complete else None


def write_record(out: Path, name: str, record: Mapping[str, Any]) -> None:
    """Write what `read_record` reads."""
    write_text(out / RECORDS / f"{name}.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def findings_of(out: Path, name: str) -> Mapping[str, Mapping[str, Any]]:
    """What a notebook found, by kind; nothing where it has no record."""
    record = read_record(out, name)
    return record["findings"] if record else {kind: {} for kind in KINDS}


def files_of(findings: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The files that a notebook's findings name, relative to the folder of the run."""
    tables = {f"tables/{name}{suffix}" for name in findings["tables"] for suffix in (".csv", ".jsonl")}
    figures = {f"figures/{name}{suffix}" for name in findings["figures"] for suffix in (".png", ".svg")}
    return tables | figures | {f"pages/review/{review['file']}" for review in findings["reviews"].values()}


def remove(out: Path, files: Iterable[str]) -> None:
    """Remove files of the run, as far as they are there."""
    for file in files:
        (out / file).unlink(missing_ok=True)


def sweep(out: Path) -> None:
    """Remove what a killed run left half-written, and what its kernel left."""
    if not _leads_away(out):
        shutil.rmtree(out / SCRATCH, ignore_errors=True)
    for file in [*out.glob(".*.tmp"), *(file for name in FOLDERS for file in (out / name).rglob(".*.tmp"))]:
        file.unlink(missing_ok=True)


@contextmanager
def scratch_folder(out: Path) -> Iterator[Path]:
    """A place for what a kernel needs on the disk: inside the folder of the run, so that the next run finds what a killed one left."""
    with writing(out.name):
        (out / SCRATCH).mkdir(parents=True, exist_ok=True)
    if _leads_away(out):
        raise OutputError(f"{RECORDS} in {out.name!r} must be a folder; found a link. Choose another `--out`.")
    try:
        yield out.resolve() / SCRATCH
    finally:
        shutil.rmtree(out / SCRATCH, ignore_errors=True)


def _leads_away(out: Path) -> bool:
    return (out / SCRATCH).resolve() != out.resolve() / SCRATCH


def drop_others(out: Path, here: set[str]) -> None:
    """Remove results of notebooks that are not in this run: they may be about another corpus."""
    kept = {file for name in here for file in files_of(findings_of(out, name))}
    for file in sorted((out / RECORDS).glob("*.json")):
        if file.stem not in here:
            pages = {f"pages/{file.stem}.html", f"notebooks/{file.stem}.ipynb"}
            remove(out, (files_of(findings_of(out, file.stem)) | pages) - kept)
            file.unlink()


def gather_findings(out: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Put the findings of all notebooks together, also when the run was stopped: each notebook starts with none."""
    found = [findings_of(out, name) for name in names]
    together = {kind: {key: value for each in found for key, value in each[kind].items()} for kind in KINDS}
    write_findings(out, together)
    return together
