"""Words in context: concordance lines with the original text, collocates, n-grams.

Matching is on tokens as the tokenizer folded them; what is shown is the text as it stands, cut out by characters, with its punctuation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corpus_lib.context.ngram_counts import Grams, count_grams
from corpus_lib.corpus.clean import CleanCorpus
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.errors import InvalidType, InvalidValue, check_option
from corpus_lib.measures.association import CORRECTIONS, MEASURES, STANDARD, adjust_p, association, choose_measures
from corpus_lib.measures.dispersion import dp_norm_of
from corpus_lib.tokens.counts import PartCounts, count_by_part, part_offsets
from corpus_lib.tokens.fast.kernel import scan_module
from corpus_lib.tokens.query import Node, find, unit_at
from corpus_lib.tokens.sentences import sentences

if TYPE_CHECKING:
    from corpus_lib.tokens.tokens import Tokens

__all__ = ["collocates", "kwic", "ngram_tokens", "ngrams", "positions"]

Ints = NDArray[np.int64]
Within = Literal["unit", "sentence"]
WITHIN = ("unit", "sentence")
# Citing costs a fifth of a millisecond; the whole map of a stored corpus is worth reading only for more lines than anybody looks at.
CITED_ONE_BY_ONE = 1000
# The compiled loops start in 1 to 2 s; sorting takes as long for this many tokens.
COMPILED_TOKENS = 5_000_000
KWIC_COLUMNS = ["doc_id", "left", "node", "right", "line", "start", "end", "unit", "token"]


@dataclass(frozen=True)
class _Stretches:
    """The stretches (units or sentences) that a context may not leave: token bounds and the first character of each."""

    bounds: Ints
    characters: Ints

    @classmethod
    def of(cls, tokens: Tokens, within: str) -> _Stretches:
        check_option("within", within, WITHIN)
        if within == "unit":
            return cls(np.asarray(tokens.offsets, dtype=np.int64), tokens.units["start"].to_numpy(dtype=np.int64))
        found = sentences(tokens)
        return cls(found.first, found.start)

    def at(self, positions: Ints) -> Ints:
        """Number of the stretch of each token."""
        return np.asarray(np.searchsorted(self.bounds, positions, side="right") - 1, dtype=np.int64)


def kwic(
    tokens: Tokens,
    node: Node,
    *,
    window: int = 8,
    limit: int | None = None,
    skip: int = 0,
    sort: str | Sequence[str] | None = None,
    within: Within = "unit",
    metadata: Sequence[str] = (),
    sample: int | None = None,
    random_state: int = 0,
) -> pd.DataFrame:
    """Concordance: every occurrence of a node with the original text on both sides.

    Parameters
    ----------
    tokens
        The corpus; `tokens.where(...)` or `tokenize(..., voice="quoted")` restricts it.
    node
        A word, a phrase ("united states"), a wildcard ("secur*", "?" for one character), a compiled regular expression that one whole token
        must match, or a list of these. Case does not matter where the tokenizer folds it.
    window
        Tokens of context on each side, at most; the context ends with the unit, or with the sentence.
    limit, skip
        Show this many lines at most, after sorting, and leave out the first `skip`: page 3 of 50 lines a page has `limit=50, skip=100`.
        `.attrs["n_hits"]` is the number found.
    sort
        None for corpus order, "node", "left1" (the word before), "right2", ..., "left" and "right" for the three nearest, or a list.
    within
        "unit" or "sentence".
    metadata
        Columns of `tokens.units` to add.
    sample, random_state
        Draw this many lines at random, by this seed, before sorting.

    Returns
    -------
    DataFrame: `doc_id`, `left`, `node`, `right` (exact text: left + node + right is one stretch of `source.text(doc_id)`), `line` (of the source
    file), `start`, `end` (characters of the node in that text), `unit`, `token` (number of its first token), and the metadata. `.attrs` holds
    `n_hits`, `n_shown`, `n_documents` with a hit, and `node`.

    Raises
    ------
    InvalidType, InvalidValue
        A node that is none, a sort key or a metadata column that does not exist.

    Examples
    --------
    >>> from corpus_lib.tokens.tokens import Tokens
    >>> tokens = Tokens.from_lists([["peace", "and", "security"], ["security", "first"]])
    >>> kwic(tokens, "secur*", window=1)[["doc_id", "left", "node", "right"]].values.tolist()
    [['0', 'and ', 'security', ''], ['1', '', 'security', ' first']]
    """
    _check_count("window", window, 0)
    missing = [name for name in metadata if name not in tokens.units]
    if isinstance(metadata, str) or missing:
        listed = ", ".join(map(repr, tokens.units.columns))
        raise InvalidValue(
            f"`metadata` must be a list of columns among {listed}; found {metadata!r}. Choose among these."
        )
    first, last = find(tokens, node)
    n_hits = len(first)
    n_documents = len(np.unique(tokens.doc_of()[np.diff(np.searchsorted(first, tokens.offsets)) > 0]))
    shown = _chosen(tokens, first, last, _sort_names(sort), _page(limit, skip, n_hits), sample, random_state)
    frame = _lines(tokens, first[shown], last[shown], window, within)
    for name in metadata:
        frame[name] = tokens.units[name].array[frame["unit"].to_numpy()]
    frame.attrs.update(n_hits=n_hits, n_shown=len(frame), n_documents=n_documents, node=_shown(node))
    return frame


def _shown(node: Any) -> str:
    return (
        node
        if isinstance(node, str)
        else node.pattern
        if hasattr(node, "pattern")
        else ", ".join(_shown(item) for item in node)
    )


def _check_count(name: str, value: Any, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise InvalidType(f"`{name}` must be a whole number; found {value!r}. Give one from {least} on.")
    if value < least:
        raise InvalidValue(f"`{name}` must be at least {least}; found {value!r}. Give a larger number.")


def _page(limit: Any, skip: Any, n_hits: int) -> slice:
    _check_count("skip", skip, 0)
    if limit is None:
        return slice(skip, n_hits)
    _check_count("limit", limit, 0)
    return slice(skip, skip + limit)


def _chosen(
    tokens: Tokens, first: Ints, last: Ints, names: Sequence[str], page: slice, sample: Any, random_state: int
) -> Ints:
    """Numbers of the hits to show, in the order to show them."""
    chosen = np.arange(len(first))
    if sample is not None:
        _check_count("sample", sample, 1)
        drawn = np.random.default_rng(random_state).choice(len(first), size=min(sample, len(first)), replace=False)
        chosen = np.sort(drawn)
    if names:
        chosen = chosen[_in_order(tokens, first[chosen], last[chosen], names, page.stop)]
    return chosen[page]


def _in_order(tokens: Tokens, first: Ints, last: Ints, names: Sequence[str], stop: int) -> Ints:
    """Numbers of the hits sorted by these keys, as far as place `stop`."""
    candidates = np.arange(len(first))
    if stop < len(first):
        # Only hits whose first key is low enough to come before `stop` have to be sorted: a page of millions costs one count of that key.
        key = _sort_key(tokens, first, last, names[0]) + 1
        highest = np.searchsorted(np.cumsum(np.bincount(key)), stop)
        candidates = np.flatnonzero(key <= highest)
    keys = [_sort_key(tokens, first[candidates], last[candidates], name) for name in names]
    return candidates[np.lexsort([candidates, *reversed(keys)])]


def _sort_names(sort: Any) -> list[str]:
    names = [] if sort is None else [sort] if isinstance(sort, str) else list(sort)
    expanded = (
        [f"{n}{i}" for n in names if n in ("left", "right") for i in (1, 2, 3)]
        if set(names) <= {"left", "right"}
        else names
    )
    for name in expanded:
        side, place = name.rstrip("0123456789"), name[len(name.rstrip("0123456789")) :]
        if not (name == "node" or (side in ("left", "right") and place.isdecimal() and int(place) > 0)):
            raise InvalidValue(
                f"`sort` must be None, 'node', 'left', 'right', or a position such as 'left1' or 'right2'; found {name!r}."
            )
    return expanded


def _sort_key(tokens: Tokens, first: Ints, last: Ints, name: str) -> Ints:
    """Rank of the word at a position; ids are in code point order, and -1 stands for the end of the unit."""
    if name == "node":
        return np.asarray(tokens.ids[first], dtype=np.int64)
    place = int(name.lstrip("leftrigh"))
    offsets = np.asarray(tokens.offsets)
    # The hits are in corpus order, so those of a unit are a run.
    hits = np.diff(np.searchsorted(first, offsets))
    if name.startswith("left"):
        at = first - place
        inside = at >= np.repeat(offsets[:-1], hits)
    else:
        at = last - 1 + place
        inside = at < np.repeat(offsets[1:], hits)
    return np.where(inside, tokens.ids[np.where(inside, at, first)], -1).astype(np.int64)


def _lines(tokens: Tokens, first: Ints, last: Ints, window: int, within: str) -> pd.DataFrame:
    """The concordance lines of some hits, in their order."""
    unit = unit_at(tokens, first)
    doc_ids = _doc_ids(tokens, unit)
    start, end = tokens.starts[first].astype(np.int64), tokens.ends[last - 1].astype(np.int64)
    left, right = _context(tokens, first, last, window, within)
    text = {d: tokens.source.text(d) for d in dict.fromkeys(doc_ids)}
    spans = zip(doc_ids, left, start, end, right, strict=True)
    cut = [(text[d][a:b], text[d][b:c], text[d][c:e]) for d, a, b, c, e in spans]
    parts = {name: pd.array([c[i] for c in cut], dtype="str") for i, name in enumerate(("left", "node", "right"))}
    columns = {
        "doc_id": pd.array(doc_ids, dtype="str"),
        **parts,
        "line": source_line(tokens, text, doc_ids, start, end),
    }
    return pd.DataFrame({**columns, "start": start, "end": end, "unit": unit, "token": first}, columns=KWIC_COLUMNS)


def _doc_ids(tokens: Tokens, units: Ints) -> NDArray[np.object_]:
    """The document of each unit in a list of units."""
    return np.asarray(tokens.units["doc_id"].array.take(units), dtype=object)


def _context(tokens: Tokens, first: Ints, last: Ints, window: int, within: str) -> tuple[Ints, Ints]:
    """First character of the left context and the one after the right context."""
    stretches = _Stretches.of(tokens, within)
    begin, finish = stretches.at(first), stretches.at(last - 1)
    low, high = stretches.bounds[begin], stretches.bounds[finish + 1]
    a, b = np.maximum(first - window, low), np.minimum(last + window, high)
    left, right = tokens.starts[a].astype(np.int64), tokens.ends[b - 1].astype(np.int64)
    if window > 0:
        # A context that reaches the edge takes what stands there without being a token: quotation marks, a mask, the final stop.
        left = np.where(a == low, stretches.characters[begin], left)
        at_end = b == high
        right[at_end] = _stretch_ends(tokens, stretches, finish[at_end])
    return np.minimum(left, tokens.starts[first]), np.maximum(right, tokens.ends[last - 1])


def _stretch_ends(tokens: Tokens, stretches: _Stretches, numbers: Ints) -> Ints:
    """Character after each stretch, the white space before the next one left out."""
    unit = unit_at(tokens, stretches.bounds[numbers])
    end = tokens.units["end"].to_numpy(dtype=np.int64)[unit]
    following = np.minimum(numbers + 1, len(stretches.characters) - 1)
    same_unit = (numbers + 1 < len(stretches.characters)) & (unit_at(tokens, stretches.bounds[following]) == unit)
    end = np.where(same_unit, stretches.characters[following], end)
    doc_ids = _doc_ids(tokens, unit)
    known: dict[tuple[str, int], int] = {}
    for doc_id, e in zip(doc_ids, end, strict=True):
        if (doc_id, int(e)) not in known:
            known[doc_id, int(e)] = _before_space(tokens.source.text(doc_id), int(e))
    return np.array([known[d, int(e)] for d, e in zip(doc_ids, end, strict=True)], dtype=np.int64)


def _before_space(text: str, end: int) -> int:
    while end > 0 and text[end - 1].isspace():
        end -= 1
    return end


def source_line(tokens: Tokens, text: Mapping[str, str], doc_ids: Any, start: Ints, end: Ints) -> Ints:
    """Line of the source file on which each span starts, as `source.cite` gives it."""
    source = tokens.source
    if isinstance(source, CleanCorpus) and len(start) > CITED_ONE_BY_ONE:
        return _lines_of_segments(source, doc_ids, start)
    spans = list(zip(doc_ids, start.tolist(), end.tolist(), strict=True))
    if isinstance(source, CleanCorpus):
        return _lines_at(source.corpus.text, doc_ids, [source._source_spans(d, a, b)[0][0] for d, a, b in spans])
    if isinstance(source, Corpus):
        return _lines_at(text.__getitem__, doc_ids, start.tolist())
    return np.array([source.cite(d, a, b).first_line for d, a, b in spans], dtype=np.int64)


def _lines_at(text: Callable[[str], str], doc_ids: Any, start: list[int]) -> Ints:
    r"""Lines of characters that end no line, counted from 1; only ``\n``, ``\r\n`` and ``\r`` end a line.

    Line ends are counted from one character to the next of its document: from the document's start each time, it would take the square of its length.
    """
    lines = np.zeros(len(start), dtype=np.int64)
    known: dict[str, tuple[int, int]] = {}
    for place in np.argsort(start, kind="stable").tolist():
        doc_id, at = doc_ids[place], start[place]
        before, line = known.get(doc_id, (0, 1))
        known[doc_id] = at, line + _line_ends(text(doc_id), before, at)
        lines[place] = known[doc_id][1]
    return lines


def _line_ends(text: str, start: int, end: int) -> int:
    returns = text.count("\r", start, end)
    both = text.count("\r\n", start, end) if returns else 0
    return text.count("\n", start, end) + returns - both


def _lines_of_segments(source: CleanCorpus, doc_ids: Any, start: Ints) -> Ints:
    line = np.zeros(len(start), dtype=np.int64)
    segments = source.segments
    groups = segments.groupby("doc_id", sort=False).indices
    for doc_id, mine in pd.Series(doc_ids).groupby(doc_ids, sort=False).indices.items():
        rows = segments.iloc[groups[doc_id]]
        place = np.searchsorted(rows["end"].to_numpy(), start[mine], side="right")
        line[mine] = rows["line"].to_numpy()[np.minimum(place, len(rows) - 1)]
    return line


def positions(tokens: Tokens, words: Sequence[Node]) -> pd.DataFrame:
    """Where nodes occur in each document: the data of a dispersion plot.

    Parameters
    ----------
    tokens
        The corpus.
    words
        Nodes, as for `kwic`; each is one row of the plot.

    Returns
    -------
    DataFrame, one row an occurrence: `word`, `doc_id`, `position` (share of the document's tokens that stand before it, from 0 to 1) and `token`.

    Examples
    --------
    >>> from corpus_lib.tokens.tokens import Tokens
    >>> positions(Tokens.from_lists([["a", "b", "a", "c"]]), ["a"])["position"].tolist()
    [0.0, 0.5]
    """
    if isinstance(words, str):
        raise InvalidType(f"`words` must be a list of nodes; found the string {words!r}. Write [{words!r}].")
    document = tokens.doc_of()
    sizes = np.bincount(document, weights=tokens.sizes) if tokens.n_units else np.zeros(0)
    # Tokens of the same document that stand in earlier units.
    before = np.concatenate([[0], np.cumsum(tokens.sizes)])[:-1]
    origin = np.full(len(sizes), np.inf)
    np.minimum.at(origin, document, before)
    doc_ids = tokens.units["doc_id"].to_numpy(dtype=object)
    frames = []
    for word in words:
        first, _ = find(tokens, word)
        unit = unit_at(tokens, first)
        share = (first - origin[document[unit]]) / sizes[document[unit]] if len(first) else np.zeros(0)
        columns = {
            "word": pd.array([_shown(word)] * len(first), dtype="str"),
            "doc_id": pd.array(doc_ids[unit], dtype="str"),
        }
        frames.append(pd.DataFrame({**columns, "position": share.astype(np.float64), "token": first}))
    return (
        pd.concat(frames, ignore_index=True)
        if frames
        else pd.DataFrame(columns=["word", "doc_id", "position", "token"])
    )


def collocates(
    tokens: Tokens,
    node: Node,
    *,
    window: int | tuple[int, int] = 5,
    measures: str | Sequence[str] = "standard",
    min_frequency: int = 1,
    within: Within = "unit",
    correction: str | None = "holm",
    n_tests: int | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Words that keep company with a node.

    The contingency table is that of surface cooccurrence: the sample is every token of the corpus that is not part of the node itself. A token
    is in the first row if it stands in the window of at least one occurrence of the node, and it is counted once, in however many windows
    it stands. O11 is the collocate's frequency inside the windows, R1 the number of tokens inside, C1 the collocate's frequency in the sample.

    Parameters
    ----------
    tokens, node
        As for `kwic`.
    window
        Tokens on each side, or (left, right).
    measures
        "standard", "all", or names of `association`.
    min_frequency
        List collocates with at least this many occurrences inside the windows.
    within
        Windows end with the "unit" or with the "sentence".
    correction, n_tests
        For `p_adjusted` and the interval of `log_ratio_conservative`; the family is the collocates listed, unless `n_tests` says otherwise.
    confidence
        Of that interval.

    Returns
    -------
    DataFrame, index token, ordered by (-log_likelihood, token): `observed` (O11), `observed_left`, `observed_right` (inside windows on that side),
    `expected` (E11), `corpus_frequency` (C1), `document_range` (documents in which the two meet), the measures, and `p_adjusted` with a p-value.
    `.attrs` holds `n_node`, `n_window` (R1), `n_sample` (N), `n_tests`.

    Notes
    -----
    With one subject in few texts most words meet the node often: `document_range` tells habit from one author's phrase.

    References
    ----------
    .. [1] Evert (2008), Corpora and collocations, in Luedeling and Kytoe (eds), Corpus Linguistics, pp. 1223-1226.

    Examples
    --------
    >>> from corpus_lib.tokens.tokens import Tokens
    >>> tokens = Tokens.from_lists([["cold", "war", "and", "peace", "cold", "war"]])
    >>> collocates(tokens, "war", window=1, measures=["mi"])[["observed", "expected", "corpus_frequency"]].loc["cold"].tolist()
    [2.0, 1.5, 2.0]
    """
    spans = (window, window) if isinstance(window, (int, np.integer)) else tuple(window)
    if len(spans) != 2:
        raise InvalidValue(f"`window` must be a number or a pair (left, right); found {window!r}. Write 5 or (5, 0).")
    for n in spans:
        _check_count("window", n, 0)
    names = choose_measures(measures, tuple(MEASURES), STANDARD)
    check_option("correction", correction, CORRECTIONS)
    first, last = find(tokens, node)
    windows = _Windows.of(_Stretches.of(tokens, within), first, last, spans)
    n_types = len(tokens.vocabulary)
    observed = np.bincount(tokens.ids[windows.inside], minlength=n_types)
    listed = np.flatnonzero(observed >= max(min_frequency, 1))
    total = tokens.frequency[listed] - np.bincount(tokens.ids[windows.node], minlength=n_types)[listed]
    n_window, n_sample = len(windows.inside), tokens.n_tokens - len(windows.node)
    tests = len(listed) if n_tests is None else n_tests
    frame = pd.DataFrame(
        {
            "observed": observed[listed],
            "observed_left": np.bincount(tokens.ids[windows.left], minlength=n_types)[listed],
            "observed_right": np.bincount(tokens.ids[windows.right], minlength=n_types)[listed],
            "expected": n_window * total / max(n_sample, 1),
            "corpus_frequency": total,
            "document_range": _ranges(tokens, windows.inside)[listed],
        },
        index=tokens.vocabulary[listed].rename("token"),
    )
    family = max(tests, 1) if correction else 1
    table = association(
        frame["observed"], n_window, frame["corpus_frequency"], n_sample, measures=list(dict.fromkeys([*names, "log_likelihood", "p_value"])),
        confidence=confidence, n_tests=family,
    )  # fmt: skip
    frame = pd.concat([frame, table[list(names)]], axis=1)
    if "p_value" in names:
        frame.insert(frame.columns.get_loc("p_value") + 1, "p_adjusted", adjust_p(frame["p_value"], correction, tests))
    # The vocabulary is in code point order, so a stable sort leaves ties in that order.
    frame = frame.iloc[np.argsort(-table["log_likelihood"].to_numpy(), kind="stable")]
    frame.attrs.update(n_node=len(first), n_window=n_window, n_sample=n_sample, n_tests=tests, node=_shown(node))
    return frame


@dataclass(frozen=True)
class _Windows:
    """Token numbers, ascending: those of the node, and those near it that are no part of it, to its left, to its right, and on either side."""

    node: Ints
    left: Ints
    right: Ints
    inside: Ints

    @classmethod
    def of(cls, stretches: _Stretches, first: Ints, last: Ints, spans: Any) -> _Windows:
        """The windows of hits in corpus order; hits that overlap are one block, and no window reaches into a block."""
        reach = np.maximum.accumulate(last)
        new = np.append(True, first[1:] >= reach[:-1])[: len(first)]
        begin = first[new]
        end = reach[np.append(new[1:], True)[: len(first)]]
        low, high = stretches.bounds[stretches.at(begin)], stretches.bounds[stretches.at(end - 1) + 1]
        before, after = np.append(0, end[:-1])[: len(end)], np.append(begin[1:], high[-1:])
        left = np.maximum(np.maximum(begin - spans[0], low), before)
        right = np.minimum(np.minimum(end + spans[1], high), after)
        # Between two blocks the window on the left of the second goes on where that on the right of the first ends.
        free = np.maximum(left, np.append(0, right[:-1])[: len(right)])
        return cls(
            _ranges_of(begin, end),
            _ranges_of(left, begin),
            _ranges_of(end, right),
            _ranges_of(np.column_stack([free, end]).ravel(), np.column_stack([begin, right]).ravel()),
        )


def _ranges_of(first: Ints, last: Ints) -> Ints:
    """The numbers from each `first` up to its `last`, which is left out; nothing where that is not larger."""
    sizes = np.maximum(last - first, 0)
    before = np.cumsum(sizes) - sizes
    return np.repeat(first - before, sizes) + np.arange(int(sizes.sum()))


def _ranges(tokens: Tokens, at: Ints) -> Ints:
    """Number of documents in which each type has one of these tokens."""
    n_types = max(len(tokens.vocabulary), 1)
    document = tokens.doc_of()[unit_at(tokens, at)]
    # Sorting beats the hashing of np.unique by ten times here.
    pairs = np.sort(document.astype(np.int64) * n_types + tokens.ids[at])
    new = np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]
    return np.bincount(pairs[new] % n_types, minlength=n_types).astype(np.int64)


