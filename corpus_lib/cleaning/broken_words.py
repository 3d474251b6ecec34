"""Words that a line end, or a scanner, broke in two: joined where the document or its language attests the joined form, and no further.

The hyphen stays where the hyphenated form is attested ("post-war"), and the blank where a part is left out ("mid- and long-term").
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from corpus_lib.cleaning.lexicon import lexicon
from corpus_lib.cleaning.packaged import patterns

BROKEN, COMPOUND, SUSPENDED, WORD_LEFT, WORD_RIGHT = patterns("broken_words")
# Marks that nobody writes inside a word: a soft hyphen, and the sign that text recognition puts in its place.
SOFT = "\u00ad\u00ac"
MARKS = f"-\u2010{SOFT}"
# Words of a language by the logarithm of how many there are in a thousand million words: what is known at all, what is a word of its own, and
# from where on a word is written as one although both parts are words ("classrooms"; rarer ones such as "postwar" are written in either way).
KNOWN, OWN_WORD, COMMON = 2.0, 3.0, 3.6


class Words(NamedTuple):
    """The words of a document, lower-case and with their number, hyphenated ones as they are; and its language."""

    own: Mapping[str, int]
    language: str


def read_words(lines: Sequence[str], language: str) -> Words | None:
    """The words that can attest a form; None where no word is broken.

    Examples
    --------
    >>> read_words(["in the capi-", "tal, not the post-war one"], "en").own["post-war"]
    1
    >>> read_words(["in the capital"], "en")
    """
    if not any(t[-1:] in MARKS or BROKEN.search(t) for t in lines if t):
        return None
    return Words(Counter(word for t in lines for word in COMPOUND.findall(t.lower().replace("\u2010", "-"))), language)


def broken_words(text: str, words: Words | None) -> Iterator[tuple[int, int, str | None]]:
    """Where words are broken inside a line: the mark and the blank behind it, and what `settle` puts in their place."""
    for m in BROKEN.finditer(text) if words else ():
        after = settle(text[max(m.start() - 30, 0) : m.end()].rstrip(), text[m.end() : m.end() + 30], words, " ")
        yield m.start(), m.end(), after


def settle(left: str, right: str, words: Words | None, between: str) -> str | None:
    r"""What stands between the parts of a broken word: nothing, a hyphen, or what stood there, `between`; None where nothing attests any of them.

    Parameters
    ----------
    left, right
        What stands before, the mark included, and what follows behind a blank or a line end.
    words
        The words that can attest a form.
    between
        A hyphen and a blank, or at the end of a line a line end.

    Examples
    --------
    >>> words = read_words(["the capital of the post-war state", "in the capi-", "tal"], "en")
    >>> settle("in the capi-", "tal", words, "\n"), settle("post-", "war", words, "\n"), settle("mid- ", "and", words, " ")
    ('', '-', ' ')
    """
    parts = WORD_LEFT.search(left[-31:-1]), WORD_RIGHT.match(right[:30])
    if words is None or left[-1:] not in MARKS or not all(parts):
        return between
    first, second = (p[0] for p in parts if p)
    capital = second[0].isupper() and not (first.isupper() and second.isupper())
    joined, kept = (words.own.get(f"{first}{hyphen}{second}".lower(), 0) for hyphen in ("", "-"))
    if joined or kept:
        return "" if joined > kept and not capital else "-"
    if left[-1] in SOFT:
        return ""
    if capital or first[-1].isdigit() or second[0].isdigit():
        return "-" if between == "\n" else between
    return _in_general(first.lower(), second.lower(), words.language, between)


def _in_general(first: str, second: str, language: str, between: str) -> str | None:
    """What the words of the language say of two parts."""
    rates = _rates(language)
    whole, *each = (9 + math.log10(rates.get(word, 1e-9)) for word in (first + second, first, second))
    own, suspended = min(each) >= OWN_WORD, bool(SUSPENDED.fullmatch(second))
    if whole >= (COMMON if own or suspended else KNOWN):
        return ""
    if suspended:
        return between
    known = lexicon().words
    compound = first in known["compound_first"] or second in known["compound_second"]
    return "-" if own and compound else None


@lru_cache(maxsize=4)
def _rates(language: str) -> Mapping[str, float]:
    """How often words stand in texts of a language; none where wordfreq is not installed or does not know it."""
    try:
        from wordfreq import get_frequency_dict

        return get_frequency_dict(language)
    except (ImportError, LookupError, ValueError):
        return {}
