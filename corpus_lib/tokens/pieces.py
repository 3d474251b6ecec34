"""From matches of the expression, each distinct one looked at once, to the tokens that are counted."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from corpus_lib.corpus.spans import offsets_of

# Where a token lies within a match, and the type that it counts under.
Piece = tuple[int, int, str]
# How the matches of a unit are cut and folded: its language, and whether blanks part the words of a script that has none.
Manner = tuple[str, bool]
Three = tuple[np.ndarray, np.ndarray, np.ndarray]
# ids, offsets, starts, ends, vocabulary
Integers = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, pd.Index]


def numbers_from(first: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The numbers from each `first` on, so many of each, one behind the other.

    Examples
    --------
    >>> numbers_from(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    before = offsets_of(sizes)
    return np.repeat(first - before[:-1], sizes) + np.arange(before[-1])


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
    types, (begin, end, code), (first, number, single) = _held(words, names, used, pieces)
    numbers = np.empty(len(ids), dtype=np.int32)
    for n, stretch in stretches:
        numbers[stretch] = single[n][ids[stretch]]
    index = pd.Index(types, name="token", dtype="str")
    # Most matches only get their number; the others are taken out, and their tokens put in.
    where = np.flatnonzero(numbers < 0)
    if not len(where):
        return numbers, offsets, starts, ends, index
    match = manner[np.searchsorted(offsets, where, side="right") - 1], ids[where]
    sizes = number[match]
    # The place among those held of each token: that of the first of its match, and on from there.
    piece = numbers_from(first[match], sizes)
    base, place = np.repeat(starts[where], sizes), np.repeat(where - np.arange(len(where)), sizes)
    new = (numbers, code[piece]), (starts, base + begin[piece]), (ends, base + end[piece])
    numbers, starts, ends = (np.insert(np.delete(old, where), place, more) for old, more in new)
    return numbers, offsets + offsets_of(sizes - 1)[np.searchsorted(where, offsets)], starts, ends, index


def _held(
    words: list[str], names: list[Manner], used: np.ndarray, pieces: Callable[..., Sequence[Piece]]
) -> tuple[list[str], Three, Three]:
    """The tokens of the matches that are used in each manner.

    Returns
    -------
    tuple
        The types, sorted; where each token lies in its match (two arrays), and the number of its type; by manner and match, its first token, how many it
        has, and the number of its type where it is one token as a whole, otherwise -1.
    """
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
    return types, (begin, end, codes), (first, number, np.where(whole, codes[first], -1).astype(np.int32))
