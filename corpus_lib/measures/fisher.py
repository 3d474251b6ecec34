"""Fisher's exact test for many 2x2 tables at once.

A vocabulary holds few distinct pairs of counts, so each distinct table is computed once. Point probabilities are scipy's: nine digits of p
are right in a corpus of 10^6 words, six in one of 10^8. Tails are summed outwards from the observed cell until terms no longer count, since
scipy's own tails take a hundred times as long.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# R's fisher.test counts a table as "no more probable" within this relative error.
RELATIVE_TOLERANCE = 1e-7
# Below this share of the sum so far a further term cannot change the last printed digit.
NEGLIGIBLE = 1e-17


def fisher_p(o11: Any, r1: Any, c1: Any, n: Any) -> Floats:
    """Two-sided p of Fisher's exact test, by R's rule: the tables no more probable than the one observed.

    Parameters
    ----------
    o11, r1, c1, n
        Observed cell, first row sum, first column sum and table total; numbers or arrays that broadcast together.

    Returns
    -------
    Array of float in [0, 1]; NaN where a total is not a whole number.

    References
    ----------
    .. [1] Fisher (1922), On the interpretation of chi-squared from contingency tables, JRSS 85, 87-94.

    Examples
    --------
    >>> float(fisher_p(3, 10, 10, 19).round(8))
    0.06977852
    """
    cells = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in (o11, r1, c1, n)))
    shape = cells[0].shape
    columns = np.stack([a.ravel() for a in cells])
    whole = np.all(columns == np.floor(columns), axis=0)
    p = np.full(columns.shape[1], np.nan)
    if whole.any():
        columns = columns[:, whole]
        first, inverse = distinct_rows(*columns)
        p[whole] = _two_sided(*columns[:, first])[inverse]
    return p.reshape(shape)


def distinct_rows(*columns: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each distinct row first stands, and which of them each row is; far faster than `np.unique(axis=0)`."""
    code = np.zeros(len(columns[0]), dtype=np.int64)
    first = code[:0]
    for column in columns:
        values, place = np.unique(column, return_inverse=True)
        # Both factors are at most the number of rows, so the product stays within 64 bits.
        _, first, code = np.unique(code * len(values) + place, return_index=True, return_inverse=True)
    return first, code


def _two_sided(x: Floats, r1: Floats, c1: Floats, n: Floats) -> Floats:
    low, high = np.maximum(0.0, r1 + c1 - n), np.minimum(r1, c1)
    mode = np.clip(np.floor((r1 + 1) * (c1 + 1) / (n + 2)), low, high)
    observed = _log_probability(x, r1, c1, n)
    step = np.where(x >= mode, 1.0, -1.0)
    near = np.exp(observed) * _tail_sum(x, step, r1, c1, n)
    end = np.where(step > 0, low, high)
    start = _opposite(observed + np.log1p(RELATIVE_TOLERANCE), mode, end, r1, c1, n)
    inside = (start >= low) & (start <= high)
    held = np.where(inside, start, end)
    far = np.exp(_log_probability(held, r1, c1, n)) * _tail_sum(held, -step, r1, c1, n)
    return np.asarray(np.minimum(1.0, near + np.where(inside, far, 0.0)), dtype=np.float64)


def _opposite(limit: Floats, mode: Floats, end: Floats, r1: Floats, c1: Floats, n: Floats) -> Floats:
    """First cell on the way from the mode to `end` whose log probability is at most `limit` (one past `end` if none)."""
    direction = np.where(end >= mode, 1.0, -1.0)
    # Where mode == end there may be no other side: direction then follows which end was asked for.
    direction = np.where(end == mode, np.where(end == np.minimum(r1, c1), 1.0, -1.0), direction)
    near, far = np.zeros_like(mode), np.abs(end - mode) + 1.0
    while np.any(near < far):
        middle = np.floor((near + far) / 2)
        cell = mode + direction * np.minimum(middle, np.abs(end - mode))
        rare = (middle > np.abs(end - mode)) | (_log_probability(cell, r1, c1, n) <= limit)
        active = near < far
        far = np.where(active & rare, middle, far)
        near = np.where(active & ~rare, middle + 1.0, near)
    return np.asarray(mode + direction * near, dtype=np.float64)


def _tail_sum(x: Floats, step: Floats, r1: Floats, c1: Floats, n: Floats) -> Floats:
    """Sum of probabilities from `x` outwards in the direction of `step`, in units of the probability of `x`."""
    total, term, cell = np.ones_like(x), np.ones_like(x), x.copy()
    todo = np.arange(len(x))
    r1, c1, n, step = r1.copy(), c1.copy(), n.copy(), step.copy()
    while len(todo):
        up = step > 0
        above, below = np.where(up, cell + 1, cell), np.where(up, cell, cell - 1)
        # Between the ends neither is nought, but the numerator on the way out of the last cell, which ends the sum.
        rising, falling = (r1 - below) * (c1 - below), above * (n - r1 - c1 + above)
        top, bottom = np.where(up, rising, falling), np.where(up, falling, rising)
        term = term * (top / bottom)
        total[todo] += term
        cell = cell + step
        on = term > NEGLIGIBLE * total[todo]
        todo, cell, term = todo[on], cell[on], term[on]
        r1, c1, n, step = r1[on], c1[on], n[on], step[on]
    return total


def _log_probability(x: Floats, r1: Floats, c1: Floats, n: Floats) -> Floats:
    """Log of the hypergeometric probability of `x`; a table of nothing is certain."""
    from scipy.stats import hypergeom

    return np.where(n > 0, hypergeom.logpmf(x, n, r1, c1), 0.0)
