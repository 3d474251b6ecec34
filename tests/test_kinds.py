"""Kinds of text: pages are cleaned as pages, and nothing else is."""

import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cleaning_invariants import corpus_of

import corpus_lib as cl
from corpus_lib.__main__ import main
from corpus_lib.cleaning import CleaningSettings
from corpus_lib.errors import InvalidValue
from corpus_lib.run.run import run

PROSE = (
    "The council of the valley met on the third day of the month and spoke about the bridge that the flood had taken away.",
    "Nobody in the room could say what a new one would cost, and the engineers asked for another year to find it out.",
    "In the end they agreed to build a ferry, which had been the proposal of the fishermen from the beginning of the winter.",
)
INTERVIEW = """Maria Lund has commanded the ferry for longer than anyone. We met her on the quay, early in the morning.

Q: How long have you been in command?
A: Three years.
Q: Were you ever afraid?
A: No.
Q: What does the crew say of the new bridge?
A: They say that it will come when it comes. [Laughter] I say so too.
Q: Thank you.
A: Thank you."""


def folder_of(path, texts):
    for name, text in texts.items():
        (path / name).write_text(text, encoding="utf-8")
    return cl.load_corpus(path)


def table_of(path, texts):
    with (path / "posts.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["text"], *([text] for text in texts)])
    return cl.load_corpus(path / "posts.csv")


def words(clean):
    return set(cl.tokenize(clean).words())


# --------------------------------------------------------------------------------------------------------- what kind it is


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("\n\n".join([*PROSE, "Recent Posts", "Share this article"]), "page"),
        ("By Anna Berg\nPublished on 3 May 2021\n\n" + "\n\n".join(PROSE), "page"),
        ("\n\n".join(PROSE), "text"),
        ("Boats leave the harbour at dawn", "post"),
        (INTERVIEW, "transcript"),
        ("\n\n".join(PROSE * 350), "book"),
    ],
)
def test_the_kind_is_found_out_and_says_why(tmp_path, text, kind):
    clean = cl.clean_corpus(folder_of(tmp_path, {"a.txt": text}))
    assert clean.documents.at["a", "kind"] == kind
    row = clean.evidence.set_index("field").loc["kind"]
    assert (row["value"], row["basis"], row["decided"]) == (kind, "inferred", True) and row["rule"]


def test_an_html_file_is_a_page_and_a_user_s_own_column_of_that_name_is_kept(tmp_path):
    body = "".join(f"<p>{p}</p>" for p in PROSE)
    (tmp_path / "a.html").write_text(f"<html><body><article>{body}</article></body></html>", encoding="utf-8")
    assert cl.clean_corpus(cl.load_corpus(tmp_path)).documents.at["a", "kind"] == "page"
    table = tmp_path / "t.csv"
    table.write_text("kind,text\nblog,One line of a blog\n", encoding="utf-8")
    documents = cl.clean_corpus(cl.load_corpus(table)).documents
    assert documents[["kind", "kind_given"]].values.tolist() == [["post", "blog"]]


def test_settings_and_a_person_decide_the_kind(tmp_path):
    corpus = folder_of(tmp_path, {"a.txt": "\n\n".join([*PROSE, "Recent Posts"])})
    as_text = cl.clean_corpus(corpus, settings=CleaningSettings(kind="text"))
    assert as_text.text("a").endswith("Recent Posts") and as_text.documents.at["a", "kind"] == "text"
    overrides = tmp_path.parent / f"{tmp_path.name}.csv"
    row = cl.cleaning.make_override(cl.clean_corpus(corpus), "a", "text", field="kind", who="me", why="a poem")
    cl.cleaning.append_override(overrides, row)
    decided = cl.clean_corpus(corpus, overrides=overrides)
    assert decided.text("a") == as_text.text("a") and decided.overrides["status"].tolist() == ["applied"]
    with pytest.raises(InvalidValue, match="`kind` must be one of 'auto', 'page'"):
        CleaningSettings(kind="blog")


