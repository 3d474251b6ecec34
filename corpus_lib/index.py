"""`index_corpus`: read, clean and tokenize a corpus in parts, never the whole of it in one process, and leave an index on disk.

A part is a run of consecutive documents (by doc_id in a folder, by row in a table). Its size is set in bytes and does not depend on the number
of workers, so every schedule gives the same parts. joblib carries the work: threads or processes of this machine, or the user's Dask cluster
inside ``joblib.parallel_config(backend="dask")``. What travels to a worker is the folder and the number of a part; what it was given and what it
made of it lies in files. Partial results are integers that are put together in the order of the documents, so every schedule gives the same bits.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corpus_lib.corpus import Corpus
from corpus_lib.decoding import codec_name
from corpus_lib.errors import InvalidType, InvalidValue, MissingFile, check_option
from corpus_lib.files import output_lock, read_frame, sha256, whole, write_frame, write_text
from corpus_lib.folders import checksum, checksums, new_data, publish, sweep, writing
from corpus_lib.segmentation import recorded
from corpus_lib.store import (
    ARRAYS,
    VERSION,
    assembled,
    check_files,
    cleaning_of,
    concatenated,
    load_tokens,
    manifest_of,
    open_source,
    read_manifest,
    save_tokens,
    write_arrays,
    write_shard,
)  # fmt: skip

if TYPE_CHECKING:
    from corpus_lib.tokens import Tokenizer, Tokens, Unit

__all__ = ["index_corpus", "load_tokens", "save_tokens"]

# Bytes of source in a part. Cleaning reads 0.2 to 0.5 MB/s, so 8 MB are half a minute of work, which is what a kill may cost; without cleaning a
# part is as large as the fast tokenizer likes. With its tables a part takes about 30 times its size in memory.
PART_BYTES = {True: 8 * 1024 * 1024, False: 64 * 1024 * 1024}
CHUNK_ROWS = 2_000


@dataclass(frozen=True)
class _Job:
    """What is to be done, the same for all parts; small, so that it may travel."""

    path: str
    unit: str
    tokenizer: Mapping[str, Any]
    clean: bool
    settings: Any
    text_column: str
    id_column: str | None
    encoding: str | None
    pattern: str
    parts: int | None

    def key(self, files: Sequence[Sequence[Any]]) -> str:
        """Hash of everything that the result depends on: arguments, files with size and time, and the version."""
        from corpus_lib import __version__

        known = is_dataclass(self.settings) and not isinstance(self.settings, type)
        values = recorded(vars(self)) | {
            "path": "",
            "settings": asdict(self.settings) if known else repr(self.settings),
        }
        return sha256(json.dumps([__version__, VERSION, values, files], sort_keys=True, default=_plain).encode())


def _plain(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, (set, frozenset)) else str(value)


def index_corpus(
    path: str | Path,
    out: str | Path,
    *,
    unit: Unit = "document",
    n_jobs: int | None = None,
    tokenizer: Tokenizer | None = None,
    clean: bool = True,
    settings: Any = None,
    text_column: str = "text",
    id_column: str | None = None,
    encoding: str | None = None,
    pattern: str = "**/*",
    parts: int | None = None,
    progress: bool | None = None,
) -> Tokens:
    """Load, clean and tokenize a corpus of any size into a folder, in parts.

    Parameters
    ----------
    path
        A folder of texts or a table, as for `load_corpus`; JSONL and Parquet are read in pieces.
    out
        Folder of the index. If it holds finished parts of the same run, the work goes on from them; if it holds the finished index, that is returned.
    unit
        "document" or "paragraph".
    n_jobs
        Workers, as joblib counts them; `None` is one, or what ``joblib.parallel_config`` says.
    tokenizer
        What counts as a token; the default is `Tokenizer()`.
    clean
        Whether the texts are cleaned; otherwise they are taken as they are.
    settings
        The `CleaningSettings`, where they are not the default.
    text_column, id_column, encoding, pattern
        As for `load_corpus`.
    parts
        Number of parts; by default as many as 8 MB (64 MB without cleaning) make.
    progress
        Whether a progress bar is shown; by default on a terminal only.

    Returns
    -------
    Tokens
        Memory-mapped, with the integers that ``tokenize(clean_corpus(load_corpus(path)), unit=unit)`` gives.

    Raises
    ------
    MissingFile, InvalidValue
        As `load_corpus`; also if `parts` is not a whole number from 1 on.
    OutputError
        If `out` is in use by another run, or the disk refuses.

    Notes
    -----
    Cleaning sees one part at a time: a line that repeats across documents, and documents that share their text, are noticed inside a part
    only. A corpus of one part is cleaned exactly as a whole; a site whose pages lie in several parts should be indexed with `parts` large
    enough to keep it together, or be cleaned as a whole. Everything else about a document depends on that document alone.

    A file that is changed while its size and its time stay the same is not noticed when a run is continued; nor is a segmenter that is changed
    under the same name.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.txt").write_text("One text, and another text.")
    >>> tokens = index_corpus(folder, folder / "_index", clean=False)
    >>> tokens.words()
    ['one', 'text', 'and', 'another', 'text']
    """
    from corpus_lib.tokens import Tokenizer

    check_option("unit", unit, ("document", "paragraph"))
    if parts is not None and (isinstance(parts, bool) or not isinstance(parts, int) or parts < 1):
        raise InvalidValue(
            f"`parts` must be a whole number from 1 on; found {parts!r}. Leave it out for parts of a sensible size."
        )
    if not Path(path).exists():
        raise MissingFile(
            f"`path` must name a folder or a table of texts; {str(path)!r} does not exist. Check the spelling."
        )
    if tokenizer is not None and not isinstance(tokenizer, Tokenizer):
        raise InvalidType(
            f"`tokenizer` must be a Tokenizer; found {type(tokenizer).__name__}. Write Tokenizer(expression=…) for a rule of your own."
        )
    chosen = (tokenizer or Tokenizer()).options()
    job = _Job(
        str(Path(path).resolve()), unit, chosen, clean, settings, text_column, id_column, encoding, pattern, parts
    )
    out = Path(out)
    with output_lock(out):
        plan = _plan(job, out)
        if plan is not None:
            _work(job, out, plan, n_jobs, progress)
            _put_together(job, out, plan)
        # Also of a run that was killed after its index was complete.
        shutil.rmtree(out / "parts", ignore_errors=True)
        sweep(out, read_manifest(out)["data"])
        tokens = load_tokens(out)
        return tokens.with_segmenter(chosen["segmenter"]) if callable(chosen.get("segmenter")) else tokens


def _is_finished(out: Path, key: str) -> bool:
    """Whether the index is there and whole; one that was damaged is made again."""
    with contextlib.suppress(InvalidValue, MissingFile):
        manifest = read_manifest(out)
        if manifest.get("plan") == key:
            check_files(out, out / manifest["data"], manifest["files"])
            return True
    return False


# --------------------------------------------------------------------------------------------------------------------- plan


def _plan(job: _Job, out: Path) -> dict[str, Any] | None:
    """Which documents make which part, `None` when all is done; what an earlier run planned and made is kept if it was the same work."""
    from corpus_lib import loading

    path, codec = Path(job.path), codec_name(job.encoding)
    if path.is_dir():
        names, problems = loading._files(path, path.resolve(), job.pattern)
        # An index that lies inside the folder of texts is no part of the corpus.
        kept = [n for n in names if not (path / n).resolve().is_relative_to(out.resolve())]
        problems = [p for p in problems if not (path / p.path).resolve().is_relative_to(out.resolve())]
        files = [[n, *_size_and_time(path / n)] for n in kept]
    else:
        files, problems = [[path.name, *_size_and_time(path)]], []
    key = job.key([*files, [codec]])
    if _is_finished(out, key):
        return None
    known = out / "parts" / "plan.json"
    if known.is_file():
        plan: dict[str, Any] = json.loads(known.read_text(encoding="utf-8"))
        if plan["key"] == key:
            return plan
    shutil.rmtree(out / "parts", ignore_errors=True)
    with writing(out.name):
        parts = _plan_folder(out, files, job) if path.is_dir() else _plan_table(out, path, job)
    listed = [[p.path, p.problem, p.advice] for p in problems]
    plan = {"key": key, "parts": parts, "problems": listed}
    write_text(known, json.dumps(plan))
    return plan


def _size_and_time(file: Path) -> tuple[int, int]:
    try:
        known = file.stat()
    except OSError:
        # A link to nothing: the part that reads it will say so.
        return 0, 0
    return known.st_size, known.st_mtime_ns


def _part_folder(out: Path, number: int) -> Path:
    return out / "parts" / f"{number:05d}"


def _made(out: Path, number: int) -> Path:
    """What was made of a part; it is there when the part is finished."""
    return _part_folder(out, number) / "made"


def _plan_folder(out: Path, files: Sequence[Sequence[Any]], job: _Job) -> list[dict[str, int]]:
    from corpus_lib import loading

    names = [name for name, *_ in files]
    sizes = dict(zip(names, (size for _, size, _ in files), strict=True))
    documents = sorted(loading.folder_ids(names))
    limit = _limit(sum(sizes.values()), job)
    number = _part_numbers([sizes[name] for _, name in documents], limit)
    parts = []
    for n in range(max(number, default=-1) + 1):
        own = [(i, name) for (i, name), m in zip(documents, number, strict=True) if m == n]
        write_text(_part_folder(out, n) / "input.json", json.dumps(own))
        parts.append({"bytes": sum(sizes[name] for _, name in own), "documents": len(own)})
    return parts


def _limit(total: int, job: _Job) -> int:
    return -(-max(total, 1) // job.parts) if job.parts else PART_BYTES[job.clean]


def _part_numbers(sizes: Sequence[int], limit: int) -> list[int]:
    """Part of each document: a part begins where the bytes before it pass a multiple of `limit`; no part is left without a document."""
    before = np.concatenate([[0], np.cumsum(np.asarray(sizes, dtype=np.int64))])[: len(sizes)]
    return [int(n) for n in np.unique(before // limit, return_inverse=True)[1]]


def _plan_table(out: Path, file: Path, job: _Job) -> list[dict[str, int]]:
    """Cut a table into pieces of Parquet below `out`, a few thousand rows at a time."""
    from corpus_lib import loading

    total = sum(_text_bytes(c, job.text_column).sum() for c in _chunks(file, job)) if job.parts else 0
    limit, before, row = _limit(int(total), job), 0, 0
    ids: list[pd.DataFrame] = []
    pieces: list[tuple[int, int, int]] = []
    parts: list[dict[str, int]] = []
    raw = -1
    columns: set[str] = set()
    for chunk in _chunks(file, job):
        columns |= set(chunk.columns)
        if chunk.empty:
            continue
        sizes = _text_bytes(chunk, job.text_column)
        numbers = (before + np.cumsum(sizes) - sizes) // limit
        ids.append(chunk[[c for c in (job.id_column, "doc_id", "id") if c in chunk.columns]].reset_index(drop=True))
        for own in np.split(np.arange(len(chunk)), np.flatnonzero(np.diff(numbers)) + 1):
            if numbers[own[0]] != raw:
                raw = numbers[own[0]]
                parts.append({"bytes": 0, "documents": 0})
            piece = _part_folder(out, len(parts) - 1) / f"rows-{row:012d}.parquet"
            piece.parent.mkdir(parents=True, exist_ok=True)
            with whole(piece) as temporary:
                write_frame(temporary, chunk.iloc[own].reset_index(drop=True))
            pieces.append((len(parts) - 1, row, len(own)))
            parts[-1]["bytes"] += int(sizes[own].sum())
            parts[-1]["documents"] += len(own)
            row += len(own)
        before += int(sizes.sum())
    loading.check_text_column(job.text_column, columns, file.name)
    names = loading._document_ids(concatenated(ids), job.id_column, file.name) if ids else []
    for part in range(len(parts)):
        own_rows = [(first, names[first : first + n]) for p, first, n in pieces if p == part]
        write_text(_part_folder(out, part) / "input.json", json.dumps(own_rows))
    return parts


def _text_bytes(chunk: pd.DataFrame, column: str) -> np.ndarray:
    texts = chunk[column] if column in chunk.columns else [None] * len(chunk)
    return np.array([len(t.encode("utf-8", "replace")) if isinstance(t, str) else 0 for t in texts], dtype=np.int64)


def _chunks(file: Path, job: _Job) -> Iterator[pd.DataFrame]:
    """Rows of a table in pieces: JSONL and Parquet are streamed, other tables are read at once."""
    from corpus_lib import loading

    suffix, codec = loading.table_suffix(file), codec_name(job.encoding)
    loading.check_table_encoding(file, codec)
    with loading.reading(file):
        if suffix.startswith(".jsonl"):
            with loading.table_lines(file, codec) as lines:
                records = loading._records(lines, file.name)
                while piece := list(itertools.islice(records, CHUNK_ROWS)):
                    yield pd.DataFrame(piece)
        elif suffix == ".parquet":
            import pyarrow.parquet as pq

            for batch in pq.ParquetFile(file).iter_batches(CHUNK_ROWS):
                yield batch.to_pandas()
        else:
            frame = loading._table(file, job.text_column, job.id_column, codec)
            for first in range(0, max(len(frame), 1), CHUNK_ROWS):
                yield frame.iloc[first : first + CHUNK_ROWS]


# --------------------------------------------------------------------------------------------------------------------- work


def _work(job: _Job, out: Path, plan: Mapping[str, Any], n_jobs: int | None, progress: bool | None) -> None:
    from joblib import Parallel, delayed
    from tqdm import tqdm

    todo = [n for n in range(len(plan["parts"])) if not _made(out, n).is_dir()]
    sizes = [p["bytes"] for p in plan["parts"]]
    disable = None if progress is None else not progress
    with tqdm(
        total=sum(sizes),
        initial=sum(sizes) - sum(sizes[n] for n in todo),
        unit="B",
        unit_scale=True,
        disable=disable,
        desc="index",
    ) as bar:
        documents = sum(p["documents"] for n, p in enumerate(plan["parts"]) if n not in set(todo))
        calls = (delayed(_do_part)(job, str(out.resolve()), n) for n in todo)
        for n in Parallel(n_jobs=n_jobs, return_as="generator_unordered", batch_size=1)(calls):
            documents += plan["parts"][n]["documents"]
            bar.update(sizes[n])
            bar.set_postfix(documents=documents, refresh=False)


def _do_part(job: _Job, out: str, number: int) -> int:
    """Read, clean and tokenize one part; its number is all that goes back."""
    from corpus_lib.tokens import Tokenizer, tokenize

    corpus = _read_part(job, _part_folder(Path(out), number))
    tokens = None
    if len(corpus.documents):
        tokens = tokenize(_cleaned(corpus, job), unit=job.unit, tokenizer=Tokenizer(**job.tokenizer))  # type: ignore[arg-type]  # checked at the door
    made = _made(Path(out), number)
    temporary = made.with_name(f".{made.name}.tmp")
    with writing(Path(out).name):
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        _write_part(temporary, corpus, tokens)
        temporary.rename(made)
    return number


def _write_part(folder: Path, corpus: Corpus, tokens: Tokens | None) -> None:
    write_frame(folder / "problems.parquet", corpus.problems)
    manifest: dict[str, Any] = {"n_documents": len(corpus.documents)}
    if tokens is not None:
        manifest |= {
            "kind": write_shard(folder / "data", tokens.source),
            "settings": recorded(tokens.settings),
            "cleaning": cleaning_of(tokens.source),
            "files": checksums(folder / "data"),
        }
        (folder / "tokens").mkdir()
        write_arrays(folder / "tokens", tokens)
    write_text(folder / "part.json", json.dumps(manifest))


def _cleaned(corpus: Corpus, job: _Job) -> Any:
    if not job.clean:
        return corpus
    from corpus_lib.cleaning import clean_corpus

    return clean_corpus(corpus) if job.settings is None else clean_corpus(corpus, settings=job.settings)


def _read_part(job: _Job, folder: Path) -> Corpus:
    from corpus_lib import loading

    path, listed = Path(job.path), json.loads((folder / "input.json").read_text(encoding="utf-8"))
    if path.is_dir():
        codec = codec_name(job.encoding)
        found = [r for doc_id, name in listed for r in loading._read_file(path / name, name, doc_id, codec)]
    else:
        found = []
        for first, ids in listed:
            frame = read_frame(folder / f"rows-{first:012d}.parquet")
            frame = frame if job.text_column in frame.columns else frame.assign(**{job.text_column: None})
            found += loading.read_rows(frame, ids, path.name, job.text_column, first)
    return loading.corpus_of(found)


# ------------------------------------------------------------------------------------------------------------- put together


def _put_together(job: _Job, out: Path, plan: Mapping[str, Any]) -> None:
    """One index from the finished parts; the texts are linked, not copied."""
    folders = [_made(out, n) for n in range(len(plan["parts"]))]
    made = [json.loads((f / "part.json").read_text(encoding="utf-8")) for f in folders]
    filled = [n for n, m in enumerate(made) if m["n_documents"]]
    problems = _all_problems(plan, folders)
    if not filled:
        from corpus_lib import loading

        raise loading.nothing_read(
            Path(job.path).name, [loading._Problem(*row) for row in problems.itertuples(index=False)]
        )
    with new_data(out) as data:
        texts = {
            "kind": made[filled[0]]["kind"],
            "cleaning": made[filled[0]]["cleaning"],
            "shards": [f"shard-{i:05d}" for i in range(len(filled))],
        }
        for n, shard in zip(filled, texts["shards"], strict=True):
            _link_files(folders[n] / "data", data / shard)
        write_frame(data / "problems.parquet", problems)
        tokens = _merge([folders[n] / "tokens" for n in filled], data, texts, made[filled[0]]["settings"])
        files = _checksums(data, texts["shards"], [made[n]["files"] for n in filled])
        publish(out, data, manifest_of(tokens, files, texts) | {"plan": plan["key"]})


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


def _checksums(data: Path, shards: Sequence[str], known: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Checksums of all files; those of the texts were made by the workers."""
    files = {f"{shard}/{name}": value for shard, own in zip(shards, known, strict=True) for name, value in own.items()}
    for name in (*(f"{a}.npy" for a in ARRAYS), "vocabulary.parquet", "units.parquet", "problems.parquet"):
        files[name] = checksum(data / name)
    return files


