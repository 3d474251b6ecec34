"""Title, author, source, publisher and dates: candidates from every line, each with its rule and basis, and then a decision.

Candidates are read before any line is dropped, since a page's only author or date may stand in a disclaimer or a line of another language.
The decision comes after the labels: a date inside a list of other stories belongs to another story. `documents` receives stated values
only; what is inferred stays in the evidence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from corpus_lib.cleaning.lexicon import CJK, lexicon, match_cue
from corpus_lib.cleaning.lines import Page, Vote
from corpus_lib.cleaning.metadata.dates import DateMatch, find_dates
from corpus_lib.cleaning.metadata.names import biography, organisation, person_name, person_names

__all__ = ["FIELDS", "Candidate", "decide_metadata", "differing_fields", "given_date", "read_metadata"]

FIELDS = ("title", "author", "source", "publisher", "date_published", "date_modified", "date_event")
# Rules for dates without a cue: away from the head of the page such a date is another story's (right in .06 of 168 on the development pages).
ALONE = ("bare_stamp", "stamp_in_line")
# A value decides only above this; below it, it is shown as evidence.
DECIDES = 0.5
SEPARATORS = " \t\u00a0\u3000|·•:：,，.;–—-/()[]丨@"
READING_TIME = re.compile(
    r"\b\d{1,3} ?(?:-| )?min(?:ute)?s?(?: read(?:ing time)?)?\b|\bGMT(?:[+-]\d{1,2}(?::?\d{2})?)?|\b(?:UTC|EST|EDT|PST|PDT|BST|CET|IST|ET)\b",
    re.IGNORECASE,
)
WEEKDAY = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?|星期[一二三四五六日天]|周[一二三四五六日]|thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|\b(?:on|at|the|am|pm)\b",
    re.IGNORECASE,
)
EXPRESSED = re.compile(
    r"\b(?:views?|opinions?)\b[^.]{0,60}?\b(?:expressed|presented|contained)\b[^.]{0,60}?\b(?:by|of)\s+(?:the author,?\s+)?(?P<name>[^\W\d_a-z][^.,;]{2,60})"
)
REFLECT = re.compile(
    r"\b(?:reflect|represent|those of)\b[^.]{0,80}?\b(?:views?|opinions?|positions?|polic(?:y|ies)|stance|line)\b(?:\s(?:or|and)\s\w+)?\s+of\s+(?P<name>[^\W\d_a-z][^.,;]{1,60})"
)
COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\s{0,2}(?:copyright\s)?(?:(?:19|20)\d{2}(?:\s?[-–]\s?(?:19|20)?\d{2})?,?\s)?(?:by\s)?(?P<name>[^\W\d_a-z][^.,;|©\d]{1,50})",
    re.IGNORECASE,
)
WIRE = re.compile(r"^[A-Z][A-Z .'/-]{2,30}(?:, [^\W\d_]{3,9}\.? \d{1,2})? \((?P<name>[A-Z][\w. /]{1,24})\) ?[-–—]")
CHINESE_WIRE = re.compile(
    r"^(?P<name>[\u4e00-\u9fff]{2,6}社|[\u4e00-\u9fff]{2,6}网)[\u4e00-\u9fff、\d]{0,14}(?:\d{1,2}月)?\d{1,2}日[电讯電]"
)
CHINESE_REPORTER = re.compile(
    r"[(（](?:[\u4e00-\u9fff]{0,6})(?:记者|記者|通讯员|作者)[ :：]{0,2}(?P<name>[\u4e00-\u9fff]{2,4}(?:[ 、][\u4e00-\u9fff]{2,4}){0,3})[^\u4e00-\u9fff]?"
)
PLAIN_QUOTES = str.maketrans("‘’ʼ“”", "'''\"\"")
# Words of a clause that announces: an event ahead does not conflict with a stamp before it.
AHEAD = re.compile(
    r"\b(?:will|to be|scheduled|planned|upcoming|next|due|expected|set to|would|shall|until|by)\b", re.IGNORECASE
)

ISO_DATE = re.compile(
    r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01])(?P<time>[T ][0-9]{2}:[0-9]{2}.{0,24})?)?)?"
)
# Two small numbers before the year: the first may be the day or the month.
OPEN_ORDER = re.compile(r"\W*(?P<a>[0-9]{1,2})\s*[-/.]\s*(?P<b>[0-9]{1,2})\b")


class Candidate(NamedTuple):
    """A value a page may state, with where and by which rule it was read."""

    field: str
    value: str
    position: int
    rule: str
    basis: str
    confidence: float


def _cue(text: str, *keys: str) -> re.Match[str] | None:
    match = match_cue(text, *keys)
    # A Latin cue needs a space or a colon behind it, a Chinese one a colon, a space or a name.
    return match if match and (match["mark"] or CJK.search(match["cue"]) or not match["value"]) else None


def _bare(text: str, dates: Sequence[DateMatch]) -> str:
    """What is left of a line without its dates, weekdays, reading time and separators."""
    for d in reversed(dates):
        text = text[: d.start] + " " + text[d.end :]
    return WEEKDAY.sub(" ", READING_TIME.sub(" ", text)).strip(SEPARATORS)


def _date_line(page: Page, i: int, dates: list[DateMatch], head: bool) -> tuple[list[Candidate], Vote | None]:
    """Candidates of a short line with a date: a bare stamp, a stamp with its cue, a site's name before a stamp."""
    text, first = page.lines[i].text, dates[0]
    if not first.value:
        return [], None
    before, rest = text[: first.start].strip(SEPARATORS), _bare(text, dates)
    for field, key in (("date_modified", "modified"), ("date_published", "published")):
        cue = _cue(before + " ", key) if before else None
        if cue and not cue["value"].strip(SEPARATORS):
            others = [
                Candidate("date_modified", d.value, i, "second_stamp", "stated", 0.6)
                for d in dates[1:2]
                if d.value and field == "date_published"
            ]
            return [Candidate(field, first.value, i, f"{key}_cue", "stated", 0.95 if head else 0.7), *others], Vote(
                "date", f"{key}_cue", f"a date after '{cue['cue']}'"
            )
        found = _site_before(text, first, key, before)
        if found:
            values = [
                Candidate(f, found, i, "site_before_stamp", "stated", 0.8 if head else 0.4)
                for f in ("source", "publisher")
            ]
            stamp = Candidate(field, first.value, i, f"{key}_cue", "stated", 0.95 if head else 0.6)
            return [*values, stamp], Vote(
                "source", "site_before_stamp", f"a site's name, '{found}', before the page's own stamp"
            )
    if not rest:
        return [Candidate("date_published", first.value, i, "bare_stamp", "stated", 0.9)], Vote(
            "date", "bare_stamp", "nothing but a date"
        )
    return _stamp_in_line(page, i, dates), None


