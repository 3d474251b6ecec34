"""Train the line model and report its figures: `python tools/train_line_model.py ../shared/cleaning-dev.jsonl`.

Cross-validates over domains (six folds; no page of a test domain, nor a line of it inserted elsewhere, is ever trained on), prints the table
by view beside two baselines, the table of reliability and the domains; then trains on everything and writes line_model.json. Takes a minute or two.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from line_views import N_FOLDS, SEED, View, judged, read_pages, training

from corpus_lib.cleaning.line_model.facts import Facts, facts
from corpus_lib.cleaning.line_model.first_reading import first_reading
from corpus_lib.cleaning.line_model.model import CLIP, COPY_PENALTY, LineModel, Regression, page_limit, sigmoid
from corpus_lib.cleaning.line_model.scan import scan
from corpus_lib.cleaning.line_model.second_reading import copies, second_reading, shared_in_groups
from corpus_lib.cleaning.line_model.windows import Columns

Array = Any
OUT = Path(__file__).resolve().parent.parent / "corpus_lib" / "cleaning" / "line_model" / "line_model.json"
# From (150, 200) to (500, 300) every figure is within .002; the stronger one leans less on pages like these.
RIDGE = (500.0, 300.0)
STEPS = 8
# The limit of a page. Floors from .1 to .2, factors from 1.1 to 1.2 and slopes from .3 to .5 are within .004 of it on every view.
LIMIT = {"floor": 0.15, "factor": 1.2, "slope": 0.4}
BOILERPLATE = (
    "javascript",
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use cookies",
    "use of cookies",
    "lorem ipsum",
    "{",
)


@dataclass(frozen=True)
class Sample:
    """A view with what is computed from it once: line facts, features of the first reading, weights of lines."""

    view: View
    facts: Facts
    first: Array
    weight: Array

    @property
    def label(self) -> Array:
        """Return 1.0 for kept lines."""
        return self.view.keep.astype(np.float64)


@dataclass(frozen=True)
class Fit:
    """A logistic regression on standardised features."""

    mean: Array
    scale: Array
    weight: Array
    intercept: float

    def predict(self, features: Array) -> Array:
        """Return probabilities."""
        return sigmoid(np.clip((features - self.mean) / self.scale, -CLIP, CLIP) @ self.weight + self.intercept)

    def reading(self, names: Sequence[str]) -> Regression:
        """Return the fit as the library reads it, rounded to five digits."""
        rows = np.column_stack([self.mean, self.scale, self.weight])
        return Regression(
            _short(self.intercept),
            {n: (_short(a), _short(b), _short(c)) for n, (a, b, c) in zip(names, rows, strict=True)},
        )


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def flat(families: Iterable[tuple[str, Columns]]) -> tuple[list[str], Array]:
    """Return names and float32 columns of all families."""
    columns = {f"{family}.{name}": values for family, block in families for name, values in block.items()}
    return list(columns), np.column_stack(list(columns.values())).astype(np.float32)


def sample(view: View) -> Sample:
    """Compute what a view needs; its lines weigh √(1 + words), a view 100 altogether, lines marked `ignore` nothing."""
    page = facts(scan(view.texts))
    weight = np.sqrt(1 + np.minimum(page.n, 60)) * view.counted
    return Sample(view, page, flat(first_reading(page))[1], 100 * weight / max(weight.sum(), 1e-9))


def fit(features: Array, label: Array, weight: Array, ridge: float) -> Fit:
    """Fit a ridge logistic regression by Newton's method; the sums are float32, which halves time and memory."""
    mean, scale = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64)
    scale[scale < 1e-6] = 1.0
    z = np.clip((features - mean.astype(np.float32)) / scale.astype(np.float32), -CLIP, CLIP)
    z = np.hstack([z, np.ones((len(z), 1), np.float32)])
    penalty = np.append(np.full(features.shape[1], ridge), 1e-6)
    beta = np.zeros(z.shape[1])
    for _ in range(STEPS):
        p = sigmoid(z @ beta.astype(np.float32))
        gradient = z.T @ (weight * (p - label)).astype(np.float32) + penalty * beta
        root = np.sqrt(weight * p * (1 - p)).astype(np.float32)[:, None] * z
        step = np.linalg.solve((root.T @ root).astype(np.float64) + np.diag(penalty), gradient)
        beta -= step
        if np.abs(step).max() < 1e-3:
            break
    return Fit(mean, scale, beta[:-1], float(beta[-1]))


