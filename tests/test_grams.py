"""N-grams by the compiled loops: those of counting by hand, and those of sorting, whatever the blocks."""

from __future__ import annotations

import sys
from collections import Counter
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_lib as cl
from corpus_lib import Tokens

# The room has a function of the same name.
grams = import_module("corpus_lib.context.ngrams")


pytest.importorskip("numba", reason="numba is not installed (extra `fast`)")

SEEDS = Path(__file__).parent.parent / "seeds"
LISTS = st.lists(st.lists(st.sampled_from("abc"), max_size=9), min_size=1, max_size=5)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["corpus_lib.context.ngrams"], "COMPILED_TOKENS", 0)
    monkeypatch.setattr(grams, "BLOCK_TOKENS", 1_000)


def by_hand(lists: list[list[str]], n: int, least: int) -> dict[str, int]:
    found = Counter(" ".join(row[i : i + n]) for row in lists for i in range(len(row) - n + 1))
    return {gram: f for gram, f in sorted(found.items(), key=lambda item: (-item[1], item[0])) if f >= least}


@pytest.mark.slow
@given(LISTS, st.integers(2, 4), st.integers(1, 3), st.integers(1, 12))
@settings(max_examples=150, deadline=None)
def test_the_loops_count_what_is_counted_by_hand_in_any_blocks(lists, n, least, block):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["corpus_lib.context.ngrams"], "COMPILED_TOKENS", 0)
        patch.setattr(grams, "BLOCK_TOKENS", block)
        found = cl.ngrams(Tokens.from_lists(lists), n, min_frequency=least)
    assert found["frequency"].to_dict() == by_hand(lists, n, least)
    assert list(found.index) == list(by_hand(lists, n, least))
    spread = {g: sum(g in [" ".join(r[i : i + n]) for i in range(len(r) - n + 1)] for r in lists) for g in found.index}
    assert found["document_range"].to_dict() == spread


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("least", [1, 2])
@pytest.mark.parametrize("within", ["unit", "sentence"])
def test_the_loops_give_the_table_that_sorting_gives(n, least, within, monkeypatch, compiled):
    tokens = cl.tokenize(cl.load_corpus(SEEDS), unit="paragraph")
    found = cl.ngrams(tokens, n, min_frequency=least, within=within)
    monkeypatch.setattr(sys.modules["corpus_lib.context.ngrams"], "COMPILED_TOKENS", 10**9)
    expected = cl.ngrams(tokens, n, min_frequency=least, within=within)
    pd.testing.assert_frame_equal(found, expected, rtol=1e-12)
    assert found.attrs == expected.attrs


@pytest.mark.parametrize("limit", [0, 10**9], ids=["loops", "sorting"])
def test_types_that_hold_a_blank_do_not_disturb_the_order_of_the_texts(limit, monkeypatch):
    monkeypatch.setattr(sys.modules["corpus_lib.context.ngrams"], "COMPILED_TOKENS", limit)
    tokens = cl.ngram_tokens(Tokens.from_lists([["a", "b", "a!", "b", "a", "a"]]), 2)
    index = list(cl.ngrams(tokens, 2, min_frequency=1).index)
    assert index == sorted(index)
