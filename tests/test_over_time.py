"""Words and topics over time: periods by rule, gaps, counts, and intervals that hold what they promise."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from corpus_lib import Tokens, topics_over_time, words_over_time
from corpus_lib.errors import InvalidValue, NotFound
from corpus_lib.measures.over_time import period_of_dates


def dated(texts, dates, column="date_published"):
    names = [str(i) for i in range(len(texts))]
    return Tokens.from_lists([text.split() for text in texts]).with_metadata(pd.DataFrame({column: dates}, index=names))


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2023-01", "2024-12"], "month"),  # 24 months
        (["2023-01", "2025-01"], "quarter"),  # 25 months
        (["2019-01", "2024-12-31"], "quarter"),  # 24 quarters
        (["2018-12", "2024-12"], "year"),  # 25 quarters
        (["1946", "2022"], "year"),
        (["2024-01", "2024"], "year"),  # one date without a month
        (["2024-01-05T10:00", "no date", "", None], "month"),
        ([], "year"),
    ],
)
def test_the_period_follows_from_the_dates_alone(dates, expected):
    assert period_of_dates(dates) == expected


def test_rates_gaps_and_undated_documents():
    tokens = dated(["a b", "a a b b", "b b", "a"], ["2024-01-31", "2024-03", "2024-03-02", ""])
    frame = words_over_time(tokens, ["a", "unheard"])
    assert frame["period"].tolist() == ["2024-01", "2024-02", "2024-03"] * 2
    assert frame["n_documents"].tolist() == [1, 0, 2] * 2
    assert frame["n_tokens"].tolist() == [2, 0, 6] * 2
    assert frame["frequency"].tolist() == [1, 0, 2, 0, 0, 0]
    assert np.allclose(frame["per_million"], [5e5, np.nan, 1e6 / 3, 0, np.nan, 0], equal_nan=True)
    assert frame["low"].isna().tolist() == [False, True, False] * 2
    assert frame.attrs == {
        "period": "month",
        "date": "date_published",
        "notes": ["1 of 4 documents has no date that says the month; it is left out."],
    }


def test_paragraphs_count_as_their_documents():
    tokens = dated(["a b", "a a b b", "b b"], ["2023-01", "2024-01", "2024-02"])
    halves = Tokens.from_lists(
        [["a"], ["b"], ["a", "a"], ["b", "b"], ["b", "b"]],
        units=pd.DataFrame(
            {"doc_id": ["0", "0", "1", "1", "2"], "date_published": ["2023-01"] * 2 + ["2024-01"] * 2 + ["2024-02"]}
        ),
    )
    pd.testing.assert_frame_equal(words_over_time(halves, ["a"]), words_over_time(tokens, ["a"]))


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (["", "", ""], "None of the 3 documents has a date: there is nothing to draw over time."),
        (["2024", "", ""], "1 of 3 documents has a date, which makes no series: there is nothing to draw over time."),
        (
            ["2024-05", "2024-05-02", ""],
            "2 of 3 documents have a date, all 2 of the same month: there is nothing to draw over time.",
        ),
    ],
)
def test_too_few_dates_give_an_empty_table_that_says_why(dates, said):
    frame = words_over_time(dated(["a", "a", "b"], dates), ["a"])
    assert frame.empty and "per_million" in frame.columns
    assert frame.attrs["notes"] == [said]


def test_the_column_is_found_or_named():
    years = dated(["a", "b", "b"], [2020, 2021, 2021], "year")
    assert words_over_time(years, ["a"]).attrs["date"] == "year"
    sessions = years.with_metadata(pd.DataFrame({"held": ["1990", "1990-02", "1995"]}, index=["0", "1", "2"]))
    assert len(words_over_time(sessions, ["a"], date="held")) == 6
    months = words_over_time(sessions, ["a"], date="held", period="month")
    assert months.attrs["notes"][0].startswith("1 of 3 documents has a date, which makes no series")
    with pytest.raises(NotFound, match=r"`date` must be a column of `units` .*; found 'when'"):
        words_over_time(years, ["a"], date="when")
    with pytest.raises(InvalidValue, match="`period` must be one of 'month', 'quarter', 'year'; found 'week'"):
        words_over_time(years, ["a"], period="week")


def test_a_stamp_on_one_page_does_not_hide_the_years_of_all():
    years = pd.DataFrame(
        {"year": [2001, 2002, 2003], "date_published": [None, "2002-05-01", ""]}, index=["0", "1", "2"]
    )
    tokens = Tokens.from_lists([["war"], ["war"], ["peace"]]).with_metadata(years)
    series = words_over_time(tokens, ["war"])
    assert series.attrs["date"] == "year"
    assert len(series) == 3
    equal = tokens.with_metadata(years.assign(date_published=["2001-01", "2002-01", "2003-01"]))
    assert words_over_time(equal, ["war"]).attrs["date"] == "date_published"


def test_one_document_a_period_has_no_interval():
    frame = words_over_time(dated(["a b", "a a"], ["2020", "2021"]), ["a"])
    assert frame["per_million"].tolist() == [5e5, 1e6] and frame[["low", "high"]].isna().all(axis=None)


def test_evenly_spread_words_have_the_exact_interval_of_counts():
    """Where documents do not differ, the dispersion is 1, and Garwood's limits solve P(X >= f) = P(X <= f) = 5 %."""
    tokens = dated([" ".join(["a"] * 5 + ["b"] * 95)] * 4, ["2020", "2020", "2021", "2021"])
    row = words_over_time(tokens, ["a"]).iloc[0]
    low, high = row["low"] * row["n_tokens"] / 1e6, row["high"] * row["n_tokens"] / 1e6
    assert poisson.sf(row["frequency"] - 1, low) == pytest.approx(0.05)
    assert poisson.cdf(row["frequency"], high) == pytest.approx(0.05)


