"""Sentences that a text says twice."""

import pytest

from corpus_lib import load_corpus, repeated_sentences

FILLER = "The first of several other matters was raised by nobody at all. Rain fell on the empty harbour until late in the evening. "


def corpus_of(path, text):
    (path / "a.txt").write_text(text)
    return load_corpus(path)


def test_a_sentence_that_stands_twice_has_similarity_one_and_both_lines(tmp_path):
    said = "Ministers will certainly meet again before the summer session begins."
    table = repeated_sentences(corpus_of(tmp_path, f"{said} {FILLER}\n\n{said}"))
    assert len(table) == 1
    row = table.iloc[0]
    assert (row["first"], row["second"], row["similarity"]) == (said, said, pytest.approx(1))
    assert (row["first_line"], row["second_line"]) == (1, 3)


def test_the_order_of_words_and_common_words_do_not_matter_much(tmp_path):
    text = f"In this regard, all harbour cities need to be highly vigilant. {FILLER} Harbour cities need to be highly vigilant in this regard."
    assert repeated_sentences(corpus_of(tmp_path, text)).iloc[0]["similarity"] > 0.7


def test_different_and_short_sentences_are_left_alone(tmp_path):
    assert repeated_sentences(corpus_of(tmp_path, f"Yes, indeed. {FILLER} Yes, indeed.")).empty
