"""The review page: every line in order, in words as well as in colour, escaped, and usable where a document is long."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_lib as cl
from corpus_lib.cleaning.review_queue import review_overview
from corpus_lib.report import review_page as review
from corpus_lib.report.review_page import review_pages

PROSE = "The members of the council met in the old town , and spoke at length of peace and of trade."


@pytest.fixture(scope="module")
def seeds() -> cl.CleanCorpus:
    return cl.clean_corpus(cl.load_corpus("seeds"))


def cleaned(folder: Path, **texts: str) -> cl.CleanCorpus:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return cl.clean_corpus(cl.load_corpus(folder))


def soup_of(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


def test_every_line_stands_on_the_page_in_order_with_its_decision_in_words(seeds: cl.CleanCorpus) -> None:
    for doc_id, page in review_pages(seeds, list(seeds.documents.index)):
        rows = soup_of(page).select("tbody tr")
        lines = seeds.lines[seeds.lines["doc_id"] == doc_id]
        assert [row["id"] for row in rows] == [f"line-{line}" for line in lines["line"]]
        said = [row.find_all("td")[0].get_text("|") for row in rows]
        wanted = [
            f"{label.replace('_', ' ')}|{'kept' if keep else 'dropped'}"
            for label, keep in zip(lines["label"], lines["keep"], strict=True)
        ]
        assert said == wanted
        for row, reason in zip(rows, lines["reason"], strict=True):
            assert row.find("td", class_="why").get_text().startswith(reason)


def test_what_is_inserted_and_replaced_gives_the_clean_text_of_a_line(seeds: cl.CleanCorpus) -> None:
    doc_id = "000_9e53fa27c8307920"
    soup = soup_of(cl.report.review_html(seeds, doc_id))
    for deleted in soup.find_all("del"):
        deleted.decompose()
    kept = seeds.lines[(seeds.lines["doc_id"] == doc_id) & seeds.lines["keep"]]
    shown = " ".join(
        " ".join(soup.find(id=f"line-{line}").find(class_="t").get_text() for line in kept["line"]).split()
    )
    assert shown == " ".join(seeds.text(doc_id).split())


def test_passages_in_other_languages_are_tagged_the_words_quoted_in_a_reason_too(seeds: cl.CleanCorpus) -> None:
    row = soup_of(cl.report.review_html(seeds, "002_eeb56a3e29ece714")).find(id="line-22")
    assert row.find(class_="t")["lang"] == "vi"
    assert row.select_one(".why span")["lang"] == "vi"
    assert "Đọc nhiều" in row.select_one(".why span").get_text()


def test_a_long_document_shows_what_was_decided_and_counts_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "MOST_LINES", 20)
    sentences = [f"The council of town {i} met again and spoke at length of peace and of trade." for i in range(60)]
    sentences[30] = "Read more"
    clean = cleaned(tmp_path, a="\n".join(sentences))
    dropped = list(clean.lines.loc[~clean.lines["keep"], "line"])
    soup = soup_of(cl.report.review_html(clean, "a"))
    assert [row["id"] for row in soup.select("tbody tr[id]")] == ["line-30", "line-31", "line-32"]
    assert dropped == [31]
    gaps = [row.get_text() for row in soup.select("tbody tr:not([id])")]
    assert gaps == [
        "Lines 1 to 29 are not shown on this page: 29 kept.",
        "Lines 33 to 60 are not shown on this page: 28 kept.",
    ]


def test_a_long_document_without_anything_to_decide_shows_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "MOST_LINES", 3)
    clean = cleaned(tmp_path, a="\n".join(f"The council of town {i} met again and spoke of peace." for i in range(9)))
    rows = soup_of(cl.report.review_html(clean, "a")).select("tbody tr")
    assert [row.get("id") for row in rows] == ["line-1", "line-2", "line-3", None]


@settings(max_examples=20, deadline=None)
@given(st.integers(20, 90))
def test_a_long_line_is_cut_at_a_whole_character_and_says_so(most: int) -> None:
    import tempfile

    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(review, "MOST_BYTES", most)
        clean = cleaned(Path(folder), a="北约在亚太 , " * 20 + "\n")
        page = cl.report.review_html(clean, "a")
        text = soup_of(page).find(class_="t").get_text()
    assert "more bytes of this line are not shown" in text
    assert "\ufffd" not in page


def test_links_at_the_top_are_escaped_and_only_there_if_given(seeds: cl.CleanCorpus) -> None:
    name = seeds.documents.index[0]
    [(_, page)] = review_pages(seeds, [name], links={name: [("<The report>", "../x.html?a='b'")]})
    link = soup_of(page).find("nav").find("a")
    assert (link.get_text(), link["href"]) == ("<The report>", "../x.html?a='b'")
    assert soup_of(cl.report.review_html(seeds, name)).find("nav") is None
    assert "<script" not in page
    assert soup_of(page).find("html")["lang"] == "en"


def test_the_overview_counts_what_the_tables_hold(seeds: cl.CleanCorpus) -> None:
    overview = review_overview(seeds)
    assert set(overview.index) == set(seeds.documents.index)
    assert overview["n_dropped"].sum() == (~seeds.lines["keep"]).sum()
    assert (overview["n_edits"].sum(), overview["n_flags"].sum()) == (len(seeds.edits), len(seeds.flags))
    at_risk = cl.cleaning.review_queue(seeds).groupby("doc_id")["words_at_risk"].sum()
    pd.testing.assert_series_equal(
        overview["words_at_risk"].sort_index(), at_risk.reindex(sorted(overview.index)).round(1), check_names=False
    )
    assert overview["confidence"].is_monotonic_increasing
