"""What a fitted topic model holds, and the numbers that its readers share."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd
import scipy.sparse as sp

from corpus_lib.errors import NotFound
from corpus_lib.immutable import immutable
from corpus_lib.tokens.counts import Countable
from corpus_lib.topics.ranking import alphabetical, ranked_words, scores
from corpus_lib.topics.resampling import DEPTH, TOP, Resamples, carried
from corpus_lib.topics.weighting import Floats, Ints, Weighting, overall_probability


@immutable
@dataclass(frozen=True, repr=False, eq=False)
class Fitted:
    """The fields of a `TopicModel`, which describes them, and what follows from them alone."""

    phi: pd.DataFrame
    theta: pd.DataFrame
    probability: pd.DataFrame
    units: pd.DataFrame
    left_out: pd.DataFrame
    settings: Mapping[str, Any]
    resamples: Resamples | None
    counts: sp.csr_array
    components: Floats
    weighting: Weighting
    tokens: Countable | None = None

    def __post_init__(self) -> None:
        """Close the arrays: a model that is changed would no longer be the one that was fitted."""
        counts = self.counts
        for array in (counts.data, counts.indices, counts.indptr, self.components):
            array.flags.writeable = False

    @property
    def n_topics(self) -> int:
        """Number of topics."""
        return len(self.phi)

    @property
    def topics(self) -> list[int]:
        """Numbers of the topics, from 1."""
        return list(self.phi.index)

    @property
    def terms(self) -> pd.Index:
        """The words of the model."""
        return self.phi.columns

    @cached_property
    def placed(self) -> Ints:
        """Rows of the units that hold at least one word of the model: those it was fitted on."""
        return np.flatnonzero(np.diff(self.counts.indptr) > 0)

    @cached_property
    def top(self) -> Ints:
        """Numbers of the first words of each topic by the model's ranking rule, topics x 50 at most."""
        return self._ranked(self._ranking, DEPTH)

    @property
    def _ranking(self) -> dict[str, Any]:
        return {name: self.settings[name] for name in ("ranking", "relevance_lambda", "frex_weight")}

    def _ranked(self, ranking: Mapping[str, Any], n: int) -> Ints:
        values = scores(self.phi.to_numpy(), self.probability.to_numpy(), overall_probability(self.counts), **ranking)
        return ranked_words(values, alphabetical(self.terms), n)

    @property
    def reproducibility(self) -> pd.Series:
        """Mean overlap of each topic's ten first words with those of its partner in the refits, 0 to 1.

        The overlap is Jaccard's: 1 when all ten words return, .67 when eight do, .43 when six do. It is harsh on purpose.
        Below .5 the topic is not reproducible in this corpus. NaN without resamples.
        """
        values = np.full(self.n_topics, np.nan) if self.resamples is None else self.resamples.overlap.mean(axis=0)
        return pd.Series(values, index=self.phi.index, name="reproducibility")

    @property
    def reproducible(self) -> pd.Series:
        """Whether each topic's reproducibility reaches .5; False without resamples."""
        return (self.reproducibility.round(6) >= self.settings["reproducible_from"]).rename("reproducible")

    @property
    def unplaced(self) -> pd.DataFrame:
        """Units without a topic: doc_id, paragraph and the reason."""
        rows = np.flatnonzero(self.theta.isna().all(axis=1).to_numpy())
        empty = np.diff(self.counts.indptr)[rows] == 0
        frame = self.units.loc[self.units.index[rows], [c for c in ("doc_id", "paragraph") if c in self.units]]
        return frame.assign(reason=np.where(empty, "no word of the model", "no topic reaches it"))

    def number_of(self, topic: object) -> int:
        """Row of a topic, counted from 0.

        Raises
        ------
        NotFound
            If the model has no such topic.
        """
        if isinstance(topic, bool) or topic not in self.phi.index:
            raise NotFound(
                f"`topic` must be one of {self.topics[0]} to {self.topics[-1]}; found {topic!r}. Choose one of these."
            )
        return int(cast(Any, topic)) - 1

    def words(self, n: int = TOP) -> list[list[str]]:
        """First `n` words of each topic as lists, without words of no weight: an empty topic has none."""
        rows = carried(self.top[:, :n] if n <= self.top.shape[1] else self._ranked(self._ranking, n), self.components)
        return [list(self.terms[row[row >= 0]]) for row in rows]

    @property
    def prevalences(self) -> pd.Series:
        """Mean share of each topic over the units that have one."""
        return pd.Series(np.nan_to_num(self.theta.mean().to_numpy()), index=self.phi.index, name="prevalence")

    @property
    def _documents(self) -> pd.Series:
        """Document of each unit; the unit itself where units have no documents."""
        return self.units["doc_id"].astype(str) if "doc_id" in self.units else self.units.index.to_series().astype(str)
