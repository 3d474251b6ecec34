"""Refits on part of the corpus: how far a topic, and each of its words, would survive another sample.

Samples are drawn by hashing names, never by a random generator: the same documents give the same samples in any order
and on any machine. Each refit starts afresh from its own weights and singular vectors; a warm start would flatter
stability. Topics are paired with those of the whole corpus so that the sum of the overlaps of their top words is largest.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from corpus_lib.topics import weighting as wt
from corpus_lib.topics.ranking import ranked_words, scores
from corpus_lib.topics.weighting import Floats, Ints, Recipe

# Words compared when topics are paired, as in the published stability measures; `kept` is known for this many words.
TOP, DEPTH = 10, 50
# Below this many articles a sample of articles leaves too little to vary: paragraphs are drawn instead.
ARTICLES_NEEDED = 30


@dataclass(frozen=True)
class Resamples:
    """What the refits agree on.

    Attributes
    ----------
    samples
        resamples x units, True where a unit was in the sample.
    overlap
        resamples x topics, Jaccard overlap of the ten top words with those of the paired topic.
    top
        resamples x topics x 50, numbers of the top words of the paired topic.
    theta
        resamples x units x topics, shares in the refit; NaN outside the sample.
    share
        Share of the corpus that each sample holds.
    drawn
        "article" or "paragraph": what the samples are samples of.
    """

    samples: NDArray[np.bool_]
    overlap: Floats
    top: Ints
    theta: NDArray[np.float32]
    share: float
    drawn: str

    def __post_init__(self) -> None:
        """Close the arrays."""
        for array in (self.samples, self.overlap, self.top, self.theta):
            array.flags.writeable = False

    @property
    def n(self) -> int:
        """Number of refits."""
        return len(self.samples)


def unit_names(units: pd.DataFrame) -> list[str]:
    """`doc_id/paragraph` of each unit, or the row of units that carry no names."""
    if "doc_id" not in units:
        return [str(name) for name in units.index]
    pairs = zip(units["doc_id"], units.get("paragraph", [None] * len(units)), strict=True)
    return [str(doc) if pd.isna(paragraph) else f"{doc}/{paragraph}" for doc, paragraph in pairs]


def clusters(units: pd.DataFrame) -> tuple[list[str], str]:
    """Name of what each unit is drawn with, and whether that is the article or the paragraph."""
    names = unit_names(units)
    if "doc_id" not in units:
        return names, "unit"
    documents = [str(name) for name in units["doc_id"]]
    distinct = len(set(documents))
    if distinct == len(documents) or distinct >= ARTICLES_NEEDED:
        return documents, "article"
    return names, "paragraph"


def draw_samples(names: Sequence[str], n: int, share: float) -> NDArray[np.bool_]:
    """`n` samples of the distinct names: those with the smallest hashes of name and sample number."""
    distinct, number = np.unique(np.asarray(names, dtype=object), return_inverse=True)
    # A sample that holds everything would agree with itself.
    size = max(1, min(len(distinct) - 1, round(share * len(distinct))))
    samples = np.zeros((n, len(distinct)), dtype=bool)
    for resample in range(n):
        marked = (f"{name}\0{resample}".encode("utf-8", "surrogatepass") for name in distinct)
        digests = [hashlib.sha256(name).digest()[:8] for name in marked]
        samples[resample, np.argsort(np.array(digests, dtype="S8").view(">u8"), kind="stable")[:size]] = True
    return samples[:, number]


def pair_topics(top: Ints, other_top: Ints, phi: Floats, other_phi: Floats) -> tuple[Ints, Floats]:
    """For each topic the number of its partner, and the Jaccard overlap of their top words.

    One partner each (Hungarian method); where overlaps tie, the more similar weights decide.
    """
    from scipy.optimize import linear_sum_assignment

    overlap = jaccard(top, other_top)
    lengths = np.linalg.norm(phi, axis=1)[:, None] * np.linalg.norm(other_phi, axis=1)[None, :]
    cosine = np.round((phi @ other_phi.T) / np.where(lengths > 0, lengths, 1.0), 6)
    _, partner = linear_sum_assignment(-(overlap + 1e-3 * cosine))
    return partner, overlap[np.arange(len(top)), partner]


def jaccard(top: Ints, other: Ints) -> Floats:
    """Overlap of every row of word numbers with every other row: shared words by all words; -1 stands for no word."""
    rows, others = ([set(row[row >= 0].tolist()) for row in table] for table in (top, other))
    return np.array([[len(a & b) / max(len(a | b), 1) for b in others] for a in rows])


def carried(top: Ints, h: Floats) -> Ints:
    """The word numbers with -1 for words of no weight: a list filled up with the alphabet agrees with any other."""
    weights = np.take_along_axis(h, top, axis=1)
    return np.asarray(np.where(np.round(weights, 6) > 1e-6 * h.max(initial=0.0), top, -1))


def refit(
    counts: sp.csr_array, sample: NDArray[np.bool_], phi: Floats, top: Ints, recipe: Recipe, ranking: dict[str, Any], alphabet: Ints,
) -> tuple[Floats, Ints, NDArray[np.float32]]:  # fmt: skip
    """A fresh fit of the units in `sample`: overlap, top words and theta of its topics, in the order of those of the model `phi`, `top`."""
    part = sp.csr_array(counts[np.flatnonzero(sample)])
    _, matrix = wt.learn_weighting(part, recipe)
    w, h = wt.factorise(matrix, len(phi), recipe)
    theta, own_phi = wt.shares(w, h), wt.rows_to_one(h)
    probability = None if ranking["ranking"] == "weight" else wt.token_probability(part, theta)
    values = scores(own_phi, probability, wt.overall_probability(part), **ranking)
    own_top = carried(ranked_words(values, alphabet, DEPTH), h)
    partner, overlap = pair_topics(top, own_top[:, :TOP], phi, own_phi)
    return overlap, own_top[partner], theta[:, partner].astype(np.float32)


def resample(
    counts: sp.csr_array, names: Sequence[str], drawn: str, phi: Floats, top: Ints, recipe: Recipe, ranking: dict[str, Any],
    alphabet: Ints, *, n: int, share: float, n_jobs: int | None = None,
) -> Resamples:  # fmt: skip
    """Refit `n` samples, through joblib."""
    from joblib import Parallel, delayed
    from tqdm import tqdm

    samples = draw_samples(names, n, share)
    # As one tuple, which travels with its task: joblib lends larger arrays to a Dask worker once, and they are lost with it.
    tasks = (delayed(_refit)((counts, sample, phi, top, recipe, ranking, alphabet)) for sample in samples)
    overlap, tops = np.empty((n, len(phi))), np.empty((n, len(phi), min(DEPTH, counts.shape[1])), dtype=np.int64)
    theta = np.full((n, counts.shape[0], len(phi)), np.nan, dtype=np.float32)
    with _one_blas_thread():
        results = Parallel(n_jobs=n_jobs, return_as="generator")(tasks)
        # On a terminal, and when the work is more than a moment.
        for i, one in enumerate(tqdm(results, total=n, desc="refits", unit="fit", disable=None, delay=2)):
            overlap[i], tops[i], theta[i, samples[i]] = one
    return Resamples(samples, overlap, tops, theta, share, drawn)


def _refit(arguments: tuple[Any, ...]) -> Any:
    with _one_blas_thread():
        return refit(*arguments)


def _one_blas_thread() -> Any:
    """Sums in the same order on every worker: a process, a thread and a cluster give BLAS different numbers of threads."""
    return _blas().limit(limits=1, user_api="blas")


@cache
def _blas() -> Any:
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()
