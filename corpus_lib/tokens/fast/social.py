"""Hashtags, mentions, addresses and emoji for the compiled loops: hidden from them, and put among what they found.

They begin where no word can have begun before them, so what is left is cut as the whole expression cuts it.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib.corpus.spans import offsets_of
from corpus_lib.tokens.fast import kernel
from corpus_lib.tokens.folding import GERSHAYIM, POINT
from corpus_lib.tokens.pieces import Integers
from corpus_lib.tokens.tokenizer import Tokenizer, apart

# Most texts hold none of this and need not be decoded: number signs, at signs, addresses, Hebrew letters, a point behind an l.
HELD = re.compile(rb"[#@]|\xef\xbc[\x83\xa0]|[Ll]\xc2\xb7|://|[Ww]{3}\.|[A-Za-z]/|\xd7")
Found = tuple[int, int, int, str]


def matches(
    texts: kernel.Texts, sizes: np.ndarray, bases: np.ndarray, tokenizer: Tokenizer, **threads: Any
) -> Integers | None:
    """Matches of the whole expression in the texts of all units; the arguments are those of `fast_tokens`."""
    hide = re.compile(apart(tokenizer.emoji)).sub
    found: list[Found] = []

    def hidden(first: int, end: int) -> Sequence[bytes]:
        return [_hidden(text, n, hide, found, tokenizer) for n, text in enumerate(texts(first, end), first)]

    written = kernel.fast_tokens(hidden, sizes, bases, tokenizer, **threads)
    return written and _inserted(written, sorted(found), bases)


def _hidden(text: bytes, unit: int, hide: Callable[..., str], found: list[Found], tokenizer: Tokenizer) -> bytes:
    """The text with blanks where these stand, as many as they have characters, and Hebrew quotation marks inside words as one sign."""
    if not (HELD.search(text) or tokenizer.emoji):
        return text

    def noted(match: re.Match[str]) -> str:
        found.append((unit, match.start(), match.end(), match[0]))
        return " " * len(match[0])

    plain = re.sub(GERSHAYIM, "\u05f4", hide(noted, text.decode("utf-8")))
    return re.sub(POINT, "\u2027", plain).encode("utf-8")


def _inserted(written: Integers, found: Sequence[Found], bases: np.ndarray) -> Integers:
    """What the loops found with what was hidden from them, in the order of the text."""
    ids, offsets, starts, ends, vocabulary = written
    if not found:
        return written
    frame = pd.DataFrame(found, columns=["unit", "start", "end", "word"])
    more, words = pd.factorize(frame["word"].to_numpy(dtype=object))
    begin, end = (frame[name].to_numpy() + bases[frame["unit"]] for name in ("start", "end"))
    place = [
        offsets[u] + np.searchsorted(starts[offsets[u] : offsets[u + 1]], b)
        for u, b in zip(frame["unit"], begin, strict=True)
    ]
    sizes = np.diff(offsets) + np.bincount(frame["unit"], minlength=len(offsets) - 1)
    index = vocabulary.append(pd.Index(words, dtype="str"))
    columns = ((ids, more + len(vocabulary)), (starts, begin), (ends, end))
    ids, starts, ends = (np.insert(array, place, new).astype(np.int32) for array, new in columns)
    return ids, offsets_of(sizes), starts, ends, index
