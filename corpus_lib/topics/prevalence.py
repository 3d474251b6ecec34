r"""How much of each topic there is in each group of units, with intervals that carry the model's own uncertainty.

Each refit of the model gives an estimate of its own: the mean share of the paired topic over the units of its sample.
With samples of a share :math:`f` of the corpus, drawn without replacement, the variance of the estimate is
:math:`f / (1 - f)` times the mean squared deviation of these estimates from the one on the whole corpus (the delete-d
jackknife; Shao, J. and Wu, C. F. J. 1989, "A general theory for jackknife variance estimation", Annals of Statistics 17(3),
1176-1197). Since every refit has its own topics, the spread holds both what the choice of texts and what the fitting adds.

What no refit shows is an error that all of them share: loadings pull mixed units towards the middle and count rare words
double. It is gauged by reading the same topics a second way, as distributions of words (`word_shares`); the distance of
the two means is taken as the largest bias :math:`b`, and the half-width is the spread times the quantile of
:math:`|N(b / s, 1)|` (Armstrong, T. B. and Kolesár, M. 2018, "Optimal inference in a class of regression models",
Econometrica 86(2), 655-683), which is the usual interval where the two agree. Without it the interval narrows around the
wrong value as a corpus grows (docs/decisions/0012).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from corpus_lib.errors import InvalidValue, NotFound, check_column, check_share
from corpus_lib.topics.fitted import Fitted
from corpus_lib.topics.weighting import Floats, Ints, rows_to_one

# Steps of expectation-maximisation; after ten, no group of the corpora tried moved by more than .004 (thirty were run).
STEPS = 20


class Prevalence(Fitted):
    """How much of each topic there is in groups of units."""

    def prevalence(self, by: str | Sequence[Any], *, interval: float = 0.9) -> pd.DataFrame:
        """Mean share of each topic in each group of units, with intervals; by period, see `topics_over_time`.

        Parameters
        ----------
        by
            A column of `units`, or one value a unit.
        interval
            Level of the interval.

        Returns
        -------
        DataFrame
            group, topic, mean, low, high, n_units (with a topic), n_documents, reproducible; groups in order of their values.
            `attrs["notes"]` says what was left out and what the interval rests on. The bounds are NaN without resamples.

        Notes
        -----
        Shares are normalised loadings. A topic that is not reproducible has a wide interval because the refits do not agree on
        what it is. With paragraphs drawn from few articles the interval says nothing about other articles.
        """
        groups, codes, missing = _groups(self, by)
        check_share("interval", interval, "Take 0.9 for a 90 % interval.")
        if not self.n_topics:
            return _without_topics()
        means, n_units, bias, refits = self._by_group(codes, len(groups))
        low, high = _interval(means, refits, bias, self, interval)
        group, topic = np.indices(means.shape)
        placed = pd.DataFrame({"group": codes, "document": self._documents.to_numpy()})[
            self.theta.notna().all(axis=1).array
        ]
        n_documents = placed.groupby("group")["document"].nunique().reindex(range(len(groups)), fill_value=0).to_numpy()
        frame = pd.DataFrame({
            "group": [groups[g] for g in group.ravel()],
            "topic": np.asarray(self.topics)[topic.ravel()],
            "mean": means.ravel(), "low": np.clip(low, 0, 1).ravel(), "high": np.clip(high, 0, 1).ravel(),
            "n_units": n_units[group.ravel()], "n_documents": n_documents[group.ravel()],
            "reproducible": self.reproducible.to_numpy()[topic.ravel()],
        })  # fmt: skip
        frame.attrs["notes"] = [*_notes(self, missing), *_alone(groups, n_documents)]
        return frame

    def difference(
        self, by: str | Sequence[Any], first: object, second: object, *, interval: float = 0.9
    ) -> pd.DataFrame:
        """Mean share in group `first` minus the mean share in group `second`, for each topic.

        Returns
        -------
        DataFrame
            topic, difference, low, high, n_units_first, n_units_second, reproducible. An interval that holds 0 leaves open
            which group has more of the topic. With many topics some intervals miss 0 by chance.
        """
        groups, codes, missing = _groups(self, by)
        check_share("interval", interval, "Take 0.9 for a 90 % interval.")
        absent = [g for g in (first, second) if g not in groups]
        if absent:
            raise NotFound(f"`first` and `second` must be groups of `by`; found {', '.join(map(repr, absent))}. "
                           f"Groups present: {', '.join(map(repr, groups[:10]))}.")  # fmt: skip
        a, b = groups.index(first), groups.index(second)
        means, n_units, bias, refits = self._by_group(codes, len(groups))
        apart = means[a] - means[b]
        low, high = _interval(apart, refits[:, a] - refits[:, b], bias[a] - bias[b], self, interval)
        frame = pd.DataFrame({"topic": self.topics, "difference": apart, "low": np.clip(low, -1, 1), "high": np.clip(high, -1, 1),
                              "n_units_first": n_units[a], "n_units_second": n_units[b],
                              "reproducible": self.reproducible.to_numpy()})  # fmt: skip
        frame.attrs["notes"] = _notes(self, missing)
        return frame

    def _by_group(self, codes: Ints, n_groups: int) -> tuple[Floats, Ints, Floats, Floats]:
        """Means of the topics in each group and their numbers of units, how far the second reading is off, and the means in each refit."""
        means, n_units = _means(self.theta.to_numpy(), codes, n_groups)
        bias = _means(word_shares(self), codes, n_groups)[0] - means
        if self.resamples is None:
            return means, n_units, bias, np.full((0, *means.shape), np.nan)
        own = codes[self.placed]
        refits = [_means(theta.astype(float), own, n_groups)[0] for theta in self.resamples.theta]
        return means, n_units, bias, np.stack(refits)


def _without_topics() -> pd.DataFrame:
    """Nothing to compare: the columns of `prevalence`, and no row."""
    kinds = {"group": object, "topic": int, "mean": float, "low": float, "high": float, "n_units": int,
             "n_documents": int, "reproducible": bool}  # fmt: skip
    frame = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    frame.attrs["notes"] = ["The model has no topic."]
    return frame


def _groups(model: Fitted, by: str | Sequence[Any]) -> tuple[list[Any], Ints, int]:
    """The groups in order, the number of each unit's group (-1 for none), and how many units have none."""
    values = _values(model, by)
    gone = (values.isna() | (values.astype("string") == "")).to_numpy(dtype=bool)
    present = list(dict.fromkeys(values[~gone]))
    try:
        present.sort()
    except TypeError:
        present.sort(key=str)
    if not present and len(values):
        found = f"all {len(values)} values are missing. Choose another column."
        raise InvalidValue(f"`by` must group at least one unit; {found}")
    codes = pd.Index(present, dtype=object).get_indexer(values.astype(object).where(~gone, None))
    return present, codes, int(gone.sum())


