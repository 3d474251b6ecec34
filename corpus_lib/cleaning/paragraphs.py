"""Which kept lines make one paragraph, by the mark that the document itself uses.

indents     only an indented line begins a paragraph; the lines between belong to it although blank lines stand everywhere
hard_wraps  lines were broken at a width; a blank line, an indent or another kind of line begins a paragraph
lines       each line is a paragraph
"""

from collections.abc import Sequence
from typing import NamedTuple

from corpus_lib.cleaning.lexicon import CJK
from corpus_lib.cleaning.lines import Line, ends_sentence

MODES = ("indents", "hard_wraps", "lines")


class LineGroup(NamedTuple):
    """Positions of the lines of one paragraph, and what it is: body, heading or list_item."""

    positions: list[int]
    kind: str


def joint(left: str, right: str) -> str:
    """What stands between two lines of one paragraph: a space, but nothing between Chinese or Japanese characters.

    Examples
    --------
    >>> joint("so that", "it was"), joint("推荐", "阅读")
    (' ', '')
    """
    wide = "\u3000\u3001\u3002\uff0c\uff1a\uff1b\uff01\uff1f\u300c\u300d\u201c\u201d"
    return "" if all(CJK.match(c) or c in wide for c in (left[-1:] or " ", right[:1] or " ")) else " "


def choose_mode(lines: Sequence[Line], labels: Sequence[str], wrapped: bool) -> str:
    """The mark of paragraphs in a document.

    Parameters
    ----------
    lines
        The document's lines.
    labels
        Their labels; only body lines are looked at.
    wrapped
        Whether lines were broken at a width.

    Returns
    -------
    str
        One of `MODES`. Indents decide when some body lines have one and others have none, the first body line has one, and blank lines
        do not tell the two apart.
    """
    body = [line for line, label in zip(lines, labels, strict=True) if label == "body"]
    if len(body) < 4:
        return "hard_wraps" if wrapped and len(body) > 1 else "lines"
    base = min(line.indent for line in body)
    deep = [line.indent > base for line in body]
    if deep[0] and 2 <= sum(deep) <= 0.9 * len(deep) and _blanks_alike(body, deep):
        return "indents"
    return "hard_wraps" if wrapped else "lines"


def _blanks_alike(body: Sequence[Line], deep: Sequence[bool]) -> bool:
    """Whether blank lines stand above indented and other lines alike, so that they cannot be the mark."""
    above = [(line.blanks > 0, d) for line, d in zip(body[1:], deep[1:], strict=True)]
    flat = [b for b, d in above if not d]
    shifted = [b for b, d in above if d]
    return bool(flat) and bool(shifted) and abs(sum(flat) / len(flat) - sum(shifted) / len(shifted)) <= 0.25


def group_lines(lines: Sequence[Line], labels: Sequence[str], keep: Sequence[bool], mode: str) -> list[LineGroup]:
    """Group the kept lines of a document into paragraphs.

    Headings and list items are paragraphs of their own; in hard-wrapped text the lines below a list item that carry no mark go on with it.

    Parameters
    ----------
    lines, labels, keep
        The document's lines with their labels and whether each is kept.
    mode
        One of `MODES`.
    """
    groups: list[LineGroup] = []
    body = [line.indent for line, label in zip(lines, labels, strict=True) if label == "body"]
    base = min(body, default=0)
    sizes = sorted(len(line.text) for line, label in zip(lines, labels, strict=True) if label == "body")
    # The last line of a broken paragraph ends as a sentence and is short; some texts have no other mark.
    width = 0.75 * sizes[int(0.9 * (len(sizes) - 1))] if sizes else 0
    for i, line in enumerate(lines):
        if not keep[i]:
            continue
        last = groups[-1] if groups else None
        if last is not None and _continues(lines, last, i, labels, mode, line.indent > base, width):
            last.positions.append(i)
        else:
            groups.append(LineGroup([i], labels[i]))
    return groups


def _continues(
    lines: Sequence[Line], last: LineGroup, i: int, labels: Sequence[str], mode: str, deep: bool, width: float
) -> bool:
    if mode == "lines" or labels[i] != "body" or last.kind == "heading":
        return False
    if mode == "indents":
        return last.kind == "body" and not deep
    position = last.positions[-1]
    above = lines[position].text
    closed = len(above) < width and ends_sentence(above)
    next_to = position == i - 1 and lines[i].blanks == 0
    # The head of a printed page stands inside a sentence.
    inside = set(labels[position + 1 : i]) == {"nav"} and lines[i].text[0].islower() and not ends_sentence(above)
    return not closed and (next_to or inside) and (not deep or last.kind == "list_item")
