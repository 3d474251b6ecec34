"""Where the main text of a page seems to lie, and how each line's words relate to it."""

from dataclasses import dataclass

import numpy as np

from corpus_lib.cleaning.line_model.windows import Array, Pages

# Runs of prose are joined over headings and captions: at most this many other lines between two lines of prose.
GAP = 2


@dataclass(frozen=True, eq=False)
class Runs:
    """Stretches of lines of one sort, joined over small gaps, and the largest of each page.

    Attributes
    ----------
    index
        For each line its place in its page.
    run
        For each line the number of the run it lies in, -1 outside.
    tokens, page
        For each run: its words (or expected words) and its page.
    first, last
        For each line: first line and last line + 1 of the largest run of its page, counted in the page; both 0 when there is none.
    largest
        For each line the words of that run, 0 when there is none.
    """

    index: Array
    run: Array
    tokens: Array
    page: Array
    first: Array
    last: Array
    largest: Array

    def of_line(self, values: Array) -> Array:
        """Return the value of each line's run, 0 outside runs."""
        return np.append(values, 0.0)[self.run]

    def largest_lines(self) -> Array:
        """Return 1.0 for the lines of the largest run."""
        return ((self.index >= self.first) & (self.index < self.last)).astype(float)


def find_runs(pages: Pages, member: Array, weight: Array, gap: int = GAP) -> Runs:
    """Join lines that are `member` over at most `gap` other lines of their page; a run's size is the `weight` of its lines."""
    places = np.flatnonzero(member)
    breaks = np.flatnonzero((np.diff(places) > gap + 1) | (np.diff(pages.page[places]) > 0))
    starts = places[np.concatenate([[0], breaks + 1])] if len(places) else places
    ends = places[np.concatenate([breaks, [len(places) - 1]])] + 1 if len(places) else places
    run = np.full(len(member), -1)
    lines = ends - starts
    inside = np.repeat(starts - np.cumsum(lines) + lines, lines) + np.arange(lines.sum())
    run[inside] = np.repeat(np.arange(len(starts)), lines)
    tokens = np.bincount(run[inside], weights=weight[inside], minlength=len(starts))
    page = pages.page[starts]
    # For each page: first and last + 1 line of its largest run in the page, and its words.
    found = np.zeros((3, len(pages.sizes)))
    best = Pages(np.bincount(page, minlength=len(pages.sizes))).argmax(tokens)
    found[:, page] = np.array([starts - pages.first[starts], ends - pages.first[starts], tokens])[:, best]
    first, last, largest = found[:, pages.page]
    return Runs(pages.index, run, tokens, page, first.astype(int), last.astype(int), largest)


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
