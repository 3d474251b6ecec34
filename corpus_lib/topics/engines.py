"""Other topic models through the same door: one corpus, one pruning, one evaluation for all.

An engine turns counts into weights of words in topics and shares of topics in units. Each is fitted on the whole corpus, on
the same samples of it and, where it has a random start, from several seeds, and its first words are counted in the same
windows. What differs in the table is then the model.
"""

import time
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from corpus_lib.errors import InvalidType, InvalidValue, check_kind, check_option, raise_all
from corpus_lib.tokens.tokens import Tokens
from corpus_lib.topics import weighting as wt
from corpus_lib.topics.coherence import WINDOWS, WindowCounts, coherence, count_windows, diversity
from corpus_lib.topics.fit import check_arguments, filled_units, prepare
from corpus_lib.topics.model import sorted_counts
from corpus_lib.topics.ranking import Ranking, alphabetical, ranked_words, scores
from corpus_lib.topics.resampling import TOP, carried, clusters, draw_samples, pair_topics
from corpus_lib.topics.weighting import Floats, Ints, Recipe

Engine = Callable[[sp.csr_array, int, int], tuple[Floats, Floats]]


def recipe_nmf(counts: sp.csr_array, n_topics: int, seed: int) -> tuple[Floats, Floats]:
    """Phi and theta of the model that `fit_topics` fits; the seed has no effect."""
    recipe = Recipe()
    w, h = wt.factorise(wt.learn_weighting(counts, recipe)[1], n_topics, recipe)
    return wt.rows_to_one(h), wt.shares(w, h)


def tfidf_nmf(counts: sp.csr_array, n_topics: int, seed: int) -> tuple[Floats, Floats]:
    """Phi and theta of the usual NMF: tf-idf with unit rows, randomised NNDSVD."""
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfTransformer

    model = NMF(n_topics, init="nndsvd", max_iter=200, tol=1e-4, random_state=seed)
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        w = model.fit_transform(TfidfTransformer().fit_transform(sp.csr_matrix(counts)))
    h = np.asarray(model.components_, dtype=float)
    return wt.rows_to_one(h), wt.shares(np.asarray(w, dtype=float), h)


def sklearn_lda(counts: sp.csr_array, n_topics: int, seed: int) -> tuple[Floats, Floats]:
    """Phi and theta of scikit-learn's variational LDA, batch, with its default priors of 1 / K."""
    from sklearn.decomposition import LatentDirichletAllocation

    model = LatentDirichletAllocation(n_topics, learning_method="batch", max_iter=50, random_state=seed)
    theta = model.fit_transform(sp.csr_matrix(counts))
    return wt.rows_to_one(np.asarray(model.components_, dtype=float)), np.asarray(theta, dtype=float)


def tomotopy_lda(counts: sp.csr_array, n_topics: int, seed: int) -> tuple[Floats, Floats]:
    """Phi and theta of tomotopy's Gibbs LDA, one worker so that a seed repeats; the package must be installed."""
    with warnings.catch_warnings():
        # Its compiled types lack a name that newer Pythons ask for; a reader can do nothing about it.
        warnings.simplefilter("ignore", DeprecationWarning)
        import tomotopy

    model = tomotopy.LDAModel(k=n_topics, seed=seed + 1, rm_top=0, min_cf=0)
    for start, end in zip(counts.indptr[:-1], counts.indptr[1:], strict=True):
        words = np.repeat(counts.indices[start:end], counts.data[start:end].astype(int))
        model.add_doc([str(word) for word in words])
    model.train(1000, workers=1)
    phi = np.zeros((n_topics, counts.shape[1]))
    columns = np.array([int(word) for word in model.used_vocabs])
    for k in range(n_topics):
        phi[k, columns] = model.get_topic_word_dist(k)
    return wt.rows_to_one(phi), np.array([document.get_topic_dist() for document in model.docs], dtype=float)


def keyword_matrix(
    counts: sp.csr_array, word_vectors: Floats, unit_vectors: Floats | None = None, n_keywords: int = 25
) -> sp.csr_array:
    """The keywords of each unit by the cosine of their vectors with the unit's, other words 0 (units x terms).

    Keywords are the words a unit holds that lie nearest to it, on its side. Without vectors of the units, a unit's vector is
    the mean of its words' vectors, weighted by idf. Kristensen-McLachlan, R. et al. (2024), "Context is Key(NMF)", arXiv
    2410.12791, with their 25 keywords.
    """
    from sklearn.preprocessing import normalize

    near_words = normalize(word_vectors)
    weighted = wt.learn_weighting(counts, Recipe(idf_power=1.0))[1]
    near_units = normalize(np.asarray(weighted @ near_words) if unit_vectors is None else unit_vectors)
    keywords = weighted.copy()
    for row, (start, end) in enumerate(zip(weighted.indptr[:-1], weighted.indptr[1:], strict=True)):
        near = np.maximum(np.round(near_words[weighted.indices[start:end]] @ near_units[row], 9), 0.0)
        if len(near) > n_keywords:
            near[near < np.partition(near, -n_keywords)[-n_keywords]] = 0.0
        keywords.data[start:end] = near
    keywords.eliminate_zeros()
    return keywords


