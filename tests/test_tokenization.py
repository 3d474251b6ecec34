"""Which tokenizer decision moves which count."""

import pytest

from corpus_lib import Tokenizer, Tokens, tokenization_report
from corpus_lib.errors import InvalidValue
from corpus_lib.measures.tokenizer_effects import tokenizer_variants

TEXTS = Tokens.from_lists([["The", "U.S.", "and", "US", "in", "the", "Asia-Pacific", "NATO's", "NATO", "2nd"]]).source


def test_every_decision_is_turned_round_once():
    variants = tokenizer_variants(Tokenizer())
    assert set(variants) == {
        "without_hyphens", "without_apostrophes", "without_abbreviations", "without_numbers", "without_lowercase", "without_fold", "without_social", "with_emoji", "without_elisions",
        "without_segmenter", "word_characters", "between_blanks",
    }  # fmt: skip
    assert not variants["without_hyphens"].hyphens and variants["without_hyphens"].apostrophes


def test_the_report_names_the_decisions_that_move_a_count():
    report = tokenization_report(TEXTS, n=30)
    assert report.loc["nato", ["chosen", "without_apostrophes", "word_characters"]].tolist() == [1, 2, 2]
    assert report.loc["nato", "moved_by"] == "without_apostrophes, without_lowercase, word_characters"
    assert report.loc["u.s.", "without_abbreviations"] == 0
    assert report.loc["pacific", ["chosen", "without_hyphens"]].tolist() == [0, 1]
    assert report.loc["and", "moved_by"] == ""


def test_counts_are_those_of_the_tokenizer_and_totals_are_of_all_tokens():
    report = tokenization_report(TEXTS, n=2)
    assert report.attrs["totals"]["chosen"] == {"n_tokens": 10, "n_types": 9}
    assert report.attrs["totals"]["without_hyphens"]["n_tokens"] == 11
    assert report["chosen"].is_monotonic_decreasing


def test_other_tokenizers_can_be_compared():
    report = tokenization_report(TEXTS, variants={"letters": Tokenizer(expression="[a-zA-Z]+")}, n=5)
    assert list(report.columns) == ["chosen", "letters", "moved_by"]


def test_a_report_of_no_words_is_refused():
    with pytest.raises(InvalidValue, match=r"`n` must be a whole number of at least 1; found 0\. Give 20\."):
        tokenization_report(TEXTS, n=0)
