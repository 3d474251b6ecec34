"""Association measures against published numbers, scipy, and what must hold for any table."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_rows import digits, rows

from corpus_lib.association import MEASURES, adjust_p, association, chi_squared_p
from corpus_lib.errors import InvalidType, InvalidValue
from corpus_lib.fisher import distinct_rows, fisher_p


@st.composite
def tables(draw, largest=2000):
    """Four cells of a table without an empty margin."""
    cells = [draw(st.integers(0, largest)) for _ in range(4)]
    a, b, c, d = cells
    if 0 in (a + b, c + d, a + c, b + d):
        a, b, c, d = (x + 1 for x in cells)
    return a, b, c, d


def of_cells(a, b, c, d, **options):
    return association(a, a + b, a + c, a + b + c + d, **options).iloc[0]


@pytest.mark.parametrize("row", rows("association"))
def test_published_numbers_come_out_to_the_digits_printed(row):
    given_ = row["input"]
    found = association(given_["o11"], given_["r1"], given_["c1"], given_.get("n", 10**8)).iloc[0]
    for name, value in row["expected"].items():
        result = found["mi"] * np.log10(2) if name == "mi_log10" else found[name]
        assert result == pytest.approx(value, abs=digits(value)), name


@pytest.mark.parametrize("row", rows("contingency"))
def test_a_table_of_r_comes_out(row):
    (a, b), (c, d) = row["input"]["table"]
    found = of_cells(a, b, c, d)
    for name in ("chi_squared", "chi_squared_yates", "log_likelihood", "fisher_p"):
        assert abs(found[name]) == pytest.approx(row["expected"][name], abs=digits(row["expected"][name])), name
    assert found["log_likelihood"] < 0  # fewer than expected
    assert found["odds_ratio"] == pytest.approx(0.122449, abs=5e-7)
    scipy_stats = pytest.importorskip("scipy.stats")
    conditional = scipy_stats.contingency.odds_ratio(row["input"]["table"]).statistic
    assert conditional == pytest.approx(row["expected"]["odds_ratio_conditional"], abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(tables())
def test_scipy_gives_the_same_g2_chi_squared_and_fisher(cells):
    from scipy.stats import chi2_contingency, fisher_exact

    a, b, c, d = cells
    found = of_cells(*cells)
    table = [[a, b], [c, d]]
    assert abs(found["log_likelihood"]) == pytest.approx(
        chi2_contingency(table, correction=False, lambda_="log-likelihood")[0], abs=1e-8
    )
    assert abs(found["chi_squared"]) == pytest.approx(chi2_contingency(table, correction=False)[0], rel=1e-9, abs=1e-9)
    assert abs(found["chi_squared_yates"]) == pytest.approx(
        chi2_contingency(table, correction=True)[0], rel=1e-9, abs=1e-9
    )
    assert found["fisher_p"] == pytest.approx(fisher_exact(table)[1], rel=1e-8)


def test_yates_never_goes_past_the_expectation():
    assert of_cells(10, 10, 10, 11)["chi_squared_yates"] == 0
    assert of_cells(10, 10, 10, 11)["chi_squared"] > 0


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


@settings(max_examples=60, deadline=None)
@given(tables())
def test_swapping_the_rows_negates_the_signed_measures(cells):
    a, b, c, d = cells
    one, other = of_cells(a, b, c, d), of_cells(c, d, a, b)
    for name in ("log_likelihood", "log_likelihood_rayson", "chi_squared", "chi_squared_yates", "log_ratio", "log_ratio_walter",
                 "log_ratio_conservative", "delta_p_12", "delta_p_21"):  # fmt: skip
        assert one[name] == pytest.approx(-other[name], rel=1e-9, abs=1e-9, nan_ok=True), name
    assert one["fisher_p"] == pytest.approx(other["fisher_p"], rel=1e-7)


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(2, 50))
def test_multiplying_all_counts_multiplies_g2_and_chi_squared(cells, m):
    one, many = of_cells(*cells), of_cells(*(m * x for x in cells))
    for name in ("log_likelihood", "log_likelihood_rayson", "chi_squared", "simple_ll"):
        assert many[name] == pytest.approx(m * one[name], rel=1e-8, abs=1e-8), name
    for name in ("mi", "log_dice", "odds_ratio", "min_sensitivity"):
        assert many[name] == pytest.approx(one[name], rel=1e-9, abs=1e-9, nan_ok=True), name


@settings(max_examples=60, deadline=None)
@given(tables())
def test_signs_agree_with_the_difference_of_the_rates(cells):
    a, b, c, d = cells
    direction = np.sign(a * (c + d) - c * (a + b))
    found = of_cells(*cells)
    for name in (
        "log_likelihood",
        "log_likelihood_rayson",
        "chi_squared",
        "z_score",
        "simple_ll",
        "delta_p_12",
        "delta_p_21",
    ):
        assert np.sign(found[name]) == direction, name
    assert np.sign(found["log_ratio_conservative"]) in (0, direction)


@settings(max_examples=60, deadline=None)
@given(tables(), st.sampled_from([0.8, 0.95, 0.999]))
def test_the_conservative_log_ratio_lies_between_zero_and_the_log_ratio(cells, confidence):
    a, _, c, _ = cells
    found = of_cells(*cells, confidence=confidence)
    if a and c:
        low, high = sorted([0.0, found["log_ratio"]])
        assert low - 1e-9 <= found["log_ratio_conservative"] <= high + 1e-9


def test_the_conservative_log_ratio_is_the_interval_of_scipy():
    from scipy.stats import binomtest

    for f1, f2, n1, n2, tests in [(620, 267, 1017879, 1007532, 1), (30, 10, 1000, 1200, 500)]:
        interval = binomtest(f1, f1 + f2).proportion_ci(1 - 0.05 / tests, method="exact")
        expected = max(np.log2(interval.low / (1 - interval.low) * n2 / n1), 0)
        assert association(f1, n1, f1 + f2, n1 + n2, n_tests=tests)["log_ratio_conservative"][0] == pytest.approx(
            expected, rel=1e-9
        )


def test_log_dice_is_14_for_inseparable_words_and_loses_one_with_each_halving():
    found = association([100, 50], [100, 100], [100, 100], 10**6, measures=["log_dice"])["log_dice"]
    assert found.tolist() == [14.0, 13.0]


def test_without_a_sample_size_the_measures_that_need_none_are_there():
    found = association(256, 3035, 1000).iloc[0]
    assert found["log_dice"] == pytest.approx(11.021647, abs=5e-7)
    assert found.dropna().index.tolist() == ["dice", "log_dice", "min_sensitivity"]


def test_npmi_runs_from_minus_one_over_zero_to_one():
    found = association([0, 10, 100], [100, 100, 100], [100, 100, 100], [1000, 1000, 1000], measures=["npmi"])["npmi"]
    assert found.tolist() == pytest.approx([-1.0, 0.0, 1.0])


def test_nought_by_nought_is_missing_and_a_number_by_nought_is_infinite():
    found = association([0, 5], [0, 5], [0, 5], [10, 10])
    assert found.loc[0, ["mi", "t_score", "dice", "odds_ratio", "log_ratio"]].isna().all()
    assert found.loc[1, "odds_ratio"] == np.inf


def test_a_tiny_p_does_not_underflow():
    assert 0 < chi_squared_p(1200.0) < 1e-260


def test_the_index_of_the_caller_is_kept():
    o11 = pd.Series([8, 3], index=["new companies", "old companies"])
    assert association(o11, 15828, 4675, 14307668).index.tolist() == ["new companies", "old companies"]


def test_an_unknown_measure_is_answered_with_all_names():
    with pytest.raises(InvalidValue) as caught:
        association(1, 2, 2, 4, measures=["mi", "g2"])
    listed = ", ".join(repr(name) for name in MEASURES)
    assert (
        str(caught.value)
        == f"`measures` must be 'standard', 'all' or names among {listed}; found 'g2'. Choose among these."
    )


def test_impossible_tables_are_named_all_at_once():
    with pytest.raises(InvalidValue) as caught:
        association([5, -1], [3, 3], [10, 1], 19)
    assert str(caught.value) == (
        "The contingency tables: 2 problems\n"
        "- `o11` is negative in 1 of 2 rows, first in row 1 (o11 -1, r1 3, c1 1, n 19). Give counts of one sample.\n"
        "- `o11` is larger than `r1` in 1 of 2 rows, first in row 0 (o11 5, r1 3, c1 10, n 19). Give counts of one sample."
    )


@pytest.mark.parametrize("confidence", [0, 1, 1.5])
def test_a_confidence_outside_nought_and_one_is_refused(confidence):
    with pytest.raises(InvalidValue, match="`confidence` must lie between 0 and 1"):
        association(1, 2, 2, 4, confidence=confidence)


def by_definition(p, correction, m):
    """The corrections as they are defined, one p at a time."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    result = [0.0] * len(p)
    for i in range(len(p)):
        rank = order.index(i)
        if correction == "bonferroni":
            result[i] = min(1, p[i] * m)
        elif correction == "holm":
            result[i] = min(1, max((m - k) * p[order[k]] for k in range(rank + 1)))
        else:
            result[i] = min(1, min(p[order[k]] * m / (k + 1) for k in range(rank, len(p))))
    return result


