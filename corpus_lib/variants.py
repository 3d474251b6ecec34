"""Named comparisons: which of several names a text uses for the same or a rival thing, counted by document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from corpus_lib.contrasts import group_codes
from corpus_lib.errors import InvalidValue
from corpus_lib.tokens import longest_first

if TYPE_CHECKING:
    from corpus_lib.tokens import Tokens

__all__ = ["variants"]


def variants(tokens: Tokens, names: Mapping[str, Sequence[str]], *, by: str = "doc_id") -> pd.DataFrame:
    """Count competing names by group, each place in the text once.

    Parameters
    ----------
    tokens
        The corpus.
    names
        Label -> words or phrases. Where several fit, the longest wins, so that "Little NATO" is not counted as "NATO" too. A phrase with a capital
        letter is compared with the text as it is written ("US" is not "us"), others are not case-sensitive.
    by
        Column of `tokens.units` that names the groups.

    Returns
    -------
    DataFrame
        Index `label`, one column a group and `total`; counts.

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> tokens = Tokens.from_lists([["little", "nato", "and", "nato"], ["nato"]])
    >>> variants(tokens, {"small": ["little nato"], "plain": ["nato"]})["total"].to_dict()
    {'small': 1, 'plain': 2}
    """
    if not names:
        raise InvalidValue("`names` must hold at least one label with its phrases; found none.")
    codes, groups = group_codes(tokens, by)
    found = [
        (first, last - first, label)
        for label, phrases in names.items()
        for phrase in phrases
        for first, last in tokens.find(phrase, case=phrase != phrase.lower())
    ]
    chosen = longest_first(found)
    units = np.searchsorted(tokens.offsets, [first for first, _, _ in chosen], side="right") - 1
    labels = list(names)
    counts = np.zeros((len(labels), len(groups) + 1), dtype=np.int64)
    np.add.at(counts, ([labels.index(label) for _, _, label in chosen], codes[units] if len(chosen) else []), 1)
    frame = pd.DataFrame(counts[:, : len(groups)], index=pd.Index(labels, name="label", dtype="str"), columns=pd.Index(groups, dtype="str"))
    return frame.assign(total=frame.sum(axis=1))
