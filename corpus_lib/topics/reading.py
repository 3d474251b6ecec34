"""Reading aids for a topic model: passages, labels, support, topics by document, distances, words across topics.

Every function takes a fitted model and returns a plain table. Nothing here changes the model or draws anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
import scipy.sparse as sp

from corpus_lib.errors import NotFound
from corpus_lib.tokens.counts import Countable
from corpus_lib.topics.ranking import alphabetical, relevance
from corpus_lib.topics.resampling import TOP, Resamples, pair_topics
from corpus_lib.topics.weighting import Floats, Ints, Weighting, overall_probability, row_lengths, rows_to_one

# A phrase must stand in this many units, and its words must stand side by side this much of the time, to be a label.
PHRASE_UNITS, PHRASE_BOND = 3, 0.25

__all__ = [
    "align_topics",
    "by_document",
    "compare_words",
    "distances",
    "document_shares",
    "documents_of",
    "labels",
    "layout",
    "nearness",
    "passages",
    "support",
]


class Fitted(Protocol):
    """What reading, prevalence and saving ask of a model; `TopicModel` is one."""

    @property
    def phi(self) -> pd.DataFrame: ...
    @property
    def theta(self) -> pd.DataFrame: ...
    @property
    def probability(self) -> pd.DataFrame: ...
    @property
    def components(self) -> Floats: ...
    @property
    def counts(self) -> sp.csr_array: ...
    @property
    def weighting(self) -> Weighting: ...
    @property
    def terms(self) -> pd.Index: ...
    @property
    def topics(self) -> list[int]: ...
    @property
    def n_topics(self) -> int: ...
    @property
    def units(self) -> pd.DataFrame: ...
    @property
    def left_out(self) -> pd.DataFrame: ...
    @property
    def placed(self) -> Any: ...
    @property
    def reproducible(self) -> pd.Series: ...
    @property
    def resamples(self) -> Resamples | None: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...
    @property
    def tokens(self) -> Countable | None: ...
    def words(self, n: int = ...) -> list[list[str]]: ...
    def number_of(self, topic: int) -> int: ...


def documents_of(model: Fitted) -> pd.Series:
    """Document of each unit; the unit itself where units have no documents."""
    units = model.units
    return (
        units["doc_id"].astype(str)
        if "doc_id" in units
        else pd.Series([str(i) for i in units.index], index=units.index)
    )


def support(model: Fitted, at_least: int = 3) -> tuple[Ints, Ints]:
    """Units, and documents, that hold `at_least` of the ten first words of each topic."""
    present = sp.csr_array(
        (np.ones(model.counts.nnz, dtype=np.int64), model.counts.indices, model.counts.indptr), shape=model.counts.shape
    )
    documents = documents_of(model).to_numpy()
    lists = [np.asarray(model.terms.get_indexer(words)) for words in model.words(TOP)]
    held = [np.asarray(present[:, row].sum(axis=1)).ravel() >= max(min(at_least, len(row)), 1) for row in lists]
    return np.array([int(h.sum()) for h in held]), np.array([len(set(documents[h])) for h in held])


def document_shares(model: Fitted) -> tuple[list[str], Floats]:
    """The document that carries most of each topic, and its share of the topic."""
    if not model.topics or not len(model.theta):
        return [], np.zeros(0)
    totals = model.theta.fillna(0.0).groupby(documents_of(model).to_numpy()).sum()
    values = np.round(totals.to_numpy(), 6)
    sums = model.theta.fillna(0.0).sum().to_numpy()
    share = np.divide(totals.to_numpy().max(axis=0), sums, out=np.full(len(sums), np.nan), where=sums > 0)
    return [str(totals.index[i]) for i in values.argmax(axis=0)], share


def passages(model: Fitted, topic: int, n: int) -> pd.DataFrame:
    """The `n` units nearest to a topic by cosine, with text and citation."""
    number = model.number_of(topic)
    similarity = nearness(model)[:, number]
    names = documents_of(model).to_numpy()
    order = np.lexsort((np.arange(len(names)), names, -np.round(similarity, 6)))[:n]
    rows = [
        _passage(model, int(i), topic, float(model.theta.iloc[i, number]), float(similarity[i]))
        for i in order
        if similarity[i] > 0
    ]
    columns = [
        "topic",
        "doc_id",
        "paragraph",
        "share",
        "similarity",
        "text",
        "path",
        "first_line",
        "last_line",
        "byte_start",
        "byte_end",
    ]
    return pd.DataFrame(rows, columns=columns)


def nearness(model: Fitted) -> Floats:
    """Cosine between each unit's weighted words and each topic (units x topics); 0 for empty units."""
    weighted = model.weighting.apply(model.counts)
    lengths = row_lengths(weighted)[:, None] * np.linalg.norm(model.components, axis=1)[None, :]
    products = np.asarray(weighted @ model.components.T)
    return np.asarray(np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0))


