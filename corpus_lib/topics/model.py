"""`TopicModel`: topics, and how far to trust them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
import scipy.sparse as sp

from corpus_lib.display.cards import card
from corpus_lib.errors import InvalidType, InvalidValue, NotFound
from corpus_lib.immutable import hands_out_copies
from corpus_lib.tokens.counts import Countable
from corpus_lib.tokens.matrix import DocumentTermMatrix
from corpus_lib.tokens.tokens import Tokens
from corpus_lib.topics.prevalence import difference, prevalence
from corpus_lib.topics.ranking import Ranking, alphabetical, ranked_words, scores
from corpus_lib.topics.reading import (
    by_document,
    compare_words,
    distances,
    document_shares,
    labels,
    layout,
    passages,
    support,
)
from corpus_lib.topics.resampling import DEPTH, TOP, Resamples, carried
from corpus_lib.topics.saved import read_model, save_model
from corpus_lib.topics.weighting import Floats, Ints, Weighting, check_counts, loadings_of, overall_probability, shares

# Words of the top ten that a unit must hold to count as support of a topic.
SUPPORT_WORDS = 3


@hands_out_copies
@dataclass(frozen=True, repr=False, eq=False)
class TopicModel:
    """A fitted topic model with its resamples, its corpus and everything it left out.

    Attributes
    ----------
    phi
        Topics x terms, rows sum to 1. Topics are numbered from 1, the most prevalent first.
    theta
        Units x topics, rows sum to 1. Shares are normalised loadings, not a posterior: their uncertainty comes from the
        resamples. A unit that no word or no topic reaches has a row of NaN and is named in `unplaced`.
    probability
        Topics x terms, the share of each word among the tokens that the units give the topic; rows sum to 1.
    units
        One row per unit, as in `Tokens.units`.
    left_out
        Words that were left out before the fit: token, reason, frequency, n_units.
    settings
        Every choice and constant, and the counts that say what it led to.
    resamples
        The refits (`topic_resampling.Resamples`), or None.
    """

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
    tokens: Countable | None = field(default=None)

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

    def top_terms(self, n: int = TOP, *, ranking: Ranking | None = None) -> pd.DataFrame:
        """First words of every topic.

        Parameters
        ----------
        n
            Words a topic; fewer only where the vocabulary is smaller.
        ranking
            "weight", "probability", "relevance" or "frex"; by default the model's own rule (`settings["ranking"]`).

        Returns
        -------
        DataFrame
            topic, rank (from 1), term, weight (in `phi`), kept and probability (share of the topic's tokens).
            `kept` is the share of refits whose partner topic has the word among its own first `n`: .4 means that the
            word is there in two samples of five. NaN without resamples.

        Examples
        --------
        >>> tokens = Tokens.from_lists([["sea", "ship"], ["sea", "ship"], ["tax", "law"], ["tax", "law"]])
        >>> fit_topics(tokens, 2, resamples=0).top_terms(2)["term"].tolist()
        ['law', 'tax', 'sea', 'ship']
        """
        _positive("n", n)
        words = self._ranked({**self._ranking, "ranking": ranking or self.settings["ranking"]}, n)
        topic, rank = np.indices(words.shape)
        return pd.DataFrame({
            "topic": np.asarray(self.topics)[topic.ravel()],
            "rank": rank.ravel() + 1,
            "term": self.terms[words.ravel()],
            "weight": np.round(self.phi.to_numpy()[topic.ravel(), words.ravel()], 6),
            "kept": self._kept(words).ravel(),
            "probability": np.round(self.probability.to_numpy()[topic.ravel(), words.ravel()], 6),
        })  # fmt: skip

    def _kept(self, words: Ints) -> Floats:
        if self.resamples is None:
            return np.full(words.shape, np.nan)
        lists = self.resamples.top[:, :, : words.shape[1]]
        return np.array([(lists[:, k, :, None] == row).any(axis=1).mean(axis=0) for k, row in enumerate(words)])

    def words(self, n: int = TOP) -> list[list[str]]:
        """First `n` words of each topic as lists, without words of no weight: an empty topic has none."""
        rows = carried(self.top[:, :n] if n <= self.top.shape[1] else self._ranked(self._ranking, n), self.components)
        return [list(self.terms[row[row >= 0]]) for row in rows]

    @property
    def prevalences(self) -> pd.Series:
        """Mean share of each topic over the units that have one."""
        return pd.Series(np.nan_to_num(self.theta.mean().to_numpy()), index=self.phi.index, name="prevalence")

    def summary(self, n: int = TOP) -> pd.DataFrame:
        """One row per topic: what it is, how large, how far to trust it, rounded to three decimals.

        Returns
        -------
        DataFrame
            Indexed by topic. label; words (the `n` first); prevalence (mean share); reproducibility with low and high (5th
            and 95th percentile of the refits) and reproducible; support (units that hold three of the ten first words) and
            support_documents; single_document (largest share of the topic that one document carries) and largest_document.

        Notes
        -----
        A topic of which one document carries most is a description of that document. Read `single_document` first.
        """
        overlap = np.full((1, self.n_topics), np.nan) if self.resamples is None else self.resamples.overlap
        low, high = np.quantile(overlap, [0.05, 0.95], axis=0)
        units, documents = support(self, SUPPORT_WORDS)
        largest, share = document_shares(self)
        return pd.DataFrame({
            "label": labels(self).to_numpy(),
            "words": [", ".join(words) for words in self.words(n)],
            "prevalence": self.prevalences.round(3),
            "reproducibility": self.reproducibility.round(3),
            "reproducibility_low": low.round(3),
            "reproducibility_high": high.round(3),
            "reproducible": self.reproducible,
            "support": units,
            "support_documents": documents,
            "single_document": share.round(3),
            "largest_document": largest,
        }, index=self.phi.index)  # fmt: skip

    def passages(self, topic: int, n: int = 3) -> pd.DataFrame:
        """The units nearest to a topic, with their text and their place in the source.

        Nearest by the cosine between the unit's weighted words and the topic, not by share alone: a unit of one word can
        have a share of 1.

        Returns
        -------
        DataFrame
            topic, doc_id, paragraph, share, similarity, text, path, first_line, last_line, byte_start, byte_end.
        """
        self.number_of(topic)
        _positive("n", n)
        return passages(self, topic, n)

    def labels(self, n: int = 3, *, relevance_lambda: float = 0.3) -> pd.Series:
        """Label of each topic from its `n` most relevant words, phrases included."""
        return labels(self, n, relevance_lambda)

    def by_document(self) -> pd.DataFrame:
        """Mean share of each topic in each document (documents x topics); NaN where no unit has a topic."""
        return by_document(self)

    def distances(self) -> pd.DataFrame:
        """Hellinger distance between topics, 0 (the same words in the same proportions) to 1 (no word in common)."""
        return distances(self)

    def layout(self) -> pd.DataFrame:
        """The topics as points (x, y) whose distances are near `distances`; `attrs["explained"]` says how near."""
        return layout(self)

    def compare_words(self, words: Sequence[str]) -> pd.DataFrame:
        """Share of each word's tokens that each topic holds (words x topics, rows sum to 1)."""
        return compare_words(self, words)

    def prevalence(
        self, by: str | Sequence[Any], *, interval: float = 0.9, period: Literal["year", "month"] | None = None
    ) -> pd.DataFrame:
        """Mean share of each topic in each group of units, with intervals.

        Parameters
        ----------
        by
            A column of `units`, or one value per unit.
        interval
            Level of the interval.
        period
            Cut ISO dates to the year or the month.

        Returns
        -------
        DataFrame
            group, topic, mean, low, high, n_units, n_documents, reproducible. See `prevalence.prevalence` for how the
            interval is made; NaN without resamples.
        """
        return prevalence(self, by, interval=interval, period=period)

    def difference(
        self, by: str | Sequence[Any], first: object, second: object, *, interval: float = 0.9
    ) -> pd.DataFrame:
        """Mean share in group `first` minus that in group `second`, topic by topic, with intervals."""
        return difference(self, by, first, second, interval=interval)

    def transform(self, tokens: Tokens | DocumentTermMatrix) -> pd.DataFrame:
        """Theta of other text, by the weights and topics of this model.

        Non-negative least squares against the topics, with the idf and the mean length of the model's own corpus. Words
        that the model does not know are passed over; a unit without any known word has a row of NaN.
        """
        counts = _on_terms(as_matrix(tokens), self.terms)
        w = loadings_of(self.weighting.apply(counts), self.components)
        return pd.DataFrame(shares(w, self.components), columns=self.phi.index)

    def save(self, folder: str | Path) -> None:
        """Write the model to `folder` as .npy arrays and JSON; nothing is pickled."""
        save_model(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path, *, tokens: Tokens | None = None) -> TopicModel:
        """A model that `save` wrote; hand in its tokens again to read passages and phrases."""
        return cls(**read_model(Path(folder)), tokens=tokens)

    def __repr__(self) -> str:
        refits = (
            "no resamples"
            if self.resamples is None
            else f"{int(self.reproducible.sum())} reproducible in {self.resamples.n} resamples"
        )
        return f"TopicModel({self.n_topics} topics, {refits}, {len(self.units)} units, {len(self.terms)} terms)"

    def _repr_html_(self) -> str:

        table = self.summary()[["words", "prevalence", "reproducibility", "support", "single_document"]]
        return card(
            repr(self), table, next_step="model.summary(), model.top_terms(), model.passages(topic)", n=len(table)
        )


def as_matrix(tokens: object) -> DocumentTermMatrix:
    """Counts of whatever topics can be fitted to."""
    if isinstance(tokens, DocumentTermMatrix):
        matrix = tokens
    elif isinstance(tokens, Tokens):
        matrix = tokens.matrix()
    elif isinstance(tokens, pd.DataFrame):
        units = pd.DataFrame({"doc_id": [str(i) for i in tokens.index]})
        none = pd.DataFrame(columns=["token", "reason", "frequency", "n_units"])
        try:
            counts = sp.csr_array(tokens.to_numpy(dtype=float))
        except (TypeError, ValueError) as error:
            raise InvalidValue(
                f"`tokens` must hold numbers in every column; {error}. Move metadata out of the table."
            ) from error
        matrix = DocumentTermMatrix(counts, pd.Index([str(c) for c in tokens.columns]), units, none)
    else:
        raise InvalidType(f"`tokens` must be Tokens, a DocumentTermMatrix or a DataFrame of counts; found {type(tokens).__name__}. "
                          "Call tokenize(corpus), or Tokens.from_lists(lists).")  # fmt: skip
    check_counts(sp.csr_array(matrix.counts))
    return matrix


def sorted_counts(counts: Any) -> sp.csr_array:
    """A copy in canonical form, so that sums run in one order; short indices, which halve the memory that a sweep reads."""
    copy = sp.csr_array(counts, copy=True)
    copy.sum_duplicates()
    copy.eliminate_zeros()
    copy.sort_indices()
    if copy.nnz >= np.iinfo(np.int32).max:
        return copy
    return sp.csr_array((copy.data, copy.indices.astype(np.int32), copy.indptr.astype(np.int32)), shape=copy.shape)


def _on_terms(matrix: DocumentTermMatrix, terms: pd.Index) -> sp.csr_array:
    """Counts of the model's terms, in its order."""
    place = terms.get_indexer(pd.Index(matrix.terms))
    entries = sp.coo_array(matrix.counts)
    columns = place[entries.coords[1]]
    known = columns >= 0
    shape = (matrix.counts.shape[0], len(terms))
    return sorted_counts(
        sp.coo_array((entries.data[known], (entries.coords[0][known], columns[known])), shape=shape).tocsr()
    )


def _positive(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InvalidValue(f"`{name}` must be a whole number of at least 1; found {value!r}. Take 10, for example.")
