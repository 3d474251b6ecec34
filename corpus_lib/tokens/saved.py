"""Tokens and their texts on disk: memory-mapped .npy, Parquet and a JSON manifest, written whole or not at all.

A saved folder holds `manifest.json` and one folder `data-…` that it names, so that a reader meets the old state or the new one and nothing in
between. The texts lie in shards: one after `Tokens.save`, one a part after `index_corpus`; each holds the bytes of its sources, its clean texts,
the map between the two, and the tables of decisions. Nothing is pickled. What is opened is mapped, so a query reads only the pages it touches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corpus_lib import __version__
from corpus_lib.corpus.clean import CLEAN_TABLES, CleanCorpus, StoredTexts
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.errors import InvalidType
from corpus_lib.files import concatenated, read_frame, sha256, write_array, write_frame
from corpus_lib.folders import TOKENS, check_files, checksums, mapped, new_data, publish, read_manifest
from corpus_lib.immutable import later
from corpus_lib.tokens.counts import Countable
from corpus_lib.tokens.from_lists import Lists
from corpus_lib.tokens.tokenizer import recorded

if TYPE_CHECKING:
    from corpus_lib.corpus.corpus import TextSource

__all__ = ["load_tokens", "save_tokens"]

ARRAYS = ("ids", "offsets", "starts", "ends")


class Blobs(Mapping[str, bytes]):
    """Bytes by document, mapped: `files[shard][start:end]`."""

    def __init__(self, files: Sequence[Path], places: Mapping[str, tuple[int, int, int]]) -> None:
        # Cutting a piece out of a view of the bytes costs a sixth of what a slice of a mapped array does.
        self._files = [
            (np.memmap(f, dtype=np.uint8, mode="r") if f.stat().st_size else np.zeros(0, np.uint8)).data for f in files
        ]
        self._places = places

    def __getitem__(self, doc_id: str) -> bytes:
        shard, start, end = self._places[doc_id]
        return self._files[shard][start:end].tobytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class BlobTexts(Mapping[str, str]):
    """UTF-8 texts by document; the last one is kept, since tokens and citations are read in runs."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._last: tuple[str, str] | None = None

    def __getitem__(self, doc_id: str) -> str:
        last = self._last
        if last is None or last[0] != doc_id:
            last = self._last = (doc_id, self._blobs[doc_id].decode("utf-8"))
        return last[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._blobs)

    def __len__(self) -> int:
        return len(self._blobs)


class StoredSegments(Mapping[str, np.ndarray]):
    """The map between clean text and source, by document, mapped from the shards."""

    def __init__(self, shards: Sequence[Path], places: Mapping[str, tuple[int, int, int]]) -> None:
        self._arrays = [mapped(s / "segments.npy") for s in shards]
        self._places = places

    def __getitem__(self, doc_id: str) -> np.ndarray:
        shard, start, end = self._places[doc_id]
        return self._arrays[shard][start:end]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _read_shards(shards: Sequence[Path], name: str, order: pd.Index) -> pd.DataFrame:
    """One table of all shards, its documents in the order of the corpus."""
    frame = concatenated([read_frame(s / f"{name}.parquet") for s in shards])
    if len(shards) == 1:
        return frame
    if frame.index.name == "doc_id":
        return frame.loc[order]
    if "doc_id" not in frame.columns:
        # Overrides, which know documents by their bytes and lie in the first shard.
        return frame
    rank = order.get_indexer(frame["doc_id"])
    rows = np.argsort(rank, kind="stable")
    return frame.iloc[rows] if frame.index.name is not None else frame.iloc[rows].reset_index(drop=True)


# ------------------------------------------------------------------------------------------------------------------- shards


def _offsets(sizes: Sequence[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(np.asarray(sizes, dtype=np.int64))]).astype(np.int64)


def _write_blob(shard: Path, name: str, pieces: Iterator[bytes]) -> None:
    sizes = []
    with (shard / f"{name}s.bin").open("wb") as blob:
        for piece in pieces:
            sizes.append(blob.write(piece))
    write_array(shard / f"{name}_offsets.npy", _offsets(sizes))


