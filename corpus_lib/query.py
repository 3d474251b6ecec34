"""What a node is (word, phrase, wildcard, regular expression, or a list of these) and where it occurs in the tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus_lib.errors import InvalidType, InvalidValue

if TYPE_CHECKING:
    from corpus_lib.tokens import Tokens

__all__ = ["Node", "find", "matching_types", "unit_at"]

Node = str | re.Pattern[str] | Sequence[str | re.Pattern[str]]
Ints = NDArray[np.int64]


def find(tokens: Tokens, node: Node) -> tuple[Ints, Ints]:
    """Occurrences of a node: index of its first token, and the index after its last one, in corpus order.

    A phrase never runs across two units. Of a list, what several items find at the same place counts once.
    """
    spans = [_find_one(tokens, item) for item in _items(node)]
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
            f"`node` must name a word, or '*' for any; found {node!r}. Masks such as ** are no tokens: they are in CleanCorpus.flags."
        )
    return list(items)


def _find_one(tokens: Tokens, item: str | re.Pattern[str]) -> tuple[Ints, Ints]:
    masks = matching_types(tokens, item)
    frequency = np.bincount(tokens.ids, minlength=len(tokens.vocabulary))
    # Start from the rarest element: a phrase occurs at most that often.
    rarest = int(np.argmin([frequency[m].sum() for m in masks]))
    first = np.flatnonzero(masks[rarest][tokens.ids]) - rarest
    first = first[(first >= 0) & (first + len(masks) <= tokens.n_tokens)]
    for place, mask in enumerate(masks):
        first = first[mask[tokens.ids[first + place]]]
    first = first[unit_at(tokens, first) == unit_at(tokens, first + len(masks) - 1)]
    return first, first + len(masks)


def matching_types(tokens: Tokens, item: str | re.Pattern[str]) -> list[NDArray[np.bool_]]:
    """For each token of a phrase, which types of the vocabulary it admits."""
    if isinstance(item, re.Pattern):
        return [_mask(tokens, item)]
    for whole in (item, item.lower()):
        # Tokens that were joined or counted as n-grams may hold blanks.
        if whole in tokens.vocabulary:
            return [_mask(tokens, whole)]
    elements = [e for part in item.split() for e in _elements(tokens, part)]
    return [_mask(tokens, e) for e in elements]


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


def _mask(tokens: Tokens, element: str | re.Pattern[str]) -> NDArray[np.bool_]:
    mask = np.zeros(len(tokens.vocabulary), dtype=bool)
    if isinstance(element, re.Pattern):
        mask[:] = [element.fullmatch(word) is not None for word in tokens.vocabulary.to_numpy(dtype=object)]
    else:
        place = tokens.vocabulary.get_indexer([element])[0]
        if place >= 0:
            mask[place] = True
    return mask
