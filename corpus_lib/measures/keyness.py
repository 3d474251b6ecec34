"""Keywords: which words a target corpus uses more, or less, than a reference, and how far that can be trusted.

In the contingency table the first row is the target, the second the reference, and the first column the word: O11 and O21 are its frequencies,
R1 and R2 the sizes of the two corpora in tokens. Each measure is named by its variant; where authorities differ both are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corpus_lib.errors import InvalidType, InvalidValue, check_option, raise_all
from corpus_lib.files import sha256
from corpus_lib.measures import document_tests as dt
from corpus_lib.measures.association import (
    CORRECTIONS,
    MEASURES,
    Contingency,
    adjust_p,
    check_confidence,
    check_n_tests,
    chi_squared_p,
    choose_measures,
    divide,
    log_likelihood,
)
from corpus_lib.measures.dispersion import dp_norm_of
from corpus_lib.measures.fisher import distinct_rows
from corpus_lib.measures.sides import Side
from corpus_lib.tokens.counts import PartCounts, count_parts
from corpus_lib.tokens.frequencies import Frequencies
from corpus_lib.tokens.tokens import Tokens

if TYPE_CHECKING:
    from corpus_lib.tokens.frequencies import Frequencies


__all__ = ["KEYNESS_MEASURES", "keyness", "against"]

Floats = NDArray[np.float64]
Prior = float | Mapping[str, float] | Frequencies
# Monroe et al. (2008, p. 388) let an informative prior weigh as much as 500 words.
INFORMATIVE_PRIOR_SIZE = 500.0
UNINFORMATIVE_PRIOR = 0.01
STANDARD = (
    "frequency_target", "frequency_reference", "per_million_target", "per_million_reference", "document_range_target",
    "document_range_reference", "dp_norm_target", "log_likelihood", "log_likelihood_rayson", "p_value", "p_adjusted", "log_ratio",
    "log_ratio_conservative", "percent_diff", "text_dispersion", "single_document",
)  # fmt: skip
COUNTS = STANDARD[:6]


@dataclass(frozen=True)
class _Options:
    correction: str | None
    n_tests: int
    confidence: float
    resamples: int
    simple_maths_k: float
    prior: Any
    prior_size: float | None
    random_state: int


@dataclass(frozen=True)
class _Comparison:
    """Both sides over the union of their types, and the columns computed so far."""

    index: pd.Index
    # Where each type of the index stands in the target and in the reference; -1 where it does not.
    places: tuple[Any, Any]
    target: Side
    reference: Side
    options: _Options
    columns: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        if name not in self.columns:
            self.columns[name] = KEYNESS_MEASURES[name].compute(self)
        return self.columns[name]

    def _at(self, values: Any, places: Any) -> Floats:
        return np.asarray(np.where(places >= 0, np.append(values, 0)[places], 0), dtype=np.float64)

    @cached_property
    def f1(self) -> Floats:
        return self._at(self.target.frequency, self.places[0])

    @cached_property
    def f2(self) -> Floats:
        return self._at(self.reference.frequency, self.places[1])

    @cached_property
    def range1(self) -> Floats:
        return self._at(self.target.document_range, self.places[0])

    @cached_property
    def range2(self) -> Floats:
        return self._at(self.reference.document_range, self.places[1])

    @property
    def n1(self) -> int:
        return self.target.n_tokens

    @property
    def n2(self) -> int:
        return self.reference.n_tokens

    @cached_property
    def rate1(self) -> Floats:
        return self.f1 / self.n1

    @cached_property
    def rate2(self) -> Floats:
        return self.f2 / self.n2

    @cached_property
    def pairs(self) -> tuple[Any, Any]:
        return distinct_rows(self.f1, self.f2)

    @property
    def which(self) -> Any:
        """Which of the distinct tables is each word's."""
        return self.pairs[1]

    @cached_property
    def distinct(self) -> Contingency:
        """The distinct contingency tables: a large vocabulary holds few."""
        tests = self.options.n_tests if self.options.correction else 1
        first = self.pairs[0]
        return _table(self.f1[first], self.n1, self.f2[first], self.n2, (1 - self.options.confidence) / max(tests, 1))

    @cached_property
    def direction(self) -> Floats:
        """Sign of the difference of the pooled rates."""
        return np.asarray(np.sign(self.distinct.determinant)[self.which], dtype=np.float64)

    @cached_property
    def documents(self) -> tuple[PartCounts, PartCounts]:
        assert self.target.documents is not None and self.reference.documents is not None
        return self.target.documents.select(self.places[0]), self.reference.documents.select(self.places[1])

    @cached_property
    def sides(self) -> dt.DocumentSides:
        return dt.DocumentSides(*self.documents)

    @cached_property
    def one_document(self) -> bool:
        return min(self.target.n_held, self.reference.n_held) < 2


