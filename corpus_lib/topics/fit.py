"""Topic models that say how far to trust them.

A topic model describes every paragraph or article as a mixture of a few lists of weighted words. The one here has no
seed (see `topics.weighting`), reports beside every topic and every word how much of it returns when part of the corpus is
left out (`topics.resampling`), and leaves the choice of the number of topics to `choose_n_topics`, which may answer that
none is supported. Notation: `phi` is topics x terms (beta in Blei's papers, `components_` with rows to 1 in
scikit-learn), `theta` is units x topics (gamma in tidytext).
"""

from collections.abc import Collection
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp

from corpus_lib.errors import InvalidValue, check_all, check_share, check_whole
from corpus_lib.tokens.matrix import DocumentTermMatrix
from corpus_lib.tokens.tokens import Tokens
from corpus_lib.topics import weighting as wt
from corpus_lib.topics.model import TopicModel, as_matrix, sorted_counts
from corpus_lib.topics.ranking import Ranking, alphabetical, ranked_words, scores
from corpus_lib.topics.resampling import TOP, carried, clusters, resample
from corpus_lib.topics.weighting import Floats, Ints, Recipe, Weighting
from corpus_lib.wordlists.stopwords import for_language

# A topic below this mean overlap is called not reproducible. Planted topics lie above it and topics of noise below
# (benchmarks/topics_planted.py); an overlap of .5 means that two lists of ten words share between six and seven.
REPRODUCIBLE = 0.5


def fit_topics(
    tokens: Tokens | DocumentTermMatrix | pd.DataFrame,
    n_topics: int,
    *,
    resamples: int = 20,
    sample_share: float = 0.8,
    stopwords: Literal["auto"] | Collection[str] | None = "auto",
    min_units: int | None = None,
    max_share: float = 1.0,
    min_length: int = 1,
    alphabetic: bool = True,
    recipe: Recipe | None = None,
    ranking: Ranking = "weight",
    relevance_lambda: float = 0.6,
    frex_weight: float = 0.5,
    n_jobs: int | None = None,
) -> TopicModel:
    r"""Fit a topic model without a seed, and refit it on parts of the corpus to see what stays.

    Counts are weighted by BM25 times squared idf, half-normalised, and factorised from their singular vectors
    (`topics.weighting`): the same corpus gives the same topics, on every machine and in any order of the documents.

    Parameters
    ----------
    tokens
        Tokens (paragraphs as units when there are few articles), a `DocumentTermMatrix`, or a DataFrame of counts (units x
        terms). A matrix is taken as it is: what is left out is then its maker's choice.
    n_topics
        Number of topics; see `choose_n_topics`.
    resamples
        Number of refits; 0 for none, and then `reproducibility` is NaN.
    sample_share
        Share of the corpus in each refit. Two samples of 80 % share 64 % of the corpus; 0.5 is a harder test.
        Articles are drawn when there are 30 or more, else paragraphs, recorded in `settings["drawn"]`.
    stopwords
        Words to leave out: "auto" for the stop lists of the languages that the units state (English where none is stated),
        a collection of words, or None. Squared idf gathers stop words in one or two topics of their own; with few topics on
        few articles a reader cannot spare those, so the default leaves them out.
    min_units
        Fewest units that must hold a word; by default 2, and 5 from 1,000 units. A word of one unit cannot connect units.
    max_share
        Largest share of units that may hold a word. The default leaves nothing out on this ground: 40 % would silently
        drop a corpus's own subject.
    min_length, alphabetic
        Fewest characters of a word; whether to leave out tokens without a letter.
    recipe
        Constants of the weighting and the factorisation.
    ranking, relevance_lambda, frex_weight
        Rule by which words of a topic are ranked, and its constants (see `topics.ranking`).
    n_jobs
        Refits at once, as joblib counts them; `None` is one, or what ``joblib.parallel_config`` says (threads, processes, a Dask cluster). The
        result is the same to the last bit.

    Returns
    -------
    TopicModel

    Raises
    ------
    InvalidValue
        If there are fewer units than topics, a single unit, or nothing is left of the vocabulary.
    InvalidType
        If `tokens` is not one of the three.

    Notes
    -----
    Topics say which words go together, not what a text holds or thinks; paragraphs of one article are not independent,
    and resampling them flatters the result.

    Examples
    --------
    >>> lists = [["sea", "ship", "port"]] * 4 + [["tax", "law", "court"]] * 6
    >>> model = fit_topics(Tokens.from_lists(lists), 2)
    >>> model.words(3)
    [['court', 'law', 'tax'], ['port', 'sea', 'ship']]
    >>> model.reproducibility.tolist()
    [1.0, 1.0]
    """
    recipe = recipe or Recipe()
    check_arguments(n_topics, resamples, sample_share)
    matrix, pruning = prepare(tokens, stopwords, min_units, max_share, min_length, alphabetic)
    rule: dict[str, Any] = {"ranking": ranking, "relevance_lambda": relevance_lambda, "frex_weight": frex_weight}
    scores(np.ones((1, 1)), None, **rule)
    counts = sorted_counts(matrix.counts)
    filled = filled_units(counts, n_topics)
    settings = {"n_topics": n_topics, "resamples": resamples, "sample_share": sample_share, "reproducible_from": REPRODUCIBLE,
                **rule, **pruning, **recipe.as_dict()}  # fmt: skip
    weighting, weighted = wt.learn_weighting(sp.csr_array(counts[filled]), recipe)
    model = _assembled(matrix, counts, filled, *wt.factorise(weighted, n_topics, recipe), weighting, settings)
    return model if resamples == 0 else _resampled(model, recipe, rule, resamples, sample_share, n_jobs)


