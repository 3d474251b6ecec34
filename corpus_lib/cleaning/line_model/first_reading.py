"""The features of the first reading: what a line looks like, what stands around it, where it stands, what it shares with the main text.

Each function returns the columns of one family, by name; a reason for a decision names families, never single columns. The families:
shape, words (word lists), neighbours, position, overlap (shared vocabulary), style, page.
"""

from collections.abc import Iterator

import numpy as np

from corpus_lib.cleaning.line_model.facts import Facts
from corpus_lib.cleaning.line_model.main_text import Runs, WordPairs, find_runs
from corpus_lib.cleaning.line_model.scan import numbered
from corpus_lib.cleaning.line_model.windows import Array, Columns, Pages, best_stretch

FLAGS = ("bio", "caption", "credit", "disclaimer", "cookie", "newsletter", "share", "comment", "more", "byline", "time", "contact", "price",
         "site", "you", "first_person", "report")  # fmt: skip
FLAGS_IF_LONG = ("bio", "caption", "credit", "disclaimer", "cookie", "newsletter", "comment", "more", "share")
FLAGS_AROUND = ("bio", "caption", "disclaimer", "newsletter", "share", "comment", "more", "byline", "time", "price")
HEADERS = ("more", "comment", "newsletter", "disclaimer", "bio")
PROSE_CAP = 80.0
TITLE_LOOKS_BACK = 60


def first_reading(facts: Facts) -> Iterator[tuple[str, Columns]]:
    """Yield the families of features of the lines of pages, one after the other, so that a long page never holds all of them at once."""
    runs = find_runs(facts.pages, facts.prose, np.where(facts.prose, facts.n, 0.0))
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
    pages, long, short = facts.pages, facts.n >= 12, facts.n <= 14
    columns: Columns = {}
    for name in FLAGS:
        columns[name] = facts.hit(name)
    for name in FLAGS_IF_LONG:
        columns[f"{name}_long"] = columns[name] * long
    hits = np.array([columns[name] for name in FLAGS_AROUND]).T
    above, below, near = pages.shifted(hits, -1), pages.shifted(hits, 1), pages.around(hits, -4, 4)
    for i, name in enumerate(FLAGS_AROUND):
        columns |= {f"{name}_above": above[:, i], f"{name}_below": below[:, i], f"{name}_near": near[:, i]}
    for name in HEADERS:
        hit = (columns[name] > 0) & short
        columns[f"since_{name}"] = np.log1p(pages.since_last(hit, 100))
        columns[f"{name}_so_far"] = np.minimum(pages.cumsum(hit) - hit, 6)
    return columns


def neighbours(facts: Facts) -> Columns:
    """Return what the lines around a line look like."""
    pages, n, m = facts.pages, facts.n, facts.measure
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
    sums, sizes = pages.running(stacked, 8), pages.running(np.ones(len(n)), 8)
    for reach in (1, 2, 4, 8):
        means = (sums.around(-reach, reach) - stacked) / np.maximum(sizes.around(-reach, reach) - 1, 1)[:, None]
        columns |= {f"{name}_within_{reach}": means[:, i] for i, name in enumerate(base)}
    beside = ("log_words", "end", "capital", "stop", "prose")
    chosen = np.array([base[name] for name in beside]).T
    for by in (-2, -1, 1, 2):
        values = pages.shifted(chosen, by)
        columns |= {f"{name}_at_{by:+d}": values[:, i] for i, name in enumerate(beside)}
    proses, capped = pages.running(prose, 30), pages.running(np.minimum(n, PROSE_CAP), 30)
    for first, last in ((-2, -1), (-5, -1), (-12, -1), (-30, -1), (1, 2), (1, 5), (1, 12), (1, 30)):
        total = proses.around(first, last)
        columns[f"log_prose_{first:+d}_{last:+d}"] = np.log1p(total)
        columns[f"prose_share_{first:+d}_{last:+d}"] = total / (capped.around(first, last) + 1)
    dated = pages.running(base["dated"], 8)
    columns["dated_within_5"] = dated.around(-5, 5)
    columns["dated_above_8"] = dated.around(-8, -1)
    columns["dated_below_8"] = dated.around(1, 8)
    return columns | _rhythm(facts)


