"""Other topic models beside `fit_topics`: one corpus, one pruning, one set of samples, one measurement.

`python benchmarks/topic_engines.py [CORPUS] [--topics 8] [--engines nmf nmf_tfidf lda] [--vectors WORDS.txt]`; without CORPUS the topics are planted.
Engines: nmf (what `fit_topics` fits), nmf_tfidf (tf-idf, randomised start) and lda (variational) of scikit-learn, tomotopy (Gibbs), keynmf (KeyNMF, from
the vectors of words in WORDS.txt: a word and its numbers on each line, as word2vec and GloVe write them; nothing is downloaded).

What is printed: coherence (npmi, c_v, u_mass) and diversity of the ten first words; stability, the mean overlap of these words with those of fits to
samples of 80 %; seed_stability, the same with other seeds (1 where there is no random start); seconds of processor time for one fit.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.optimize import linear_sum_assignment
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from planted import planted

from corpus_lib import DocumentTermMatrix, Tokens, coherence, diversity, fit_topics, load_corpus, stopwords, tokenize

TOP, KEYWORDS = 10, 25
Engine = Callable[[DocumentTermMatrix, int, int], np.ndarray]


def recipe(matrix: DocumentTermMatrix, n_topics: int, seed: int) -> np.ndarray:
    """Weights of the words in the topics (topics x terms) that `fit_topics` finds; the seed has no effect."""
    return fit_topics(matrix, n_topics, resamples=0).phi.to_numpy()


def tfidf_nmf(matrix: DocumentTermMatrix, n_topics: int, seed: int) -> np.ndarray:
    """The usual NMF: tf-idf with unit rows, randomised NNDSVD."""
    return components(NMF(n_topics, init="nndsvd", max_iter=200, random_state=seed), tfidf(matrix))


def variational_lda(matrix: DocumentTermMatrix, n_topics: int, seed: int) -> np.ndarray:
    """Variational LDA in batches of the whole corpus, with priors of 1 / K."""
    model = LatentDirichletAllocation(n_topics, learning_method="batch", max_iter=50, random_state=seed)
    return components(model, sp.csr_matrix(matrix.counts))


def gibbs_lda(matrix: DocumentTermMatrix, n_topics: int, seed: int) -> np.ndarray:
    """Gibbs LDA, one worker so that a seed repeats."""
    import tomotopy

    model = tomotopy.LDAModel(k=n_topics, seed=seed + 1, rm_top=0, min_cf=0)
    counts = sp.csr_array(matrix.counts)
    for start, end in zip(counts.indptr[:-1], counts.indptr[1:], strict=True):
        words = np.repeat(counts.indices[start:end], counts.data[start:end].astype(int))
        model.add_doc([str(word) for word in words])
    model.train(1000, workers=1)
    phi = np.zeros((n_topics, counts.shape[1]))
    phi[:, [int(word) for word in model.used_vocabs]] = [model.get_topic_word_dist(k) for k in range(n_topics)]
    return phi


def keyword_nmf(vectors: pd.DataFrame) -> Engine:
    """KeyNMF: each unit by the words it holds that lie nearest to the mean of its vectors, weighted by idf.

    Kristensen-McLachlan, R. et al. (2024), "Context is Key(NMF)", arXiv 2410.12791, with their 25 keywords.
    """

    def engine(matrix: DocumentTermMatrix, n_topics: int, seed: int) -> np.ndarray:
        words = normalize(vectors.reindex(matrix.terms).fillna(0.0).to_numpy())
        weighted = tfidf(matrix)
        units = normalize(weighted @ words)
        near = weighted.copy()
        for row, (start, end) in enumerate(zip(near.indptr[:-1], near.indptr[1:], strict=True)):
            cosine = np.maximum(words[near.indices[start:end]] @ units[row], 0.0)
            edge = np.sort(cosine)[-min(KEYWORDS, len(cosine)) :].min(initial=1.0)
            near.data[start:end] = np.where(cosine >= edge, cosine, 0.0)
        return components(NMF(n_topics, init="nndsvd", max_iter=200, random_state=0), near)

    return engine


ENGINES: dict[str, Engine] = {"nmf": recipe, "nmf_tfidf": tfidf_nmf, "lda": variational_lda, "tomotopy": gibbs_lda}
SEEDLESS = ("nmf", "keynmf")


def components(model: NMF | LatentDirichletAllocation, matrix: sp.csr_matrix) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return np.asarray(model.fit(matrix).components_, dtype=float)


def tfidf(matrix: DocumentTermMatrix) -> sp.csr_matrix:
    return TfidfTransformer().fit_transform(sp.csr_matrix(matrix.counts))


def overlap(lists: list[list[str]], others: list[list[str]]) -> float:
    """Mean overlap (Jaccard) of each list with its partner among the others, paired so that the sum is largest."""
    table = np.array([[len({*a} & {*b}) / len({*a} | {*b}) for b in others] for a in lists])
    return float(table[linear_sum_assignment(-table)].mean())


def measured(name: str, engine: Engine, tokens: Tokens, n_topics: int, resamples: int, seeds: int) -> dict[str, float]:
    """A row of the table."""

    def words(part: Tokens, seed: int = 0) -> list[list[str]]:
        matrix = part.matrix(stopwords=stopwords.stopwords("en"), min_units=2, alphabetic=True)
        phi = engine(matrix, n_topics, seed)
        terms = np.asarray(matrix.terms, dtype=object)
        return [list(terms[np.lexsort((terms.astype(str), -np.round(row, 6)))[:TOP]]) for row in phi]

    start = time.process_time()
    top = words(tokens)
    seconds = time.process_time() - start
    rng = np.random.default_rng(0)
    samples = [rng.random(tokens.n_units) < 0.8 for _ in range(resamples)]
    others = [words(tokens, seed) for seed in range(1, 1 if name in SEEDLESS else seeds)]
    return {
        **{measure: coherence(top, tokens, measure=measure).mean() for measure in ("npmi", "c_v", "u_mass")},
        "diversity": diversity(top), "stability": np.mean([overlap(top, words(tokens.where(s))) for s in samples]),
        "seed_stability": np.mean([overlap(top, other) for other in others]) if others else 1.0, "seconds": seconds,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?", help="a folder or table, as load_corpus takes it")
    parser.add_argument("--topics", type=int, default=8)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=["nmf", "nmf_tfidf", "lda"])
    parser.add_argument("--vectors", help="a file of words and their vectors; adds keynmf")
    parser.add_argument("--resamples", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    engines = {name: ENGINES[name] for name in asked.engines}
    if asked.vectors:
        engines["keynmf"] = keyword_nmf(pd.read_csv(asked.vectors, sep=" ", header=None, index_col=0, quoting=3))
    if asked.corpus:
        tokens = tokenize(load_corpus(asked.corpus), unit="paragraph")
    else:
        tokens = planted(np.random.default_rng(0), asked.topics, 300)[0]
    rows = {
        name: measured(name, engine, tokens, asked.topics, asked.resamples, asked.seeds)
        for name, engine in engines.items()
    }
    print(pd.DataFrame(rows).T.round(3).to_string())


if __name__ == "__main__":
    main()
