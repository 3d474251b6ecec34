"""What to look at first."""

import random
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from test_cleaning_invariants import corpus_of

from corpus_lib import clean_corpus, load_corpus
from corpus_lib.cleaning import line_texts, review_overview, review_queue
from corpus_lib.cleaning.labels import KEPT
from corpus_lib.errors import InvalidValue

SEEDS = Path(__file__).parents[1] / "seeds"
CLEAN = clean_corpus(load_corpus(SEEDS))


def test_the_text_of_a_line_is_what_the_source_says_there():
    texts = line_texts(CLEAN)
    for row, text in zip(CLEAN.lines.itertuples(), texts, strict=True):
        source = (SEEDS / CLEAN.documents.loc[row.doc_id, "path"]).read_text(encoding="utf-8").split("\n")
        assert text == source[row.line - 1].strip()


def test_the_queue_holds_doubtful_lines_only_and_the_costliest_first():
    queue = review_queue(CLEAN)
    assert (queue["doubt"] > 0).all()
    assert queue["words_at_risk"].is_monotonic_decreasing
    assert (queue["words_at_risk"] == (queue["n_words"] * queue["doubt"]).round(1)).all()


def test_a_line_whose_voters_agree_is_not_in_doubt_and_one_whose_voters_differ_is():
    lines = CLEAN.lines.iloc[[0, 1]].assign(keep=True, label="body", probability=pd.NA, n_words=10, against=[0.5, 0.0])
    queue = review_queue(type(CLEAN)(**{**{f: getattr(CLEAN, f) for f in CLEAN.__dataclass_fields__}, "lines": lines}))
    assert queue[["line", "doubt", "words_at_risk"]].to_numpy().tolist() == [[lines["line"].iloc[0], 0.5, 5.0]]


def test_the_voters_against_a_line_are_those_that_its_votes_name():
    for votes, keep, against in zip(*(CLEAN.lines[c] for c in ("votes", "keep", "against")), strict=True):
        labels = [vote.split(": ")[1].split(" (")[0] for vote in votes.split("; ")]
        assert against == sum((label in KEPT) != keep for label in labels) / len(labels)


def test_a_corpus_whose_lines_do_not_say_who_was_against_is_refused_with_what_to_do():
    older = replace(CLEAN, lines=CLEAN.lines.drop(columns="against"))
    with pytest.raises(InvalidValue, match=r"Clean it again, with clean_corpus\(clean.corpus"):
        review_queue(older)


def test_kept_labels_are_those_of_the_contract():
    assert set(KEPT) == {"body", "heading", "list_item"}
    assert (CLEAN.lines["keep"] == CLEAN.lines["label"].isin(KEPT)).all()


def test_flags_and_edits_are_shown_with_the_text_around_them():
    from corpus_lib.cleaning import contexts

    flags = CLEAN.flags[CLEAN.flags["kind"] == "mask"]
    assert contexts(CLEAN, flags).str.contains("[**]", regex=False).all()
    shown = contexts(CLEAN, CLEAN.edits)
    for row, context in zip(CLEAN.edits.itertuples(), shown, strict=True):
        inside = context[context.index("[") + 1 : context.index("]")]
        assert inside.split() == row.before.split()


def test_each_text_has_a_confidence_and_the_least_comes_first():
    assert CLEAN.documents["confidence"].between(0.5, 1).all()
    assert review_overview(CLEAN)["confidence"].is_monotonic_increasing


def test_the_more_the_line_model_doubts_the_less_the_confidence():
    lines = CLEAN.lines.dropna(subset="probability")
    unsure = (1 - (2 * lines["probability"] - 1).abs()) * lines["n_words"]
    doubt = unsure.groupby(lines["doc_id"]).sum() / lines.groupby("doc_id")["n_words"].sum()
    assert list(doubt.sort_values().index) == list(CLEAN.documents["confidence"].sort_values(ascending=False).index)


def test_what_is_kept_whole_is_nearly_sure_and_a_page_of_furniture_is_not():
    documents = clean_corpus(
        corpus_of({"a": "The boats leave at dawn.", "b": "Home\nLog in\nPrivacy Policy\nShare"})
    ).documents
    assert documents.at["a", "confidence"] >= 0.95
    assert documents.at["b", "confidence"] < 0.6


def test_a_long_text_in_no_known_language_and_contradicting_dates_are_reasons():
    rng = random.Random(1)
    unknown = " ".join("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=5)) for _ in range(60)) + "."
    stamp = "The old bridge is closed\n\nPublished 3 May 2021\n\n"
    told = "The council voted on May 9 to close the old bridge, which engineers had called unsafe for many years."
    documents = clean_corpus(corpus_of({"a": unknown, "b": f"{stamp}{told}\n\n{told}"})).documents
    assert not documents.at["a", "language"]
    assert "its language is not known" in documents.at["a", "review_reasons"]
    assert "its dates contradict each other" in documents.at["b", "review_reasons"]


def test_a_file_that_looks_like_several_articles_is_to_be_looked_at(tmp_path):
    prose = "The ferry to the outer islands will run twice a day from April, the harbour board decided on Monday."
    article = "TITLE: The ferry\nWRITER: Ann Gray\nPAPER: Harbour Post\n\n" + prose + "\n\n"
    (tmp_path / "several.txt").write_text(article * 4, encoding="utf-8")
    (tmp_path / "single.txt").write_text(f"{prose}\n\n{prose}", encoding="utf-8")
    reasons = clean_corpus(load_corpus(tmp_path)).documents["review_reasons"]
    assert "its file looks like several articles" in reasons["several"]
    assert "several articles" not in reasons["single"]


def test_a_page_with_markup_is_the_surer_the_more_the_line_model_agrees(tmp_path):
    prose = [
        f"The ferry to the outer islands will run {n} times a day from April, the harbour board decided on Monday after talks."
        for n in range(9)
    ]
    listed = [f"Share story {n} | Log in to comment | Photo: Harbour Post" for n in range(9)]
    for name, lines in {
        "sure": prose,
        "unsure": [line for pair in zip(prose, listed, strict=True) for line in pair],
    }.items():
        marked = "".join(f"<p>{line}</p>" for line in lines)
        (tmp_path / f"{name}.html").write_text(
            f"<html lang=en><body><article>{marked}</article></html>", encoding="utf-8"
        )
    clean = clean_corpus(load_corpus(tmp_path))
    assert clean.lines["probability"].notna().all()
    confidence = clean.documents["confidence"]
    assert confidence["unsure"] < confidence["sure"] <= 1
    assert list(review_overview(clean).index) == ["unsure", "sure"]
