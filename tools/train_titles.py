"""Fit the weights of titles and report their figures: `python tools/train_titles.py ../shared/cleaning-dev.jsonl`.

Every other fold of domains was used to choose the facts; the other half confirms them. Prints precision and recall within the first half, from
the first half to the second, and in six folds over all domains, with the reliability of the probabilities; then the weights fitted on everything,
which go into corpus_lib/cleaning/metadata/titles.py. Takes seconds.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from line_views import N_FOLDS, judged, read_pages
from metadata_figures import BANDS, VIEWS, same_title, text_of
from scipy.optimize import minimize

from corpus_lib import CleaningSettings
from corpus_lib.cleaning.labels import word_kinds
from corpus_lib.cleaning.metadata.candidates import DECIDES, read_metadata
from corpus_lib.cleaning.metadata.titles import WEIGHTS, title_facts
from corpus_lib.cleaning.pipeline import read_page

Array = Any
# Of 1 to 10 the one with the lowest log loss within the first half.
RIDGE = 3.0


@dataclass(frozen=True)
class Choice:
    """The lines of one view that may be its title: their facts, which are right, and which have the same words."""

    kind: str
    fold: int
    facts: Array
    right: Array
    same: Array


def choices(path: Path) -> list[Choice]:
    """Return the choice that each view of each page offers."""
    found = []
    for known in read_pages(path):
        for view in judged(known):
            page = read_page(view.domain, text_of(view.lines), CleaningSettings())
            facts = title_facts(page, read_metadata(page)[1], word_kinds(page))
            table = np.array([[float(f[name]) for name in WEIGHTS] for f in facts.values()])
            texts = [page.lines[i].text for i in facts]
            right = np.array([bool(known.title) and same_title(text, known.title) for text in texts], dtype=bool)
            same = np.array([[a == b for b in texts] for a in texts], dtype=float).reshape(len(texts), len(texts))
            found.append(Choice(view.kind, view.fold, table.reshape(-1, len(WEIGHTS)), right, same))
    return found


def shares(facts: Array, beta: Array) -> Array:
    """Return the probability of each line; what is left is that of no title."""
    odds = np.exp(facts @ beta[:-1] + beta[-1])
    return odds / (1 + odds.sum())


def fit(sample: Sequence[Choice]) -> Array:
    """Return weights and intercept of the highest likelihood that one of the right lines, or none where none is right, is chosen."""
    scale = np.concatenate([c.facts for c in sample]).std(0)

    def loss(beta: Array) -> tuple[float, Array]:
        value, slope = 0.0, np.zeros(len(beta))
        for c in sample:
            p = shares(c.facts, beta)
            hit = p[c.right].sum() if c.right.any() else 1 - p.sum()
            pull = p - np.where(c.right, p / hit, 0.0)
            value -= np.log(hit)
            slope += np.append(pull @ c.facts, pull.sum())
        ridge = np.append(beta[:-1] * scale, 0)
        return value + RIDGE * (ridge @ ridge) / 2, slope + RIDGE * ridge * np.append(scale, 0)

    return minimize(loss, np.zeros(len(WEIGHTS) + 1), jac=True, method="L-BFGS-B").x


def judge(sample: Iterable[Choice], beta: Array) -> list[tuple[str, float, bool]]:
    """Return for each view its kind, the probability of its likeliest line, and whether that line is right."""
    rows = []
    for c in sample:
        p = c.same @ shares(c.facts, beta)
        best = len(p) - 1 - int(p[::-1].argmax()) if len(p) else -1
        rows.append((c.kind, float(p[best]), bool(c.right[best])) if len(p) else (c.kind, 0.0, False))
    return rows


def across(sample: Sequence[Choice], folds: Iterable[int]) -> list[tuple[str, float, bool]]:
    """Return the judgements of each fold by weights that were fitted without it."""
    rows = []
    for fold in folds:
        beta = fit([c for c in sample if c.fold != fold])
        rows += judge([c for c in sample if c.fold == fold], beta)
    return rows


def print_figures(name: str, rows: Sequence[tuple[str, float, bool]]) -> None:
    """Print stated, right, precision and recall by view."""
    for view in VIEWS:
        own = [(p >= DECIDES, right) for kind, p, right in rows if kind == view]
        stated, hit = sum(s for s, _ in own), sum(s and right for s, right in own)
        print(f"{name:24}{view:10}{len(own):6}{stated:8}{hit:7}{hit / max(stated, 1):11.2f}{hit / len(own):8.2f}")


def main() -> None:
    """Report and print the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path, help="cleaning-dev.jsonl")
    sample = choices(parser.parse_args().pages)
    first, second = ([c for c in sample if c.fold % 2 == half] for half in (0, 1))
    print(f"{'':34}{'pages':>6}{'stated':>8}{'right':>7}{'precision':>11}{'recall':>8}")
    print_figures("within the first half", across(first, range(0, N_FOLDS, 2)))
    print_figures("first half to second", judge(second, fit(first)))
    rows = across(sample, range(N_FOLDS))
    print_figures("six folds over all", rows)
    print("\nprobability     pages   mean   right")
    for low, high in pairwise(BANDS):
        band = [(p, right) for _, p, right in rows if low <= p < high]
        print(
            f"{low:.2f} to {high:.2f} {len(band):8}{np.mean([p for p, _ in band]):7.2f}{np.mean([r for _, r in band]):8.2f}"
        )
    beta = fit(sample)
    print(f"\nintercept = {beta[-1]:.2f}\n\n[weights]")
    print("\n".join(f"{name} = {weight:.2f}" for name, weight in zip(WEIGHTS, beta, strict=False)))


if __name__ == "__main__":
    main()
