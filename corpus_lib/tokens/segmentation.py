"""What the expression of a token leaves open: words in runs of Han characters, by a function of the user's, and lemmas, by simplemma."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from corpus_lib.errors import CorpusLibError, InvalidValue

__all__ = ["lemmas_of", "name_of", "recorded", "segmented"]

Segmenter = Callable[[str], Sequence[str]]
Span = tuple[int, int]


def segmented(text: str, spans: Iterable[Span], han: str, segmenter: Segmenter | str) -> list[Span]:
    """The spans of tokens in which each run of Han characters has been cut by `segmenter`.

    Parameters
    ----------
    text, spans
        The text, and the tokens that the expression finds in it.
    han
        Expression of a run of Han characters. A run is one or several tokens that touch and hold nothing else.
    segmenter
        A function, or the name of one that is not at hand.
    """
    whole = re.compile(han)
    runs: list[tuple[int, int, bool]] = []
    for start, end in spans:
        is_han = whole.fullmatch(text, start, end) is not None
        if is_han and runs and runs[-1][1:] == (start, True):
            runs[-1] = (runs[-1][0], end, True)
        else:
            runs.append((start, end, is_han))
    return [
        span
        for start, end, is_han in runs
        for span in (_cut(text, start, end, segmenter) if is_han else [(start, end)])
    ]


def _cut(text: str, start: int, end: int, segmenter: Segmenter | str) -> list[Span]:
    """The words of one run, as spans of the text."""
    run = text[start:end]
    if isinstance(segmenter, str):
        raise InvalidValue(
            f"`segmenter` must be a function to cut {run[:20]!r}; a saved index holds its name only, {segmenter!r}. Call tokens.with_segmenter(…) with it."
        )
    words = segmenter(run)
    parts = [words] if isinstance(words, str) else list(words)
    if isinstance(words, str) or not all(isinstance(w, str) and w for w in parts) or "".join(parts) != run:
        shown = f"{words!r:.80}" if isinstance(words, str) else f"{parts!r:.80}"
        raise InvalidValue(
            f"`segmenter` must return words that spell the run they were cut from; {name_of(segmenter)} made {shown} of {run[:20]!r}. "
            "Give one that returns a list of strings and leaves the characters as they are."
        )
    edges = [start]
    for word in parts:
        edges.append(edges[-1] + len(word))
    return list(pairwise(edges))


def lemmas_of(words: Sequence[str], language: str, *, lowercase: bool) -> list[str]:
    """The lemma of each word, looked up by simplemma once a type; folded again where tokens are folded, for German nouns return capitals."""
    lemmatize = _lemmatizer(language)
    table = {word: lemmatize(word) or word for word in dict.fromkeys(words)}
    return [table[word].lower() if lowercase else table[word] for word in words]


@lru_cache(maxsize=8)
def _lemmatizer(language: str) -> Callable[[str], str]:
    try:
        import simplemma
    except ImportError:
        raise CorpusLibError(
            "`lemmas` needs the package simplemma; it is not installed. Install corpus_lib[lemmas]."
        ) from None

    @lru_cache(maxsize=1_000_000)
    def lemma(word: str) -> str:
        return str(simplemma.lemmatize(word, lang=language))

    try:
        lemma("a")
    except ValueError as error:
        raise InvalidValue(
            f"`lemmas` must be a language that simplemma knows; found {language!r}: {error} Give 'en', say."
        ) from None
    return lemma


def name_of(segmenter: Any) -> str:
    """The qualified name of a function, with its module; a name stands for itself."""
    if isinstance(segmenter, str):
        return segmenter
    named = segmenter if hasattr(segmenter, "__qualname__") else type(segmenter)
    return f"{named.__module__}.{named.__qualname__}"


def recorded(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of tokens as JSON can hold them: the segmenter by its name."""
    tokenizer = settings.get("tokenizer", {})
    return (
        {**settings, "tokenizer": {**tokenizer, "segmenter": name_of(tokenizer["segmenter"])}}
        if "segmenter" in tokenizer
        else dict(settings)
    )
