"""Calibration on corpora whose topics are known.

Prints (1) the share of planted and of noise topics called reproducible, (2) the number of topics chosen beside the number
planted, (3) how often the 90 % prevalence interval holds the truth. About twenty minutes:
`python benchmarks/topics_planted.py [corpora per setting] [flags numbers coverage]`.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from planted import TRUTH, planted, planted_number, two_groups

from corpus_lib import choose_n_topics, fit_topics


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
    """How often the 90 % intervals hold the planted shares, and the differences between the planted shares."""
    settings = [(50, 0.8, 0.8, 0.5), (100, 0.8, 0.8, 0.5), (100, 0.5, 0.8, 0.5), (300, 0.8, 0.8, 0.5), (300, 0.5, 0.8, 0.5),
                (1000, 0.8, 0.8, 0.5), (300, 0.8, 0.8, 0.7), (300, 0.8, 3.2, 0.5)]  # fmt: skip
    for n_units, share, concentration, background in settings:
        hits: dict[str, list[bool]] = {"planted": [], "difference": []}
        widths = []
        for seed in range(n_corpora if n_units < 300 else n_corpora // 3):
            tokens, _, groups = two_groups(
                np.random.default_rng([seed, n_units]), n_units, concentration=concentration, background=background
            )
            model = fit_topics(tokens, 4, sample_share=share)
            # A topic that is none of the planted ones has no share to hold.
            number = [k if k >= 0 else None for k in planted_number(model)]
            for row in model.prevalence(groups).itertuples():
                k = number[row.topic - 1]
                hits["planted"].append(k is not None and row.low <= TRUTH[row.group][k] <= row.high)
                widths.append(row.high - row.low)
            for row in model.difference(groups, "a", "b").itertuples():
                k = number[row.topic - 1]
                hits["difference"].append(k is not None and row.low <= TRUTH["a"][k] - TRUTH["b"][k] <= row.high)
        print(
            f"{n_units} units a group, samples of {share:.0%}, concentration {concentration}, background {background:.0%}: "
            + ", ".join(f"{name} {np.mean(h):.3f}" for name, h in hits.items())
            + f", mean width {np.mean(widths):.3f}",
            flush=True,
        )


if __name__ == "__main__":
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    parts = sys.argv[2:] or ["flags", "numbers", "coverage"]
    if "flags" in parts:
        flags(n)
    if "numbers" in parts:
        numbers(max(n // 5, 2))
    if "coverage" in parts:
        coverage(2 * n)
