"""An HTML page's own markup as a voter: what trafilatura, which sees the page, holds to be its main text, and what the page's head states.

Its vote takes the place of the line model's, which sees the lines only; the rules that name a title, a byline or a disclaimer come before either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus_lib.cleaning.html_main import MainText, main_text
from corpus_lib.cleaning.labels import Vote
from corpus_lib.cleaning.lines import Page
from corpus_lib.corpus.corpus import Corpus

__all__ = ["head_evidence", "html_doubts", "html_votes", "read_main"]

# trafilatura drops links and buttons inside a block that it keeps, and keeps captions of blocks that it drops.
KEEPS = 0.5
# A word or two get lost at the seams of inline elements; where more do, the two readings of the page differ in whole lines.
LOST_SHARE = 0.05
# There are no development pages with markup to calibrate this on; as much as a stamp with its cue in the head of a text.
HEAD_CONFIDENCE = 0.8


def read_main(corpus: Corpus, doc_id: str) -> MainText | None:
    """What trafilatura finds on an HTML page; `None` for documents of other formats."""
    return main_text(corpus.source(doc_id), corpus.text(doc_id)) if corpus.is_html(doc_id) else None


def html_votes(page: Page, main: MainText, *, recall: bool) -> list[Vote | None]:
    """A vote for each line with words: "body" means keep, and structure then names the kind of line.

    Parameters
    ----------
    page
        The document.
    main
        What trafilatura found.
    recall
        Keep every line of which any word belongs to the main text.
    """
    return [
        _vote(main.lines.get(line.number), m.words, recall) for line, m in zip(page.lines, page.measures, strict=True)
    ]


def _vote(share: float | None, words: int, recall: bool) -> Vote | None:
    if share is None:
        return None
    if share >= KEEPS or (recall and share > 0):
        return Vote("body", "trafilatura", f"main text of the page, says trafilatura{_partly(share)}")
    return Vote(
        "nav" if words < 6 else "sidebar", "trafilatura", f"beside the main text, says trafilatura{_partly(share)}"
    )


def _partly(share: float) -> str:
    return f" ({share:.0%} of its words are main text)" if 0 < share < 1 else ""


def html_doubts(main: MainText | None) -> list[str]:
    """Reasons to look at the page: trafilatura found nothing, or words that the page does not have in that order."""
    if main is None:
        return []
    if main.trouble:
        return [main.trouble]
    lost = main.n_words - main.n_placed
    return (
        [f"{lost} of the {main.n_words} words that trafilatura extracts could not be placed on the page"]
        if lost > LOST_SHARE * main.n_words
        else []
    )


def head_evidence(main: MainText | None, values: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """Rows of the evidence for what the page's head states; a row decides where the text says nothing."""
    stated = main.metadata if main is not None else {}
    return [
        (field, value, 0, "html_metadata", "stated", HEAD_CONFIDENCE, not values.get(field))
        for field, value in stated.items()
    ]
