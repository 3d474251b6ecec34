"""Dates that a text states, found by strict patterns and written as ISO strings at the precision stated.

A day and a month without a year are not a date; nor is a numeric date whose order neither the language nor another date decides.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from corpus_lib.cleaning.packaged import packaged_table, patterns
from corpus_lib.loading.dates import iso_date


class DateMatch(NamedTuple):
    """A date in a text: its span, the ISO value ('' if the year is missing or the order open), month and day where stated."""

    start: int
    end: int
    value: str
    month: int
    day: int
    year: int


CLOCK_AFTER, CLOCK_BEFORE, DIGIT, SLASHED, AMERICAN, REGION = patterns("dates")
NUMERIC, SPELLED = patterns("dates.numeric"), patterns("dates.spelled")
# Where the month stands first in numbers.
MONTH_FIRST = ("US", "PH", "FM", "MH", "PW", "GU", "PR")
# Names of fewer letters are words of other languages too ("set", "ara", "pro").
LONG_NAME = 4


@lru_cache(maxsize=64)
def month_names(language: str) -> dict[str, int]:
    """Numbers of the months by their names, small: those of the language and of English, and the longer ones of every language.

    Examples
    --------
    >>> month_names("de")["märz"], month_names("de")["stycznia"], "set" in month_names("de"), "set" in month_names("it")
    (3, 1, False, True)
    """
    tables = packaged_table("metadata/months.toml").items()
    named = [(name, n, code) for code, months in tables for n, names in enumerate(months, 1) for name in names.split()]
    return {name: n for name, n, code in named if code in ("en", language) or not language or len(name) >= LONG_NAME}


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
    seconds = f":{clock['sec']}" if after and after["sec"] else ""
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


def _stated(text: str, language: str, order: str) -> Iterator[tuple[int, int, int, int, int]]:
    """First and last character, year, month and day of whatever has the form of a date; 0 for what is not stated or open."""
    for m in (m for pattern in (*NUMERIC, SLASHED) for m in pattern.finditer(text)):
        said = m.groupdict()
        month, day = _ordered(m, language, order) if "a" in said else (int(said["m"]), int(said["d"] or 0))
        year = int(said.get("y") or 0)
        yield m.start(), m.end(), year + 2000 * (0 < year < 100), month, day
    for m in (m for pattern in SPELLED for m in pattern.finditer(text)):
        said = {"y": "", "d": ""} | m.groupdict()
        # Between a day and a year a word of three letters is no other.
        if month := month_names("" if said["d"] and said["y"] else language).get(said["name"].casefold(), 0):
            yield m.start(), m.end(), int(said["y"] or 0), month, int(said["d"] or 0)


def date_order(texts: Iterable[str], region: str = "") -> str:
    """Which stands first in the numeric dates of a text, "day" or "month": as those that can be read in one way only say, or as the region writes; '' where that is open.

    Examples
    --------
    >>> date_order(["03/05/2021", "due 04/13/2021"]), date_order(["03/05/2021"], "en-GB"), date_order(["03/05/2021"], "en")
    ('month', 'day', '')
    """
    found = [(m, text) for text in texts for m in SLASHED.finditer(text) if m["s"] == "/"]
    orders = {"day" if int(m["a"]) > 12 else "month" for m, _ in found if (int(m["a"]) > 12) != (int(m["b"]) > 12)}
    orders = orders or {"month" for m, text in found if AMERICAN.match(text, m.end())}
    place = REGION.search(region)
    orders = orders or ({"month" if place[0].upper() in MONTH_FIRST else "day"} if place else set())
    return orders.pop() if len(orders) == 1 else ""


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
    taken: list[DateMatch] = []
    for start, end, year, month, day in sorted(_stated(text, language, order), key=lambda f: (f[0] - f[1], f[0])):
        if any(start < t.end and end > t.start for t in taken) or month > 12 or day > 31:
            continue
        stamp = _with_clock(text, start, end, iso_date(year, month, day, ""))
        taken.append(DateMatch(*stamp, month, day, year))
    return sorted(taken)
