"""Word lists that say what a line is for (share bar, byline, biography …), matched on numbered tokens.

The lists stand in line_lexicon.toml. Matching never runs an expression over text: each distinct form is looked up once a page, and phrases
are looked for only where their first two words stand side by side, so a page costs one dictionary look-up a form and little more.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from corpus_lib.cleaning.line_scan import WORD, Array, Scan

# How far to the right of "is a" a profession is looked for: "is an award-winning freelance science writer" needs five.
NEAR = 6
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
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
def lexicon() -> Lexicon:
    """Read line_lexicon.toml, once."""
    data = tomllib.loads(resources.files("corpus_lib.cleaning").joinpath("line_lexicon.toml").read_text("utf-8"))
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
    return Lexicon(tuple(data), singles, tables["start"], tables["end"], han, pairs)


@cache
def _firsts() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    return lexicon().firsts()


def hits(page: Scan, lower: list[str]) -> tuple[Array, Array]:
    """Return the bits of the lists hit by each line, and by each form on its own.

    Parameters
    ----------
    page
        The lines, scanned.
    lower
        The lower-cased forms of the page, in the order of `page.forms`.
    """
    lists = lexicon()
    bits = np.zeros(page.n_lines, dtype=np.int64)
    if not lower:
        return bits, bits[:0]
    look_up = lists.words.get
    of_form = np.array([look_up(word, 0) for word in lower], dtype=np.int64)
    np.bitwise_or.at(bits, page.line, of_form[page.form])
    _add_phrases(bits, page, lower, lists)
    _add_edges(bits, page, lower, lists)
    for line in np.flatnonzero(page.kind("han")).tolist():
        for string, bit in lists.han.items():
            if string in page.lines[line]:
                bits[line] |= bit
    return bits, of_form


def _marked(page: Scan, lower: Iterable[str], words: frozenset[str]) -> Array:
    """Return for each token whether it is one of `words`."""
    return np.array([word in words for word in lower])[page.form]


def _add_phrases(bits: Array, page: Scan, lower: list[str], lists: Lexicon) -> None:
    """Set the bits of phrases, and of words near phrases."""
    _, _, first, second = _firsts()
    form, line = page.form, page.line
    places = _marked(page, lower, first)[:-1] & _marked(page, lower, second)[1:] & (line[:-1] == line[1:])
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


def _add_edges(bits: Array, page: Scan, lower: list[str], lists: Lexicon) -> None:
    """Set the bits of words and phrases that count at the beginning or the end of a line only."""
    may_start, may_end, _, _ = _firsts()
    counts = np.bincount(page.line, minlength=page.n_lines)
    ends = np.cumsum(counts)
    begins = ends - counts
    filled = np.flatnonzero(counts)
    for line in filled[_marked(page, lower, may_start)[begins[filled]]].tolist():
        head = tuple(lower[f] for f in page.form[begins[line] : min(begins[line] + 3, ends[line])])
        for size in range(1, len(head) + 1):
            bits[line] |= lists.starts.get(head[:size], 0)
    for line in filled[_marked(page, lower, may_end)[ends[filled] - 1]].tolist():
        tail = tuple(lower[f] for f in page.form[max(ends[line] - 3, begins[line]) : ends[line]])
        for size in range(1, len(tail) + 1):
            bits[line] |= lists.ends.get(tail[-size:], 0)
