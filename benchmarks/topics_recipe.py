"""What could be changed about the recipe, measured: coherence, diversity, stability, support, agreement with known classes.

Corpora: speeches at the United Nations (paragraphs of ten states; 6,000 paragraphs of all states; whole speeches), if
../shared/corpora is there, and planted topics of unequal size. `python benchmarks/topics_recipe.py [corpus or variant ...]`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from planted import planted

from corpus_lib import Recipe, Tokens, coherence, count_windows, diversity
from corpus_lib.topics.fitted import draw_samples, pair_topics
from corpus_lib.topics.ranking import alphabetical, ranked_words
from corpus_lib.topics.weighting import (
    descend,
    factorise,
    learn_weighting,
    nndsvd,
    rows_to_one,
    shares,
    singular_vectors,
)
from corpus_lib.wordlists.stopwords import stopwords

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
Fit = Callable[[sp.csr_array, int], tuple[np.ndarray, np.ndarray]]


def speeches(name: str, *, whole: bool = False, limit: int | None = None) -> tuple[Tokens, list[str]]:
    """Tokens of paragraphs (or whole speeches) and their countries; `limit` takes those with the smallest hashes."""
    path = CORPORA / name
    opener = gzip.open if path.suffix == ".gz" else open
    rows = []
    with opener(path, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            parts = [record["text"]] if whole else re.split(r"\n(?=[ \t])|\n\s*\n", record["text"])
            for i, part in enumerate(parts):
                words = re.findall(r"[^\W\d_]+", part.lower())
                if len(words) >= 20:
                    rows.append(
                        (hashlib.sha256(f"{record['doc_id']}/{i}".encode()).hexdigest(), record["country"], words)
                    )
    rows = sorted(rows)[:limit]
    return Tokens.from_lists([words for _, _, words in rows]), [country for _, country, _ in rows]


def unequal() -> tuple[Tokens, list[str]]:
    """Twelve planted topics, the largest ten times as frequent as the smallest, in 1,500 units."""
    alpha = 0.02 * np.geomspace(10, 1, 12)
    tokens, theta = planted(np.random.default_rng(7), 12, 1500, alpha=alpha)
    return tokens, [str(k) for k in theta.argmax(axis=1)]


def plain(recipe: Recipe) -> Fit:
    """The recipe with other constants."""

    def fit(counts: sp.csr_array, n_topics: int) -> tuple[np.ndarray, np.ndarray]:
        return factorise(learn_weighting(counts, recipe)[1], n_topics, recipe)

    return fit


def surplus_dropped(extra: int, by: str = "support") -> Fit:
    """Fit more topics, drop those that few units carry (or that are most even), and refit from the rest."""

    def fit(counts: sp.csr_array, n_topics: int) -> tuple[np.ndarray, np.ndarray]:
        recipe = Recipe()
        matrix = learn_weighting(counts, recipe)[1]
        w, h = factorise(matrix, n_topics + extra, recipe)
        if by == "support":
            order = np.argsort(-support(counts, h), kind="stable")
        else:
            phi = rows_to_one(h)
            order = np.argsort(-(phi**2).sum(axis=1), kind="stable")
        kept = np.sort(order[:n_topics])
        return descend(matrix, w[:, kept], h[kept], recipe)

    return fit


def background_apart(extra: int = 1) -> Fit:
    """Fit `extra` topics more and set apart the most even ones, without refitting."""

    def fit(counts: sp.csr_array, n_topics: int) -> tuple[np.ndarray, np.ndarray]:
        recipe = Recipe()
        w, h = factorise(learn_weighting(counts, recipe)[1], n_topics + extra, recipe)
        kept = np.sort(np.argsort(-(rows_to_one(h) ** 2).sum(axis=1), kind="stable")[:n_topics])
        return w[:, kept], h[kept]

    return fit


def averaged(n: int, share: float = 0.8) -> Fit:
    """Consensus: the mean of the paired topics of refits, and one more descent from there."""

    def fit(counts: sp.csr_array, n_topics: int) -> tuple[np.ndarray, np.ndarray]:
        recipe = Recipe()
        matrix = learn_weighting(counts, recipe)[1]
        w, h = factorise(matrix, n_topics, recipe)
        phi, alphabet = rows_to_one(h), np.arange(counts.shape[1])
        top, total = ranked_words(phi, alphabet, 10), phi.copy()
        for sample in draw_samples([str(i) for i in range(counts.shape[0])], n, share):
            part = learn_weighting(sp.csr_array(counts[np.flatnonzero(sample)]), recipe)[1]
            other = rows_to_one(factorise(part, n_topics, recipe)[1])
            total += other[pair_topics(top, ranked_words(other, alphabet, 10), phi, other)[0]]
        return w, total / (n + 1)

    return fit


def power_chosen() -> Fit:
    """The idf power (1, 1.5, 2 or 2.5) whose topics overlap most with those of two half-samples."""

    def fit(counts: sp.csr_array, n_topics: int) -> tuple[np.ndarray, np.ndarray]:
        powers = (1.0, 1.5, 2.0, 2.5)
        values = [stability(plain(Recipe(idf_power=p)), counts, n_topics, 2, 0.5) for p in powers]
        return plain(Recipe(idf_power=powers[int(np.argmax(np.round(values, 6)))]))(counts, n_topics)

    return fit


def restarted(start_power: float) -> Fit:
    """Start from the factors of another idf power, then the recipe."""

    def fit(counts: sp.csr_array, n_topics: int) -> tuple[np.ndarray, np.ndarray]:
        recipe = Recipe()
        first = replace(recipe, idf_power=start_power)
        w, h = factorise(learn_weighting(counts, first)[1], n_topics, first)
        return descend(learn_weighting(counts, recipe)[1], w, h, recipe)

    return fit


def oversampled_start(extra: int) -> Fit:
    """NNDSVD of more vectors than topics, keeping the parts (positive or negative) of greatest weight."""

    def fit(counts: sp.csr_array, n_topics: int) -> tuple[np.ndarray, np.ndarray]:
        recipe = Recipe()
        matrix = learn_weighting(counts, recipe)[1]
        w, h = nndsvd(*singular_vectors(matrix, n_topics + extra))
        weight = np.linalg.norm(w, axis=0) * np.linalg.norm(h, axis=1)
        kept = np.sort(np.argsort(-np.round(weight, 9), kind="stable")[:n_topics])
        return descend(matrix, w[:, kept], h[kept], recipe)

    return fit


def repeated(outer: int, inner: int) -> Fit:
    """Descent with several passes over the topics for each product with the matrix, which is nearly all of its time.

    Gillis, N. and Glineur, F. (2012), "Accelerated multiplicative updates and hierarchical ALS algorithms for nonnegative matrix
    factorization", Neural Computation 24(4), 1085-1105.
    """

    def passes(own: np.ndarray, gram: np.ndarray, target: np.ndarray) -> None:
        for k in inner * [*np.flatnonzero(np.diag(gram) > 0)]:
            own[k] = np.maximum(own[k] - (gram[k] @ own - target[k]) / gram[k, k], 0.0)

    def fit(counts: sp.csr_array, n_topics: int) -> tuple[np.ndarray, np.ndarray]:
        matrix = learn_weighting(counts, Recipe())[1]
        w, h = (np.array(side, order="C") for side in nndsvd(*singular_vectors(matrix, n_topics)))
        w = np.array(w.T, order="C")
        for _ in range(outer):
            passes(w, h @ h.T, np.asarray(matrix @ h.T).T)
            passes(h, w @ w.T, np.asarray(matrix.T @ w.T).T)
        return np.array(w.T), h

    return fit


def support(counts: sp.csr_array, h: np.ndarray) -> np.ndarray:
    """Units that hold three of the ten first words."""
    held = sp.csr_array(counts > 0).astype(np.int64)
    top = ranked_words(rows_to_one(h), np.arange(h.shape[1]), 10)
    return np.array([int((np.asarray(held[:, row].sum(axis=1)).ravel() >= 3).sum()) for row in top])


def stability(fit: Fit, counts: sp.csr_array, n_topics: int, n: int, share: float) -> float:
    """Mean paired overlap with refits on samples."""
    alphabet = np.arange(counts.shape[1])
    phi = rows_to_one(fit(counts, n_topics)[1])
    top = ranked_words(phi, alphabet, 10)
    values = []
    for sample in draw_samples([str(i) for i in range(counts.shape[0])], n, share):
        other = rows_to_one(fit(sp.csr_array(counts[np.flatnonzero(sample)]), n_topics)[1])
        values.append(pair_topics(top, ranked_words(other, alphabet, 10), phi, other)[1].mean())
    return float(np.mean(values))


VARIANTS: dict[str, Fit] = {
    "recipe": plain(Recipe()),
    "idf 1": plain(Recipe(idf_power=1.0)), "idf 1.5": plain(Recipe(idf_power=1.5)), "idf 2.5": plain(Recipe(idf_power=2.5)),
    "norm 0.25": plain(Recipe(norm_power=0.25)), "norm 0.75": plain(Recipe(norm_power=0.75)), "norm 1": plain(Recipe(norm_power=1.0)),
    "idf 1.5, norm 0.75": plain(Recipe(idf_power=1.5, norm_power=0.75)),
    "idf power chosen by half-samples": power_chosen(),
    "consensus of 8": averaged(8),
    "5 surplus, least supported dropped": surplus_dropped(5), "5 surplus, most even dropped": surplus_dropped(5, "even"),
    "1 background set apart": background_apart(1),
    "40 sweeps of 3 passes": repeated(40, 3), "50 sweeps of 2 passes": repeated(50, 2),
    "200 sweeps of 3 passes": repeated(200, 3),
    "start from idf 1": restarted(1.0), "start from idf 0": restarted(0.0), "start from 10 more vectors": oversampled_start(10),
}  # fmt: skip


def report(name: str, tokens: Tokens, classes: list[str], n_topics: int) -> None:
    """One line a variant."""
    from sklearn.metrics import normalized_mutual_info_score

    matrix = tokens.matrix(min_units=5 if tokens.n_units >= 1000 else 2, stopwords=stopwords("en"))
    counts = sp.csr_array(matrix.counts)
    counts.sort_indices()
    small = max(5, round(0.005 * counts.shape[0]))
    print(f"\n{name}: {counts.shape[0]} units, {counts.shape[1]} words, {n_topics} topics\n"
          f"{'':36}  npmi   c_v  divers  stab.8  stab.5  small  nmi", flush=True)  # fmt: skip
    chosen = {label: fit for label, fit in VARIANTS.items() if label in sys.argv} or VARIANTS
    for label, fit in chosen.items():
        w, h = fit(counts, n_topics)
        words = [
            [str(matrix.terms[i]) for i in row] for row in ranked_words(rows_to_one(h), alphabetical(matrix.terms), 10)
        ]
        used = {word for row in words for word in row}
        npmi, c_v = (
            coherence(words, count_windows(tokens, used, window=size), measure=m).mean()
            for m, size in (("npmi", 10), ("c_v", 110))
        )
        theta = np.nan_to_num(shares(w, h))
        nmi = normalized_mutual_info_score(classes, theta.argmax(axis=1))
        few = int((support(counts, h) < small).sum())
        stable = [stability(fit, counts, n_topics, 5, share) for share in (0.8, 0.5)]
        print(
            f"{label:36} {npmi:6.3f} {c_v:5.3f}  {diversity(words):.3f}   {stable[0]:.3f}   {stable[1]:.3f}  {few:4d}  {nmi:.3f}",
            flush=True,
        )


if __name__ == "__main__":
    names = ["planted", "paragraphs", "speeches", "six thousand"]
    wanted = [name for name in names if name in sys.argv] or names
    if "planted" in wanted:
        report("planted", *unequal(), 12)
    if CORPORA.exists():
        if "paragraphs" in wanted:
            report("paragraphs of ten states", *speeches("un-general-debates-sample.jsonl"), 20)
        if "speeches" in wanted:
            report("whole speeches", *speeches("un-general-debates-2009-2022.jsonl.gz", whole=True, limit=1000), 20)
        if "six thousand" in wanted:
            report("paragraphs of all states", *speeches("un-general-debates-2009-2022.jsonl.gz", limit=6000), 20)
