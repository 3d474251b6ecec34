"""Stretches of a text, of its lines and of its bytes."""

import re
from collections.abc import Sequence

import numpy as np

Span = tuple[int, int]
# The line ends of text files. `str.splitlines` would also split at form feeds, U+0085 and U+2028, which editors do not count as lines.
LINE_END = re.compile(r"\r\n|\n|\r")


def source_lines(text: str) -> list[Span]:
    r"""Character spans of the lines of `text` without their ends; only ``\n``, ``\r\n`` and ``\r`` end a line.

    Examples
    --------
    >>> source_lines("a\r\n\rbc")
    [(0, 1), (3, 3), (4, 6)]
    """
    starts, ends = [0], []
    for match in LINE_END.finditer(text):
        ends.append(match.start())
        starts.append(match.end())
    return list(zip(starts, [*ends, len(text)], strict=True))


def byte_offsets(text: str, encoding: str) -> np.ndarray:
    """Byte offset of every character of `text` and of its end, for the stateless encodings that `load_corpus` admits."""
    codec = encoding.lower().replace("_", "-")
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    if codec in ("utf-8", "ascii"):
        widths = 1 + (points > 0x7F).astype(np.uint8) + (points > 0x7FF) + (points > 0xFFFF)
    elif codec in ("utf-16-le", "utf-16-be"):
        widths = 2 + 2 * (points > 0xFFFF).astype(np.uint8)
    else:
        width_of = {c: len(c.encode(encoding)) for c in set(text)}
        widths = np.fromiter((width_of[c] for c in text), dtype=np.int64, count=len(text))
    return offsets_of(widths)


def offsets_of(sizes: Sequence[int] | np.ndarray) -> np.ndarray:
    """Where each of several stretches of these sizes starts, and where the last one ends.

    Examples
    --------
    >>> offsets_of([2, 0, 1]).tolist()
    [0, 2, 2, 3]
    """
    offsets = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets


def bracketed(text: str, start: int, end: int, width: int = 30) -> str:
    """A stretch of text in brackets with some characters around it, cut at words, line ends as spaces.

    Examples
    --------
    >>> bracketed("one two three four", 4, 7, width=6)
    'one [two] three'
    """
    left, right = text[max(start - width, 0) : start], text[end : end + width]
    left = left[left.find(" ") + 1 :] if start > width and " " in left.strip() else left
    right = right[: right.rfind(" ")] if end + width < len(text) and " " in right.strip() else right
    return " ".join(f"{left}[{text[start:end]}]{right}".split())
