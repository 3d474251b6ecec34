"""How often the interval of Krippendorff's alpha, texts drawn again, holds the alpha of all the texts there are.

    python benchmarks/agreement_coverage.py [--repeats 300]

Texts are simulated: each has a few lines and a habit of its own (which codes are usual in it, how hard it is to read); two coders give each line
its true code, or, where they err, one by the habit of the text. The truth is the alpha of 4,000 such texts.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from corpus_lib.coding import agreement


def simulate(rng: np.random.Generator, n_texts: int, n_values: int, n_coders: int = 2) -> list[pd.DataFrame]:
    """One coding a coder, a line a row, some lines not coded."""
    n_lines = rng.integers(3, 15, n_texts)
    habit, hard = rng.dirichlet(np.full(n_values, 1.5), n_texts), rng.beta(2, 6, n_texts)
    rows: list[list[tuple[str, int, str]]] = [[] for _ in range(n_coders)]
    for text in range(n_texts):
        true = rng.choice(n_values, n_lines[text], p=habit[text])
        for own in rows:
            errs = rng.random(len(true)) < hard[text]
            given = np.where(errs, rng.choice(n_values, len(true), p=habit[text]), true)
            own += [(f"{text}", line, str(v)) for line, v in enumerate(given) if rng.random() > 0.05]
    return [
        pd.DataFrame(
            {"doc_id": [t for t, _, _ in own], "at": [line for _, line, _ in own], "value": [v for *_, v in own]}
        )
        for own in rows
    ]


def coverage(n_texts: int, n_values: int, repeats: int, *, level: str = "nominal", n_true: int = 4000) -> float:
    """Share of the intervals at 90 per cent that hold the true alpha."""
    rng = np.random.default_rng([n_texts, n_values, len(level)])
    truth = interval(simulate(rng, n_true, n_values), level, 0)["alpha"]
    held = 0
    for _ in range(repeats):
        row = interval(simulate(rng, n_texts, n_values), level, 300)
        held += bool(row["low"] <= truth <= row["high"])
    return held / repeats


def interval(codings: list[pd.DataFrame], level: str, resamples: int) -> pd.Series:
    """What `agreement` says of codings of lines."""
    return agreement(*map(as_codes, codings), level=level, resamples=resamples).loc["v"]


def as_codes(coding: pd.DataFrame) -> object:
    """Codes of lines, as `read_codes` gives them."""
    from corpus_lib.coding.codes import Codes, read_codebook

    values = sorted(coding["value"].unique())
    table = coding.rename(columns={"at": "start", "value": "code"}).assign(variable="v", coder="", status="applied")
    return Codes(table, read_codebook({"v": values}))


def main() -> None:
    """Print one line per setting."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=300)
    repeats = parser.parse_args().repeats
    print("texts values level    coverage at 90 %")
    for n_texts in (8, 15, 40):
        for n_values, level in ((2, "nominal"), (4, "nominal"), (4, "ordinal")):
            print(
                f"{n_texts:5} {n_values:6} {level}  {coverage(n_texts, n_values, repeats, level=level):.3f}", flush=True
            )


if __name__ == "__main__":
    main()
