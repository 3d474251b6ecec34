"""How long keyness takes for 300,000 types, and dispersion for all words of 18 million tokens.

    python benchmarks/statistics_speed.py

Ratios against other packages are printed where those are installed; nothing here is part of the tests.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib import Frequencies, Tokens, dispersion, keyness
from corpus_lib.concordance import collocates, kwic, ngrams

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


class NoText:
    """A source whose documents are empty: what is timed does not read them."""

    def text(self, doc_id: str) -> str:
        return ""

    def cite(self, doc_id: str, start: int, end: int) -> Any:
        class Line:
            first_line = 1

        return Line()


def other_packages(target: Frequencies, reference: Frequencies, ours: float) -> None:
    """Time of packages that compute some of these columns, as a ratio of ours."""
    try:
        from association_measures import measures
    except ImportError:
        print("association-measures is not installed: no ratio")
        return
    both = target.table[["frequency"]].join(reference.table["frequency"], how="outer", lsuffix="_1", rsuffix="_2").fillna(0)
    frame = pd.DataFrame({"f1": target.n_tokens, "N": target.n_tokens + reference.n_tokens, "f": both["frequency_1"]})
    frame["f2"] = both["frequency_1"] + both["frequency_2"]
    theirs = timed("association-measures: score(all measures)", lambda: measures.score(frame, freq=False))
    print(f"ratio {theirs / ours:.1f}")


def main() -> None:
    target, reference = frequency_lists()
    ours = timed("keyness of 300,000 types, measures='all', no resampling", lambda: keyness(target, reference, measures="all"), 2)
    timed("keyness of 300,000 types, standard", lambda: keyness(target, reference))
    other_packages(target, reference, ours)
    tokens = long_tokens()
    timed("DP of all words of 18 million tokens in 2,700 documents", lambda: dispersion(tokens, measures=["dp"]), 1)
    timed("all dispersion measures of the same", lambda: dispersion(tokens))
    timed("collocates of a word with 18,000 occurrences, standard", lambda: collocates(tokens, tokens.vocabulary[50]))
    timed("concordance of the same word, 100 lines shown", lambda: kwic(tokens, tokens.vocabulary[50], limit=100))
    timed("bigrams with frequency 5 or more", lambda: ngrams(tokens, 2, min_frequency=5))


if __name__ == "__main__":
    main()