@settings(deadline=None)
@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=12),
    st.sampled_from(["holm", "fdr_bh", "bonferroni"]),
    st.integers(0, 30),
)
def test_corrections_follow_their_definitions(p, correction, more):
    expected = by_definition(p, correction, len(p) + more)
    assert adjust_p(p, correction, len(p) + more).tolist() == pytest.approx(expected, abs=1e-12)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_benjamini_hochberg_agrees_with_scipy(p):
    from scipy.stats import false_discovery_control

    assert adjust_p(p, "fdr_bh").tolist() == pytest.approx(false_discovery_control(p).tolist(), abs=1e-12)


def test_missing_p_values_are_no_tests():
    assert adjust_p([0.01, np.nan, 0.02], "bonferroni").tolist() == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert adjust_p([0.01, 0.02], None).tolist() == [0.01, 0.02]


def test_a_wrong_family_size_is_refused():
    with pytest.raises(InvalidType, match=r"`n_tests` must be a whole number or None; found 2\.5"):
        adjust_p([0.1], "holm", 2.5)
    with pytest.raises(InvalidValue, match="`n_tests` must be at least 1; found -1"):
        adjust_p([0.1], "holm", -1)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_distinct_rows_rebuild_the_rows(pairs):
    columns = np.array(pairs, dtype=float).T
    first, which = distinct_rows(*columns)
    assert len(first) == len(set(pairs))
    assert np.array_equal(columns[:, first][:, which], columns)


def test_every_column_has_its_paragraph_in_the_documentation():
    from corpus_lib.dispersion import DISPERSION_MEASURES
    from corpus_lib.keyness import KEYNESS_MEASURES

    text = (Path(__file__).parent.parent / "docs" / "measures.md").read_text(encoding="utf-8")
    headings = {name.strip() for line in text.splitlines() if line.startswith("### ") for name in line[4:].split(",")}
    assert {*MEASURES, *KEYNESS_MEASURES, *DISPERSION_MEASURES, "arf"} <= headings