def _table(f1: Floats, n1: int, f2: Floats, n2: int, alpha: float = 0.05) -> Contingency:
    shape = f1.shape
    return Contingency(f1, np.full(shape, float(n1)), f1 + f2, np.full(shape, float(n1 + n2)), alpha)


def _whole(values: Floats) -> Any:
    return values.astype(np.int64)


def _from_table(name: str) -> Callable[[_Comparison], Floats]:
    return lambda c: MEASURES[name](c.distinct)[c.which]


def _p_adjusted(c: _Comparison) -> Floats:
    return adjust_p(c["p_value"], c.options.correction, c.options.n_tests)


def _percent_diff(c: _Comparison) -> Floats:
    """(rate1 - rate2) / rate2 in per cent (Gabrielatos and Marchi 2011); infinite where the reference lacks the word."""
    return divide((c.rate1 - c.rate2) * 100, c.rate2)


def _relative_risk(c: _Comparison) -> Floats:
    return divide(c.rate1, c.rate2)


def _difference_coefficient(c: _Comparison) -> Floats:
    """(rate1 - rate2) / (rate1 + rate2), from -1 to 1 (Hofland and Johansson 1982)."""
    return divide(c.rate1 - c.rate2, c.rate1 + c.rate2)


def _simple_maths(c: _Comparison) -> Floats:
    """(rate1 + k) / (rate2 + k), rates per million (Kilgarriff 2009)."""
    k = c.options.simple_maths_k
    return divide(c.rate1 * 1e6 + k, c.rate2 * 1e6 + k)


def _bic(c: _Comparison) -> Floats:
    """Two-term G2 minus ln N (Wilson 2013)."""
    return np.asarray(np.abs(c["log_likelihood_rayson"]) - np.log(c.n1 + c.n2), dtype=np.float64)


def _ell(c: _Comparison) -> Floats:
    """Two-term G2 / (N ln of the smaller expected frequency) (Johnston, Berry and Mielke 2006)."""
    smallest = np.minimum(c.distinct.e11, c.distinct.e21)[c.which]
    with np.errstate(divide="ignore"):
        return divide(np.abs(c["log_likelihood_rayson"]), (c.n1 + c.n2) * np.log(smallest))


def _log_odds_z(c: _Comparison) -> Floats:
    """Log odds with a Dirichlet prior over their standard deviation (Monroe, Colaresi and Quinn 2008, eq. 16, 19, 20, 22)."""
    prior = _prior_counts(c)
    total = prior.sum()
    first, second = c.f1 + prior, c.f2 + prior
    with np.errstate(divide="ignore", invalid="ignore"):
        odds1 = np.log(first) - np.log(c.n1 + total - first)
        odds2 = np.log(second) - np.log(c.n2 + total - second)
        return np.asarray((odds1 - odds2) / np.sqrt(1 / first + 1 / second), dtype=np.float64)


def _prior_counts(c: _Comparison) -> Floats:
    prior, size = c.options.prior, c.options.prior_size
    if isinstance(prior, (int, float)):
        return np.full(len(c.index), float(prior) if size is None else size / len(c.index))
    counts = (
        c.f1 + c.f2
        if isinstance(prior, str)
        else _prior_series(prior).reindex(c.index).fillna(0).to_numpy(dtype=np.float64)
    )
    scaled = counts * (INFORMATIVE_PRIOR_SIZE if size is None else size) / max(counts.sum(), 1e-300)
    # A word that the prior does not know keeps the uninformative count: with 0 its odds would be undefined.
    return np.asarray(np.where(scaled > 0, scaled, UNINFORMATIVE_PRIOR), dtype=np.float64)


