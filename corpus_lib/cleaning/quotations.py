"""Direct quotation in clean text: which stretch, who says it, and on what ground.

Marks may be straight or curly, single or double, guillemets or corner brackets, nested, and a quotation may run over several paragraphs, with
the opening mark repeated at each one or not. An apostrophe is not a mark. Quoted terms of a few words ("scare quotes", titles) are not
direct speech and are left out, unless a verb of saying stands beside them; marks without a partner are rows with `balanced` False.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from corpus_lib.cleaning.lexicon import CJK, lexicon
from corpus_lib.cleaning.lines import WORDS_PER_CJK
from corpus_lib.cleaning.packaged import patterns


class Span(NamedTuple):
    """A stretch between two marks, marks included; `state` is balanced, open (no end) or close (no beginning)."""

    start: int
    end: int
    mark: str
    state: str
    depth: int


class Quotation(NamedTuple):
    """Direct quotation in a document's clean text; `basis` is said_before, said_after, carried_over or none."""

    start: int
    end: int
    speaker: str
    basis: str
    balanced: bool
    depth: int
    n_words: int


MARKS, DECADE, NAME, SENTENCE_STOP = patterns("quotations")
# Offset in the document's text, and text, of each paragraph.
Paragraphs = Sequence[tuple[int, str]]
# Opening marks, and below each the mark that closes it.
OPENS = dict(
    zip("\u201c\u201e\u00ab\u300c\u300e\u2018\u2039", "\u201d\u201c\u00bb\u300d\u300f\u2019\u203a", strict=True)
)
BEFORE_OPEN = " \t\n\u3000([{\u2014\u2013-/:,\uff0c\uff1a\u3002\u201c\u2018\"'"
# A stretch of this many words is speech wherever it stands; a shorter one needs a verb of saying beside it.
SPEECH_WORDS = 6
FRAGMENT_WORDS = 3
# What may stand between a subject and its verb: an apposition, a relative clause.
REACH = 220
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
    later = next(
        (j for j in marks[at : at + 40] if text[j] in "'\u2019\u2018" and (_is_open(text, j) or _is_close(text, j))), -1
    )
    return later < 0 or _is_open(text, later) or text[later] == "\u2018"


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
        if OPENS.get(mark, mark) == text[i]:
            found += [*_left_open(stack[k + 1 :], i), Span(start, i + 1, mark, "balanced", 0)]
            del stack[k:]
            return
    found.append(Span(i, i + 1, text[i], "close", 0))


def _count_words(text: str) -> int:
    cjk = len(CJK.findall(text))
    return int(cjk * WORDS_PER_CJK) + sum(not CJK.search(w) and any(map(str.isalnum, w)) for w in text.split())


def _across(paragraphs: Paragraphs) -> Iterator[tuple[int, int, Span, int]]:
    """Spans in document offsets: (paragraph, start, span, end), those that run over several paragraphs joined."""
    spans = [quote_spans(text) for _, text in paragraphs]
    closed: set[tuple[int, int]] = set()
    for k, (offset, text) in enumerate(paragraphs):
        for s in spans[k]:
            end = offset + s.end
            if s.state == "open" and s.end == len(text):
                s, end = _run_on(paragraphs, spans, k, s, end, closed)
            if (k, s.start) not in closed:
                yield k, offset + s.start, s, end


def _run_on(
    paragraphs: Paragraphs, spans: Sequence[Sequence[Span]], k: int, s: Span, end: int, closed: set[tuple[int, int]]
) -> tuple[Span, int]:
    """Follow a quotation that its paragraph does not end."""
    for j in range(k + 1, min(k + 9, len(paragraphs))):
        offset, text = paragraphs[j]
        if text[:1] == s.mark:
            # The convention: each paragraph of a long quotation opens again, only the last one closes.
            return s._replace(state="balanced"), end
        outer = next((t for t in spans[j] if t.depth == 0 and t.mark in (s.mark, OPENS.get(s.mark, s.mark))), None)
        if outer and outer.state == "close":
            closed.add((j, outer.start))
            return s._replace(state="balanced"), offset + outer.end
        if outer:
            break
    return s, end


# ------------------------------------------------------------------------------------------------------------- speakers
def _trim_name(name: str) -> str:
    """A speaker's name without nation and office: "British Foreign Secretary X" is X."""
    words = name.removesuffix("'s").removesuffix("\u2019s").split()
    roles, nations = lexicon().words["role"], lexicon().words["nationality"]
    offices = [
        n
        for n, w in enumerate(words, 1)
        if not roles.isdisjoint((w.lower().strip(".,'"), w.lower().rpartition("-")[2]))
    ]
    if offices and offices[-1] < len(words):
        words = words[offices[-1] :]
    while words and words[0].lower().strip(".") in nations:
        words = words[1:]
    return " ".join(words).strip(" .,")


