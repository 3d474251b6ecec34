"""Small corpora made up for the assurance, and what it means that a file is whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import re
import tomllib
from pathlib import Path
from typing import Any

from corpus_lib.files import TEMPORARY

SENTENCE = (
    "the council voted on a bridge that engineers had called unsafe while ministers spoke of trade and the sea lanes"
)
# The process that holds the folder is written into the one; the other has, until a command ends, a line for each state of a file.
DIFFERS = (".lock", ".written")


def write_corpus(folder: Path, seed: int, *, documents: int = 6, lines: int = 12) -> Path:
    """A folder of pages with a title, a date line, paragraphs and something that is not part of the text."""
    draw = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(documents):
        page = [f"Report {number} on the bridge", "", "By Jane Doe", "", "29 January 2024", ""]
        for _ in range(lines):
            words = [draw.choice(SENTENCE.split()) for _ in range(draw.randint(8, 30))]
            page += [f"“{' '.join(words).capitalize()},” said Jane Doe - of the council - on Tuesday.", ""]
        page += ["Recent Posts", "", "Home | About | Contact"]
        (folder / f"page-{number}.txt").write_text("\n".join(page) + "\n", encoding="utf-8")
    return folder


def is_temporary(path: Path) -> bool:
    """Whether a path has a name under which files and folders are made, or lies below one."""
    return any(TEMPORARY.fullmatch(part) for part in path.parts)


def tree(folder: Path) -> dict[str, str]:
    """Hash of every file below `folder`, half-written temporaries included."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in DIFFERS
    }


def torn(folder: Path) -> list[str]:
    """Files under their final names that are not whole, with what is wrong."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and path.name not in DIFFERS and not is_temporary(name):
            try:
                _read(path)
            except Exception as error:  # whatever a reader says against a file is what is asked here
                found.append(f"{name}: {type(error).__name__}: {str(error)[:100]}")
    return found


def _read(path: Path) -> None:
    """Read a file to its end, as its suffix says."""
    import numpy as np
    import pandas as pd

    data = path.read_bytes()
    match path.suffix:
        case ".json" | ".ipynb":
            json.loads(data)
        case ".jsonl":
            _expect(not data or data.endswith(b"\n"))
            for line in data.splitlines():
                json.loads(line)
        case ".toml":
            tomllib.loads(data.decode())
        case ".npy":
            np.load(path, allow_pickle=False)
        case ".parquet":
            pd.read_parquet(path)
        case ".csv":
            _expect(data.endswith(b"\n"))
            rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
            _expect(len({len(row) for row in rows}) == 1)
        case ".html" | ".svg":
            _expect(re.search(rb"</(html|svg)>\s*\Z", data) is not None)
        case ".png":
            _expect(data.startswith(b"\x89PNG") and data[-8:-4] == b"IEND")
        case ".txt":
            _expect(data.endswith(b"\n"))
        case ".bin":
            pass  # its manifest knows its hash
        case _:
            _expect(bool(data))


def _expect(whole: bool) -> None:
    if not whole:
        raise ValueError("it ends too early")


def one_text(text: str) -> Any:
    """A corpus of one text in memory."""
    import pandas as pd

    from corpus_lib import Corpus

    data = text.encode()
    row = {"path": "a.txt", "sha256": hashlib.sha256(data).hexdigest(), "n_bytes": len(data), "encoding": "utf-8"}
    documents = pd.DataFrame([row], index=pd.Index(["a"], name="doc_id", dtype="str"))
    return Corpus(documents, pd.DataFrame(columns=["path", "problem", "advice"]), {"a": data})
