"""Short lines that many documents share: of a whole corpus, and of the pages of each site, whose furniture they may be.

Every part of a corpus surveys its lines; the surveys together say which lines are shared, whatever the parts were.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corpus_lib.cleaning.lexicon import match_cue
from corpus_lib.cleaning.lines import Line, LineMeasure
from corpus_lib.cleaning.shared_hashes import (
    Hashes,
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
# Of an address the host counts.
HOST = re.compile(r"(?:[a-z]+://)?(?:www\.)?([^/?#]+)")
# What follows the name of a source that a line credits.
AFTER_NAME = re.compile(r"[\d|,，(（]")

Lines = Sequence[tuple[Line, LineMeasure]]


class LineSurvey(NamedTuple):
    """The short lines of a part of a corpus; how many long ones each of its documents has, and keys of the site that it may be of."""

    hashes: Hashes
    owners: NDArray[np.int32]
    long: Ints
    sites: Hashes


class Shared(NamedTuple):
    """Lines of a document that several of the corpus hold, and those that pages of its site hold; and whether the site is known by name."""

    corpus: frozenset[str]
    site: frozenset[str]
    is_named: bool


class SharedLines(NamedTuple):
    """Hashes of the shared lines, in order; of a site's lines with the key of the site in them."""

    hashes: Hashes

    def among(self, documents: Iterable[Lines], given: Iterable[str]) -> Iterator[Shared]:
        """The lines that are shared of each of some documents, of which the given site is known."""
        known = set(self.hashes.tolist())
        for lines, name in zip(documents, given, strict=True):
            texts, hashes, keys = list(_short(lines)), _line_hashes(_short(lines)), site_keys(lines, name)
            found = [
                frozenset(t for t, h in zip(texts, (hashes ^ k).tolist(), strict=True) if h in known) for k in keys
            ]
            # A key that is not needed is that of the corpus.
            sites = [own for own, key in zip(found, keys, strict=True) if key]
            yield Shared(found[0], frozenset().union(*sites), len(sites) == 1)


def given_sites(documents: pd.DataFrame) -> list[str]:
    """The site that a user's own columns name, of each document, or ''."""
    columns = [documents[name] for name in ("url", "source") if name in documents]
    rows = ((str(v).strip().casefold() for v in row if pd.api.types.is_scalar(v) and pd.notna(v)) for row in zip(*columns, strict=True))  # fmt: skip
    names = [next((m[1] for v in row if (m := HOST.match(v))), "") for row in rows]
    return names or [""] * len(documents)


def site_keys(lines: Lines, given: str) -> Hashes:
    """Keys of what a document may be a page of: 0 for the corpus; its site, or else the pages that have its first, or second, and its last line.

    The site is what is given, or the source that a line credits.
    """
    texts = [line.text for line, _ in lines]
    credits = (match_cue(line.text[:200], "source") for line, m in lines if m.words <= 20)
    named = (AFTER_NAME.split(cue["value"])[0].strip().casefold() for cue in credits if cue and cue["mark"].strip())
    name = given or next(filter(None, named), "")
    frames = [f"{first}\n{texts[-1]}" for first in texts[:2]] if len(texts) > 3 else []
    keys = stable_hash([name] if name else frames) << np.uint64(2)
    return np.concatenate([np.zeros(1, dtype=np.uint64), keys, np.zeros(2 - len(keys), dtype=np.uint64)])


def survey_lines(documents: Iterable[Lines], given: Iterable[str]) -> LineSurvey:
    """What must be known of each document, and of the site that is given of it, to find the lines that documents share."""
    sets, long, sites = [], [], []
    for lines, name in zip(documents, given, strict=True):
        sets.append(np.unique(_line_hashes(_short(lines))))
        long.append(sum(m.words >= LONG_WORDS for m in _short(lines).values()))
        sites.append(site_keys(lines, name))
    return LineSurvey(*holders(sets), np.array(long, dtype=np.int64), np.array(sites, dtype=np.uint64).reshape(-1, 3))


def _short(lines: Lines) -> dict[str, LineMeasure]:
    return {line.text: m for line, m in lines if len(line.text) <= SHORT}


def _line_hashes(measures: dict[str, LineMeasure]) -> Hashes:
    sentence = np.array([m.ends and m.words >= 3 for m in measures.values()], dtype=np.uint64)
    kin = np.array([len(text) >= LONG_CHARACTERS for text in measures], dtype=np.uint64)
    return np.asarray(
        (stable_hash(list(measures)) << np.uint64(2)) | (sentence * SENTENCE) | (kin * KIN), dtype=np.uint64
    )


def shared_lines(surveys: Sequence[LineSurvey]) -> SharedLines:
    """Short lines that stand in several documents which are not copies of each other: at least three, and one in ten of the corpus or of a site.

    Documents that share half of their long lines count as one. A sentence that many documents share may be a formula of the genre, so it must
    stand in five and in half of them.
    """
    ends = np.cumsum([len(s.long) for s in surveys])
    n = int(ends[-1]) if surveys else 0
    numbers = [np.arange(end - len(s.long), end) for s, end in zip(surveys, ends, strict=True)]
    often: list[tuple[np.uint64, Ints]] = []
    pairs = KeyCounts()
    for group in stretches([Holders(s.hashes, s.owners) for s in surveys], numbers):
        chosen = group.sizes >= 3
        rows = zip(group.starts[chosen], group.sizes[chosen], strict=True)
        often += [(group.hashes[a], group.owners[a : a + size]) for a, size in rows]
        kin = (group.hashes[group.starts] & KIN > 0) & (group.sizes > 1) & (group.sizes <= FORMULA)
        for keys in pair_keys(group, kin, n):
            pairs.add(keys)
    family = _families(n, *pairs.result(), np.concatenate([np.empty(0, dtype=np.int64), *(s.long for s in surveys)]))
    sites = np.concatenate([np.empty((0, 3), dtype=np.uint64), *(s.sites for s in surveys)])
    sizes = {site: len(who) for site, who in _by_site(np.arange(n), sites)}
    found = [
        key ^ site
        for key, who in often
        for site, held in _by_site(who, sites)
        if len(np.unique(family[held])) >= (max(5, sizes[site] / 2) if key & SENTENCE else max(3, sizes[site] / 10))
    ]
    return SharedLines(np.array(sorted(found), dtype=np.uint64))


def _by_site(who: Ints, sites: Hashes) -> Iterator[tuple[np.uint64, Ints]]:
    """Some documents by what they may be pages of; all of them are of the corpus."""
    keys, documents = sites[who].ravel(), np.repeat(who, sites.shape[1])
    order = np.argsort(keys, kind="stable")
    distinct, starts = np.unique(keys[order], return_index=True)
    for site, held in zip(distinct, np.split(documents[order], starts[1:]), strict=len(who) > 0):
        yield site, np.unique(held)


def _families(n: int, keys: Ints, shared: Ints, long: Ints) -> Ints:
    """Number of the family of each document: two that share half of the long lines of the shorter one are of the same."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first, second = keys // max(n, 1), keys % max(n, 1)
    close = 2 * shared >= np.maximum(np.minimum(long[first], long[second]), 1)
    links = coo_array((np.ones(int(close.sum())), (first[close], second[close])), shape=(n, n))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)
