"""Words for the line model's votes: families of features and what the line shows of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from corpus_lib.cleaning.line_model.cues import cues
from corpus_lib.cleaning.line_model.windows import Array

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


class Shown(NamedTuple):
    """What a reason says of each line: its words, whether it ends like a sentence, and the word lists it hits."""

    words: Array
    ends: Array
    bits: Array


def line_reasons(
    shown: Shown, probability: Sequence[float], keep: Sequence[bool], limit: float, families: Sequence[Sequence[str]]
) -> list[str]:
    """Return one sentence a line: the probability, and the families of features that weighed most for the decision.

    Examples of what it says: "model: 93 %, 24 words ending like a sentence, the lines around it read as text, shares the vocabulary of the text";
    "model: 4 %, 2 words, words of a share bar, apart from the main stretch of text".
    """
    counts = shown.words.round().astype(int).tolist()
    reasons = []
    for p, kept, n, ends, bits, names in zip(
        probability, keep, counts, shown.ends.tolist(), shown.bits.tolist(), families, strict=True
    ):
        said = [f"model: {100 * p:.0f} %"]
        for name in names:
            said.append(
                _shape(n, ends > 0, kept)
                if name == "shape"
                else _cue_words(bits, kept)
                if name == "words"
                else PLAIN[name, kept]
            )
        if kept != (p >= 0.5):
            said.append(f"this page keeps lines from {100 * limit:.0f} %")
        reasons.append(", ".join(said))
    return reasons


# Few combinations of lists are hit by many lines.
@lru_cache(maxsize=4096)
def _cue_words(bits: int, keep: bool) -> str:
    """Return what the word lists say of a line: the first of those that it hits."""
    first = next((text for name, text in LISTS.items() if bits & cues().bit(name)), "")
    if keep:
        return "words of running text" if first else "no words of page furniture"
    return f"words of {first}" if first else "near words of page furniture"


def _shape(count: int, ends: bool, keep: bool) -> str:
    """Return what a line looks like: its length and how it ends."""
    length = f"{count} word" + ("s" if count != 1 else "")
    if ends:
        return f"{length} ending like a sentence"
    if count <= 8:
        return f"short line of {length}"
    return length if keep else f"{length} without a full stop"