def ngram_tokens(tokens: Tokens, n: int, *, within: Within = "unit") -> Tokens:
    """The corpus with each n-gram as one token, so that frequencies, keyness, dispersion and kwic work on n-grams.

    Parameters
    ----------
    tokens
        The corpus.
    n
        Words of an n-gram; it never runs across two units (or sentences).
    within
        "unit" or "sentence".

    Returns
    -------
    Tokens whose types are words joined by a space. Neighbouring n-grams overlap, so they are not independent: read G2 as a ranking.

    Examples
    --------
    >>> from corpus_lib.tokens.tokens import Tokens
    >>> ngram_tokens(Tokens.from_lists([["a", "b", "a", "b"]]), 2).words()
    ['a b', 'b a', 'a b']
    """
    _check_count("n", n, 1)
    return _as_tokens(tokens, n, *_packed(tokens, n, 1, _Stretches.of(tokens, within)))


def _as_tokens(tokens: Tokens, n: int, first: Ints, code: Ints, words: Ints) -> Tokens:
    from corpus_lib.tokens.tokens import Tokens as TokensType

    texts = _joined(tokens, words)
    rank = _by_text(texts)
    return TokensType(
        rank[code].astype(np.int32), np.searchsorted(first, tokens.offsets).astype(np.int64), np.asarray(tokens.starts)[first],
        np.asarray(tokens.ends)[first + n - 1], texts[np.argsort(rank)].rename("token"), tokens.units, tokens.source,
        {**tokens.settings, "ngram": n},
    )  # fmt: skip


