"""Which documents hold which lines or runs of words, by hash: put together from any number of parts, a stretch of hashes at a time.

What documents share must not depend on how a corpus was divided. So each part writes down its hashes in order, and the question who holds what is
asked of all parts at once, in memory that the number of documents does not move.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Ints = NDArray[np.int64]
Counts = tuple[Ints, Ints]
# Rows that are looked at together: about 250 MB with all that is made of them.
STRETCH = 1 << 22


class Holders(NamedTuple):
    """Hashes with a document that holds each, ordered by hash; documents are numbered within their part."""

    hashes: Hashes
    owners: NDArray[np.int32]


class HashGroup(NamedTuple):
    """Rows of one stretch, ordered by hash and owner: where the rows of each hash start, and how many documents hold it."""

    hashes: Hashes
    owners: Ints
    starts: Ints
    sizes: Ints

    def rows(self, chosen: NDArray[np.bool_]) -> Ints:
        """Row numbers of the chosen hashes."""
        sizes = self.sizes[chosen]
        ends = np.cumsum(sizes)
        return np.repeat(self.starts[chosen] - (ends - sizes), sizes) + np.arange(ends[-1] if len(ends) else 0)


def stable_hash(values: Sequence[str]) -> Hashes:
    """64-bit hash of each string (SipHash with a fixed key), the same in every process.

    Examples
    --------
    >>> first, second, again = stable_hash(["a", "b", "a"])
    >>> bool(first == again), bool(first == second)
    (True, False)
    """
    return np.asarray(pd.util.hash_array(np.asarray(values, dtype=object), categorize=False), dtype=np.uint64)


def holders(sets: Iterable[Hashes]) -> Holders:
    """The distinct hashes of each document, as one ordered table."""
    sets = list(sets)
    hashes = np.concatenate([np.empty(0, dtype=np.uint64), *sets])
    owners = np.repeat(np.arange(len(sets), dtype=np.int32), [len(s) for s in sets])
    order = np.argsort(hashes, kind="stable")
    return Holders(hashes[order], owners[order])


def stretches(parts: Sequence[Holders], numbers: Sequence[Ints], size: int = STRETCH) -> Iterator[HashGroup]:
    """All rows of all parts, a stretch of hashes at a time.

    Parameters
    ----------
    parts
        One table a part; they may be mapped from a disk.
    numbers
        For each part the number that each of its documents has in the corpus.
    size
        About how many rows a stretch holds.
    """
    n = max(1, -(-sum(len(p.hashes) for p in parts) // size))
    edges = np.array([k * 2**64 // n for k in range(1, n)], dtype=np.uint64)
    cuts = [np.concatenate([[0], np.searchsorted(p.hashes, edges), [len(p.hashes)]]) for p in parts]
    for k in range(n):
        hashes = np.concatenate([p.hashes[c[k] : c[k + 1]] for p, c in zip(parts, cuts, strict=True)])
        owners = np.concatenate(
            [own[p.owners[c[k] : c[k + 1]]] for p, c, own in zip(parts, cuts, numbers, strict=True)]
        )
        order = np.lexsort((owners, hashes))
        hashes, owners = hashes[order], owners[order]
        starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])[: len(hashes)])
        yield HashGroup(hashes, owners, starts, np.diff(np.append(starts, len(hashes))))


def pair_keys(group: HashGroup, chosen: NDArray[np.bool_], n: int) -> Iterator[Ints]:
    """`first * n + second` for every pair of documents that share a chosen hash, once for each such hash; in pieces."""
    for size in np.unique(group.sizes[chosen]).tolist():
        first, second = np.triu_indices(size, 1)
        starts = group.starts[chosen & (group.sizes == size)]
        for piece in np.array_split(starts, -(-len(starts) * len(first) // STRETCH)):
            owners = group.owners[piece[:, None] + np.arange(size)]
            yield (owners[:, first] * n + owners[:, second]).ravel()


class KeyCounts:
    """How often each key occurs in everything that was added."""

    def __init__(self) -> None:
        self._total: Counts = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
        self._waiting: list[Counts] = []
        self._held = 0

    def add(self, keys: Ints) -> None:
        """Count some more keys."""
        distinct, counts = np.unique(keys, return_counts=True)
        self._waiting.append((distinct, counts))
        self._held += len(distinct)
        # Joined when as much is waiting as is there already, so that each key is moved a few times only.
        if self._held > max(len(self._total[0]), STRETCH):
            self.result()

    def result(self) -> Counts:
        """The distinct keys in order, and how often each was added."""
        keys, counts = (np.concatenate(c) for c in zip(self._total, *self._waiting, strict=True))
        order = np.argsort(keys, kind="stable")
        keys, counts = keys[order], counts[order]
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
        self._total = keys[starts], np.add.reduceat(counts, starts) if len(starts) else counts
        self._waiting, self._held = [], 0
        return self._total
