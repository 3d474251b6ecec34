"""Dates in the head of a page, and that stated confidence keeps its promise on the development pages."""

import importlib
import sys
from pathlib import Path

import pytest
from test_cleaning_invariants import corpus_of
from test_cleaning_titles import DEVELOPMENT, TEXT

from corpus_lib import CleaningSettings, clean_corpus

QUIET = CleaningSettings(kind="page", line_model=False)
TITLE = "Second ferry to the outer islands from April"
TOOLS = Path(__file__).resolve().parents[1] / "tools"


def read(page):
    clean = clean_corpus(corpus_of({"a": page}), settings=QUIET)
    return clean.documents.loc["a"], clean


def dates_of(*lines):
    row, _ = read("\n\n".join([TITLE, *lines, TEXT]))
    return row["date_published"], row["date_modified"]


def test_a_stamp_in_the_head_is_believed_though_its_line_is_dropped_as_navigation():
    row, clean = read(f"{TITLE}\n\n12 June 2024 | 5 min read\n\n{TEXT}")
    assert row["date_published"] == "2024-06-12"
    assert clean.lines["label"].iloc[1] == "nav"


@pytest.mark.parametrize(
    "line",
    ["Harbour • Jane Doe • 12 June 2024", "12 June 2024 in Harbour", "On behalf of the board, 12 June 2024, Ferries"],
)
def test_the_one_full_date_of_a_short_line_below_the_title_is_the_pages_own(line):
    assert dates_of(line) == ("2024-06-12", "")


@pytest.mark.parametrize("line", [
    "Conference of the islands, 12 June 2024", "Photo: the ferry on 12 June 2024", "Season 12 June 2024 to 30 August 2024, Ferries", "Harbour, June 2024",
    "The harbour board decided so on 12 June 2024.",
])  # fmt: skip
def test_the_date_of_an_event_a_picture_a_span_or_a_sentence_is_not(line):
    assert dates_of(line) == ("", "")


def test_a_date_after_updated_inside_a_line_is_one_of_change():
    assert dates_of("Jane Doe, Harbour, updated 12 June 2024") == ("", "2024-06-12")


def test_a_deck_that_looks_like_text_does_not_end_the_head():
    deck = "Islanders had asked for a second ferry since the winter storms, when the only boat stayed in."
    assert dates_of(deck, "12 June 2024 in Harbour") == ("2024-06-12", "")


def test_the_same_lines_below_the_text_speak_of_other_stories():
    row, clean = read(
        f"{TITLE}\n\n{TEXT}\n\n{TEXT}\n\nHarbour • Jane Doe • 12 June 2024\n\n13 June 2024\n\nFerry times"
    )
    assert row["date_published"] == ""
    assert clean.evidence.query("field == 'date_published'")["confidence"].max() <= 0.2


@pytest.mark.skipif(not DEVELOPMENT.exists(), reason="the labelled development pages are not beside the repository")
@pytest.mark.slow
def test_stated_values_of_the_development_pages_are_right_about_as_often_as_their_confidence_says():
    sys.path.insert(0, str(TOOLS))
    try:
        figures = importlib.import_module("metadata_figures")
    finally:
        sys.path.remove(str(TOOLS))
    values = figures.read_values(DEVELOPMENT, ("full",), QUIET).query("decided")
    by_field = values.groupby("field")[["confidence", "right"]].mean()
    assert set(by_field.index) == {"title", "author", "date_published"}
    assert (by_field["right"] - by_field["confidence"]).abs().max() < 0.1
    assert (values.groupby("field").size() >= 25).all()