def _names(text: str) -> Iterator[tuple[int, int, str]]:
    """Possible actors in a stretch of text, with their spans."""
    lists = lexicon().words
    for m in NAME.finditer(text):
        words = m[0].split()
        while words and (words[0].lower() in lists["function"] or not words[0][0].isupper()):
            words = words[1:]
        name = _trim_name(" ".join(words))
        if not name:
            continue
        rest = text[m.end() : m.end() + 30].split()
        follows = rest[0].strip(",").lower() if rest else ""
        comma = text[m.end() : m.end() + 1] == ","
        # One word is a name before a comma or a verb, though not at the very beginning: "Recently, …".
        opening = comma and not text[: m.start()].strip()
        if " " in name or (not opening and (comma or follows in lists["said"] or follows in lists["auxiliary"])):
            yield m.start(), m.end(), name


def _said(text: str) -> list[tuple[int, int, str]]:
    """Verbs of saying with their spans."""
    said = lexicon().words["said"]
    return [(m.start(), m.end(), m[0].lower()) for m in re.finditer(r"[^\W\d_]+", text) if m[0].lower() in said]


def _known(name: str, known: Sequence[str]) -> str:
    """A longer string of capitals that ends in a name known from elsewhere in the document is that name."""
    return next((k for k in known if name != k and name.endswith(" " + k)), name)


def _after(text: str, known: Sequence[str]) -> str:
    """The speaker in the clause after a quotation: "…" X, an officer, said."""
    # The clause goes on in lower case or with a name: `," she said` or `." X pointed out`.
    stop = SENTENCE_STOP.search(text, 1)
    clause = text[: min(stop.start() if stop else len(text), REACH)]
    if CJK.search(clause[:6]):
        return _chinese_name(clause[:24])
    verbs = _said(clause)
    if not verbs:
        return ""
    start, end, _ = verbs[0]
    names = list(_names(clause))
    before = next((n for n in names if n[1] <= start), None)
    behind = next((n for n in names if end <= n[0] <= end + 40), None)
    found = before if before and before[0] <= 60 else behind if start <= 12 else None
    return _known(found[2], known) if found else ""


def _before(text: str, known: Sequence[str]) -> str:
    """The speaker in the clause before a quotation: X said that "…"."""
    stops = [m.end() for m in SENTENCE_STOP.finditer(text)]
    clause = text[stops[-1] if stops else 0 :][-2 * REACH :]
    if CJK.search(clause[-6:]):
        return _chinese_name(clause[-24:])
    verbs = _said(clause)
    if not verbs or len(clause) - verbs[-1][1] > REACH:
        return ""
    start, end, verb = verbs[-1]
    every = list(_names(clause))
    names = [n for n in every if n[0] < start]
    if not names and verb == "according":
        return next((_known(n[2], known) for n in every if n[0] >= end), "")
    # "…, saying" goes with the subject of the sentence; "X said" with the name beside it.
    if verb.endswith("ing"):
        prepositions = lexicon().words["preposition"]
        names = [n for n in names if prepositions.isdisjoint(clause[max(n[0] - 20, 0) : n[0]].lower().split()[-2:])][:1]
    return _known(names[-1][2], known) if names else ""


CHINESE_SAID = "说|表示|指出|认为|称|强调|告诉|介绍|透露|坦言|写道|說|稱|認為|宣布|直言"
CHINESE_SPEAKER = re.compile(
    rf"(?:^|[，。、；：！？\s”」])(?P<name>[\u4e00-\u9fff·]{{2,8}}?)(?:对[\u4e00-\u9fff]{{1,8}})?(?:{CHINESE_SAID})"
)


CHINESE_SAID_END = re.compile(f"(?:{CHINESE_SAID})[，：,:]?$")


def _chinese_name(clause: str) -> str:
    found = CHINESE_SPEAKER.search(clause)
    return found["name"] if found and found["name"][:1] not in "他她它这那并还也" else ""


def _cast(text: str) -> list[str]:
    """Names of two or more words that stand beside a verb of saying anywhere in the document."""
    said = lexicon().words["said"]
    found: dict[str, None] = {}
    for m in NAME.finditer(text):
        following = text[m.end() : m.end() + 20].split()
        if following and following[0].strip(",").lower() in said and 2 <= len((name := _trim_name(m[0])).split()) <= 4:
            found[name] = None
    return sorted(found, key=lambda n: (-len(n), n))


