"""The line model's place among the voters: it speaks where no rule has decided.

The trained model itself is `line_model.py`; without its coefficients this voter is silent and structure decides.
"""

from __future__ import annotations

from importlib import resources

from corpus_lib.cleaning.labels import Vote
from corpus_lib.cleaning.lines import Page

__all__ = ["installed", "model_votes"]

# Where a page holds less prose than this, the model's page limit says little and structure decides.
MIN_WORDS = 40
# Below this probability a line is dropped even when recall is favoured.
RECALL_LIMIT = 0.15


def installed() -> bool:
    """Whether the coefficients of the line model are there."""
    return resources.files(__package__).joinpath("line_model.json").is_file()


def model_votes(page: Page, *, recall: bool = False) -> tuple[list[Vote | None] | None, list[float] | None]:
    """Votes and probabilities of the line model for every line.

    Parameters
    ----------
    page
        The document.
    recall
        Keep whatever is not improbable.

    Returns
    -------
    tuple
        Votes, whose label "body" means keep (structure then names the kind of line), and probabilities; (None, None) where the model is
        not installed, the page holds too little prose to be judged, or its lines were broken at a width.
    """
    # The model knows whole paragraphs; of lines that end anywhere it would drop good ones.
    if (
        not installed()
        or page.wrapped
        or sum(m.words for m, p in zip(page.measures, page.prose, strict=True) if p) < MIN_WORDS
    ):
        return None, None
    from corpus_lib.cleaning.line_model import keep_probabilities

    read = keep_probabilities([line.text for line in page.lines])
    probabilities: list[float] = read.probability.tolist()
    votes: list[Vote | None] = []
    for i, (m, keep, p) in enumerate(zip(page.measures, read.keep.tolist(), probabilities, strict=True)):
        kept = keep or (recall and p >= RECALL_LIMIT)
        label = "body" if kept else ("nav" if m.words < 6 else "sidebar")
        votes.append(Vote(label, "line_model", read.reason(i)))
    return votes, probabilities
