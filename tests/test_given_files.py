"""Files as people have them, outside of this repository: what is expected of each is told beside it."""

from pathlib import Path

import pytest

from corpus_lib import clean_corpus, load_corpus, tokenize

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


def words_of(clean):
    return set(tokenize(clean).words())


def as_text(folder, tmp_path):
    """The pages of a folder as somebody copies them from a browser."""
    pages = load_corpus(folder)
    for doc_id in pages.documents.index:
        (tmp_path / f"{doc_id}.txt").write_text(pages.text(doc_id), encoding="utf-8")
    return tmp_path


def as_page(folder, tmp_path):
    """A text as a page with markup."""
    texts = load_corpus(folder)
    for doc_id in texts.documents.index:
        rows = "".join(f"<p>{row}</p>" for row in texts.text(doc_id).split("\n") if row)
        (tmp_path / f"{doc_id}.html").write_text(f"<html lang=en><body>{rows}</body></html>", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("given_as", [lambda folder, _: folder, as_text])
@pytest.mark.parametrize(("corpus", "paragraphs"), [("corpus", 2), ("corpus2", 5)])
def test_a_notice_about_cookies_is_no_article_and_gives_no_title(corpus, paragraphs, given_as, tmp_path):
    clean = clean_corpus(load_corpus(given_as(CASES / "50-cookie-banner-html" / corpus, tmp_path)))
    assert clean.documents["title"].tolist() == ["Ministers agree to keep patrols"]
    assert len(clean.paragraphs) == paragraphs
    assert not {"partners", "cookies", "consent", "newsletter"} & words_of(clean)


def test_a_notice_about_cookies_in_bare_markup_is_no_article(tmp_path):
    clean = clean_corpus(load_corpus(as_page(CASES / "50-cookie-banner-html" / "corpus2", tmp_path)))
    assert clean.documents["title"].tolist() == ["Ministers agree to keep patrols"]
    assert "We and our partners" not in clean.text("page")
    assert "Fishermen in the northern harbours" in clean.text("page")


@pytest.mark.parametrize("given_as", [lambda folder, _: folder, as_text])
def test_visible_dates_of_pages_and_of_the_same_words_as_text(given_as, tmp_path):
    clean = clean_corpus(load_corpus(given_as(CASES / "83-html-date-guessed" / "corpus", tmp_path)))
    assert clean.documents["date_published"].str[:10].to_dict() == {
        "drill": "", "us1": "2021-03-05", "us2": "2021-04-05",
    }  # fmt: skip
    dates = clean.evidence[clean.evidence["field"] == "date_published"]
    assert (dates["line"] > 0).all()


def test_entities_and_tags():
    posts = clean_corpus(load_corpus(CASES / "29-html-entities-in-text" / "posts.csv"))
    texts = [posts.text(i) for i in posts.documents.index]
    assert texts[0].endswith('Q&A with the minister > he said "no" & left; it isn\u2019t over.')
    assert texts[1].endswith("The AT&T deal \u2014 worth \u00a33bn \u2014 isn\u2019t signed & sealed.")
    assert texts[2].endswith("R&D costs rose <again>.")
    assert not {"amp", "gt", "lt", "quot", "nbsp", "mdash", "pound", "8217"} & words_of(posts)
    page = clean_corpus(load_corpus(CASES / "29-html-entities-in-text" / "corpus"))
    assert "The deal isn't signed, he said on Tuesday again." in page.text("page")
    assert not {"p", "br", "i"} & words_of(page)


def test_an_interview_keeps_all_its_turns():
    clean = clean_corpus(load_corpus(CASES / "34-interview" / "corpus"))
    assert clean.lines["keep"].all()
    assert clean.text("interview").count("Thank you.") == 2
    assert not {"a", "q"} & {token.strip(":.") for token in clean.text("interview").lower().split("\n")}


def test_line_breaks_that_an_export_wrote_out():
    clean = clean_corpus(load_corpus(CASES / "42-literal-newlines" / "data.csv"))
    assert clean.text("1").split("\n\n")[1].startswith("A spokesman for the host government")
    assert not {"n", "r", "na", "nthe", "nnobody", "tthe"} & words_of(clean)


def test_languages_outside_the_first_list():
    clean = clean_corpus(load_corpus(CASES / "47-languages-outside-the-list" / "corpus"))
    close = {"nb": "no", "nn": "no", "sr": "hr", "bs": "hr", "sh": "hr"}
    for code, found in clean.documents["language"].items():
        assert not found or close.get(found, found) == close.get(code, code)
    assert clean.lines["keep"].all()


def test_retweets_keep_their_text():
    clean = clean_corpus(load_corpus(CASES / "48-retweets-dropped" / "tweets.csv"))
    texts = [clean.text(i) for i in clean.documents.index]
    assert len(texts) == 50
    assert all(texts)
    assert sum("patrols" in text for text in texts) == 30


def test_words_broken_at_line_ends():
    clean = clean_corpus(load_corpus(CASES / "68-ocr-hyphenated" / "corpus"))
    pages = [clean.text(i).lower() for i in ("page", "page_space", "page_soft", "page_not")]
    assert all(page.count(word) == 1 for page in pages for word in ("capital", "threatened", "whether"))
    assert len({" ".join(page.split()) for page in pages}) == 1


@pytest.mark.parametrize(("name", "n", "without"), [("headlines", 20, 0), ("survey.csv", 20, 1), ("tweets.csv", 15, 0)])
def test_texts_of_one_line_keep_it(name, n, without):
    clean = clean_corpus(load_corpus(CASES / "74-short-texts-dropped" / name))
    texts = [clean.text(i) for i in clean.documents.index]
    assert sum(any(map(str.isalnum, text)) for text in texts) >= n - without
    assert clean.lines[clean.lines["n_words"] > 0]["keep"].all()


def test_one_short_text_is_kept_whole():
    clean = clean_corpus(load_corpus(CASES / "92-run-one-document" / "corpus"))
    assert clean.lines["keep"].all()
