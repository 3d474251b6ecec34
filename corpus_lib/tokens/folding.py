"""The form under which a word is counted: what its spellings have in common that no reader tells apart."""

import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from unicodedata import category, normalize

import pandas as pd

from corpus_lib.files import packaged_table
from corpus_lib.languages import code_of

CHARACTERS = packaged_table("corpus_lib.tokens", "characters.toml")
HAN, HYPHENS, APOSTROPHES, INVISIBLE = (
    str(CHARACTERS[name]) for name in ("han", "hyphens", "apostrophes", "invisible")
)
UNSPACED = HAN + str(CHARACTERS["unspaced"])
MARKS = "".join(CHARACTERS["marks"]) + INVISIBLE
GERSHAYIM, POINT = str(CHARACTERS["gershayim"]), str(CHARACTERS["point"])
# Letters whose small form is another one in the language.
CAPITALS: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {language: str.maketrans(letters) for language, letters in CHARACTERS["capitals"].items()}
)
# Words that lose their vowel before another one, and words that only look like it.
ELISIONS: Mapping[str, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        language: {name: frozenset(words) for name, words in table.items()}
        for language, table in packaged_table("corpus_lib.tokens", "elisions.toml").items()
    }
)
SIGN = re.compile(f"[{APOSTROPHES}]")


@lru_cache(maxsize=1)
def shapes() -> dict[int, str]:
    """What each character is written as, where it is a shape of another one."""
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    presented = "".join(re.findall(f"[{CHARACTERS['presented']}]", everything))
    letters = {ord(c): normalize("NFKC", c) for c in presented if category(c)[0] in "LN"}
    signs = [(APOSTROPHES, "'"), (HYPHENS, "-"), (INVISIBLE, "")]
    others = [(shape, plain) for plain, shape in CHARACTERS["signs"].items()]
    same = {ord(c): plain for shapes, plain in [*signs, *others] for c in re.findall(f"[{shapes}]", everything)}
    # Some Arabic signs stand for whole phrases, or for a mark with a blank to carry it.
    return {c: plain for c, plain in letters.items() if " " not in plain} | same


def composed(word: str) -> str:
    r"""A word with its letters and marks as one character each, where there is one.

    Examples
    --------
    >>> composed("e\u0301") == "\u00e9", composed("\u0e4d\u0e32") == "\u0e33"
    (True, True)
    """
    for whole, parts in CHARACTERS["vowels"].items():
        word = re.sub(parts, whole, word)
    return normalize("NFC", word)


def fold(word: str, language: str = "", *, lowercase: bool = True) -> str:
    r"""A word as it is counted: lower case by the language, one shape of apostrophe and of hyphen, composed, without signs that nobody sees.

    Parameters
    ----------
    word
        As it is written.
    language
        Code of its language; Turkish and Azeri have lower case of their own.
    lowercase
        Without it capitals stay.

    Examples
    --------
    >>> fold("Isn’t"), fold("ＮＡＴＯ"), fold("ﬁ\u00adnance"), fold("İSTANBUL", "tr")
    ("isn't", 'nato', 'finance', 'istanbul')
    """
    capitals = CAPITALS.get(language)
    if word.isascii() and not capitals:
        word = word.replace("`", "'")
        return word.lower() if lowercase else word
    written = composed(re.sub(GERSHAYIM, "\u05f4", word).translate(shapes()))
    if not lowercase:
        return written
    return normalize("NFC", written.translate(capitals or {}).lower())


def fold_counts(counts: pd.Series) -> pd.Series:
    """Counts by word, those of words that fold alike added.

    Examples
    --------
    >>> fold_counts(pd.Series({"It's": 2, "it’s": 3})).to_dict()
    {"it's": 5}
    """
    folded = pd.Index(list(map(fold, counts.index)), name="token", dtype="str")
    return counts.groupby(folded, sort=False).sum()


def elided(match: str, language: str) -> list[int]:
    """Where a match is cut behind words that are elided in the language.

    Examples
    --------
    >>> elided("qu’aujourd’hui", "fr"), elided("don't", "fr"), elided("qu’aujourd’hui", "en")
    ([3], [], [])
    """
    table, edges = ELISIONS.get(language), [0]
    while table and (sign := SIGN.search(match, edges[-1])):
        start, end = edges[-1], sign.end()
        if fold(match[start:]) in table["whole"] or fold(match[start : sign.start()]) not in table["elided"]:
            break
        edges.append(end)
    return edges[1:]


def language_rules(units: pd.DataFrame) -> list[str]:
    """The language of each unit, where words of it are folded or cut in a way of their own; else nothing.

    Examples
    --------
    >>> language_rules(pd.DataFrame({"language": ["tr-TR", "French", "en", None]}))
    ['tr', 'fr', '', '']
    """
    if "language" not in units.columns:
        return [""] * len(units)
    return list(map(language_rule, units["language"]))


def language_rule(code: object) -> str:
    """A language without its region, where words of it are folded or cut in a way of their own; else nothing."""
    language = code_of(code)
    return language if language in CAPITALS or language in ELISIONS else ""
