"""Processor time and memory of topics on paragraphs of speeches, beside scikit-learn's NMF and LDA.

`python benchmarks/topics_speed.py [paragraphs] [topics]`; needs ../shared/corpora. Set OPENBLAS_NUM_THREADS=1 for steady figures.
The speeches are cut at sentences into paragraphs of forty words or more, written to a table and read like any corpus.
"""

from __future__ import annotations

import gzip
import json
import re
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.feature_extraction.text import TfidfTransformer
from topics_recipe import CORPORA

from corpus_lib import coherence, fit_topics, load_corpus, tokenize


def seconds(call: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    """Fewest processor seconds of so many calls, and what the last one returned."""
    found = []
    for _ in range(times):
        start = time.process_time()
        result = call()
        found.append(time.process_time() - start)
    return min(found), result


def gigabytes() -> float:
    """Largest memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def paragraphs(least: int = 40) -> Iterator[str]:
    """Runs of whole sentences of at least so many words."""
    with gzip.open(CORPORA / "un-general-debates-2009-2022.jsonl.gz", "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            part: list[str] = []
            for sentence in re.split(r"(?<=[.!?])\s+", record["text"]):
                part += sentence.split()
                if len(part) >= least:
                    yield " ".join(part)
                    part = []


def main(limit: int = 100_000, n_topics: int = 20) -> None:
    """Print times, ratios and memory."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paragraphs.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for number, text in zip(range(limit), paragraphs(), strict=False):
                file.write(json.dumps({"id": f"{number:06d}", "text": text}) + "\n")
        corpus = load_corpus(path)
    read = gigabytes()
    tokenizing, tokens = seconds(lambda: tokenize(corpus))
    fitting, model = seconds(lambda: fit_topics(tokens, n_topics, resamples=0))
    print(f"{tokens}, {len(model.terms)} terms: tokenize {tokenizing:.1f} s + fit {fitting:.1f} s = {tokenizing + fitting:.1f} s; "
          f"peak memory {gigabytes():.2f} GB, of which {read:.2f} GB when the corpus was read", flush=True)  # fmt: skip
    own, _ = seconds(lambda: fit_topics(tokens, n_topics, resamples=0), 2)
    nmf, other = seconds(
        lambda: NMF(n_topics, init="nndsvd", max_iter=200, random_state=0).fit(
            TfidfTransformer().fit_transform(model.counts)
        ),
        2,
    )
    print(
        f"fit {own:.1f} s, scikit-learn NMF {nmf:.1f} s ({other.n_iter_} iterations): ratio {own / nmf:.2f}", flush=True
    )
    first, values = seconds(lambda: coherence(model, tokens))
    again, _ = seconds(lambda: coherence(model, tokens), 5)
    print(f"NPMI {values.mean():.3f}: counted in {first:.2f} s, then {1000 * again:.1f} ms a model", flush=True)
    lda, _ = seconds(lambda: LatentDirichletAllocation(n_topics, random_state=0).fit_transform(model.counts))
    print(f"scikit-learn LDA {lda:.1f} s: ratio {own / lda:.3f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
