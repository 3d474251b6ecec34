"""The study of the seeds says nothing about them that the seeds do not say."""

import re
from pathlib import Path

import pytest

from corpus_lib import load_corpus
from corpus_lib.study.study_file import load_study

ROOT = Path(__file__).parents[1]
CORPUS = load_corpus(ROOT / "seeds")
STUDY = load_study(ROOT / "notebooks" / "study.toml", CORPUS)


def test_the_study_is_about_the_seeds_and_no_other_corpus(tmp_path):
    (tmp_path / "a.txt").write_text("Another text.")
    assert STUDY.nodes
    other = load_study(ROOT / "notebooks" / "study.toml", load_corpus(tmp_path))
    assert not other.nodes
    assert "NATO" not in other.title + other.question


@pytest.mark.parametrize(
    "row", STUDY.coded.to_dict("records"), ids=lambda row: f"{row['doc_id'][:3]}-{row['variable']}"
)
def test_every_quotation_in_the_evidence_stands_on_the_line_that_is_named(row):
    lines = CORPUS.source(row["doc_id"]).split("\n")
    quoted = re.findall(r"line (\d+): '(.*?)'(?=;|$| is| in| gives|$)", row["evidence"])
    assert quoted
    for number, quote in quoted:
        assert quote in lines[int(number) - 1]


def test_every_document_is_coded_for_every_variable():
    coding = STUDY.coding(CORPUS.documents)
    assert coding.notna().all(axis=None)
    assert coding.attrs["notes"] == []
