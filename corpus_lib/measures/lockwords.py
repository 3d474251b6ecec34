"""Lockwords: words whose frequency is shown to be the same in two corpora."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corpus_lib.errors import InvalidValue
from corpus_lib.measures.association import adjust_p
from corpus_lib.measures.keyness import COUNTS, keyness

if TYPE_CHECKING:
    from corpus_lib.tokens.frequencies import Frequencies
    from corpus_lib.tokens.tokens import Tokens

__all__ = ["lockwords"]

Floats = NDArray[np.float64]


def lockwords(
    target: Tokens | Frequencies,
    reference: Tokens | Frequencies,
    *,
    margin: float = 0.5,
    confidence: float = 0.95,
    correction: str | None = "holm",
    n_tests: int | None = None,
) -> pd.DataFrame:
    """Words that both corpora use alike: shown to be equivalent, not merely not shown to differ.

    A word is a lockword when two one-sided tests both reject: that its log ratio is -`margin` or less, and that it is `margin` or more. Each is
    an exact binomial test of f1 in f1 + f2. `p_equivalence` is the larger of the two p-values.

    Parameters
    ----------
    target, reference
        As for `keyness`.
    margin
        Largest log ratio that still counts as alike; 0.5 is 1.41 times as frequent.
    confidence
        A word is marked when its adjusted p lies below 1 - confidence.
    correction, n_tests
        As for `keyness`.

    Returns
    -------
    DataFrame, index token, ordered by (p_equivalence, token): counts, `log_ratio`, `p_equivalence`, `p_equivalence_adjusted`, `lockword`.

    Notes
    -----
    Only frequent words can be shown to be alike: with margin 0.5, a word needs well over a hundred occurrences. A small p of a difference test
    and a small p here can go together in large corpora: different, by less than matters. Tokens count as independent, as in G2.

    References
    ----------
    .. [1] Baker (2011), Times may change, but we will always have money, Journal of English Linguistics 39, 65-88.
    .. [2] Schuirmann (1987), A comparison of the two one-sided tests procedure, J. Pharmacokinetics and Biopharmaceutics 15, 657-680.

    Examples
    --------
    >>> from corpus_lib.tokens.frequencies import Frequencies
    >>> a = Frequencies.from_counts({"the": 6000, "war": 60}, n_tokens=100_000)
    >>> b = Frequencies.from_counts({"the": 6100, "war": 20}, n_tokens=100_000)
    >>> lockwords(a, b)["lockword"].to_dict()
    {'the': True, 'war': False}
    """
    if not margin > 0:
        raise InvalidValue(f"`margin` must be positive; found {margin!r}. Give a log ratio, such as 0.5.")
    table = keyness(
        target,
        reference,
        measures=[*COUNTS, "log_ratio"],
        correction=correction,
        n_tests=n_tests,
        confidence=confidence,
    )
    f1, f2 = (table[name].to_numpy(dtype=np.float64) for name in ("frequency_target", "frequency_reference"))
    table["p_equivalence"] = _equivalence_p(f1, f2, table.attrs["n_target"], table.attrs["n_reference"], margin)
    table["p_equivalence_adjusted"] = adjust_p(table["p_equivalence"], correction, table.attrs["n_tests"])
    table["lockword"] = table["p_equivalence_adjusted"] < 1 - confidence
    return table.sort_index().sort_values("p_equivalence", kind="stable")


def _equivalence_p(f1: Floats, f2: Floats, n1: int, n2: int, margin: float) -> Floats:
    """The larger p of two exact one-sided tests that f1 of f1 + f2 lies at, or beyond, what a log ratio of -margin or margin implies."""
    from scipy.special import betainc, betaincc

    low, high = (n1 * 2.0**m / (n1 * 2.0**m + n2) for m in (-margin, margin))
    above = np.where(f1 > 0, betainc(np.maximum(f1, 1.0), f2 + 1, low), 1.0)
    below = np.where(f2 > 0, betaincc(f1 + 1, np.maximum(f2, 1.0), high), 1.0)
    return np.asarray(np.maximum(above, below), dtype=np.float64)
