"""What nearly all of a document is stays, no document is left empty, and what is dropped has its evidence beside it."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cleaning_invariants import corpus_of

from corpus_lib import CleaningSettings, clean_corpus
from corpus_lib.cleaning import line_texts

SHARED = Path(__file__).parents[2] / "shared"

WORDS = {
    "en": "the boats of harbour leave at dawn and nobody in village could say why river came so early this year photo by share read more",
    "de": "die Boote im Hafen fahren am Morgen und niemand im Dorf wusste warum der Fluss so früh kam Foto von teilen mehr lesen auch",
    "es": "los barcos del puerto salen al amanecer y nadie en el pueblo sabe por qué llegó el río tan pronto foto de compartir leer más",
    "tr": "limandaki tekneler şafakta ayrılıyor ve köyde kimse nehrin bu yıl neden bu kadar erken geldiğini bilmiyor fotoğraf paylaş oku",
    "ru": "лодки в гавани уходят на рассвете и никто в деревне не знает почему река пришла так рано фото поделиться читать ещё",
    "ja": "港 の 船 は 夜明け に 出る 村 では だれも 川 が なぜ 早く 来た のか 知らない 写真 共有 続き",
}
FURNITURE = ["Home", "Share", "Log in", "Recent Posts", "Privacy Policy", "Comments", "Teilen", "Startseite", "Compartir", "Menü", "Поделиться", "ログイン"]  # fmt: skip
STARTS = ["", "By ", "Photo: ", "Von ", "Foto: ", "Por ", "Updated: ", "Source: ", "© ", "* "]
# Who judges by shape and place. The word lists name what they found, and who saw the markup knows more than the lines.
BY_SHAPE = ("model", "caption", "metadata", "repetition", "repeats", "title", "structure")


def sentence(words, length, rng):
    return " ".join(rng.choice(words) for _ in range(length)).capitalize()


def test_no_document_of_one_line_is_emptied():
    rng = random.Random(20)
    texts = {}
    for n in range(2000):
        words = WORDS[rng.choice(sorted(WORDS))].split()
        line = rng.choice(STARTS) + sentence(words, rng.randint(1, 30), rng) + rng.choice(["", ".", "?", " | Home"])
        texts[f"{n:04}"] = rng.choice([line, line, line, rng.choice(FURNITURE)])
    clean = clean_corpus(corpus_of(texts), settings=CleaningSettings(kind="page"))
    assert clean.lines["keep"].all()
    assert all(clean.text(doc_id) for doc_id in texts)


def check_evidence(clean):
    """Each line that is dropped says by whose vote and why, and nothing is taken from a kept line without its words beside it."""
    dropped = clean.lines[~clean.lines["keep"]]
    assert (dropped["reason"].str.len() > 0).all()
    assert all(
        votes.startswith(rule.split(".")[0]) for votes, rule in zip(dropped["votes"], dropped["rule"], strict=True)
    )
    taken = clean.edits[clean.edits["before"].str.len() > clean.edits["after"].str.len()]
    assert (taken["rule"].str.len() > 0).all()


@settings(max_examples=200, deadline=None)
@given(
    language=st.sampled_from(sorted(WORDS)),
    length=st.integers(2, 60),
    start=st.sampled_from(STARTS),
    end=st.sampled_from(["", ".", " (Reuters)", "!", "…"]),
    furniture=st.lists(st.sampled_from(FURNITURE), max_size=6),
    beside=st.sampled_from([[], ["Boats and river."], ["Boats wait.", "Rivers come."]]),
    place=st.integers(0, 6),
    seed=st.integers(0, 1000),
)
def test_a_line_that_is_nearly_all_of_its_document_is_dropped_by_no_rule_of_shape(
    language, length, start, end, furniture, beside, place, seed
):
    line = start + sentence(WORDS[language].split(), length, random.Random(seed)) + end
    # With other text beside it a page would not be empty without the line, and nothing else would save it.
    page = "\n\n".join([*furniture[:place], line, *beside, *furniture[place:]])
    # The same line on several pages of one site.
    clean = clean_corpus(corpus_of(dict.fromkeys(("a", "b"), page)), settings=CleaningSettings(kind="page"))
    for doc_id in ("a", "b"):
        own = clean.lines[clean.lines["doc_id"] == doc_id]
        held = own[own["n_words"] >= 0.8 * own["n_words"].sum()]
        assert not held[~held["keep"]]["rule"].str.split(".").str[0].isin(BY_SHAPE).any()
        assert clean.text(doc_id)
    check_evidence(clean)


@settings(max_examples=60, deadline=None)
@given(
    language=st.sampled_from(sorted(WORDS)),
    kind=st.sampled_from(["post", "transcript", "text", "book"]),
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=12),
    start=st.sampled_from(STARTS),
    seed=st.integers(0, 1000),
)
def test_a_speech_and_a_post_lose_no_line_but_heads_of_printed_pages(language, kind, lengths, start, seed):
    rng, words = random.Random(seed), WORDS[language].split()
    lines = [start + sentence(words, n, rng) + rng.choice(["", ".", "!", " [Applause]"]) for n in lengths]
    lines += rng.choices([*lines, *FURNITURE], k=3)
    clean = clean_corpus(corpus_of(dict.fromkeys(("a", "b"), "\n".join(lines))), settings=CleaningSettings(kind=kind))
    assert set(clean.lines[~clean.lines["keep"]]["rule"]) <= {"repetition.running_head"}
    check_evidence(clean)


def lines_of_page(record):
    return "\n".join(line["text"] for line in record["lines"])


@pytest.mark.slow
@pytest.mark.parametrize(("file", "text_of"), [
    ("cleaning-dev.jsonl", lines_of_page), ("cleaning-dev-languages.jsonl", lines_of_page),
    ("corpora/un-general-debates-sample.jsonl", lambda record: record["text"]),
])  # fmt: skip
def test_no_document_of_the_given_corpora_is_emptied(file, text_of):
    if not (SHARED / file).is_file():
        pytest.skip(f"{file} is not beside the repository")
    rows = (SHARED / file).read_text(encoding="utf-8").split("\n")
    texts = {f"{n:05}": text_of(json.loads(row)) for n, row in enumerate(rows) if row}
    clean = clean_corpus(corpus_of(texts))
    assert [doc_id for doc_id in texts if not clean.text(doc_id).strip()] == []
    whole = clean.lines["n_words"] >= 0.8 * clean.lines.groupby("doc_id")["n_words"].transform("sum")
    of_shape = clean.lines["rule"].str.split(".").str[0].isin(BY_SHAPE)
    assert not (whole & of_shape & ~clean.lines["keep"]).any()
    check_evidence(clean)
    # What is no page loses nothing but the heads of printed pages: the same line three times, its numbers aside.
    unread = clean.lines[(clean.lines["doc_id"].map(clean.documents["kind"]) != "page") & ~clean.lines["keep"]]
    assert set(unread["rule"]) <= {"repetition.running_head"}
    forms = line_texts(clean).str.replace(r"\d+", "#", regex=True)
    assert all(
        (forms[clean.lines["doc_id"] == row.doc_id] == forms[row.Index]).sum() >= 3 for row in unread.itertuples()
    )
