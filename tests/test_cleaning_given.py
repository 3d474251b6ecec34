"""A user's own columns: they win as they are, what the text says stays in the evidence, and no value of theirs stops the cleaning."""

import pytest
from test_cleaning_invariants import corpus_of

from corpus_lib.cleaning import CleaningSettings, clean_corpus
from corpus_lib.loading import load_corpus

QUIET = CleaningSettings(line_model=False)
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
    (tmp_path / "a.jsonl").write_text('{"text": "' + TEXT.replace("\n", "\\n") + '", "date_published": "12 March 2023"}\n', encoding="utf-8")
    clean = clean_corpus(load_corpus(tmp_path / "a.jsonl"), settings=QUIET)
    assert clean.documents["date_published"].tolist() == ["2023-03-12"]
    assert evidence(clean, "date_event") == [["--04-05", "inferred", False]]
