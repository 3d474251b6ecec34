"""Words for the line model's votes: families of features and what the line shows of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from corpus_lib.cleaning.line_facts import Facts
from corpus_lib.cleaning.line_lexicon import lexicon

LISTS = {
    "share": "a share bar",
    "newsletter": "a sign-up form",
    "cookie": "a cookie notice",
    "comment": "a comment form",
    "more": "a list of other pages",
    "byline": "a byline",
    "time": "a time stamp",
    "bio": "a biography",
    "caption": "a caption",
    "disclaimer": "a disclaimer",
    "price": "a shop",
    "site": "a menu",
    "contact": "an address",
}
# What the page as a whole adds says nothing of one line, so it is part of the sum and not of the sentence.
SAME_FOR_ALL = ("page", "baseline")
PLAIN = {
    ("neighbours", True): "the lines around it read as text",
    ("neighbours", False): "the lines around it read as page furniture",
    ("position", True): "in or beside the main stretch of text",
    ("position", False): "apart from the main stretch of text",
    ("overlap", True): "shares the vocabulary of the text",
    ("overlap", False): "shares few words with the text",
    ("style", True): "in the manner of the text",
    ("style", False): "unlike the text in length and manner",
    ("repeats", True): "said once",
    ("repeats", False): "said again elsewhere on the page",
}


def line_reason(facts: Facts, line: int, probability: float, keep: bool, limit: float, families: Sequence[str]) -> str:
    """Return one sentence: the probability, and the families of features that weighed most for the decision.

    Examples of what it says: "model: 93 %, 24 words ending like a sentence, the lines around it read as text, shares the vocabulary of the text";
    "model: 4 %, 2 words, words of a share bar, apart from the main stretch of text".
    """
    said = [_say(facts, line, name, keep) for name in families]
    if keep != (probability >= 0.5):
        said.append(f"this page keeps lines from {100 * limit:.0f} %")
    return ", ".join([f"model: {100 * probability:.0f} %", *said])


def _say(facts: Facts, line: int, family: str, keep: bool) -> str:
    """Return what one family says of a line."""
    if family == "shape":
        return _shape(facts, line, keep)
    if family == "words":
        first = _first_list(int(facts.bits[line]))
        if keep:
            return "words of running text" if first else "no words of page furniture"
        return f"words of {first}" if first else "near words of page furniture"
    return PLAIN[family, keep]


# Few combinations of lists are hit by many lines.
@lru_cache(maxsize=4096)
def _first_list(bits: int) -> str:
    """Return what the first of the lists is for that a line hits, '' if it hits none."""
    return next((text for name, text in LISTS.items() if bits & lexicon().bit(name)), "")


def _shape(facts: Facts, line: int, keep: bool) -> str:
    """Return what a line looks like: its length and how it ends."""
    count = round(float(facts.n[line]))
    length = f"{count} word" + ("s" if count != 1 else "")
    if facts.measure["end"][line]:
        return f"{length} ending like a sentence"
    if count <= 8:
        return f"short line of {length}"
    return length if keep else f"{length} without a full stop"