def _stamp_in_line(page: Page, i: int, dates: list[DateMatch]) -> list[Candidate]:
    """The one full date of a short line that says something else too, a name or a section; not of an event or a picture, nor a range."""
    m, text = page.measures[i], page.lines[i].text
    if len(dates) > 1 or len(dates[0].value) < 10 or m.words > 14 or m.ends:
        return []
    if not lexicon().words["event"].isdisjoint(m.tokens) or _cue(text, "caption"):
        return []
    before = text[: dates[0].start].lower()
    field = "date_modified" if any(cue in before for cue in lexicon().cues["modified"]) else "date_published"
    return [Candidate(field, dates[0].value, i, "stamp_in_line", "stated", 0.8)]


def _site_before(text: str, date: DateMatch, key: str, before: str) -> str:
    """The name that stands before a cue and its date, or ''."""
    lowered = before.lower()
    for cue in lexicon().cues[key]:
        if lowered.endswith(cue) and len(lowered) > len(cue):
            left = before[: -len(cue)]
            joined = left[-1] in SEPARATORS or CJK.search(cue) is not None
            return (
                organisation(left)
                if (joined and not person_names(left.strip(SEPARATORS).removeprefix("By "))) or not joined
                else _not_byline(left)
            )
    return ""


def _not_byline(left: str) -> str:
    """A name of two or three capitalised words may be a person's; without "by" before it, it is read as the site's."""
    return "" if left.lower().startswith(("by ", "written by")) else organisation(left)


def _source_line(page: Page, i: int, dates: list[DateMatch]) -> tuple[list[Candidate], Vote | None]:
    """Candidates of a line that credits its source, with the stamp that may follow."""
    text = page.lines[i].text
    cue = _cue(text, "source")
    if not cue or (
        (not cue["mark"].strip() and not (CJK.search(cue["cue"]) and cue["mark"])) and cue["cue"].lower() != "theo"
    ):
        return [], None
    end = min((d.start - cue.start("value") for d in dates), default=len(cue["value"]))
    value = re.split(
        r"[|丨]|\s{2,}|\u3000|(?:作者|责任编辑|编辑|时间|发布时间|记者)[:：]", cue["value"][: max(end, 0)]
    )[0].strip(SEPARATORS)
    if not organisation(value):
        return [], None
    found = [Candidate("source", value, i, "source_cue", "stated", 0.9)]
    found += [
        Candidate("date_published", d.value, i, "stamp_beside_source", "stated", 0.85) for d in dates[:1] if d.value
    ]
    author = re.search(r"(?:作者|记者)[:： ]{1,2}([\u4e00-\u9fff]{2,4})", cue["value"])
    found += [Candidate("author", author[1], i, "author_cue", "stated", 0.85)] if author else []
    return found, Vote("source", "source_cue", f"a credit after '{cue['cue']}'")


