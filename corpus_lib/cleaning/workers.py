"""Parts of a corpus given to workers, whose answers are put in order."""

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor
from typing import TypeVar

import numpy as np
import pandas as pd

from corpus_lib.corpus.corpus import Corpus
from corpus_lib.errors import InvalidValue, is_whole

T = TypeVar("T")
# A worker needs some seconds to start, in which this many bytes are cleaned.
WORTH = 2_000_000


def divided(corpus: Corpus, n_jobs: int | None) -> list[Corpus]:
    """A corpus in as many parts as workers can be kept busy with, each of documents one after the other; in one where workers do not pay.

    Raises
    ------
    InvalidValue
        If `n_jobs` is no number of workers.
    """
    from joblib import effective_n_jobs

    if n_jobs is not None and (not is_whole(n_jobs) or n_jobs == 0):
        raise InvalidValue(
            f"`n_jobs` must be a whole number of workers, or -1 for one a processor; found {n_jobs!r}. Leave it out for none."
        )
    sizes = np.cumsum(corpus.documents["n_bytes"].to_numpy(dtype=np.int64))
    n = min(effective_n_jobs(n_jobs), int(sizes[-1] // WORTH) if len(sizes) else 0)
    if n < 2:
        return [corpus]
    # Four a worker, so that none waits long for another's long documents.
    cuts = np.searchsorted(sizes, np.linspace(0, sizes[-1], 4 * n + 1)[1:-1])
    rows = [part for part in np.split(np.arange(len(sizes)), cuts) if len(part)]
    return [_part(corpus, corpus.documents.iloc[part]) for part in rows]


def _part(corpus: Corpus, documents: pd.DataFrame) -> Corpus:
    return Corpus(documents, corpus.problems.iloc[:0], {str(i): corpus.source_bytes(str(i)) for i in documents.index})


def in_parts(work: Callable[[Corpus], T], parts: Sequence[Corpus], n_jobs: int | None) -> list[T]:
    """What `work` makes of each part, in their order; what is left by workers that end without an answer is done here."""
    from joblib import Parallel, delayed

    done: list[T] = []
    try:
        for made in Parallel(n_jobs=n_jobs, return_as="generator")(delayed(work)(part) for part in parts):
            done.append(made)
    except (BrokenExecutor, MemoryError):
        done += map(work, parts[len(done) :])
    return done
