"""`DocumentTermMatrix`: sparse counts with their units and terms, and pruning that says what it left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corpus_lib.display.cards import card
from corpus_lib.errors import InvalidValue
from corpus_lib.immutable import immutable
from corpus_lib.tokens.counts import Countable, unit_rows

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BLOCK_ENTRIES = 1 << 22
LEFT_OUT_COLUMNS = ["token", "reason", "frequency", "n_units"]


@immutable
@dataclass(frozen=True, repr=False, eq=False)
class DocumentTermMatrix:
    """Counts by unit and term.

    Attributes
    ----------
    counts
        Sparse int64 of shape (n_units, n_terms).
    terms, units
        What the columns and the rows are.
    left_out
        Terms that pruning took out: `token`, `reason`, `frequency`, `n_units` (units that hold it).
    tokens
        Where the counts came from, if they came from tokens.
    """

    counts: csr_array
    terms: pd.Index
    units: pd.DataFrame
    left_out: pd.DataFrame
    tokens: Countable | None = None

    @classmethod
    def of(cls, tokens: Countable, **limits: Any) -> DocumentTermMatrix:
        """Counts of every type in every unit, or of those that `prune` leaves: of an index only these come into memory."""
        from scipy.sparse import csr_array

        rows = unit_rows(tokens)
        # SciPy copies the terms into eight bytes each where the offsets have eight.
        index = np.int32 if len(rows["term"]) <= np.iinfo(np.int32).max else np.int64
        parts = rows["count"], rows["term"], rows["offsets"].astype(index)
        every = csr_array(parts, shape=(tokens.n_units, len(tokens.vocabulary)))
        nothing = pd.DataFrame(columns=LEFT_OUT_COLUMNS)
        matrix = cls(every, tokens.vocabulary, tokens.units, nothing, tokens).prune(**limits)
        return replace(matrix, counts=_owned(matrix.counts))

    def prune(
        self,
        *,
        min_units: int = 1,
        max_share: float = 1.0,
        stopwords: Iterable[str] = (),
        min_length: int = 1,
        alphabetic: bool = False,
    ) -> DocumentTermMatrix:
        """Leave terms out, and say which and why in `left_out`.

        Parameters
        ----------
        min_units
            Fewest units that must hold a term.
        max_share
            Largest share of the units that may hold it. With one subject in every text this takes out the subject's own name: look at `left_out`.
        stopwords
            Terms to leave out.
        min_length
            Fewest characters of a term.
        alphabetic
            Leave out terms without any letter.

        Raises
        ------
        InvalidValue
            If the limits leave no term at all.
        """
        reasons = self._reasons(min_units, max_share, frozenset(stopwords), min_length, alphabetic)
        gone = reasons != ""
        if len(gone) and gone.all():
            raise InvalidValue(
                f"pruning must leave at least one term; all {len(self.terms)} were left out "
                f"({', '.join(sorted(set(reasons.tolist()))) or 'there was none'}). Loosen `min_units`, `max_share` or `stopwords`."
            )
        if not gone.any():
            return self
        columns = self.terms, reasons, self._by_term(self.counts.data), self._by_term()
        out = pd.DataFrame({name: column[gone] for name, column in zip(LEFT_OUT_COLUMNS, columns, strict=True)})
        left_out = out if self.left_out.empty else pd.concat([self.left_out, out], ignore_index=True)
        counts = self.counts[:, np.flatnonzero(~gone)]
        return replace(self, counts=counts, terms=self.terms[~gone], left_out=left_out)

    def _reasons(
        self, min_units: int, max_share: float, stopwords: frozenset[str], min_length: int, alphabetic: bool
    ) -> np.ndarray:
        terms = self.terms.to_numpy(dtype=object)
        # Only what is asked for is looked at, word by word or entry by entry.
        n_units = self._by_term() if min_units > 1 or max_share < 1 else np.zeros(0)
        tests: dict[str, Any] = {}
        if stopwords:
            tests["stop word"] = self.terms.isin(list(stopwords))
        if min_length > 1:
            tests[f"shorter than {min_length} characters"] = np.asarray(self.terms.str.len() < min_length)
        if alphabetic:
            tests["no letter"] = np.fromiter((not any(map(str.isalpha, t)) for t in terms), bool, len(terms))
        if len(n_units):
            tests[f"in fewer than {min_units} units"] = n_units < min_units
            tests[f"in more than {max_share:.0%} of the units"] = n_units > max_share * max(len(self.units), 1)
        reasons = np.full(len(terms), "", dtype=object)
        for reason, found in reversed(tests.items()):
            reasons[found] = reason
        return reasons

    def _by_term(self, weights: np.ndarray | None = None) -> np.ndarray:
        """Sum of the weights of the entries of each term; without weights, their number."""
        # In blocks, since NumPy and SciPy copy what they add up into eight bytes each.
        found = np.zeros(len(self.terms), dtype=np.int64)
        for first in range(0, self.counts.nnz, BLOCK_ENTRIES):
            entries = slice(first, first + BLOCK_ENTRIES)
            own = None if weights is None else weights[entries]
            found += np.bincount(self.counts.indices[entries], own, len(self.terms)).astype(np.int64)
        return found

    def __repr__(self) -> str:
        return f"DocumentTermMatrix({self.counts.shape[0]} units × {self.counts.shape[1]} terms, {len(self.left_out)} terms left out)"

    def _repr_html_(self) -> str:

        return card(repr(self), self.left_out, next_step="fit_topics(matrix, n_topics)")


def _owned(counts: csr_array) -> csr_array:
    """The counts in memory of their own: compiled code of other packages wants arrays that it may write to, which those mapped from an index are not."""
    from scipy.sparse import csr_array

    terms, offsets = (np.require(array, requirements="W") for array in (counts.indices, counts.indptr))
    return csr_array((counts.data.astype(np.int64), terms, offsets), shape=counts.shape)