def keyword_nmf(keywords: sp.csr_array, n_topics: int, seed: int) -> tuple[Floats, Floats]:
    """Phi and theta of KeyNMF from a `keyword_matrix`; the seed has no effect."""
    w, h = wt.factorise(keywords, n_topics, Recipe())
    return wt.rows_to_one(h), wt.shares(w, h)


ENGINES: dict[str, Engine] = {"nmf": recipe_nmf, "nmf_tfidf": tfidf_nmf, "lda": sklearn_lda, "tomotopy": tomotopy_lda}
# Engines without a random start: one seed says all.
SEEDLESS = frozenset({"nmf", "keynmf"})


def compare_engines(
    tokens: Tokens,
    n_topics: int,
    *,
    engines: Sequence[str] = ("nmf", "nmf_tfidf", "lda"),
    resamples: int = 5,
    seeds: int = 3,
    sample_share: float = 0.8,
    ranking: Ranking = "weight",
    word_vectors: pd.DataFrame | None = None,
    unit_vectors: pd.DataFrame | Floats | None = None,
    **pruning: Any,
) -> pd.DataFrame:
    """Topic models of one corpus side by side.

    Parameters
    ----------
    tokens
        The corpus.
    n_topics
        Number of topics of each model.
    engines
        "nmf" (what `fit_topics` fits), "nmf_tfidf" (tf-idf, randomised start), "lda" (scikit-learn), "tomotopy" (Gibbs LDA,
        if that package is installed).
    resamples, sample_share
        Samples of the corpus, drawn as in `fit_topics`, on which each model is fitted again.
    seeds
        Random starts compared, where an engine has one.
    ranking
        Rule by which first words are ranked; "relevance" helps models that put frequent words first.
    word_vectors
        Vectors of words (index: words), from any embedding; adds the engine "keynmf". Words without a vector have no say in it.
    unit_vectors
        Vectors of the units from the same embedding, one row per unit of `tokens`, in their order; by default each unit's is
        the mean of its words'. Nothing is downloaded: the vectors are yours.
    **pruning
        stopwords, min_units, max_share, min_length, alphabetic as in `fit_topics`.

    Returns
    -------
    DataFrame
        Indexed by engine: npmi, c_v, u_mass, diversity; stability (mean overlap with the refits) and seed_stability (with
        other seeds, 1 where there is no random start); seconds of processor time for one fit. Seconds differ from run to
        run: leave that column out of anything that is compared.

    Raises
    ------
    InvalidValue
        If an engine is unknown or not installed, or vectors do not fit the corpus.

    Examples
    --------
    >>> lists = [["sea", "ship", "port"]] * 6 + [["tax", "law", "court"]] * 6
    >>> table = compare_engines(Tokens.from_lists(lists), 2, engines=["nmf"], resamples=2)
    >>> table.loc["nmf", ["stability", "seed_stability"]].tolist()
    [1.0, 1.0]
    """
    names = _engines(engines)
    check_arguments(n_topics, resamples, sample_share)
    check_kind("tokens", tokens, (Tokens,), "Call tokenize(corpus).")
    options = {"stopwords": "auto", "min_units": None, "max_share": 1.0, "min_length": 1, "alphabetic": True}
    if unknown := ", ".join(sorted(set(pruning) - set(options))):
        raise InvalidType(f"compare_engines takes {', '.join(options)} beside its named arguments; found {unknown}.")
    matrix, _ = prepare(tokens, *{**options, **pruning}.values())
    filled = filled_units(sorted_counts(matrix.counts), n_topics)
    counts = sp.csr_array(sorted_counts(matrix.counts)[filled])
    samples = draw_samples(clusters(matrix.units.iloc[filled])[0], resamples, sample_share)
    chosen = {name: (ENGINES[name], counts) for name in names}
    if word_vectors is not None or unit_vectors is not None:
        vectors = _vectors(word_vectors, unit_vectors, matrix.terms, tokens.n_units)
        of_units = None if vectors[1] is None else vectors[1][filled]
        chosen["keynmf"] = keyword_nmf, keyword_matrix(counts, vectors[0], of_units)
    alphabet = alphabetical(matrix.terms)
    common = (counts, n_topics, samples, seeds, ranking, alphabet)
    rows = [_evaluated(engine, own, name in SEEDLESS, *common) for name, (engine, own) in chosen.items()]
    words = [[[str(matrix.terms[i]) for i in row if i >= 0] for row in top] for top, _ in rows]
    every = {word for lists in words for row in lists for word in row}
    counted = {window: count_windows(tokens, every, window=window) for window in WINDOWS.values()}
    table = pd.DataFrame([{**_coherences(lists, counted), **row} for lists, (_, row) in zip(words, rows, strict=True)])
    return table.set_index(pd.Index(list(chosen), name="engine"))


