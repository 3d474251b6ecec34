"""How long keyness takes for 300,000 types, and dispersion for all words of 18 million tokens.

    python benchmarks/statistics_speed.py
    python benchmarks/statistics_speed.py --other PYTHON

`--other` names an interpreter that has pycorpdiff or scattertext; then the ratios of their time to ours are printed. Nothing here is part of the tests.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib import Frequencies, Tokens, association, collocates, dispersion, keyness, kwic, ngrams

N_TYPES, N_TOKENS, N_DOCUMENTS = 300_000, 18_000_000, 2_700


def timed(label: str, call: Callable[[], Any], limit: float | None = None) -> float:
    """Print the better of two times, in seconds of one processor, so that a busy machine changes little."""
    times = []
    for _ in range(2):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    print(f"{label:<62} {min(times):6.2f} s" + ("" if limit is None else f"   (limit {limit:g} s)"), flush=True)
    return min(times)


def frequency_lists() -> tuple[Frequencies, Frequencies]:
    """Two lists of the same 300,000 types with frequencies as steep as those of a language."""
    rng = np.random.default_rng(0)
    names = [f"w{i}" for i in range(N_TYPES)]
    counts = [pd.Series(rng.zipf(1.6, N_TYPES).clip(max=600_000), index=names) for _ in range(2)]
    return Frequencies.from_counts(counts[0]), Frequencies.from_counts(counts[1])


def long_tokens() -> Tokens:
    """Tokens of 2,700 documents without their text."""
    rng = np.random.default_rng(0)
    ids = rng.zipf(1.35, N_TOKENS) % 100_000
    used, ids = np.unique(ids, return_inverse=True)
    offsets = np.sort(np.concatenate([[0, N_TOKENS], rng.integers(0, N_TOKENS, N_DOCUMENTS - 1)])).astype(np.int64)
    vocabulary = pd.Index([f"w{i:06}" for i in used], name="token", dtype="str")
    units = pd.DataFrame({"doc_id": [f"d{i:04}" for i in range(N_DOCUMENTS)], "paragraph": pd.NA, "start": 0, "end": 0})
    places = np.arange(N_TOKENS, dtype=np.int32)
    return Tokens(ids.astype(np.int32), offsets, places, places, vocabulary, units, NoText())


# G2 and its p, Benjamini-Hochberg, chi-squared, a smoothed log ratio, %DIFF and BIC.
PYCORPDIFF = ["log_likelihood", "p_value", "p_adjusted", "chi_squared", "log_ratio_walter", "percent_diff", "bic"]
# What the other interpreter runs: the functions alone, on counts that are ready.
THEIRS = """
import sys, time
import numpy as np
data = np.load(sys.argv[1])
def timed(name, call):
    times = []
    for _ in range(2):
        start = time.process_time(); call(); times.append(time.process_time() - start)
    print(f"{name}: {min(times):.3f}", flush=True)
f1, f2, ids, offsets = (data[k] for k in ("f1", "f2", "ids", "offsets"))
n1, n2, rows = int(f1.sum()), int(f2.sum()), np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
try:
    import pandas as pd
    import importlib
    names = ("bayes", "chi_squared", "correction", "dispersion", "effect_sizes", "loglikelihood")
    bayes, chi, correction, dispersion, effect_sizes, loglikelihood = (importlib.import_module(f"pycorpdiff.keyness.{n}") for n in names)
    index = [f"w{i}" for i in range(len(f1))]
    a, b = (pd.Series(f, index=index).sort_values(ascending=False, kind="stable") for f in (f1, f2))  # two frequency lists, as ours
    def keyness():
        table = loglikelihood.log_likelihood(a, b, n1, n2, formula="dunning")
        correction.benjamini_hochberg(table["p_value"].to_numpy())
        for function in (chi.chi_squared, effect_sizes.log_ratio, effect_sizes.percent_diff, bayes.bayes_factor):
            function(a, b, n1, n2)
    timed("pycorpdiff keyness", keyness)
    dense = np.zeros((len(offsets) - 1, ids.max() + 1), dtype=np.int64)
    np.add.at(dense, (rows, ids), 1)
    frame = pd.DataFrame(dense)
    timed("pycorpdiff dp", lambda: dispersion.dispersion_dp(frame))
