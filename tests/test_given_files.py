"""Files as people have them, outside of this repository: what is expected of each is told beside it."""

from pathlib import Path

import pytest

from corpus_lib import clean_corpus, load_corpus, open_study, read_frequency_list, tokenize
from corpus_lib.errors import InvalidValue

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


def test_a_table_with_semicolons_in_cp1252():
    corpus = load_corpus(CASES / "01-semicolon-csv" / "posts.csv")
    assert corpus.text("2") == "Grüße aus Köln; die Straße ist für Müller gesperrt."
    assert corpus.documents.loc["2", ["number", "country", "platform", "language"]].tolist() == [3, "GER", "TW", "de"]
    assert len(corpus.documents) == 3 and corpus.problems.empty
    assert corpus.documents["encoding_basis"].str.contains(r"cp125\d, guessed .*; fields separated by ';'").all()


def test_unicode_text_of_excel_under_either_name():
    read = [
        load_corpus(CASES / "03-excel-unicode-text" / name, encoding=encoding)
        for name in ("articles.tsv", "articles.csv")
        for encoding in (None, "utf-16")
    ]
    texts = [[corpus.text(i) for i in ("1", "2", "3")] for corpus in read]
    assert texts == texts[:1] * 4 and all(len(c.documents) == 3 and c.problems.empty for c in read)


@pytest.mark.parametrize(("name", "n"), [("data.csv", 4), ("data2.csv", 5)])
def test_quotation_marks_that_are_never_closed(name, n):
    corpus = load_corpus(CASES / "05-unclosed-quote" / name)
    assert corpus.documents["Row"].tolist() == list(range(2, n + 1))
    assert corpus.problems["path"].tolist() == [f"{name}, row 0"]
    assert corpus.problems["problem"].item() == "has a quotation mark that is never closed, line 2"
    if n == 5:
        assert corpus.text("3") == 'he said "no" to it all and left the building at once'
    assert max(map(len, map(corpus.text, corpus.documents.index))) < 150


def test_commas_that_nobody_quoted():
    corpus = load_corpus(CASES / "07-unquoted-commas" / "data.csv")
    assert corpus.documents.index.tolist() == ["1", "2", "3"] and corpus.problems.empty
    assert corpus.text("1") == "The port was closed for two days, and no ship left the harbour."


def test_a_folder_with_a_table_is_answered_with_its_name():
    with pytest.raises(InvalidValue, match=r"corpus/articles\.csv: .* If its rows are texts, name it as the corpus"):
        load_corpus(CASES / "09-folder-with-csv" / "corpus")
    corpus = load_corpus(CASES / "09-folder-with-csv" / "corpus" / "articles.csv")
    assert corpus.documents["date"].to_dict() == {"1": "2021-01-02", "2": "2021-02-02"}


def test_a_table_beside_the_texts():
    corpus = load_corpus(CASES / "10-texts-with-metadata-csv" / "corpus")
    assert corpus.documents[["date", "outlet"]].to_dict("index") == {
        "text1": {"date": "2021-01-02", "outlet": "Harbour Post"},
        "text2": {"date": "2021-02-02", "outlet": "City News"},
    }
    assert corpus.problems.empty


@pytest.mark.parametrize(("name", "column"), [("export.csv", "Full text"), ("export2.csv", "Text")])
def test_texts_under_another_name(name, column):
    corpus = load_corpus(CASES / "20-other-column-names" / name)
    assert corpus.documents["date"].tolist() == ["2021-01-02", "2021-02-02"] and corpus.problems.empty
    assert corpus.documents["encoding_basis"].str.contains(f"texts from the column '{column}'").all()


DATED = {
    "iso created_at publish_date pubdate_human iso_tz dp_long yyyymmdd dp_yyyymmdd": ("2021-01-03", "2021-12-03"),
    "german dmy dp_dmy mdy": ("2021-01-13", "2021-12-24"),
    "mixed_dmy dp_mix": ("2021-01-12", "2021-12-11"),
    "twitter dp_twitter": ("2021-01-02", "2021-12-02"),
    "epoch excel_serial": ("2021-01-02", "2021-11-28"),
    "year yearcol": ("2000", "2011"),
    "out_of_range": ("1650-01-03", "1650-12-03"),
}


