"""Dates that a text states, found by strict patterns and written as ISO strings at the precision stated.

A day and a month without a year are not a date; nor is a numeric date whose order the language leaves open. Names of months are
read by `dateparser.parse`, on the matched string only, with language, order and parts given.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from corpus_lib.cleaning.lexicon import lexicon
from corpus_lib.cleaning.packaged import patterns


class DateMatch(NamedTuple):
    """A date in a text: its span, the ISO value ('' if the year is missing or the order open), month and day where stated."""

    start: int
    end: int
    value: str
    month: int
    day: int
    year: int


YEAR = r"(?P<y>(?:19|20)\d{2})"
YEARS, SLASHED, CHINESE_PARTIAL, CLOCK_AFTER, CLOCK_BEFORE, DIGIT, NAME, AMERICAN, REGION = patterns("dates")
# Where the month stands first in numbers.
MONTH_FIRST = ("US", "PH", "FM", "MH", "PW", "GU", "PR")
NUMERIC = (
    re.compile(rf"(?<![\d./-]){YEAR}(?P<s>[-/.])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}})(?![\d/])"),
    re.compile(rf"(?<!\d){YEAR} ?[年년] ?(?P<m>\d{{1,2}}) ?[月월](?: ?(?P<d>\d{{1,2}}) ?[日号號일])?"),
    re.compile(
        rf"(?<!\d)(?:ngày )?(?P<d>\d{{1,2}})(?: tháng |-|/)(?P<m>\d{{1,2}})(?:,? năm |, ){YEAR}(?!\d)", re.IGNORECASE
    ),
)


@lru_cache(maxsize=1)
def _named() -> tuple[re.Pattern[str], ...]:
    month = "|".join(sorted(map(re.escape, lexicon().months), key=lambda v: (-len(v), v)))
    month = rf"(?P<name>(?:{month}))\b\.?"
    day = r"(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
    return (
        re.compile(rf"\b{month} {day}(?:,|\b) ?{YEAR}(?!\d)", re.IGNORECASE),
        re.compile(rf"(?<!\d){day} (?:de |of )?{month},? (?:de )?{YEAR}(?!\d)", re.IGNORECASE),
        re.compile(rf"\b{month} {day}(?!\d)(?!,? ?\d{{4}})", re.IGNORECASE),
        re.compile(rf"(?<!\d){day} (?:de |of )?{month}(?!,? (?:de )?\d{{4}})", re.IGNORECASE),
        re.compile(rf"\b{month},? {YEAR}(?!\d)", re.IGNORECASE),
    )


@lru_cache(maxsize=1024)
def _month_of(name: str) -> int:
    """Number of the month that dateparser reads in a name; the table's where dateparser does not know it."""
    import dateparser

    language = lexicon().month_language.get(name, "en")
    settings = {"DATE_ORDER": "DMY", "REQUIRE_PARTS": ["day", "month", "year"], "STRICT_PARSING": True}
    read = dateparser.parse(f"15 {name} 2000", languages=[language], settings=settings)
    return read.month if read else lexicon().months[name]


def _iso(year: int, month: int, day: int) -> str:
    if not day:
        return f"{year:04d}-{month:02d}" if 1 <= month <= 12 else ""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return ""


