"""Words for the line model's votes: families of features and what the line shows of them."""

from collections.abc import Sequence
from functools import lru_cache

from corpus_lib.cleaning.lexicon import lexicon
from corpus_lib.cleaning.line_model.windows import Array
from corpus_lib.cleaning.packaged import packaged_table

SAID = packaged_table("line_model/reasons.toml")


def line_reasons(
    shown: Sequence[Array],
    probability: Sequence[float],
    keep: Sequence[bool],
    limit: float,
    families: Sequence[Sequence[str]],
) -> list[str]:
    """Return one sentence a line: the probability, and the families of features that weighed most for the decision.

    `shown` is what it says of the line itself: its words, whether it ends like a sentence, and the bits of its hints.

    Examples of what it says: "model: 93 %, 24 words ending like a sentence, the lines around it read as text, shares the vocabulary of the text";
    "model: 4 %, 2 words, words of a share bar, apart from the main stretch of text".
    """
    reasons = []
    for n, ends, bits, p, kept, names in zip(
        *(part.tolist() for part in shown), probability, keep, families, strict=True
    ):
        said = [f"model: {100 * p:.0f} %"]
        own = {"first": ", ".join(filter(None, (_shape(round(n), ends > 0, kept), _hinted(bits, kept))))}
        said += [(own | SAID["kept" if kept else "dropped"])[name] for name in names]
        if kept != (p >= 0.5):
            said.append(f"this page keeps lines from {100 * limit:.0f} %")
        reasons.append(", ".join(said))
    return reasons


# Few combinations of hints stand in many lines.
@lru_cache(maxsize=4096)
def _hinted(bits: int, keep: bool) -> str:
    """Return what the words of a dropped line hint at: the first of the kinds that have a name, or ''."""
    named = (f"words of {text}" for name, text in SAID["lists"].items() if bits & lexicon().hints.bit(name))
    return "" if keep else next(named, "")


def _shape(count: int, ends: bool, keep: bool) -> str:
    """Return what a line looks like: its length and how it ends."""
    length = f"{count} word" + ("s" if count != 1 else "")
    if ends:
        return f"{length} ending like a sentence"
    if count <= 8:
        return f"short line of {length}"
    return length if keep else f"{length} without a full stop"
