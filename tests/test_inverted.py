"""Inverted positions and counts by unit: right by brute force, kept in the folder, and the same answers as from tokens in memory."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_lib as cl
from corpus_lib import Tokens, folders
from corpus_lib.errors import InvalidValue, OutputError
from corpus_lib.tokens import counts as parts

SEEDS = Path(__file__).parent.parent / "seeds"
LISTS = st.lists(st.lists(st.sampled_from("abcde"), max_size=8), min_size=1, max_size=6).filter(any)
NODES = ["nato", "NATO", "south korea", "secur*", "*", ["china", "south china sea"], "nowhere to be found"]


@pytest.fixture(scope="module")
def made() -> Tokens:
    return cl.tokenize(cl.load_corpus(SEEDS), unit="paragraph")


@pytest.fixture
def loaded(made, tmp_path) -> Tokens:
    made.save(tmp_path / "index")
    return Tokens.load(tmp_path / "index")


@given(LISTS)
def test_postings_are_where_each_type_stands(lists):
    tokens = Tokens.from_lists(lists)
    found = tokens.postings
    for t in range(len(tokens.vocabulary)):
        expected = np.flatnonzero(tokens.ids == t)
        np.testing.assert_array_equal(found.of(np.array([t])), expected)
    np.testing.assert_array_equal(found.of(np.arange(len(tokens.vocabulary))), np.arange(tokens.n_tokens))


@given(LISTS)
def test_counts_by_type_and_by_unit_are_those_of_counting_by_hand(lists):
    tokens = Tokens.from_lists(lists)
    by_hand = np.array([[row.count(w) for w in tokens.vocabulary] for row in lists])
    np.testing.assert_array_equal(tokens.matrix().counts.toarray(), by_hand)
    dense = np.zeros_like(by_hand)
    counts = tokens.unit_counts
    dense[counts.part, counts.type_of] = counts.count
    np.testing.assert_array_equal(dense, by_hand)
    np.testing.assert_array_equal(tokens.frequency, by_hand.sum(axis=0))


def test_no_text_at_all_has_counts_too():
    for lists in ([], [[]]):
        tokens = Tokens.from_lists(lists)
        assert tokens.matrix().counts.shape == (len(lists), 0)
        assert len(tokens.frequencies().table) == 0
        assert len(cl.kwic(tokens, "a")) == len(cl.collocates(tokens, "a")) == 0


@pytest.mark.parametrize("node", NODES, ids=repr)
def test_a_loaded_index_answers_as_the_tokens_in_memory(made, loaded, node):
    pd.testing.assert_frame_equal(cl.kwic(loaded, node), cl.kwic(made, node))
    pd.testing.assert_frame_equal(cl.collocates(loaded, node), cl.collocates(made, node))


def test_a_loaded_index_counts_as_the_tokens_in_memory(made, loaded):
    pd.testing.assert_frame_equal(loaded.frequencies().table, made.frequencies().table)
    pd.testing.assert_frame_equal(cl.dispersion(loaded), cl.dispersion(made))
    a, b = loaded.matrix().counts, made.matrix().counts
    assert (a != b).nnz == 0
    assert a.dtype == np.int64
    assert a.indices.flags.writeable


def test_the_counts_are_made_once_and_kept_in_the_folder(loaded, tmp_path, monkeypatch):
    loaded.matrix()
    expected = loaded.postings.positions.copy()
    assert sorted(p.name for p in loaded.folder.iterdir() if p.is_dir() and not p.name.startswith("shard")) == [
        "counts_by_type", "counts_by_unit", "postings",
    ]  # fmt: skip

    def again(*_: object, **__: object) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr(parts, "grouped", again)
    monkeypatch.setattr(parts, "count_by_part", again)
    other = Tokens.load(tmp_path / "index")
    other.matrix()
    np.testing.assert_array_equal(other.postings.positions, expected)
    assert isinstance(other.postings.positions, np.memmap)


def test_tokens_made_from_a_loaded_index_do_not_take_its_counts(loaded):
    assert len(loaded.postings.positions) == loaded.unit_counts.count.sum()
    part = loaded.where(np.arange(loaded.n_units) % 2 == 0)
    assert part.folder is None
    np.testing.assert_array_equal(part.frequency, np.bincount(part.ids, minlength=len(part.vocabulary)))
    without = loaded.without(["the"])
    np.testing.assert_array_equal(without.frequency, np.bincount(without.ids, minlength=len(without.vocabulary)))
    described = loaded.with_metadata(pd.DataFrame({"side": ["x"]}, index=[loaded.units["doc_id"].iloc[0]]))
    assert described.folder == loaded.folder
    assert described.postings is loaded.postings


@pytest.mark.parametrize("name", ["postings", "counts_by_type", "counts_by_unit"])
def test_a_changed_byte_in_what_was_kept_is_an_error(loaded, tmp_path, name):
    _ = loaded.postings, loaded.matrix()
    file = next((loaded.folder / name).glob("data-*/*.npy"))
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))
    other = Tokens.load(tmp_path / "index")
    with pytest.raises(InvalidValue, match=r"is not the file that was saved \(its hash differs\)"):
        _ = other.postings, other.unit_counts, other.matrix()


def test_what_was_kept_in_another_format_is_an_error(loaded, tmp_path):
    _ = loaded.postings
    manifest = loaded.folder / "postings" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"version": 99}))
    with pytest.raises(InvalidValue, match=r"'postings' was saved in format 99 .* this version reads"):
        _ = Tokens.load(tmp_path / "index").postings


def test_a_folder_that_cannot_be_written_costs_time_and_no_result(made, loaded, monkeypatch):
    def refuse(*_: object) -> None:
        raise OutputError("'postings' could not be written: Read-only file system.")

    monkeypatch.setattr(parts, "new_data", refuse)
    with pytest.warns(UserWarning, match="postings will be made again in the next session: .*Read-only"):
        found = cl.kwic(loaded, "nato")
    pd.testing.assert_frame_equal(found, cl.kwic(made, "nato"))


@pytest.mark.parametrize("sort", [None, "node", "left1", ["right2", "left1"], "right", "left"], ids=repr)
@pytest.mark.parametrize("node", ["the", "secur*"])
def test_pages_one_after_the_other_are_the_whole_concordance(made, node, sort):
    whole = cl.kwic(made, node, sort=sort)
    pages = [cl.kwic(made, node, sort=sort, limit=7, skip=skip) for skip in range(0, len(whole) + 7, 7)]
    pd.testing.assert_frame_equal(pd.concat(pages, ignore_index=True), whole)
    assert pages[-1].attrs["n_hits"] == len(whole)


@pytest.mark.slow
@given(LISTS, st.data())
def test_some_units_are_those_of_making_them_anew(lists, data):
    mask = data.draw(st.lists(st.booleans(), min_size=len(lists), max_size=len(lists)))
    found = Tokens.from_lists(lists).where(mask)
    expected = Tokens.from_lists([words for words, kept in zip(lists, mask, strict=True) if kept])
    for name in ("offsets", "part", "count", "sizes"):
        np.testing.assert_array_equal(getattr(found.unit_counts, name), getattr(expected.unit_counts, name))
    for name in ("ids", "offsets", "starts", "ends"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
        assert not getattr(found, name).flags.writeable
    assert found.vocabulary.equals(expected.vocabulary)


def test_a_comparison_of_frequencies_copies_no_tokens():
    tokens = cl.tokenize(cl.load_corpus(SEEDS))
    first, second = tokens.where(np.arange(5) < 2), tokens.where(np.arange(5) >= 2)
    cl.keyness(first, second)
    assert not any(
        isinstance(side.__dict__[name], np.ndarray) for side in (first, second) for name in ("ids", "starts", "ends")
    )


@pytest.mark.slow
@given(LISTS)
def test_compiled_counts_are_those_of_the_sparse_matrices(lists):
    pytest.importorskip("numba", reason="numba is not installed (extra `fast`)")
    expected = Tokens.from_lists(lists)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "COMPILED_TOKENS", 0)
        patch.setattr(parts, "STARTED_TOKENS", 0)
        found = Tokens.from_lists(lists)
        for name in ("offsets", "part", "count", "sizes"):
            np.testing.assert_array_equal(getattr(found.unit_counts, name), getattr(expected.unit_counts, name))
        rows = parts.rows_by_part(found.ids, found.offsets, len(found.vocabulary))
    for ours, theirs in zip(
        rows, parts.rows_by_part(expected.ids, expected.offsets, len(expected.vocabulary)), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_compiled_counts_of_a_large_vocabulary_are_those_of_numpy():
    pytest.importorskip("numba", reason="numba is not installed (extra `fast`)")
    generator = np.random.default_rng(1)
    ids = generator.integers(0, 70_000, 200_000).astype(np.int32)
    bounds = np.array([0, 0, 1, 120_000, 120_000, 200_000])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "COMPILED_TOKENS", 0)
        patch.setattr(parts, "STARTED_TOKENS", 0)
        edges, types, counts = parts.rows_by_part(ids, bounds, 70_000)
    for part in range(5):
        expected = np.unique(ids[bounds[part] : bounds[part + 1]], return_counts=True)
        entries = slice(edges[part], edges[part + 1])
        np.testing.assert_array_equal(types[entries], expected[0])
        np.testing.assert_array_equal(counts[entries], expected[1])


@pytest.mark.slow
@given(LISTS, st.integers(1, 5))
def test_dispersion_in_blocks_is_that_of_all_words_at_once(lists, size):
    tokens = Tokens.from_lists(lists)
    expected = cl.dispersion(tokens)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "BLOCK_ENTRIES", size)
        pd.testing.assert_frame_equal(cl.dispersion(tokens), expected, check_exact=True)


def test_a_large_index_is_hashed_when_it_is_asked_for(made, tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "VERIFIED_BYTES", 0)
    made.save(tmp_path)
    (ends,) = tmp_path.glob("data-*/ends.npy")
    data = bytearray(ends.read_bytes())
    data[-1] ^= 1
    ends.write_bytes(data)
    assert Tokens.load(tmp_path).n_tokens == made.n_tokens
    with pytest.raises(InvalidValue, match=r"ends\.npy"):
        Tokens.load(tmp_path, verify=True)
