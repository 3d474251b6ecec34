"""Train the line model and report its figures: `python tools/train_line_model.py ../shared/cleaning-dev.jsonl
../shared/cleaning-dev-languages.jsonl`.

Cross-validates over domains (six folds; no page of a test domain, nor a line of it inserted elsewhere, is ever trained on), prints the table
by view beside two baselines, the table of reliability and the domains; then trains on everything and writes line_model.json. Takes a minute or two.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from line_views import N_FOLDS, SEED, View, judged, read_pages, training

from corpus_lib.cleaning.line_model.facts import Facts, facts, scan
from corpus_lib.cleaning.line_model.features import copies, first_reading, second_reading
from corpus_lib.cleaning.line_model.model import CLIP, COPY_PENALTY, page_limit, sigmoid
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

    def reading(self, names: Sequence[str]) -> dict[str, Any]:
        """Return the fit as line_model.json has it, rounded to five digits: mean, scale and weight of each column by family."""
        families: dict[str, dict[str, list[float]]] = {}
        for name, row in zip(names, np.column_stack([self.mean, self.scale, self.weight]).tolist(), strict=True):
            family, column = name.split(".", 1)
            families.setdefault(family, {})[column] = list(map(_short, row))
        return {"intercept": _short(self.intercept), "families": families}


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def flat(families: Iterable[tuple[str, Columns]]) -> tuple[list[str], Array]:
    """Return names and float32 columns of all families."""
    columns = {f"{family}.{name}": values for family, block in families for name, values in block.items()}
    return list(columns), np.column_stack(list(columns.values())).astype(np.float32)


def sample(view: View) -> Sample:
    """Compute what a view needs; its lines weigh √(1 + words), a view 100 altogether, lines marked `ignore` nothing."""
    page = facts(scan(view.texts), [view.language])
    weight = np.sqrt(1 + np.minimum(page.n, 60)) * view.counted
    return Sample(view, page, flat(first_reading(page))[1], 100 * weight / max(weight.sum(), 1e-9))


def samples(views: Iterable[View]) -> list[Sample]:
    """Compute what each of several views needs."""
    return [sample(view) for view in views]


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


def first_fits(samples: Sequence[Sample]) -> list[Fit]:
    """Fit the first reading without each one of the folds, so that no probability is of a page trained on."""
    fits = []
    for fold in range(N_FOLDS):
        rest = [s for s in samples if s.view.fold != fold]
        fits.append(fit_samples(rest, [s.first for s in rest], RIDGE[0]))
    return fits


def second_features(one: Sample, firsts: Sequence[Fit]) -> Array:
    """Return the features of the second reading after a first one that did not see the page."""
    return flat(second_reading(one.facts, firsts[one.view.fold].predict(one.first)))[1]


def train_model(
    train: Sequence[Sample], test: Sequence[Sample], firsts: Sequence[Fit]
) -> tuple[dict[str, Any], list[Array]]:
    """Return the model trained on everything, and for each test view the probabilities of models that did not see its fold."""
    second = [second_features(s, firsts) for s in train]
    out: list[Array] = [np.zeros(0)] * len(test)
    for fold in range(N_FOLDS):
        rest = [k for k, s in enumerate(train) if s.view.fold != fold]
        fitted = fit_samples([train[k] for k in rest], [second[k] for k in rest], RIDGE[1])
        for number, one in enumerate(test):
            if one.view.fold == fold:
                out[number] = settled(one, fitted.predict(second_features(one, firsts)))
    page = train[0].facts
    names = flat(first_reading(page))[0], flat(second_reading(page, page.prose.astype(float)))[0]
    first = fit_samples(train, [s.first for s in train], RIDGE[0])
    return {"first": first.reading(names[0]), "second": fit_samples(train, second, RIDGE[1]).reading(names[1])}, out


def settled(one: Sample, probability: Array) -> Array:
    """Return the probabilities with repeated passages lowered, as the library does it."""
    inside = np.clip(probability, 1e-9, 1 - 1e-9)
    return sigmoid(np.log(inside / (1 - inside)) - COPY_PENALTY * copies(one.facts, probability))


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


def keep_of(probability: Array, one: Sample) -> Array:
    """Return the decisions for one view."""
    return probability >= page_limit(probability, one.facts.n, **LIMIT)


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


def print_groups(test: Sequence[Sample], keeps: Sequence[Array], groups: dict[str, str]) -> None:
    """Print token F1 of whole pages, macro by page, of each group of languages."""
    found: dict[str, list[float]] = {}
    for one, keep in zip(test, keeps, strict=True):
        for group in {groups[one.view.page], "all"} if one.view.kind == "full" else ():
            found.setdefault(group, []).append(token_f1(keep, one))
    print(
        "".join(f"\n{group:12} {len(values):4d} pages {np.mean(values):.3f}" for group, values in sorted(found.items()))
    )


def write_model(models: dict[str, Any], about: dict[str, Any], path: Path) -> None:
    """Write the models as JSON, one feature a line, to be read and compared by eye."""
    said = "Line model: for each feature its mean, scale and weight. Made by tools/train_line_model.py; see docs/line-model.md."
    text = json.dumps(
        {"about": said, "training": about, "limit": LIMIT, "models": models}, indent=1, ensure_ascii=False
    )
    path.write_text(re.sub(r"\[\s+([^][]+?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text) + "\n", "utf-8")


def main() -> None:
    """Run cross-validation, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path, help="cleaning-dev.jsonl")
    parser.add_argument("languages", type=Path, help="cleaning-dev-languages.jsonl")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--date", default=date.today().isoformat(), help="date written into the model")
    parser.add_argument("--domains", action="store_true", help="print the figures of every domain")
    options = parser.parse_args()
    pages, others = read_pages(options.pages), read_pages(options.languages)
    groups = {page.name: page.group for page in others}
    english, foreign = ([page for page in others if (page.group == "en") == wanted] for wanted in (True, False))
    # Pages of the second file are read in fewer states: they are there for what news looks like elsewhere.
    train = samples(training(pages, cuts=(False, False, True))) + samples(training(english, cuts=()))
    test = samples(view for page in pages for view in judged(page))
    more = samples(page.view("full", page.full) for page in english)
    firsts = first_fits(train)
    models = {}
    models["english"], probabilities = train_model(train, test + more, firsts)
    keeps = [keep_of(p, s) for p, s in zip(probabilities, test + more, strict=True)]
    alone = [firsts[s.view.fold].predict(s.first) for s in test]
    print_table(test, {
        "keep everything": lambda i: np.ones(len(test[i].weight), bool),
        "C4's rule": lambda i: np.array([c4_rule(text) for text in test[i].view.texts]),
        "first reading only": lambda i: keep_of(alone[i], test[i]),
        "both readings": lambda i: keeps[i],
    })  # fmt: skip
    print_reliability(test, probabilities[: len(test)])
    if options.domains:
        print_domains(test, keeps[: len(test)])
    # The model of the other languages learns from all pages.
    train = [s for s in train if s.view.kind != "cut"] + samples(training(foreign, cuts=()))
    rest = samples(page.view("full", page.full) for page in foreign)
    models["others"], probabilities = train_model(train, rest, first_fits(train))
    keeps = keeps[len(test) :] + [keep_of(p, s) for p, s in zip(probabilities, rest, strict=True)]
    print_groups(more + rest, keeps, groups)
    about = {
        "data": [
            "WCXB development split, article pages: Web Content Extraction Benchmark, (c) 2026 Murrough Foley, CC-BY-4.0",
            "test pages of flairNLP/fundus (MIT) and of AndyTheFactory/newspaper4k (MIT), 18 languages",
        ],
        "sha256": [hashlib.sha256(path.read_bytes()).hexdigest() for path in (options.pages, options.languages)],
        "date": options.date,
        "pages": [len(pages), len(others)],
        "views": len(train),
        "lines": int(sum(len(s.weight) for s in train)),
        "seed": SEED,
        "ridge": list(RIDGE),
    }
    write_model(models, about, options.out)
    print(f"\nwrote {options.out.name}: {options.out.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    main()
