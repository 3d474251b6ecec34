"""What objects show of themselves in a notebook: counts, a few rows, the next step, and no markup from the corpus."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import corpus_lib as cl

HOSTILE = "<img src=x onerror=alert(1)> $x_1$"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    for i, word in enumerate(("war", "peace", "treaty")):
        text = f"A title {HOSTILE}\n\n" + "\n\n".join(
            f"The {word} of {n} states was long and the {word} went on." for n in "ab"
        )
        (folder / f"{i}.txt").write_text(text, encoding="utf-8")
    return cl.load_corpus(folder)


@pytest.fixture(scope="module")
def shown(corpus):
    clean = cl.clean_corpus(corpus)
    tokens = cl.tokenize(corpus, unit="paragraph")
    lists = cl.Tokens.from_lists([[HOSTILE, "a"], ["a", "b"], ["a", "b"]])
    return {
        "corpus": (corpus, "3 documents"),
        "clean": (clean, "3 documents"),
        "citation": (corpus.cite("0", 0, 7), "0.txt, line 1"),
        "tokenizer": (cl.Tokenizer(), "Tokenizer"),
        "tokens": (lists, "3 units"),
        "frequencies": (lists.frequencies(), "6 tokens"),
        "matrix": (lists.matrix(min_units=2), "3 units"),
        "topics": (cl.fit_topics(tokens, 2, resamples=0), "2 topics"),
        "stopwords": (cl.StopList(HOSTILE, "1", frozenset({HOSTILE, "the"})), "2 words"),
        "study": (cl.study.load_study(None, corpus), "0 nodes"),
        "settings": (cl.CleaningSettings(), "CleaningSettings"),
        "recipe": (cl.Recipe(), "Recipe"),
    }


NAMES = [
    "corpus",
    "clean",
    "citation",
    "tokenizer",
    "tokens",
    "frequencies",
    "matrix",
    "topics",
    "stopwords",
    "study",
    "settings",
    "recipe",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_type_shows_its_counts_and_the_next_step_in_little_room(shown, name):
    value, counts = shown[name]
    html = value._repr_html_()
    words = BeautifulSoup(html, "html.parser").get_text(" ")
    assert counts in words and "Next: " in words
    assert len(html) < 20_000


@pytest.mark.parametrize("name", NAMES)
def test_text_of_the_corpus_is_escaped(shown, name):
    soup = BeautifulSoup(shown[name][0]._repr_html_(), "html.parser")
    assert soup.find(["img", "script"]) is None
    # JupyterLab looks for formulas in text, and not across elements.
    assert not any("$x_1$" in str(text) for text in soup.find_all(string=True))


def test_a_long_table_is_cut_and_says_so():
    tokens = cl.Tokens.from_lists([[f"w{i}" for i in range(300)]])
    assert "10 of 300 rows" in tokens.frequencies()._repr_html_()


def test_nothing_to_show_is_no_empty_table():
    assert "<table" not in cl.Tokens.from_lists([["a"]]).matrix()._repr_html_()
    assert "<table" in cl.Frequencies.from_counts(pd.Series({"a": 1}))._repr_html_()
