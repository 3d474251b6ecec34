"""What a node is (word, phrase, wildcard, regular expression, or a list of these) and where it occurs in the tokens."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_lib.errors import InvalidType, InvalidValue
from corpus_lib.tokens.counts import positions_of
from corpus_lib.tokens.tokens import Tokens

Node = str | re.Pattern[str] | Sequence[str | re.Pattern[str]]
Ints = NDArray[np.int64]


def find(tokens: Tokens, node: Node) -> tuple[Ints, Ints]:
    """Occurrences of a node: index of its first token, and the index after its last one, in corpus order.

    A phrase never runs across two units. Of a list, what several items find at the same place counts once.
    """
    spans = [_find_one(tokens, item) for item in _items(node)]
    if len(spans) == 1:
        return spans[0]
    first, last = (np.concatenate([s[i] for s in spans]) for i in (0, 1))
    pairs = np.unique(np.stack([first, last], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


def unit_at(tokens: Tokens, positions: Any) -> Ints:
    """Number of the unit of each token index."""
    return np.asarray(np.searchsorted(tokens.offsets, positions, side="right") - 1, dtype=np.int64)


def _items(node: Any) -> list[str | re.Pattern[str]]:
    items = [node] if isinstance(node, (str, re.Pattern)) else node
    if not isinstance(items, Sequence) or not all(isinstance(i, (str, re.Pattern)) for i in items):
        raise InvalidType(
            f"`node` must be a word, a phrase, a compiled regular expression or a list of these; found {node!r}. Write 'secur*'."
        )
    if not items or any(isinstance(i, str) and not i.strip() for i in items):
        raise InvalidValue(
            f"`node` must name at least one word; found {node!r}. Write a word, a phrase, or a wildcard such as 'secur*'."
        )
    if any(isinstance(i, str) and len(i) > 1 and not i.strip("*") for i in items):
        raise InvalidValue(
            f"`node` must name a word, or '*' for any; found {node!r}. Masks such as ** are not tokens: they are in CleanCorpus.flags."
        )
    return list(items)


def _find_one(tokens: Tokens, item: str | re.Pattern[str]) -> tuple[Ints, Ints]:
    places = matching_types(tokens, item)
    # Start from the rarest element: a phrase occurs at most that often.
    rarest = int(np.argmin([tokens.frequency[types].sum() for types in places])) if len(places) > 1 else 0
    first = positions_of(tokens, places[rarest])
    if len(places) == 1:
        return first, first + 1
    first = first - rarest
    first = first[(first >= 0) & (first + len(places) <= tokens.n_tokens)]
    for place, types in enumerate(places):
        if place != rarest:
            first = first[np.isin(tokens.ids[first + place], types)]
    first = first[unit_at(tokens, first) == unit_at(tokens, first + len(places) - 1)]
    return first, first + len(places)


def matching_types(tokens: Tokens, item: str | re.Pattern[str]) -> list[Ints]:
    """For each token of a phrase, which types of the vocabulary it admits."""
    if isinstance(item, re.Pattern):
        return [_types(tokens, item)]
    for whole in (item, item.lower()):
        # Tokens that were joined or counted as n-grams may hold blanks.
        if whole in tokens.vocabulary:
            return [_types(tokens, whole)]
    elements = [e for part in item.split() for e in _elements(tokens, part)]
    return [_types(tokens, e) for e in elements]


def _elements(tokens: Tokens, part: str) -> list[str | re.Pattern[str]]:
    """A blank-free part of a phrase as tokens: a type as it stands, a wildcard, or what the tokenizer makes of it."""
    if part in tokens.vocabulary:
        return [part]
    folded = part.lower()
    if "*" in part or "?" in part:
        shown = folded if tokens.tokenizer.lowercase else part
        return [re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in shown), re.DOTALL)]
    if folded in tokens.vocabulary:
        return [folded]
    words = tokens.tokenizer.tokenize(part)[0]
    return list(words) if words else [part]


def _types(tokens: Tokens, element: str | re.Pattern[str]) -> Ints:
    if isinstance(element, re.Pattern):
        words = tokens.vocabulary.to_numpy(dtype=object)
        return np.flatnonzero([element.fullmatch(word) is not None for word in words])
    place = tokens.vocabulary.get_indexer([element])
    return np.asarray(place[place >= 0], dtype=np.int64)
