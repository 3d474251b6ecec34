"""The line model: is a line of a scraped page body text or page furniture?

Two logistic regressions over features of lines. The first reading sees what a line looks like, what stands around it and what it shares with
the page's longest run of prose; the second sees the first reading's probabilities over the whole page. Then each page gets its own limit: the
probability from which keeping a line is expected to raise the F1 of the words kept, so that a nearly clean page loses little and a page full
of furniture loses much. Coefficients, training data and date stand in line_model.json; figures and failures in docs/line-model.md.

Inference is NumPy only, uses no random numbers, and takes time linear in the length of the pages. Pages of about the same length are read
together, as lines of one array, since a step of NumPy on the lines of one page costs as much for its call as for its lines.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, reduce
from importlib import resources
from typing import Any

import numpy as np

from corpus_lib.cleaning.line_model.facts import Facts, facts
from corpus_lib.cleaning.line_model.first_reading import first_reading
from corpus_lib.cleaning.line_model.reasons import SAME_FOR_ALL, Shown, line_reasons
from corpus_lib.cleaning.line_model.scan import scan
from corpus_lib.cleaning.line_model.second_reading import copies, second_reading, shared_in_groups
from corpus_lib.cleaning.line_model.windows import Array, Columns
from corpus_lib.errors import InvalidType

# A standardised value beyond 4 is an odd page, not more evidence.
CLIP = 4.0
# Rows that are standardised at once; bounds the memory for a page of half a million lines.
ROWS = 8192
# Pages are read together up to so many lines, each counted with the lines of the longest. The development pages took a quarter longer with 2,000,
# and as long with 32,000, which takes more memory.
LINES = 8192
LOG_ODDS_99 = float(np.log(99))
# Log odds taken from a passage that repeats the text above it. Set by hand: one development page in 120 prints its article again, too few to
# learn from; on that page it took 378 lines away and no line of the article, and on the other 119 it touched nothing.
COPY_PENALTY = 6.0
FAMILIES = ("shape", "words", "neighbours", "position", "overlap", "style", "repeats", "page", "baseline")


@dataclass(frozen=True, eq=False)
class Regression:
    """One logistic regression: for each feature, named "family.name", its mean, scale and weight."""

    intercept: float
    features: dict[str, tuple[float, float, float]]

    @cached_property
    def families(self) -> dict[tuple[str, ...], Array]:
        """Hold what `family` has looked up, once for all pages."""
        return {}

    def family(self, name: str, columns: Columns) -> Array:
        """Return mean, scale and weight (3 × columns × 1) of the columns of one family."""
        key = (name, *columns)
        if key not in self.families:
            self.families[key] = np.array([self.features[f"{name}.{column}"] for column in columns]).T[:, :, None]
        return self.families[key]


@dataclass(frozen=True)
class LineModel:
    """What line_model.json holds.

    Attributes
    ----------
    first, second
        The two readings.
    floor, factor, slope
        The limit of a page: max(floor, factor × F*/2 × (1 − slope × s)).
    training
        What it was trained on, with SHA-256, date and licence.
    """

    first: Regression
    second: Regression
    floor: float
    factor: float
    slope: float
    training: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, eq=False)
class LineVotes:
    """The model's opinion of every line of one document.

    Attributes
    ----------
    probability
        For each line, the probability that it is body text, rounded to six digits.
    keep
        Whether the probability reaches the page's limit.
    limit
        The page's limit.
    contributions
        Lines × `FAMILIES`: what each family of features adds to the log odds; a row sums to the log odds of the line.
    """

    probability: Array
    keep: Array
    limit: float
    contributions: Array = field(repr=False)
    _shown: Shown = field(repr=False)

    def reason(self, line: int) -> str:
        """Return why the line was voted for or against, in words: its probability and the three families that weighed most.

        Parameters
        ----------
        line
            The number of the line in the sequence handed in, from 0.
        """
        return self.reasons[line]

    @cached_property
    def reasons(self) -> list[str]:
        """The reason of each line."""
        return line_reasons(self._shown, self.probability.tolist(), self.keep.tolist(), self.limit, self._weighty)

    @cached_property
    def _weighty(self) -> list[list[str]]:
        """For each line the families that weighed most for its decision, at most three."""
        names = [name for name in FAMILIES if name not in SAME_FOR_ALL]
        shares = self.contributions[:, [FAMILIES.index(name) for name in names]] * np.where(self.keep, 1, -1)[:, None]
        order = np.argsort(-shares, axis=1, kind="stable")[:, :3]
        count = (np.take_along_axis(shares, order, axis=1) > 0).sum(axis=1).tolist()
        return [[names[k] for k in row[:n]] for row, n in zip(order.tolist(), count, strict=True)]


@cache
def line_model() -> LineModel:
    """Read line_model.json, once."""
    return read_model(resources.files("corpus_lib.cleaning.line_model").joinpath("line_model.json").read_text("utf-8"))


def read_model(text: str) -> LineModel:
    """Return the model that a JSON text describes."""
    data = json.loads(text)
    first, second = (
        Regression(data[name]["intercept"], {key: tuple(values) for key, values in data[name]["features"].items()})
        for name in ("first", "second")
    )
    return LineModel(first, second, **data["limit"], training=data["training"])


def keep_probabilities(lines: Sequence[str], *, model: LineModel | None = None) -> LineVotes:
    """Return for each line of a document the probability that it is body text, and whether this page's limit keeps it.

    A probability of 0.9 means: of lines that look, stand and read like this, about nine in ten were body text on the pages the model was
    trained on (see the table of reliability in docs/line-model.md).

    Parameters
    ----------
    lines
        The non-blank lines of one document, in order. Of a line over 4,000 characters, head and tail are read.
    model
        Another model than the one that comes with the library.

    Returns
    -------
    LineVotes

    Raises
    ------
    InvalidType
        If `lines` is one string.

    Notes
    -----
    Trained on English news, guides and blogs. In other languages the word lists mostly stay silent and shape, place and repetition decide;
    read the review queue there with more care.

    Examples
    --------
    >>> votes = keep_probabilities([
    ...     "Home | News | Sport",
    ...     "The council voted on Tuesday to close the old bridge, which engineers had called unsafe for years.",
    ...     "Residents said that they had not been asked, and that the detour would cost them an hour every day.",
    ...     "Share on Facebook",
    ... ])
    >>> votes.keep.tolist()
    [False, True, True, False]
    """
    if isinstance(lines, str):
        raise InvalidType(
            "`lines` must be a sequence of lines; found one string. Pass `text.splitlines()` without blank lines."
        )
    return pages_probabilities([lines], model=model)[0]


def pages_probabilities(pages: Sequence[Sequence[str]], *, model: LineModel | None = None) -> list[LineVotes]:
    """Return what `keep_probabilities` returns for each of several documents, in a fraction of the time.

    Parameters
    ----------
    pages
        The non-blank lines of each document.
    model
        Another model than the one that comes with the library.

    Returns
    -------
    list of LineVotes
        In the order of `pages`.
    """
    votes: dict[int, LineVotes] = {}
    for batch in _batches(list(map(len, pages))):
        read = _read_together([pages[number] for number in batch], model or line_model())
        votes |= zip(batch, read, strict=True)
    return [votes[number] for number in range(len(pages))]


def _batches(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Yield the numbers of pages to be read together, the longest first."""
    batch: list[int] = []
    for number in sorted(range(len(sizes)), key=lambda number: -sizes[number]):
        if batch and (len(batch) + 1) * sizes[batch[0]] > LINES:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _read_together(pages: Sequence[Sequence[str]], model: LineModel) -> list[LineVotes]:
    """Return the votes of pages whose lines are read as one array."""
    read = facts(scan(*pages))
    first = contributions(model.first, first_reading(read))
    second = second_contributions(model.second, read, first, sigmoid(first.sum(axis=1) + model.first.intercept))
    second = shared_in_groups(read, second)
    second[:, FAMILIES.index("repeats")] -= COPY_PENALTY * copies(read, sigmoid(second.sum(axis=1)))
    probability = np.round(sigmoid(second.sum(axis=1)), 6)
    votes = []
    for p, n, odds, ends, bits in zip(
        *map(read.pages.split, (probability, read.n, second, read.measure["end"], read.bits)), strict=True
    ):
        limit = page_limit(p, n, model)
        votes.append(LineVotes(p, p >= limit, limit, odds, Shown(n, ends, bits)))
    return votes