def write_shard(shard: Path, source: TextSource) -> str:
    """Write the texts of `source` and what leads back to their bytes; return the kind of source."""
    shard.mkdir(parents=True, exist_ok=True)
    ids = list(source.documents.index)
    if isinstance(source, CleanCorpus):
        _write_clean(shard, source, ids)
        return "clean"
    if isinstance(source, Corpus):
        _write_sources(shard, source, ids)
        return "raw"
    if isinstance(source, Lists):
        write_frame(shard / "documents.parquet", source.documents)
        _write_blob(shard, "text", (source.text(i).encode("utf-8") for i in ids))
        return "lists"
    raise InvalidType(
        f"`tokens` must come from tokenize, index_corpus or Tokens.from_lists to be saved; its source is {type(source).__name__}. "
        "Load the texts with load_corpus and tokenize them."
    )


def _write_sources(shard: Path, corpus: Corpus, ids: Sequence[str]) -> None:
    write_frame(shard / "corpus_documents.parquet", corpus.documents)
    _write_blob(shard, "source", (corpus.source_bytes(i) for i in ids))


def _write_clean(shard: Path, clean: CleanCorpus, ids: Sequence[str]) -> None:
    _write_sources(shard, clean.corpus, ids)
    for name in CLEAN_TABLES:
        write_frame(shard / f"{name}.parquet", getattr(clean, name))
    _write_blob(shard, "text", (clean.text(i).encode("utf-8") for i in ids))
    segments = [np.asarray(clean._segments.get(i, np.empty((0, 5))), dtype=np.int64) for i in ids]
    write_array(shard / "segments.npy", np.concatenate([*segments, np.empty((0, 5), dtype=np.int64)]))
    write_array(shard / "segment_offsets.npy", _offsets([len(s) for s in segments]))


def _shard_documents(shard: Path) -> list[str]:
    name = "corpus_documents" if (shard / "corpus_documents.parquet").exists() else "documents"
    return list(pd.read_parquet(shard / f"{name}.parquet", columns=[]).index)


def _places(shards: Sequence[Path], name: str, order: Sequence[str]) -> Mapping[str, tuple[int, int, int]]:
    """Document -> shard, start, end; in the order of the corpus."""
    places: dict[str, tuple[int, int, int]] = {}
    for number, shard in enumerate(shards):
        offsets = np.load(shard / f"{name}_offsets.npy").tolist()
        ids = _shard_documents(shard)
        places |= {i: (number, a, b) for i, a, b in zip(ids, offsets, offsets[1:], strict=False)}
    return {i: places[i] for i in order}


def _blobs(shards: Sequence[Path], name: str, order: Sequence[str]) -> Blobs:
    return Blobs([s / f"{name}s.bin" for s in shards], _places(shards, name, order))


def open_source(data: Path, manifest: Mapping[str, Any]) -> TextSource:
    """The texts of a saved folder, mapped."""
    kind, shards = manifest["kind"], [data / s for s in manifest["shards"]]
    if kind == "lists":
        return Lists(BlobTexts(_blobs(shards, "text", _shard_documents(shards[0]))))
    documents = concatenated([read_frame(s / "corpus_documents.parquet") for s in shards])
    order = documents.index if len(shards) == 1 else pd.Index(sorted(documents.index), name="doc_id", dtype="str")
    documents = documents if len(shards) == 1 else documents.loc[order]
    corpus = Corpus(documents, read_frame(data / "problems.parquet"), _blobs(shards, "source", order))
    if kind == "raw":
        return corpus
    tables = {name: later(partial(_read_shards, shards, name, order)) for name in CLEAN_TABLES}
    segments = StoredSegments(shards, _places(shards, "segment", order))
    stored = StoredTexts(BlobTexts(_blobs(shards, "text", order)), segments)
    return CleanCorpus(corpus, **tables, settings=MappingProxyType(dict(manifest["cleaning"])), stored=stored)


# --------------------------------------------------------------------------------------------------------- a folder of tokens


