"""Quotation marks and their partners in clean text: which pairs are marks, which is an apostrophe, which has lost its partner.

Marks may be straight or curly, single or double, guillemets or corner brackets, nested, and a quotation may run over several paragraphs, with
the opening mark repeated at each one or not.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch between two marks, marks included; `state` is balanced, open (no end) or close (no beginning)."""

    start: int
    end: int
    mark: str
    state: str
    depth: int


MARKS = re.compile("""["'‘’“”„«»「」『』‹›]""")
DECADE = re.compile(r"(?i)'(?:\d|tis\b|twas\b|em\b|cause\b|n\b|til\b)")
# Offset in the document's text, and text, of each paragraph.
Paragraphs = Sequence[tuple[int, str]]
# Opening marks, and below each the mark that closes it.
OPENS = dict(zip("“„«「『‘‹", "”“»」』’›", strict=True))
BEFORE_OPEN = " \t\n\u3000([{\u2014\u2013-/:,\uff0c\uff1a\u3002\u201c\u2018\"'"
# Open marks that are remembered; a text with more of them nested has lost their partners.
DEPTH = 16


def _is_open(text: str, i: int) -> bool:
    before, after = text[i - 1 : i], text[i + 1 : i + 2]
    return (not before or before in BEFORE_OPEN) and bool(after) and not after.isspace()


def _is_close(text: str, i: int) -> bool:
    before, after = text[i - 1 : i], text[i + 1 : i + 2]
    return bool(before) and not before.isspace() and (not after or not after.isalnum())


def _single_closes(text: str, i: int, marks: Sequence[int]) -> bool:
    """Whether a single mark after a letter ends a quotation; "the states' rights" inside one does not."""
    if not _is_close(text, i):
        return False
    if text[i - 1 : i] != "s" or text[i + 1 : i + 2] != " ":
        return True
    at = bisect_left(marks, i + 1)
    near = (j for j in marks[at : at + 40] if text[j] in "'’‘")
    later = next((j for j in near if _is_open(text, j) or _is_close(text, j)), -1)
    return later < 0 or _is_open(text, later) or text[later] == "\u2018"


def one_mark(text: str) -> str:
    """Two single marks that stand for a double one, as that; no place changes."""
    return text.replace("''", '"\u2060')


def quote_spans(text: str) -> list[Span]:
    r"""Pairs of quotation marks in one paragraph, and double marks without a partner.

    Examples
    --------
    >>> [(text, s.state) for text in ["He said: \"I'm here.\""] for s in quote_spans(text)]
    [('He said: "I\'m here."', 'balanced')]
    >>> [s.state for s in quote_spans('the states\' rights; competitor".')]
    ['close']
    """
    stack: list[tuple[int, str]] = []
    found: list[Span] = []
    text = one_mark(text)
    marks = [m.start() for m in MARKS.finditer(text)]
    for i in marks:
        role = _role(text, i, stack, marks)
        if role == "open":
            stack.append((i, text[i]))
            if len(stack) > DEPTH:
                found += _left_open(stack[:1], i)
                del stack[0]
        elif role == "close":
            _close(text, i, stack, found)
    spans = sorted(found + _left_open(stack, len(text)))
    if len(spans) >= 400:
        return spans
    depths = [sum(o.start < s.start and s.end <= o.end and o.state != "close" for o in spans) for s in spans]
    return [s._replace(depth=depth) for s, depth in zip(spans, depths, strict=True)]


def _left_open(stack: Sequence[tuple[int, str]], end: int) -> list[Span]:
    """Opening marks that have no partner before `end`; a single one may be an apostrophe."""
    return [Span(start, end, mark, "open", 0) for start, mark in stack if mark not in "'\u2018"]


def _role(text: str, i: int, stack: Sequence[tuple[int, str]], marks: Sequence[int]) -> str:
    """Whether the mark at `i` opens, closes, or is an apostrophe ('')."""
    mark = text[i]
    awaited = mark in {OPENS.get(m, m) for _, m in stack}
    if mark == '"':
        # An opening form while a mark is open: the earlier one has lost its partner.
        opens, closes = _is_open(text, i), _is_close(text, i)
        return "open" if (opens and not closes if awaited else opens or not closes) else "close"
    if mark in "'\u2019":
        if awaited and _single_closes(text, i, marks):
            return "close"
        opens = mark == "'" and not awaited and _is_open(text, i) and text[i + 1].isalnum()
        return "open" if opens and not DECADE.match(text, i) else ""
    return "open" if mark in OPENS and not (mark == "\u201c" and awaited) else "close"


def _close(text: str, i: int, stack: list[tuple[int, str]], found: list[Span]) -> None:
    for k in range(len(stack) - 1, -1, -1):
        start, mark = stack[k]
        # A straight mark may have a curly partner.
        if text[i] == OPENS.get(mark, mark) or mark + text[i] == '"”':
            found += [*_left_open(stack[k + 1 :], i), Span(start, i + 1, mark, "balanced", 0)]
            del stack[k:]
            return
    found.append(Span(i, i + 1, text[i], "close", 0))


def across(paragraphs: Paragraphs) -> Iterator[tuple[int, int, Span, int]]:
    """Spans in document offsets: (paragraph, start, span, end), those that run over several paragraphs joined."""
    paragraphs = [(offset, one_mark(text)) for offset, text in paragraphs]
    spans = [quote_spans(text) for _, text in paragraphs]
    closed: set[tuple[int, int]] = set()
    for k, (offset, text) in enumerate(paragraphs):
        for s in spans[k]:
            runs_on = s.state == "open" and s.end == len(text)
            s, end = _run_on(paragraphs, spans, k, s, closed) if runs_on else (s, offset + s.end)
            if (k, s.start) not in closed:
                yield k, offset + s.start, s, end


def _run_on(
    paragraphs: Paragraphs, spans: Sequence[Sequence[Span]], k: int, s: Span, closed: set[tuple[int, int]]
) -> tuple[Span, int]:
    """Follow a quotation that its paragraph does not end."""
    end = paragraphs[k][0] + s.end
    for j in range(k + 1, min(k + 9, len(paragraphs))):
        offset, text = paragraphs[j]
        if text[:1] == s.mark:
            # The convention: each paragraph of a long quotation opens again, only the last one closes.
            return s._replace(state="balanced"), end
        outer = [t for t in spans[j] if t.depth == 0 and t.mark in (s.mark, OPENS.get(s.mark, s.mark))][:1]
        if outer and outer[0].state == "close":
            closed.add((j, outer[0].start))
            return s._replace(state="balanced"), offset + outer[0].end
        if outer:
            break
    return s, end


def unpaired_marks(paragraphs: Paragraphs) -> list[int]:
    """Offsets of double quotation marks that have no partner, in their paragraph or in those that follow.

    Examples
    --------
    >>> unpaired_marks([(0, 'as a state; competitor".'), (26, '"This goes on.'), (42, 'To here," he said.')])
    [22]
    """
    return [start for _, start, s, _ in across(paragraphs) if s.state != "balanced"]