def most_topics(tokens: Tokens, stopwords: Any = "auto") -> tuple[int, int, int]:
    """How many topics the words of a corpus allow at most, and the units and words that a model of it would stand on.

    A model with as many topics as units repeats the units, so it takes one unit more than topics.
    """
    matrix = _default_matrix(tokens, stopwords)
    if matrix is None:
        return 0, 0, 0
    counts = sorted_counts(matrix.counts)
    filled = int((np.diff(counts.indptr) > 0).sum())
    return max(0, min(filled - 1, counts.shape[1])), filled, counts.shape[1]


def _default_matrix(tokens: Tokens, stopwords: Any) -> DocumentTermMatrix | None:
    """What `fit_topics` would fit; None where that leaves no word."""
    try:
        return prepare(tokens, stopwords, None, 1.0, 1, True)[0]
    except InvalidValue:
        return None


def no_topics(tokens: Tokens, stopwords: Any = "auto") -> TopicModel:
    """The model of a corpus that carries none: no topic, every unit without one, and what was left out on the way to it."""
    found = _default_matrix(tokens, stopwords)
    matrix = tokens.matrix() if found is None else found
    counts = sorted_counts(matrix.counts)
    none, weighting = np.zeros((0, counts.shape[1])), Weighting(idf=np.zeros(counts.shape[1]), mean_length=1.0)
    rule = {"ranking": "weight", "relevance_lambda": 0.6, "frex_weight": 0.5}
    settings = {"n_topics": 0, "resamples": 0, "reproducible_from": REPRODUCIBLE, **rule, **weighting.recipe.as_dict()}
    return _assembled(matrix, counts, np.arange(0), np.zeros((0, 0)), none, weighting, settings)


def _assembled(
    matrix: DocumentTermMatrix, counts: sp.csr_array, filled: Ints, w: Floats, h: Floats, weighting: Weighting, settings: dict[str, Any]
) -> TopicModel:  # fmt: skip
    """The model with its topics in order: by (-rounded prevalence, first word)."""
    order = _topic_order(wt.shares(w, h), wt.rows_to_one(h), matrix.terms)
    w, h = w[:, order], h[order]
    theta = np.full((counts.shape[0], len(h)), np.nan)
    theta[filled] = wt.shares(w, h)
    topics = pd.RangeIndex(1, len(h) + 1, name="topic")
    empty = counts.shape[0] - len(filled)
    unreached = int(np.isnan(theta).all(axis=1).sum()) - empty
    terms = pd.Index(matrix.terms, name="term")
    facts = {"n_units": len(theta), "n_empty_units": empty, "n_unreached_units": unreached, "n_terms": len(terms)}
    return TopicModel(
        phi=pd.DataFrame(wt.rows_to_one(h), index=topics, columns=terms),
        theta=pd.DataFrame(theta, index=matrix.units.index, columns=topics),
        probability=pd.DataFrame(wt.token_probability(counts, theta), index=topics, columns=terms),
        units=matrix.units, left_out=matrix.left_out, settings=MappingProxyType({**settings, **facts}), resamples=None,
        counts=counts, components=h, weighting=weighting, tokens=matrix.tokens,
    )  # fmt: skip


