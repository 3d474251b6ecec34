"""Stop lists: one frozen object with a name and a version, handed to every step that leaves words out.

The English list is written from the closed classes of the grammar, so that a reader can tell why a word is in it: a word is listed because of
its class, never because it is frequent in some corpus. Words that carry a stance or an argument (must, should, never, against, because) belong
to those classes too; a study of modality or negation passes `stopwords("en").without(...)`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corpus_lib.display.cards import card
from corpus_lib.errors import NotFound, check_list
from corpus_lib.languages import code_of
from corpus_lib.tokens.frequencies import Frequencies

TABLE = tomllib.loads(resources.files(__package__).joinpath("stopwords.toml").read_text(encoding="utf-8"))
# Grammatical class -> words; ending of an abbreviated form -> words that take it. Both apostrophes are made below.
ENGLISH: dict[str, str] = TABLE["classes"]
CONTRACTED: dict[str, str] = TABLE["contracted"]


@dataclass(frozen=True, repr=False)
class StopList:
    """Words to leave out: an immutable set with a name and a version.

    Attributes
    ----------
    name, version
        What to print beside a result from which the words were left out.
    words
        The words, folded.

    Examples
    --------
    >>> listed = stopwords("en")
    >>> "the" in listed, "alliance" in listed
    (True, False)
    >>> listed.without(["against"], name="English, against kept")
    StopList('English, against kept', version '1', 355 words)
    """

    name: str
    version: str
    words: frozenset[str]

    def __contains__(self, word: object) -> bool:
        return word in self.words

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.words))

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        return f"StopList({self.name!r}, version {self.version!r}, {len(self.words)} words)"

    def _repr_html_(self) -> str:
        words = pd.Series([", ".join(self)], name="words") if len(self.words) else None
        next_step = "stop.applied_to(table), stop.removed_from(frequencies), stop.with_words([…])"
        return card(repr(self), words, next_step=next_step)

    def with_words(self, words: Iterable[str], *, name: str | None = None) -> StopList:
        """A list with more words, under a name that says so."""
        more = _checked(words)
        return StopList(name or f"{self.name} + {len(more - self.words)}", self.version, self.words | more)

    def without(self, words: Iterable[str], *, name: str | None = None) -> StopList:
        """A list with fewer words, under a name that says so."""
        fewer = _checked(words)
        return StopList(name or f"{self.name} - {len(fewer & self.words)}", self.version, self.words - fewer)

    def removed_from(self, frequencies: Frequencies) -> pd.DataFrame:
        """What the list takes out of a frequency list: index token, `frequency` and `share` of all tokens, most frequent first."""
        table = frequencies.table
        held = table.loc[self._listed(table.index), ["frequency"]].copy()
        held["share"] = held["frequency"] / max(frequencies.n_tokens, 1)
        return held

    def applied_to(self, table: Any) -> Any:
        """The rows of a table indexed by token that the list leaves; `.attrs["left_out"]` names the list and counts what went."""
        kept = table[~self._listed(table.index)]
        kept.attrs.update(table.attrs, left_out=f"{len(table) - len(kept)} words of {self!r}")
        return kept

    def _listed(self, tokens: pd.Index) -> NDArray[np.bool_]:
        return np.array([word in self.words for word in tokens], dtype=bool)


def _checked(words: Iterable[str]) -> frozenset[str]:
    check_list("words", words)
    return frozenset(word.lower() for word in words)


@cache
def _english() -> StopList:
    plain = {word for words in ENGLISH.values() for word in words.split()}
    short = {f"{word}{ending}" for ending, words in CONTRACTED.items() for word in words.split()}
    short |= set(TABLE["irregular"]["words"].split())
    curly = {word.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}") for word in short}
    return StopList("English function words", "1", frozenset(plain | short | curly))


@cache
def _of_package(code: str) -> StopList:
    import stopwordsiso

    # A list also holds signs, figures, and phrases that are no single token of a text whose words stand between blanks.
    words = {word.lower() for word in stopwordsiso.stopwords(code) if any(map(str.isalpha, word)) and " " not in word}
    listed = StopList(f"stopwordsiso {code}", version("stopwordsiso"), frozenset(words))
    added = TABLE["added"].get(code)
    return listed.with_words(added.split()) if added else listed


def stopwords(language: str = "en") -> StopList:
    """The stop list of a language: the library's own for English, that of the package stopwordsiso for more than fifty others.

    Parameters
    ----------
    language
        An ISO 639-1 code, or a tag that starts with it. Other languages: `StopList(name, version, frozenset(words))` of your own.

    Raises
    ------
    NotFound
        If there is no list for the language.

    Examples
    --------
    >>> stopwords("en-GB").name, "und" in stopwords("de")
    ('English function words', True)
    """
    import stopwordsiso

    code = code_of(language)
    code = TABLE["same_list"].get(code, code)
    if code == "en":
        return _english()
    if code in stopwordsiso.langs():
        return _of_package(code)
    listed = ", ".join(sorted(stopwordsiso.langs()))
    raise NotFound(
        f"`language` must be one of {listed}; found {language!r}. Make a list: StopList('name', '1', frozenset(words))."
    )


STOPWORDS: StopList = _english()


def for_language(language: str) -> StopList:
    """The list of a language, or an empty one, named so, where the library has none.

    Examples
    --------
    >>> len(for_language("tlh")), for_language("tlh").name
    (0, 'none for tlh')
    """
    try:
        return stopwords(language)
    except NotFound:
        return StopList(f"none for {language}", "1", frozenset())