def fit_samples(samples: Sequence[Sample], features: Sequence[Array], ridge: float) -> Fit:
    """Fit on the lines of several samples."""
    label = np.concatenate([s.label for s in samples])
    return fit(np.concatenate(features), label, np.concatenate([s.weight for s in samples]), ridge)


def first_fits(samples: Sequence[Sample]) -> dict[tuple[int, int], Fit]:
    """Fit the first reading without each one and each two of the folds, so that no probability is of a page trained on."""
    fits = {}
    for a in range(N_FOLDS):
        for b in range(a, N_FOLDS):
            rest = [s for s in samples if s.view.fold not in (a, b)]
            fits[a, b] = fits[b, a] = fit_samples(rest, [s.first for s in rest], RIDGE[0])
    return fits


def second_features(one: Sample, first: Fit) -> Array:
    """Return the features of the second reading after a first one."""
    return flat(second_reading(one.facts, first.predict(one.first)))[1]


def cross_validate(train: Sequence[Sample], test: Sequence[Sample], firsts: dict[tuple[int, int], Fit]) -> list[Array]:
    """Return for each test view the probabilities of models that saw nothing of its fold."""
    out: list[Array] = [np.zeros(0)] * len(test)
    for fold in range(N_FOLDS):
        rest = [s for s in train if s.view.fold != fold]
        second = fit_samples(rest, [second_features(s, firsts[fold, s.view.fold]) for s in rest], RIDGE[1])
        for number, one in enumerate(test):
            if one.view.fold == fold:
                out[number] = settled(one, second.predict(second_features(one, firsts[fold, fold])))
    return out


def settled(one: Sample, probability: Array) -> Array:
    """Return the probabilities with sentences over several lines judged as one and repeated passages lowered, as the library does it."""
    inside = np.clip(probability, 1e-9, 1 - 1e-9)
    odds = shared_in_groups(one.facts, np.log(inside / (1 - inside))[:, None])[:, 0]
    return sigmoid(odds - COPY_PENALTY * copies(one.facts, sigmoid(odds)))


def final_model(train: Sequence[Sample], firsts: dict[tuple[int, int], Fit], about: dict[str, Any]) -> LineModel:
    """Train on everything: the second reading on probabilities of first readings that did not see the page."""
    names = flat(first_reading(train[0].facts))[0]
    first = fit_samples(train, [s.first for s in train], RIDGE[0])
    second = fit_samples(train, [second_features(s, firsts[s.view.fold, s.view.fold]) for s in train], RIDGE[1])
    names2 = flat(second_reading(train[0].facts, first.predict(train[0].first)))[0]
    return LineModel(first.reading(names), second.reading(names2), **LIMIT, training=about)


def token_f1(keep: Array, one: Sample) -> float:
    """Return F1 of the words kept against the words of body lines."""
    counted, n = one.view.counted, one.facts.n
    kept, gold = keep & counted, one.view.keep & counted
    if not n[gold].sum():
        return float(not n[kept].sum())
    return float(2 * n[kept & gold].sum() / (n[kept].sum() + n[gold].sum()))


def c4_rule(text: str) -> bool:
    """Return whether C4's rule keeps a line: five words, closed by a terminal mark, none of its boilerplate strings (Raffel et al. 2020, 2.2)."""
    low = text.lower()
    return (
        text.rstrip().endswith((".", "!", "?", '"', "”"))
        and len(text.split()) >= 5
        and not any(s in low for s in BOILERPLATE)
    )


def keep_of(probability: Array, one: Sample, model: LineModel) -> Array:
    """Return the decisions for one view."""
    return probability >= page_limit(probability, one.facts.n, model)


def print_table(test: Sequence[Sample], rules: dict[str, Callable[[int], Array]]) -> None:
    """Print token F1, macro by page, of each rule on each view."""
    print(f"\n{'token F1, macro by page':28}" + "".join(f"{kind:>12}" for kind in ("full", "residual", "trim")))
    for name, keep in rules.items():
        row = {
            kind: [token_f1(keep(i), s) for i, s in enumerate(test) if s.view.kind == kind]
            for kind in ("full", "residual", "trim")
        }
        print(f"{name:28}" + "".join(f"{np.mean(values):12.3f}" for values in row.values()))