def _last_sayer(text: str, known: Sequence[str]) -> str:
    """Who was last reported to say something in a stretch of text."""
    for sentence in reversed(re.split(r"(?<=[.!?]) ", text)):
        verbs = _said(sentence)
        names = [n for n in _names(sentence) if verbs and n[1] <= verbs[0][0]]
        if names:
            return _known(names[-1][2], known)
    return ""


def _attribute(
    paragraphs: Paragraphs, k: int, start: int, end: int, known: Sequence[str], last: tuple[int, str]
) -> tuple[str, str]:
    """Speaker and basis of the quotation at `start` to `end`, offsets of the document, which begins in paragraph `k`."""
    offset, text = paragraphs[k]
    head = text[max(start - offset - 4 * REACH, 0) : start - offset]
    final = bisect_left(paragraphs, (end,)) - 1
    tail = paragraphs[final][1][end - paragraphs[final][0] : end - paragraphs[final][0] + 2 * REACH]
    opens_clause = not head.strip() or head.rstrip()[-1:] in '.!?。！？"\u201d'
    if not opens_clause and (name := _before(head, known)):
        return name, "said_before"
    if tail.strip() and (name := _after(tail, known)):
        return name, "said_after"
    if opens_clause and last[1] and (last[0] == k or (last[0] >= k - 2 and not head.strip())):
        return last[1], "carried_over"
    if opens_clause and (name := _last_sayer(head, known)):
        return name, "carried_over"
    return "", "none"


def _beside_said(head: str, tail: str) -> bool:
    """Whether a verb of saying, or a colon, stands near a short quotation."""
    near = {verb for _, _, verb in (*_said(head[-120:]), *_said(tail[:30]))} - lexicon().words["said_of_terms"]
    return bool(near) or head.rstrip()[-1:] in (":", "：") or bool(CHINESE_SAID_END.search(head[-6:]))


def _is_title(text: str) -> bool:
    """Whether a short quoted stretch has the capitals of a title or a name."""
    capitals = [w[0].isupper() for w in text.split()]
    return sum(capitals) >= 2 and all(
        capital or w[0].isdigit() or len(w) <= 3 for capital, w in zip(capitals, text.split(), strict=True)
    )


def unpaired_marks(paragraphs: Paragraphs) -> list[int]:
    """Offsets of double quotation marks that have no partner, in their paragraph or in those that follow.

    Examples
    --------
    >>> unpaired_marks([(0, 'as a state; competitor".'), (26, '"This goes on.'), (42, 'To here," he said.')])
    [22]
    """
    return [start for _, start, s, _ in _across(paragraphs) if s.state != "balanced"]


def find_quotations(paragraphs: Paragraphs, *, min_words: int = SPEECH_WORDS) -> list[Quotation]:
    """Direct quotation in a document.

    Parameters
    ----------
    paragraphs
        Offset in the document's text, and text, of each paragraph, in order.
    min_words
        A quoted stretch of at least so many words is speech; one of three words or more is when a verb of saying stands beside it.

    Returns
    -------
    list of Quotation
        By offset. A nested quotation is a row of its own with `depth` 1 or more.

    Notes
    -----
    The speaker is the nearest name by form and place, not by understanding: read `basis` beside it. 'none' is often the honest answer.

    Examples
    --------
    >>> text = '"We shall never leave this place," Jane Doe told reporters. They left.'
    >>> [(q.speaker, q.basis, text[q.start:q.end]) for q in find_quotations([(0, text)])]
    [('Jane Doe', 'said_after', '"We shall never leave this place,"')]
    """
    rows: list[Quotation] = []
    known: list[str] | None = None
    last = (-9, "")
    for k, start, s, end in _across(paragraphs):
        known = _cast(" ".join(text for _, text in paragraphs)) if known is None else known
        offset, text = paragraphs[k]
        whole = end <= offset + len(text)
        beyond = "\n".join(t for o, t in paragraphs[k : k + 9] if o < end)
        inner = text[s.start + 1 : max(end - offset - 1, 0)] if whole else beyond
        tail = text[end - offset : end - offset + REACH] if whole else ""
        n = _count_words(inner)
        if s.state == "close":
            rows.append(Quotation(start, end, "", "none", False, s.depth, 0))
            continue
        said = n >= min_words or (not _is_title(inner) and _beside_said(text[max(s.start - 200, 0) : s.start], tail))
        if n < FRAGMENT_WORDS or not said:
            continue
        speaker, basis = _attribute(paragraphs, k, start, end, known, last) if s.depth == 0 else ("", "none")
        last = (k, speaker) if speaker else last
        rows.append(Quotation(start, end, speaker, basis, s.state == "balanced", s.depth, n))
    return sorted(rows)
