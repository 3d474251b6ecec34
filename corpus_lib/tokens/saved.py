"""Tokens on disk: memory-mapped .npy, Parquet and a JSON manifest, written whole or not at all; their texts lie beside them, in shards.

A saved folder holds `manifest.json` and one folder `data-…` that it names, so that a reader meets the old state or the new one and nothing in between.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from corpus_lib.corpus.clean import CleanCorpus, open_clean, write_clean
from corpus_lib.corpus.corpus import Corpus, TextSource
from corpus_lib.corpus.saved import SHARD, Stored, decoded, open_corpus, write_corpus, write_pieces
from corpus_lib.errors import InvalidType
from corpus_lib.files import read_frame, sha256, write_array, write_frame
from corpus_lib.folders import TOKENS, checksums, mapped, new_data, publish
from corpus_lib.tokens.counts import Countable
from corpus_lib.tokens.from_lists import Lists
from corpus_lib.tokens.tokenizer import recorded

ARRAYS = ("ids", "offsets", "starts", "ends")


def write_shard(shard: Path, source: TextSource) -> dict[str, Any]:
    """Write the texts of `source` and what leads back to their bytes; return what a manifest says of them."""
    if isinstance(source, CleanCorpus):
        write_clean(shard, source)
        return {"kind": "clean", "cleaning": dict(source.settings)}
    if isinstance(source, Corpus):
        write_corpus(shard, source)
        return {"kind": "raw", "cleaning": {}}
    if isinstance(source, Lists):
        shard.mkdir(parents=True)
        write_frame(shard / "documents.parquet", source.documents)
        write_pieces(shard, "text", (text.encode("utf-8") for text in source.texts.values()))
        return {"kind": "lists", "cleaning": {}}
    raise InvalidType(
        f"`tokens` must come from tokenize, index_corpus or Tokens.from_lists to be saved; its source is {type(source).__name__}. "
        "Load the texts with load_corpus and tokenize them."
    )


def open_source(data: Path, manifest: Mapping[str, Any]) -> TextSource:
    """The texts of a saved folder, mapped."""
    shards = [data / s for s in manifest["shards"]]
    if manifest["kind"] == "clean":
        return open_clean(data, manifest)
    if manifest["kind"] == "raw":
        return open_corpus(data, shards)
    ids = pd.read_parquet(shards[0] / "documents.parquet", columns=[]).index
    return Lists(Stored(shards, "text", ids, decoded))


def manifest_of(tokens: Countable, files: Mapping[str, Any], texts: Mapping[str, Any]) -> dict[str, Any]:
    """What a reader must know of saved tokens; `texts` says where their source lies: kind, shards, cleaning."""
    documents = tokens.source.documents
    hashes = documents["sha256"] if "sha256" in documents.columns else pd.Series("", index=documents.index)
    content = "".join(files[f"{name}.npy"]["sha256"] for name in ARRAYS) + sha256("\n".join(tokens.vocabulary).encode())
    return TOKENS.header | {
        "settings": recorded(tokens.settings),
        "n_tokens": tokens.n_tokens, "n_types": len(tokens.vocabulary), "n_units": tokens.n_units, "n_documents": len(documents),
        "corpus_sha256": sha256("\n".join(f"{i} {h}" for i, h in hashes.items()).encode()), "content_sha256": sha256(content.encode()),
        "files": dict(files), **texts,
    }  # fmt: skip


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
        texts = write_shard(data / SHARD, tokens.source) | {"shards": [SHARD]}
        write_arrays(data, tokens)
        problems = getattr(getattr(tokens.source, "corpus", tokens.source), "problems", pd.DataFrame())
        write_frame(data / "problems.parquet", problems)
        publish(folder, data, manifest_of(tokens, checksums(data), texts))


def fields_of(data: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of tokens whose arrays are mapped from `data`."""
    return {name: mapped(data / f"{name}.npy") for name in ARRAYS} | {
        "vocabulary": pd.Index(pd.read_parquet(data / "vocabulary.parquet")["token"], name="token", dtype="str"),
        "units": read_frame(data / "units.parquet"),
        "source": open_source(data, manifest),
        "settings": MappingProxyType(dict(manifest["settings"])),
    }