@given(text=st.text(st.sampled_from("ab .,:\n-“”\u00a0Q[]"), max_size=80))
def test_taken_as_they_are_texts_keep_every_line_without_an_edit(text):
    clean = cl.clean_corpus(corpus_of({"a": text}), settings=CleaningSettings(kind="none"))
    assert clean.lines["keep"].all() and set(clean.lines["label"]) <= {"body"} and clean.edits.empty


def test_taken_as_they_are_texts_have_their_language_and_their_metadata(tmp_path):
    page = "By Anna Berg\n3 May 2021\n\n" + "\n\n".join(PROSE) + "\n\nRecent  Posts\n"
    clean = cl.clean_corpus(folder_of(tmp_path, {"a.txt": page}), settings=CleaningSettings(kind="none"))
    assert clean.lines["keep"].all() and set(clean.lines["label"]) == {"body"} and clean.edits.empty
    assert clean.documents.loc["a", ["language", "author", "date_published"]].tolist() == [
        "en",
        "Anna Berg",
        "2021-05-03",
    ]
    assert "Recent  Posts" in clean.text("a")


# ------------------------------------------------------------------------------------------------------ what is never taken


@pytest.mark.parametrize("line", ["Home", "Privacy", "see above", "n/a", "Watch: boats leave at dawn", "Photo: boats at dawn", "Like and share", "Read more here: https://a.example/1", "All rights reserved my foot", "Teilen und weitersagen", "阅读更多", "Đọc nhiều", "© 2021 Anna"])  # fmt: skip
def test_a_document_of_one_line_keeps_it(tmp_path, line):
    clean = cl.clean_corpus(folder_of(tmp_path, {"a.txt": line, "b.txt": "\n".join(PROSE)}))
    assert clean.text("a").split() == line.split()
    corpus = table_of(tmp_path, [line, line, "Another line of the table"])
    assert [cl.clean_corpus(corpus).text(i).split() for i in corpus.documents.index[:2]] == [line.split()] * 2


def test_posts_that_many_share_are_kept_and_counted_once_where_that_is_asked_for(tmp_path):
    shared = "RT @port: Patrols in the harbour were doubled this morning, and no ship may leave before noon"
    corpus = table_of(tmp_path, [shared] * 30 + [f"Ship {n} of the harbour waits at pier {n * 7}" for n in range(20)])
    counts = cl.tokenize(cl.clean_corpus(corpus)).frequencies().table["frequency"]
    assert counts["patrols"] == 30 and counts["harbour"] == 50
    once = cl.clean_corpus(corpus, settings=CleaningSettings(duplicates="first"))
    assert cl.tokenize(once).frequencies().table["frequency"][["patrols", "harbour"]].tolist() == [1, 21]
    dropped = once.lines[~once.lines["keep"]]
    assert len(dropped) == 29 and set(dropped["rule"]) == {"copy.of_another"}
    first = corpus.documents.index[0]
    assert set(dropped["reason"]) == {f"the text stands in {first!r} already"}
    assert len(once.documents) == 50 and (once.documents["n_words"] == 0).sum() == 29


def test_a_copy_with_a_few_words_more_is_one_and_a_longer_text_around_it_is_not(tmp_path):
    story = " ".join(PROSE)
    longer = story + " " + " ".join(f"Then word{n} came to place{n} and said thing{n}." for n in range(40))
    corpus = folder_of(tmp_path, {"a.txt": story, "b.txt": story + " Ends.", "c.txt": longer, "d.txt": story})
    once = cl.clean_corpus(corpus, settings=CleaningSettings(duplicates="first", kind="text"))
    assert [bool(once.text(d)) for d in "abcd"] == [True, False, True, False]


def test_formulas_of_speeches_and_slogans_of_leaflets_stay(tmp_path):
    formula = "Mr. President, distinguished delegates, ladies and gentlemen,"
    speeches = {
        f"s{n}.txt": f"{formula}\n\nOn behalf of country {n} I bring greetings, and I wish this assembly well in year {n * 3}.\n\n"
        f"We have built {n} schools since we last met here, and the people of place {n} have asked me to speak about them.\n\nI thank you."
        for n in range(1, 13)
    }
    clean = cl.clean_corpus(folder_of(tmp_path, speeches))
    assert clean.lines["keep"].all()


