"""Coherence: exact windows against brute force, and the published formulas by hand."""

from __future__ import annotations

import itertools
import math
import weakref

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_lib import Tokens, coherence, count_windows, diversity, exclusivity, fit_topics
from corpus_lib.errors import InvalidType, InvalidValue
from corpus_lib.topics.coherence import EPSILON

LISTS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=30), min_size=1, max_size=6)
WORDS = list("abcd")


def windows(lists, size):
    for row in lists:
        if size is None or len(row) <= size:
            yield set(row)
        else:
            for start in range(len(row) - size + 1):
                yield set(row[start : start + size])


def brute(lists, size, *words):
    every = list(windows(lists, size))
    return sum(set(words) <= window for window in every) / len(every)


def brute_npmi_of(lists, size, a, b):
    joint = brute(lists, size, a, b)
    return math.log((joint + EPSILON) / (brute(lists, size, a) * brute(lists, size, b))) / -math.log(joint + EPSILON)


def brute_npmi(lists, size, words):
    pairs = [brute_npmi_of(lists, size, a, b) for a, b in itertools.combinations(words, 2)]
    return sum(pairs) / len(pairs)


def brute_c_v(lists, size, words):
    vectors = [[brute_npmi_of(lists, size, a, b) for b in words] for a in words]
    whole = [sum(column) for column in zip(*vectors, strict=True)]

    def cosine(u, v):
        return sum(x * y for x, y in zip(u, v, strict=True)) / math.dist(u, [0] * len(u)) / math.dist(v, [0] * len(v))

    return sum(cosine(vector, whole) for vector in vectors) / len(words)


def brute_u_mass(lists, words):
    pairs = [(words[i], words[j]) for i in range(1, len(words)) for j in range(i)]
    return sum(math.log((brute(lists, None, a, b) + EPSILON) / brute(lists, None, b)) for a, b in pairs) / len(pairs)


@pytest.mark.slow
@given(LISTS, st.sampled_from([1, 2, 3, 5, 10, 110, None]))
@settings(max_examples=150, deadline=None)
def test_counts_equal_those_of_every_window_looked_at_in_turn(lists, size):
    counts = count_windows(Tokens.from_lists(lists), WORDS, window=size)
    every = list(windows(lists, size))
    assert counts.n_windows == len(every)
    for (i, a), (j, b) in itertools.product(enumerate(WORDS), repeat=2):
        assert counts.joint[i, j] == sum({a, b} <= window for window in every)


@given(st.integers(0, 10**6), st.sampled_from([2, 3, 10]))
@settings(max_examples=40, deadline=None)
def test_every_measure_equals_brute_force_to_twelve_digits(seed, size):
    rng = np.random.default_rng(seed)
    lists = [list(rng.choice(list("abcdefgh"), rng.integers(1, 25))) for _ in range(8)] + [list("abcd")]
    tokens = Tokens.from_lists([[str(w) for w in row] for row in lists])
    assert coherence([WORDS], tokens, window=size).iloc[0] == pytest.approx(brute_npmi(lists, size, WORDS), abs=1e-12)
    assert coherence([WORDS], tokens, measure="c_v", window=size).iloc[0] == pytest.approx(
        brute_c_v(lists, size, WORDS), abs=1e-12
    )
    assert coherence([WORDS], tokens, measure="u_mass").iloc[0] == pytest.approx(brute_u_mass(lists, WORDS), abs=1e-12)


def test_npmi_of_a_pair_counted_by_hand():
    # Windows of two in "a b a c": ab, ba, ac. p(a) = 1, p(b) = 2/3, p(a, b) = 2/3.
    tokens = Tokens.from_lists([list("abac")])
    expected = math.log((2 / 3 + EPSILON) / (2 / 3)) / -math.log(2 / 3 + EPSILON)
    assert coherence([["a", "b"]], tokens, window=2).iloc[0] == pytest.approx(expected, abs=1e-12)


