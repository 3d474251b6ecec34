"""Frequency lists: how often each type occurs, per million, and in how many documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib.display.cards import card
from corpus_lib.errors import is_whole, raise_all
from corpus_lib.immutable import immutable


@immutable
@dataclass(frozen=True, repr=False, eq=False)
class Frequencies:
    """A frequency list.

    Attributes
    ----------
    table
        Index `token`; `frequency`, `per_million`, `document_range` (documents that hold the type; missing where the list does not say).
        Sorted by falling frequency, then token.
    n_tokens
        Tokens of the corpus, also those whose types the list does not hold.
    n_documents
        Documents of the corpus, `None` where the list does not say.
    """

    table: pd.DataFrame
    n_tokens: int
    n_documents: int | None

    @classmethod
    def from_counts(
        cls,
        counts: Mapping[str, int] | pd.Series,
        *,
        n_tokens: int | None = None,
        document_range: Mapping[str, int] | pd.Series | None = None,
        n_documents: int | None = None,
    ) -> Frequencies:
        """A frequency list from plain counts, for instance a published reference list.

        Parameters
        ----------
        counts
            Type -> frequency, whole numbers of at least 0; types with 0 are left out.
        n_tokens
            Tokens of the corpus; the sum of `counts` when it is not given. A list that was cut at a minimum frequency must state it.
        document_range, n_documents
            Documents that hold each type, and documents in all, where they are known. Where `n_tokens` is the same number, `counts` are taken as
            counts of documents, which may add up to more than there are.

        Raises
        ------
        InvalidValue
            All problems of the counts at once.

        Examples
        --------
        >>> Frequencies.from_counts({"war": 620, "peace": 10}, n_tokens=1_017_879).table.loc["war", "per_million"].round(1)
        np.float64(609.1)
        """
        sizes = {"n_tokens": n_tokens, "n_documents": n_documents}
        wrong = {name: size for name, size in sizes.items() if not (size is None or is_whole(size, 0))}
        problem = "`{}` must be a whole number of at least 0, or None; found {!r}"
        raise_all("`counts`", [problem.format(*own) for own in wrong.items()])
        series = pd.Series(counts)
        series.index = series.index.astype("str")
        frequency = pd.to_numeric(series, errors="coerce")
        total = frequency.sum() if n_tokens is None else n_tokens
        ranges = None if document_range is None else _ranges(document_range, series.index)
        of_documents = n_tokens is not None and n_tokens == n_documents
        if of_documents and ranges is None:
            ranges = frequency
        raise_all("`counts`", _problems(series, frequency, np.inf if of_documents else total, ranges, n_documents))
        table = pd.DataFrame(
            {"frequency": frequency.to_numpy(dtype=np.int64)}, index=pd.Index(series.index.astype("str"), name="token")
        )
        # The sum of whole numbers: that of a column with decimals is rounded beyond 2^53.
        size = int(table["frequency"].sum() if n_tokens is None else n_tokens)
        table["per_million"] = table["frequency"] / max(size, 1) * 1e6
        table["document_range"] = pd.array([pd.NA] * len(table) if ranges is None else ranges.to_numpy(), dtype="Int64")
        table = table[table["frequency"] > 0]
        order = np.lexsort([table.index.to_numpy(dtype=object).astype(str), -table["frequency"].to_numpy()])
        return cls(table.iloc[order], size, None if n_documents is None else int(n_documents))

    @property
    def n_types(self) -> int:
        """Number of types in the list."""
        return len(self.table)

    def __repr__(self) -> str:
        documents = "" if self.n_documents is None else f", {self.n_documents} documents"
        return f"Frequencies({self.n_types} types, {self.n_tokens} tokens{documents})"

    def _repr_html_(self) -> str:

        return card(repr(self), self.table, next_step="keyness(target, reference)")


def _ranges(document_range: Any, index: pd.Index) -> pd.Series:
    """Document ranges in the order of the counts; missing where there is none, or no number."""
    ranges = pd.Series(document_range)
    ranges.index = ranges.index.astype("str")
    return pd.to_numeric(ranges[~ranges.index.duplicated()].reindex(index), errors="coerce")


def _problems(
    series: pd.Series, frequency: pd.Series, total: Any, ranges: pd.Series | None, n_documents: int | None
) -> list[str]:
    """Everything that is wrong with the counts, each a clause."""
    broken = frequency.isna() | ~np.isfinite(frequency.fillna(0))
    most, whole = frequency == frequency.max(), frequency.astype(float).sum()
    twice = series.index[series.index.duplicated()]
    much = f"frequencies must add up to less than 2^63; found {whole:g}, most of it for {{}}"
    more = f"the sum of the frequencies, {frequency.sum():,.0f}; found {total:,}. State the corpus's size, or, if these are counts of documents, the same number as `n_documents`"
    found = [f"each type must occur once; repeated: {_first(twice)}"] * bool(len(twice)) + _first_fault(
        (broken, "frequencies must be numbers; not so for {}"),
        (frequency < 0, f"frequencies must not be negative; found {frequency.min():g} for {{}}"),
        (frequency != frequency.round(), "frequencies must be whole numbers (counts, not rates); not so for {}"),
        (most & (whole >= 2**63), much),
        (most & (frequency.sum() > total), f"`n_tokens` must be at least {more}"),
    )
    if ranges is None:
        return found
    beyond = ((ranges > frequency) | (ranges < 0)) & (not broken.any())
    limit = np.inf if n_documents is None else n_documents
    return found + _first_fault(
        (ranges.isna(), "`document_range` must have a number for every type; missing: {}"),
        (ranges != ranges.round(), "`document_range` must be whole numbers; not so for {}"),
        (beyond, "`document_range` cannot exceed the frequency; it does for {}"),
        (ranges > limit, f"`document_range` cannot exceed `n_documents`, {n_documents}; it does for {{}}"),
    )


def _first_fault(*tests: tuple[pd.Series, str]) -> list[str]:
    """What is said of the first test that some types do not pass, with the first of these."""
    found = [message.format(_first(wrong.index[wrong])) for wrong, message in tests if wrong.any()]
    return found[:1]


def _first(index: pd.Index) -> str:
    return ", ".join(repr(i) for i in index[:3]) + (f" and {len(index) - 3} more" if len(index) > 3 else "")