def _topic_order(theta: Floats, phi: Floats, terms: pd.Index) -> Ints:
    prevalence = np.round(np.nan_to_num(theta).sum(axis=0) / max(len(theta), 1), 6)
    alphabet = alphabetical(terms)
    return np.lexsort((alphabet[ranked_words(phi, alphabet, 1).ravel()], -prevalence))


def _resampled(
    model: TopicModel, recipe: Recipe, rule: dict[str, Any], n: int, share: float, n_jobs: int | None
) -> TopicModel:
    filled = model.placed
    names, drawn = clusters(model.units.iloc[filled])
    counts = sp.csr_array(model.counts[filled])
    result = resample(
        counts, names, drawn, model.phi.to_numpy(), carried(model.top[:, :TOP], model.components), recipe, rule, alphabetical(model.terms),
        n=n, share=share, n_jobs=n_jobs,
    )  # fmt: skip
    settings = {**model.settings, "drawn": drawn, "n_drawn_from": len(set(names))}
    return replace(model, resamples=result, settings=MappingProxyType(settings))


def prepare(
    tokens: object, stopwords: Any, min_units: int | None, max_share: float, min_length: int, alphabetic: bool
) -> tuple[DocumentTermMatrix, dict[str, Any]]:
    """The matrix to fit, and what was decided on the way to it."""
    if not isinstance(tokens, Tokens):
        return as_matrix(tokens), {"pruning": "as handed in"}
    words, named = _stopwords(tokens, stopwords)
    least = (5 if tokens.n_units >= 1000 else 2) if min_units is None else min_units
    if tokens.n_tokens == 0:
        found = f"found {tokens.n_units} units without any. Check what was tokenized."
        raise InvalidValue(f"`tokens` must hold words; {found}")
    rules: dict[str, Any] = {
        "min_units": least,
        "max_share": max_share,
        "min_length": min_length,
        "alphabetic": alphabetic,
    }
    matrix = tokens.matrix(stopwords=words, **rules)
    reasons = {str(reason): int(n) for reason, n in matrix.left_out["reason"].value_counts().sort_index().items()}
    of_words = {"stopwords": named, "n_stopwords": len(words), "n_left_out": len(matrix.left_out), "left_out": reasons}
    return matrix, rules | of_words


def _stopwords(tokens: Tokens, stopwords: Any) -> tuple[frozenset[str], str]:
    """Stop words and how they are named in the settings."""
    if stopwords is None:
        return frozenset(), "none"
    if not isinstance(stopwords, str):
        return frozenset(stopwords), "given"
    if stopwords != "auto":
        wanted = f"`stopwords` must be 'auto', a collection of words or None; found {stopwords!r}."
        raise InvalidValue(f"{wanted} Put words in a list.")
    stated = tokens.units["language"].dropna().astype(str) if "language" in tokens.units else pd.Series(dtype=str)
    lists = {language: for_language(language).words for language in sorted(set(stated) - {""}) or ["en"]}
    found = {language: words for language, words in lists.items() if words}
    return frozenset().union(*found.values()), ", ".join(found) or "none"


def filled_units(counts: sp.csr_array, n_topics: int) -> Ints:
    """Rows that hold a word; refuse what cannot be divided into topics."""
    filled, (n_units, n_words) = np.flatnonzero(np.diff(counts.indptr) > 0), counts.shape
    if n_units == 1:
        raise InvalidValue(
            "`tokens` must hold at least two units to compare; found one. Tokenize with unit='paragraph', or add documents."
        )
    if len(filled) == 0:
        raise InvalidValue(
            f"`tokens` must hold words after pruning; all {n_units} units are empty. Loosen `min_units`, `max_share` or `stopwords`."
        )
    if len(filled) < n_topics:
        raise InvalidValue(
            f"`n_topics` must not exceed the units that hold words; found {n_topics} topics for {len(filled)} of {n_units} units. "
            "Ask for fewer topics, or tokenize with unit='paragraph'."
        )
    if n_words < n_topics:
        words = f"{n_words} word{'s' * (n_words != 1)}"
        raise InvalidValue(
            f"`n_topics` must not exceed the words of the model; found {n_topics} topics for {words}. Ask for fewer topics, or leave fewer words out."
        )
    return filled


def check_arguments(n_topics: object, resamples: object, sample_share: object) -> None:
    """Raise unless the numbers that `fit_topics` was given can be used; says all that is wrong at once."""
    check_all(
        "fit_topics",
        (check_whole, "n_topics", n_topics, 1),
        (check_whole, "resamples", resamples, 0),
        (check_share, "sample_share", sample_share, "Take 0.8, or 0.5 for half-samples."),
    )
