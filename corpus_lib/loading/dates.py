"""A column of dates in any usual form to ISO strings.

The order of day and month, and the language of the months' names, are decided for the column as a whole, never cell by cell: a cell that leaves them
open takes them from the others, or is not read.
"""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from corpus_lib.files import packaged_table

TABLE = packaged_table("corpus_lib.loading", "dates.toml")
ISO = re.compile(r"(\d{4})(?:\.0|-(0[1-9]|1[0-2])(?:-\d\d.*)?)?", re.DOTALL)
"""A year, also as pandas holds one in a column with gaps (2024.0), or the beginning of an ISO date."""
NUMERIC = [re.compile(pattern, re.IGNORECASE) for pattern in TABLE["numeric"]]
CLOCK = re.compile(TABLE["clock"], re.IGNORECASE)
YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)")
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0d7f])*")
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
# Of the languages of dateparser, which stand by the number of their speakers: in the others 'may' and 'de' are other months.
MOST_SPOKEN = 120
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# A date is no sentence in which one stands.
LONGEST = 40
# The day before the first of Excel's calendar, as far as it is right: from March 1900.
EXCEL = datetime(1899, 12, 30)


class Dates(NamedTuple):
    """What a column of dates says: ISO strings, '' where there is none, and the cells that leave the order of day and month open or cannot be read."""

    iso: list[str]
    open: list[str]
    unread: list[str]


class _Parts(NamedTuple):
    """A date before the column has decided: two numbers of which one is the day, or words of which one is the month."""

    year: int
    numbers: tuple[int, ...]
    words: frozenset[str] = frozenset()
    dotted: bool = False
    clock: str = ""


def read_dates(cells: Iterable[Any]) -> Dates:
    """The dates of a column.

    Parameters
    ----------
    cells
        Its cells, of any type; what is missing is no date and no fault.

    Returns
    -------
    Dates
        A zone is kept where one is given. What is ISO stays as it is.

    Notes
    -----
    Of 03/05/2021 and 25/05/2021 the second says that the day stands first. A column in which no day exceeds 12, or some do in either place, leaves
    such dates open, except those with points, which no language writes with the month first. Numbers of five digits are days of Excel's calendar, of
    nine and ten seconds since 1970, of twelve and thirteen milliseconds.

    Examples
    --------
    >>> read_dates(["03/05/2021", "25/05/2021 10:00", None]).iso
    ['2021-05-03', '2021-05-25T10:00', '']
    >>> read_dates(["03/05/2021"]).open, read_dates(["3 mai 2021", "Sat Jan 02 10:00:00 +0000 2021"]).iso
    (['03/05/2021'], ['2021-05-03', '2021-01-02T10:00:00+00:00'])
    """
    texts = [text_of(cell) for cell in cells]
    seen = {text: _read(text) for text in dict.fromkeys(texts) if text}
    parts = {text: found for text, found in seen.items() if isinstance(found, _Parts)}
    found = {text: read for text, read in seen.items() if isinstance(read, str)} | _named(parts) | _ordered(parts)
    is_open = {text for text, p in parts.items() if not p.words and text not in found and _possible(p)}
    rest = [text for text in seen if not found.get(text) and text not in is_open]
    return Dates([found.get(text, "") for text in texts], sorted(is_open), sorted(rest))


def text_of(cell: Any) -> str:
    """A cell as text, '' where it is missing; a whole number has no decimals, and midnight is not told."""
    if isinstance(cell, list | dict) or cell is None or cell is pd.NA or cell != cell:
        return ""
    if isinstance(cell, date):
        return cell.isoformat().removesuffix("T00:00:00")
    return re.sub(r"(?<=\d)\.0$", "", str(cell).strip())


def _read(text: str) -> str | _Parts:
    """An ISO date, '' for none, or what the column must decide."""
    if not any(map(str.isdecimal, text)):
        return ""
    if ISO.fullmatch(text):
        return re.sub(r"(?<=^.{10}) (?=\d)", "T", text)
    if re.fullmatch(r"\d{5}(\.\d+)?|\d{9,10}(\.\d+)?|\d{12,13}", text):
        return _counted(float(text))
    clock = CLOCK.search(text)
    body = (text[: clock.start()] + " " + text[clock.end() :]).strip(" ,") if clock else text
    said = _clock(clock) if clock else ""
    for match in filter(None, (pattern.fullmatch(body) for pattern in NUMERIC)):
        found = match.groupdict()
        if found.get("a"):
            return _Parts(int(found["y"]), (int(found["a"]), int(found["b"])), dotted=found["s"] == ".", clock=said)
        return _iso(int(found["y"]), int(found["m"]), int(found["d"] or 0), said)
    years, numbers = YEAR.findall(body), [int(n) for n in re.findall(r"\d+", YEAR.sub(" ", body))]
    words = frozenset(WORD.findall(body.casefold()))
    is_named = len(years) == 1 and len(numbers) <= 1 and words and len(body) <= LONGEST
    return _Parts(int(years[0]), tuple(numbers), words, clock=said) if is_named else ""


