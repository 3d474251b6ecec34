"""Where the page's main text seems to lie, and how each line's words relate to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corpus_lib.cleaning.line_windows import Array

# Runs of prose are joined over headings and captions: at most this many other lines between two lines of prose.
GAP = 2


@dataclass(frozen=True, eq=False)
class Runs:
    """Stretches of lines of one sort, joined over small gaps, and the largest of them.

    Attributes
    ----------
    run
        For each line the number of the run it lies in, -1 outside.
    tokens, lines
        For each run: its words (or expected words) and its lines.
    first, last
        First line and last line + 1 of the largest run; both 0 when there is none.
    """

    run: Array
    tokens: Array
    lines: Array
    first: int
    last: int

    def of_line(self, values: Array) -> Array:
        """Return the value of each line's run, 0 outside runs."""
        return np.append(values, 0.0)[self.run]

    def largest_lines(self) -> Array:
        """Return 1.0 for the lines of the largest run."""
        index = np.arange(len(self.run))
        return ((index >= self.first) & (index < self.last)).astype(float)


def find_runs(member: Array, weight: Array, gap: int = GAP) -> Runs:
    """Join lines that are `member` over at most `gap` other lines; a run's size is the `weight` of its lines."""
    places = np.flatnonzero(member)
    if not len(places):
        return Runs(np.full(len(member), -1), np.zeros(0), np.zeros(0), 0, 0)
    breaks = np.flatnonzero(np.diff(places) > gap + 1)
    first = places[np.concatenate([[0], breaks + 1])]
    last = places[np.concatenate([breaks, [len(places) - 1]])]
    index = np.arange(len(member))
    run = np.searchsorted(first, index, side="right") - 1
    run = np.where((run >= 0) & (index <= last[run]), run, -1)
    inside = run >= 0
    tokens = np.bincount(run[inside], weights=weight[inside], minlength=len(first))
    best = int(np.argmax(tokens))
    return Runs(run, tokens, (last - first + 1).astype(float), int(first[best]), int(last[best]) + 1)


@dataclass(frozen=True, eq=False)
class WordPairs:
    """Each distinct content word of each line once: its line, its number, how often it stands there."""

    line: Array
    word: Array
    count: Array
    n_lines: int
    n_words: int
    per_line: Array

    def mean(self, values: Array) -> Array:
        """Return the mean over each line's distinct content words, 0 for lines without any."""
        return np.bincount(self.line, weights=values, minlength=self.n_lines) / np.maximum(self.per_line, 1)

    def elsewhere(self, weight: Array) -> Array:
        """Return for each pair how often the word stands in other lines, each line counted with its weight."""
        own = self.count * weight[self.line]
        others: Array = np.maximum(np.bincount(self.word, weights=own, minlength=self.n_words)[self.word] - own, 0.0)
        return others


def word_pairs(line: Array, word: Array, n_lines: int) -> WordPairs:
    """Count the content words of each line, given line and number of each content word of the page."""
    width = int(word.max()) + 1 if len(word) else 1
    pairs, count = np.unique(line * width + word, return_counts=True)
    of = pairs // width
    return WordPairs(
        of, pairs % width, count.astype(float), n_lines, width, np.bincount(of, minlength=n_lines).astype(float)
    )
