"""`TopicModel`: topics, and how far to trust them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import scipy.sparse as sp

from corpus_lib.display.cards import card
from corpus_lib.errors import InvalidValue, check_kind, check_whole
from corpus_lib.tokens.matrix import DocumentTermMatrix
from corpus_lib.tokens.tokens import Tokens
from corpus_lib.topics.prevalence import Prevalence
from corpus_lib.topics.ranking import Ranking
from corpus_lib.topics.reading import Readable
from corpus_lib.topics.resampling import TOP
from corpus_lib.topics.saved import read_model, save_model
from corpus_lib.topics.weighting import Floats, Ints, check_counts, loadings_of, shares


@dataclass(frozen=True, repr=False, eq=False)
class TopicModel(Readable, Prevalence):
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
        >>> from corpus_lib import Tokens, fit_topics
        >>> tokens = Tokens.from_lists([["sea", "ship"], ["sea", "ship"], ["tax", "law"], ["tax", "law"]])
        >>> fit_topics(tokens, 2, resamples=0).top_terms(2)["term"].tolist()
        ['law', 'tax', 'sea', 'ship']
        """
        check_whole("n", n, 1)
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
        refits = "no resamples"
        if self.resamples is not None:
            refits = f"{int(self.reproducible.sum())} reproducible in {self.resamples.n} resamples"
        return f"TopicModel({self.n_topics} topics, {refits}, {len(self.units)} units, {len(self.terms)} terms)"

    def _repr_html_(self) -> str:
        table = self.summary()[["words", "prevalence", "reproducibility", "support", "single_document"]]
        next_step = "model.summary(), model.top_terms(), model.passages(topic)"
        return card(repr(self), table, next_step=next_step, n=len(table))


def as_matrix(tokens: object) -> DocumentTermMatrix:
    """Counts of whatever topics can be fitted to."""
    advice = "Call tokenize(corpus), or Tokens.from_lists(lists)."
    check_kind("tokens", tokens, (Tokens, DocumentTermMatrix, pd.DataFrame), advice)
    matrix: Any = tokens.matrix() if isinstance(tokens, Tokens) else tokens
    if isinstance(tokens, pd.DataFrame):
        units = pd.DataFrame({"doc_id": [str(i) for i in tokens.index]})
        none = pd.DataFrame(columns=["token", "reason", "frequency", "n_units"])
        try:
            counts = sp.csr_array(tokens.to_numpy(dtype=float))
        except (TypeError, ValueError) as error:
            raise InvalidValue(
                f"`tokens` must hold numbers in every column; {error}. Move metadata out of the table."
            ) from error
        matrix = DocumentTermMatrix(counts, pd.Index([str(c) for c in tokens.columns]), units, none)
    check_counts(sp.csr_array(matrix.counts))
    return cast(DocumentTermMatrix, matrix)


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
    known = np.flatnonzero(place >= 0)
    ones = np.ones(len(known), dtype=matrix.counts.dtype)
    return sorted_counts(matrix.counts @ sp.csr_array((ones, (known, place[known])), shape=(len(place), len(terms))))
