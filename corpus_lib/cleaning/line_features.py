"""The features of the first reading: what a line looks like, what stands around it, where it stands, what it shares with the main text.

Each function returns the columns of one family, by name; a reason for a decision names families, never single columns. The families:
shape, words (word lists), neighbours, position, overlap (shared vocabulary), style, page.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from corpus_lib.cleaning.line_facts import Facts
from corpus_lib.cleaning.line_text import Runs, WordPairs, find_runs
from corpus_lib.cleaning.line_windows import (
    Array,
    Columns,
    around,
    best_stretch,
    running,
    shifted,
    since_last,
    weighted_mean,
)

FLAGS = ("bio", "caption", "credit", "disclaimer", "cookie", "newsletter", "share", "comment", "more", "byline", "time", "contact", "price",
         "site", "you", "first_person", "report")  # fmt: skip
FLAGS_IF_LONG = ("bio", "caption", "credit", "disclaimer", "cookie", "newsletter", "comment", "more", "share")
FLAGS_AROUND = ("bio", "caption", "disclaimer", "newsletter", "share", "comment", "more", "byline", "time", "price")
HEADERS = ("more", "comment", "newsletter", "disclaimer", "bio")
PROSE_CAP = 80.0
TITLE_LOOKS_BACK = 60


def first_reading(facts: Facts) -> Iterator[tuple[str, Columns]]:
    """Yield the families of features of a page, one after the other, so that a long page never holds all of them at once."""
    runs = find_runs(facts.prose, np.where(facts.prose, facts.n, 0.0))
    pairs = facts.pairs
    yield "shape", shape(facts)
    yield "words", words(facts)
    yield "neighbours", neighbours(facts)
    yield "position", position(facts, runs)
    yield "overlap", overlap(facts, runs, pairs) | title(facts, runs, pairs)
    yield "style", style(facts)
    yield "page", whole_page(facts, runs)


def shape(facts: Facts) -> Columns:
    """Return what a line looks like by itself."""
    n, m = facts.n, facts.measure
    long = n >= 12
    columns = {
        "words": np.minimum(n, 120),
        "log_words": facts.log_n,
        "log_characters": np.log1p(facts.page.n_chars),
        "prose": facts.prose.astype(float),
        "sentences": np.minimum(m["sentences"], 8),
        "gaps": np.log1p(m["gaps"]),
        "bars": np.minimum(m["bar"], 6),
        "bars_per_word": m["bar"] / (n + 1),
        "ends_long": m["end"] * long,
        "ends_short": m["end"] * (n <= 6),
        "date_short": m["date"] * (n <= 15),
        "unfinished_long": (1 - m["end"]) * long,
    }
    for name in ("end", "stop", "capital", "upper", "digit_tokens", "word_length", "type_token", "digits", "letters", "ellipsis", "end_colon",
                 "starts_lower", "starts_digit", "bullet", "url", "date", "clock", "year", "number_only", "rights", "at"):  # fmt: skip
        columns[name] = m[name]
    for name in ("comma", "colon", "bracket", "quote", "exclaim", "question", "currency"):
        columns[name] = np.minimum(m[name], 6)
    columns |= {f"words_from_{step}": (n >= step).astype(float) for step in (3, 6, 10, 15, 25, 40, 70)}
    return columns | {f"end_from_{step}": (n >= step) * m["end"] for step in (6, 10, 15, 25)}


def words(facts: Facts) -> Columns:
    """Return which word lists a line, and the lines around it, hit."""
    long, short = facts.n >= 12, facts.n <= 14
    columns: Columns = {}
    for name in FLAGS:
        columns[name] = facts.hit(name)
    for name in FLAGS_IF_LONG:
        columns[f"{name}_long"] = columns[name] * long
    hits = np.array([columns[name] for name in FLAGS_AROUND]).T
    above, below, near = shifted(hits, -1), shifted(hits, 1), around(hits, -4, 4)
    for i, name in enumerate(FLAGS_AROUND):
        columns |= {f"{name}_above": above[:, i], f"{name}_below": below[:, i], f"{name}_near": near[:, i]}
    for name in HEADERS:
        hit = (columns[name] > 0) & short
        columns[f"since_{name}"] = np.log1p(since_last(hit, 100))
        columns[f"{name}_so_far"] = np.minimum(np.cumsum(hit) - hit, 6)
    return columns


def neighbours(facts: Facts) -> Columns:
    """Return what the lines around a line look like."""
    n, m = facts.n, facts.measure
    prose = np.where(facts.prose, np.minimum(n, PROSE_CAP), 0.0)
    base = {
        "log_words": facts.log_n,
        "end": m["end"],
        "capital": m["capital"],
        "stop": m["stop"],
        "bullet": m["bullet"],
        "short": (n <= 6).astype(float),
        "prose": facts.prose.astype(float),
        "dated": m["date"] * (n <= 15),
        "url": m["url"],
        "gaps": (m["gaps"] > 1).astype(float),
    }
    stacked = np.array(list(base.values())).T
    columns: Columns = {}
    sums, sizes = running(stacked, 8), running(np.ones(len(n)), 8)
    for reach in (1, 2, 4, 8):
        means = (sums.around(-reach, reach) - stacked) / np.maximum(sizes.around(-reach, reach) - 1, 1)[:, None]
        columns |= {f"{name}_within_{reach}": means[:, i] for i, name in enumerate(base)}
    beside = ("log_words", "end", "capital", "stop", "prose")
    chosen = np.array([base[name] for name in beside]).T
    for by in (-2, -1, 1, 2):
        values = shifted(chosen, by)
        columns |= {f"{name}_at_{by:+d}": values[:, i] for i, name in enumerate(beside)}
    proses, capped = running(prose, 30), running(np.minimum(n, PROSE_CAP), 30)
    for first, last in ((-2, -1), (-5, -1), (-12, -1), (-30, -1), (1, 2), (1, 5), (1, 12), (1, 30)):
        total = proses.around(first, last)
        columns[f"log_prose_{first:+d}_{last:+d}"] = np.log1p(total)
        columns[f"prose_share_{first:+d}_{last:+d}"] = total / (capped.around(first, last) + 1)
    dated = running(base["dated"], 8)
    columns["dated_within_5"] = dated.around(-5, 5)
    columns["dated_above_8"] = dated.around(-8, -1)
    columns["dated_below_8"] = dated.around(1, 8)
    return columns | _rhythm(facts)


def _rhythm(facts: Facts) -> Columns:
    """Return whether lines of the same shape come back at a fixed distance, as headline, date and teaser do in a list of articles."""
    shape_class = np.digitize(facts.n, (2, 4, 8, 14, 25)) * 2 + facts.measure["end"].astype(int)
    columns: Columns = {}
    for lag in (1, 2, 3, 4):
        same = (shape_class == shifted(shape_class, -lag, -1)).astype(float)
        columns[f"same_shape_every_{lag}"] = around(same, -3, 3 + lag) / (7.0 + lag)
    return columns


def position(facts: Facts, runs: Runs) -> Columns:
    """Return where a line stands in the page and relative to runs of prose."""
    n, n_lines = facts.n, facts.page.n_lines
    index = np.arange(n_lines)
    before = np.cumsum(n) - n
    total = n.sum()
    prose = np.where(facts.prose, n, 0.0)
    prose_before = np.cumsum(prose) - prose
    first, last = best_stretch(np.where(facts.prose, np.minimum(n, PROSE_CAP), -np.minimum(n + 3, 12.0)))
    copies, earlier = _copies(facts.page.lines)
    header = (facts.hit("more") > 0) & (n <= 6)
    share = runs.tokens / max(prose.sum(), 1.0)
    other = np.cumsum(~facts.prose)
    columns = {
        "line_share": index / max(n_lines - 1, 1),
        "word_share": before / max(total, 1.0),
        "log_from_top": np.log1p(index),
        "log_from_bottom": np.log1p(n_lines - 1 - index),
        "first_3": (index < 3).astype(float),
        "last_3": (index >= n_lines - 3).astype(float),
        "in_best": ((index >= first) & (index < last)).astype(float),
        "log_above_best": np.log1p(np.maximum(first - index, 0)),
        "log_below_best": np.log1p(np.maximum(index - last + 1, 0)),
        "log_copies": np.log1p(copies),
        "seen_before": earlier,
        "log_since_header": np.log1p(since_last(header, 40)),
        "log_prose_before": np.log1p(prose_before),
        "log_prose_after": np.log1p(prose.sum() - prose_before - prose),
        "prose_share_before": prose_before / max(prose.sum(), 1.0),
        "run_log_words": np.log1p(runs.of_line(runs.tokens)),
        "run_log_lines": np.log1p(runs.of_line(runs.lines)),
        "run_share": runs.of_line(share),
        "run_relative": runs.of_line(runs.tokens / max(runs.tokens.max(initial=0.0), 1.0)),
    }
    return columns | _largest(index, before, other, runs)


def _largest(index: Array, before: Array, other: Array, runs: Runs) -> Columns:
    """Return a line's distance from the largest run: in lines, in words, in lines that are not prose."""
    below, above = index >= runs.last, index < runs.first
    words_first, words_last = (
        np.append(before, before[-1:])[at] if len(before) else 0.0 for at in (runs.first, runs.last)
    )
    other_last, other_first = (other[max(at - 1, 0)] if len(other) else 0 for at in (runs.last, runs.first))
    return {
        "in_largest": (~below & ~above).astype(float),
        "below_largest": below.astype(float),
        "log_lines_below": np.log1p(np.where(below, index - runs.last + 1, 0)),
        "log_words_below": np.log1p(np.where(below, np.maximum(before - words_last, 0), 0)),
        "log_other_below": np.log1p(np.where(below, np.maximum(other - other_last, 0), 0)),
        "above_largest": above.astype(float),
        "log_lines_above": np.log1p(np.where(above, runs.first - index, 0)),
        "log_words_above": np.log1p(np.where(above, np.maximum(words_first - before, 0), 0)),
        "log_other_above": np.log1p(np.where(above, np.maximum(other_first - other, 0), 0)),
    }


