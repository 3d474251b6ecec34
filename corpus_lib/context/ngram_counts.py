"""Counts of all n-grams of a large corpus, by compiled loops in threads; `corpus_lib.context.concordance` has them for small ones."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_lib.measures.association import divide
from corpus_lib.tokens.fast.kernel import n_processors

Ints = NDArray[np.int64]
# Tokens that are looked at together: eight bytes each for every thread, and one more pass over the corpus for every further block.
BLOCK_TOKENS = 24_000_000


@dataclass(frozen=True)
class Grams:
    """N-grams in the order of their words, one row each.

    Attributes
    ----------
    words
        int64 of shape (n_grams, n): types of the vocabulary.
    frequency, document_range
        Occurrences, and documents that hold it.
    dp_norm
        DPnorm over the units, sizes in n-grams.
    prefix
        Occurrences of all n-grams with the same beginning.
    """

    words: Ints
    frequency: Ints
    document_range: Ints
    dp_norm: NDArray[np.float64]
    prefix: Ints


@dataclass(frozen=True)
class _Round:
    """One more word: the code of what begins at each token and how often each code occurs, tokens, stretches with their units, documents and shares
    of the units, and what is frequent. `new_code` takes the codes of the longer n-grams, unless there is no further round.
    """

    code: np.ndarray
    sizes: Ints
    new_code: np.ndarray
    ids: np.ndarray
    bounds: Ints
    unit_of: np.ndarray
    document: np.ndarray
    share: NDArray[np.float64]
    least: int
    n_types: int
    length: int


def count_grams(
    ids: np.ndarray, frequency: Ints, bounds: Ints, unit_of: np.ndarray, document: np.ndarray, sizes: Ints, n: int, least: int
) -> Grams:  # fmt: skip
    """All n-grams of two words or more with at least this frequency.

    Parameters
    ----------
    ids, frequency
        Types of the tokens, and how often each occurs.
    bounds, unit_of
        Where the stretches that no n-gram leaves begin and end, and the unit of each.
    document, sizes
        Of each unit: its document (units of a document stand side by side), and the number of its n-grams.
    n, least
        Words of an n-gram, and fewest occurrences. One that is frequent has a frequent beginning, so each round looks at what the last one left.
    """
    share = sizes / max(int(sizes.sum()), 1)
    smallest = float(share[sizes > 0].min(initial=1.0))
    code, sizes, words = ids, frequency, np.arange(len(frequency), dtype=np.int64)[:, None]
    for length in range(2, n + 1):
        new_code = np.full(len(ids) if length < n else 0, -1, dtype=np.int32)
        todo = _Round(code, sizes, new_code, ids, bounds, unit_of, document, share, least, len(frequency), length)
        cuts = _cuts(sizes)
        with ThreadPoolExecutor(n_processors()) as pool:
            done = list(pool.map(partial(_count_block, todo), cuts[:-1], cuts[1:]))
        rows = [np.concatenate(column) for column in zip(*done, strict=True)]
        if length < n:
            _number_through(todo, cuts, [len(d[0]) for d in done])
        code, sizes = new_code, rows[2]
        words = np.column_stack([words[rows[0]], rows[1]])
    frequency, ranges, surplus, prefix = rows[2:]
    return Grams(words, frequency, ranges, divide(surplus, 1 - smallest), prefix)


def _cuts(sizes: Ints) -> list[int]:
    """Where to cut the codes into blocks of about the same number of occurrences."""
    total = np.cumsum(sizes)
    end = int(total[-1]) if len(total) else 0
    n = max(n_processors(), -(-end // BLOCK_TOKENS))
    inner = np.searchsorted(total, end * np.arange(1, n) / n)
    return [0, *np.minimum(inner, len(sizes)).tolist(), len(sizes)]


def _count_block(todo: _Round, low: int, high: int) -> Any:
    """Rows of the n-grams whose beginning has a code from `low` to `high`: code of the beginning, last word, and what `Grams` says of them."""
    from corpus_lib.tokens.fast import count_loops

    edges = np.concatenate([[0], np.cumsum(todo.sizes[low:high])]).astype(np.int64)
    cursor = edges.copy()
    room = int(edges[-1]) + 1
    last_word, unit = (np.empty(room, dtype=np.int32) for _ in range(2))
    position = np.empty(room if len(todo.new_code) else 0, dtype=np.int64)
    count_loops.group(
        todo.code, todo.ids, todo.bounds, todo.unit_of, todo.length, low, high, cursor, last_word, unit, position
    )
    most = int(np.minimum((cursor[:-1] - edges[:-1]) // todo.least, todo.n_types).sum())
    parent, word, frequency, ranges = (np.empty(most, dtype=np.int64) for _ in range(4))
    surplus = np.empty(most, dtype=np.float64)
    n = count_loops.count(
        edges[:-1], cursor[:-1], last_word, unit, position, todo.document, todo.share, todo.least, todo.n_types, low, parent, word, frequency,
        ranges, surplus, todo.new_code,
    )  # fmt: skip
    prefix = (cursor - edges)[:-1][parent[:n] - low]
    return parent[:n], word[:n], frequency[:n], ranges[:n], surplus[:n], prefix


def _number_through(todo: _Round, cuts: list[int], n_rows: list[int]) -> None:
    """Number the rows of all blocks through."""
    from corpus_lib.tokens.fast import count_loops

    before = np.concatenate([[0], np.cumsum(n_rows)]).tolist()
    for low, high, first in zip(cuts[:-1], cuts[1:], before, strict=False):
        count_loops.shift(todo.code, low, high, todo.new_code, first)
