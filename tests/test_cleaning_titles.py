"""Titles: which line is taken, and that a doubtful one stays in the evidence."""

import json
from pathlib import Path

import pytest
from test_cleaning_invariants import corpus_of

from corpus_lib import CleaningSettings, clean_corpus, load_corpus
from corpus_lib.cleaning.metadata.titles import title_chances, title_facts
from corpus_lib.cleaning.pipeline import read_page

DEVELOPMENT = Path(__file__).resolve().parents[2] / "shared" / "cleaning-dev.jsonl"
QUIET = CleaningSettings(kind="page", line_model=False)
TEXT = (
    "The ferry to the outer islands will run twice a day from April, the harbour board decided on Monday after a year of talks.\n\n"
    "Islanders had asked for a second ferry since the winter storms, when the only boat stayed in the harbour for nine days in a row.\n\n"
    "The board will pay for the second ferry from its reserve, and the islands will lend it two of their skippers for the first season.\n"
)  # fmt: skip


def title_of(page, **columns):
    clean = clean_corpus(corpus_of({"a": page}, **columns), settings=QUIET)
    row = clean.evidence[clean.evidence["field"] == "title"]
    return (
        clean.documents.at["a", "title"],
        row[["value", "basis", "decided"]].to_numpy().tolist(),
        row["confidence"].tolist(),
        clean,
    )


def test_a_line_whose_words_the_text_uses_above_a_byline_is_the_title():
    title, evidence, confidence, clean = title_of(
        f"Second ferry to the outer islands from April\n\nBy Jane Doe\n\n{TEXT}"
    )
    assert title == "Second ferry to the outer islands from April"
    assert evidence == [[title, "stated", True]]
    assert confidence[0] > 0.9
    assert clean.lines["label"].tolist() == ["title", "byline", "body", "body", "body"]


def test_a_line_that_the_text_does_not_speak_of_stays_in_the_evidence():
    title, evidence, confidence, _ = title_of(f"Thoughts while walking the dog\n\n{TEXT}")
    assert title == ""
    assert evidence == [["Thoughts while walking the dog", "inferred", False]]
    assert confidence[0] < 0.5


def test_a_stamp_below_a_line_speaks_for_it_and_a_bar_in_it_or_a_second_one_against_it():
    plain = title_of(f"The harbour board and its skippers\n\n{TEXT}")[2][0]
    stamped = title_of(f"The harbour board and its skippers\n12 June 2024\n\n{TEXT}")[2][0]
    barred = title_of(f"The harbour board | its skippers\n\n{TEXT}")[2][0]
    double = title_of(f"The harbour board and its skippers\n\nThe harbour board with its skippers\n\n{TEXT}")[2][0]
    assert barred < plain < stamped
    assert double < plain


def test_a_menu_of_headlines_gives_no_title_that_is_stated():
    menu = "\n\n".join(
        f"{a} {b}"
        for a in ("Ferry times for", "Harbour news from", "The board and", "Skippers of")
        for b in ("islands", "outer harbours", "the winter storms", "April")
    )
    title, _, confidence, _ = title_of(f"{menu}\n\n{TEXT}")
    assert title == ""
    assert confidence[0] < 0.5


@pytest.mark.slow
@pytest.mark.skipif(not DEVELOPMENT.exists(), reason="the labelled development pages are not beside the repository")
def test_stated_titles_of_the_development_pages_are_mostly_right():
    records = [r for r in map(json.loads, DEVELOPMENT.read_text("utf-8").strip().split("\n")) if r["render"] == "full"][
        ::2
    ]
    clean = clean_corpus(
        corpus_of({r["id"]: "\n".join(" ".join(line["text"].split()) for line in r["lines"]) for r in records}),
        settings=QUIET,
    )
    words = {r["id"]: set(r["title"].lower().split()) for r in records}
    stated = clean.documents["title"][clean.documents["title"] != ""].str.lower().str.split().map(set)
    right = [len(found & words[d]) >= 0.6 * len(found | words[d]) for d, found in stated.items()]
    assert sum(right) >= 0.85 * len(right)
    assert sum(right) >= 0.6 * len(records)


