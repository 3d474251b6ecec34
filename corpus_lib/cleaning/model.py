"""The line model's place among the voters: it speaks where no rule has decided.

The trained model itself is `line_model.py`; without its coefficients this voter is silent and structure decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus_lib.cleaning.labels import Vote
from corpus_lib.cleaning.lines import Page

__all__ = ["votes"]


def votes(page: Page, *, recall: bool = False) -> tuple[list[Vote | None] | None, list[float] | None]:
    """Votes and probabilities of the line model, or (None, None) where it is not installed."""
    return None, None


def _unused(values: Sequence[float]) -> None:
    """Keep the signature of the seam documented."""