def test_default_windows_are_ten_for_npmi_and_a_hundred_and_ten_for_c_v():
    tokens = Tokens.from_lists([["a"] + ["x"] * 8 + ["b"], ["a"] + ["x"] * 50 + ["b"]])
    assert coherence([["a", "b"]], tokens).iloc[0] == coherence([["a", "b"]], tokens, window=10).iloc[0]
    assert (
        coherence([["a", "b"]], tokens, measure="c_v").iloc[0]
        == coherence([["a", "b"]], tokens, measure="c_v", window=110).iloc[0]
    )


def test_the_order_of_the_words_changes_u_mass_only():
    tokens = Tokens.from_lists([list("aabbc"), list("abdd"), list("bcd"), list("ab")])
    forward, backward = [list("abc")], [list("cba")]
    assert coherence(forward, tokens).iloc[0] == pytest.approx(coherence(backward, tokens).iloc[0])
    assert coherence(forward, tokens, measure="u_mass").iloc[0] != pytest.approx(
        coherence(backward, tokens, measure="u_mass").iloc[0]
    )


def test_a_word_that_the_corpus_lacks_is_left_out_and_a_topic_of_such_words_is_nan():
    tokens = Tokens.from_lists([list("abc"), list("ab"), list("cd")])
    assert coherence([["a", "b", "zebra"]], tokens).iloc[0] == pytest.approx(coherence([["a", "b"]], tokens).iloc[0])
    for measure in ("npmi", "c_v", "u_mass"):
        assert np.isnan(coherence([["zebra", "yak"]], tokens, measure=measure).iloc[0])


def test_counted_windows_can_be_handed_in_and_must_fit():
    tokens = Tokens.from_lists([list("abcab"), list("bcd")])
    counts = count_windows(tokens, "abc", window=10)
    assert coherence([list("abc")], counts).equals(coherence([list("abc")], tokens))
    with pytest.raises(InvalidValue, match="counted in windows of 110; found windows of 10"):
        coherence([list("abc")], counts, measure="c_v")
    with pytest.raises(InvalidValue, match="1 are missing: 'd'"):
        coherence([list("abd")], counts)


def test_errors_name_what_was_expected():
    tokens = Tokens.from_lists([list("ab")])
    with pytest.raises(InvalidValue, match=r"`measure` must be one of 'npmi', 'c_v', 'u_mass'; found 'uci'"):
        coherence([["a", "b"]], tokens, measure="uci")
    with pytest.raises(InvalidType, match="list of lists of words"):
        coherence(["a", "b"], tokens)
    with pytest.raises(InvalidValue, match="`window` must be a whole number"):
        coherence([["a", "b"]], tokens, window=0)
    with pytest.raises(InvalidType, match="Tokens or WindowCounts; found list"):
        coherence([["a", "b"]], [["a"]])


def test_diversity_and_exclusivity_at_their_ends():
    assert diversity([list("ab"), list("cd")]) == 1.0
    assert diversity([list("ab"), list("ab")]) == 0.5
    apart = fit_topics(Tokens.from_lists([["sea", "ship"]] * 4 + [["tax", "law"]] * 4), 2, resamples=0)
    assert exclusivity(apart, n=2).tolist() == pytest.approx([1.0, 1.0])


# ------------------------------------------------------------------------------------------------------------- by hand

SHORE = [["sea", "ship"], ["sea", "ship", "tax"], ["tax", "law"], ["law"]]


def test_counts_by_hand_and_what_a_table_of_counts_says():
    counts = count_windows(Tokens.from_lists(SHORE), ["tax", "sea", "yak", "sea"], window=None)
    assert counts.words.tolist() == ["sea", "tax", "yak"]
    assert counts.joint.tolist() == [[2, 1, 0], [1, 2, 0], [0, 0, 0]]
    assert (counts.n_windows, counts.window) == (4, None)
    assert counts.of(["tax", "sea"]).tolist() == [[0.5, 0.25], [0.25, 0.5]]
    found = counts.of(["sea", "law"])  # a word that was not counted, though it occurs
    assert found[0, 0] == 0.5 and np.isnan([found[0, 1], found[1, 0], found[1, 1]]).all()
    alone = count_windows(Tokens.from_lists(SHORE), ["sea"])
    assert alone.window == 10 and np.isnan(alone.of(["law"])).all()