def _merge(parts: Sequence[Path], data: Path, texts: Mapping[str, Any], settings: Mapping[str, Any]) -> Tokens:
    """Write the arrays of all parts as one, with ids of one vocabulary and documents in order."""
    vocabulary, new_ids = _merge_vocabularies([pd.read_parquet(p / "vocabulary.parquet")["token"] for p in parts])
    units = [read_frame(p / "units.parquet") for p in parts]
    offsets = [np.load(p / "offsets.npy") for p in parts]
    order = _unit_order(units)
    runs = _runs(order, offsets)
    table = concatenated(units)
    all_units = table if order is None else table.iloc[order].reset_index(drop=True)
    sizes = np.concatenate([np.diff(o) for o in offsets])
    np.save(
        data / "offsets.npy",
        np.concatenate([[0], np.cumsum(sizes if order is None else sizes[order])]).astype(np.int64),
    )
    for name in ("ids", "starts", "ends"):
        _gather(data / f"{name}.npy", [p / f"{name}.npy" for p in parts], runs, new_ids if name == "ids" else None)
    write_frame(data / "vocabulary.parquet", pd.DataFrame({"token": vocabulary}))
    write_frame(data / "units.parquet", all_units)
    return assembled(
        data, pd.Index(vocabulary, name="token", dtype="str"), all_units, open_source(data, texts), settings
    )


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
    part = np.repeat(np.arange(len(offsets)), [len(o) - 1 for o in offsets])
    first = np.concatenate([o[:-1] for o in offsets])
    end = np.concatenate([o[1:] for o in offsets])
    runs: list[tuple[int, int, int]] = []
    for p, a, b in zip(part[order].tolist(), first[order].tolist(), end[order].tolist(), strict=True):
        if runs and runs[-1][0] == p and runs[-1][2] == a:
            runs[-1] = (p, runs[-1][1], b)
        else:
            runs.append((p, a, b))
    return runs


def _gather(
    target: Path, files: Sequence[Path], runs: Sequence[tuple[int, int, int]], renumber: Sequence[np.ndarray] | None
) -> None:
    total = sum(b - a for _, a, b in runs)
    if not total:
        np.save(target, np.zeros(0, dtype=np.int32))
        return
    arrays = [np.load(f, mmap_mode="r" if f.stat().st_size > 128 else None) for f in files]
    # Written in order and not mapped: a disk that is full is an error then, where a mapped page would end the process.
    with target.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<i4", "fortran_order": False, "shape": (total,)})
        for part, a, b in runs:
            piece = arrays[part][a:b]
            file.write(np.ascontiguousarray(piece if renumber is None else renumber[part][piece], dtype="<i4").data)
