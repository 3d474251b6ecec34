"""Documents that share their text: exact copies, and pairs that share runs of five words.

The comparison is exact, through an inverted index of hashed 5-grams. Jaccard says how much of both texts together is shared; containment
how much of the shorter one stands in the longer: a reprint inside a longer page has low Jaccard and containment near 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from corpus_lib.cleaning.lexicon import CJK, TOKEN

__all__ = ["find_duplicates", "shingles"]

SIZE = 5
# A run of words that more documents than this share is a formula; it links nobody by itself.
COMMON = 200


def _ids(text: str, vocabulary: dict[str, int]) -> np.ndarray:
    words: list[str] = []
    for token in TOKEN.findall(text.lower()):
        words.extend(token if CJK.search(token) else (token,))
    return np.fromiter(
        (vocabulary.setdefault(w, len(vocabulary) + 1) for w in words), dtype=np.uint64, count=len(words)
    )


def shingles(text: str, vocabulary: dict[str, int]) -> np.ndarray:
    """Sorted distinct hashes of the runs of five words of a text; of a shorter text, one hash of all of it.

    `vocabulary` numbers the words and grows; only hashes made with the same one can be compared.
    """
    ids = _ids(text, vocabulary)
    if not len(ids):
        return np.empty(0, dtype=np.uint64)
    size = min(SIZE, len(ids))
    hashed = np.zeros(len(ids) - size + 1, dtype=np.uint64)
    for k in range(size):
        # An odd 64-bit multiplier; two of a million 5-grams collide with probability 3e-8.
        hashed = hashed * np.uint64(0x9E3779B97F4A7C15) + ids[k : len(ids) - size + 1 + k]
        hashed ^= hashed >> np.uint64(29)
    return np.unique(hashed)


def find_duplicates(
    texts: Mapping[str, str], *, jaccard: float = 0.5, containment: float = 0.8
) -> list[tuple[str, str, float, float, str]]:
    """Pairs of documents that are copies or share much of their text.

    Parameters
    ----------
    texts
        Clean text by doc_id.
    jaccard, containment
        A pair is listed from either of these on.

    Returns
    -------
    list of (doc_id, other, jaccard, containment, kind)
        In the order of `texts`; kind is "exact" or "near".

    Examples
    --------
    >>> find_duplicates({"a": "one two three four five six", "b": "one two three four five six", "c": "other"})
    [('a', 'b', 1.0, 1.0, 'exact')]
    """
    names = [name for name, text in texts.items() if text]
    vocabulary: dict[str, int] = {}
    sets = [shingles(texts[name], vocabulary) for name in names]
    shared = _shared_counts(sets)
    # Texts that consist of formulas only share nothing in the index; copies are found by their text.
    shared.update({pair: len(sets[pair[0]]) for pair in _copies([texts[n] for n in names])})
    rows = []
    for (a, b), both in sorted(shared.items()):
        smaller, union = min(len(sets[a]), len(sets[b])), len(sets[a]) + len(sets[b]) - both
        if smaller and (both >= jaccard * union or (both >= containment * smaller and both >= SIZE)):
            exact = texts[names[a]] == texts[names[b]]
            rows.append(
                (names[a], names[b], round(both / union, 4), round(both / smaller, 4), "exact" if exact else "near")
            )
    return rows


def _copies(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of equal texts; each copy is paired with the first one only when there are many."""
    groups: dict[str, list[int]] = {}
    for i, text in enumerate(texts):
        groups.setdefault(text, []).append(i)
    return [
        (g[i], g[j])
        for g in groups.values()
        for i in range(len(g) if len(g) <= COMMON else 1)
        for j in range(i + 1, len(g))
    ]


def _shared_counts(sets: Sequence[np.ndarray]) -> dict[tuple[int, int], int]:
    """Number of 5-grams that each pair of documents shares, exact for every pair that shares one that is not a formula."""
    if len(sets) < 2:
        return {}
    hashes = np.concatenate(sets)
    owners = np.repeat(np.arange(len(sets)), [len(s) for s in sets])
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    edges = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1], [True]]))
    sizes = np.diff(edges)
    pairs: Counter[tuple[int, int]] = Counter()
    for start, size in zip(
        edges[:-1][(sizes > 1) & (sizes <= COMMON)].tolist(),
        sizes[(sizes > 1) & (sizes <= COMMON)].tolist(),
        strict=True,
    ):
        group = owners[start : start + size].tolist()
        pairs.update((group[i], group[j]) for i in range(size) for j in range(i + 1, size))
    if bool((sizes > COMMON).any()):
        return {(a, b): int(np.intersect1d(sets[a], sets[b], assume_unique=True).size) for a, b in pairs}
    return dict(pairs)
