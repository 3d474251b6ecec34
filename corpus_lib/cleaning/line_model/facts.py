"""What is known of each line by itself: the measures that all features of the line model are made from."""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from corpus_lib.cleaning.line_model.cues import Forms, cues, hits, read_forms
from corpus_lib.cleaning.line_model.main_text import WordPairs, word_pairs
from corpus_lib.cleaning.line_model.scan import CLOSERS, WORDS_PER_HAN, Scan, numbered
from corpus_lib.cleaning.line_model.windows import Array, Pages, distinct

# The model was trained on English. Where long lines hardly use the English stop words, every line of STAND_IN_WORDS or more gets the share
# that running English has, and lines in a script without capitals its usual capitals and word length, so that a language is not taken for boilerplate.
OTHER_LANGUAGE = 0.2
STAND_IN_WORDS, STAND_IN_STOP = 6, 0.42
STAND_IN_CAPITAL, STAND_IN_WORD_LENGTH = 0.12, 4.7
TERMINAL = frozenset(".!?…。！？")
ELLIPSIS = ("...", "…", "[…]")
BULLETS = frozenset("*+-–—•·▪●◦‣○■□➤►✓✔»>|")


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
        Word lists hit (see `cues`).
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

    def unlike(self, weight: Array) -> tuple[Array, Array, Array]:
        """Return how far each line's length is from that of the page's text, where `weight` says how much of a line is text.

        Beside it the words of the page's text, at least a trace, and whether there are any.
        """
        words = self.pages.sum(weight)
        any_text, total = words > 0, np.where(words > 0, words, 1.0)
        mean = np.where(any_text, self.pages.sum(self.log_n * weight) / total, 3.0)
        spread = np.where(any_text, np.sqrt(self.pages.sum((self.log_n - mean) ** 2 * weight) / total), 0.5)
        return np.clip((self.log_n - mean) / np.maximum(spread, 0.2), -4, 3), total, any_text

    @cached_property
    def pairs(self) -> WordPairs:
        """Return the content words of each line, counted once for both readings."""
        return word_pairs(self.page.line[self.content], self.lower[self.content], self.page.n_lines)

    @cached_property
    def hits(self) -> dict[str, Array]:
        """Return for each word list whether each line hits it."""
        names = cues().names
        return dict(zip(names, (self.bits >> np.arange(len(names))[:, None]) & 1 == 1, strict=True))

    def hit(self, name: str) -> Array:
        """Return 1.0 for the lines that hit the named word list."""
        return self.hits[name].astype(float)


def facts(page: Scan) -> Facts:
    """Measure the lines of pages."""
    forms = read_forms(page.forms)
    of_page = Pages(np.array(list(map(len, page.forms)), dtype=np.int64))
    lower = numbered(of_page.split(forms.lower))
    size = np.where(forms.has("han"), WORDS_PER_HAN, 1.0)
    n = page.per_line(size[page.form])
    measure = _word_measures(page, n, size, forms, lower)
    _stand_in(page.pages, measure, n)
    measure |= _character_measures(page) | _edge_measures(page, n) | _date_measures(page, forms)
    content = forms.has("long") & ~forms.has("number") & ~forms.hit("stop")
    measure["number_only"] = (n > 0) * (measure["digit_tokens"] >= 1.0)
    end, share = measure["end"], measure["stop"]
    prose = ((n >= 10) & (end > 0) & (share > 0.2)) | ((n >= 30) & (share > 0.2))
    return Facts(page, lower[page.form], content[page.form], n, np.log1p(n), measure, hits(page, forms), prose)


def _word_measures(page: Scan, n: Array, size: Array, forms: Forms, lower: Array) -> dict[str, Array]:
    """Return shares of kinds of words in each line."""
    columns = {
        "stop": forms.hit("stop"),
        "capital": forms.has("capital"),
        "upper": forms.has("upper"),
        "digit_tokens": forms.has("digit_first"),
        "word_length": np.array(list(map(len, chain.from_iterable(page.forms))), dtype=np.int64) * size,
        "han": forms.has("han"),
    }
    total = np.maximum(n, 1e-9)
    shares = {name: page.per_line((values * size)[page.form]) / total for name, values in columns.items()}
    width = max(len(lower), 1)
    of_line = distinct(page.line * width + lower[page.form]) // width
    tokens = np.maximum(page.per_line(np.ones(len(page.line))), 1)
    return shares | {"type_token": np.bincount(of_line, minlength=page.n_lines) / tokens}


def _stand_in(pages: Pages, measure: dict[str, Array], n: Array) -> None:
    """Put usual English values where the page, or a line, is in another language (see `OTHER_LANGUAGE`)."""
    words = np.where(n >= 15, n, 0.0)
    foreign = pages.sum(measure["stop"] * words) < OTHER_LANGUAGE * pages.sum(words)
    measure["stop"] = np.where(foreign & (n >= STAND_IN_WORDS), STAND_IN_STOP, measure["stop"])
    han = measure["han"] > 0.5
    measure["capital"] = np.where(han, STAND_IN_CAPITAL, measure["capital"])
    measure["word_length"] = np.where(han, STAND_IN_WORD_LENGTH, measure["word_length"])


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
    """Return whether a line has a date or a clock time: a month beside a number, three numbers in a row, '3 hours ago', '10:45'."""
    digit, year, ago, short, year_marks = (
        forms.has(name)[page.form] for name in ("number_4", "year", "ago", "number_2", "year_mark")
    )
    month, unit = (forms.hit(name)[page.form] for name in ("month", "unit_of_time"))
    two = page.line[:-1] == page.line[1:]
    three = two[:-1] & two[1:]
    found = np.zeros(len(page.line), dtype=bool)
    found[:-1] |= two & ((month[:-1] & digit[1:]) | (digit[:-1] & month[1:]) | (unit[:-1] & ago[1:]))
    found[:-2] |= three & digit[:-2] & digit[1:-1] & digit[2:] & (year[:-2] | year[2:])
    found[:-1] |= two & digit[:-1] & year_marks[1:]
    clock = np.zeros(len(page.line), dtype=bool)
    clock[:-1] = two & short[:-1] & short[1:]
    return {
        "date": (page.per_line(found) > 0).astype(float),
        "clock": ((page.per_line(clock) > 0) & (page.kind("colon") > 0)).astype(float),
        "year": (page.per_line(year) > 0).astype(float),
    }