def _prior_series(prior: Any) -> pd.Series:
    series = prior.table["frequency"] if isinstance(prior, Frequencies) else pd.Series(prior, dtype=float)
    return series.set_axis(series.index.astype("str"))


def _text_dispersion(c: _Comparison) -> Floats:
    """Signed four-cell G2 on the numbers of documents that hold the word (Egbert and Biber 2019)."""
    assert c.target.n_documents is not None and c.reference.n_documents is not None
    return log_likelihood(_table(c.range1, c.target.n_documents, c.range2, c.reference.n_documents))


def _single_document(c: _Comparison) -> Any:
    """Whether the side that uses the word more has it in one document only."""
    held = np.where(c.direction < 0, c.range2, c.range1) if c.reference.document_range is not None else c.range1
    return (held == 1) & ((c.direction >= 0) | (c.reference.document_range is not None))


def _dp_norm_target(c: _Comparison) -> Floats:
    assert c.target.tokens is not None
    return dp_norm_of(count_parts(c.target.tokens, "unit").select(c.places[0]))


def _key_document_share(c: _Comparison) -> Floats:
    """Share of the target's documents in which the word is key by itself: more frequent than in the reference, p of G2 below 1 - confidence."""
    assert c.target.documents is not None
    documents = c.target.documents.select(c.places[0])
    size = documents.sizes[documents.part].astype(np.float64)
    count, other = documents.count.astype(np.float64), c.f2[documents.type_of]
    g2 = log_likelihood(Contingency(count, size, count + other, size + c.n2))
    key = (g2 > 0) & (chi_squared_p(g2) < 1 - c.options.confidence)
    return divide(documents.sum(key.astype(np.float64)), c.target.n_documents)


def _nan(c: _Comparison) -> Floats:
    return np.full(len(c.index), np.nan)


def _wilcoxon_p(c: _Comparison) -> Floats:
    return _nan(c) if c.one_document else dt.wilcoxon_p(c.sides)


def _cohen_d(c: _Comparison) -> Floats:
    return _nan(c) if c.one_document else dt.cohen_d(c.sides)


def _interval(c: _Comparison) -> tuple[Floats, Floats]:
    if c.one_document or not c.options.resamples:
        c.columns["log_ratio_low"] = c.columns["log_ratio_high"] = _nan(c)
    else:
        bounds = dt.bootstrap_log_ratio(c.sides, c.options.resamples, c.options.confidence, c.options.random_state)
        c.columns["log_ratio_low"], c.columns["log_ratio_high"] = bounds
    return c.columns["log_ratio_low"], c.columns["log_ratio_high"]


def _permutation_p(c: _Comparison) -> Floats:
    if c.one_document or not c.options.resamples:
        return _nan(c)
    return dt.permutation_p(c.sides, c.options.resamples, c.options.random_state)


def _direction_agrees(c: _Comparison) -> Any:
    """Whether no signed column, smoothed and document-based ones included, points against the difference of the pooled rates."""
    against = np.zeros(len(c.index), dtype=bool)
    for name in ("log_ratio", "log_ratio_walter", "log_ratio_conservative", "log_odds_z", "text_dispersion", "cohen_d"):
        if _why_absent(c, name) is None:
            with np.errstate(invalid="ignore"):
                against |= np.sign(c[name]) * c.direction < 0
    return ~against


@dataclass(frozen=True)
class _Measure:
    """How a column is computed and what it needs: "ranges" are document ranges, "units" the texts themselves."""

    compute: Callable[[_Comparison], Any]
    target: str = "counts"
    reference: str = "counts"


