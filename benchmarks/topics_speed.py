"""Processor time of a fit beside scikit-learn's NMF and LDA, and of coherence, on paragraphs of speeches.

`python benchmarks/topics_speed.py [paragraphs] [topics]`; needs ../shared/corpora. Set OPENBLAS_NUM_THREADS=1 for steady figures.
"""

from __future__ import annotations

import resource
import sys
import time
import warnings

from topics_recipe import speeches

from corpus_lib.coherence import coherence
from corpus_lib.topics import fit_topics


def seconds(call: object) -> tuple[float, object]:
    """Processor seconds of a call, and what it returned."""
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def main(limit: int = 100_000, n_topics: int = 20) -> None:
    from sklearn.decomposition import NMF, LatentDirichletAllocation
    from sklearn.feature_extraction.text import TfidfTransformer

    warnings.simplefilter("ignore")
    reading, (tokens, _) = seconds(lambda: speeches("un-general-debates-2009-2022.jsonl.gz", limit=limit))
    print(f"{tokens}; read and tokenized in {reading:.1f} s")
    own, model = seconds(lambda: fit_topics(tokens, n_topics, resamples=0))
    print(
        f"fit {own:.1f} s, {len(model.terms)} terms, peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB"
    )
    nmf, _ = seconds(
        lambda: NMF(n_topics, init="nndsvd", max_iter=100, random_state=0).fit_transform(
            TfidfTransformer().fit_transform(model.counts)
        )
    )
    print(f"scikit-learn NMF {nmf:.1f} s: ratio {own / nmf:.2f}")
    lda, _ = seconds(lambda: LatentDirichletAllocation(n_topics, random_state=0).fit_transform(model.counts))
    print(f"scikit-learn LDA {lda:.1f} s: ratio {own / lda:.2f}")
    first, values = seconds(lambda: coherence(model, tokens))
    again, _ = seconds(lambda: coherence(model, tokens))
    print(f"NPMI {values.mean():.3f}: counted in {first:.2f} s, then {1000 * again:.1f} ms a model")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