def test_a_corpus_without_words_has_counts_of_nought():
    counts = count_windows(Tokens.from_lists([[], []]), ["a", "b"])
    assert counts.joint.tolist() == [[0, 0], [0, 0]] and counts.n_windows == 2
    assert count_windows(Tokens.from_lists(SHORE), []).joint.shape == (0, 0)
    assert np.isnan(coherence([["a", "b"]], Tokens.from_lists([[]])).iloc[0])


def test_u_mass_and_c_v_by_hand():
    tokens = Tokens.from_lists(SHORE)
    # p(sea, tax) = 1/4 and p(sea) = 2/4, sea ranking higher.
    found = coherence([["sea", "tax"]], tokens, measure="u_mass")
    assert found.iloc[0] == pytest.approx(math.log(0.25 / 0.5), abs=1e-9) and found.name == "u_mass"
    # Words that occur together in half of all windows, and only so, have the same vector: its cosine with the sum is 1.
    assert coherence([["sea", "ship"]], tokens, measure="c_v").iloc[0] == pytest.approx(1)
    assert coherence([["sea", "ship", "yak"]], tokens, measure="c_v").iloc[0] == pytest.approx(1)


@pytest.mark.parametrize("measure", ["npmi", "c_v", "u_mass"])
def test_a_topic_of_one_word_has_no_coherence(measure):
    found = coherence([["sea"], ["sea", "yak"], ["sea", "tax"]], Tokens.from_lists(SHORE), measure=measure)
    assert found.isna().tolist() == [True, True, False]
    assert found.index.tolist() == [1, 2, 3] and (found.index.name, found.name) == ("topic", measure)


def test_pairs_with_a_missing_word_are_left_out_of_u_mass():
    tokens = Tokens.from_lists(SHORE)
    for words in (["yak", "sea", "tax"], ["sea", "yak", "tax"], ["sea", "tax", "yak"]):
        found = coherence([words, ["sea", "tax"]], tokens, measure="u_mass")
        assert found.iloc[0] == pytest.approx(found.iloc[1])


def test_only_the_first_words_are_compared_ten_by_default():
    tokens = Tokens.from_lists([list("abcdefghijk"), list("ab"), list("cd")])
    words = list("abcdefghijk")
    assert coherence([words], tokens).equals(coherence([words[:10]], tokens))
    assert coherence([words], tokens, n=2).equals(coherence([words[:2]], tokens))
    assert not coherence([words], tokens, n=11).equals(coherence([words], tokens))
    assert diversity([words, [*words[:10], "z"]]) == 0.5
    assert diversity([words, ["z", *words[1:]]], n=1) == 1.0


def test_counts_are_kept_with_the_tokens_and_gone_with_them():
    from corpus_lib.topics.coherence import _COUNTED

    tokens = Tokens.from_lists(SHORE)
    held = weakref.ref(tokens)
    first = coherence([["sea", "tax"]], tokens)
    kept = _COUNTED[tokens][10]
    assert coherence([["tax", "sea"]], tokens).tolist() == first.tolist()
    assert _COUNTED[tokens][10] is kept
    coherence([["sea", "law"]], tokens)
    assert _COUNTED[tokens][10].words.tolist() == ["law", "sea"]
    coherence([["sea", "law"]], tokens, window=2)
    assert set(_COUNTED[tokens]) == {10, 2}
    del tokens
    assert held() is None


@pytest.mark.parametrize("window", [0, -1, True, 2.5, "10"])
def test_a_window_that_is_none_is_refused(window):
    with pytest.raises(InvalidValue if window in (0, -1) else InvalidType) as caught:
        count_windows(Tokens.from_lists(SHORE), ["sea"], window=window)
    advice = "Give a number of tokens, or None for whole units."
    assert str(caught.value) == f"`window` must be a whole number of at least 1; found {window!r}. {advice}"
    assert count_windows(Tokens.from_lists(SHORE), ["sea"], window=np.int64(1)).n_windows == 8


