"""Fisher's exact test against whole numbers, which know no rounding, and against scipy where whole numbers grow too large."""

from decimal import Decimal, getcontext
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_lib.measures.fisher import distinct_rows, fisher_p

getcontext().prec = 40
SMALL = list(product(range(6), repeat=4))
# Of a size at which the exact sums are still quick: one-sided, balanced, rare, certain, and far out in either tail.
LARGE = [
    (5, 400, 900, 2000), (400, 400, 900, 2000), (0, 400, 900, 2000), (180, 400, 900, 2000), (181, 400, 900, 2000), (179, 400, 900, 2000),
    (210, 400, 900, 2000), (150, 400, 900, 2000), (1, 3, 1500, 3000), (700, 1000, 1000, 2000), (300, 1000, 1000, 2000), (500, 1000, 1000, 2000),
    (900, 1000, 1800, 2000), (2, 17, 33, 1000), (1000, 1500, 1600, 2100), (17, 40, 1000, 2500),
]  # fmt: skip


def exact_p(x, r1, c1, n):
    """The sum over all tables no more probable than the observed one, in whole numbers until the last quotient."""
    ways = {k: comb(r1, k) * comb(n - r1, c1 - k) for k in range(max(0, r1 + c1 - n), min(r1, c1) + 1)}
    limit = ways[x] * (10**7 + 1)
    return float(Decimal(sum(w for w in ways.values() if w * 10**7 <= limit)) / Decimal(comb(n, c1)))


def test_every_small_table_has_the_p_of_whole_numbers():
    a, b, c, d = np.array(SMALL).T
    with np.errstate(divide="raise", invalid="raise"):
        found = fisher_p(a, a + b, a + c, a + b + c + d)
    expected = [exact_p(w, w + x, w + y, w + x + y + z) for w, x, y, z in SMALL]
    assert found.tolist() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("table", LARGE)
def test_larger_tables_have_the_p_of_whole_numbers(table):
    assert fisher_p(*table) == pytest.approx(exact_p(*table), rel=1e-11, abs=0)


def test_fisher_is_exact_where_counts_are_those_of_a_corpus():
    from scipy.stats import fisher_exact

    for a, n1, b, n2 in [
        (620, 1017879, 267, 1007532),
        (5000, 100000, 4900, 100000),
        (0, 50, 3, 10**7),
        (40, 40, 1, 60),
    ]:
        expected = fisher_exact([[a, n1 - a], [b, n2 - b]])[1]
        assert fisher_p(a, n1, a + b, n1 + n2) == pytest.approx(expected, rel=1e-8)


def test_fisher_of_an_empty_or_broken_table():
    assert fisher_p(0, 0, 0, 0) == 1
    assert np.isnan(fisher_p(0.5, 2, 2, 4))


def test_tables_keep_their_shape_and_the_broken_ones_alone_are_missing():
    found = fisher_p([[3, 0.5], [3, 4]], 10, [[10], [10]], 19)
    assert found.shape == (2, 2) and found.dtype == np.float64
    assert found[0, 0] == found[1, 0] == pytest.approx(exact_p(3, 10, 10, 19), rel=1e-12)
    assert found[1, 1] == pytest.approx(exact_p(4, 10, 10, 19), rel=1e-12) and np.isnan(found[0, 1])
    assert fisher_p([], [], [], []).shape == (0,)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_distinct_rows_rebuild_the_rows(pairs):
    columns = np.array(pairs, dtype=float).T
    first, which = distinct_rows(*columns)
    assert len(first) == len(set(pairs))
    assert np.array_equal(columns[:, first][:, which], columns)
    assert first.tolist() == [pairs.index(pairs[i]) for i in first]