def _author_line(page: Page, i: int, dates: list[DateMatch]) -> tuple[list[Candidate], Vote | None]:
    """Candidates of a byline, with the date that may follow the name."""
    text = page.lines[i].text
    cue = _cue(text, "author")
    if not cue or page.measures[i].words > 25:
        return [], None
    # "Our reporter" and the like hold two cues; the longest one wins, so what is left is the name.
    names = person_names(cue["value"])
    if not names:
        return [], None
    helper = cue["cue"].lower() in lexicon().cues["not_author"]
    role = Vote("byline", "author_cue", f"a name after '{cue['cue']}'")
    stamps = [
        Candidate("date_published", d.value, i, "stamp_beside_author", "stated", 0.9) for d in dates[:1] if d.value
    ]
    modified = re.search(r"updated|modified|cập nhật|更新", text[: dates[0].start], re.IGNORECASE) if stamps else None
    stamps = [c._replace(field="date_modified") for c in stamps] if modified else stamps
    return ([] if helper else [Candidate("author", "; ".join(names), i, "author_cue", "stated", 0.9), *stamps]), role


def _prose_candidates(page: Page, i: int, order: int, last: bool) -> list[Candidate]:
    """Candidates inside running text: events, news agencies, reporters in brackets."""
    text = page.lines[i].text
    found = []
    if order == 0 and (wire := WIRE.match(text[:90]) or CHINESE_WIRE.match(text[:60])):
        found.append(Candidate("source", wire["name"], i, "dateline", "stated", 0.75))
    if (
        (order == 0 or last)
        and page.measures[i].cjk
        and (reporter := CHINESE_REPORTER.search(text[:80]) or CHINESE_REPORTER.search(text[-40:]))
    ):
        found.append(
            Candidate(
                "author", "; ".join(re.split("[ 、]", reporter["name"])), i, "reporter_in_brackets", "stated", 0.8
            )
        )
    if order < 3:
        found += _events(text[:1200], i, page.language)
    return found


def _events(text: str, i: int, language: str) -> list[Candidate]:
    """Full dates in a sentence that speaks of a talk, a webinar, a conference."""
    events = lexicon().words["event"]
    rows = []
    for d in find_dates(text, language):
        if len(d.value) < 10:
            continue
        window = text[max(d.start - 120, 0) : d.end + 60].lower()
        word = next((w for w in sorted(events) if re.search(rf"\b{re.escape(w)}\b", window)), "")
        if word:
            rows.append(Candidate("date_event", d.value, i, f"date_of_{word.replace(' ', '_')}", "event", 0.7))
    return rows


def _disclaimer_candidates(page: Page, i: int) -> list[Candidate]:
    """Author and publisher that a disclaimer names."""
    text = page.lines[i].text[:1500]
    found = []
    if match := EXPRESSED.search(text):
        name = person_name(_capitalised(match["name"]))
        found += [Candidate("author", name, i, "disclaimer", "stated", 0.85)] if name else []
    if match := REFLECT.search(text):
        name = organisation(_capitalised(match["name"]))
        found += [Candidate("publisher", name, i, "disclaimer", "stated", 0.85)] if name else []
    return found


def _capitalised(text: str) -> str:
    """The leading words of a capture that belong to a name."""
    words: list[str] = []
    for word in text.split():
        if not (word[0].isupper() or (words and word.lower() in ("of", "the", "de", "and", "for", "&"))):
            break
        words.append(word)
    while words and words[-1].lower() in ("of", "the", "de", "and", "for", "&"):
        words.pop()
    return " ".join(words)


def _copyright(text: str) -> re.Match[str] | None:
    """The owner that a line names."""
    # The three signs are looked for as strings, since few lines hold one and the expression tries each place.
    lowered = text.lower()
    marked = "©" in text or "(c)" in lowered or "copyr" in lowered
    return COPYRIGHT.search(text) if marked else None


def _line_candidates(page: Page, i: int, head: bool) -> tuple[list[Candidate], Vote | None]:
    """Candidates and role of one short line."""
    dates = find_dates(page.lines[i].text, page.languages[i])
    for reader in (_source_line, _author_line):
        found, role = reader(page, i, dates)
        if role:
            return found, role
    return _date_line(page, i, dates, head) if dates else ([], None)


