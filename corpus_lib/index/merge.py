"""One index from its finished parts: integers put together in the order of the documents, texts linked and not copied."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib.cleaning.assemble import duplicates_frame
from corpus_lib.cleaning.duplicates import Prints, pairs_of
from corpus_lib.cleaning.overrides import replayed
from corpus_lib.cleaning.settings import CleaningSettings
from corpus_lib.cleaning.shared_hashes import Holders
from corpus_lib.corpus.spans import offsets_of
from corpus_lib.files import concatenated, read_frame, write_array, write_frame
from corpus_lib.folders import checksum, new_data, publish
from corpus_lib.index.part import Job, load, made_folder, overrides_file
from corpus_lib.loading.found import nothing_read
from corpus_lib.tokens.saved import fields_of, manifest_of
from corpus_lib.tokens.tokens import Tokens


def put_together(job: Job, out: Path, plan: Mapping[str, Any]) -> None:
    """One index from the finished parts; the texts are linked, not copied."""
    folders = [made_folder(out, n) for n in range(len(plan["parts"]))]
    problems = _all_problems(plan, folders)
    every = [json.loads((f / "part.json").read_text(encoding="utf-8")) for f in folders]
    filled = [(folder, part) for folder, part in zip(folders, every, strict=True) if part["n_documents"]]
    if not filled:
        raise nothing_read(Path(job.path).name, problems)
    folders, parts = map(list, zip(*filled, strict=True))
    with new_data(out) as data:
        shards = [data / f"shard-{n:05d}" for n in range(len(parts))]
        texts = {key: parts[0][key] for key in ("kind", "cleaning", "settings")} | {"shards": [s.name for s in shards]}
        files: dict[str, Any] = {}
        for folder, shard, part in zip(folders, shards, parts, strict=True):
            _link_files(folder / "data", shard)
            # The checksums of the texts were made by the workers.
            files |= {f"{shard.name}/{name}": known for name, known in part["files"].items()}
        written = _compare(folders, shards, job, out) if job.clean else []
        write_frame(data / "problems.parquet", problems)
        tokens = _merge([folder / "tokens" for folder in folders], data, texts)
        written += [path for path in data.iterdir() if path.is_file()]
        files |= {path.relative_to(data).as_posix(): checksum(path) for path in written}
        publish(out, data, manifest_of(tokens, files, texts) | {"plan": plan["key"]})


def _compare(folders: Sequence[Path], shards: Sequence[Path], job: Job, out: Path) -> list[Path]:
    """Write what only the whole corpus can say, duplicates and what became of the overrides; return the files that are new."""
    settings = job.settings or CleaningSettings()
    known = [json.loads((f / "compared.json").read_text(encoding="utf-8")) for f in folders]
    status = [tuple(row) for part in known for row in part["status"]]
    overrides = replayed(read_frame(overrides_file(out)), status, strict=settings.strict_overrides)
    shard_of = {name: number for number, part in enumerate(known) for name in part["names"]}
    pairs: list[list[tuple[str, str, float, float, str]]] = [[] for _ in shards]
    for row in _duplicates(folders, known, settings):
        pairs[shard_of[row[0]]].append(row)
    written = []
    for number, shard in enumerate(shards):
        # A pair stands with its first document; the overrides concern no document more than another.
        own = overrides if number == 0 else overrides.head(0)
        for name, frame in (("duplicates", duplicates_frame(pairs[number])), ("overrides", own)):
            # The file is linked to that of the part.
            (shard / f"{name}.parquet").unlink()
            write_frame(shard / f"{name}.parquet", frame)
            written.append(shard / f"{name}.parquet")
    return written


def _duplicates(
    folders: Sequence[Path], known: Sequence[Mapping[str, Any]], settings: CleaningSettings
) -> list[tuple[str, str, float, float, str]]:

    prints = [
        Prints(k["names"], Holders(load(f, "hashes"), load(f, "owners")), load(f, "sizes"), k["digests"])
        for f, k in zip(folders, known, strict=True)
    ]
    order = sorted(name for part in prints for name in part.names)
    return pairs_of(prints, order, jaccard=settings.duplicate_jaccard, containment=settings.duplicate_containment)


def _all_problems(plan: Mapping[str, Any], folders: Sequence[Path]) -> pd.DataFrame:
    general = pd.DataFrame(plan["problems"], columns=["path", "problem", "advice"], dtype="str")
    frames = [general, *(read_frame(f / "problems.parquet") for f in folders)]
    return concatenated(frames).sort_values(["path", "problem"], kind="stable", ignore_index=True)


def _link_files(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for file in source.iterdir():
        try:
            os.link(file, target / file.name)
        except OSError:
            shutil.copy2(file, target / file.name)


def _merge(parts: Sequence[Path], data: Path, texts: Mapping[str, Any]) -> Tokens:
    """Write the arrays of all parts as one, with ids of one vocabulary and documents in order."""
    vocabulary, new_ids = _merge_vocabularies([pd.read_parquet(p / "vocabulary.parquet")["token"] for p in parts])
    units = [read_frame(p / "units.parquet") for p in parts]
    offsets = [np.load(p / "offsets.npy") for p in parts]
    order = _unit_order(units)
    runs = _runs(order, offsets)
    table = concatenated(units)
    all_units = table if order is None else table.iloc[order].reset_index(drop=True)
    sizes = np.concatenate([np.diff(o) for o in offsets])
    write_array(data / "offsets.npy", offsets_of(sizes if order is None else sizes[order]))
    for name in ("ids", "starts", "ends"):
        _gather(data / f"{name}.npy", [p / f"{name}.npy" for p in parts], runs, new_ids if name == "ids" else None)
    write_frame(data / "vocabulary.parquet", pd.DataFrame({"token": vocabulary}))
    write_frame(data / "units.parquet", all_units)
    return Tokens(**fields_of(data, texts))


def _merge_vocabularies(vocabularies: Sequence[pd.Series]) -> tuple[pd.Series, list[np.ndarray]]:
    """All types sorted by code point, and the new number of each old one. UTF-8 sorts as code points do, so Arrow's order is Python's."""
    import pyarrow as pa
    import pyarrow.compute as pc

    arrays = [pa.array(v, type=pa.large_string()) for v in vocabularies]
    merged = pc.unique(pa.chunked_array(arrays)) if len(arrays) > 1 else arrays[0]
    merged = merged.take(pc.sort_indices(merged))
    renumber = [pc.index_in(a, value_set=merged).to_numpy(zero_copy_only=False).astype(np.int32) for a in arrays]
    return pd.Series(merged.to_pandas(), dtype="str"), renumber


def _unit_order(units: Sequence[pd.DataFrame]) -> np.ndarray | None:
    """Rows of the concatenated units in the order of doc_id; `None` where they have it already."""
    ids = [i for frame in units for i in frame["doc_id"]]
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
    return None if np.array_equal(order, np.arange(len(ids))) else order


def _runs(order: np.ndarray | None, offsets: Sequence[np.ndarray]) -> list[tuple[int, int, int]]:
    """Stretches of tokens in the order in which they are written: part, first, end."""
    if order is None:
        return [(p, 0, int(o[-1])) for p, o in enumerate(offsets)]
    part = np.repeat(np.arange(len(offsets)), [len(o) - 1 for o in offsets])[order]
    first = np.concatenate([o[:-1] for o in offsets])[order]
    end = np.concatenate([o[1:] for o in offsets])[order]
    breaks = np.flatnonzero((part[1:] != part[:-1]) | (first[1:] != end[:-1])) + 1
    begins, lasts = np.append(0, breaks), np.append(breaks, len(order)) - 1
    return list(zip(part[begins].tolist(), first[begins].tolist(), end[lasts].tolist(), strict=True))


def _gather(
    target: Path, files: Sequence[Path], runs: Sequence[tuple[int, int, int]], renumber: Sequence[np.ndarray] | None
) -> None:
    total = sum(b - a for _, a, b in runs)
    if not total:
        write_array(target, np.zeros(0, dtype=np.int32))
        return
    arrays = [np.load(f, mmap_mode="r" if f.stat().st_size > 128 else None) for f in files]
    # Written in order and not mapped: a disk that is full is an error then, where a mapped page would end the process.
    with target.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<i4", "fortran_order": False, "shape": (total,)})
        for part, a, b in runs:
            piece = arrays[part][a:b]
            file.write(np.ascontiguousarray(piece if renumber is None else renumber[part][piece], dtype="<i4").data)