except ImportError as error:
    print("no pycorpdiff:", error)
try:
    from scipy.sparse import coo_matrix
    from scattertext.dispersion.dispersion import Dispersion
    from scattertext.termscoring.lrc import lrc
    timed("scattertext lrc", lambda: lrc(f1, f2, n1, n2))
    counts = coo_matrix((np.ones(len(ids)), (rows, ids))).tocsr()
    timed("scattertext dp", lambda: Dispersion(term_doc_mat=counts).dp())
except ImportError as error:
    print("no scattertext:", error)
"""


class NoText:
    """A source whose documents are empty: what is timed does not read them."""

    def text(self, doc_id: str) -> str:
        return ""

    def cite(self, doc_id: str, start: int, end: int) -> Any:
        class Line:
            first_line = 1

        return Line()


def other_packages(python: str, target: Frequencies, reference: Frequencies) -> None:
    """Ratios to packages that compute some of these columns, in the interpreter where they are installed."""
    documents = dispersion_tokens()
    both = pd.concat([side.table["frequency"] for side in (target, reference)], axis=1).fillna(0).to_numpy()
    ours = {
        "pycorpdiff keyness": timed(
            "keyness: the columns of pycorpdiff",
            lambda: keyness(target, reference, measures=PYCORPDIFF, correction="fdr_bh"),
        ),
        "scattertext lrc": timed("LRC alone, of counts side by side", lambda: conservative(both)),
        "dp": timed(
            "DP of all words of 1 million tokens in 150 documents", lambda: dispersion(documents, measures=["dp"])
        ),
    }
    with TemporaryDirectory() as folder:
        data = Path(folder) / "counts.npz"
        np.savez(data, f1=both[:, 0], f2=both[:, 1], ids=documents.ids, offsets=documents.offsets)
        done = subprocess.run([python, "-c", THEIRS, str(data)], capture_output=True, text=True, check=False)
    print(done.stdout + done.stderr[-300:], end="")
    for line in done.stdout.splitlines():
        name, _, seconds = line.rpartition(": ")
        if name in ours or name.endswith(" dp"):
            print(f"ratio {name}: {float(seconds) / ours.get(name, ours['dp']):.1f}")


def conservative(both: Any) -> pd.DataFrame:
    """LRC as scattertext computes it, from arrays; to bring the words of two lists together is most of the time that `keyness` takes."""
    sizes = both.sum(axis=0)
    return association(
        both[:, 0], sizes[0], both.sum(axis=1), sizes.sum(), measures=["log_ratio_conservative"], n_tests=len(both)
    )


def dispersion_tokens() -> Tokens:
    """The first million tokens in 150 documents: other packages hold documents by words as a dense table."""
    tokens = long_tokens()
    used, ids = np.unique(tokens.ids[:1_000_000], return_inverse=True)
    offsets = np.linspace(0, 1_000_000, 151).astype(np.int64)
    places = np.arange(1_000_000, dtype=np.int32)
    return Tokens(
        ids.astype(np.int32), offsets, places, places, tokens.vocabulary[used], tokens.units.head(150), tokens.source
    )


def main() -> None:
    options = argparse.ArgumentParser(description="Speed of the statistics.")
    options.add_argument(
        "--other", action="append", default=[], help="an interpreter that has pycorpdiff or scattertext"
    )
    given = options.parse_args()
    target, reference = frequency_lists()
    timed(
        "keyness of 300,000 types, measures='all', no resampling", lambda: keyness(target, reference, measures="all"), 2
    )
    timed("keyness of 300,000 types, standard", lambda: keyness(target, reference))
    for python in given.other:
        other_packages(python, target, reference)
    tokens = long_tokens()
    timed("DP of all words of 18 million tokens in 2,700 documents", lambda: dispersion(tokens, measures=["dp"]), 1)
    timed("all dispersion measures of the same", lambda: dispersion(tokens))
    timed("collocates of a word with 18,000 occurrences, standard", lambda: collocates(tokens, tokens.vocabulary[50]))
    timed("concordance of the same word, 100 lines shown", lambda: kwic(tokens, tokens.vocabulary[50], limit=100))
    timed("bigrams with frequency 5 or more", lambda: ngrams(tokens, 2, min_frequency=5))


if __name__ == "__main__":
    main()
