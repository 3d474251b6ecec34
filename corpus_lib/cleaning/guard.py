"""When a person should look at a page: too much prose dropped, too little left, two languages, a line model that is in doubt, or other metadata than given."""

from __future__ import annotations

from collections.abc import Sequence

from corpus_lib.cleaning.lines import Page

__all__ = ["review_reasons"]

# Lines that the model decided with such a probability are in doubt. On the development pages token F1 is .88 where their words are more
# than the share below, .96 elsewhere.
DOUBT = (0.15, 0.6)
DOUBTFUL_SHARE = 0.15


def review_reasons(
    page: Page, keep: Sequence[bool], bilingual: bool, *, dropped_share: float, dropped_run: int, probability: Sequence[float] = (), differing: Sequence[str] = (),
) -> list[str]:  # fmt: skip
    """Reasons why a person should look at a page; empty when there is none.

    Parameters
    ----------
    page
        The document.
    keep
        Whether each line is kept.
    bilingual
        Whether the page seems to be in two languages.
    dropped_share
        Limit for the share of prose in the page's own language that was dropped.
    dropped_run
        Limit, in words, for dropped prose lines one after another.
    probability
        The line model's probability of each line that the model decided, NaN for the others.
    differing
        Fields whose value in the user's table is not what the text states.
    """
    if not page.lines:
        return ["the document is empty"]
    words = [m.words if p else 0 for m, p in zip(page.measures, page.prose, strict=True)]
    lost = sum(w for w, k in zip(words, keep, strict=True) if not k)
    reasons = []
    if not any(keep):
        reasons.append("no line was kept")
    if lost > dropped_share * sum(words) and lost >= 40:
        reasons.append(f"{lost} of {sum(words)} words of prose were dropped")
    longest = run = 0
    for w, k in zip(words, keep, strict=True):
        run = 0 if k else run + w
        longest = max(longest, run)
    if longest > dropped_run:
        reasons.append(f"{longest} words of prose were dropped in one stretch")
    doubtful = sum(m.words for m, p in zip(page.measures, probability, strict=False) if DOUBT[0] < p < DOUBT[1])
    every = sum(m.words for m in page.measures)
    if doubtful > DOUBTFUL_SHARE * every and doubtful >= 40:
        reasons.append(f"the line model is in doubt about {doubtful} of {every} words")
    if bilingual:
        reasons.append("the page seems to be in two languages")
    reasons += [f"given and stated {field} differ" for field in differing]
    return reasons
