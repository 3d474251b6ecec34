"""Word lists that say what a line is for (share bar, byline, biography …), matched on numbered tokens.

The lists stand in cues.toml. Matching never runs an expression over text: each distinct form is looked up once a page, and phrases
are looked for only where their first two words stand side by side, so a page costs one dictionary look-up a form and little more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain

import numpy as np

from corpus_lib.cleaning.line_model.scan import WORD, Scan
from corpus_lib.cleaning.line_model.windows import Array
from corpus_lib.cleaning.packaged import packaged_table

# How far to the right of "is a" a profession is looked for: "is an award-winning freelance science writer" needs five.
NEAR = 6
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Cues:
    """The word lists, turned round: from word or phrase to the bits of the lists it belongs to.

    Attributes
    ----------
    names
        The lists, in the order of the file; bit i belongs to `names[i]`.
    words, starts, ends, han
        What is looked up, with the bits of its lists.
    pairs
        From the first two words of a phrase to (phrase, its bits, [(words to look for on its right, bits)]).
    """

    names: tuple[str, ...]
    words: dict[str, int]
    starts: dict[Phrase, int]
    ends: dict[Phrase, int]
    han: dict[str, int]
    pairs: dict[Phrase, list[tuple[Phrase, int, frozenset[str]]]]

    def bit(self, name: str) -> int:
        """Return the bit of a list."""
        return 1 << self.names.index(name)

    @cached_property
    def firsts(self) -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
        """Return the words that can begin a `starts`, end an `ends`, and stand first and second in a pair."""
        return (
            frozenset(phrase[0] for phrase in self.starts),
            frozenset(phrase[-1] for phrase in self.ends),
            frozenset(pair[0] for pair in self.pairs),
            frozenset(pair[1] for pair in self.pairs),
        )


def split(text: str) -> Phrase:
    """Return the lower-cased tokens of a phrase."""
    return tuple(WORD.findall(text.lower()))


@cache
def cues() -> Cues:
    """Read cues.toml, once."""
    data = packaged_table("line_model/cues.toml")
    tables: dict[str, dict[Phrase, int]] = {"words": {}, "start": {}, "end": {}}
    han: dict[str, int] = {}
    pairs: dict[Phrase, list[tuple[Phrase, int, frozenset[str]]]] = {}
    for number, rules in enumerate(data.values()):
        bit = 1 << number
        for part, table in tables.items():
            for entry in map(split, rules.get(part, ())):
                table[entry] = table.get(entry, 0) | bit
        for entry in rules.get("han", ()):
            han[entry] = han.get(entry, 0) | bit
        left, right = rules.get("near", ((), ()))
        for entries, words in ((rules.get("phrases", ()), ()), (left, right)):
            for entry in map(split, entries):
                pairs.setdefault(entry[:2], []).append((entry, bit, frozenset(words)))
    singles = {entry[0]: bits for entry, bits in tables["words"].items()}
    return Cues(tuple(data), singles, tables["start"], tables["end"], han, pairs)


def _is_han(form: str) -> bool:
    return len(form) == 1 and ("\u3040" <= form <= "\u30ff" or "\u3400" <= form <= "\u9fff" or form >= "\uf900")


# What is asked of a form by itself, each one a bit beside those of the lists.
PROPERTIES: dict[str, Callable[[str], bool]] = {
    "han": _is_han,
    "capital": lambda form: form[0].isupper(),
    "upper": lambda form: len(form) > 1 and form.isupper(),
    "digit_first": lambda form: form[0].isdigit(),
    "number": lambda form: form.isdigit(),
    "number_4": lambda form: form.isdigit() and len(form) <= 4,
    "number_2": lambda form: form.isdigit() and len(form) <= 2,
    "year": lambda form: len(form) == 4 and form[:2] in ("19", "20") and form.isdigit(),
    "ago": lambda form: form in ("ago", "Ago", "AGO"),
    "year_mark": lambda form: form in ("年", "月"),
    "long": lambda form: len(form) > 3 or not form.isascii(),
    "may_start": lambda form: form.lower() in cues().firsts[0],
    "may_end": lambda form: form.lower() in cues().firsts[1],
    "first": lambda form: form.lower() in cues().firsts[2],
    "second": lambda form: form.lower() in cues().firsts[3],
}


# Pages share most of their words, so most forms are looked up and not examined again.
@lru_cache(maxsize=1 << 16)
def _form(form: str) -> tuple[str, int]:
    """A form lower-cased, and the bits of the lists that it hits by itself, above them those of its properties."""
    lower = form.lower()
    bits, place = cues().words.get(lower, 0), len(cues().names)
    for number, holds in enumerate(PROPERTIES.values()):
        bits |= holds(form) << (place + number)
    return lower, bits


@dataclass(frozen=True, eq=False)
class Forms:
    """The distinct forms of each page, page after page: lower-cased, and what each of them is by itself."""

    lower: list[str]
    bits: Array

    def hit(self, name: str) -> Array:
        """Return whether each form is in the named list."""
        return (self.bits & cues().bit(name)) > 0

    def has(self, name: str) -> Array:
        """Return whether each form has a property."""
        return (self.bits & _property_bits()[name]) > 0


@cache
def _property_bits() -> dict[str, int]:
    """Return the bit of each property."""
    return {name: 1 << (len(cues().names) + number) for number, name in enumerate(PROPERTIES)}


def read_forms(forms: Sequence[Sequence[str]]) -> Forms:
    """Examine the distinct forms of each page."""
    known = list(map(_form, chain.from_iterable(forms)))
    return Forms([lower for lower, _ in known], np.array([bits for _, bits in known], dtype=np.int64))


def hits(page: Scan, forms: Forms) -> Array:
    """Return the bits of the lists hit by each line.

    Parameters
    ----------
    page
        The lines, scanned.
    forms
        The forms, in the order of `page.forms`.
    """
    lists = cues()
    bits = np.zeros(page.n_lines, dtype=np.int64)
    if not forms.lower:
        return bits
    np.bitwise_or.at(bits, page.line, (forms.bits & ((1 << len(lists.names)) - 1))[page.form])
    _add_phrases(bits, page, forms, lists)
    _add_edges(bits, page, forms, lists)
    for line in np.flatnonzero(page.kind("han")).tolist():
        for string, bit in lists.han.items():
            if string in page.lines[line]:
                bits[line] |= bit
    return bits


def _add_phrases(bits: Array, page: Scan, forms: Forms, lists: Cues) -> None:
    """Set the bits of phrases, and of words near phrases."""
    form, line, lower = page.form, page.line, forms.lower
    places = forms.has("first")[form[:-1]] & forms.has("second")[form[1:]] & (line[:-1] == line[1:])
    for place in np.flatnonzero(places).tolist():
        known = lists.pairs.get((lower[form[place]], lower[form[place + 1]]))
        if known is None:
            continue
        here = line[place]
        ahead = [
            lower[f]
            for f, at in zip(form[place : place + 12].tolist(), line[place : place + 12].tolist(), strict=True)
            if at == here
        ]
        for phrase, bit, right in known:
            size = len(phrase)
            if tuple(ahead[:size]) == phrase and (not right or not right.isdisjoint(ahead[size : size + NEAR])):
                bits[here] |= bit


def _add_edges(bits: Array, page: Scan, forms: Forms, lists: Cues) -> None:
    """Set the bits of words and phrases that count at the beginning or the end of a line only."""
    lower = forms.lower
    counts = np.bincount(page.line, minlength=page.n_lines)
    ends = np.cumsum(counts)
    begins = ends - counts
    filled = np.flatnonzero(counts)
    for line in filled[forms.has("may_start")[page.form[begins[filled]]]].tolist():
        head = tuple(lower[f] for f in page.form[begins[line] : min(begins[line] + 3, ends[line])])
        for size in range(1, len(head) + 1):
            bits[line] |= lists.starts.get(head[:size], 0)
    for line in filled[forms.has("may_end")[page.form[ends[filled] - 1]]].tolist():
        tail = tuple(lower[f] for f in page.form[max(ends[line] - 3, begins[line]) : ends[line]])
        for size in range(1, len(tail) + 1):
            bits[line] |= lists.ends.get(tail[-size:], 0)