KEYNESS_MEASURES: dict[str, _Measure] = {
    "frequency_target": _Measure(lambda c: _whole(c.f1)),
    "frequency_reference": _Measure(lambda c: _whole(c.f2)),
    "per_million_target": _Measure(lambda c: c.rate1 * 1e6),
    "per_million_reference": _Measure(lambda c: c.rate2 * 1e6),
    "document_range_target": _Measure(lambda c: _whole(c.range1), target="ranges"),
    "document_range_reference": _Measure(lambda c: _whole(c.range2), reference="ranges"),
    "dp_norm_target": _Measure(_dp_norm_target, target="units"),
    "log_likelihood": _Measure(_from_table("log_likelihood")),
    "log_likelihood_rayson": _Measure(_from_table("log_likelihood_rayson")),
    "chi_squared": _Measure(_from_table("chi_squared")),
    "chi_squared_yates": _Measure(_from_table("chi_squared_yates")),
    "p_value": _Measure(_from_table("p_value")),
    "p_adjusted": _Measure(_p_adjusted),
    "fisher_p": _Measure(_from_table("fisher_p")),
    "log_ratio": _Measure(_from_table("log_ratio")),
    "log_ratio_walter": _Measure(_from_table("log_ratio_walter")),
    "log_ratio_conservative": _Measure(_from_table("log_ratio_conservative")),
    "percent_diff": _Measure(_percent_diff),
    "relative_risk": _Measure(_relative_risk),
    "odds_ratio": _Measure(_from_table("odds_ratio")),
    "difference_coefficient": _Measure(_difference_coefficient),
    "simple_maths": _Measure(_simple_maths),
    "bic": _Measure(_bic),
    "ell": _Measure(_ell),
    "pmi": _Measure(_from_table("mi")),
    "log_odds_z": _Measure(_log_odds_z),
    "text_dispersion": _Measure(_text_dispersion, target="ranges", reference="ranges"),
    "key_document_share": _Measure(_key_document_share, target="units"),
    "wilcoxon_p": _Measure(_wilcoxon_p, target="units", reference="units"),
    "cohen_d": _Measure(_cohen_d, target="units", reference="units"),
    "log_ratio_low": _Measure(lambda c: _interval(c)[0], target="units", reference="units"),
    "log_ratio_high": _Measure(lambda c: _interval(c)[1], target="units", reference="units"),
    "permutation_p": _Measure(_permutation_p, target="units", reference="units"),
    "direction_agrees": _Measure(_direction_agrees),
    "single_document": _Measure(_single_document, target="ranges"),
}