def _counted(number: float) -> str:
    """The date of a number that counts days or seconds."""
    if number < 1e5:
        return text_of((EXCEL + timedelta(days=number)).replace(microsecond=0))
    return datetime.fromtimestamp(number / (1000 if number >= 1e11 else 1), UTC).replace(microsecond=0).isoformat()


def _clock(match: re.Match[str]) -> str:
    hour, zone = int(match["h"]), (match["zone"] or "").upper()
    if match["half"]:
        hour = hour % 12 + 12 * (match["half"].lower() == "p")
    offset = re.sub(r"[A-Z:]", "", zone)
    told = f"{offset[:3]}:{offset[3:]}" if offset else "+00:00" * bool(zone)
    return f"T{hour:02d}:{match['min']}" + (f":{match['sec']}" if match["sec"] else "") + told


def _iso(year: int, month: int, day: int, clock: str) -> str:
    try:
        known = date(year, month, day or 1).isoformat()
    except ValueError:
        return ""
    return known + clock if day else known[:7]


def _possible(parts: _Parts) -> bool:
    a, b = parts.numbers
    return bool(_iso(parts.year, a, b, "") or _iso(parts.year, b, a, ""))


def _ordered(parts: dict[str, _Parts]) -> dict[str, str]:
    """Dates of two numbers and a year, where the column says which one is the day."""
    pairs = {text: p for text, p in parts.items() if not p.words and _possible(p)}
    first = any(p.numbers[0] > 12 for p in pairs.values())
    second = any(p.numbers[1] > 12 for p in pairs.values())
    found = {}
    for text, p in pairs.items():
        a, b = p.numbers
        is_day_first = (first and not second) or a > 12 or a == b or (p.dotted and not second)
        if is_day_first or (second and not first) or b > 12:
            day, month = (a, b) if is_day_first else (b, a)
            found[text] = _iso(p.year, month, day, p.clock)
    return found


def _named(parts: dict[str, _Parts]) -> dict[str, str]:
    """Dates with the name of a month, in the languages that read most of them; names that these understand differently are not read."""
    times, month_of = Counter(p.words for p in parts.values() if p.words), dict[frozenset[str], set[int]]()
    languages = _languages() if times else ()
    days = frozenset[str]().union(*(language.weekdays for language in languages))
    # "May or June" is two months in English, and one in the languages that have only one of the words.
    rest = {words for words in times if all(len(language.months(words - days)) < 2 for language in languages)}
    readings = [{words: m for words in rest if len(m := language.months(words)) == 1} for language in languages]
    while rest:
        weights = [sum(times[words] for words in rest.intersection(reading)) for reading in readings]
        best = [reading for reading, weight in zip(readings, weights, strict=True) if weight == max(weights)]
        read = {words: set().union(*(reading.get(words, ()) for reading in best)) for words in rest}
        month_of |= read
        rest = {words for words in rest if not read[words]} if max(weights) else set()
    return {
        text: _iso(p.year, next(iter(month_of[p.words])), sum(p.numbers), p.clock)
        for text, p in parts.items() if len(month_of.get(p.words, ())) == 1 and p.numbers != (0,)
    }  # fmt: skip


class _Language(NamedTuple):
    """Names of months, and of the days of the week, of which some are the same."""

    names: Mapping[str, int]
    weekdays: frozenset[str]

    def months(self, words: frozenset[str]) -> set[int]:
        """The months that are named."""
        found = {self.names[word] for word in words if word in self.names}
        return found if len(found) < 2 else {self.names[w] for w in words - self.weekdays if w in self.names} or found


@lru_cache(maxsize=1)
def _languages() -> Sequence[_Language]:
    from dateparser.data.languages_info import language_order

    places = (f"dateparser.data.date_translation_data.{code}" for code in language_order[:MOST_SPOKEN])
    return [_language(importlib.import_module(place).info) for place in places]


def _language(info: Mapping[str, Sequence[str]]) -> _Language:
    names = {name.casefold().rstrip("."): n for n, month in enumerate(MONTHS, 1) for name in info.get(month, ())}
    weekdays = (name.casefold().rstrip(".") for day in WEEKDAYS for name in info.get(day, ()))
    return _Language(names, frozenset(weekdays))
