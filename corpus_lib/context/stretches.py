"""Stretches that a window of words may not leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from corpus_lib.errors import check_option
from corpus_lib.tokens.sentences import sentences
from corpus_lib.tokens.tokens import Tokens

Ints = NDArray[np.int64]
Within = Literal["unit", "sentence"]


@dataclass(frozen=True)
class Stretches:
    """The stretches (units or sentences) that a context may not leave: token bounds and the first character of each."""

    bounds: Ints
    characters: Ints

    @classmethod
    def of(cls, tokens: Tokens, within: str) -> Stretches:
        """The units, or the sentences, of tokens."""
        check_option("within", within, get_args(Within))
        if within == "unit":
            return cls(np.asarray(tokens.offsets, dtype=np.int64), tokens.units["start"].to_numpy(dtype=np.int64))
        return cls(*sentences(tokens))

    def at(self, positions: Ints) -> Ints:
        """Number of the stretch of each token."""
        return np.asarray(np.searchsorted(self.bounds, positions, side="right") - 1, dtype=np.int64)