def sigmoid(odds: Array) -> Array:
    """Return the probability of log odds."""
    probability: Array = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    return probability


def contributions(reading: Regression, families: Iterable[tuple[str, Columns]]) -> Array:
    """Return lines × (`FAMILIES`, first reading's opinion): what each family adds to a reading's log odds."""
    out: dict[str, Array] = {}
    for name, columns in families:
        mean, scale, weight = reading.family(name, columns)
        rows = max(len(next(iter(columns.values()))), 1)
        parts = []
        for at in range(0, rows, ROWS):
            values = np.array([column[at : at + ROWS] for column in columns.values()], dtype=float)
            # In place: one array of all columns is read and written by each step instead of a new one made.
            values -= mean
            values /= scale
            np.maximum(values, -CLIP, out=values)
            np.minimum(values, CLIP, out=values)
            values *= weight
            # Column after column; NumPy's sum would add those of a single line in another order than those of several.
            parts.append(reduce(np.add, values))
        out[name] = np.concatenate(parts)
        # Or two families would stand in memory while the next one is made.
        del columns
    zero = np.zeros_like(next(iter(out.values())))
    return np.column_stack([out.get(name, zero) for name in (*FAMILIES, "first")])


def second_contributions(reading: Regression, page: Facts, first: Array, probability: Array) -> Array:
    """Return lines × `FAMILIES` for the second reading, the first reading's opinion handed down to the families it came from.

    The second reading sees the first one's log odds. The slope there, times what a family gave to the first reading, is that family's share;
    what is left over (intercepts, means, clipping) is the baseline, so that a row sums to the log odds of the line.
    """
    own = contributions(reading, second_reading(page, probability))
    total = np.abs(first.sum(axis=1))
    # Beyond a probability of .99 the second reading sees no more than .99.
    seen = np.minimum(total, LOG_ODDS_99) / np.maximum(total, 1e-9)
    handed = first[:, :-1] * (_slope(reading, page) * seen)[:, None]
    out: Array = own[:, :-1] + handed
    out[:, -1] += own[:, -1] - handed.sum(axis=1) + reading.intercept
    return out