def _passage(model: Fitted, row: int, topic: int, share: float, similarity: float) -> dict[str, Any]:
    unit = model.units.iloc[row]
    found = {"topic": topic, "doc_id": documents_of(model).iloc[row], "paragraph": unit.get("paragraph", pd.NA),
             "share": round(share, 3), "similarity": round(similarity, 3)}  # fmt: skip
    source = None if model.tokens is None else model.tokens.source
    if source is None or "start" not in unit:
        return found
    start, end = int(unit["start"]), int(unit["end"])
    citation = source.cite(unit["doc_id"], start, end)
    place = {name: getattr(citation, name) for name in ("path", "first_line", "last_line", "byte_start", "byte_end")}
    return {**found, "text": source.text(unit["doc_id"])[start:end], **place}


def labels(model: Fitted, n: int = 3, weight: float = 0.3) -> pd.Series:
    """Label of each topic: its `n` most relevant words among the first ten, a word and its phrase counted once."""
    if not model.n_topics:
        return pd.Series([], index=model.phi.index, name="label", dtype=object)
    words, probability, overall = _phrases(model)
    everywhere = np.concatenate([overall_probability(model.counts), overall])
    values = relevance(np.hstack([model.probability.to_numpy(), probability]), everywhere, weight)
    names = [*map(str, model.terms), *words]
    alphabet = alphabetical(names)
    chosen = [_label(k, n, values, names, alphabet, set(row)) for k, row in enumerate(model.words())]
    return pd.Series(chosen, index=model.phi.index, name="label")


def _label(k: int, n: int, values: Floats, names: list[str], alphabet: Ints, top: set[str]) -> str:
    candidates = [i for i, name in enumerate(names) if set(name.split(" ")) & top and (" " in name or name in top)]
    candidates.sort(key=lambda i: (-round(float(values[k, i]), 6), alphabet[i]))
    taken: list[str] = []
    phrases = {word for i in candidates[: 3 * n] if " " in names[i] for word in names[i].split(" ")}
    for i in candidates:
        own = set(names[i].split(" "))
        covered = {word for name in taken for word in name.split(" ")}
        # A phrase says more than its parts: the parts wait for it.
        if own & covered or (len(own) == 1 and own <= phrases):
            continue
        taken.append(names[i])
        if len(taken) == n:
            break
    return ", ".join(taken)


def _phrases(model: Fitted) -> tuple[list[str], Floats, Floats]:
    """Pairs of neighbouring words that belong together, and their share of each topic's tokens and of all tokens."""
    tokens = model.tokens
    nothing: tuple[list[str], Floats, Floats] = ([], np.empty((model.n_topics, 0)), np.empty(0))
    if tokens is None or tokens.n_tokens < 2:
        return nothing
    top = np.zeros(len(model.terms), dtype=bool)
    top[model.terms.get_indexer(sorted({word for words in model.words(TOP) for word in words}))] = True
    place = model.terms.get_indexer(tokens.vocabulary)[tokens.ids]
    unit = tokens.unit_of()
    left, right = place[:-1], place[1:]
    near = (unit[:-1] == unit[1:]) & (left >= 0) & (right >= 0) & (left != right)
    near &= top[np.maximum(left, 0)] | top[np.maximum(right, 0)]
    pair, row = left[near].astype(np.int64) * len(top) + right[near], unit[:-1][near]
    names, code = np.unique(pair, return_inverse=True)
    if len(names) == 0:
        return nothing
    counts = sp.coo_array((np.ones(len(code)), (row, code)), shape=(len(model.units), len(names))).tocsr()
    counts.sum_duplicates()
    kept = _bound(model, counts, names)
    if not kept.any():
        return nothing
    terms = model.terms
    written = [f"{terms[p // len(top)]} {terms[p % len(top)]}" for p in names[kept]]
    theta = model.theta.fillna(0.0).to_numpy()
    tokens_of_topic = np.asarray(theta.T @ np.asarray(model.counts.sum(axis=1)).ravel())[:, None]
    chosen = counts[:, np.flatnonzero(kept)]
    amounts = np.asarray((chosen.T @ theta).T)
    shares = np.divide(amounts, tokens_of_topic, out=np.zeros_like(amounts), where=tokens_of_topic > 0)
    return written, shares, np.asarray(chosen.sum(axis=0)).ravel() / model.counts.sum()


