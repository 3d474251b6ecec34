"""Words for the line model's votes: families of features and what the line shows of them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from corpus_lib.cleaning.line_model.cues import cues
from corpus_lib.cleaning.line_model.windows import Array
from corpus_lib.cleaning.packaged import packaged_table

# What the page as a whole adds says nothing of one line, so it is part of the sum and not of the sentence.
SAME_FOR_ALL = ("page", "baseline")
SAID = packaged_table("line_model/reasons.toml")


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
        own = {"shape": _shape(n, ends > 0, kept), "words": _cue_words(bits, kept)}
        said += [(own | SAID["kept" if kept else "dropped"])[name] for name in names]
        if kept != (p >= 0.5):
            said.append(f"this page keeps lines from {100 * limit:.0f} %")
        reasons.append(", ".join(said))
    return reasons


# Few combinations of lists are hit by many lines.
@lru_cache(maxsize=4096)
def _cue_words(bits: int, keep: bool) -> str:
    """Return what the word lists say of a line: the first of those that it hits."""
    first = next((text for name, text in SAID["lists"].items() if bits & cues().bit(name)), "")
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
