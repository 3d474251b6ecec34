"""Counts by unit and term, against counts by hand, and pruning that says what it left out."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_lib import Tokens
from corpus_lib.errors import InvalidValue
from corpus_lib.tokens import frequencies as matrix_module

LISTS = st.lists(st.lists(st.sampled_from(["a", "b", "cc", "7", "安", "zz"]), max_size=8), min_size=1, max_size=6)


@settings(deadline=None)
@given(LISTS)
def test_counts_are_those_of_a_counter(lists: list[list[str]]) -> None:
    if not any(lists):
        return
    matrix = Tokens.from_lists(lists).matrix()
    assert matrix.counts.dtype == np.int64
    assert list(matrix.terms) == sorted({w for row in lists for w in row})
    assert matrix.counts.toarray().tolist() == [[Counter(row)[t] for t in matrix.terms] for row in lists]
    assert matrix.left_out.empty
    assert len(matrix.units) == len(lists)


@settings(deadline=None)
@given(LISTS, st.integers(1, 3), st.sampled_from([0.5, 0.8, 1.0]), st.integers(1, 2), st.booleans())
def test_what_pruning_keeps_and_leaves_out_is_everything(
    lists: list[list[str]], min_units: int, max_share: float, min_length: int, alphabetic: bool
) -> None:
    tokens = Tokens.from_lists(lists)
    ranges = {w: sum(w in row for row in lists) for row in lists for w in row}
    kept = {
        w for w, n in ranges.items()
        if min_units <= n <= max_share * len(lists) and len(w) >= min_length and w != "b" and (not alphabetic or any(map(str.isalpha, w)))
    }  # fmt: skip
    if not kept:
        return
    matrix = tokens.matrix(
        min_units=min_units, max_share=max_share, stopwords=["b"], min_length=min_length, alphabetic=alphabetic
    )
    assert set(matrix.terms) == kept
    assert set(matrix.left_out["token"]) == set(ranges) - kept
    assert matrix.counts.sum() + matrix.left_out["frequency"].sum() == tokens.n_tokens
    assert dict(zip(matrix.left_out["token"], matrix.left_out["n_units"], strict=True)) == {
        w: ranges[w] for w in set(ranges) - kept
    }


def test_left_out_terms_have_the_first_reason_that_holds() -> None:
    matrix = Tokens.from_lists(
        [["the", "a", "7", "war", "war"], ["the", "peace", "war"], ["the", "war", "order"]]
    ).matrix(stopwords=["the", "a"], min_length=2, alphabetic=True, min_units=2)
    reasons = dict(zip(matrix.left_out["token"], matrix.left_out["reason"], strict=True))
    assert reasons == {
        "7": "shorter than 2 characters", "a": "stop word", "the": "stop word", "order": "in fewer than 2 units", "peace": "in fewer than 2 units",
    }  # fmt: skip
    assert list(matrix.terms) == ["war"]


def test_pruning_twice_adds_up_what_was_left_out() -> None:
    matrix = Tokens.from_lists([["a", "b", "c"], ["c"]]).matrix(stopwords=["a"]).prune(stopwords=["b"])
    assert matrix.left_out["token"].tolist() == ["a", "b"]
    assert list(matrix.terms) == ["c"]


def test_a_term_in_every_unit_is_left_out_by_its_share() -> None:
    matrix = Tokens.from_lists([["nato", "x"], ["nato", "y"]]).matrix(max_share=0.9)
    assert matrix.left_out[["token", "reason"]].to_numpy().tolist() == [["nato", "in more than 90% of the units"]]


def test_limits_that_leave_nothing_are_refused_with_the_reasons() -> None:
    with pytest.raises(InvalidValue, match="all 1 were left out \\(stop word\\)"):
        Tokens.from_lists([["a"]]).matrix(stopwords=["a"])


def test_pruning_does_not_change_the_tokens_or_the_matrix_it_began_with() -> None:
    tokens = Tokens.from_lists([["a", "b", "a"], ["b"]])
    whole = tokens.matrix()
    before = whole.counts.toarray()
    whole.prune(stopwords=["a"])
    assert tokens.words() == ["a", "b", "a", "b"]
    np.testing.assert_array_equal(whole.counts.toarray(), before)
    assert isinstance(whole.terms, pd.Index)


def test_an_empty_unit_keeps_its_row() -> None:
    assert Tokens.from_lists([["a"], [], ["a"]]).matrix().counts.toarray().tolist() == [[1], [0], [1]]


def test_the_page_of_a_matrix_escapes_its_terms() -> None:
    assert "<b>" not in Tokens.from_lists([["<b>", "a"]]).matrix(stopwords=["<b>"])._repr_html_()


def test_of_an_index_only_the_terms_that_pruning_leaves_come_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_module, "BLOCK_ENTRIES", 10_000)
    common = [f"w{n}" for n in range(300)]
    Tokens.from_lists([["half", *common] if unit % 2 else common for unit in range(1_000)]).save(tmp_path / "index")
    tokens = Tokens.load(tmp_path / "index")
    everything = tokens.matrix().counts
    assert all(array.flags.writeable for array in (everything.data, everything.indices, everything.indptr))
    tracemalloc.start()
    counts = tokens.matrix(max_share=0.9).counts
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counts.toarray().ravel().tolist() == [0, 1] * 500
    assert peak < everything.data.nbytes / 2