def keyness(
    target: Tokens | Frequencies | Side,
    reference: Tokens | Frequencies | Side,
    *,
    measures: str | Sequence[str] = "standard",
    correction: str | None = "holm",
    n_tests: int | None = None,
    confidence: float = 0.95,
    resamples: int = 0,
    simple_maths_k: float = 100,
    prior: Prior | str = UNINFORMATIVE_PRIOR,
    prior_size: float | None = None,
    random_state: int = 0,
) -> pd.DataFrame:
    r"""Compare the words of a target corpus with a reference: evidence, effect, spread and uncertainty in one table.

    .. math:: G^2 = 2 \sum_{ij} O_{ij} \ln (O_{ij} / E_{ij}), \qquad \mathrm{LR} = \log_2 \frac{O_{11} / R_1}{O_{21} / R_2}

    A positive `log_likelihood` or `log_ratio` marks a word of the target, a negative one a word of the reference. The log ratio says how
    large the difference is (1 is twice as frequent), G2 how surprising if all tokens were independent, which they are not: read both beside
    `text_dispersion`, `dp_norm_target` and, where there are documents enough, `log_ratio_low` and `permutation_p`.

    Parameters
    ----------
    target, reference
        Tokens, or frequency lists (or sides that `corpus_lib.measures.sides.group_sides` made of one corpus). Columns that need documents are there only
        where both sides, or the side they describe, have them.
    measures
        "standard", "all", or names; the counts are always there.
    correction
        For `p_adjusted`: "holm", "fdr_bh" (Benjamini-Hochberg), "bonferroni", or None. With any of them the interval behind
        `log_ratio_conservative` is at level (1 - confidence) / n_tests, with None at 1 - confidence.
    n_tests
        Size of the family of tests; the number of words compared by default.
    confidence
        Of the intervals, and for `key_document_share`.
    resamples
        Bootstrap samples and permutations of documents; 0 leaves their columns NaN. Few assignments of documents are all tried.
    simple_maths_k
        Added to both rates per million in `simple_maths`.
    prior, prior_size
        For `log_odds_z`. A number is the prior count of every word (uninformative). A frequency list, mapping or Series, or "pooled" for both
        corpora together, gives an informative prior: its proportions times `prior_size`, 500 by default.
    random_state
        Seed of the resampling.

    Returns
    -------
    DataFrame, index token: the union of the types of both sides, none filtered, ordered by (-abs(log_likelihood), token). `.attrs` holds the
    sizes, `n_tests`, `smallest_permutation_p` and `notes`: what could not be computed, and why.

    Raises
    ------
    InvalidType, InvalidValue
        A side that is not a corpus, an empty side, the target as its own reference, an unknown measure, impossible counts.

    Notes
    -----
    0/0 is NaN; x/0 is infinite in `percent_diff`, `relative_risk`, `odds_ratio`. `log_ratio` puts 1/2 in place of a zero count. Signs and
    variants are listed in docs/measures.md. G2 and its p take every token for an independent draw; a text that repeats its subject is not.

    References
    ----------
    .. [1] Evert (2022), Measuring keyness, Digital Humanities 2022.
    .. [2] Egbert and Biber (2019), Incorporating text dispersion into keyword analyses, Corpora 14, 77-104.
    .. [3] Rayson and Garside (2000), Comparing corpora using frequency profiling, 1-6.

    Examples
    --------
    "war" in AmE06 against BE06 (Brezina 2018, ch. 3): 2.3 times as frequent, a doubling and a fifth.

    >>> ame = Frequencies.from_counts({"war": 620}, n_tokens=1017879)
    >>> be = Frequencies.from_counts({"war": 267}, n_tokens=1007532)
    >>> keyness(ame, be, measures=["log_likelihood_rayson", "log_ratio"]).loc["war"].round(4).tail(2).to_dict()
    {'log_likelihood_rayson': 140.8655, 'log_ratio': 1.2007}
    """
    names = choose_measures(measures, tuple(KEYNESS_MEASURES), STANDARD)
    names = tuple(dict.fromkeys([*(COUNTS if not isinstance(measures, str) else ()), *names]))
    first, second = _checked_sides(target, reference)
    check_option("correction", correction, CORRECTIONS)
    _check_options(confidence, n_tests, resamples, simple_maths_k, prior, prior_size)
    index, places = _union(first.index, second.index)
    options = _Options(
        correction,
        len(index) if n_tests is None else int(n_tests),
        confidence,
        int(resamples),
        simple_maths_k,
        prior,
        prior_size,
        random_state,
    )
    comparison = _Comparison(index, places, first, second, options)
    absent = {name: reason for name in names if (reason := _why_absent(comparison, name)) is not None}
    frame = pd.DataFrame({name: comparison[name] for name in names if name not in absent}, index=index)
    order = np.argsort(-np.abs(comparison["log_likelihood"]), kind="stable")
    frame = frame.iloc[order]
    frame.attrs.update(_attributes(comparison, names, absent))
    return frame


def _union(*indexes: pd.Index) -> tuple[pd.Index, tuple[Any, Any]]:
    """All types of both sides, sorted by code point, and where each stands in either side."""
    if indexes[0] is indexes[1]:
        places_of_all = np.arange(len(indexes[0]))
        return indexes[0], (places_of_all, places_of_all)
    words = [index.to_numpy(dtype=object).tolist() for index in indexes]
    types = sorted({*words[0], *words[1]})
    number = dict(zip(types, range(len(types)), strict=True))
    places = np.full((2, len(types)), -1, dtype=np.int64)
    for side, listed in zip(places, words, strict=True):
        side[np.fromiter(map(number.__getitem__, listed), dtype=np.int64, count=len(listed))] = np.arange(len(listed))
    return pd.Index(types, name="token", dtype="str"), (places[0], places[1])


