"""Lexical description against the definitions, one word at a time."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_lib import Tokens, lexical
from corpus_lib.errors import InvalidValue

WORDS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=40)


@settings(deadline=None)
@given(WORDS, st.integers(1, 12))
def test_mattr_is_the_mean_over_all_windows(words, window):
    found = lexical.mattr(words, window)
    ratios = [len(set(words[i : i + window])) / window for i in range(len(words) - window + 1)]
    assert found == pytest.approx(np.mean(ratios) if ratios else np.nan, nan_ok=True)


@settings(deadline=None)
@given(WORDS, st.integers(1, 12))
def test_sttr_is_the_mean_over_stretches_side_by_side(words, segment):
    ratios = [len(set(words[i : i + segment])) / segment for i in range(0, len(words) - segment + 1, segment)]
    assert lexical.segment_ratios(words, segment).tolist() == pytest.approx(ratios)
    assert lexical.sttr(words, segment) == pytest.approx(np.mean(ratios) if ratios else np.nan, nan_ok=True)


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcd"), min_size=2, max_size=9), st.data())
def test_expected_types_is_the_mean_over_all_samples(words, data):
    n = data.draw(st.integers(1, len(words)))
    counts = [words.count(w) for w in set(words)]
    expected = np.mean([len({words[i] for i in chosen}) for chosen in combinations(range(len(words)), n)])
    assert float(lexical.expected_types(counts, n)) == pytest.approx(expected)


def test_hdd_is_the_sum_of_chances_to_be_drawn():
    from scipy.stats import hypergeom

    words = ["a"] * 30 + ["b"] * 20 + [f"w{i}" for i in range(50)]
    chances = [1 - hypergeom.pmf(0, 100, words.count(w), 42) for w in set(words)]
    assert lexical.hdd(words) == pytest.approx(sum(chances) / 42)
    assert np.isnan(lexical.hdd(["a"] * 41))


@settings(deadline=None)
@given(WORDS)
def test_yule_s_k_is_the_chance_that_two_words_are_the_same(words):
    n = len(words)
    same = sum(words.count(w) ** 2 for w in set(words)) - n
    assert lexical.yule_k(words) == pytest.approx(1e4 * same / n**2)


def test_mtld_counts_factors_both_ways():
    # a b | a: forwards the ratio falls to 2/3 at the third word, a factor; what is left, b c, has not moved at all.
    words = ["a", "b", "a", "b", "c"]
    # Backwards c b a b | a: 3/4 is above 0.72, then 3/5 closes the only factor with the last word.
    assert lexical.mtld(words) == pytest.approx((5 / 1 + 5 / 1) / 2)
    assert lexical.mtld(["a", "b", "a"]) == 3  # 2/3 is below 0.72: a whole factor both ways
    assert lexical.mtld(["a", "b", "c"]) == np.inf
    assert np.isnan(lexical.mtld([]))


def test_mtld_gives_the_last_stretch_its_share():
    # Forwards: a a closes a factor at once (1/2); a b c d a is at 4/5, a share (1 - 0.8) / 0.28 of a factor.
    one_way = 7 / (1 + 0.2 / 0.28)
    assert lexical._mtld_one_way([0, 0, 0, 1, 2, 3, 0], 0.72) == pytest.approx(one_way)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abc"), max_size=20), min_size=1, max_size=4))
def test_the_description_of_a_document_is_that_of_its_words(lists):
    table = lexical.describe(Tokens.from_lists(lists), window=5)
    assert table.index.tolist() == [str(i) for i in range(len(lists))]
    for words, (_, row) in zip(lists, table.iterrows(), strict=True):
        assert row["n_tokens"] == len(words) and row["n_types"] == len(set(words))
        assert row["ttr"] == pytest.approx(lexical.ttr(words), nan_ok=True)
        assert row["mattr"] == pytest.approx(lexical.mattr(words, 5), nan_ok=True)
        assert row["n_hapaxes"] == sum(words.count(w) == 1 for w in set(words))


def test_intervals_need_two_stretches_and_hold_the_mean():
    rng = np.random.default_rng(0)
    lists = [[f"w{i}" for i in rng.zipf(1.3, n)] for n in (150, 900)]
    table = lexical.describe(Tokens.from_lists(lists), window=100)
    assert np.isnan(table.loc["0", "sttr_low"])
    assert table.loc["1", "sttr_low"] < table.loc["1", "sttr"] < table.loc["1", "sttr_high"]


def test_word_and_sentence_length_are_means(tmp_path):
    from corpus_lib import load_corpus, tokenize

    (tmp_path / "a.txt").write_text("One two three. Four five.", encoding="utf-8")
    row = lexical.describe(tokenize(load_corpus(tmp_path))).iloc[0]
    assert row["n_sentences"] == 2 and row["mean_sentence_length"] == 2.5
    assert row["mean_word_length"] == pytest.approx((3 + 3 + 5 + 4 + 4) / 5)


def test_units_of_one_document_are_taken_together():
    tokens = Tokens.from_lists([["a", "b"], ["a"], ["c"]])
    units = tokens.units.assign(doc_id=["x", "x", "y"])
    tokens = Tokens(tokens.ids, tokens.offsets, tokens.starts, tokens.ends, tokens.vocabulary, units, tokens.source)
    assert [
        len(lexical.describe(Tokens.from_lists([["a", "b"], ["a"], ["c"]]), by=by))
        for by in ("document", "unit", "corpus")
    ] == [3, 3, 1]
    assert lexical.growth(tokens).groupby("doc_id")["n_types"].max().to_dict() == {"x": 2, "y": 1}


@settings(max_examples=30, deadline=None)
@given(WORDS)
def test_the_curve_ends_with_all_types_and_the_expected_one_with_it(words):
    curve = lexical.growth(Tokens.from_lists([words]), points=len(words))
    assert curve["n_tokens"].tolist() == list(range(1, len(words) + 1))
    assert curve["n_types"].tolist() == [len(set(words[:n])) for n in range(1, len(words) + 1)]
    assert curve["n_types_expected"].iloc[-1] == pytest.approx(len(set(words)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda t: lexical.describe(t, by="line"),
            "`by` must be one of 'document', 'unit', 'corpus'; found 'line'. Choose one of these.",
        ),
        (
            lambda t: lexical.describe(t, window=0),
            "`window` must be a whole number of at least 1; found 0. Give 100 for short texts, 500 or 1000 for long ones.",
        ),
        (lambda t: lexical.growth(t, points=0), "`points` must be a whole number of at least 1; found 0. Give 100."),
    ],
)
def test_wrong_arguments_are_answered(call, message):
    with pytest.raises(InvalidValue) as caught:
        call(Tokens.from_lists([["a"]]))
    assert str(caught.value) == message