def _values(model: Fitted, by: str | Sequence[Any]) -> pd.Series:
    if isinstance(by, str):
        check_column("by", by, model.units.columns, "units")
        return model.units[by].reset_index(drop=True)
    values = pd.Series(list(by), dtype=object)
    if len(values) != len(model.units):
        raise InvalidValue(
            f"`by` must name a column or hold one value per unit; found {len(values)} values for {len(model.units)} units."
        )
    return values


def _means(theta: Floats, codes: Ints, n_groups: int) -> tuple[Floats, Ints]:
    """Mean of the rows that are not NaN in each group, and how many there are."""
    used = ~np.isnan(theta[:, 0]) & (codes >= 0)
    n = np.bincount(codes[used], minlength=n_groups)
    sums = np.stack([np.bincount(codes[used], weights=column[used], minlength=n_groups) for column in theta.T], axis=1)
    return np.divide(sums, n[:, None], out=np.full_like(sums, np.nan), where=n[:, None] > 0), n


def word_shares(model: Fitted) -> Floats:
    """Theta read a second way: the shares of topics under which each unit's words are most likely (units x topics).

    The topics are turned back from weights into distributions of words, and the shares are found by expectation-maximisation
    from theta (folding-in: Hofmann, T. 1999, "Probabilistic latent semantic indexing", SIGIR, 50-57, section 3.2).
    """
    topics = rows_to_one(model.components / model.weighting.idf)
    theta = model.theta.to_numpy()
    counts, unit = model.counts, np.repeat(np.arange(len(theta)), np.diff(model.counts.indptr))
    likely = np.ascontiguousarray(topics.T)[counts.indices]
    folded = np.nan_to_num(theta)
    for _ in range(STEPS):
        expected = np.einsum("ek,ek->e", folded[unit], likely)
        ratio = np.divide(counts.data, expected, out=np.zeros_like(expected), where=expected > 0)
        weighted = sp.csr_array((ratio, counts.indices, counts.indptr), shape=counts.shape)
        folded = folded * (weighted @ topics.T)
        totals = folded.sum(axis=1, keepdims=True)
        folded = np.divide(folded, totals, out=np.nan_to_num(theta), where=totals > 0)
    return np.where(np.isnan(theta), np.nan, folded)


