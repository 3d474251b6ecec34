"""Pages from other sites, layouts and languages than the corpus at hand, each with the labels that a careful reader gives."""

import tomllib
from pathlib import Path

import pytest
from test_cleaning_invariants import check_partition, check_reconstruction, corpus_of

from corpus_lib import CleaningSettings, clean_corpus

CASES = tomllib.loads((Path(__file__).parent / "cases" / "pages.toml").read_text("utf-8"))["case"]


def parse(page):
    """The source of a case and the label of each line that is not blank."""
    rows = [row.split(" | ", 1) if row != "-" else ("", "") for row in page.strip("\n").split("\n")]
    return "\n".join(text for _, text in rows) + "\n", {n: label for n, (label, _) in enumerate(rows, 1) if label}


def parameters(model):
    for case in CASES:
        marks = [pytest.mark.xfail(strict=True, reason=case["comment"])] if case["expect"] == "fail" else []
        yield pytest.param(
            case, model, id=f"{case['name']} ({'with' if model else 'without'} the line model)", marks=marks
        )


@pytest.mark.parametrize(("case", "model"), [*parameters(True), *parameters(False)])
def test_every_line_has_the_label_a_reader_gives(case, model):
    source, gold = parse(case["page"])
    clean = clean_corpus(corpus_of({"page": source}), settings=CleaningSettings(line_model=model))
    found = dict(zip(clean.lines["line"], clean.lines["label"], strict=True))
    differences = {
        n: f"{found[n]} for {gold[n]}: {source.splitlines()[n - 1][:70]}" for n in gold if found[n] != gold[n]
    }
    assert differences == {}
    row = clean.documents.loc["page"]
    assert {k: row[k] for k in case.get("fields", {})} == case.get("fields", {})
    check_partition(clean)
    check_reconstruction(clean)


def test_broken_lines_are_joined_to_paragraphs():
    case = next(c for c in CASES if c["name"] == "Text broken at a width")
    clean = clean_corpus(corpus_of({"page": parse(case["page"])[0]}))
    assert list(clean.documents["paragraph_mode"]) == ["hard_wraps"]
    assert [t[:28] for t in clean.paragraphs["text"]] == [
        "The survey of the northern i",
        "Three ships took part in it.",
    ]


def test_a_page_of_navigation_only_keeps_its_text_and_asks_for_review():
    entries = ["Home", "About Us", "Contact", "Log in", "Search", "Privacy Policy", "Terms of Use", "Facebook"]
    clean = clean_corpus(corpus_of({"page": "\n".join(entries)}))
    assert clean.text("page").split("\n\n") == entries
    assert set(clean.lines["rule"]) == {"structure.nothing_else"}
    assert clean.documents.at["page", "needs_review"]
    assert "nothing" in clean.documents.at["page", "review_reasons"]