def test_words_that_cluster_in_documents_have_wider_intervals():
    even = dated(["a a b b"] * 4, ["2020", "2020", "2021", "2021"])
    lumped = dated(["a a a a", "b b b b"] * 2, ["2020", "2020", "2021", "2021"])
    width = [float((f["high"] - f["low"]).iloc[0]) for f in (words_over_time(t, ["a"]) for t in (even, lumped))]
    assert width[1] > 1.3 * width[0]


@pytest.mark.parametrize("shape", [1.0, 3.0])
def test_intervals_hold_the_true_rate_as_often_as_they_say(shape):
    """Rates of documents drawn from a gamma distribution, so that counts are negative binomial; nominal 90 %."""
    from corpus_lib.measures.over_time import _rates

    rng, held = np.random.default_rng(3), []
    codes = np.repeat(np.arange(8), 6)
    for _ in range(150):
        sizes = rng.integers(300, 2000, len(codes))
        counts = rng.poisson(1e-3 * rng.gamma(shape, 1 / shape, len(codes)) * sizes)
        frame = _rates(counts, sizes, codes, 8, 0.9)
        held += ((frame["low"] <= 1000) & (frame["high"] >= 1000)).tolist()
    assert 0.86 < np.mean(held) < 0.96


@given(st.lists(st.tuples(st.integers(2000, 2030), st.text("ab ", min_size=1, max_size=9)), min_size=2, max_size=9))
def test_every_period_has_a_row_and_no_occurrence_is_lost(documents):
    years, texts = zip(*documents, strict=True)
    frame = words_over_time(dated(list(texts), list(years), "year"), ["a"])
    if len(set(years)) < 2:
        assert frame.empty
        return
    assert frame["period"].tolist() == [str(y) for y in range(min(years), max(years) + 1)]
    assert frame["frequency"].sum() == sum(text.split().count("a") for text in texts)
    known = frame[frame["low"].notna()]
    assert (known["low"] <= known["per_million"]).all() and (known["per_million"] <= known["high"]).all()
    assert (frame["per_million"].isna() == (frame["n_tokens"] == 0)).all()


def test_shares_of_topics_are_those_of_prevalence_with_a_row_for_each_gap():
    from corpus_lib import fit_topics

    texts = ["war army gun war army gun"] * 4 + ["rain crop farm rain crop farm"] * 4
    tokens = dated(texts, [2019, 2019, 2019, 2021, 2021, 2021, 2021, 2019], "year")
    model = fit_topics(tokens, 2, resamples=4, stopwords=None)
    frame = topics_over_time(model)
    assert frame["period"].tolist() == ["2019", "2020", "2021"] * 2
    assert frame["n_documents"].tolist() == [4, 0, 4] * 2
    want = model.prevalence("year").set_index(["topic", "group"])["mean"]
    for row in frame[frame["n_documents"] > 0].itertuples():
        assert row.mean == pytest.approx(want[row.topic, int(row.period)])
    assert frame.loc[frame["n_documents"] == 0, ["mean", "low", "high"]].isna().all(axis=None)
    assert frame.attrs["notes"][0].startswith("Intervals from 4 refits")
    empty = topics_over_time(fit_topics(dated(texts, ["2020"] * 8, "date"), 2, resamples=0, stopwords=None))
    assert empty.empty and "all 8 of the same year" in empty.attrs["notes"][0]
