"""Frequency lists: counts, rates and ranges by hand, and counts that are refused."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_lib import Frequencies, Tokens
from corpus_lib.errors import InvalidValue


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdé"), max_size=9), min_size=1, max_size=5))
def test_a_list_of_tokens_counts_words_and_documents(lists: list[list[str]]) -> None:
    frequencies = Tokens.from_lists(lists).frequencies()
    counts = Counter(w for row in lists for w in row)
    assert frequencies.table["frequency"].to_dict() == counts
    assert frequencies.table["document_range"].to_dict() == {w: sum(w in row for row in lists) for w in counts}
    assert (frequencies.n_tokens, frequencies.n_documents, frequencies.n_types) == (
        counts.total(),
        len(lists),
        len(counts),
    )
    assert list(frequencies.table.index) == sorted(counts, key=lambda w: (-counts[w], w))


def test_documents_are_counted_once_however_many_units_they_have() -> None:
    units = pd.DataFrame({"year": [1, 2]}, index=["x", "y"])
    tokens = Tokens.from_lists([["a", "a"], ["b"]], units=units)
    twice = Tokens(
        tokens.ids,
        tokens.offsets,
        tokens.starts,
        tokens.ends,
        tokens.vocabulary,
        tokens.units.assign(doc_id="x"),
        tokens.source,
    )
    assert twice.frequencies().n_documents == 1
    assert twice.frequencies().table.loc["a", "document_range"] == 1


def test_rates_are_per_million_tokens_of_the_stated_size() -> None:
    frequencies = Frequencies.from_counts({"war": 620, "peace": 10}, n_tokens=1_017_879)
    assert frequencies.table.loc["war", "per_million"] == pytest.approx(620 / 1.017879)
    assert frequencies.n_documents is None
    assert frequencies.table["document_range"].isna().all()


def test_without_a_size_the_sum_is_the_size_and_zeros_are_left_out() -> None:
    frequencies = Frequencies.from_counts(pd.Series({"a": 3, "b": 1, "c": 0}))
    assert frequencies.n_tokens == 4
    assert list(frequencies.table.index) == ["a", "b"]
    assert frequencies.table["frequency"].dtype == "int64"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"counts": pd.Series([1, 2], index=["a", "a"])}, "each type must occur once; repeated: 'a'"),
        ({"counts": {"a": float("nan")}}, "frequencies must be numbers; not so for 'a'"),
        ({"counts": {"a": -1}}, "frequencies must not be negative; found -1 for 'a'"),
        (
            {"counts": {"a": 1e30, "b": 1}},
            r"frequencies must add up to less than 2\^63; found 1e\+30, most of it for 'a'",
        ),
        ({"counts": {"a": 1.5}}, "frequencies must be whole numbers"),
        ({"counts": {"a": 5}, "n_tokens": 3}, "`n_tokens` must be at least the sum of the frequencies, 5; found 3"),
        ({"counts": {"a": 5}, "document_range": {"a": 6}}, "`document_range` cannot exceed the frequency"),
        (
            {"counts": {"a": 5, "b": 1}, "document_range": {"a": 1}},
            "`document_range` must have a number for every type; missing: 'b'",
        ),
        (
            {"counts": {"a": 5}, "document_range": {"a": 4}, "n_documents": 3},
            "`document_range` cannot exceed `n_documents`, 3",
        ),
    ],
)
def test_counts_that_cannot_be_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        Frequencies.from_counts(**arguments)


def test_all_problems_come_at_once() -> None:
    with pytest.raises(InvalidValue) as error:
        Frequencies.from_counts(pd.Series([1.5, 2], index=["a", "a"]), document_range={"b": 1})
    assert str(error.value).count("\n- ") == 3


def test_words_are_escaped_on_the_page() -> None:
    assert "<i>" not in Frequencies.from_counts({"<i>": 1})._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n_tokens": float("nan")}, "`n_tokens` must be a whole number of at least 0, or None; found nan"),
        ({"n_tokens": "many"}, "`n_tokens` must be a whole number of at least 0, or None; found 'many'"),
        ({"n_tokens": 10.5}, "found 10.5"),
        ({"n_documents": -1}, "`n_documents` must be a whole number of at least 0, or None; found -1"),
        ({"document_range": {"a": 1.5}}, "`document_range` must be whole numbers; not so for 'a'"),
        ({"document_range": {"a": "two"}}, "`document_range` must have a number for every type; missing: 'a'"),
    ],
)
def test_sizes_and_ranges_that_are_no_counts_are_named(arguments, words):
    with pytest.raises(InvalidValue, match=re.escape(words)):
        Frequencies.from_counts({"a": 5}, **arguments)


def test_types_that_become_the_same_word_are_refused():
    with pytest.raises(InvalidValue, match="each type must occur once"):
        Frequencies.from_counts({1: 5, "1": 6})