def manifest_of(tokens: Countable, files: Mapping[str, Any], texts: Mapping[str, Any]) -> dict[str, Any]:
    """What a reader must know of saved tokens; `texts` says where their source lies: kind, shards, cleaning."""
    documents = tokens.source.documents
    hashes = documents["sha256"] if "sha256" in documents.columns else pd.Series("", index=documents.index)
    content = "".join(files[f"{name}.npy"]["sha256"] for name in ARRAYS) + sha256("\n".join(tokens.vocabulary).encode())
    return {
        "format": TOKENS.format, "version": TOKENS.version, "library": __version__, "settings": recorded(tokens.settings),
        "n_tokens": tokens.n_tokens, "n_types": len(tokens.vocabulary), "n_units": tokens.n_units, "n_documents": len(documents),
        "corpus_sha256": sha256("\n".join(f"{i} {h}" for i, h in hashes.items()).encode()), "content_sha256": sha256(content.encode()),
        "files": dict(files), **texts,
    }  # fmt: skip


def cleaning_of(source: TextSource) -> dict[str, Any]:
    """Settings of the cleaning, where there was one."""
    return dict(source.settings) if isinstance(source, CleanCorpus) else {}


def write_arrays(folder: Path, tokens: Countable) -> None:
    """Write the integers, the vocabulary and the units."""
    for name in ARRAYS:
        write_array(folder / f"{name}.npy", getattr(tokens, name))
    write_frame(folder / "vocabulary.parquet", pd.DataFrame({"token": pd.Series(list(tokens.vocabulary), dtype="str")}))
    write_frame(folder / "units.parquet", tokens.units)


def save_tokens(tokens: Countable, folder: str | Path) -> None:
    """Write tokens and the texts they came from, so that concordances and citations work after `load_tokens`.

    Parameters
    ----------
    tokens
        Any tokens of this library.
    folder
        Where to; an index that is there is replaced when the new one is complete.

    Raises
    ------
    OutputError
        If the disk refuses; what was there before is unchanged.

    Examples
    --------
    >>> import tempfile
    >>> from corpus_lib.tokens.tokens import Tokens
    >>> folder = Path(tempfile.mkdtemp()) / "index"
    >>> save_tokens(Tokens.from_lists([["a", "b", "a"], ["c"]]), folder)
    >>> Tokens.load(folder).words()
    ['a', 'b', 'a', 'c']
    """
    folder = Path(folder)
    with new_data(folder) as data:
        texts = {
            "kind": write_shard(data / "shard-00000", tokens.source),
            "shards": ["shard-00000"],
            "cleaning": cleaning_of(tokens.source),
        }
        write_arrays(data, tokens)
        problems = getattr(getattr(tokens.source, "corpus", tokens.source), "problems", pd.DataFrame())
        write_frame(data / "problems.parquet", problems)
        publish(folder, data, manifest_of(tokens, checksums(data), texts))


def load_tokens(folder: str | Path, *, verify: bool | None = None) -> tuple[Path, dict[str, Any]]:
    """The folder and the fields of the tokens that `save_tokens` or `index_corpus` wrote, memory-mapped.

    Parameters
    ----------
    folder
        The saved folder.
    verify
        Whether every file is hashed and compared with the manifest. By default this is done up to 64 MB; of a larger index the sizes are compared.

    Returns
    -------
    tuple of Path and dict
        Where the arrays lie; the arguments of `Tokens`, equal to those that were saved: `source` gives texts and citations as before.

    Raises
    ------
    MissingFile
        If the folder holds no saved tokens, or a file of it is gone.
    InvalidValue
        If it was written in another format, or a file was changed.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    data = folder / manifest["data"]
    check_files(folder, data, manifest["files"], verify)
    vocabulary = pd.Index(pd.read_parquet(data / "vocabulary.parquet")["token"], name="token", dtype="str")
    units, source = read_frame(data / "units.parquet"), open_source(data, manifest)
    return data, assembled(data, vocabulary, units, source, manifest["settings"])


def assembled(
    data: Path, vocabulary: pd.Index, units: pd.DataFrame, source: TextSource, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields of tokens whose arrays are mapped from `data`."""
    arrays = {name: mapped(data / f"{name}.npy") for name in ARRAYS}
    given = {"vocabulary": vocabulary, "units": units, "source": source, "settings": MappingProxyType(dict(settings))}
    return arrays | given