def _rhythm(facts: Facts) -> Columns:
    """Return whether lines of the same shape come back at a fixed distance, as headline, date and teaser do in a list of articles."""
    shape_class = np.digitize(facts.n, (2, 4, 8, 14, 25)) * 2 + facts.measure["end"].astype(int)
    columns: Columns = {}
    for lag in (1, 2, 3, 4):
        same = (shape_class == facts.pages.shifted(shape_class, -lag, -1)).astype(float)
        columns[f"same_shape_every_{lag}"] = facts.pages.around(same, -3, 3 + lag) / (7.0 + lag)
    return columns


def position(facts: Facts, runs: Runs) -> Columns:
    """Return where a line stands in the page and relative to runs of prose."""
    pages, n = facts.pages, facts.n
    index, n_lines = pages.index, pages.n_lines
    before = pages.cumsum(n) - n
    total = pages.sum(n)
    prose = np.where(facts.prose, n, 0.0)
    prose_before, all_prose = pages.cumsum(prose) - prose, pages.sum(prose)
    first, last = _best(pages, np.where(facts.prose, np.minimum(n, PROSE_CAP), -np.minimum(n + 3, 12.0)))
    copies, earlier = _copies(pages, facts.page.lines)
    header = (facts.hit("more") > 0) & (n <= 6)
    run_words = runs.of_line(runs.tokens)
    columns = {
        "line_share": index / np.maximum(n_lines - 1, 1),
        "word_share": before / np.maximum(total, 1.0),
        "log_from_top": np.log1p(index),
        "log_from_bottom": np.log1p(n_lines - 1 - index),
        "first_3": (index < 3).astype(float),
        "last_3": (index >= n_lines - 3).astype(float),
        "in_best": ((index >= first) & (index < last)).astype(float),
        "log_above_best": np.log1p(np.maximum(first - index, 0)),
        "log_below_best": np.log1p(np.maximum(index - last + 1, 0)),
        "log_copies": np.log1p(copies),
        "seen_before": earlier,
        "log_since_header": np.log1p(pages.since_last(header, 40)),
        "log_prose_before": np.log1p(prose_before),
        "log_prose_after": np.log1p(np.maximum(all_prose - prose_before - prose, 0)),
        "prose_share_before": prose_before / np.maximum(all_prose, 1.0),
        "run_log_words": np.log1p(run_words),
        "run_log_lines": np.log1p(runs.of_line(runs.lines)),
        "run_share": run_words / np.maximum(all_prose, 1.0),
        "run_relative": run_words / np.maximum(runs.largest, 1.0),
    }
    return columns | _largest(pages, before, pages.cumsum(~facts.prose), runs)


def _best(pages: Pages, score: Array) -> tuple[Array, Array]:
    """Return for each line first line and last line + 1 of its page's stretch with the greatest sum of scores."""
    found = np.array([best_stretch(values) for values in pages.split(score)], dtype=np.int64).reshape(-1, 2)
    return found[pages.page, 0], found[pages.page, 1]


def _largest(pages: Pages, before: Array, other: Array, runs: Runs) -> Columns:
    """Return a line's distance from the largest run: in lines, in words, in lines that are not prose."""
    index = pages.index
    below, above = index >= runs.last, index < runs.first
    # Where a page ends with its largest run, no line is below it and any value will do.
    words_first, words_last = (
        before[pages.first + np.minimum(at, pages.n_lines - 1)] for at in (runs.first, runs.last)
    )
    other_last, other_first = (other[pages.first + np.maximum(at - 1, 0)] for at in (runs.last, runs.first))
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


def _copies(pages: Pages, lines: list[str]) -> tuple[Array, Array]:
    """Return how many other lines of the page say the same, and whether one above does."""
    key = numbered(pages.split([line.lower() for line in lines]))
    count = np.bincount(key)[key] - 1.0
    # A line that says something new has a greater number than all before it.
    earlier = np.diff(np.maximum.accumulate(key), prepend=-1) == 0
    return count, earlier.astype(float)