def _copies(lines: list[str]) -> tuple[Array, Array]:
    """Return how many other lines say the same, and whether one above does."""
    numbers: dict[str, int] = {}
    key = np.array([numbers.setdefault(line.lower(), len(numbers)) for line in lines], dtype=np.int64)
    count = np.bincount(key, minlength=1)[key] - 1.0 if len(key) else np.zeros(0)
    _, first = np.unique(key, return_index=True)
    earlier = np.ones(len(key))
    earlier[first] = 0.0
    return count, earlier


def overlap(facts: Facts, runs: Runs, pairs: WordPairs) -> Columns:
    """Return how much of a line's vocabulary is that of the largest run of prose."""
    index = np.arange(facts.page.n_lines)
    there = pairs.elsewhere(runs.largest_lines())
    found = pairs.mean((there > 0).astype(float))
    below, long = index >= runs.last, facts.n >= 10
    return {
        "found": found,
        "log_count": pairs.mean(np.log1p(there)),
        "unique": pairs.mean((pairs.elsewhere(np.ones(len(index))) == 0).astype(float)),
        "found_below": found * below,
        "found_long": found * long,
        "found_long_below": found * long * below,
        "found_within_3": weighted_mean(found, facts.n, -3, 3, 0.0),
        "content": pairs.per_line / np.maximum(facts.n, 1),
    }


