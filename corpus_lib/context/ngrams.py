"""Sequences of words that occur again."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from corpus_lib.context.ngram_counts import Grams, count_grams
from corpus_lib.context.stretches import Ints, Stretches, Within
from corpus_lib.errors import check_whole
from corpus_lib.measures.association import association
from corpus_lib.measures.dispersion import dp_norm_of
from corpus_lib.tokens.counts import PartCounts, count_by_part, part_offsets
from corpus_lib.tokens.fast.kernel import scan_module
from corpus_lib.tokens.query import unit_at
from corpus_lib.tokens.tokens import Tokens

# The compiled loops start in 1 to 2 s; sorting takes as long for this many tokens.
COMPILED_TOKENS = 5_000_000


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
    check_whole("n", n, 1)
    first, code, words = _packed(tokens, n, 1, Stretches.of(tokens, within))
    texts = _joined(tokens, words)
    rank = _by_text(texts)
    return Tokens(
        rank[code].astype(np.int32), np.searchsorted(first, tokens.offsets).astype(np.int64), np.asarray(tokens.starts)[first],
        np.asarray(tokens.ends)[first + n - 1], texts[np.argsort(rank)].rename("token"), tokens.units, tokens.source,
        {**tokens.settings, "ngram": n},
    )  # fmt: skip


def _packed(tokens: Tokens, n: int, min_frequency: int, stretches: Stretches) -> tuple[Ints, Ints, Ints]:
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
    vocabulary = pa.array(tokens.vocabulary, type=pa.large_string())
    columns = [vocabulary.take(pa.array(column)) for column in words.T]
    joined = pc.binary_join_element_wise(*columns, pa.scalar(" ", type=pa.large_string()))
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
    check_whole("n", n, 1)
    check_whole("min_frequency", min_frequency, 1)
    stretches = Stretches.of(tokens, within)
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
    frame = frame.iloc[np.lexsort([*([_by_text(frame.index)] if _has_blanks(tokens) else []), -grams.frequency])]
    frame.attrs.update(n_ngrams=n_ngrams, n=n)
    return frame


def _has_blanks(tokens: Tokens) -> bool:
    """Whether a type holds a character that sorts before or like the blank between two words."""
    return bool(tokens.vocabulary.str.contains(r"[\x00-\x20]", regex=True).any())


def _by_text(texts: pd.Index) -> Ints:
    """Place of each text in the order of their code points."""
    order = pc.sort_indices(pa.array(texts, type=pa.large_string())).to_numpy()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def _counted(tokens: Tokens, n: int, min_frequency: int, stretches: Stretches) -> Grams:
    """All n-grams with at least this frequency, by compiled loops where there is text enough to pay for them."""
    sizes = np.maximum(tokens.sizes - n + 1, 0)
    bounds, documents = stretches.bounds, part_offsets(tokens, "document")
    if n > 1 and tokens.n_tokens >= COMPILED_TOKENS and scan_module() is not None:
        units = np.asarray(tokens.offsets, dtype=np.int64)
        unit_of = unit_at(tokens, bounds[:-1])
        document = np.searchsorted(documents, units[:-1], side="right")
        return count_grams(tokens.ids, tokens.frequency, bounds, unit_of, document, sizes, n, min_frequency)
    first, code, words = _packed(tokens, n, min_frequency, stretches)
    edges = (np.searchsorted(first, offsets) for offsets in (tokens.offsets, documents))
    counts, ranges = (count_by_part(code, own, len(words)) for own in edges)
    held = sizes > 0
    spread = PartCounts(counts[0], (np.cumsum(held) - 1)[counts[1]], counts[2], sizes[held])
    prefix = _prefixes(tokens, n, stretches, first[np.unique(code, return_index=True)[1]])
    return Grams(words, spread.frequency, np.diff(ranges[0]), dp_norm_of(spread), prefix)


def _prefixes(tokens: Tokens, n: int, stretches: Stretches, example: Ints) -> Ints:
    """Occurrences of the first n - 1 words of the n-grams that start at `example`, with another word after them."""
    n_types = max(len(tokens.vocabulary), 1)
    first = np.arange(tokens.n_tokens, dtype=np.int64)
    first = first[first + n <= stretches.bounds[stretches.at(first) + 1]]
    code = np.asarray(tokens.ids, dtype=np.int64)[first]
    for place in range(1, n - 1):
        _, code = np.unique(code * n_types + tokens.ids[first + place], return_inverse=True)
    return np.bincount(code)[code[np.searchsorted(first, example)]]


def _last_words(tokens: Tokens, n: int, stretches: Stretches) -> Ints:
    """How often each type is the last word of an n-gram: wherever n - 1 words stand before it in its stretch."""
    starts, ends = stretches.bounds[:-1], stretches.bounds[1:]
    early = np.concatenate([(starts + k)[starts + k < ends] for k in range(n - 1)])
    return tokens.frequency - np.bincount(tokens.ids[early], minlength=len(tokens.vocabulary))
