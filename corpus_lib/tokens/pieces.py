"""From matches of the expression, each distinct one looked at once, to the tokens that are counted."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from corpus_lib.corpus.spans import offsets_of

# Where a token lies within a match, and the type that it counts under.
Piece = tuple[int, int, str]
# How the matches of a unit are cut and folded: its language, and whether blanks part the words of a script that has none.
Manner = tuple[str, bool]
# ids, offsets, starts, ends, vocabulary
Integers = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, pd.Index]


class _Held(NamedTuple):
    """The tokens of all distinct matches.

    Parameters
    ----------
    types
        The types, sorted.
    begin, end, code
        Where each token lies in its match, and the number of its type.
    first, number
        By manner and match: its first token, and how many it has.
    single
        The number of its type where a match is one token as a whole, otherwise -1.
    """

    types: list[str]
    begin: np.ndarray
    end: np.ndarray
    code: np.ndarray
    first: np.ndarray
    number: np.ndarray
    single: np.ndarray


def counted(written: Integers, manners: Sequence[Manner], pieces: Callable[..., Sequence[Piece]]) -> Integers:
    """Tokens of matches.

    Parameters
    ----------
    written
        The matches, counted under what is written.
    manners
        That of each unit.
    pieces
        The tokens of a match in a manner.
    """
    ids, offsets, starts, ends, vocabulary = written
    words, names = vocabulary.tolist(), list(dict.fromkeys(manners))
    manner = np.array([names.index(own) for own in manners], dtype=np.int64)
    # Neighbours of one manner are looked up together.
    edges = np.flatnonzero(np.diff(manner, prepend=-1, append=-1))
    stretches = [(manner[a], slice(offsets[a], offsets[b])) for a, b in pairwise(edges)]
    used = np.zeros((len(names), len(words)), dtype=bool)
    for n, stretch in stretches:
        used[n][ids[stretch]] = True
    held = _held(words, names, used, pieces)
    numbers = np.empty(len(ids), dtype=np.int32)
    for n, stretch in stretches:
        numbers[stretch] = held.single[n][ids[stretch]]
    index = pd.Index(held.types, name="token", dtype="str")
    # Most matches only get their number; the others are taken out, and their tokens put in.
    where = np.flatnonzero(numbers < 0)
    if not len(where):
        return numbers, offsets, starts, ends, index
    match = manner[np.searchsorted(offsets, where, side="right") - 1], ids[where]
    sizes = held.number[match]
    before = offsets_of(sizes)
    # The place among those held of each token: that of the first of its match, and on from there.
    piece = np.arange(before[-1]) + np.repeat(held.first[match] - before[:-1], sizes)
    base, place = np.repeat(starts[where], sizes), np.repeat(where - np.arange(len(where)), sizes)
    new = (numbers, held.code[piece]), (starts, base + held.begin[piece]), (ends, base + held.end[piece])
    numbers, starts, ends = (np.insert(np.delete(old, where), place, more) for old, more in new)
    return numbers, offsets + offsets_of(sizes - 1)[np.searchsorted(where, offsets)], starts, ends, index


def _held(words: list[str], names: list[Manner], used: np.ndarray, pieces: Callable[..., Sequence[Piece]]) -> _Held:
    """The tokens of the matches that are used in each manner."""
    found = [
        [pieces(word, language, whole=whole) if asked else () for word, asked in zip(words, own, strict=True)]
        for (language, whole), own in zip(names, used.tolist(), strict=True)
    ]
    pooled = [piece for listed in found for cut in listed for piece in cut]
    types = sorted({word for *_, word in pooled})
    code = dict(zip(types, range(len(types)), strict=True))
    # The last one is nobody's: a match without tokens at the end points to it.
    pooled_columns = zip(*[(a, b, code[word]) for a, b, word in pooled], (-1, -1, -1), strict=True)
    begin, end, codes = (np.array(column, dtype=np.int32) for column in pooled_columns)
    number = np.array([list(map(len, listed)) for listed in found], dtype=np.int64).reshape(used.shape)
    first = offsets_of(number.ravel())[:-1].reshape(used.shape)
    sizes = np.array(list(map(len, words)), dtype=np.int64)
    whole = (number == 1) & (begin[first] == 0) & (end[first] == sizes)
    return _Held(types, begin, end, codes, first, number, np.where(whole, codes[first], -1).astype(np.int32))