def read_metadata(page: Page) -> tuple[list[Candidate], dict[int, Vote]]:
    """Candidates of all fields but the title, and the lines that have a label because of them.

    Parameters
    ----------
    page
        The document.

    Returns
    -------
    tuple of list of Candidate and dict of int to Vote
        Roles are keyed by the position of the line among the lines that are not blank.
    """
    candidates: list[Candidate] = []
    roles: dict[int, Vote] = {}
    prose = [i for i, p in enumerate(page.prose) if p]
    orders = {i: n for n, i in enumerate(prose)}
    for i, line in enumerate(page.lines):
        m = page.measures[i]
        if m.words <= 20 and len(line.text) <= 200 and not (m.words > 12 and m.ends):
            found, role = _line_candidates(page, i, head=i <= page.first_prose)
            candidates += found
            if role:
                roles[i] = role
        if page.prose[i] and (orders[i] < 3 or i == prose[-1]):
            candidates += _prose_candidates(page, i, orders[i], i == prose[-1])
        if m.words > 6 and (
            "express" in line.text or "reflect" in line.text or "represent" in line.text or "those of" in line.text
        ):
            candidates += _disclaimer_candidates(page, i)
        if (
            m.words <= 40
            and (match := _copyright(line.text[:200]))
            and (name := organisation(_capitalised(re.split(r"\s+All\s", match["name"])[0])))
        ):
            candidates.append(Candidate("publisher", name, i, "copyright_line", "stated", 0.6))
    names = frozenset(n.lower() for c in candidates if c.field == "author" for n in c.value.split("; "))
    for i, (name, reason) in biography(page, names).items():
        roles[i] = Vote("author_bio", "biography", reason)
        candidates += (
            [Candidate("author", name, i, "biography", "stated", 0.9)]
            if name and not any(c.rule == "biography" for c in candidates)
            else []
        )
    return candidates, roles


# ------------------------------------------------------------------------------------------------------------- decision
def given_date(value: str) -> str:
    """A user's own date as an ISO string where it can be read in one way only, else as it is.

    Parameters
    ----------
    value
        What the user's column says.

    Returns
    -------
    str
        The date at the precision given, without a zone where it was spelled; the value itself where the order of day and month is open or where
        it is more than a date.

    Examples
    --------
    >>> given_date("12 March 2023"), given_date("March 2023"), given_date("25/07/2023"), given_date("2023-07-01 10:30")
    ('2023-03-12', '2023-03', '2023-07-25', '2023-07-01T10:30')
    >>> given_date("01/07/2023"), given_date("unknown date"), given_date("spring 2023")
    ('01/07/2023', 'unknown date', 'spring 2023')
    """
    if iso := ISO_DATE.fullmatch(value):
        return value.replace(" ", "T", 1) if iso["time"] else value
    order = OPEN_ORDER.match(value)
    if order and max(int(order["a"]), int(order["b"])) <= 12 and order["a"].lstrip("0") != order["b"].lstrip("0"):
        return value
    dates = find_dates(value)
    return dates[0].value if len(dates) == 1 and dates[0].value and not _bare(value, dates) else value


def _weighted(candidate: Candidate, labels: Sequence[str], head: range) -> float:
    """Confidence once the labels are known: outside the head, nothing in a list of other stories speaks of this page, nor does a date by itself."""
    if candidate.position in head:
        return candidate.confidence
    label = labels[candidate.position]
    if label == "sidebar" or (label == "nav" and candidate.field != "publisher"):
        return min(candidate.confidence, 0.2)
    if candidate.rule in ALONE:
        return min(candidate.confidence, 0.4 if candidate.position < head.start else 0.1)
    return candidate.confidence


def _head(labels: Sequence[str], first_prose: int, title: int | None) -> range:
    """Positions from four lines above the title to the first line of the text below it, and to four lines below it where a deck is taken for text."""
    anchor = first_prose if title is None else title
    text = next((i for i in range(anchor, len(labels)) if labels[i] == "body"), anchor)
    return range(max(anchor - 4, 0), max(text, anchor + 5))


