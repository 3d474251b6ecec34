"""From matches of the expression, each distinct one looked at once, to the tokens that are counted."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from corpus_lib.corpus.spans import offsets_of

# Where a token lies within a match, and the type that it counts under.
Piece = tuple[int, int, str]
# How the matches of a unit are cut and folded: its language, and whether blanks part the words of a script that has none.
Manner = tuple[str, bool]
# ids, offsets, starts, ends, vocabulary
Integers = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, pd.Index]


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
    ids, offsets, starts, _, vocabulary = written
    names = list(dict.fromkeys(manners))
    manner_of = np.repeat(np.array([names.index(manner) for manner in manners], dtype=np.int64), np.diff(offsets))
    first, number = (np.zeros((max(len(names), 1), len(vocabulary)), dtype=np.int64) for _ in range(2))
    held: list[Piece] = []
    for n, (language, whole) in enumerate(names):
        own = ids if len(names) == 1 else ids[manner_of == n]
        for match in np.flatnonzero(np.bincount(own, minlength=len(vocabulary))):
            found = pieces(str(vocabulary[match]), language, whole=whole)
            first[n, match], number[n, match] = len(held), len(found)
            held += found
    types, code = np.unique(np.array([word for *_, word in held], dtype=object), return_inverse=True)
    begin, end = (np.array([piece[k] for piece in held], dtype=np.int32) for k in (0, 1))
    many = number[manner_of, ids]
    before = offsets_of(many)
    # The place in `held` of each token: that of the first of its match, and on from there.
    piece = np.arange(before[-1]) + np.repeat(first[manner_of, ids] - before[:-1], many)
    base = np.repeat(starts, many)
    index = pd.Index(types, name="token", dtype="str")
    return code.astype(np.int32)[piece], before[offsets], base + begin[piece], base + end[piece], index