def test_turns_of_an_interview_are_kept_and_the_names_before_them_are_set_apart(tmp_path):
    corpus = folder_of(tmp_path, {"a.txt": INTERVIEW})
    clean = cl.clean_corpus(corpus)
    assert clean.lines["keep"].all() and clean.text("a").count("Thank you.") == 2
    assert not words(clean) & {"q", "a", "laughter"}
    edits = clean.edits.set_index("rule")["before"]
    assert edits.loc["speaker_label"].tolist() == ["Q: ", "A: "] * 4 and edits["audience"] == " [Laughter]"
    assert "".join(corpus.text("a")) == INTERVIEW


@pytest.mark.parametrize(
    ("one", "other"),
    [("MODERATOR: ", "MS. LUND: "), ("Interviewer: ", "Befragte: "), ("记者：", "部长："), ("Hỏi: ", "Đáp: ")],
)
def test_other_names_at_the_beginning_of_lines_are_set_apart_too(tmp_path, one, other):
    turns = [f"{name}{text}" for text in ("Yes, we did.", "No.", "It was long ago.") for name in (one, other)]
    clean = cl.clean_corpus(folder_of(tmp_path, {"a.txt": "\n".join(turns)}))
    assert clean.documents.at["a", "kind"] == "transcript" and clean.lines["keep"].all()
    assert clean.edits["before"].tolist() == [one, other] * 3


@pytest.mark.parametrize(
    "bracket", ["[Applause.]", "(Loud laughter and applause)", "(Beifall)", "（热烈掌声）", "(the silence)"]
)
def test_what_the_audience_did_is_set_apart_from_a_speech_and_from_no_page(tmp_path, bracket):
    assert audience_of(tmp_path, bracket) == (" " * (bracket[0] != "（") + bracket, True)


@pytest.mark.parametrize("bracket", ["(music by Holm)", "(a pause of two years)"])
def test_what_only_names_the_audience_is_text(tmp_path, bracket):
    assert audience_of(tmp_path, bracket) == ("", True)


def audience_of(path, bracket):
    """What is set apart from a speech, and whether a page with the same words keeps them."""
    between = f"{PROSE[1]}{'' if bracket[0] == '（' else ' '}{bracket} {PROSE[1]}"
    speech = "\n\n".join([PROSE[0], between, PROSE[2]])
    clean = cl.clean_corpus(folder_of(path, {"a.txt": speech, "b.txt": speech + "\n\nRecent Posts"}))
    assert clean.documents["kind"].tolist() == ["text", "page"]
    apart = clean.edits[clean.edits["rule"] == "audience"]
    assert set(apart["doc_id"]) <= {"a"}
    return "".join(apart["before"]), bracket in clean.text("b")


def test_a_page_that_would_be_left_empty_keeps_its_text_and_asks_for_review(tmp_path):
    text = "\n".join(["Photo: A. Berg / Reuters", "Photo: B. Lund / AP", "Photo: C. Holm / AFP", "Recent Posts"])
    clean = cl.clean_corpus(folder_of(tmp_path, {"a.txt": text}), settings=CleaningSettings(kind="page"))
    assert clean.documents.at["a", "n_words"] and clean.documents.at["a", "needs_review"]
    assert "would leave nothing" in clean.documents.at["a", "review_reasons"]


# -------------------------------------------------------------------------------------------------------- studies and index


