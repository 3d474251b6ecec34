"""Hashtags, mentions, addresses and emoji for the compiled loops: hidden from them, and put among what they found.

They begin where no word can have begun before them, so what is left is cut as the whole expression cuts it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib.corpus.spans import offsets_of
from corpus_lib.tokens.fast import kernel
from corpus_lib.tokens.tokenizer import GERSHAYIM, POINT, Integers, Tokenizer, apart

# What hashtags, mentions and addresses have, and its shapes beyond ASCII; most texts hold none of it and need not be decoded.
SIGNS, WIDE_SIGNS = (b"#", b"@", b"/", b"ww.", b"WW."), (b"\xef\xbc\x83", b"\xef\xbc\xa0")
BLANKS, BLANK = (b" ", b"\t", b"\r", b"\n"), re.compile(rb"[ \t\r\n]|$")
# Bytes of Hebrew letters, and of a point between two l; one byte is found faster than two.
INNER = (b"\xd7", b"\xb7")
Found = tuple[int, int, int, str]


def matches(
    texts: kernel.Texts, sizes: np.ndarray, bases: np.ndarray, tokenizer: Tokenizer, **threads: Any
) -> Integers | None:
    """Matches of the whole expression in the texts of all units; the arguments are those of `fast_tokens`."""
    hide = re.compile(apart(tokenizer.emoji))
    found: list[Found] = []

    def hidden(first: int, end: int) -> Sequence[bytes]:
        held = enumerate(texts(first, end), first)
        return [_without_inner_signs(_hidden(text, n, hide, found, tokenizer.emoji)) for n, text in held]

    written = kernel.fast_tokens(hidden, sizes, bases, tokenizer, **threads)
    return written and _inserted(written, sorted(found), bases)


def _hidden(text: bytes, unit: int, hide: re.Pattern[str], found: list[Found], emoji: bool) -> bytes:
    """The text with blanks where these stand, as many as they have characters."""
    parts, done, before = [], 0, 0

    def noted(match: re.Match[str]) -> str:
        found.append((unit, before + match.start(), before + match.end(), match[0]))
        return " " * len(match[0])

    for start, end in [(0, len(text))] if emoji else _around_signs(text):
        stretch = text[start:end].decode("utf-8")
        before += len(text[done:start].decode("utf-8"))
        parts += [text[done:start], hide.sub(noted, stretch).encode("utf-8")]
        done, before = end, before + len(stretch)
    return b"".join([*parts, text[done:]]) if parts else text


def _around_signs(text: bytes) -> Iterator[tuple[int, int]]:
    """The stretches between blanks that hold a sign."""
    signs = SIGNS + WIDE_SIGNS if WIDE_SIGNS[0][:1] in text else SIGNS
    places = sorted(place for sign in signs for place in _places(sign, text))
    done = 0
    for place in places:
        if place >= done:
            start = max(done, *[text.rfind(blank, done, place) + 1 for blank in BLANKS])
            done = next(BLANK.finditer(text, place)).start()
            yield start, done


def _places(sign: bytes, text: bytes) -> Iterator[int]:
    place = text.find(sign)
    while place >= 0:
        yield place
        place = text.find(sign, place + 1)


def _without_inner_signs(text: bytes) -> bytes:
    """Hebrew quotation marks inside words, and points between two l, as one sign each."""
    if not any(sign in text for sign in INNER):
        return text
    plain = re.sub(GERSHAYIM, "\u05f4", text.decode("utf-8"))
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
    ids, starts, ends = (np.insert(array, place, new) for array, new in columns)
    return ids, offsets_of(sizes), starts, ends, index
