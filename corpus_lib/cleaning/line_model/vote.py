"""The line model's place among the voters: it speaks where no rule has decided.

Where it is silent, structure decides.
"""

from collections.abc import Sequence
from typing import NamedTuple

from corpus_lib.cleaning.line_model.model import pages_probabilities
from corpus_lib.cleaning.lines import Page, Vote

# Where a page holds less prose than this, the model's page limit says little and structure decides.
MIN_WORDS = 40
# Below this probability a line is dropped even when recall is favoured.
RECALL_LIMIT = 0.15


class Opinion(NamedTuple):
    """A vote for each line of a page, whose label "body" means keep (structure then names the kind of line), and its probability."""

    votes: Sequence[Vote | None] | None
    probabilities: Sequence[float] | None


SILENT = Opinion(None, None)


def model_votes(pages: Sequence[Page], *, recall: bool = False) -> list[Opinion]:
    """The line model's opinion of each page; all pages are read together.

    Parameters
    ----------
    pages
        The documents.
    recall
        Keep whatever is not improbable.

    Returns
    -------
    list of Opinion
        `SILENT` where the page holds too little prose to be judged, or its lines were broken at a width.
    """
    # Of lines that end anywhere the model would drop good ones.
    asked = [n for n, page in enumerate(pages) if not page.wrapped and sum(page.prose_words) >= MIN_WORDS]
    opinions = [SILENT] * len(pages)
    texts = [[line.text for line in pages[n].lines] for n in asked]
    read = pages_probabilities(texts, [pages[n].language for n in asked])
    for n, said in zip(asked, read, strict=True):
        probabilities: list[float] = said.probability.tolist()
        kept = [
            keep or (recall and p >= RECALL_LIMIT) for keep, p in zip(said.keep.tolist(), probabilities, strict=True)
        ]
        labels = [
            "body" if k else "nav" if m.words < 6 else "sidebar" for m, k in zip(pages[n].measures, kept, strict=True)
        ]
        votes = [Vote(label, "line_model", reason) for label, reason in zip(labels, said.reasons, strict=True)]
        opinions[n] = Opinion(votes, probabilities)
    return opinions
