"""Prevalence by group: means by plain pandas, the interval by its formula, coverage by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from planted import TRUTH, lists_of, planted, planted_number, two_groups
from scipy import stats
from scipy.optimize import minimize

from corpus_lib import Tokens, fit_topics
from corpus_lib.errors import InvalidValue, NotFound
from corpus_lib.topics.fitted import _half_width, word_shares


@pytest.fixture(scope="module")
def model():
    tokens, _ = planted(np.random.default_rng(3), 3, 90)
    dates = [f"20{20 + i % 3}-0{1 + i % 9}" for i in range(90)]
    units = pd.DataFrame(
        {"doc_id": [f"d{i:02d}" for i in range(90)], "side": ["left", "right", "none"] * 30, "date": dates}
    )
    units.loc[:4, "side"] = None
    return fit_topics(Tokens.from_lists(lists_of(tokens), units=units), 3)


def test_means_are_those_of_plain_pandas(model):
    expected = model.theta.groupby(model.units["side"].to_numpy()).mean()
    found = model.prevalence("side")
    np.testing.assert_allclose(found["mean"].to_numpy(), expected.to_numpy().ravel())
    assert model.prevalence("side").groupby("group")["n_units"].first().sum() == 85
    assert "5 of 90 units have no value" in model.prevalence("side").attrs["notes"][0]


def test_the_interval_is_the_delete_d_jackknife_of_the_refits_widened_by_the_bias(model):
    row = model.prevalence("side").iloc[4]
    mask = (model.units["side"] == row["group"]).to_numpy()
    refits = [np.nanmean(theta[mask, row["topic"] - 1]) for theta in model.resamples.theta.astype(float)]
    spread = np.sqrt(0.8 / 0.2 * np.mean((np.array(refits) - row["mean"]) ** 2))
    spread *= stats.t.ppf(0.95, 19) / stats.norm.ppf(0.95)
    bias = abs(np.nanmean(word_shares(model)[mask, row["topic"] - 1]) - row["mean"])
    half = spread * stats.foldnorm.ppf(0.9, bias / spread)
    assert bias > 0
    assert (row["low"], row["high"]) == pytest.approx((max(row["mean"] - half, 0), min(row["mean"] + half, 1)))


@pytest.mark.parametrize("bias", [0.0, 0.5, 3.0, 5.99, 6.0, 40.0])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_the_half_width_holds_a_value_that_is_off_by_the_bias_as_often_as_it_says(bias, level):
    half = float(_half_width(np.array([0.02]), np.array([0.02 * bias]), level)[0]) / 0.02
    assert stats.norm.cdf(half - bias) - stats.norm.cdf(-half - bias) == pytest.approx(level, abs=1e-9)


def test_without_spread_the_half_width_is_the_bias_and_without_both_it_is_nothing():
    assert _half_width(np.array([0.0, 0.0]), np.array([0.1, 0.0]), 0.9).tolist() == [0.1, 0.0]


def test_word_shares_are_the_most_likely_ones(model):
    topics = model.components / model.weighting.idf
    topics /= topics.sum(axis=1, keepdims=True)
    shares = word_shares(model)
    assert np.allclose(shares[model.placed].sum(axis=1), 1)
    for row in (0, 7, 40):
        counts = model.counts[[row]].toarray().ravel()

        def surprise(logits, counts=counts):
            theta = np.exp(logits - logits.max())
            return -counts @ np.log(theta / theta.sum() @ topics + 1e-300)

        best = min(minimize(surprise, start, method="Nelder-Mead").fun for start in 4 * np.eye(3))
        known = model.theta.iloc[row].to_numpy()
        found = -counts @ np.log(shares[row] @ topics + 1e-300)
        # Shares of nothing stay nothing, so the climb may end on an edge; it never ends lower than theta.
        assert found <= -counts @ np.log(known @ topics + 1e-300) + 1e-9
        if (known > 0).all():
            assert found == pytest.approx(best, rel=2e-3)


def test_a_higher_level_gives_a_wider_interval_that_holds_the_mean(model):
    wide, narrow = model.prevalence("side", interval=0.99), model.prevalence("side", interval=0.5)
    assert (wide["low"] <= narrow["low"]).all() and (wide["high"] >= narrow["high"]).all()
    assert ((narrow["low"] <= narrow["mean"]) & (narrow["mean"] <= narrow["high"])).all()


def test_groups_of_one_document_are_named(model):
    notes = model.prevalence(["x"] + ["y"] * 89).attrs["notes"]
    assert notes[-1] == "1 of 2 groups are one document each (x): their intervals say nothing about other documents."


def test_values_can_be_handed_in_instead_of_a_column(model):
    by_hand = model.prevalence(["x"] * 45 + ["y"] * 45)
    assert by_hand["group"].drop_duplicates().tolist() == ["x", "y"] and (by_hand["n_units"] == 45).all()


def test_values_of_another_number_than_the_units_are_refused(model):
    with pytest.raises(InvalidValue, match="hold one value per unit; found 2 values for 90 units"):
        model.prevalence(["x", "y"])


def test_a_difference_is_the_first_mean_minus_the_second(model):
    means = model.prevalence("side").set_index(["group", "topic"])["mean"]
    table = model.difference("side", "left", "right")
    expected = [means["left", k] - means["right", k] for k in model.topics]
    np.testing.assert_allclose(table["difference"], expected)
    turned = model.difference("side", "right", "left")
    np.testing.assert_allclose(turned["low"], -table["high"])


def test_without_resamples_there_is_a_mean_and_no_interval():
    model = fit_topics(planted(np.random.default_rng(3), 3, 40)[0], 3, resamples=0)
    table = model.prevalence([1] * 20 + [2] * 20)
    assert table["mean"].notna().all() and table[["low", "high"]].isna().all().all()
    assert table.attrs["notes"] == ["No intervals: the model was fitted without resamples."]


@pytest.mark.slow
def test_coverage_of_the_ninety_percent_interval_at_small_size():
    # 12 small corpora of 8 intervals each, and 6 in which the shared error is larger than the spread of the refits. The full
    # simulation is benchmarks/topics_planted.py.
    for n_units, concentration, corpora in [(60, 0.8, 12), (200, 3.2, 6)]:
        hits = []
        for seed in range(corpora):
            tokens, _, groups = two_groups(np.random.default_rng(seed), n_units, concentration=concentration)
            model = fit_topics(tokens, 4, resamples=10)
            number = planted_number(model)
            for row in model.prevalence(groups).itertuples():
                hits.append(row.low <= TRUTH[row.group][number[row.topic - 1]] <= row.high)
        assert 0.83 <= np.mean(hits) <= 0.98, n_units


def test_errors_name_the_columns_and_the_groups(model):
    with pytest.raises(NotFound, match=r"`by` must be a column of `units` \('doc_id'.*'side'.*\); found 'party'"):
        model.prevalence("party")
    with pytest.raises(InvalidValue, match="found 2 values for 90 units"):
        model.prevalence(["a", "b"])
    with pytest.raises(NotFound, match=r"found 'centre'\. Groups present: 'left', 'none', 'right'"):
        model.difference("side", "left", "centre")
    with pytest.raises(InvalidValue, match="`interval` must lie between 0 and 1; found 90"):
        model.prevalence("side", interval=90)
    with pytest.raises(InvalidValue, match="all 90 values are missing"):
        model.prevalence([None] * 90)