def _with_clock(text: str, start: int, end: int, value: str) -> tuple[int, int, str]:
    """Add a time of day that stands beside a full date."""
    after = CLOCK_AFTER.match(text, end)
    before = None if after else CLOCK_BEFORE.search(text[max(start - 20, 0) : start])
    clock = after or before
    if len(value) != 10 or clock is None:
        return start, end, value
    hour, half = int(clock["h"]), (clock["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 23 or int(clock["min"]) > 59:
        return start, end, value
    seconds = f":{clock['sec']}" if after and after["sec"] and int(after["sec"]) < 60 else ""
    span = (start, after.end()) if after else (start - len(clock[0]), end)
    return *span, f"{value}T{hour:02d}:{clock['min']}{seconds}"


def _ordered(match: re.Match[str], language: str, order: str) -> tuple[int, int]:
    """Month and day of a numeric date; (0, 0) where English leaves the order open."""
    a, b = int(match["a"]), int(match["b"])
    if a > 12 or b > 12 or a == b:
        return (b, a) if a > 12 or a == b else (a, b)
    if order and match["s"] != ".":
        return (a, b) if order == "month" else (b, a)
    # 03/04/2024 is March in New York and April in London.
    return (0, 0) if language in ("en", "") and match["s"] == "/" else (b, a)


def _numeric(text: str, language: str, order: str) -> Iterator[tuple[int, int, int, int, int]]:
    # Most lines with a digit hold no year.
    for pattern in NUMERIC if YEARS.search(text) else ():
        for m in pattern.finditer(text):
            yield m.start(), m.end(), int(m["y"]), int(m["m"]), int(m["d"] or 0)
    for m in SLASHED.finditer(text) if YEARS.search(text) else ():
        month, day = _ordered(m, language, order)
        yield m.start(), m.end(), int(m["y"]), month, day
    for m in CHINESE_PARTIAL.finditer(text):
        yield m.start(), m.end(), 0, int(m["m"]), int(m["d"])


def _spelled(text: str) -> Iterator[tuple[int, int, int, int, int]]:
    if lexicon().months.keys().isdisjoint(NAME.findall(text.lower())):
        return
    for pattern in _named():
        for m in pattern.finditer(text):
            groups = m.groupdict()
            name, day, year = groups["name"].lower(), int(groups.get("d") or 0), int(groups.get("y") or 0)
            month = _month_of(name) if day and year else lexicon().months[name]
            yield m.start(), m.end(), year, month, day


def date_order(texts: Iterable[str], region: str = "") -> str:
    """Which stands first in the numeric dates of a text, "day" or "month": as those that can be read in one way only say, or as the region writes; '' where that is open.

    Examples
    --------
    >>> date_order(["03/05/2021", "due 04/13/2021"]), date_order(["03/05/2021"], "en-GB"), date_order(["03/05/2021"], "en")
    ('month', 'day', '')
    """
    pairs = {
        (int(m["a"]) > 12, int(m["b"]) > 12, AMERICAN.match(text, m.end()) is not None)
        for text in texts
        for m in SLASHED.finditer(text)
    }
    orders = {"day" if a else "month" for a, b, _ in pairs if a != b} or {"month" for *_, american in pairs if american}
    if len(orders) == 1:
        return orders.pop()
    place = REGION.search(region)
    return ("month" if place[0].upper() in MONTH_FIRST else "day") if place and not orders else ""


def find_dates(text: str, language: str = "", order: str = "") -> list[DateMatch]:
    """Dates in a text, in order, overlaps resolved for the longer match.

    Parameters
    ----------
    text
        A line or a short stretch of text.
    language
        Its language, which decides the order of a numeric date.
    order
        "day" or "month", whichever stands first where the text around says it.

    Returns
    -------
    list of DateMatch
        `value` is empty where no year is stated or the order is open.

    Examples
    --------
    >>> [d.value for d in find_dates("on April 16, 2022")], [d.value for d in find_dates("28/01/2025 | 10:56", "vi")]
    (['2022-04-16'], ['2025-01-28T10:56'])
    >>> [d.value for d in find_dates("On January 30 they met; 03/04/2024", "en")]
    ['', '']
    """
    if not DIGIT.search(text):
        return []
    found = sorted([*_numeric(text, language, order), *_spelled(text)], key=lambda f: (f[0] - f[1], f[0]))
    taken: list[DateMatch] = []
    for start, end, year, month, day in found:
        if any(start < t.end and end > t.start for t in taken) or month > 12 or day > 31:
            continue
        value = _iso(year, month, day) if year and month else ""
        first, last, stamped = _with_clock(text, start, end, value)
        taken.append(DateMatch(first, last, stamped, month, day, year))
    return sorted(taken)