def title(facts: Facts, runs: Runs, pairs: WordPairs) -> Columns:
    """Return how a line relates to the line that is most likely the title: the one above the text whose words the text uses most."""
    n, index = facts.n, np.arange(facts.page.n_lines)
    count = pairs.mean(np.log1p(pairs.elsewhere(runs.largest_lines())))
    known = pairs.per_line
    may_be = (index >= runs.first - TITLE_LOOKS_BACK) & (index < runs.first + 2) & (n >= 4) & (n <= 28) & (known >= 2)
    may_be &= ~((n > 14) & (facts.measure["end"] > 0))
    score = np.where(may_be, count * np.sqrt(known) - 0.01 * np.abs(runs.first - index), -np.inf)
    if not may_be.any() or not len(runs.tokens):
        zero = np.zeros(len(n))
        return dict.fromkeys(
            (
                "title_overlap",
                "title_cover",
                "is_title",
                "repeats_title",
                "title_distance",
                "title_overlap_long",
                "after_title",
            ),
            zero,
        )
    at = int(np.argmax(score))
    in_title = np.zeros(pairs.n_words)
    in_title[pairs.word[pairs.line == at]] = 1.0
    shared = in_title[pairs.word]
    of_line = pairs.mean(shared)
    cover = np.bincount(pairs.line, weights=shared, minlength=len(n)) / max(in_title.sum(), 1.0)
    return {
        "title_overlap": of_line,
        "title_cover": cover,
        "is_title": (index == at).astype(float),
        "repeats_title": ((cover >= 0.8) & (of_line >= 0.6) & (index != at)).astype(float),
        "title_distance": np.sign(index - at) * np.log1p(np.abs(index - at)),
        "title_overlap_long": of_line * (n >= 10),
        "after_title": (index > at).astype(float),
    }