def test_a_study_says_how_its_texts_are_taken(tmp_path):
    page = "\n\n".join([*PROSE, "Recent Posts"])
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(page, encoding="utf-8")
    assert cl.open_study(tmp_path).clean.text("a").endswith("winter.")
    assert cl.open_study(tmp_path, clean="none").clean.text("a").endswith("Recent Posts")
    (tmp_path / "study.toml").write_text('title = "T"\nquestion = "Q?"\nclean = "text"\nduplicates = "first"\n')
    study = cl.open_study(tmp_path)
    assert study.clean.text("a").endswith("Recent Posts") and study.clean.text("b") == ""
    assert study.tokens.n_tokens == study.paragraph_tokens.n_tokens == len(cl.tokenize(study.clean).words())
    assert cl.open_study(tmp_path, duplicates="keep").clean.text("b") == study.clean.text("a")
    with pytest.raises(InvalidValue, match="`clean` must be one of 'auto'"):
        cl.open_study(tmp_path, clean="blog")
    (tmp_path / "study.toml").write_text('title = "T"\nquestion = "Q?"\nclean = "blog"\n')
    with pytest.raises(InvalidValue, match=r"`clean` must be one of auto, page, .*; found 'blog'"):
        cl.open_study(tmp_path)


def test_an_index_of_mixed_kinds_equals_the_whole_and_refuses_what_only_the_whole_can_say(tmp_path):
    texts = {
        "a.txt": "Home",
        "b.txt": INTERVIEW,
        "c.txt": "\n\n".join([*PROSE, "Recent Posts"]),
        "d.txt": "\n\n".join(PROSE),
    }
    (tmp_path / "texts").mkdir()
    clean = cl.clean_corpus(folder_of(tmp_path / "texts", texts))
    tokens = cl.index_corpus(tmp_path / "texts", tmp_path / "index", parts=3)
    assert tokens.words() == cl.tokenize(clean).words()
    assert tokens.units["kind"].tolist() == clean.documents["kind"].tolist() == ["post", "transcript", "page", "text"]
    with pytest.raises(InvalidValue, match="duplicates='keep' for an index"):
        cl.index_corpus(tmp_path / "texts", tmp_path / "other", settings=CleaningSettings(duplicates="first"))


def test_what_is_saved_has_its_kind(tmp_path):
    clean = cl.clean_corpus(table_of(tmp_path, ["Home", json.dumps({"a": 1})]))
    clean.save(tmp_path / "saved")
    assert cl.CleanCorpus.load(tmp_path / "saved").documents["kind"].tolist() == ["post", "post"]


@pytest.fixture
def pages(tmp_path):
    (tmp_path / "texts").mkdir()
    for name in "ab":
        (tmp_path / "texts" / f"{name}.txt").write_text("\n\n".join([*PROSE, "Recent Posts"]), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("options", "kept"), [([], 0), (["--clean", "none"], 2), (["--clean", "text", "--duplicates", "first"], 1)])  # fmt: skip
def test_commands_take_texts_as_they_are_told(pages, options, kept, capsys):
    assert main(["clean", "--corpus", str(pages / "texts"), "--out", str(pages / "out"), *options]) == 0
    texts = [(pages / "out" / "texts" / f"{name}.txt").read_text(encoding="utf-8") for name in "ab"]
    assert "".join(texts).count("Recent Posts") == kept
    if "first" not in options:
        assert main(["index", "--corpus", str(pages / "texts"), "--out", str(pages / "index"), *options]) == 0
        assert cl.Tokens.load(pages / "index").frequencies().table["frequency"].get("posts", 0) == kept


def test_a_run_and_a_project_hand_on_how_texts_are_taken(pages, capsys):
    read = ["--corpus", str(pages / "texts"), "--clean", "none", "--duplicates", "first"]
    assert main(["run", *read, "--out", str(pages / "out"), "--dry-run"]) == 0
    assert "'clean': 'none', 'duplicates': 'first'" in capsys.readouterr().out
    assert main(["new", str(pages / "mine"), *read]) == 0
    written = (pages / "mine" / "run.toml").read_text(encoding="utf-8")
    assert 'clean = "none"' in written and 'duplicates = "first"' in written
    assert main(["run", "--corpus", str(pages / "texts"), "--out", str(pages / "out"), "--clean", "blog"]) == 2
    assert "--clean: invalid choice: 'blog'" in capsys.readouterr().err
    with pytest.raises(InvalidValue, match="`kind` must be one of"):
        run(pages / "texts", pages / "out", loading={"clean": "blog"}, dry_run=True)