@pytest.mark.parametrize("topics", [[], "sea", ["sea", "ship"], 3, [["sea"], 3], [["sea"], "ship"]])
def test_topics_that_are_no_lists_of_words_are_refused(topics):
    with pytest.raises(InvalidType) as caught:
        coherence(topics, Tokens.from_lists(SHORE))
    assert str(caught.value) == (
        f"`model_or_terms` must be a TopicModel or a list of lists of words; found {topics!r}. Write [['first', 'topic'], ['second', 'topic']]."
    )


def test_counts_that_do_not_fit_are_told_in_full():
    counts = count_windows(Tokens.from_lists(SHORE), ["sea"], window=10)
    with pytest.raises(InvalidValue) as caught:
        coherence([["sea", *"fedcba"]], counts)
    assert (
        str(caught.value)
        == "`tokens` must have counts of all words of the topics; 6 are missing: 'a', 'b', 'c', 'd', 'e'. Count them too."
    )
    with pytest.raises(InvalidValue) as caught:
        coherence([["sea"]], counts, window=5)
    assert (
        str(caught.value)
        == "`tokens` must be counted in windows of 5; found windows of 10. Count again, or hand in `window`."
    )
    with pytest.raises(InvalidType) as caught:
        coherence([["sea"]], None)
    assert (
        str(caught.value) == "`tokens` must be Tokens or WindowCounts; found NoneType. Hand in the tokens of the model."
    )


class Model:
    """As much of a topic model as exclusivity and coherence read: two topics over three words."""

    phi = pd.DataFrame([[0.5, 0.5, 0.0], [0.1, 0.3, 0.6]], index=pd.RangeIndex(1, 3, name="topic"), columns=["sea", "tax", "law"])  # fmt: skip
    _ranking = None

    def words(self, n):
        return [["sea", "tax"][:n], ["law", "tax"][:n]]

    def _ranked(self, ranking, n):
        return [[0, 1][:n], [2, 1][:n]]


def test_exclusivity_is_the_mean_share_of_the_first_words():
    found = exclusivity(Model(), n=2)
    assert found.tolist() == pytest.approx([(0.5 / 0.6 + 0.5 / 0.8) / 2, (1 + 0.3 / 0.8) / 2])
    assert found.index.tolist() == [1, 2] and found.name == "exclusivity"
    assert exclusivity(Model(), n=1).tolist() == pytest.approx([0.5 / 0.6, 1])


def test_a_model_hands_in_its_own_words():
    tokens = Tokens.from_lists(SHORE)
    assert coherence(Model(), tokens).tolist() == coherence([["sea", "tax"], ["law", "tax"]], tokens).tolist()
    assert coherence(Model(), tokens).index.tolist() == [1, 2]
    assert diversity(Model(), n=2) == 0.75


def test_a_corpus_of_one_window_and_one_of_none():
    one = count_windows(Tokens.from_lists([["sea", "tax"]]), ["sea", "yak"])
    assert one.n_windows == 1 and one.of(["sea", "yak"]).tolist() == [[1, 0], [0, 0]]
    none = count_windows(Tokens.from_lists([]), ["sea"])
    assert none.n_windows == 0 and none.of(["sea"]).tolist() == [[0]]


def test_half_a_model_is_none():
    class Half:
        def words(self, n):
            return [["sea"]]

    with pytest.raises(InvalidType, match="`model_or_terms` must be a TopicModel or a list of lists of words"):
        coherence(Half(), Tokens.from_lists(SHORE))


def test_a_word_without_weight_in_any_topic_is_no_topic_s_own():
    class Unused(Model):
        phi = Model.phi.assign(law=0.0)

    assert exclusivity(Unused(), n=2).tolist() == pytest.approx([(0.5 / 0.6 + 0.5 / 0.8) / 2, 0.3 / 0.8 / 2])
