"""Stop lists: one frozen object with a name and a version, handed to every step that leaves words out.

The English list is written from the closed classes of the grammar, so that a reader can tell why a word is in it: a word is listed because of
its class, never because it is frequent in some corpus. Words that carry a stance or an argument (must, should, never, against, because) belong
to those classes too; a study of modality or negation passes `stopwords("en").without(...)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corpus_lib.display.cards import card
from corpus_lib.errors import InvalidType, NotFound

if TYPE_CHECKING:
    from corpus_lib.tokens.frequencies import Frequencies

__all__ = ["STOPWORDS", "StopList", "for_language", "stopwords"]

# Grammatical class -> words. Abbreviated forms are derived below, with both apostrophes.
ENGLISH: dict[str, str] = {
    "article": "a an the",
    "personal pronoun": "i me you he him she her it we us they them",
    "possessive": "my mine your yours his hers its our ours their theirs whose",
    "reflexive": "myself yourself himself herself itself oneself ourselves yourselves themselves",
    "demonstrative": "this that these those such",
    "interrogative and relative": "who whom which what when where why how whoever whatever whichever whenever wherever however",
    "indefinite pronoun and quantifier": (
        "all any anybody anyone anything both each either enough every everybody everyone everything few fewer less little many more most much "
        "neither no nobody none nothing one ones other others several some somebody someone something same own another"
    ),
    "form of be, have, do": "be am is are was were been being have has had having do does did doing done",
    "modal": "can could may might must shall should will would ought cannot",
    "preposition": (
        "about above across after against along among amongst around at before behind below beneath beside besides between beyond by despite "
        "down during except for from in inside into like near of off on onto out outside over past per since through throughout till to toward "
        "towards under underneath until unto up upon via with within without"
    ),
    "conjunction": "and but or nor so yet if unless although though because while whereas whether as than once lest",
    "adverb of the closed kind": (
        "not there here then thus hence therefore also too very just only even again ever never always often still already almost quite rather "
        "else now indeed perhaps moreover furthermore nevertheless nonetheless meanwhile otherwise instead together away back"
    ),
}
CONTRACTED = {
    "n't": "is are was were has have had do does did could would should must might need",
    "'s": "it he she that there what who here where how let",
    "'re": "you we they",
    "'ve": "i you we they could would should might must",
    "'ll": "i you he she it we they that there",
    "'d": "i you he she it we they that there who",
    "'m": "i",
}
IRREGULAR = "can't won't shan't"


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
        return card(
            repr(self), words, next_step="stop.applied_to(table), stop.removed_from(frequencies), stop.with_words([…])"
        )

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
    if isinstance(words, str):
        raise InvalidType(f"`words` must be a list of words; found the string {words!r}. Write [{words!r}].")
    return frozenset(word.lower() for word in words)


@cache
def _english() -> StopList:
    plain = {word for words in ENGLISH.values() for word in words.split()}
    short = {f"{word}{ending}" for ending, words in CONTRACTED.items() for word in words.split()} | set(
        IRREGULAR.split()
    )
    curly = {word.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}") for word in short}
    return StopList("English function words", "1", frozenset(plain | short | curly))


def stopwords(language: str = "en") -> StopList:
    """The stop list of a language.

    Parameters
    ----------
    language
        "en", or a tag that starts with it. Other languages: `StopList(name, version, frozenset(words))` of your own.

    Raises
    ------
    NotFound
        If there is no list for the language.

    Examples
    --------
    >>> stopwords("en-GB").name
    'English function words'
    """
    if str(language).lower().split("-")[0] in ("en", "eng", "english"):
        return _english()
    raise NotFound(
        f"`language` must be one of 'en'; found {language!r}. Make a list: StopList('name', '1', frozenset(words))."
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
