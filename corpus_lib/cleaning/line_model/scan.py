"""One reading of the lines of pages: tokens as numbers and characters by kind, shared by all features of the line model.

A token is a run of letters and digits, lower-cased for comparison; Chinese and Japanese characters are tokens of their own. All that
follows works on whole arrays: `Scan.line` gives the line of each token, so a sum over lines is one `bincount`. No regular expression
other than the tokenizer reads the text, and its two alternatives cannot overlap, so the time is linear in the number of characters.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np

from corpus_lib.cleaning.lexicon import split_words
from corpus_lib.cleaning.line_model.windows import Array, Pages
from corpus_lib.cleaning.packaged import packaged_table

# Of a longer line, its head and its tail are read: 4,000 characters are about 650 words, and every feature levels off far below.
LONGEST_LINE = 4000
TAIL = 400
# Lines are read in blocks, so that the widened characters of a 50 MB page never stand in memory together.
LINES_AT_ONCE = 4096

HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")
KINDS: dict[str, str] = packaged_table("line_model/characters.toml")
NAMES = tuple(KINDS)


def _kind_table() -> Array:
    """Return the kind (1 + position in `KINDS`, 0 for none) of each character of the basic plane."""
    table = np.zeros(65536, dtype=np.uint8)
    for number, characters in enumerate(KINDS.values(), start=1):
        table[[ord(c) for c in characters]] = number
    for first, last in ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)):
        table[first : last + 1] = NAMES.index("han") + 1
    return table


_TABLE = _kind_table()


@dataclass(frozen=True, eq=False)
class Scan:
    """The lines of one or several pages as arrays, page after page.

    Attributes
    ----------
    pages
        Where each page begins.
    lines
        The lines, stripped, very long ones cut to head and tail.
    form, line
        For each token: the number of its form (as written) and of its line.
    forms
        The distinct forms of each page, in order of appearance; forms of different pages are different forms.
    kinds
        Lines × `KINDS`: how many characters of each kind.
    n_chars, sentences, gaps
        For each line: characters, sentence ends followed by more text, and spaces that follow a space (the cells of a table in plain text).
    """

    pages: Pages
    lines: list[str]
    form: Array
    line: Array
    forms: list[list[str]]
    kinds: Array
    n_chars: Array
    sentences: Array
    gaps: Array

    @property
    def n_lines(self) -> int:
        """Return the number of lines."""
        return len(self.lines)

    def kind(self, name: str) -> Array:
        """Return how many characters of the named kind each line has."""
        return self.kinds[:, NAMES.index(name) + 1]

    def per_line(self, of_token: Array) -> Array:
        """Return the sum over each line of a value per token."""
        return np.bincount(self.line, weights=of_token, minlength=self.n_lines).astype(float)


def scan(*pages: Sequence[str]) -> Scan:
    """Read the lines of pages once."""
    short = [[_cut(line) for line in lines] for lines in pages]
    numbering = count()
    parts, forms = [], []
    for lines in short:
        numbers: defaultdict[str, int] = defaultdict(numbering.__next__)
        parts += [_read(lines[at : at + LINES_AT_ONCE], numbers) for at in range(0, len(lines) or 1, LINES_AT_ONCE)]
        forms.append(list(numbers))
    form, counts, kinds, chars, sentences, gaps = (np.concatenate(column) for column in zip(*parts, strict=True))
    sizes = np.array(list(map(len, short)), dtype=np.int64)
    line = np.repeat(np.arange(len(counts)), counts)
    return Scan(Pages(sizes), list(chain.from_iterable(short)), form, line, forms, kinds, chars, sentences, gaps)


def numbered(pages: Iterable[Sequence[str]]) -> Array:
    """Return for each string the number of its first appearance in its page; no number stands for strings of two pages."""
    numbering = count()
    found: list[int] = []
    for strings in pages:
        numbers: defaultdict[str, int] = defaultdict(numbering.__next__)
        found += map(numbers.__getitem__, strings)
    return np.array(found, dtype=np.int64)


def _cut(line: str) -> str:
    """Return the line stripped, and cut to head and tail when it is very long."""
    if len(line) > LONGEST_LINE:
        # The slices come first: a strip of a line of 200 MB would copy it.
        line = line[: LONGEST_LINE - TAIL] + " " + line[-TAIL:]
    return line.strip()


def _read(lines: list[str], numbers: defaultdict[str, int]) -> tuple[Array, ...]:
    """Return form of each token, tokens a line, kinds a line, characters a line, inner sentence ends and gaps a line."""
    # The words of a line are let go at once: lists that live on are what Python's collector of cycles visits again and again.
    form, counts = array("q"), []
    for line in lines:
        words = split_words(line.replace("'", " "), WORD)
        counts.append(len(words))
        form.extend(map(numbers.__getitem__, words))
    lengths = np.array(list(map(len, lines)), dtype=np.int64)
    return np.array(form, dtype=np.int64), np.array(counts, dtype=np.int64), *_characters("\n".join(lines), lengths)


def _characters(text: str, lengths: Array) -> tuple[Array, Array, Array, Array]:
    """Return for each line of `text` its kinds of characters, its length, sentence ends followed by a space, and spaces after a space."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kind = _TABLE[np.minimum(codes, 65535)]
    line = np.repeat(np.arange(len(lengths)), lengths + 1)[: len(kind)]
    width = len(KINDS) + 1
    counts = np.bincount(line * width + kind, minlength=len(lengths) * width).reshape(-1, width).astype(float)
    ends = (kind >= 1) & (kind <= 3)
    # A Chinese full stop needs no space after it.
    space = kind == NAMES.index("space") + 1
    ends[:-1] &= space[1:] | ((codes[:-1] > 0x3000) & (codes[1:] != ord("\n")))
    ends[-1:] = False
    gaps = np.flatnonzero(space[1:] & space[:-1])
    ends_of, gaps_of = (np.bincount(line[places], minlength=len(lengths)).astype(float) for places in (ends, gaps))
    return counts, lengths, ends_of, gaps_of