def decide_metadata(
    page: Page, labels: Sequence[str], candidates: Sequence[Candidate], given: Mapping[str, str]
) -> tuple[dict[str, str], list[tuple[Any, ...]], list[tuple[int, int, int, str]]]:
    """Choose a value for each field and list all the evidence.

    Parameters
    ----------
    page
        The document.
    labels
        The label of each line.
    candidates
        What was read.
    given
        The user's own columns of these names.

    Returns
    -------
    tuple
        Values by field; rows of the evidence (field, value, line, rule, basis, confidence, decided); conflicts as
        (position, start, end, text) inside a line.
    """
    values: dict[str, str] = {}
    rows: list[tuple[Any, ...]] = []
    title = next((c.position for c in candidates if c.rule == "title_line"), None)
    head = _head(labels, page.first_prose, title)
    for field in FIELDS:
        ranked = sorted(
            ((-_weighted(c, labels, head), c.position, c) for c in candidates if c.field == field), key=lambda r: r[:2]
        )
        own = given_date(given.get(field, "")) if field.startswith("date_") else given.get(field, "")
        if own:
            rows.append((field, own, 0, "column", "given", 1.0, True))
        decides = -1 if own or not ranked or -ranked[0][0] < DECIDES or ranked[0][2].basis == "inferred" else 0
        values[field] = own or (ranked[0][2].value if decides == 0 else "")
        for n, (weight, _, c) in enumerate(ranked):
            rows.append(
                (field, c.value, page.lines[c.position].number, c.rule, c.basis, round(-weight, 2), n == decides)
            )
    late, conflicts = _undated_after_stamp(page, labels, values)
    return values, rows + late, conflicts


def differing_fields(evidence: Sequence[tuple[Any, ...]]) -> list[str]:
    """Fields whose given value is not what the text states.

    The given value is compared with the stated value of the highest confidence, of several equal ones with all of them; what is inferred, or
    less likely right than wrong, is not a conflict.

    Parameters
    ----------
    evidence
        Rows as `decide_metadata` returns them.

    Returns
    -------
    list of str
        In the order of `FIELDS`.

    Notes
    -----
    Titles are compared without regard to case, space and the form of quotation marks; names as sets of words, of which one may hold the
    other ("Times", "The Times"); dates at the shorter precision, and not at all where the given one is not in ISO form.

    Examples
    --------
    >>> own, text = ("title", "A Day", 0, "column", "given", 1.0, True), ("title", "a  day", 1, "title_line", "stated", 0.9, False)
    >>> differing_fields([own, text]), differing_fields([own, (*text[:1], "A night", *text[2:])])
    ([], ['title'])
    """
    found = []
    for field in FIELDS:
        own = next((row[1] for row in evidence if row[0] == field and row[4] == "given"), "")
        stated = [row for row in evidence if row[0] == field and row[4] in ("stated", "event") and row[5] >= DECIDES]
        best = max((row[5] for row in stated), default=0.0)
        if own and stated and not any(_agree(field, own, row[1]) for row in stated if row[5] == best):
            found.append(field)
    return found


def _agree(field: str, given: str, stated: str) -> bool:
    """Whether two values of a field say the same, each at the precision it has."""
    if field.startswith("date_"):
        size = min(len(given), len(stated))
        return not ISO_DATE.fullmatch(given) or given[:size] == stated[:size]
    a, b = (unicodedata.normalize("NFKC", text).casefold().translate(PLAIN_QUOTES) for text in (given, stated))
    if field == "title":
        return a.split() == b.split()
    # Scripts without spaces have no words to compare as sets.
    one, other = set(re.findall(r"\w+", a)), set(re.findall(r"\w+", b))
    return one <= other or other <= one or (CJK.search(a) is not None and (a in b or b in a))


def _undated_after_stamp(
    page: Page, labels: Sequence[str], values: Mapping[str, str]
) -> tuple[list[tuple[Any, ...]], list[tuple[int, int, int, str]]]:
    """Days without a year that the text reports as past although they come just after the page's own stamp."""
    stamp = values["date_modified"] or values["date_published"]
    # A user's own date may be of any form; only a full ISO date can be reckoned with.
    if len(stamp) < 10 or not ISO_DATE.fullmatch(stamp):
        return [], []
    rows: list[tuple[Any, ...]] = []
    conflicts = []
    month, day = int(stamp[5:7]), int(stamp[8:10])
    for i, line in enumerate(page.lines):
        if labels[i] not in ("body", "list_item") or len(rows) >= 3:
            continue
        for d in find_dates(line.text[:4000], page.language):
            later = (d.month - month) * 31 + d.day - day
            clause = line.text[max(d.start - 40, 0) : d.end + 60]
            if not d.year and d.day and 0 < later <= 31 and not AHEAD.search(clause):
                value = f"--{d.month:02d}-{d.day:02d}"
                rows.append(("date_event", value, line.number, "day_after_the_stamp", "inferred", 0.3, False))
                conflicts.append((i, d.start, d.end, line.text[d.start : d.end]))
    return rows, conflicts