def _interval(estimate: Floats, refits: Floats, bias: Floats, model: Fitted, interval: float) -> tuple[Floats, Floats]:
    from scipy.special import ndtri, stdtrit

    known = ~np.isnan(refits)
    n = known.sum(axis=0)
    if model.resamples is None or len(refits) == 0:
        return np.full_like(estimate, np.nan), np.full_like(estimate, np.nan)
    share = model.resamples.share
    squares = (np.where(known, refits - estimate, 0.0) ** 2).sum(axis=0)
    spread = np.sqrt(share / (1 - share) * np.divide(squares, n, out=np.full_like(estimate, np.nan), where=n > 1))
    # Few refits know the spread badly: it is widened as far as Student's quantile exceeds the normal one.
    spread = spread * stdtrit(np.maximum(n - 1, 1), 0.5 + interval / 2) / ndtri(0.5 + interval / 2)
    half = _half_width(spread, np.abs(bias), interval)
    return estimate - half, estimate + half


def _half_width(spread: Floats, bias: Floats, interval: float) -> Floats:
    """How far a normal value of this spread, off by at most `bias`, lies from the truth with probability `interval`."""
    from scipy.special import chndtrix, ndtri

    ratio = np.divide(bias, spread, out=np.full_like(spread, np.inf), where=spread > 0)
    # From six spreads on, the far side no longer counts and the quantile is that of one side.
    near = np.sqrt(chndtrix(interval, 1, np.minimum(ratio, 6.0) ** 2))
    return np.asarray(np.where(ratio < 6.0, spread * near, bias + spread * ndtri(interval)))


def _notes(model: Fitted, missing: int) -> list[str]:
    notes = [] if missing == 0 else [f"{missing} of {len(model.units)} units have no value and are left out."]
    if model.resamples is None:
        return [*notes, "No intervals: the model was fitted without resamples."]
    refits = model.resamples
    return [*notes, f"Intervals from {refits.n} refits on {refits.share:.0%} of the {refits.drawn}s."]


def _alone(groups: list[Any], n_documents: Ints) -> list[str]:
    """A note on the groups that are one document."""
    alone = [str(group) for group, n in zip(groups, n_documents, strict=True) if n == 1]
    if not alone:
        return []
    named = ", ".join(alone[:5]) + (" and others" if len(alone) > 5 else "")
    single = f"{len(alone)} of {len(groups)} groups are one document each ({named})"
    return [f"{single}: their intervals say nothing about other documents."]
