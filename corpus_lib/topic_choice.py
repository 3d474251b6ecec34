"""The number of topics: stability first, coherence beside it, and the answer that no number is supported."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib.coherence import coherence, count_windows, diversity
from corpus_lib.errors import InvalidType, InvalidValue
from corpus_lib.tokens import Tokens
from corpus_lib.topics import TopicModel, _check_arguments, fit_topics

# A number of topics is supported from this mean overlap, if 19 refits of 20 reach the second figure. Planted numbers have
# .82 to .96 and at least .76, corpora of noise at most .35 (benchmarks/topics_planted.py).
SUPPORTED, SUPPORTED_LOW = 0.6, 0.5
# Differences in stability smaller than this do not decide.
NEAR = 0.02
COLUMNS = [
    "n_topics",
    "stability",
    "stability_low",
    "stability_high",
    "npmi",
    "c_v",
    "diversity",
    "reproducible_share",
    "chosen",
]


def choose_n_topics(tokens: Tokens, candidates: Iterable[int], *, resamples: int = 20, **options: Any) -> pd.DataFrame:
    """Compare numbers of topics, and choose one if the corpus supports it.

    Parameters
    ----------
    tokens
        The corpus.
    candidates
        Numbers of topics to try, such as `range(2, 13)`.
    resamples
        Refits of each.
    **options
        Further arguments of `fit_topics`.

    Returns
    -------
    DataFrame
        One row a candidate, in increasing order: n_topics; stability, the mean reproducibility of its topics, with
        stability_low and stability_high (5th and 95th percentile of the refits); npmi and c_v, means over topics;
        diversity; reproducible_share, the share of topics with a reproducibility from .5; chosen.
        `attrs["chosen"]` is the number chosen or None, `attrs["rule"]` the rule in words, `attrs["sentence"]` the outcome.

    Notes
    -----
    The rule: among the candidates whose stability reaches .6, and .5 in 19 of 20 refits, the most stable; of those within
    .02 of it the largest. Coherence does not decide: on news of five classes stability finds the five, while NPMI prefers thirty topics and
    C_V twenty. "None" is a result: the corpus is too small or too even for topics that would return in another sample.

    Examples
    --------
    >>> lists = [["sea", "ship", "port"]] * 6 + [["tax", "law", "court"]] * 8 + [["goal", "team", "match"]] * 10
    >>> choose_n_topics(Tokens.from_lists(lists), [2, 3, 4], resamples=5).attrs["chosen"]
    3
    """
    numbers = _candidates(candidates)
    if not isinstance(tokens, Tokens):
        raise InvalidType(
            f"`tokens` must be Tokens; found {type(tokens).__name__}. Coherence is counted in running text: call tokenize(corpus)."
        )
    _check_arguments(numbers[0], resamples, options.get("sample_share", 0.8))
    models = [fit_topics(tokens, number, resamples=resamples, **options) for number in numbers]
    words = {word for model in models for topic in model.words() for word in topic}
    counts = {"npmi": count_windows(tokens, words, window=10), "c_v": count_windows(tokens, words, window=110)}
    frame = pd.DataFrame([_row(model, counts) for model in models])
    chosen = choose(frame)
    frame["chosen"] = frame["n_topics"] == chosen
    frame.attrs.update(chosen=chosen, rule=RULE, sentence=sentence(frame, chosen))
    return frame[COLUMNS]


RULE = (f"the most stable number of topics whose stability is at least {SUPPORTED}, and {SUPPORTED_LOW} in 19 of 20 refits; "
        f"of those within {NEAR} of it the largest")  # fmt: skip


def choose(frame: pd.DataFrame) -> int | None:
    """The number that the rule chooses from the table, or None."""
    stability = frame["stability"].round(6)
    supported = (stability >= SUPPORTED) & (frame["stability_low"].round(6) >= SUPPORTED_LOW)
    if not supported.any():
        return None
    near = supported & (stability >= stability[supported].max() - NEAR)
    return int(frame.loc[near, "n_topics"].max())


def sentence(frame: pd.DataFrame, chosen: int | None) -> str:
    """The outcome in one sentence."""
    best = frame.loc[frame["stability"].fillna(-1).idxmax()]
    if chosen is None:
        return (f"No number of topics from {frame['n_topics'].min()} to {frame['n_topics'].max()} is supported by this corpus: the most "
                f"stable, {best['n_topics']:.0f}, has a stability of {best['stability']:.2f} ({best['stability_low']:.2f} to "
                f"{best['stability_high']:.2f}), where {SUPPORTED:.2f} and a lower end of {SUPPORTED_LOW:.2f} are required.")  # fmt: skip
    row = frame.loc[frame["n_topics"] == chosen].iloc[0]
    return f"{chosen} topics are supported: stability {row['stability']:.2f} ({row['stability_low']:.2f} to {row['stability_high']:.2f})."


def _row(model: TopicModel, counts: dict[str, Any]) -> dict[str, Any]:
    refits = np.array([np.nan]) if model.resamples is None else model.resamples.overlap.mean(axis=1)
    low, high = np.quantile(refits, [0.05, 0.95])
    return {
        "n_topics": model.n_topics, "stability": float(refits.mean()), "stability_low": float(low), "stability_high": float(high),
        "npmi": float(coherence(model, counts["npmi"], measure="npmi").mean()),
        "c_v": float(coherence(model, counts["c_v"], measure="c_v").mean()),
        "diversity": diversity(model), "reproducible_share": float(model.reproducible.mean()) if model.resamples else np.nan,
    }  # fmt: skip


def _candidates(candidates: Iterable[int]) -> list[int]:
    try:
        numbers = list(candidates)
    except TypeError:
        raise InvalidType(
            f"`candidates` must be numbers of topics; found {candidates!r}. Write range(2, 13)."
        ) from None
    wrong = [c for c in numbers if isinstance(c, bool) or not isinstance(c, int | np.integer) or c < 2]
    if wrong or not numbers:
        found = ", ".join(map(repr, wrong[:5])) or "none at all"
        raise InvalidValue(f"`candidates` must be whole numbers from 2; found {found}. Write range(2, 13).")
    return sorted({int(c) for c in numbers})