def test_a_title_that_is_printed_twice_above_the_text_is_a_title_both_times():
    _, _, _, clean = title_of(
        f"Second ferry to the outer islands from April\n\nHarbour\n\nSecond ferry to the outer islands from April\n\nBy Jane Doe\n\n{TEXT}"
    )
    assert clean.lines["label"].tolist()[0] == clean.lines["label"].tolist()[2] == "title"


def test_a_sentence_in_a_menu_does_not_hide_the_title_below_it():
    menu = "Our shop on the quay sells everything that you need for a day at sea, and more.\n\nShop\n\nBoats\n\nRopes\n\nMaps\n\nGifts"
    title, _, _, _ = title_of(
        f"{menu}\n\nSecond ferry to the outer islands from April\n\nBy Jane Doe\n\n{TEXT}\n{TEXT}"
    )
    assert title == "Second ferry to the outer islands from April"


def test_a_title_above_a_short_opening_is_found_though_the_longest_prose_begins_far_below():
    opening = "Here is all that the harbour board decided on the ferry to the outer islands, in short."
    items = "\n\n".join(f"* Quay {n}: {n} boats\n\nSkippers of quay {n}" for n in range(40))
    title, _, _, _ = title_of(
        f"Harbour board decides on a second ferry\n\n{opening}\n\n{items}\n\n{TEXT}\n{TEXT}\n{TEXT}"
    )
    assert title == "Harbour board decides on a second ferry"


def facts_of(page):
    lines = read_page("a", page, QUIET)
    return lines, title_facts(lines, {}, {})


def test_the_chances_of_different_wordings_share_a_probability_of_one():
    page, facts = facts_of(
        f"The ferry to the islands\n\nHarbour board and skippers\n\nA second ferry for the islands\n\nThe ferry to the islands\n\n{TEXT}"
    )
    chances = title_chances(page, facts)
    assert len(facts) == 4
    assert chances[0] == chances[3]
    assert 0.5 < sum(chances.values()) - chances[0] < 1
    # Two copies of odds o against none: 2o / (1 + 2o).
    once = title_chances(page, {0: facts[0]})[0]
    twice = title_chances(page, {0: facts[0], 3: facts[0]})[0]
    assert twice == pytest.approx(2 * once / (1 + once))


def test_facts_say_what_stands_around_a_line():
    _, facts = facts_of(
        f"The ferry to the islands\n\nHarbour • 12 June 2024\n\nthe board and its skippers\n\n{TEXT}\nA heading about the ferry\n\n{TEXT}\n{TEXT}\n{TEXT}\n{TEXT}"
    )
    assert [facts[0][name] for name in ("dated", "lower", "adjacent", "prose_above")] == [True, False, False, 0]
    assert [facts[2][name] for name in ("dated", "lower", "adjacent", "prose_above")] == [False, True, True, 0]


def test_prose_above_a_line_is_a_share_of_the_pages_prose():
    opening = "The board met on Monday, and all of its skippers came, as they always do."
    _, facts = facts_of(
        "\n\n".join(["The ferry to the islands", opening, *["Ferry"] * 9, "A heading about the ferry", TEXT, TEXT])
    )
    assert facts[0]["prose_above"] == 0
    last = facts[max(facts)]["prose_above"]
    words = len(TEXT.split())
    assert last == pytest.approx(15 / (15 + 2 * words), rel=0.1)


def test_a_heading_of_two_lines_is_one_title(tmp_path):
    prose = "The ferry to the outer islands will run twice a day from April, the harbour board decided on Monday. " * 3
    title = "The ferry is back: Two boats a day"
    head = f'<meta charset=utf-8><title>{title}</title><meta property="og:title" content="{title}">'
    page = f"<html lang=en>{head}<body><h1><div>The ferry is back:</div><div>Two boats a day</div></h1><p>{prose}</p></html>"
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    assert clean_corpus(load_corpus(tmp_path)).documents.at["a", "title"] == title
