"""What the notebooks of a run left in its folder: a record of each, the files it names, and what goes when a notebook does."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus_lib.errors import OutputError
from corpus_lib.files import is_inside, temporary
from corpus_lib.folders import Output, writing
from corpus_lib.plots.base import NAME
from corpus_lib.study.results import KINDS, write_findings

RECORDS = ".run"
FOLDERS = ("notebooks", "pages", "tables", "figures", RECORDS)
# What a record says of each finding, by kind; of texts it holds a sentence by document.
FACTS: Mapping[str, Mapping[str, type]] = {
    "headlines": {"text": str}, "tables": {"rows": int}, "figures": {"caption": str, "alt": str},
    "texts": {}, "reviews": {"file": str},
}  # fmt: skip


def read_record(out: Path, name: str) -> dict[str, Any] | None:
    """The record of a notebook: key of its inputs, error, hash of the executed copy, findings; `None` where there is none that a run could have written."""
    try:
        record = json.loads((out / RECORDS / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return record if _is_record(record) else None


def _is_record(record: Any) -> bool:
    if not isinstance(record, dict) or not all(isinstance(record.get(key), str) for key in ("key", "error", "sha256")):
        return False
    found = record.get("findings")
    if not isinstance(found, dict) or not all(isinstance(found.get(kind), dict) for kind in KINDS):
        return False
    entries = [(each, FACTS[kind]) for kind in FACTS for each in found[kind].values()]
    return (
        all(isinstance(each, dict) for each, _ in entries)
        and all(isinstance(each.get(fact), kind) for each, facts in entries for fact, kind in facts.items())
        and all(isinstance(said, str) for each in found["texts"].values() for said in each.values())
        and all(NAME.fullmatch(name) for name in (*found["tables"], *found["figures"]))
        and all(_stays(review["file"]) for review in found["reviews"].values())
    )


def _stays(file: str) -> bool:
    """Whether a record names a file below the folder in which such files lie."""
    return not {"", ".", ".."} & set(file.split("/")) and "\0" not in file


def strange_records(out: Path) -> list[str]:
    """A sentence for every record in the folder that no run wrote: it counts for nothing, and what it names stays where it is."""
    strange = [f for f in sorted((out / RECORDS).glob("*.json")) if read_record(out, f.stem) is None]
    ignored = "is not a record that a run wrote, so it is ignored and nothing that it names is touched. Remove it."
    return [f"{RECORDS}/{file.name} {ignored}" for file in strange]


def check_links(out: Path) -> None:
    """Refuse a results folder with a link in it to a folder elsewhere, through which a run would write and remove there.

    Raises
    ------
    OutputError
        If one of the folders of a run, or a folder in it, leads out.
    """
    below = (Path(place) / name for top in FOLDERS for place, names, _ in os.walk(out / top) for name in names)
    for folder in [*(out / name for name in FOLDERS), *below]:
        if folder.is_symlink() and not is_inside(folder, out):
            raise OutputError(
                f"the output folder {out.name!r} must hold its own folders; {folder.relative_to(out).as_posix()!r} is a link that leads out of it. "
                "Remove the link, or choose another `--out`."
            )


def write_record(out: Path, name: str, record: Mapping[str, Any]) -> None:
    """Write what `read_record` reads."""
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    Output(out).write(f"{RECORDS}/{name}.json", text.encode())


def findings_of(out: Path, name: str) -> Mapping[str, Mapping[str, Any]]:
    """What a notebook found, by kind; nothing where it has no record."""
    record = read_record(out, name)
    return record["findings"] if record else {kind: {} for kind in KINDS}


def files_of(findings: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The files that a notebook's findings name, relative to the folder of the run."""
    tables = {f"tables/{name}{suffix}" for name in findings["tables"] for suffix in (".csv", ".jsonl")}
    figures = {f"figures/{name}{suffix}" for name in findings["figures"] for suffix in (".png", ".svg")}
    return tables | figures | {f"pages/review/{review['file']}" for review in findings["reviews"].values()}


@contextmanager
def scratch_folder(out: Path) -> Iterator[Path]:
    """A place for what a kernel needs on the disk: inside the folder of the run, so that the next run finds what a killed one left."""
    with writing(out.name):
        (out / RECORDS).mkdir(parents=True, exist_ok=True)
    with temporary(out / RECORDS / "kernel", folder=True) as place:
        yield place.resolve()


def drop_others(out: Path, here: set[str]) -> None:
    """Remove results of notebooks that are not in this run: they may be about another corpus."""
    kept = {file for name in here for file in files_of(findings_of(out, name))}
    for file in sorted((out / RECORDS).glob("*.json")):
        if file.stem not in here and read_record(out, file.stem) is not None:
            pages = {f"pages/{file.stem}.html", f"notebooks/{file.stem}.ipynb"}
            Output(out).remove(((files_of(findings_of(out, file.stem)) | pages) - kept) | {f"{RECORDS}/{file.name}"})


def gather_findings(out: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Put the findings of all notebooks together, also when the run was stopped: each notebook starts with none."""
    found = [findings_of(out, name) for name in names]
    together = {kind: {key: value for each in found for key, value in each[kind].items()} for kind in KINDS}
    write_findings(out, together)
    return together
