"""Texts on disk, in shards: one after a save, one a part after `index_corpus`.

A shard holds the bytes of its sources; of a clean corpus (`corpus_lib.corpus.clean`) also its clean texts, the map between the two, and the tables of
decisions. Nothing is pickled. What is opened is mapped, so that a query reads only the pages it touches.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from corpus_lib.corpus.corpus import Corpus
from corpus_lib.corpus.spans import offsets_of
from corpus_lib.files import concatenated, read_frame, write_array, write_frame
from corpus_lib.folders import mapped

SHARD = "shard-00000"
T = TypeVar("T")


class Stored(Mapping[str, T]):
    """What shards hold of each document, cut out when it is asked for; the last piece is kept, since texts and citations are read in runs.

    Parameters
    ----------
    shards
        The folders.
    name
        What is asked for: "source", "text" or "segment".
    order
        The documents.
    read
        What is made of a piece.
    """

    def __init__(self, shards: Sequence[Path], name: str, order: Iterable[str], read: Callable[[Any], T]) -> None:
        self._held = [_held(shard, name) for shard in shards]
        self._places = _places(shards, name, order)
        self._read = read
        self._last: tuple[str, T] | None = None

    def __getitem__(self, doc_id: str) -> T:
        last = self._last
        if last is None or last[0] != doc_id:
            shard, start, end = self._places[doc_id]
            last = self._last = (doc_id, self._read(self._held[shard][start:end]))
        return last[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _held(shard: Path, name: str) -> Any:
    """All pieces of a shard: rows of an array, or bytes."""
    rows, blob = shard / f"{name}s.npy", shard / f"{name}s.bin"
    if rows.is_file():
        return mapped(rows)
    # Cutting a piece out of a view of the bytes costs a sixth of what a slice of a mapped array does.
    return (np.memmap(blob, dtype=np.uint8, mode="r") if blob.stat().st_size else np.zeros(0, np.uint8)).data


def _places(shards: Sequence[Path], name: str, order: Iterable[str]) -> dict[str, tuple[int, int, int]]:
    """Document -> shard, start, end."""
    places: dict[str, tuple[int, int, int]] = {}
    for number, shard in enumerate(shards):
        offsets = np.load(shard / f"{name}_offsets.npy").tolist()
        table = next(t for t in ("corpus_documents", "documents") if (shard / f"{t}.parquet").exists())
        ids = pd.read_parquet(shard / f"{table}.parquet", columns=[]).index
        places |= {i: (number, a, b) for i, a, b in zip(ids, offsets, offsets[1:], strict=False)}
    return {i: places[i] for i in order}


def decoded(piece: memoryview) -> str:
    """A piece as text."""
    return str(piece, "utf-8")


def write_pieces(shard: Path, name: str, pieces: Iterable[bytes]) -> None:
    """Write one piece a document, for `Stored`."""
    with (shard / f"{name}s.bin").open("wb") as blob:
        sizes = [blob.write(piece) for piece in pieces]
    write_array(shard / f"{name}_offsets.npy", offsets_of(sizes))


def write_corpus(shard: Path, corpus: Corpus) -> None:
    """Write documents and sources of a corpus into a shard, a new folder."""
    shard.mkdir(parents=True, exist_ok=True)
    write_frame(shard / "corpus_documents.parquet", corpus.documents)
    write_pieces(shard, "source", map(corpus.source_bytes, corpus.documents.index))


def open_corpus(data: Path, shards: Sequence[Path]) -> Corpus:
    """The corpus of several shards, its documents in order of doc_id; `data` holds its problems."""
    documents = concatenated([read_frame(s / "corpus_documents.parquet") for s in shards])
    if len(shards) > 1:
        documents = documents.loc[pd.Index(sorted(documents.index), name="doc_id", dtype="str")]
    return Corpus(documents, read_frame(data / "problems.parquet"), Stored(shards, "source", documents.index, bytes))


def read_table(shards: Sequence[Path], name: str, order: pd.Index) -> pd.DataFrame:
    """One table of all shards, its documents in the order of the corpus."""
    frame = concatenated([read_frame(s / f"{name}.parquet") for s in shards])
    if len(shards) == 1:
        return frame
    if frame.index.name == "doc_id":
        return frame.loc[order]
    if "doc_id" not in frame.columns:
        # Overrides, which know documents by their bytes and lie in the first shard.
        return frame
    rows = np.argsort(order.get_indexer(frame["doc_id"]), kind="stable")
    return frame.iloc[rows] if frame.index.name is not None else frame.iloc[rows].reset_index(drop=True)
