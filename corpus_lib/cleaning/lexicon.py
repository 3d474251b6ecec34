"""The words of `lexicons.toml` as look-up tables: what a short line is for, in any of the languages listed there.

Phrases are matched token by token through a table keyed by their first word, so the time of a look-up grows with the line and not with the
number of phrases. Chinese and Japanese phrases, which have no word boundaries, are looked for as strings.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

__all__ = ["CJK", "Lexicon", "Phrases", "lexicon", "plain_line", "tokens_of"]

# Han, kana and Hangul syllables.
CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]")
TOKEN = re.compile(r"[^\W_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][^\W_]+)*")
COUNT = re.compile(r"[\(\[(][\d.,km+]{1,9}[\)\])]$")
EDGES = " \t\u00a0\u3000*+-–—•·▪●◦■►▶»«›‹>|:：.,;!…#/\\_=~^✓✔→←↑↓▼▲\"“”'()[]【】（）0123456789"
# Quotation marks of words such as "editor's" are folded; those of the page stay as they are.
FOLD = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{LEFT SINGLE QUOTATION MARK}": "'"})


def tokens_of(text: str) -> list[str]:
    """Lower-case words of a line, for the lexicon only.

    Examples
    --------
    >>> tokens_of("We\N{RIGHT SINGLE QUOTATION MARK}ll get back, asap.")
    ["we'll", 'get', 'back', 'asap']
    """
    lowered = text.lower()
    return TOKEN.findall(lowered if lowered.isascii() else lowered.translate(FOLD))


def plain_line(text: str) -> str:
    """A line without case, bullets, counts and closing marks, as whole-line entries are compared.

    Examples
    --------
    >>> plain_line("* LEAVE A COMMENT (12):")
    'leave a comment'
    """
    folded = unicodedata.normalize("NFC", text[:120]).lower().translate(FOLD).strip(EDGES)
    return " ".join(COUNT.sub("", folded).strip(EDGES).split())


@dataclass(frozen=True)
class Phrases:
    """Phrases with their kinds; `find` gives the first one that stands in a line."""

    by_first: dict[str, list[tuple[tuple[str, ...], str, str]]]
    strings: list[tuple[str, str, str]]

    @classmethod
    def build(cls, entries: Iterable[tuple[str, str]]) -> Phrases:
        """Make the table from pairs of phrase and kind."""
        by_first: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        strings: list[tuple[str, str, str]] = []
        for phrase, kind in entries:
            if CJK.search(phrase):
                strings.append((phrase.lower(), kind, phrase))
            else:
                words = tuple(tokens_of(phrase))
                by_first.setdefault(words[0], []).append((words, kind, phrase))
        return cls(by_first, strings)

    def find(self, tokens: Sequence[str], text: str, cjk: bool) -> tuple[str, str] | None:
        """Kind and phrase of the first phrase found, or `None`."""
        # Most lines hold no first word of any phrase, which a set tells at once.
        for i, token in enumerate(tokens) if not self.by_first.keys().isdisjoint(tokens) else ():
            for words, kind, phrase in self.by_first.get(token, ()):
                if len(words) == 1 or tuple(tokens[i : i + len(words)]) == words:
                    return kind, phrase
        if cjk:
            lowered = text.lower()
            for needle, kind, phrase in self.strings:
                if needle in lowered:
                    return kind, phrase
        return None

    def count(self, tokens: Sequence[str], text: str, cjk: bool) -> int:
        """Number of different phrases found."""
        found = set() if self.by_first.keys().isdisjoint(tokens) else {
            phrase
            for i, token in enumerate(tokens)
            for words, _, phrase in self.by_first.get(token, ())
            if tuple(tokens[i : i + len(words)]) == words
        }  # fmt: skip
        return len(found) + (sum(needle in text.lower() for needle, _, _ in self.strings) if cjk else 0)


@dataclass(frozen=True)
class Lexicon:
    """Everything in `lexicons.toml`, all languages together.

    `whole` maps a plain line to its kind; `short` and `long` are phrases; `cue` gives a pattern for the start of a line; `words` are the
    word lists; `months` maps the name of a month to its number; `names` maps a language code to its English name.
    """

    whole: dict[str, str]
    short: Phrases
    long: Phrases
    cues: dict[str, tuple[str, ...]]
    words: dict[str, frozenset[str]]
    site_terms: Phrases
    continues: Phrases
    months: dict[str, int]
    month_language: dict[str, str]
    date_order: dict[str, str]
    names: dict[str, str]


def _gather(tables: dict[str, Any], part: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table in tables.values():
        for key, values in table.get(part, {}).items():
            found.setdefault(key, []).extend(values)
    return found


def _months(tables: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [
        (name, number, language)
        for language, table in tables.items()
        for number, names in enumerate(table.get("months", ()), 1)
        for name in names.split()
    ]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of the package, read once."""
    tables = tomllib.loads(resources.files(__package__).joinpath("lexicons.toml").read_text(encoding="utf-8"))
    words = _gather(tables, "words")
    months = _months(tables)
    return Lexicon(
        whole={
            plain_line(p) or p: kind for kind, phrases in reversed(_gather(tables, "whole").items()) for p in phrases
        },
        short=Phrases.build((p, kind) for kind, phrases in _gather(tables, "short").items() for p in phrases),
        long=Phrases.build((p, kind) for kind, phrases in _gather(tables, "long").items() for p in phrases),
        cues={
            key: tuple(sorted(set(values), key=lambda v: (-len(v), v)))
            for key, values in _gather(tables, "cues").items()
        },
        words={key: frozenset(values) for key, values in words.items()},
        site_terms=Phrases.build((p, "site_term") for p in words["site_terms"]),
        continues=Phrases.build((p, "continues") for p in words["continues"]),
        months={name: number for name, number, _ in reversed(months)},
        month_language={name: language for name, _, language in reversed(months)},
        date_order={language: table.get("date_order", "DMY") for language, table in tables.items()},
        names={language: table["name"] for language, table in tables.items()},
    )


@lru_cache(maxsize=32)
def cue_pattern(*keys: str) -> re.Pattern[str]:
    """Pattern of a line that starts with one of the cues and a colon, bar or space; the rest is group `value`."""
    cues = sorted({c for key in keys for c in lexicon().cues.get(key, ())}, key=lambda v: (-len(v), v))
    latin = [re.escape(c) for c in cues if not CJK.search(c)]
    cjk = [re.escape(c) for c in cues if CJK.search(c)]
    colon = r"[ \t\u00a0\u3000]{0,3}[:：|丨/／][ \t\u00a0\u3000]{0,3}"
    parts = [
        rf"(?P<cue>(?:{'|'.join(latin)})(?=\W)|(?:{'|'.join(cjk)}))"
        if cjk
        else rf"(?P<cue>(?:{'|'.join(latin)})(?=\W))"
    ]
    return re.compile(
        rf"^[\W_]{{0,4}}{parts[0]}(?P<mark>{colon}|[ \t\u00a0\u3000]{{1,3}}|)(?P<value>.*)$", re.IGNORECASE | re.DOTALL
    )
