"""Sums and neighbours along the lines of a page, each in time linear in the number of lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Columns = dict[str, Array]


def around(values: Array, first: int, last: int) -> Array:
    """Return for each line i the sum of `values` over lines i + first … i + last, as far as the page reaches.

    Examples
    --------
    >>> around(np.array([1.0, 2.0, 4.0]), -1, 1)
    array([3., 7., 6.])
    """
    return running(values, max(-first, last)).around(first, last)


@dataclass(frozen=True, eq=False)
class Running:
    """Running sums along the lines, continued flat at both ends, so that the sums over any window are the difference of two slices.

    Attributes
    ----------
    total
        At `reach` + k the sum of the first k lines.
    n_lines, reach
        Lines, and how far a window may reach from its own line.
    """

    total: Array
    n_lines: int
    reach: int

    def around(self, first: int, last: int) -> Array:
        """Return for each line i the sum over lines i + first … i + last."""
        low, high = self.reach + first, self.reach + last + 1
        window: Array = self.total[high : high + self.n_lines] - self.total[low : low + self.n_lines]
        return window


def running(values: Array, reach: int) -> Running:
    """Return the running sums of `values` for windows of at most `reach` lines to each side."""
    n = len(values)
    total = np.zeros((n + 1 + 2 * reach, *values.shape[1:]))
    values.cumsum(axis=0, out=total[reach + 1 : reach + 1 + n])
    total[reach + 1 + n :] = total[reach + n]
    return Running(total, n, reach)


def shifted(values: Array, by: int, fill: float = 0.0) -> Array:
    """Return for each line i the value of line i + by, `fill` outside the page.

    Examples
    --------
    >>> shifted(np.array([1.0, 2.0, 4.0]), 1)
    array([2., 4., 0.])
    """
    out = np.full(values.shape, fill)
    n = len(values)
    if abs(by) < n:
        out[max(0, -by) : n - max(0, by)] = values[max(0, by) : n + min(0, by)]
    return out


def distinct(values: Array) -> Array:
    """Return the distinct integers of an array, in order.

    Examples
    --------
    >>> distinct(np.array([3, 1, 3]))
    array([1, 3])
    """
    # np.unique hashes integers, which on the few thousand of a page takes ten times as long as sorting them.
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    found: Array = ordered[first]
    return found


def since_last(hit: Array, cap: float) -> Array:
    """Return for each line the number of lines since the last hit above it, at most `cap` (also when there is none).

    Examples
    --------
    >>> since_last(np.array([False, True, False, False]), 9)
    array([9., 9., 1., 2.])
    """
    index = np.arange(len(hit))
    last = np.maximum.accumulate(np.where(hit, index, -(10**9)))
    before = np.concatenate([[-(10**9)], last[:-1]]) if len(hit) else last
    since: Array = np.minimum(index - before, cap).astype(float)
    return since


def weighted_mean(values: Array, weights: Array, first: int, last: int, fallback: float) -> Array:
    """Return the weighted mean of `values` over a window, `fallback` where the window is empty."""
    return weighted_means(values, weights, ((first, last),), fallback)[0]


def weighted_means(values: Array, weights: Array, windows: Sequence[tuple[int, int]], fallback: float) -> list[Array]:
    """Return the weighted mean of `values` over each of several windows, `fallback` where a window is empty."""
    reach = max(max(-first, last) for first, last in windows)
    totals, sums = running(weights, reach), running(values * weights, reach)
    means = []
    for window in windows:
        total = totals.around(*window)
        means.append(np.where(total > 1e-9, sums.around(*window) / np.maximum(total, 1e-9), fallback))
    return means


def best_stretch(score: Array) -> tuple[int, int]:
    """Return (first, last + 1) of the stretch of lines with the greatest sum of scores (Kadane's problem).

    Examples
    --------
    >>> best_stretch(np.array([-1.0, 3.0, -1.0, 2.0, -5.0]))
    (1, 4)
    """
    total = np.concatenate([[0.0], np.cumsum(score)])
    lowest = np.minimum.accumulate(total)
    end = int(np.argmax(total - lowest))
    return int(np.argmin(total[: end + 1])), end
