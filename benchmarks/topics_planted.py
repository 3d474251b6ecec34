"""Calibration on corpora whose topics are known.

Prints (1) the share of planted and of noise topics called reproducible, (2) the number of topics chosen beside the number
planted, (3) how often the 90 % prevalence interval holds the truth. About ten minutes:
`python benchmarks/topics_planted.py [corpora per setting]`.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from planted import planted, planted_number, two_groups

from corpus_lib.topic_choice import choose_n_topics
from corpus_lib.topics import fit_topics


def flags(n_corpora: int) -> None:
    """Planted topics and topics of noise that are called reproducible."""
    for n_topics, n_units, fitted in [
        (3, 100, 3),
        (5, 200, 5),
        (8, 300, 8),
        (12, 400, 12),
        (5, 200, 8),
        (0, 100, 3),
        (0, 100, 8),
        (0, 400, 5),
        (0, 400, 10),
    ]:
        found = {True: [], False: []}
        for seed in range(n_corpora):
            tokens, _ = planted(np.random.default_rng([seed, n_topics, n_units]), n_topics, n_units)
            model = fit_topics(tokens, fitted)
            for number, flag, value in zip(
                planted_number(model), model.reproducible, model.reproducibility, strict=True
            ):
                found[number >= 0].append((bool(flag), float(value)))
        for kind, rows in found.items():
            if rows:
                share, mean = np.mean([f for f, _ in rows]), np.mean([v for _, v in rows])
                print(f"{n_topics} planted, {n_units} units, {fitted} fitted: {'planted' if kind else 'noise'} topics {len(rows)}, "
                      f"reproducible {share:.3f}, mean {mean:.2f}", flush=True)  # fmt: skip


def numbers(n_corpora: int) -> None:
    """The number chosen from 2 up, for each number planted."""
    for n_topics, n_units in [(0, 100), (0, 400), (2, 100), (3, 100), (5, 200), (8, 300), (12, 400)]:
        chosen = Counter(
            choose_n_topics(
                planted(np.random.default_rng([seed, n_topics]), n_topics, n_units)[0], range(2, max(n_topics, 4) + 4)
            ).attrs["chosen"]
            for seed in range(n_corpora)
        )
        print(f"{n_topics} planted in {n_units} units: chosen {dict(chosen)}", flush=True)


def coverage(n_corpora: int) -> None:
    """How often the 90 % interval holds the value of a very large corpus, and the planted one."""
    n_large = 4000
    tokens, theta, groups = two_groups(np.random.default_rng(99), n_large)
    model = fit_topics(tokens, theta.shape[1], resamples=0)
    number = planted_number(model)
    masks = {group: np.array(groups) == group for group in "ab"}
    limit = {
        (g, number[t - 1]): np.nanmean(model.theta.to_numpy()[masks[g], t - 1]) for g in "ab" for t in model.topics
    }
    truth = {(g, k): theta[masks[g], k].mean() for g in "ab" for k in range(theta.shape[1])}
    for n_units, share in [(50, 0.8), (100, 0.8), (100, 0.5), (300, 0.8)]:
        hits = {"large corpus": [], "planted": [], "difference": []}
        for seed in range(n_corpora):
            tokens, theta, groups = two_groups(np.random.default_rng([seed, n_units]), n_units)
            model = fit_topics(tokens, theta.shape[1], sample_share=share)
            number = planted_number(model)
            for row in model.prevalence(groups).itertuples():
                key = (row.group, number[row.topic - 1])
                hits["large corpus"].append(row.low <= limit.get(key, np.nan) <= row.high)
                hits["planted"].append(row.low <= truth.get(key, np.nan) <= row.high)
            for row in model.difference(groups, "a", "b").itertuples():
                k = number[row.topic - 1]
                hits["difference"].append(
                    row.low <= limit.get(("a", k), np.nan) - limit.get(("b", k), np.nan) <= row.high
                )
        print(
            f"{n_units} units a group, samples of {share:.0%}: "
            + ", ".join(f"{name} {np.mean(h):.3f}" for name, h in hits.items()),
            flush=True,
        )


if __name__ == "__main__":
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    flags(n)
    numbers(max(n // 5, 2))
    coverage(2 * n)
