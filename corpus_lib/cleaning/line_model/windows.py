"""Sums and neighbours along the lines of pages that stand one behind another, each in time linear in the number of lines.

Nothing reaches over the edge of a page, and no value depends on the other pages, to the last bit: sums are made in the order of a page's own
lines, from nought, so that a page reads the same alone and among others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Columns = dict[str, Array]
Sliced = TypeVar("Sliced", Array, list[str])


@dataclass(frozen=True, eq=False)
class Pages:
    """Where each page begins in lines that stand one behind another; the arrays of all methods have one value per line.

    Attributes
    ----------
    sizes
        Lines of each page.

    Examples
    --------
    >>> pages, values = Pages(np.array([3, 2])), np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    >>> pages.sum(values), pages.around(values, -1, 1)
    (array([ 7.,  7.,  7., 24., 24.]), array([ 3.,  7.,  6., 24., 24.]))
    >>> pages.shifted(values, 1), pages.since_last(values == 1, 9)
    (array([ 2.,  4.,  0., 16.,  0.]), array([9, 1, 2, 9, 9]))
    """

    sizes: Array

    @cached_property
    def page(self) -> Array:
        """Return the number of each line's page."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @cached_property
    def first(self) -> Array:
        """Return where each line's page begins."""
        return self.spread(np.cumsum(self.sizes) - self.sizes)

    @cached_property
    def index(self) -> Array:
        """Return the place of each line in its page, from 0."""
        return np.arange(len(self.page)) - self.first

    @cached_property
    def n_lines(self) -> Array:
        """Return the number of lines of each line's page."""
        return self.spread(self.sizes)

    @cached_property
    def upside_down(self) -> Pages:
        """Return the pages as they stand when all lines are reversed."""
        return Pages(self.sizes[::-1])

    def spread(self, of_page: Array) -> Array:
        """Return for each line what is given for its page."""
        spread: Array = of_page[self.page]
        return spread

    def split(self, values: Sliced) -> list[Sliced]:
        """Return the values of each page by themselves."""
        ends = np.cumsum(self.sizes).tolist()
        return [values[end - size : end] for end, size in zip(ends, self.sizes.tolist(), strict=True)]

    def sum(self, values: Array) -> Array:
        """Return the sum of `values` over each line's page."""
        return self.spread(np.bincount(self.page, weights=values, minlength=len(self.sizes)))

    def argmax(self, values: Array) -> Array:
        """Return where the greatest of `values` in each line's page stands first."""
        top = np.full(len(self.sizes), -np.inf)
        np.maximum.at(top, self.page, values)
        places = np.flatnonzero(values == top[self.page])[::-1]
        found = np.zeros(len(self.sizes), dtype=np.int64)
        # Of several the first is written last.
        found[self.page[places]] = places
        return self.spread(found)

    def running(self, values: Array, reach: int) -> Running:
        """Return the running sums of `values` (lines, or lines × columns) for windows of at most `reach` lines to each side."""
        height, width = int(self.sizes.max(initial=0)) + 1 + 2 * reach, len(self.sizes)
        total = np.zeros((height, width, *values.shape[1:]))
        total[self.index + reach + 1, self.page] = values
        np.cumsum(total, axis=0, out=total)
        return Running(total.reshape(height * width, *values.shape[1:]), self.index * width + self.page, width, reach)

    def cumsum(self, values: Array) -> Array:
        """Return for each line the sum of `values` from the first line of its page up to itself."""
        return self.running(values, 0).up_to(0)

    def around(self, values: Array, first: int, last: int) -> Array:
        """Return for each line i the sum of `values` over lines i + first … i + last, as far as the page reaches."""
        return self.running(values, max(-first, last)).around(first, last)

    def shifted(self, values: Array, by: int, fill: float = 0.0) -> Array:
        """Return for each line i the value of line i + by, `fill` outside the page."""
        out = np.full(values.shape, fill)
        there = np.flatnonzero((self.index + by >= 0) & (self.index + by < self.n_lines))
        out[there] = values[there + by]
        return out

    def last_hit(self, hit: Array) -> Array:
        """Return where the last hit above each line stands, -1 if there is none in its page."""
        last = np.maximum.accumulate(np.where(hit, np.arange(len(hit)), -1))
        above = np.concatenate([[-1], last[:-1]]) if len(hit) else last
        return np.where(above >= self.first, above, -1)

    def since_last(self, hit: Array, cap: float) -> Array:
        """Return for each line the number of lines since the last hit above it, at most `cap` (also when there is none)."""
        last = self.last_hit(hit)
        since: Array = np.where(last < 0, cap, np.minimum(np.arange(len(hit)) - last, cap))
        return since

    def weighted_means(
        self, values: Array, weights: Array, windows: Sequence[tuple[int, int]], fallback: float
    ) -> list[Array]:
        """Return the weighted mean of `values` over each of several windows, `fallback` where a window is empty."""
        reach = max(max(-first, last) for first, last in windows)
        totals, sums = self.running(weights, reach), self.running(values * weights, reach)
        means = []
        for window in windows:
            total = totals.around(*window)
            means.append(np.where(total > 1e-9, sums.around(*window) / np.maximum(total, 1e-9), fallback))
        return means


@dataclass(frozen=True, eq=False)
class Running:
    """Running sums along the lines of each page, continued flat at both ends, so that the sum over any window is a difference of two of them.

    Attributes
    ----------
    total
        The sums, page beside page: `width` further on the sum has one line more.
    at
        For each line the place of the sum of `reach` lines less than those above it.
    width, reach
        Number of pages, and how far a window may reach from its own line.
    """

    total: Array
    at: Array
    width: int
    reach: int

    def around(self, first: int, last: int) -> Array:
        """Return for each line i the sum over lines i + first … i + last."""
        return self.up_to(last) - self.up_to(first - 1)

    def up_to(self, last: int) -> Array:
        """Return for each line i the sum over all lines of its page up to i + last."""
        return self.total.take(self.at + (self.reach + last + 1) * self.width, axis=0)


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
