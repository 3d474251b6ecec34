"""Parts of a corpus given to workers, whose answers are put in order."""

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor
from typing import TypeVar

from corpus_lib.corpus.corpus import Corpus
from corpus_lib.errors import InvalidValue, is_whole

T = TypeVar("T")
# A worker needs some seconds to start, in which this many bytes are cleaned.
WORTH = 2_000_000
# Parts a worker, so that none waits long for another's long documents.
PARTS = 4


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
    n = min(effective_n_jobs(n_jobs), int(corpus.documents["n_bytes"].sum()) // WORTH)
    if n < 2:
        return [corpus]
    documents, size = corpus.documents, -(-len(corpus.documents) // (PARTS * n))
    parts = (documents.iloc[start : start + size] for start in range(0, len(documents), size))
    return [Corpus(part, corpus.problems, {i: corpus.source_bytes(i) for i in part.index}) for part in parts]


def in_parts(work: Callable[[Corpus], T], parts: Sequence[Corpus], n_jobs: int | None) -> list[T]:
    """What `work` makes of each part, in their order; what is left by workers that end without an answer is done here."""
    from joblib import Parallel, delayed

    done: list[T] = []
    try:
        several = parts if len(parts) > 1 else []
        for made in Parallel(n_jobs=n_jobs, return_as="generator")(delayed(work)(part) for part in several):
            done.append(made)
    except (BrokenExecutor, MemoryError):
        pass
    return done + [work(part) for part in parts[len(done) :]]