@pytest.mark.parametrize(("name", "days"), [(name, days) for names, days in DATED.items() for name in names.split()])
def test_every_row_of_a_usual_column_has_its_date(name, days):
    corpus = load_corpus(CASES / "65-dates-in-columns" / f"{name}.csv")
    found = corpus.documents["year" if name == "yearcol" else "date"].astype("str").str[:10].tolist()
    assert (min(found), max(found), len(found), corpus.problems.empty) == (*days, 12, True)
    if "mix" in name:
        assert (
            corpus.documents.set_index("row").loc[0, "date"],
            corpus.documents.set_index("row").loc[11, "date"],
        ) == ("2021-06-05", "2021-05-16")


@pytest.mark.parametrize("name", ["dmy_amb", "dp_amb"])
def test_an_order_that_no_row_tells_is_asked_for(name):
    file = CASES / "65-dates-in-columns" / f"{name}.csv"
    corpus = load_corpus(file)
    assert len(corpus.documents) == 12 and "`date_order`" in corpus.problems["advice"].item()
    firsts = [load_corpus(file, date_order=order).documents["date"].iloc[0] for order in ("day", "month")]
    assert firsts[0][5:7] == firsts[1][8:10] and firsts[0][8:10] == firsts[1][5:7] and firsts[0] != firsts[1]


def test_dates_in_six_forms_and_commas_that_nobody_quoted():
    corpus = load_corpus(CASES / "65-dates-in-columns" / "d.csv")
    assert len(corpus.documents) == 8 and (corpus.documents["date"] != "").sum() == 6
    assert "('03/05/2021')" in corpus.problems["problem"].item()
    with pytest.raises(InvalidValue, match="row 0: has 4 fields where the header has 3, line 2"):
        load_corpus(CASES / "65-dates-in-columns" / "long_en.csv")


def test_words_that_are_broken_at_line_ends():
    clean = clean_corpus(load_corpus(CASES / "68-ocr-hyphenated" / "corpus"))
    pages = {clean.text(f"page{kind}") for kind in ("", "_not", "_soft", "_space")}
    assert len(pages) == 1
    words = pages.pop().replace(".", "").replace(",", "").split()
    assert [words.count(word) for word in ("capital", "threatened", "whether")] == [1, 1, 1]
    assert not {"capi", "tal", "threate", "ned", "whe", "ther"} & {*words}
    kept = clean.text("keep")
    for word in ["protect", "described", "reached", "opposition", "teachers", "classrooms"]:
        assert word in kept.lower().split()
    for word in ("Asia-Pacific", "mid- and long-term", "post-war", "anti-aircraft", "twenty-first"):
        assert word in kept
    assert clean.paragraphs.groupby("doc_id").size().tolist() == [2, 1, 1, 1, 1]


LISTS = {
    "wordsmith.txt": {"the": 500, "of": 300}, "sketchengine.csv": {"the": 500, "of": 300, "and": 120, "nato": 50},
    "antconc_coca.txt": {"the": 500, "of": 300}, "bnc_words.num": {"the": 500, "of": 300}, "twocol_space.txt": {"new york": 20},
    "german_semicolon.csv": {"die": 500, "der": 300, "und": 120}, "utf16.txt": {"the": 500, "of": 300}, "sketch2.csv": {"the": 6041234},
    **{name: {"the": 500, "of": 300} for name in ("antconc3.txt", "antconc4.txt", "coca_lemmas.csv", "quanteda.csv", "voyant.tsv")},
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_other_programs(name):
    found = read_frequency_list(CASES / "72-frequency-lists" / name)
    assert {word: found.table.loc[word, "frequency"] for word in LISTS[name]} == LISTS[name]


def test_aliases_count_either_sign():
    home = CASES / "79-alias-typography" / "corpus"
    study = open_study(home)
    assert study.file.title == "Names" and study.file.question == ""
    counts = tokenize(study.clean).group(study.file.aliases).frequencies().table["frequency"]
    assert counts[["prc", "asia_pacific"]].tolist() == [2, 2]


def test_coding_that_excel_saved():
    study = open_study(CASES / "89-study-files-saved-by-excel" / "corpus")
    assert study.file.coding(study.clean.documents)["outlet"].to_dict() == {
        "text1": "Harbour Post", "text2": "Zürcher Stadtblatt",
    }  # fmt: skip


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