def style(facts: Facts) -> Columns:
    """Return how far a line's length and habits are from those of the page's prose."""
    weight = np.where(facts.prose, facts.n, 0.0)
    total = max(weight.sum(), 1.0)
    mean = (facts.log_n * weight).sum() / total if weight.any() else 3.0
    spread = np.sqrt(((facts.log_n - mean) ** 2 * weight).sum() / total) if weight.any() else 0.5
    z = np.clip((facts.log_n - mean) / max(spread, 0.2), -4, 3)
    columns = {"length_from_prose": z, "length_unlike_prose": np.abs(z)}
    for name, usual in (("stop", 0.4), ("capital", 0.12), ("word_length", 4.8), ("digit_tokens", 0.02)):
        of_page = (facts.measure[name] * weight).sum() / total if weight.any() else usual
        columns[f"{name}_unlike_prose"] = np.abs(facts.measure[name] - of_page)
    return columns


def whole_page(facts: Facts, runs: Runs) -> Columns:
    """Return what kind of page it is, and what that means for short, long and late lines."""
    n, n_lines = facts.n, max(facts.page.n_lines, 1)
    total = max(n.sum(), 1.0)
    short, long = n <= 6, n >= 12
    below = np.arange(len(n)) >= runs.last
    values = {
        "short_share": short.sum() / n_lines,
        "prose_share": n[facts.prose].sum() / total,
        "log_runs": np.log1p(len(runs.tokens)),
        "largest_share": runs.tokens.max(initial=0.0) / total,
        "more_hits": facts.hit("more").sum() / n_lines,
        "comment_hits": np.log1p(facts.hit("comment").sum()),
        "share_hits": np.log1p(facts.hit("share").sum()),
        "site_hits": np.log1p(facts.hit("site").sum()),
        "short_first_10": short[:10].mean() if len(n) else 0.0,
        "short_last_10": short[-10:].mean() if len(n) else 0.0,
        "log_above": np.log1p(runs.first),
        "log_below": np.log1p(len(n) - runs.last),
    }
    columns = {name: np.full(len(n), float(value)) for name, value in values.items()}
    for kind, which in (("short", short), ("long", long), ("below", below)):
        for name in ("prose_share", "short_share", "log_below"):
            columns[f"{kind}_{name}"] = which * values[name]
    return columns