def _why_absent(c: _Comparison, name: str) -> str | None:
    """What a column would need and does not have, or None."""
    measure = KEYNESS_MEASURES[name]
    for label, need, side in (("target", measure.target, c.target), ("reference", measure.reference, c.reference)):
        if need == "ranges" and side.document_range is None:
            return f"the {label} is a list without document ranges"
        if need == "units" and not side.has_texts:
            return f"the {label} is a frequency list, not texts"
    return None


def _attributes(c: _Comparison, names: Sequence[str], absent: Mapping[str, str]) -> dict[str, Any]:
    o = c.options
    values: dict[str, Any] = {
        "n_target": c.n1, "n_reference": c.n2, "n_documents_target": c.target.n_documents, "n_documents_reference": c.reference.n_documents,
        "n_tests": o.n_tests, "correction": o.correction, "confidence": o.confidence, "resamples": o.resamples,
    }  # fmt: skip
    notes = [
        f"{', '.join(n for n in absent if absent[n] == reason)}: not computed, {reason}"
        for reason in dict.fromkeys(absent.values())
    ]
    if c.target.has_texts and c.reference.has_texts:
        values["smallest_permutation_p"], found = _permutation_notes(c, names)
        notes += found
    notes += _list_notes(c)
    if (shared := _shared_documents(c)) > 0:
        notes.append(f"{shared} documents have parts on both sides; the sides are not independent")
    return {**values, "notes": notes}


def _permutation_notes(c: _Comparison, names: Sequence[str]) -> tuple[float, list[str]]:
    n1, n2 = c.target.n_held, c.reference.n_held
    ways = comb(n1 + n2, n1)
    smallest = dt.smallest_permutation_p(n1, n2, c.options.resamples)
    resampled = [n for n in ("log_ratio_low", "log_ratio_high", "permutation_p") if n in names]
    if c.one_document:
        gone = [n for n in ("wilcoxon_p", "cohen_d", *resampled) if n in names]
        text = f"{n1} against {n2} documents: only {ways} assignments of documents exist, so no permutation p below {1 / ways:.3g} can be had"
        return smallest, [f"{text}, and one document has no spread{'; NaN: ' + ', '.join(gone) if gone else ''}"]
    notes = []
    if resampled and not c.options.resamples:
        notes.append(f"{', '.join(resampled)}: NaN, because resamples=0")
    if "permutation_p" in names and c.options.resamples:
        many = f"{ways:,}" if ways < 10**9 else f"some 10^{len(str(ways)) - 1}"
        how = (
            f"all {many} assignments tried"
            if dt.is_exact(n1, n2, c.options.resamples)
            else f"{c.options.resamples} of {many} assignments drawn"
        )
        notes.append(f"permutation_p: {how}; the smallest attainable value is {smallest:.3g}")
    return smallest, notes


def _list_notes(c: _Comparison) -> list[str]:
    """What must be known of a list that was cut, made by another tokenizer, or stated rather than counted."""
    notes = []
    for label, side, other in (("target", c.target, c.reference), ("reference", c.reference, c.target)):
        least, pattern = side.info.get("min_frequency", 1), side.info.get("pattern_sha256")
        if least > 1:
            notes.append(
                f"the {label} lists words from frequency {least} on; a word that it does not list counts as 0 and may occur up to {least - 1} times"
            )
        made = other.tokens.tokenizer if pattern and other.tokens is not None else None
        if made is not None and not (made.is_pattern_alone and pattern == sha256(made.pattern.encode("utf-8"))):
            notes.append(
                f"the {label} was made by another tokenizer; words that the two divide differently cannot be compared"
            )
    return notes


def _shared_documents(c: _Comparison) -> int:
    if c.target.is_apart:
        return 0
    first, second = c.target.tokens, c.reference.tokens
    if first is None or second is None or first.source is not second.source:
        return 0
    return len(set(first.units["doc_id"]) & set(second.units["doc_id"]))