def _slope(reading: Regression, page: Facts) -> Array:
    """Return how much one unit of the first reading's log odds adds to the second's, for each line."""
    names = ("logit", "probability", "logit_long", "logit_short")
    plain, share, long, short = (
        weight / scale for _, scale, weight in (reading.features[f"first.{name}"] for name in names)
    )
    # From .01 to .99 the probability moves by .98.
    slope: Array = plain + share * 0.98 / (2 * LOG_ODDS_99) + long * (page.n >= 12) + short * (page.n <= 5)
    return slope


def page_limit(probability: Array, n: Array, model: LineModel) -> float:
    r"""Return the probability from which a page's lines are kept.

    .. math:: \max(a,\; b \, \tfrac{F^*}{2} (1 - c s)), \qquad F^* = \max_k \frac{2 \sum_{i \le k} n_i p_i}{\sum_{i \le k} n_i + \sum_i n_i p_i}

    with the lines sorted by falling p, n the words of a line, s the expected share of words kept, and a, b, c = floor, factor, slope. The F1 of
    words expected for a page is highest when lines with p ≥ F*/2 are kept, were lines independent; they are not, hence the factor and slope,
    chosen on the development pages.

    References
    ----------
    .. [1] Lipton, Elkan and Naryanaswamy (2014), Optimal thresholding of classifiers to maximize F1 measure, theorem 1.
    """
    total, expected = n.sum(), (n * probability).sum()
    if not total:
        return model.floor
    order = np.argsort(-probability, kind="stable")
    best = (2 * np.cumsum((n * probability)[order]) / np.maximum(np.cumsum(n[order]) + expected, 1e-9)).max()
    return float(max(model.floor, model.factor * best / 2 * (1 - model.slope * expected / total)))
