"""From a word to the bytes of its source."""

from pathlib import Path

import pytest

from corpus_lib import Tokens, clean_corpus, keyness, load_corpus, places, tokenize
from corpus_lib.errors import NotFound
from corpus_lib.tokens.tokenizer import fold

SEEDS = Path(__file__).parents[1] / "seeds"


def test_every_keyword_of_every_seed_stands_at_the_bytes_that_are_named():
    clean = clean_corpus(load_corpus(SEEDS))
    tokens = tokenize(clean)
    for doc_id in clean.documents.index:
        mask = tokens.units["doc_id"] == doc_id
        words = keyness(tokens.where(mask), tokens.where(~mask)).query("log_likelihood > 0").index[:40]
        found = places(tokens.where(mask), words, limit=2)
        assert set(found["token"]) == set(words)
        for row in found.itertuples():
            data = (SEEDS / row.path).read_bytes()
            read = data[row.byte_start : row.byte_end].decode()
            assert read == row.quote
            assert fold(read.replace(" - ", "-")) == row.token
            assert row.line == data[: row.byte_start].count(b"\n") + 1


def test_places_are_limited_in_each_document():
    tokens = Tokens.from_lists([["a", "a", "a"], ["b", "a"]])
    assert places(tokens, ["a"], limit=2)[["doc_id", "byte_start"]].to_numpy().tolist() == [
        ["0", 0],
        ["0", 2],
        ["1", 2],
    ]


def tokens_of(folder, text):
    (folder / "a.txt").write_text(text, encoding="utf-8")
    return tokenize(load_corpus(folder))


def test_an_unknown_word_is_named():
    with pytest.raises(NotFound, match=r"`words` must be in the vocabulary; 1 are not: 'War'\. Words are folded"):
        places(Tokens.from_lists([["war"]]), ["War"])


def test_apostrophes_folded_join_types_and_keep_their_places(tmp_path):
    tokens = tokens_of(tmp_path, "it’s it's its")
    assert tokens.frequencies().table["frequency"].to_dict() == {"it's": 2, "its": 1}
    assert tokens.starts.tolist() == [0, 5, 10]
    for word in ("it's", "it’s", "Itʼs"):
        assert places(tokens, [word], limit=2)["quote"].tolist() == ["it’s", "it's"]


def test_a_phrase_is_found_under_either_apostrophe(tmp_path):
    tokens = tokens_of(tmp_path, "US’s us's")
    assert tokens.find_exact("US's") == tokens.find_exact("US’s") == [(0, 1)]
    assert tokens.group({"united_states": ["US's"]}).words() == ["united_states", "us's"]