def overlap(facts: Facts, runs: Runs, pairs: WordPairs) -> Columns:
    """Return how much of a line's vocabulary is that of the largest run of prose."""
    index = facts.pages.index
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
        "found_within_3": facts.pages.weighted_means(found, facts.n, [(-3, 3)], 0.0)[0],
        "content": pairs.per_line / np.maximum(facts.n, 1),
    }


def title(facts: Facts, runs: Runs, pairs: WordPairs) -> Columns:
    """Return how a line relates to the line that is most likely the title: the one above the text whose words the text uses most."""
    n, index = facts.n, facts.pages.index
    count = pairs.mean(np.log1p(pairs.elsewhere(runs.largest_lines())))
    known = pairs.per_line
    may_be = (index >= runs.first - TITLE_LOOKS_BACK) & (index < runs.first + 2) & (n >= 4) & (n <= 28) & (known >= 2)
    may_be &= ~((n > 14) & (facts.measure["end"] > 0)) & (runs.last > 0)
    score = np.where(may_be, count * np.sqrt(known) - 0.01 * np.abs(runs.first - index), -np.inf)
    at = facts.pages.argmax(score)
    # In a page where no line may be the title no line has to do with it.
    titled = may_be[at]
    in_title = np.zeros(pairs.n_words)
    in_title[pairs.word[pairs.line == at[pairs.line]]] = 1.0
    shared = in_title[pairs.word] * titled[pairs.line]
    of_line = pairs.mean(shared)
    cover = np.bincount(pairs.line, weights=shared, minlength=len(n)) / np.maximum(known[at], 1.0)
    distance = np.where(titled, np.arange(len(n)) - at, 0)
    return {
        "title_overlap": of_line,
        "title_cover": cover,
        "is_title": (titled & (distance == 0)).astype(float),
        "repeats_title": ((cover >= 0.8) & (of_line >= 0.6) & (distance != 0)).astype(float),
        "title_distance": np.sign(distance) * np.log1p(np.abs(distance)),
        "title_overlap_long": of_line * (n >= 10),
        "after_title": (distance > 0).astype(float),
    }


def style(facts: Facts) -> Columns:
    """Return how far a line's length and habits are from those of the page's prose."""
    pages, weight = facts.pages, np.where(facts.prose, facts.n, 0.0)
    z, total, any_prose = facts.unlike(weight)
    columns = {"length_from_prose": z, "length_unlike_prose": np.abs(z)}
    for name, usual in (("stop", 0.4), ("capital", 0.12), ("word_length", 4.8), ("digit_tokens", 0.02)):
        of_page = np.where(any_prose, pages.sum(facts.measure[name] * weight) / total, usual)
        columns[f"{name}_unlike_prose"] = np.abs(facts.measure[name] - of_page)
    return columns


def whole_page(facts: Facts, runs: Runs) -> Columns:
    """Return what kind of page it is, and what that means for short, long and late lines."""
    pages, n = facts.pages, facts.n
    index, n_lines = pages.index, pages.n_lines
    total = np.maximum(pages.sum(n), 1.0)
    short, long = n <= 6, n >= 12
    columns = {
        "short_share": pages.sum(short) / n_lines,
        "prose_share": pages.sum(np.where(facts.prose, n, 0.0)) / total,
        "log_runs": np.log1p(pages.spread(np.bincount(runs.page, minlength=len(pages.sizes)))),
        "largest_share": runs.largest / total,
        "more_hits": pages.sum(facts.hit("more")) / n_lines,
        "comment_hits": np.log1p(pages.sum(facts.hit("comment"))),
        "share_hits": np.log1p(pages.sum(facts.hit("share"))),
        "site_hits": np.log1p(pages.sum(facts.hit("site"))),
        "short_first_10": pages.sum(short & (index < 10)) / np.minimum(n_lines, 10),
        "short_last_10": pages.sum(short & (index >= n_lines - 10)) / np.minimum(n_lines, 10),
        "log_above": np.log1p(runs.first),
        "log_below": np.log1p(n_lines - runs.last),
    }
    for kind, which in (("short", short), ("long", long), ("below", index >= runs.last)):
        for name in ("prose_share", "short_share", "log_below"):
            columns[f"{kind}_{name}"] = which * columns[name]
    return columns
