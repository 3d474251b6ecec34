"""What is known of each line by itself: the measures that all features of the line model are made from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain

import numpy as np
import stopwordsiso

from corpus_lib.cleaning.lexicon import lexicon, plain_line
from corpus_lib.cleaning.line_model.main_text import WordPairs, word_pairs
from corpus_lib.cleaning.line_model.scan import Scan, numbered
from corpus_lib.cleaning.line_model.windows import Array, Pages, distinct
from corpus_lib.cleaning.lines import CLOSERS
from corpus_lib.cleaning.metadata.dates import month_names
from corpus_lib.voices import WORDS_PER_HAN

TERMINAL = frozenset(".!?…。！？।॥။؟۔")
ELLIPSIS = ("...", "…", "[…]")
BULLETS = frozenset("*+-–—•·▪●◦‣○■□➤►✓✔»>|")
# No entry for a whole line is longer.
LONGEST_ENTRY = 60


def _is_han(form: str) -> bool:
    return len(form) == 1 and ("\u3040" <= form <= "\u30ff" or "\u3400" <= form <= "\u9fff" or form >= "\uf900")


@cache
def _phrase_words() -> list[frozenset[str]]:
    """The words that begin a phrase of the hints, that stand second in one, and that count at the edges of a line."""
    entries = chain.from_iterable(lexicon().hints.phrases.by_word.values())
    phrases = [" ".join(words).replace("'", " ").split() for _, words, *_ in entries]
    parts = (p[:1] for p in phrases), (p[1:2] for p in phrases), (p for p in phrases if len(p) == 1)
    return [frozenset(chain.from_iterable(part)) for part in parts]


# What is asked of a form by itself, each one a bit above those of the hints.
PROPERTIES: dict[str, Callable[[str], bool]] = {
    "han": _is_han,
    "capital": lambda form: form[0].isupper(),
    "upper": lambda form: len(form) > 1 and form.isupper(),
    "digit_first": lambda form: form[0].isdigit(),
    "number": lambda form: form.isdigit(),
    "number_2": lambda form: form.isdigit() and len(form) <= 2,
    "year": lambda form: len(form) == 4 and form[:2] in ("19", "20") and form.isdigit(),
    "month": lambda form: form == "月" or form.lower() in month_names(""),
    "long": lambda form: len(form) > 3 or not form.isascii(),
    "first": lambda form: form.lower() in _phrase_words()[0],
    "second": lambda form: form.lower() in _phrase_words()[1],
    "edge": lambda form: form.lower() in _phrase_words()[2],
    "profession": lambda form: form.lower() in lexicon().hints.professions,
}


# Pages share most of their words, so most forms are looked up and not examined again.
@lru_cache(maxsize=1 << 16)
def _form(form: str) -> tuple[str, int]:
    """A form lower-cased, and the bits of its hints, above them those of its properties."""
    lower, hints = form.lower(), lexicon().hints
    bits = hints.words.get(lower, 0)
    for number, holds in enumerate(PROPERTIES.values(), len(hints.kinds)):
        bits |= holds(form) << number
    return lower, bits


@dataclass(frozen=True, eq=False)
class Forms:
    """The distinct forms of each page, page after page: lower-cased, and what each of them is by itself."""

    lower: list[str]
    bits: Array

    def has(self, name: str) -> Array:
        """Return whether each form has a property, or is a hint of a kind."""
        place = (*lexicon().hints.kinds, *PROPERTIES).index(name)
        return (self.bits & (1 << place)) > 0


def read_forms(forms: Sequence[Sequence[str]]) -> Forms:
    """Examine the distinct forms of each page."""
    known = list(map(_form, chain.from_iterable(forms)))
    return Forms([lower for lower, _ in known], np.array([bits for _, bits in known], dtype=np.int64))


def hits(page: Scan, forms: Forms) -> Array:
    """Return the bits of the hints of each line; `forms` stand in the order of `page.forms`."""
    hints = lexicon().hints
    bits = np.zeros(page.n_lines, dtype=np.int64)
    np.bitwise_or.at(bits, page.line, (forms.bits & ((1 << len(hints.kinds)) - 1))[page.form])
    first, second, edge, always = (
        found[page.form]
        for found in (*map(forms.has, ("first", "second", "edge")), forms.has("han") | forms.has("profession"))
    )
    new = np.diff(page.line, prepend=-1, append=page.n_lines) > 0
    always |= edge & (new[:-1] | new[1:])
    always[:-1] |= first[:-1] & second[1:] & ~new[1:-1]
    asked = page.per_line(always) > 0
    for line in np.flatnonzero(asked).tolist():
        bits[line] |= hints.in_line(page.lines[line])
    for line, text in enumerate(page.lines):
        if len(text) <= LONGEST_ENTRY and (kind := lexicon().whole.get(plain_line(text))):
            bits[line] |= hints.bit(kind)
    return bits


@dataclass(frozen=True, eq=False)
class Facts:
    """Measures of each line of one or several pages; all arrays have one value per line unless said otherwise.

    Attributes
    ----------
    page
        The scanned lines.
    lower
        For each token: number of its lower-cased form; forms of different pages have different numbers.
    content
        For each token: whether it is a content word (no stop word, over three letters or not ASCII, no digits).
    n, log_n
        Words (a Chinese character counts for 0.6 of one) and log(1 + words).
    measure
        Named measures: shares of words and characters, 0/1 properties of shape.
    bits
        Hints of its words (see `Hints` of the lexicon).
    prose
        Whether the line looks like running text.
    """

    page: Scan
    lower: Array
    content: Array
    n: Array
    log_n: Array
    measure: dict[str, Array]
    bits: Array
    prose: Array

    @property
    def pages(self) -> Pages:
        """Return where each page begins."""
        return self.page.pages

    @cached_property
    def pairs(self) -> WordPairs:
        """Return the content words of each line, counted once for both readings."""
        return word_pairs(self.page.line[self.content], self.lower[self.content], self.page.n_lines)

    @cached_property
    def hits(self) -> dict[str, Array]:
        """Return for each kind of hint whether each line holds one."""
        names = lexicon().hints.kinds
        return dict(zip(names, (self.bits >> np.arange(len(names))[:, None]) & 1 == 1, strict=True))

    def hit(self, name: str) -> Array:
        """Return 1.0 for the lines that hold a hint of a kind."""
        return self.hits[name].astype(float)


@cache
def function_words(language: str) -> frozenset[str]:
    """The words that running text of a language is full of; none of a language without a list."""
    hints = lexicon().hints
    if language == "en":
        return frozenset(word for word, bits in hints.words.items() if bits & hints.bit("stop"))
    return frozenset(stopwordsiso.stopwords(language)) if stopwordsiso.has_lang(language) else frozenset()


def facts(page: Scan, languages: Sequence[str]) -> Facts:
    """Measure the lines of pages, each in its language."""
    forms = read_forms(page.forms)
    of_page = Pages(np.array(list(map(len, page.forms)), dtype=np.int64))
    words = of_page.split(forms.lower)
    lower = numbered(words)
    listed = map(function_words, languages)
    stop = np.array([word in known for of_one, known in zip(words, listed, strict=True) for word in of_one], dtype=bool)
    size = np.where(forms.has("han"), WORDS_PER_HAN, 1.0)
    n = page.per_line(size[page.form])
    measure = _word_measures(page, n, size, forms, lower, stop)
    measure |= _character_measures(page) | _edge_measures(page, n) | _date_measures(page, forms)
    content = forms.has("long") & ~forms.has("number") & ~stop
    measure["number_only"] = (n > 0) * (measure["digit_tokens"] >= 1.0)
    prose = ((n >= 10) & (measure["end"] > 0)) | (n >= 30)
    return Facts(page, lower[page.form], content[page.form], n, np.log1p(n), measure, hits(page, forms), prose)


def _word_measures(page: Scan, n: Array, size: Array, forms: Forms, lower: Array, stop: Array) -> dict[str, Array]:
    """Return shares of kinds of words in each line."""
    columns = {
        "stop": stop,
        "capital": forms.has("capital"),
        "upper": forms.has("upper"),
        "digit_tokens": forms.has("digit_first"),
        "word_length": np.array(list(map(len, chain.from_iterable(page.forms))), dtype=np.int64) * size,
    }
    total = np.maximum(n, 1e-9)
    shares = {name: page.per_line((values * size)[page.form]) / total for name, values in columns.items()}
    width = max(len(lower), 1)
    of_line = distinct(page.line * width + lower[page.form]) // width
    tokens = np.maximum(page.per_line(np.ones(len(page.line))), 1)
    return shares | {"type_token": np.bincount(of_line, minlength=page.n_lines) / tokens}


def _character_measures(page: Scan) -> dict[str, Array]:
    """Return counts and shares of kinds of characters in each line."""
    n_chars = np.maximum(page.n_chars, 1)
    counts = {
        name: page.kind(name)
        for name in ("comma", "colon", "bar", "bracket", "quote", "exclaim", "question", "currency", "at", "rights")
    }
    return counts | {
        "sentences": page.sentences,
        "gaps": page.gaps,
        "digits": page.kind("digit") / n_chars,
        "letters": 1 - page.kinds[:, 1:].sum(axis=1) / n_chars + page.kind("han") / n_chars,
    }


def _edge_measures(page: Scan, n: Array) -> dict[str, Array]:
    """Return how each line begins and ends."""
    lines = page.lines
    last = [line.rstrip(CLOSERS)[-1:] for line in lines]
    columns = {
        "end": [c in TERMINAL and c != "" for c in last],
        "ellipsis": [line.endswith(ELLIPSIS) for line in lines],
        "end_colon": [line.endswith((":", "：")) for line in lines],
        "starts_lower": [line[:1].islower() for line in lines],
        "starts_digit": [line[:1].isdigit() for line in lines],
        "bullet": [line[:1] in BULLETS for line in lines],
        "url": ["http" in line or "www." in line or "t.co/" in line or ".com" in line for line in lines],
    }
    return {name: np.array(values, dtype=float) for name, values in columns.items()}


def _date_measures(page: Scan, forms: Forms) -> dict[str, Array]:
    """Return whether a line has a date (a month and a number, or three numbers and one of them a year), a clock time, or a year."""
    month, number, year, short = (
        page.per_line(forms.has(name)[page.form]) for name in ("month", "number", "year", "number_2")
    )
    columns = {
        "date": ((month > 0) & (number > 0)) | ((number >= 3) & (year > 0)),
        "clock": (short >= 2) & (page.kind("colon") > 0),
        "year": year > 0,
    }
    return {name: values.astype(float) for name, values in columns.items()}
