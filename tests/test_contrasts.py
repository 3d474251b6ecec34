"""Each group against the rest, rates, and what survives."""

import dataclasses
import sys
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_lib import Tokens, contrasts, findings, keyness, rates, survival
from corpus_lib.errors import InvalidValue, NotFound

TEXTS = [["war"] * 9 + ["the"] * 20, ["peace"] * 6 + ["the"] * 20 + ["war"], ["peace"] * 2 + ["the"] * 30]
TOKENS = Tokens.from_lists(TEXTS, units=pd.DataFrame({"side": ["east", "west", "west"]}))


def test_rates_are_counts_per_million_of_each_group():
    expected = {"east": 9 / 29 * 1e6, "west": 1 / 59 * 1e6}
    assert rates(TOKENS, "side").loc["war"].to_dict() == pytest.approx(expected)


def test_rates_of_some_words_are_those_rows_and_zeros_for_a_word_that_does_not_occur():
    table = rates(TOKENS, "side", words=["war", "nowhere", "peace"])
    pd.testing.assert_frame_equal(table.loc[["war", "peace"]], rates(TOKENS, "side").loc[["war", "peace"]])
    assert table.loc["nowhere"].tolist() == [0, 0]
    assert rates(Tokens.from_lists([[], []]), words=["war"]).loc["war"].tolist() == [0, 0]


