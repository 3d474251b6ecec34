"""Fisher's exact test for many 2x2 tables at once.

A vocabulary holds few distinct pairs of counts, so each distinct table is computed once. Probabilities are scipy's: nine digits of p are right in
a corpus of 10^6 words, six in one of 10^8.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# R's fisher.test counts a table as "no more probable" within this relative error.
RELATIVE_TOLERANCE = 1e-7


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
    """The tail from `x` outwards, and the other one from the first cell that is no more probable."""
    from scipy.stats import hypergeom

    low, high = np.maximum(0.0, r1 + c1 - n), np.minimum(r1, c1)
    mode = np.clip(np.floor((r1 + 1) * (c1 + 1) / (n + 2)), low, high)
    limit = _log_probability(x, r1, c1, n) + np.log1p(RELATIVE_TOLERANCE)
    upper = x >= mode
    start = _opposite(limit, mode, np.where(upper, low, high), r1, c1, n)
    first, last = np.where(upper, x, start), np.where(upper, start, x)
    both = hypergeom.sf(first - 1, n, r1, c1) + hypergeom.cdf(last, n, r1, c1)
    return np.where(n > 0, np.minimum(1.0, both), 1.0)


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


def _log_probability(x: Floats, r1: Floats, c1: Floats, n: Floats) -> Floats:
    """Log of the hypergeometric probability of `x`; a table of nothing is certain."""
    from scipy.stats import hypergeom

    return np.where(n > 0, hypergeom.logpmf(x, n, r1, c1), 0.0)