def _checked_sides(target: Any, reference: Any) -> tuple[Side, Side]:
    if isinstance(target, Side) and isinstance(reference, Side):
        return target, reference
    for name, side in (("target", target), ("reference", reference)):
        if not isinstance(side, (Tokens, Frequencies)):
            raise InvalidType(
                f"`{name}` must be Tokens or Frequencies; found {type(side).__name__}. Make one with tokenize(corpus) or Frequencies.from_counts(counts)."
            )
    if _is_same(target, reference):
        raise InvalidValue(
            f"`reference` must be another corpus than `target`; found the same {target!r} twice. Choose other documents, or a reference list."
        )
    sides = Side.of(target), Side.of(reference)
    for name, side in zip(("target", "reference"), sides, strict=True):
        raise_all(f"`{name}`", _side_problems(side))
        if side.n_tokens < 1:
            raise InvalidValue(f"`{name}` must have at least one token; found none. Choose documents that hold words.")
    return sides


def _is_same(target: Any, reference: Any) -> bool:
    if target is reference:
        return True
    if not (isinstance(target, Tokens) and isinstance(reference, Tokens)) or target.source is not reference.source:
        return False
    # The tokens last: those of a part of a corpus are copied when they are looked at.
    same_units = np.array_equal(target.offsets, reference.offsets) and target.units["doc_id"].equals(
        reference.units["doc_id"]
    )
    return bool(
        same_units and np.array_equal(target.starts, reference.starts) and np.array_equal(target.ids, reference.ids)
    )


def _side_problems(side: Side) -> list[str]:
    """Counts that no corpus can have."""
    frequency = pd.to_numeric(pd.Series(side.frequency, index=side.index), errors="coerce")
    problems = []
    if frequency.isna().any() or (frequency < 0).any():
        bad = frequency[frequency.isna() | (frequency < 0)]
        problems.append(
            f"frequencies must not be negative; found {bad.iloc[0]:g} for {bad.index[0]!r}. Give counts of 0 or more."
        )
    elif frequency.sum() > side.n_tokens:
        problems.append(
            f"frequencies must not add up to more than the size; found {frequency.sum():,.0f} in {side.n_tokens:,} tokens. State the corpus's size."
        )
    if (
        side.document_range is not None
        and side.n_documents is not None
        and np.any(side.document_range > side.n_documents)
    ):
        problems.append(
            f"document ranges must not exceed the number of documents, {side.n_documents}. State all documents."
        )
    return problems


def _check_options(confidence: float, n_tests: Any, resamples: Any, k: float, prior: Any, prior_size: Any) -> None:
    check_confidence(confidence)
    check_n_tests(n_tests)
    problems = []
    if isinstance(resamples, bool) or not isinstance(resamples, (int, np.integer)) or resamples < 0:
        problems.append(
            f"`resamples` must be a whole number of at least 0; found {resamples!r}. Give 1000, or 0 for none."
        )
    if not k > 0:
        problems.append(
            f"`simple_maths_k` must be positive; found {k!r}. Give 1 for rare words, 100 or more for common ones."
        )
    if isinstance(prior, str) and prior != "pooled":
        problems.append(
            f"`prior` must be a number, a frequency list or 'pooled'; found {prior!r}. Choose one of these."
        )
    if isinstance(prior, (int, float)) and not prior > 0:
        problems.append(f"`prior` must be positive; found {prior!r}. Give 0.01, or a frequency list.")
    if prior_size is not None and not prior_size > 0:
        problems.append(
            f"`prior_size` must be positive; found {prior_size!r}. Give the number of words that the prior is worth."
        )
    raise_all("keyness", problems)


def against(tokens: Tokens, reference: Frequencies | Tokens, **options: Any) -> pd.DataFrame:
    """`keyness` of a corpus and a reference, where a corpus that cleaning left without a word is not an error: it has no row, and a note says so.

    Examples
    --------
    >>> from corpus_lib import Frequencies, Tokens
    >>> table = against(Tokens.from_lists([[]]), Frequencies.from_counts({"war": 1}))
    >>> len(table), table.attrs["notes"]
    (0, ['The corpus holds no word, so that nothing is compared.'])
    """
    if tokens.n_tokens:
        return keyness(tokens, reference, **options)
    table = keyness(Tokens.from_lists([["a"]]), reference, **options).head(0)
    table.attrs |= {"n_target": 0, "notes": ["The corpus holds no word, so that nothing is compared."]}
    return table
