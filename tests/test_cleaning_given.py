"""A user's own columns: they win as they are, what the text says stays in the evidence, and no value of theirs stops the cleaning."""

import datetime

import numpy as np
import pandas as pd
import pytest
from test_cleaning_invariants import corpus_of

from corpus_lib import CleaningSettings, clean_corpus, load_corpus
from corpus_lib.cleaning.metadata.candidates import differing_fields
from corpus_lib.cleaning.overrides import COLUMNS

QUIET = CleaningSettings(kind="page", line_model=False)
TEXT = (
    "The alliance met on 5 April in the capital, and its members agreed on a new plan for the northern harbours after two days of talks.\n\n"
    "The members had asked for a plan since the winter storms, when the only harbour in the north stayed closed for nine days in a row.\n\n"
    "The alliance will pay for the harbours from its reserve, and the members will lend it two of their skippers for the first season.\n"
)  # fmt: skip


def cleaned(page=TEXT, **columns):
    return clean_corpus(corpus_of({"a": page}, **{name: [value] for name, value in columns.items()}), settings=QUIET)


def evidence(clean, field):
    rows = clean.evidence[clean.evidence["field"] == field]
    return rows[["value", "basis", "decided"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("own", "written"),
    [
        ("2023-07-01", "2023-07-01"), ("2023", "2023"), ("2023-07-01T10:30:00Z", "2023-07-01T10:30:00Z"), ("12 March 2023", "2023-03-12"),
        ("March 12, 2023", "2023-03-12"), ("Sunday, 12 March 2023", "2023-03-12"), ("25/07/2023", "2023-07-25"), ("2023/7/1", "2023-07-01"),
        ("01/07/2023", "01/07/2023"), ("01.07.2023", "01.07.2023"), ("1-7-2023", "1-7-2023"), ("1/7, 2023", "1/7, 2023"), ("unknown date", "unknown date"),
        ("12 March 2023 or later", "12 March 2023 or later"), ("12 May to 3 June 2023", "12 May to 3 June 2023"), ("2023-13-45", "2023-13-45"), ("٢٠٢٣-٠٧-٠١", "٢٠٢٣-٠٧-٠١"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["date_published", "date_modified"])
def test_a_date_of_the_users_is_iso_where_it_reads_one_way_and_else_stays_as_it_is(field, own, written):
    clean = cleaned(**{field: own})
    assert clean.documents.at["a", field] == written
    assert [written, "given", True] in evidence(clean, field)


def test_a_spelled_date_in_a_table_dates_the_days_without_a_year(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        '{"text": "' + TEXT.replace("\n", "\\n") + '", "date_published": "12 March 2023"}\n', encoding="utf-8"
    )
    clean = clean_corpus(load_corpus(tmp_path / "a.jsonl"), settings=QUIET)
    assert clean.documents["date_published"].tolist() == ["2023-03-12"]
    assert evidence(clean, "date_event") == [["--04-05", "inferred", False]]


def test_a_language_of_the_users_wins_and_what_the_lines_speak_for_stays_in_the_evidence():
    clean = cleaned(language="fr")
    assert clean.documents.at["a", "language"] == "fr"
    assert evidence(clean, "language") == [["fr", "given", True], ["en", "inferred", False]]
    assert cleaned(language="en-GB").documents.at["a", "language"] == "en-GB"
    assert cleaned(f"12:30\n\n{TEXT}\n\n* * *\n").documents.at["a", "language"] == "en"
    assert evidence(cleaned(), "language") == []


@pytest.mark.parametrize(
    ("own", "written"),
    [
        (["Ann Lee", "Bo Chan"], "Ann Lee; Bo Chan"), (("Ann Lee", None, " "), "Ann Lee"), (np.array(["Ann Lee", "Bo Chan"]), "Ann Lee; Bo Chan"), ([], ""),
        ({"name": "Ann Lee"}, "name: Ann Lee"), (7, "7"), (" Ann Lee ", "Ann Lee"), ("  \t", ""), (None, ""), (float("nan"), ""), (pd.NA, ""),
    ],
)  # fmt: skip
def test_a_list_of_names_is_joined_and_white_space_is_no_value(own, written):
    clean = cleaned(author=own)
    assert clean.documents.at["a", "author"] == written
    assert evidence(clean, "author") == ([[written, "given", True]] if written else [])


@pytest.mark.parametrize(
    ("own", "written"),
    [
        (2020.0, "2020"), ("2020.0", "2020"), (2020, "2020"), (pd.Timestamp("2023-07-01"), "2023-07-01"), (np.datetime64("2023-07-01"), "2023-07-01"),
        (pd.Timestamp("2023-07-01 10:30"), "2023-07-01T10:30:00"), (datetime.date(2023, 7, 1), "2023-07-01"), (pd.NaT, ""),
    ],
)  # fmt: skip
def test_a_year_read_as_a_fraction_and_a_timestamp_become_iso(own, written):
    assert cleaned(date_published=own).documents.at["a", "date_published"] == written


def test_a_year_column_with_a_gap_and_lists_of_authors_come_through_the_files(tmp_path):
    page = TEXT.replace("\n", " ")
    pd.DataFrame({"text": [page, page + "More."], "date_published": [2020, None]}).to_csv(
        tmp_path / "a.csv", index=False
    )
    assert clean_corpus(load_corpus(tmp_path / "a.csv"), settings=QUIET).documents["date_published"].tolist() == [
        "2020",
        "",
    ]
    (tmp_path / "b.jsonl").write_text('{"text": "' + page + '", "author": ["A. Lee", "B. Chan"]}\n', encoding="utf-8")
    assert clean_corpus(load_corpus(tmp_path / "b.jsonl"), settings=QUIET).documents["author"].tolist() == [
        "A. Lee; B. Chan"
    ]


def test_columns_of_the_users_that_have_a_name_of_the_cleanings_own_are_kept_beside_it():
    own = {
        "needs_review": "by Ann",
        "n_words": 3,
        "paragraph_mode": "mine",
        "review_reasons": "hers",
        "n_words_given": 4,
    }
    documents = cleaned(**own).documents
    assert documents.columns.is_unique
    assert documents.loc[
        "a",
        ["needs_review_given", "n_words_given_given", "n_words_given", "paragraph_mode_given", "review_reasons_given"],
    ].tolist() == ["by Ann", 3, 4, "mine", "hers"]
    assert documents["needs_review"].dtype == bool
    assert documents.at["a", "n_words"] > 40


def test_a_persons_decision_on_the_language_counts_before_the_users_column_and_is_redundant_only_when_it_says_the_same():
    corpus = corpus_of({"a": TEXT}, language=["fr"])
    for to, status in (("en", "applied"), ("fr", "redundant")):
        decided = pd.DataFrame(
            [
                dict.fromkeys(COLUMNS, "")
                | {"document": corpus.documents.at["a", "sha256"], "field": "language", "to": to}
            ]
        )
        clean = clean_corpus(corpus, settings=QUIET, overrides=decided)
        assert clean.documents.at["a", "language"] == to
        assert clean.overrides["status"].tolist() == [status]


HEADLINE = "Alliance agrees on a plan for the northern harbours"
PAGE = f"{HEADLINE}\n\nBy Jane Doe\n\nPublished 7 April 2024\n\n{TEXT}"


def reasons(clean):
    assert clean.documents.at["a", "needs_review"] == (clean.documents.at["a", "review_reasons"] != "")
    return clean.documents.at["a", "review_reasons"]


def test_another_title_than_the_given_one_stays_in_the_evidence_and_asks_for_review():
    clean = cleaned(PAGE, title="Harbour news, no. 7")
    assert clean.documents.at["a", "title"] == "Harbour news, no. 7"
    assert evidence(clean, "title") == [["Harbour news, no. 7", "given", True], [HEADLINE, "stated", False]]
    assert clean.lines["label"].tolist()[:2] == ["title", "byline"]
    assert reasons(clean) == "given and stated title differ"


@pytest.mark.parametrize("own", [HEADLINE, HEADLINE.upper(), f" {HEADLINE.replace(' ', '  ')} "])
def test_a_title_that_differs_in_case_and_space_only_is_no_conflict(own):
    clean = cleaned(PAGE, title=own)
    assert clean.documents.at["a", "title"] == own.strip()
    assert evidence(clean, "title") == [[own.strip(), "given", True], [HEADLINE, "stated", False]]
    assert reasons(clean) == ""


def test_a_given_title_on_the_page_is_its_title_and_the_pages_own_reading_stays_as_evidence():
    clean = cleaned(f"News from the sea\n\n{PAGE}", title="News from the sea")
    assert clean.lines["label"].tolist()[0] == "title"
    assert [row[0] for row in evidence(clean, "title")] == ["News from the sea", "News from the sea", HEADLINE]
    assert reasons(clean) == ""


@pytest.mark.parametrize(
    ("field", "own", "differs"),
    [
        ("date_published", "2024-04-07", False), ("date_published", "2024", False), ("date_published", "April 2024", False), ("date_published", "2024-04-07T10:30", False),
        ("date_published", "07/04/2024", False), ("date_published", "unknown", False), ("date_published", "2024-04-08", True), ("date_published", "2023", True),
        ("date_published", "8 April 2024", True), ("author", "Doe, Jane", False), ("author", "JANE DOE; Ann Lee", False), ("author", "Ann Lee", True),
        ("publisher", "The Sea Post", False), ("date_modified", "2024-05-01", False), ("language", "fr", False),
    ],
)  # fmt: skip
def test_a_given_value_that_the_page_contradicts_asks_for_review(field, own, differs):
    assert reasons(cleaned(PAGE, **{field: own})) == (f"given and stated {field} differ" if differs else "")


def test_a_person_who_decided_the_field_has_seen_the_difference():
    corpus = corpus_of({"a": PAGE}, author=["Ann Lee"])
    decided = pd.DataFrame(
        [
            dict.fromkeys(COLUMNS, "")
            | {"document": corpus.documents.at["a", "sha256"], "field": "author", "to": "Ann Lee"}
        ]
    )
    assert reasons(clean_corpus(corpus, settings=QUIET, overrides=decided)) == ""


def test_names_are_compared_as_words_and_the_best_stated_values_count():
    given = ("source", "新华社", 0, "column", "given", 1.0, True)
    stated = [
        ("source", value, 1, "source_cue", "stated", confidence, False)
        for value, confidence in (("新华社北京", 0.9), ("环球时报", 0.6))
    ]
    assert differing_fields([given, *stated]) == []
    assert differing_fields([given, *stated[1:]]) == ["source"]
    assert differing_fields([given, (*stated[1][:5], 0.4, False)]) == []
    events = [("date_event", f"2024-05-0{n}", 1, "date_of_talk", "event", 0.7, False) for n in (1, 2)]
    assert differing_fields([("date_event", "2024-05-02", 0, "column", "given", 1.0, True), *events]) == []