def test_many_groups_of_a_large_vocabulary_take_the_memory_of_their_counts():
    n = 4_000
    # 16 million cells, of which one in a thousand is not 0: dense they are 128 MB.
    chance = np.random.default_rng(3)
    tokens = Tokens.from_lists([[f"w{k}" for k in chance.integers(0, n, 6)] for _ in range(n)])
    tokens.matrix()
    tracemalloc.start()
    table = contrasts(tokens, groups=["7"], measures=["log_likelihood"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32e6
    some = table.head(3)
    others = rates(tokens, words=some.loc["7"].index.tolist())
    assert some["groups_below"].tolist() == others.lt(others["7"], axis=0).sum(axis=1).tolist()


def test_a_table_of_rates_that_no_memory_holds_is_refused_with_a_sentence(monkeypatch):
    monkeypatch.setattr(sys.modules["corpus_lib.measures.contrasts"], "MAX_CELLS", 5)
    with pytest.raises(InvalidValue, match=r"at most 5 cells; 3 words in 2 groups have 6. Name the `words`"):
        rates(TOKENS, "side")
    assert rates(TOKENS, "side", words=["war"]).shape == (1, 2)


def test_a_unit_without_a_group_is_in_none():
    tokens = TOKENS.with_metadata(pd.DataFrame({"half": ["a", "b"]}, index=["0", "1"]))
    assert list(rates(tokens, "half").columns) == ["a", "b"]
    assert rates(tokens, "half").loc["peace", "b"] == pytest.approx(6 / 27 * 1e6)
    table = contrasts(tokens, "half").loc["a"]
    assert table.loc["peace", "frequency_reference"] == 6


def test_each_table_is_that_of_keyness_for_the_group_against_all_others():
    table = contrasts(TOKENS)
    alone = keyness(TOKENS.where([False, True, False]), TOKENS.where([True, False, True]))
    pd.testing.assert_frame_equal(table.loc["1", list(alone.columns)], alone)
    assert table.attrs["groups"]["1"]["n_documents_target"] == 1


def test_groups_below_counts_each_other_group_once_whatever_its_size():
    part = contrasts(TOKENS).loc["1"]
    assert part.loc["peace", ["groups_below", "n_other_groups"]].tolist() == [2, 2]
    assert part.loc["war", "groups_below"] == 1


def test_a_corpus_of_one_group_gives_an_empty_table_that_says_why():
    table = contrasts(TOKENS.where("side == 'east'"))
    assert table.empty
    assert "log_ratio" in table.columns
    assert table.attrs["notes"] == ["Column 'doc_id' has 1 group: there is nothing to compare."]


def test_asked_groups_are_held_against_all_others_still():
    part = contrasts(TOKENS, groups=["1"])
    assert part.index.unique("group").tolist() == ["1"]
    whole = contrasts(TOKENS)
    pd.testing.assert_frame_equal(part.loc["1"], whole.loc["1"])
    assert part.attrs["groups"]["1"] == whole.attrs["groups"]["1"]
    with pytest.raises(
        NotFound, match=r"`groups` must be values of 'doc_id'; these are not: 'x'\. There are 3: 0, 1, 2"
    ):
        contrasts(TOKENS, groups=["x"])


def test_a_group_without_a_word_is_left_out_and_named():
    tokens = Tokens.from_lists([["a", "b"], [], ["b", "c"]])
    table = contrasts(tokens)
    assert table.index.unique("group").tolist() == ["0", "2"]
    assert table["n_other_groups"].unique().tolist() == [1]
    assert table.attrs["notes"] == ["'1' has no words and is left out."]


def test_an_unknown_column_is_answered_with_those_there_are():
    with pytest.raises(
        NotFound,
        match=r"`by` must be a column of `tokens.units` \('doc_id', 'paragraph', 'start', 'end', 'side'\); found 'place'",
    ):
        contrasts(TOKENS, "place")


def paragraphs_of(*texts, **columns):
    """A corpus by paragraphs: each text a list of paragraphs, each a list of words; further columns have a value per text."""
    units = {"doc_id": [f"t{i:02}" for i, text in enumerate(texts) for _ in text]}
    units |= {name: [values[i] for i, text in enumerate(texts) for _ in text] for name, values in columns.items()}
    return Tokens.from_lists([paragraph for text in texts for paragraph in text], units=pd.DataFrame(units))


def sides(n, *words, more=6):
    """Texts of two groups, `n` each, of which one has the words."""
    texts = [[["the", "of", "and"] * 5 + [f"x{i}"] + list(words) * (more if i < n else 0)] for i in range(2 * n)]
    return paragraphs_of(*texts, side=["east"] * n + ["west"] * n)


OWN = paragraphs_of([["war", "the"] * 9] * 4, [["peace", "the"] * 9] * 4)


def test_what_is_found_of_single_texts_are_their_own_words():
    found = findings(OWN)
    assert found[["group", "token", "n_paragraphs"]].to_numpy().tolist() == [["t00", "war", 4], ["t01", "peace", 4]]
    assert found.attrs["n_groups"] == 2
    assert findings(OWN, groups=["t01"])["token"].tolist() == ["peace"]


def test_what_is_found_of_groups_is_what_sets_them_apart():
    found = findings(sides(8, "war"), "side")
    assert found.loc[found["sure"], ["group", "token"]].to_numpy().tolist() == [["east", "war"]]
    assert found.attrs["groups"]["west"]["n_units"] == 8


def test_texts_of_one_author_are_one_where_that_was_sampled():
    texts = [[["the", "of", "and"] * 5 + [f"x{i}"] + ["war"] * (6 if i < 8 else 0)] for i in range(16)]
    tokens = paragraphs_of(*texts, side=["east"] * 8 + ["west"] * 8, author=["x"] * 8 + [f"y{i}" for i in range(8)])
    assert "war" in findings(tokens, "side")["token"].tolist()
    assert findings(tokens, "side", unit="author").empty
    assert findings(tokens, "side", unit="author").attrs["groups"]["east"]["n_units"] == 1


def test_nothing_is_found_where_there_is_one_text_or_no_group():
    alone = OWN.where(OWN.units["doc_id"] == "t00")
    assert findings(alone).empty and findings(alone, groups=[]).empty
    assert findings(paragraphs_of([["a"], ["a"]], [["b"], ["b"]], side=[None, None]), "side").empty
    assert findings(paragraphs_of([["1"], ["2"]], [["3"], ["4"]])).empty
    one_side = sides(4, "war").where([True] * 4 + [False] * 4)
    assert findings(one_side, "side").empty
    with pytest.raises(NotFound, match="`groups` must be values of 'doc_id'"):
        findings(OWN, groups=["x"])


def test_a_word_survives_when_no_setting_speaks_against_it():
    strong, weak = sides(8, "war"), sides(8, "war", more=1)
    joined = strong.without(["war"])
    frame = survival(
        {
            "all": strong,
            "no the": strong.without(["the"]),
            "joined": joined,
            "half": weak.where([i % 2 == 0 for i in range(16)]),
        },
        "east",
        by="side",
    )
    assert frame.index.tolist() == ["war"] and frame["group"].tolist() == ["east"]
    assert frame.columns.tolist() == ["group", "no the", "joined", "half", "survives", "returns"]
    assert frame.loc["war", "no the"] and pd.isna(frame.loc["war", "joined"])
    again = survival({"all": strong, "joined": joined}, ["east", "west"], by="side")
    assert again["survives"].tolist() == [True]


def test_own_words_of_single_texts_are_followed_too():
    frame = survival(
        {"all": OWN, "no war": OWN.without(["war"]), "less": OWN.where(OWN.units["doc_id"] == "t01")}, ["t00", "t01"]
    )
    assert frame.index.tolist() == ["war", "peace"]
    assert frame["survives"].tolist() == [True, False]
    assert pd.isna(frame.loc["war", "no war"])


def test_at_most_so_many_words_of_each_group_are_followed():
    assert survival({"all": sides(8, "war", "sea", "ship"), "again": sides(8)}, "east", by="side", n=2).shape[0] == 2


def test_numbers_are_no_words_to_follow():
    tokens = paragraphs_of([["1", "the"] * 9] * 4, [["the"] * 9] * 4)
    assert survival({"all": tokens, "again": tokens}, "t00").empty


def test_a_coin_gives_nothing_to_follow():
    texts = [[["the"] * 20 + [f"subject{i}"] * 12] for i in range(24)]
    coin = ["east" if i in (0, 1, 4, 6, 7, 11, 12, 15, 16, 20, 21, 23) else "west" for i in range(24)]
    tokens = paragraphs_of(*texts, side=coin)
    assert survival({"all": tokens, "again": tokens}, ["east", "west"], by="side").empty
    table = keyness(tokens.where(tokens.units["side"] == "east"), tokens.where(tokens.units["side"] == "west"))
    assert (table["log_ratio_conservative"] != 0).any()


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("wxyz"), st.sampled_from("pqr") | st.none(), st.lists(st.sampled_from("abcde"), max_size=8)
        ),
        min_size=1,
        max_size=9,
    ),
    st.booleans(),
)
def test_tables_made_from_the_counts_of_the_whole_are_those_of_keyness_to_the_last_bit(rows, documents_are_groups):
    by = "doc_id" if documents_are_groups else "side"
    rows = sorted(rows, key=lambda row: row[0])
    units = pd.DataFrame({"side": [side for _, side, _ in rows]})
    tokens = Tokens.from_lists([words for *_, words in rows], units=units)
    # Units with the same letter are parts of one document, which may then have parts in several groups.
    tokens = dataclasses.replace(tokens, units=tokens.units.assign(doc_id=[document for document, *_ in rows]))
    table = contrasts(tokens, by, measures="all", resamples=9)
    names = tokens.units[by]
    for group in table.index.unique("group"):
        alone = keyness(
            tokens.where(names == group), tokens.where((names != group) & names.notna()), measures="all", resamples=9
        )
        part = table.loc[group]
        pd.testing.assert_frame_equal(part[list(alone.columns)], alone, check_exact=True)
        assert repr(table.attrs["groups"][group]) == repr(alone.attrs)
        others = rates(tokens, by).drop(columns=group)[[g for g in table.index.unique("group") if g != group]]
        below = others.lt(rates(tokens, by)[group], axis=0).sum(axis=1)
        assert part["groups_below"].to_dict() == below.loc[part.index].to_dict()


def test_groups_that_share_a_document_are_told_so():
    tokens = Tokens.from_lists([["a", "b"], ["a"], ["b"]], units=pd.DataFrame({"side": ["east", "west", "west"]}))
    tokens = dataclasses.replace(tokens, units=tokens.units.assign(doc_id=["0", "0", "1"]))
    notes = contrasts(tokens, "side").attrs["groups"]["east"]["notes"]
    assert any("1 document has parts on both sides" in note for note in notes)
