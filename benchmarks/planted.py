"""Corpora whose topics are known: each unit mixes topics with words of their own and a background that all units share."""

from __future__ import annotations

import numpy as np

from corpus_lib.tokens import Tokens


def zipf(n: int) -> np.ndarray:
    """Probabilities of n words, the r-th in proportion to 1 / (r + 2)."""
    weights = 1 / (np.arange(n) + 2.0)
    return weights / weights.sum()


def planted(
    rng: np.random.Generator, n_topics: int, n_units: int, *, length: int = 60, background: float = 0.5, concentration: float = 0.1,
    words: int = 30, shared: int = 800, alpha: np.ndarray | None = None,
) -> tuple[Tokens, np.ndarray]:
    """Tokens and the planted shares (units x topics); without topics all words come from the background."""
    theta = np.zeros((n_units, n_topics))
    lists = []
    common = [f"b{i:04d}" for i in range(shared)]
    for i in range(n_units):
        n = max(5, rng.poisson(length))
        from_background = n if n_topics == 0 else rng.binomial(n, background)
        own = list(rng.choice(common, from_background, p=zipf(shared)))
        if n_topics:
            theta[i] = rng.dirichlet(np.full(n_topics, concentration) if alpha is None else alpha)
            topic = rng.choice(n_topics, n - from_background, p=theta[i])
            own += [f"t{k:02d}w{w:02d}" for k, w in zip(topic, rng.choice(words, len(topic), p=zipf(words)), strict=True)]
        rng.shuffle(own)
        lists.append([str(w) for w in own])
    return Tokens.from_lists(lists), theta
