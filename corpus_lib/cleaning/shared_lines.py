"""Short lines that many documents of a corpus share: the furniture of a site.

Every part of a corpus surveys its lines; the surveys together say which lines are shared, whatever the parts were.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus_lib.cleaning.lines import Line, LineMeasure
from corpus_lib.cleaning.shared_hashes import (
    HashGroup,
    Holders,
    Ints,
    KeyCounts,
    holders,
    pair_keys,
    stable_hash,
    stretches,
)

# Longer lines are paragraphs, which a site does not repeat on its pages.
SHORT = 400
# Documents that share half of their lines of this many words count as one; what more than FORMULA documents share makes nobody kin.
LONG_WORDS, LONG_CHARACTERS, FORMULA = 20, 100, 50
# The two lowest bits of a line's hash say what is asked of it later: whether it is a sentence, and whether it can make two documents kin.
SENTENCE, KIN = np.uint64(2), np.uint64(1)

Lines = Sequence[tuple[Line, LineMeasure]]


class LineSurvey(NamedTuple):
    """The short lines of a part of a corpus, and how many long ones each of its documents has."""

    holders: Holders
    long: Ints


class SharedLines(NamedTuple):
    """Hashes of the shared lines, in order, with the number of documents that hold each."""

    hashes: NDArray[np.uint64]
    counts: Ints

    def among(self, documents: Iterable[Lines]) -> dict[str, int]:
        """The lines of some documents that are shared, with the number of documents that share them."""
        if not len(self.hashes):
            return {}
        measures = {line.text: m for lines in documents for line, m in lines if len(line.text) <= SHORT}
        hashes = _line_hashes(list(measures), list(measures.values()))
        place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        found = self.hashes[place] == hashes
        return {text: int(self.counts[p]) for text, p, known in zip(measures, place, found, strict=True) if known}


def survey_lines(documents: Iterable[Lines]) -> LineSurvey:
    """What must be known of each document to find the lines that documents share."""
    sets, long = [], []
    for lines in documents:
        measures = {line.text: m for line, m in lines if len(line.text) <= SHORT}
        sets.append(np.unique(_line_hashes(list(measures), list(measures.values()))))
        long.append(sum(m.words >= LONG_WORDS for m in measures.values()))
    return LineSurvey(holders(sets), np.array(long, dtype=np.int64))


def _line_hashes(texts: Sequence[str], measures: Sequence[LineMeasure]) -> NDArray[np.uint64]:
    sentence = np.array([m.ends and m.words >= 3 for m in measures], dtype=np.uint64)
    kin = np.array([len(text) >= LONG_CHARACTERS for text in texts], dtype=np.uint64)
    return np.asarray((stable_hash(texts) << np.uint64(2)) | (sentence * SENTENCE) | (kin * KIN), dtype=np.uint64)


def shared_lines(surveys: Sequence[LineSurvey]) -> SharedLines:
    """Short lines that stand in several documents which are not copies of each other: at least three, and one in ten.

    Documents that share half of their long lines count as one. A sentence that many documents share may be a formula of the genre, so it must
    stand in five and in half of them; a shorter line is the site's.
    """
    sizes = [len(s.long) for s in surveys]
    ends = np.cumsum(sizes)
    n = int(ends[-1]) if sizes else 0
    numbers = [np.arange(end - size, end) for size, end in zip(sizes, ends, strict=True)]
    needed = max(3, n / 10)
    often: list[tuple[np.uint64, Ints]] = []
    pairs = KeyCounts()
    for group in stretches([s.holders for s in surveys], numbers):
        often += _held_by(group, needed)
        kin = (group.hashes[group.starts] & KIN > 0) & (group.sizes > 1) & (group.sizes <= FORMULA)
        for keys in pair_keys(group, kin, n):
            pairs.add(keys)
    family = _families(n, *pairs.result(), np.concatenate([np.empty(0, dtype=np.int64), *(s.long for s in surveys)]))
    found = [
        (key, len(who))
        for key, who in often
        if len(np.unique(family[who])) >= (max(5, 0.5 * n) if key & SENTENCE else needed)
    ]
    return SharedLines(
        np.array([k for k, _ in found], dtype=np.uint64), np.array([c for _, c in found], dtype=np.int64)
    )


def _held_by(group: HashGroup, needed: float) -> list[tuple[np.uint64, Ints]]:
    """Hashes that enough documents hold, with these documents."""
    chosen = np.flatnonzero(group.sizes >= needed)
    return [
        (group.hashes[a], group.owners[a : a + n])
        for a, n in zip(group.starts[chosen], group.sizes[chosen], strict=True)
    ]


def _families(n: int, keys: Ints, shared: Ints, long: Ints) -> Ints:
    """Number of the family of each document: two that share half of the long lines of the shorter one are of the same."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first, second = keys // max(n, 1), keys % max(n, 1)
    close = 2 * shared >= np.maximum(np.minimum(long[first], long[second]), 1)
    links = coo_array((np.ones(int(close.sum())), (first[close], second[close])), shape=(n, n))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)