def print_reliability(test: Sequence[Sample], probabilities: Sequence[Array]) -> None:
    """Print in ten bins how often lines given a probability were body text, by line and by word."""
    chosen = [(s, p) for s, p in zip(test, probabilities, strict=True) if s.view.kind != "trim"]
    p = np.concatenate([q[s.view.counted] for s, q in chosen])
    y = np.concatenate([s.view.keep[s.view.counted] for s, _ in chosen])
    n = np.concatenate([s.facts.n[s.view.counted] for s, _ in chosen])
    print("\nprobability   lines   mean p   body (lines)   body (words)")
    for low in np.arange(0, 1, 0.1):
        inside = (p >= low) & ((p < low + 0.1) | (low > 0.85))
        print(
            f"{low:.1f} to {low + 0.1:.1f} {inside.sum():8d} {p[inside].mean():8.2f} {y[inside].mean():14.2f} {np.average(y[inside], weights=n[inside] + 1e-9):14.2f}"
        )


def print_domains(test: Sequence[Sample], keeps: Sequence[Array]) -> None:
    """Print the F1 of every domain by view, the worst first."""
    found: dict[str, dict[str, float]] = {}
    for one, keep in zip(test, keeps, strict=True):
        found.setdefault(one.view.domain, {})[one.view.kind] = token_f1(keep, one)
    print("\ndomain                                full residual  trim")
    for domain, row in sorted(found.items(), key=lambda item: sum(item[1].values()) / len(item[1])):
        print(
            f"{domain[:36]:36}"
            + "".join(f"{row.get(kind, float('nan')):7.3f}" for kind in ("full", "residual", "trim"))
        )


def write_model(model: LineModel, path: Path) -> None:
    """Write the model as JSON, one feature a line, to be read and compared by eye."""

    def reading(part: Regression) -> str:
        rows = ",\n".join(
            f"    {json.dumps(name)}: {json.dumps(list(values))}" for name, values in part.features.items()
        )
        return f'{{\n   "intercept": {part.intercept},\n   "features": {{\n{rows}\n   }}\n  }}'

    limit = {"floor": model.floor, "factor": model.factor, "slope": model.slope}
    path.write_text(
        "{\n"
        f'  "about": "Line model: for each feature its mean, scale and weight. Made by tools/train_line_model.py; see docs/line-model.md.",\n'
        f'  "training": {json.dumps(model.training, indent=4, ensure_ascii=False)},\n'
        f'  "limit": {json.dumps(limit)},\n  "first": {reading(model.first)},\n  "second": {reading(model.second)}\n}}\n',
        "utf-8",
    )


def main() -> None:
    """Run cross-validation, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path, help="cleaning-dev.jsonl")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--date", default=date.today().isoformat(), help="date written into the model")
    parser.add_argument("--domains", action="store_true", help="print the figures of every domain")
    options = parser.parse_args()
    pages = read_pages(options.pages)
    train = [sample(view) for view in training(pages)]
    test = [sample(view) for page in pages for view in judged(page)]
    firsts = first_fits(train)
    about = {
        "data": "WCXB development split, article pages: Web Content Extraction Benchmark, (c) 2026 Murrough Foley, CC-BY-4.0",
        "sha256": hashlib.sha256(options.pages.read_bytes()).hexdigest(),
        "date": options.date,
        "domains": len(pages),
        "views": len(train),
        "lines": int(sum(len(s.weight) for s in train)),
        "seed": SEED,
        "ridge": list(RIDGE),
    }
    model = final_model(train, firsts, about)
    probabilities = cross_validate(train, test, firsts)
    keeps = [keep_of(p, s, model) for p, s in zip(probabilities, test, strict=True)]
    alone = [firsts[s.view.fold, s.view.fold].predict(s.first) for s in test]
    write_model(model, options.out)
    print_table(test, {
        "keep everything": lambda i: np.ones(len(test[i].weight), bool),
        "C4's rule": lambda i: np.array([c4_rule(text) for text in test[i].view.texts]),
        "first reading only": lambda i: keep_of(alone[i], test[i], model),
        "both readings": lambda i: keeps[i],
    })  # fmt: skip
    print_reliability(test, probabilities)
    if options.domains:
        print_domains(test, keeps)
    size = options.out.stat().st_size / 1000
    print(
        f"\nwrote {options.out.name}: {size:.0f} KB, {len(model.first.features)} + {len(model.second.features)} features"
    )


if __name__ == "__main__":
    main()