def _bound(model: Fitted, counts: sp.csr_array, names: Ints) -> Any:
    """Which pairs stand in enough units and mostly side by side."""
    n_terms = len(model.terms)
    frequency = np.asarray(model.counts.sum(axis=0)).ravel()
    together = np.asarray(counts.sum(axis=0)).ravel()
    units = np.bincount(counts.indices, minlength=counts.shape[1])
    return (units >= PHRASE_UNITS) & (
        together >= PHRASE_BOND * np.minimum(frequency[names // n_terms], frequency[names % n_terms])
    )


def by_document(model: Fitted) -> pd.DataFrame:
    """Mean share of each topic in each document."""
    frame = model.theta.groupby(documents_of(model).to_numpy()).mean()
    frame.index.name = "doc_id"
    return frame


def distances(model: Fitted) -> pd.DataFrame:
    """Hellinger distances between the topics."""
    root = np.sqrt(model.phi.to_numpy())
    values = np.sqrt(np.clip(1 - root @ root.T, 0, 1))
    np.fill_diagonal(values, 0.0)
    return pd.DataFrame(np.round(values, 6), index=model.phi.index, columns=model.phi.index)


def layout(model: Fitted) -> pd.DataFrame:
    """Classical scaling (Torgerson 1952) of the distances to two dimensions; the same values give the same map."""
    if not model.n_topics:
        return pd.DataFrame(index=model.phi.index, columns=["x", "y"], dtype=float)
    squared = distances(model).to_numpy() ** 2
    centring = np.eye(len(squared)) - 1 / len(squared)
    values, vectors = np.linalg.eigh(-0.5 * centring @ squared @ centring)
    values, vectors = np.clip(values[::-1], 0, None), vectors[:, ::-1]
    points = np.zeros((len(squared), 2))
    n = min(2, len(squared))
    points[:, :n] = vectors[:, :n] * np.sqrt(values[:n])
    # An axis may point either way: the point farthest from the middle is put on the positive side.
    signs = np.array([np.sign(column[np.abs(np.round(column, 6)).argmax()]) or 1.0 for column in points.T])
    frame = pd.DataFrame(np.round(points * signs, 6) + 0.0, index=model.phi.index, columns=["x", "y"])
    frame.attrs["explained"] = round(float(values[:2].sum() / values.sum()), 6) if values.sum() > 0 else 1.0
    return frame


def compare_words(model: Fitted, words: Sequence[str]) -> pd.DataFrame:
    """Share of each word's tokens that each topic holds."""
    unknown = [word for word in words if word not in model.terms]
    if unknown:
        raise NotFound(f"`words` must be words of the model; it does not know {', '.join(map(repr, unknown[:5]))}"
                       f"{' and more' * (len(unknown) > 5)}. Look them up in `terms` and `left_out`.")  # fmt: skip
    tokens = np.asarray(model.counts.sum(axis=1)).ravel()
    sizes = np.nan_to_num(model.theta.to_numpy()).T @ tokens
    values = model.probability[list(words)].to_numpy() * sizes[:, None]
    return pd.DataFrame(rows_to_one(values.T), index=pd.Index(list(words), name="term"), columns=model.phi.index)


def align_topics(first: Fitted, second: Fitted, *, n: int = TOP) -> pd.DataFrame:
    """Pair the topics of two models: other corpora, other settings, other numbers of topics.

    Each topic of the smaller model gets one partner, so that the sum of the overlaps of the first `n` words is largest;
    ties go to the more similar weights over the words that both models know.

    Returns
    -------
    DataFrame
        One row per pair: topic, partner, jaccard (of the first `n` words), cosine (of the weights), shared (the words of both
        lists). Topics of the larger model without a partner follow, with missing values in the other's column.

    Examples
    --------
    >>> from corpus_lib.tokens.tokens import Tokens
    >>> from corpus_lib.topics.fit import fit_topics
    >>> lists = [["sea", "ship", "port"]] * 4 + [["tax", "law", "court"]] * 6
    >>> model = fit_topics(Tokens.from_lists(lists), 2, resamples=0)
    >>> align_topics(model, model)["jaccard"].tolist()
    [1.0, 1.0]
    """
    terms = first.terms.union(second.terms, sort=True)
    sides = [model.phi.reindex(columns=terms, fill_value=0.0).to_numpy() for model in (first, second)]
    top = [_numbers(terms, model.words(n), n) for model in (first, second)]
    size = max(len(side) for side in sides)
    padded = [np.vstack([side, np.zeros((size - len(side), len(terms)))]) for side in sides]
    tops = [np.vstack([t, np.full((size - len(t), t.shape[1]), -1)]) for t in top]
    partner, overlap = pair_topics(tops[0], tops[1], padded[0], padded[1])
    cosine = _cosine(padded[0], padded[1][partner])
    rows = [_pair_row(first, second, i, int(p), overlap[i], cosine[i], n) for i, p in enumerate(partner)]
    frame = pd.DataFrame(rows).astype({"topic": "Int64", "partner": "Int64"})
    return frame.sort_values(["topic", "partner"], na_position="last", ignore_index=True)


def _numbers(terms: pd.Index, lists: list[list[str]], n: int) -> Ints:
    """Numbers of the words of each list, filled up with -1."""
    return np.array([[*terms.get_indexer(words), *[-1] * (n - len(words))] for words in lists], dtype=np.int64).reshape(
        len(lists), n
    )


def _cosine(a: Floats, b: Floats) -> Floats:
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.asarray(np.divide((a * b).sum(axis=1), lengths, out=np.full(len(a), np.nan), where=lengths > 0))


def _pair_row(first: Fitted, second: Fitted, i: int, p: int, overlap: float, cosine: float, n: int) -> dict[str, Any]:
    mine, yours = i < first.n_topics, p < second.n_topics
    shared = [w for w in first.words(n)[i] if w in second.words(n)[p]] if mine and yours else []
    return {"topic": i + 1 if mine else pd.NA, "partner": p + 1 if yours else pd.NA,
            "jaccard": round(float(overlap), 6) if mine and yours else np.nan, "cosine": round(float(cosine), 6), "shared": ", ".join(shared)}  # fmt: skip
