"""Which documents make which part of an index.

A part is a run of consecutive documents (by doc_id in a folder, by row in a table). Its size is set in bytes and does not depend on the number of
workers, so every schedule gives the same parts.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib.corpus.spans import offsets_of
from corpus_lib.errors import InvalidValue, MissingFile, printable
from corpus_lib.files import temporary, whole, write_frame, write_text
from corpus_lib.folders import check_files, discard_listed, read_manifest, write_list, writing
from corpus_lib.index.part import Job, part_name
from corpus_lib.loading.found import Read
from corpus_lib.loading.frames import CHUNK_ROWS, Stretch, columns_of, table_stretches
from corpus_lib.loading.load import _files, folder_ids
from corpus_lib.loading.metadata import Facts, column_facts, date_columns, folder_facts, metadata_file
from corpus_lib.loading.tables import check_columns, document_ids, given_names, id_columns, id_problems, read_rows

# Bytes of source in a part. Cleaning reads 0.5 MB/s, so 8 MB are a quarter of a minute of work, which is what a kill may cost, and with its tables
# a part takes about 65 times its size in memory; without cleaning a part is as large as the fast tokenizer likes.
PART_BYTES = {True: 8 * 1024 * 1024, False: 64 * 1024 * 1024}


def plan_parts(job: Job, out: Path, decisions: pd.DataFrame | None) -> dict[str, Any] | None:
    """Which documents make which part, `None` when all is done; what an earlier run planned and made is kept if it was the same work."""
    path = Path(job.path)
    files, problems, key = _listed(job)
    if _is_finished(out, key):
        return None
    known = out / "parts" / "plan.json"
    if known.is_file():
        with contextlib.suppress(ValueError, KeyError, TypeError):  # a damaged plan is made again
            plan: dict[str, Any] = json.loads(known.read_text(encoding="utf-8"))
            if plan["key"] == key:
                return plan
    with writing(out.name):
        discard_listed(out / "parts")
        with temporary(out / "parts", folder=True) as home:
            parts, facts = _plan_folder(home, files, job) if path.is_dir() else _plan_table(home, path, job, problems)
            problems += facts.problems
            write_frame(home / "facts.parquet", facts.columns.rename_axis("doc_id").reset_index())
            listed = [[printable(said) for said in (p.path, p.problem, p.advice)] for p in problems]
            plan = {"key": key, "parts": parts, "problems": listed}
            if decisions is not None:
                write_frame(home / "overrides.parquet", decisions)
            write_text(home / "plan.json", json.dumps(plan))
            # With its list the folder is known to be this library's from its first moment.
            write_list(home, [p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()])
            home.rename(out / "parts")
    return plan


def has_changed(job: Job, plan: Mapping[str, Any]) -> bool:
    """Whether the files are others than when the parts were planned, so that parts may have read two states of them."""
    return bool(_listed(job)[2] != plan["key"])


def _listed(job: Job) -> tuple[list[list[Any]], list[Any], str]:
    """Files with size and time, those that are not documents, and the hash of everything that the result depends on."""
    path = Path(job.path)
    table = metadata_file(path, job.reading)
    names, problems = _files(path, path.resolve(), job.pattern, table) if path.is_dir() else ([""], [])
    files = [[name or path.name, *_size_and_time(path / name)] for name in names]
    return files, problems, job.key([*files, [job.reading.encoding], _size_and_time(table) if table else []])


def _size_and_time(file: Path) -> tuple[int, int]:
    try:
        known = file.stat()
    except OSError:
        # A link to nothing: the part that reads it will say so.
        return 0, 0
    return known.st_size, known.st_mtime_ns


def _plan_folder(home: Path, files: Sequence[Sequence[Any]], job: Job) -> tuple[list[dict[str, int]], Facts]:

    names = [name for name, *_ in files]
    sizes = dict(zip(names, (size for _, size, _ in files), strict=True))
    documents = sorted(folder_ids(names))
    limit = _limit(sum(sizes.values()), job)
    number = _part_numbers([sizes[name] for _, name in documents], limit)
    parts = []
    for n in range(max(number, default=-1) + 1):
        own = [(i, name) for (i, name), m in zip(documents, number, strict=True) if m == n]
        write_text(home / part_name(n) / "input.json", json.dumps(own))
        parts.append({"bytes": sum(sizes[name] for _, name in own), "documents": len(own)})
    table = metadata_file(Path(job.path), job.reading)
    return parts, folder_facts(dict(folder_ids(names)), table, job.reading)


def _limit(total: int, job: Job) -> int:
    return -(-max(total, 1) // job.parts) if job.parts else PART_BYTES[job.clean]


def _part_numbers(sizes: Sequence[int], limit: int) -> list[int]:
    """Part of each document: a part begins where the bytes before it pass a multiple of `limit`; no part is left without a document."""
    before = offsets_of(sizes)[:-1]
    return [int(n) for n in np.unique(before // limit, return_inverse=True)[1]]


def _plan_table(home: Path, file: Path, job: Job, problems: list[Any]) -> tuple[list[dict[str, int]], Facts]:
    """Cut a table into pieces of Parquet below `home`, a few thousand rows at a time; rows that could not be read are added to `problems`."""
    total = sum(_text_bytes(s.frame, job.reading.text_column).sum() for s in _stretches(file, job)) if job.parts else 0
    limit, before = _limit(int(total), job), 0
    ids: list[pd.DataFrame] = []
    told: list[pd.DataFrame] = []
    pieces: list[tuple[int, int, int, str]] = []
    parts: list[dict[str, int]] = []
    raw = -1
    columns: dict[str, None] = {}
    for frame, left_out, basis in _stretches(file, job):
        problems += left_out
        columns |= dict.fromkeys(frame.columns)
        if frame.empty:
            continue
        sizes = _text_bytes(frame, job.reading.text_column)
        numbers = (before + np.cumsum(sizes) - sizes) // limit
        ids.append(id_columns([frame], job.reading.id_column))
        told.append(_telling(frame, job, file.name))
        for own in np.split(np.arange(len(frame)), np.flatnonzero(np.diff(numbers)) + 1):
            if numbers[own[0]] != raw:
                raw = numbers[own[0]]
                parts.append({"bytes": 0, "documents": 0})
            row = int(frame.index[own[0]])
            piece = home / part_name(len(parts) - 1) / f"rows-{row:012d}.parquet"
            with whole(piece) as place:
                write_frame(place, frame.iloc[own])
            pieces.append((len(parts) - 1, row, len(own), basis))
            parts[-1]["bytes"] += int(sizes[own].sum())
            parts[-1]["documents"] += len(own)
        before += int(sizes.sum())
    if columns or not problems:  # else the problems say more
        check_columns(job.reading.text_column, job.reading.id_column, columns, file.name)
    named = id_columns(ids, job.reading.id_column)
    problems += id_problems(named, job.reading.id_column, file.name)
    names = document_ids(named, job.reading.id_column, file.name)
    unused = iter(names)
    for part, own_pieces in groupby(pieces, itemgetter(0)):
        rows = [(row, list(islice(unused, n)), basis) for _, row, n, basis in own_pieces]
        write_text(home / part_name(part) / "input.json", json.dumps(rows))
    own = columns_of(told, [c for c in columns if c != job.reading.text_column])
    own = own.rename(index=dict(zip(named.index, names, strict=True)), columns=given_names(columns)).sort_index()
    return parts, column_facts(own, job.reading, file.name)


def _telling(frame: pd.DataFrame, job: Job, name: str) -> pd.DataFrame:
    """The columns that may say date and title, of the rows that are documents; the others are empty."""
    texts = frame[[c for c in frame if c == job.reading.text_column]]
    read = read_rows(texts, map(str, frame.index), name, job.reading.text_column)
    wanted = {*date_columns(frame.columns, job.reading), "title", job.reading.title_column}
    return frame.loc[[r.columns["row"] for r in read if isinstance(r, Read)], [c for c in frame if c in wanted]]


def _stretches(file: Path, job: Job) -> Iterator[Any]:
    """The rows of the table, a large stretch in pieces."""
    for frame, problems, basis in table_stretches(file, job.reading):
        for first in range(0, max(len(frame), 1), CHUNK_ROWS):
            yield Stretch(frame.iloc[first : first + CHUNK_ROWS], problems if first == 0 else (), basis)


def _text_bytes(chunk: pd.DataFrame, column: str) -> np.ndarray:
    texts = chunk[column] if column in chunk.columns else [None] * len(chunk)
    return np.array([len(t.encode("utf-8", "replace")) if isinstance(t, str) else 0 for t in texts], dtype=np.int64)


def _is_finished(out: Path, key: str) -> bool:
    """Whether the index is there and whole; one that was damaged is made again."""
    with contextlib.suppress(InvalidValue, MissingFile):
        manifest = read_manifest(out)
        if manifest.get("plan") == key:
            check_files(out, manifest)
            return True
    return False