def _packed(tokens: Tokens, n: int, min_frequency: int, stretches: _Stretches) -> tuple[Ints, Ints, Ints]:
    """First token and code of each n-gram that is frequent enough, and the types of each code, one row a code.

    An n-gram is frequent only if its first n - 1 words are, so each round looks at what the last one left.
    """
    n_types = max(len(tokens.vocabulary), 1)
    first = np.arange(tokens.n_tokens, dtype=np.int64)
    code = np.asarray(tokens.ids, dtype=np.int64)
    words = np.arange(n_types, dtype=np.int64)[:, None]
    for length in range(1, n + 1):
        if length > 1:
            room = first + length <= stretches.bounds[stretches.at(first) + 1]
            first, code = first[room], code[room]
            key, code = np.unique(code * n_types + tokens.ids[first + length - 1], return_inverse=True)
            words = np.column_stack([words[key // n_types], key % n_types])
        kept = np.bincount(code, minlength=len(words)) >= min_frequency
        renumber = np.cumsum(kept) - 1
        first, code, words = first[kept[code]], renumber[code[kept[code]]], words[kept]
    return first, code, words


def _joined(tokens: Tokens, words: Ints) -> pd.Index:
    """The texts of n-grams, words joined by a blank."""
    import pyarrow as pa
    import pyarrow.compute as pc

    vocabulary = pa.array(tokens.vocabulary, type=pa.large_string())
    columns = [vocabulary.take(pa.array(column)) for column in words.T]
    joined = (
        columns[0]
        if len(columns) == 1
        else pc.binary_join_element_wise(*columns, pa.scalar(" ", type=pa.large_string()))
    )
    return pd.Index(pd.array(joined, dtype="str"))


def ngrams(
    tokens: Tokens,
    n: int,
    *,
    min_frequency: int = 2,
    measures: str | Sequence[str] = ("mi", "npmi", "log_likelihood", "log_dice"),
    within: Within = "unit",
) -> pd.DataFrame:
    """N-grams with their spread over documents and the association of their parts.

    Parameters
    ----------
    tokens
        The corpus.
    n
        Words of an n-gram, 2 or more for association.
    min_frequency
        List n-grams with at least this frequency.
    measures
        Names of `association`, "standard" or "all", for the last word with the words before it, among all stretches of n words.
    within
        "unit" or "sentence".

    Returns
    -------
    DataFrame, index ngram (words joined by a space), ordered by (-frequency, ngram): `frequency`, `per_million` (of tokens), `document_range`,
    `dp_norm` (over the units, sizes in tokens), and the measures. `.attrs` holds `n_ngrams`, the number of stretches of n words.

    Notes
    -----
    Key n-grams: `keyness(ngram_tokens(target, n), ngram_tokens(reference, n))`.

    Examples
    --------
    >>> from corpus_lib.tokens.tokens import Tokens
    >>> ngrams(Tokens.from_lists([["cold", "war", "and", "cold", "war"]]), 2)[["frequency", "document_range"]]
              frequency  document_range
    ngram
    cold war          2               1
    """
    _check_count("n", n, 1)
    _check_count("min_frequency", min_frequency, 1)
    stretches = _Stretches.of(tokens, within)
    grams = _counted(tokens, n, min_frequency, stretches)
    columns: dict[str, Any] = {
        "frequency": grams.frequency,
        "per_million": grams.frequency / max(tokens.n_tokens, 1) * 1e6,
        "document_range": grams.document_range,
        "dp_norm": grams.dp_norm,
    }
    n_ngrams = int(np.maximum(np.diff(stretches.bounds) - n + 1, 0).sum())
    if n > 1:
        c1 = _last_words(tokens, n, stretches)[grams.words[:, -1]]
        table = association(grams.frequency, grams.prefix, c1, n_ngrams, measures=measures)
        columns |= {name: column.to_numpy() for name, column in table.items()}
    frame = pd.DataFrame(columns, index=_joined(tokens, grams.words).rename("ngram"))
    # Rows come in the order of their words, which is that of their texts where no type holds a blank.
    order = np.lexsort([_by_text(frame.index), -grams.frequency]) if _has_blanks(tokens) else _falling(grams.frequency)
    frame = frame.iloc[order]
    frame.attrs.update(n_ngrams=n_ngrams, n=n)
    return frame


def _falling(frequency: Ints) -> Ints:
    return np.argsort(-frequency, kind="stable")


def _has_blanks(tokens: Tokens) -> bool:
    """Whether a type holds a character that sorts before or like the blank between two words."""
    return bool(tokens.vocabulary.str.contains(r"[\x00-\x20]", regex=True).any())


def _by_text(texts: pd.Index) -> Ints:
    """Place of each text in the order of their code points."""
    import pyarrow as pa
    import pyarrow.compute as pc

    order = pc.sort_indices(pa.array(texts, type=pa.large_string())).to_numpy()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def _counted(tokens: Tokens, n: int, min_frequency: int, stretches: _Stretches) -> Grams:
    """All n-grams with at least this frequency, by compiled loops where there is text enough to pay for them."""
    sizes = np.maximum(tokens.sizes - n + 1, 0)
    bounds, documents = stretches.bounds, part_offsets(tokens, "document")
    if n > 1 and tokens.n_tokens >= COMPILED_TOKENS and scan_module() is not None:
        units = np.asarray(tokens.offsets, dtype=np.int64)
        unit_of = unit_at(tokens, bounds[:-1])
        document = np.searchsorted(documents, units[:-1], side="right")
        return count_grams(tokens.ids, tokens.frequency, bounds, unit_of, document, sizes, n, min_frequency)
    first, code, words = _packed(tokens, n, min_frequency, stretches)
    counts, ranges = (
        count_by_part(code, np.searchsorted(first, edges), len(words)) for edges in (tokens.offsets, documents)
    )
    held = sizes > 0
    spread = PartCounts(counts[0], (np.cumsum(held) - 1)[counts[1]], counts[2], sizes[held])
    prefix = _prefixes(tokens, n, stretches, first[np.unique(code, return_index=True)[1]])
    return Grams(words, spread.frequency, np.diff(ranges[0]), dp_norm_of(spread), prefix)


def _prefixes(tokens: Tokens, n: int, stretches: _Stretches, example: Ints) -> Ints:
    """Occurrences of the first n - 1 words of the n-grams that start at `example`, with another word after them."""
    n_types = max(len(tokens.vocabulary), 1)
    first = np.arange(tokens.n_tokens, dtype=np.int64)
    first = first[first + n <= stretches.bounds[stretches.at(first) + 1]]
    code = np.asarray(tokens.ids, dtype=np.int64)[first]
    for place in range(1, n - 1):
        _, code = np.unique(code * n_types + tokens.ids[first + place], return_inverse=True)
    return np.bincount(code)[code[np.searchsorted(first, example)]]


def _last_words(tokens: Tokens, n: int, stretches: _Stretches) -> Ints:
    """How often each type is the last word of an n-gram: wherever n - 1 words stand before it in its stretch."""
    starts, ends = stretches.bounds[:-1], stretches.bounds[1:]
    early = np.concatenate([(starts + k)[starts + k < ends] for k in range(n - 1)])
    return tokens.frequency - np.bincount(tokens.ids[early], minlength=len(tokens.vocabulary))