def _vectors(
    word_vectors: Any, unit_vectors: pd.DataFrame | Floats | None, terms: pd.Index, n_units: int
) -> tuple[Floats, Floats | None]:
    """Vectors of the terms in their order, zeros where a word has none, and those of the units."""
    check_kind("word_vectors", word_vectors, (pd.DataFrame,), "Write pandas.DataFrame(vectors, index=words).")
    words, units = _numbers("word_vectors", word_vectors), None
    problems = []
    if unit_vectors is not None:
        units = _numbers("unit_vectors", unit_vectors)
        if units.shape != (n_units, words.shape[1]):
            problems.append(f"`unit_vectors` must have one row per unit and as many columns as `word_vectors`, {n_units} and "
                            f"{words.shape[1]}; found {' and '.join(map(str, units.shape))}. Take both from one embedding.")  # fmt: skip
    twice = word_vectors.index[word_vectors.index.duplicated()]
    if len(twice):
        problems.append(f"`word_vectors` must hold each word once; found {twice[0]!r} again. Keep one row of each.")
    if not terms.isin(word_vectors.index).any():
        problems.append(f"`word_vectors` must be indexed by words of the corpus; none of its {len(words)} rows is one. "
                        "Check case and spelling.")  # fmt: skip
    raise_all("compare_engines", problems)
    place = word_vectors.index.get_indexer(terms)
    return np.where(place[:, None] >= 0, words[place], 0.0), units


def _numbers(name: str, vectors: pd.DataFrame | Floats) -> Floats:
    """A table of finite numbers."""
    try:
        values = np.asarray(vectors, dtype=float)
    except (TypeError, ValueError) as error:
        raise InvalidValue(f"`{name}` must hold numbers only; {error}. Move other columns out of the table.") from error
    n_bad = int((~np.isfinite(values)).sum())
    if values.ndim != 2 or n_bad:
        bad = f"{values.ndim} dimensions" if values.ndim != 2 else f"{n_bad} NaN or infinite"
        raise InvalidValue(f"`{name}` must be a table of finite numbers; found {bad}. Leave out rows without a vector.")
    return values


def _coherences(lists: list[list[str]], counted: dict[int | None, WindowCounts]) -> dict[str, float]:
    means = {m: float(coherence(lists, counted[WINDOWS[m]], measure=m).mean()) for m in ("npmi", "c_v", "u_mass")}
    return {**means, "diversity": diversity(lists)}


def _evaluated(
    engine: Engine, own: sp.csr_array, seedless: bool, counts: sp.csr_array, n_topics: int, samples: Any, seeds: int, ranking: Ranking,
    alphabet: Ints,
) -> tuple[Ints, dict[str, float]]:  # fmt: skip
    """First words of one engine, fitted on its `own` matrix, with its stability and its time."""

    def fit(rows: Ints, seed: int) -> tuple[Floats, Ints]:
        phi, theta = engine(sp.csr_array(own[rows]), n_topics, seed)
        part = sp.csr_array(counts[rows])
        probability = None if ranking == "weight" else wt.token_probability(part, theta)
        found = scores(phi, probability, wt.overall_probability(part), ranking=ranking)
        return phi, carried(ranked_words(found, alphabet, TOP), phi)

    every = np.arange(counts.shape[0])
    start = time.process_time()
    phi, top = fit(every, 0)
    seconds = time.process_time() - start

    def overlap(others: list[tuple[Floats, Ints]]) -> float:
        found = [pair_topics(top, other_top, phi, other_phi)[1].mean() for other_phi, other_top in others]
        return float(np.mean(found)) if found else float("nan")

    stability = overlap([fit(np.flatnonzero(sample), 0) for sample in samples])
    by_seed = 1.0 if seedless else overlap([fit(every, seed) for seed in range(1, seeds)])
    return top, {"stability": stability, "seed_stability": by_seed, "seconds": seconds}


def _engines(engines: Sequence[str]) -> list[str]:
    names = [engines] if isinstance(engines, str) else list(engines)
    if not names:
        raise InvalidValue(f"`engines` must name at least one of {', '.join(map(repr, ENGINES))}; found none.")
    for name in names:
        check_option("engines", name, list(ENGINES))
    if "tomotopy" in names and find_spec("tomotopy") is None:
        advice = "Install the package tomotopy, or leave it out."
        raise InvalidValue(f"`engines` names 'tomotopy', which is not installed. {advice}")
    return names
