"""Files as people have them, outside of this repository: what is expected of each is told beside it."""

from pathlib import Path

import pytest

from corpus_lib import clean_corpus, load_corpus

CASES = Path(__file__).parents[2] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"{CASES} is not there")


def test_three_articles_of_nexis():
    clean = clean_corpus(load_corpus(CASES / "31-nexis-many-articles-in-one-file" / "corpus"))
    assert clean.documents["title"].tolist() == [
        "Ministers agree to keep patrols", "Teachers return to their classrooms", "Opposition asks for a debate",
    ]  # fmt: skip
    assert clean.documents["date_published"].tolist() == ["2022-05-01", "2022-05-02", "2022-05-03"]
    assert clean.documents["author"].tolist() == ["Jane Example", "John Sample", "Jane Example"]
    assert set(clean.documents["source"]) == {"Harbour Post"}
    assert clean.paragraphs.groupby("doc_id").size().tolist() == [3, 3, 3]


def test_two_articles_of_factiva():
    clean = clean_corpus(load_corpus(CASES / "32-factiva-text" / "corpus"))
    assert clean.documents["title"].tolist() == [
        "Defence ministers agree to keep patrols in the strait", "Teachers return",
    ]  # fmt: skip
    assert clean.documents["date_published"].tolist() == ["2022-05-05"] * 2
    assert clean.text("factiva#002").endswith("The union will meet again on Friday to count the votes.")
    assert not {"lp", "td", "hd", "wc", "sn"} & {
        word.lower() for i in clean.documents.index for word in clean.text(i).split()
    }


def test_a_sitting_in_tei():
    corpus = load_corpus(CASES / "17-tei-xml" / "corpus")
    assert corpus.documents.index.tolist() == ["sitting"]
    assert len(corpus.paragraphs) == 2


def test_texts_in_older_encodings():
    corpus = load_corpus(CASES / "70-legacy-encodings" / "corpus")
    for doc_id, words in {
        "cp1252_fr": "jusqu\u2019à la fin de l\u2019année", "cp1250_pl": "że wspólne patrole w cieśninie będą trwać do końca roku",
        "cp437": "la Défense ont décidé",
    }.items():  # fmt: skip
        assert words in corpus.text(doc_id)
    assert corpus.problems["path"].isin(["utf16nobom.txt", "macroman.txt"]).all()
    review = clean_corpus(corpus).documents
    doubtful = corpus.documents["encoding_basis"].str.contains("also possible")
    assert (
        review["needs_review"][doubtful].all()
        and review["review_reasons"][doubtful].str.contains("also possible").all()
    )
