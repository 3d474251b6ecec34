"""Whose words these are: what is attributed, to whom, and by which cue; quoted, attributed and own words."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import corpus_lib as cl

GOLD = Path(__file__).parent / "cases" / "seed_voices.toml"


class Marked(NamedTuple):
    """An attribution as the reader marked it, as spans of the clean text."""

    source: tuple[int, int] | None
    cue: tuple[int, int]
    content: tuple[tuple[int, int], ...]
    kind: str
    speaker: str


def span(text: str, at: int, words: str) -> tuple[int, int]:
    """The first such words from an offset on; " … " stands for whatever lies between."""
    first, _, last = words.partition(" … ")
    found = re.compile(re.escape(first) + (rf".*?{re.escape(last)}" if last else ""), re.DOTALL).search(text, at)
    assert found, f"{words!r} does not stand after character {at}"
    return found.span()


def gold(clean: cl.CleanCorpus) -> Iterator[tuple[str, Marked]]:
    """The reader's attributions with the name of their text."""
    for row in tomllib.loads(GOLD.read_text("utf-8"))["attribution"]:
        doc_id = next(doc for doc in clean.documents.index if doc.startswith(row["text"]))
        text = clean.text(doc_id)
        assert text.count(row["at"]) == 1, f"{row['at']!r} must stand in {doc_id} once"
        at = text.index(row["at"])
        source = span(text, at, row["source"]) if row["source"] else None
        content = tuple(span(text, at, words) for words in row["content"])
        yield doc_id, Marked(source, span(text, at, row["cue"]), content, row["kind"], row["speaker"])


def test_the_readers_attributions_stand_in_the_clean_text_of_the_seeds():
    clean = cl.clean_corpus(cl.load_corpus("seeds"))
    marked = list(gold(clean))
    assert len({doc for doc, _ in marked}) == 5
    for doc_id, one in marked:
        assert one.kind in ("direct", "mixed", "indirect")
        paragraph = clean.text(doc_id)[min(s for s, _ in one.content) : max(e for _, e in one.content)]
        assert "\n" not in paragraph, f"{doc_id}: {paragraph!r}"
