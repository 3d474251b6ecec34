"""Figures of keyness: which words a target uses more than a reference, by how much, and which of them may be called a finding."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib.display.tables import are_own_words, sure_words
from corpus_lib.display.text import (
    counted,
    decimal,
    integer,
    label_of,
    listing,
    number_word,
    per_million,
    plain,
    plural,
    sentence,
    share,
    short_labels,
    shorten,
    side,
)
from corpus_lib.plots import style
from corpus_lib.plots.base import Plot, empty, plot, require
from corpus_lib.plots.counts import by_document, frequencies

_COUNTS = ("frequency_target", "frequency_reference")


MOST_LINES = 40
"""Lines across more documents than this cross too often to be followed: the rates are drawn as marks instead."""


def keywords(
    table: Any,
    n: int = 15,
    target_label: str = "target",
    reference_label: str = "reference",
    *,
    found: Any = None,
    order: str = "log_likelihood",
    sides: str = "both",
    columns: style.Columns = 2,
) -> Plot:
    """Draw the words that differ most between a target and its reference: effect size, its conservative bound, raw counts.

    The mark is the log ratio (1 = twice the rate, 2 = four times). A filled mark is one of the words `found`; its line reaches to the conservative
    bound, the smallest effect that the counts leave credible once all words compared are allowed for. All others are hollow: counts describe them.

    Parameters
    ----------
    table
        Keyness table, index token: `log_ratio`, `frequency_target`, `frequency_reference`, the column `order`, and if
        present `log_ratio_conservative`, `document_range_target`, `document_range_reference`.
    n
        Words shown of each side.
    target_label, reference_label
        What the two sides are called.
    found
        The target's part of `corpus_lib.findings`: index token. Without it no mark is filled.
    order
        Column whose absolute value ranks the words, strongest first.
    sides
        "both", "target" or "reference".
    columns
        Width in a printed page: 1 or 2 columns.
    """
    require(table, ("log_ratio", *_COUNTS, order), "keywords")
    rows = _strongest(table, n, order, sides)
    if not len(rows):
        return empty(f"No word is more frequent in {plain(target_label)} or in {plain(reference_label)}.", columns)
    target, reference = side(target_label), side(reference_label)
    with style.applied():
        title = _finding(found, target, reference) or _leading(rows, target, reference)
        figure = style.figure(title, 0.75 + style.ROW * len(rows), columns)
        axes = figure.add_subplot()
        y = np.arange(len(rows), dtype=float)
        y[rows["log_ratio"].to_numpy() < 0] += 0.6 if rows["log_ratio"].gt(0).any() else 0.0
        _draw_effects(axes, rows, y, _filled(rows, found), 24 if columns == 2 else 15)
        _side_texts(axes, rows, y, columns)
        _side_names(
            axes, rows, shorten(target, 34 if columns == 2 else 9), shorten(reference, 34 if columns == 2 else 9)
        )
        axes.set_xlabel(
            "log ratio (1 = twice the rate, 2 = four times)" if columns == 2 else "log ratio (1 = twice the rate)"
        )
    caption = _keywords_caption(table, rows, target, reference, order) + _what_is_filled(found)
    return plot(figure, caption, _keywords_alt(rows, target, reference), map(str, rows.index))


def _strongest(table: Any, n: int, order: str, sides: str) -> Any:
    finite = table[np.isfinite(table["log_ratio"].astype(float)) & (table["log_ratio"] != 0)]
    ranked = finite.iloc[np.argsort(-finite[order].abs().to_numpy(), kind="stable")]
    above, below = ranked[ranked["log_ratio"] > 0].head(n), ranked[ranked["log_ratio"] < 0].head(n)
    return pd.concat({"target": [above], "reference": [below]}.get(sides, [above, below]))


def _bound(rows: Any) -> Any:
    if "log_ratio_conservative" in rows.columns:
        return rows["log_ratio_conservative"].astype(float).to_numpy()
    return np.full(len(rows), np.nan)


def _filled(rows: Any, found: Any) -> Any:
    """Whether each word may be called a finding."""
    return rows.index.isin([] if found is None else sure_words(found).index)


def _draw_effects(axes: Any, rows: Any, y: Any, filled: Any, longest: int) -> None:
    axes.axvline(0, color=style.BESIDE, linewidth=0.8, zorder=1)
    for at, effect, bound, certain in zip(y, rows["log_ratio"], _bound(rows), filled, strict=True):
        role = style.TARGET if effect > 0 else style.REFERENCE
        if certain and np.isfinite(bound) and bound != 0:
            axes.plot([bound, effect], [at, at], color=role.color, linewidth=1.6, solid_capstyle="butt", zorder=2)
            axes.plot([bound], [at], marker="|", color=role.color, markersize=8, markeredgewidth=1.6, zorder=2)
        fill = role.color if certain else "white"
        axes.plot(
            [effect], [at], marker=role.marker, color=role.color, markerfacecolor=fill, linestyle="none", zorder=3
        )
    axes.set_yticks(y, [shorten(word, longest) for word in rows.index])
    axes.set_ylim(float(y.max()) + 0.7, -1.35)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    low, high = min(0.0, rows["log_ratio"].min()), max(0.0, rows["log_ratio"].max())
    pad = 0.06 * (high - low)
    axes.set_xlim(low - pad, high + pad)


def _side_texts(axes: Any, rows: Any, y: Any, columns: style.Columns) -> None:
    beside = axes.get_yaxis_transform()
    lines = [
        [f"{integer(row['frequency_target'])} : {integer(row['frequency_reference'])}" for _, row in rows.iterrows()]
    ]
    if columns == 2 and "document_range_target" in rows.columns and rows["document_range_target"].notna().any():
        lines.append(
            [
                f"{integer(row['document_range_target'])} : {integer(row.get('document_range_reference'))}"
                for _, row in rows.iterrows()
            ]
        )
    left = 6.0
    for heading, texts in zip(("counts", "documents"), lines, strict=False):
        place = {"xycoords": beside, "textcoords": "offset points", "fontsize": 8, "annotation_clip": False}
        for at, text in zip(y, texts, strict=True):
            axes.annotate(text, (1.0, at), (left, 0), va="center", **place)
        axes.annotate(heading, (1.0, -1.3), (left, 0), va="top", color=style.NEUTRAL.color, **place)
        left += 8 + 72 * max(style.text_width(text, 8) for text in [*texts, heading])


def _side_names(axes: Any, rows: Any, target: str, reference: str) -> None:
    across = axes.get_yaxis_transform()
    if rows["log_ratio"].gt(0).any():
        axes.text(
            0.995, -1.3, f"{target} →", transform=across, va="top", ha="right", fontsize=8, color=style.TARGET.color
        )
    if rows["log_ratio"].lt(0).any():
        axes.text(
            0.005,
            -1.3,
            f"← {reference}",
            transform=across,
            va="top",
            ha="left",
            fontsize=8,
            color=style.REFERENCE.color,
        )


def _leading(rows: Any, target: str, reference: str) -> str:
    """A title that describes: nothing was found, because nothing was asked of the texts one by one."""
    row = rows.iloc[0]
    counts = f"{integer(row['frequency_target'])} in {shorten(target, 40)}, {integer(row['frequency_reference'])} in {shorten(reference, 40)}"
    return f"Counts differ most in “{shorten(rows.index[0], 30)}”: {counts}"


def _finding(found: Any, target: str, reference: str) -> str:
    """What the words found say of the target; nothing where there was nothing to find."""
    if found is None:
        return ""
    mine, other = shorten(target, 40), shorten(reference, 40)
    if not are_own_words(found) and not found.attrs.get("tested"):
        return f"Too few texts for a test: the counts of {mine} and {other}"
    sure = sure_words(found)
    named = listing([f"“{shorten(word, 30)}”" for word in sure.index], limit=2)
    if are_own_words(found):
        return f"{mine} has {counted(len(sure), 'word', words=True)} of its own{': ' + named if named else ''}"
    verb = "sets" if len(sure) <= 1 else "set"
    return f"{named or 'No word'} {verb} {mine} apart from {other}"


def _what_is_filled(found: Any) -> str:
    if found is None:
        return " All marks are hollow: nothing is tested over texts."
    if are_own_words(found):
        return f" Filled: the text's own words, more frequent than in every other text; they describe this text. Hollow: other words.{LINE}"
    if not found.attrs.get("tested"):
        return " All marks are hollow: there are too few texts for a test."
    if not len(sure_words(found)):
        return " All marks are hollow: no word differs by more than shuffles of whole texts give."
    return f" Filled: words that differ by more than shuffles of whole texts give. Hollow: no more than counts.{LINE}"


LINE = " A line reaches from a log ratio to its conservative bound."


def _keywords_caption(table: Any, rows: Any, target: str, reference: str, order: str) -> str:
    n_target, n_reference = int((rows["log_ratio"] > 0).sum()), int((rows["log_ratio"] < 0).sum())
    shown = listing(
        [
            f"the {counted(k, 'word')} most above {other} in {name}"
            for k, name, other in ((n_target, target, reference), (n_reference, reference, target))
            if k
        ]
    )
    by = order.replace("_", " ")
    text = f"{sentence(shown)}, of {integer(len(table))} compared, ordered by {by}, strongest first. "
    return text + f"Counts are {target} : {reference}."


def _keywords_alt(rows: Any, target: str, reference: str) -> str:
    def words(chosen: Any) -> str:
        return listing(
            [
                f"{plain(word)} (log ratio {decimal(row['log_ratio'], 1)}, {integer(row['frequency_target'])} to "
                f"{integer(row['frequency_reference'])})"
                for word, row in chosen.head(5).iterrows()
            ]
        )

    above, below = rows[rows["log_ratio"] > 0], rows[rows["log_ratio"] < 0]
    parts = [f"Dot plot of log ratios for {counted(len(rows), 'word')}."]
    if len(above):
        parts.append(f"More frequent in {target}: {words(above)}.")
    if len(below):
        parts.append(f"More frequent in {reference}: {words(below)}.")
    return " ".join(parts)


def keyness_volcano(
    table: Any,
    n: int = 14,
    target_label: str = "target",
    reference_label: str = "reference",
    *,
    found: Any = None,
    min_frequency: int = 3,
    columns: style.Columns = 2,
) -> Plot:
    """Draw every word by effect (log ratio) and G2, the even spread inside the target as size; words `found` are filled.

    Parameters
    ----------
    table
        Keyness table, index token: `log_ratio`, `log_likelihood`, `frequency_target`, `frequency_reference`, and if
        present `dp_norm_target` (0 even, 1 in one place).
    n
        Words named.
    target_label, reference_label
        What the two sides are called.
    found
        As for `keywords`.
    min_frequency
        Words rarer than this on both sides together are left out; the caption counts them.
    columns
        Width in a printed page: 1 or 2 columns.
    """
    require(table, ("log_ratio", "log_likelihood", *_COUNTS), "keyness_volcano")
    total = table["frequency_target"] + table["frequency_reference"]
    rows = table[(total >= min_frequency) & np.isfinite(table["log_ratio"].astype(float))]
    if not len(rows):
        return empty(f"No word occurs {integer(min_frequency)} times or more.", columns)
    target, reference = side(target_label), side(reference_label)
    evidence = rows["log_likelihood"].abs()
    named = rows.loc[evidence.sort_values(ascending=False, kind="stable").index[:n]]
    with style.applied():
        effects = f"Log ratio and G²: {shorten(target, 40)} against {shorten(reference, 40)}"
        figure = style.figure(_finding(found, target, reference) or effects, 3.9, columns)
        axes = figure.add_subplot()
        hints = _draw_volcano(axes, rows, evidence, _filled(rows, found))
        texts = [shorten(word, 22) for word in named.index]
        style.place_labels(axes, named["log_ratio"].to_numpy(float), evidence[named.index].to_numpy(float), texts)
        axes.set_xlabel(f"log ratio: ← {shorten(reference, 24)} | {shorten(target, 24)} →")
        axes.set_ylabel("G² (root scale)")
    caption = _volcano_caption(table, rows, target, reference, min_frequency) + _what_is_filled(found).removesuffix(
        LINE
    )
    top = listing(
        [
            f"{plain(w)} ({decimal(r['log_ratio'], 1)}; {decimal(abs(r['log_likelihood']), 1)})"
            for w, r in named.head(6).iterrows()
        ]
    )
    alt = f"Scatter plot of {counted(len(rows), 'word')} by log ratio and G². Highest (log ratio; G²): {top}."
    return plot(figure, caption, alt, map(str, named.index), hints)


MOST_MARKS = 2000
"""Marks of a figure from which on they are drawn as one picture, since an SVG of more is slow to open; they have no hints then."""


def _draw_volcano(axes: Any, rows: Any, evidence: Any, filled: Any) -> dict[str, list[str]]:
    """Draw the marks; return a text for each, by group."""
    spread = (
        1 - rows["dp_norm_target"].astype(float) if "dp_norm_target" in rows.columns else pd.Series(np.nan, rows.index)
    )
    size = 10 + 90 * spread.fillna(0.3 if spread.isna().all() else 0).clip(0, 1)
    hints, drawn_as_one = {}, len(rows) > MOST_MARKS
    sides = {"target": (style.TARGET, rows["log_ratio"] > 0), "reference": (style.REFERENCE, rows["log_ratio"] <= 0)}
    for (name, (role, chosen)), strong in product(sides.items(), (False, True)):
        part, gid = chosen & (filled == strong), f"{name}-{'sure' if strong else 'unsure'}"
        face = role.color if strong else "none"
        axes.scatter(
            rows["log_ratio"][part], evidence[part], s=size[part], marker=role.marker, facecolors=face, gid=gid,
            edgecolors=role.color, linewidths=0.7, alpha=0.9 if strong else 0.6, rasterized=drawn_as_one,
        )  # fmt: skip
        hints[gid] = _volcano_hints(rows[part])
    axes.set_yscale("function", functions=(lambda v: np.sqrt(np.maximum(v, 0)), np.square))
    axes.set_ylim(0, max(float(evidence.max()) * 1.12, 1.0))
    axes.axvline(0, color=style.BESIDE, linewidth=0.8, zorder=0)
    axes.grid(axis="both")
    axes.margins(x=0.1)
    return {} if drawn_as_one else {gid: texts for gid, texts in hints.items() if texts}


def _volcano_hints(rows: Any) -> list[str]:
    columns = ("log_ratio", "log_likelihood", *_COUNTS)
    return [
        f"{plain(word)}: log ratio {decimal(ratio, 1)}, G² {decimal(abs(evidence), 1)}, {integer(target)} to {integer(reference)}"
        for word, ratio, evidence, target, reference in zip(rows.index, *(rows[name] for name in columns), strict=True)
    ]


def _volcano_caption(table: Any, rows: Any, target: str, reference: str, min_frequency: int) -> str:
    left = len(table) - len(rows)
    text = (
        f"{counted(len(rows), 'word')} of {target} (circles) and {reference} (diamonds)"
        + (
            f"; {integer(left)} rarer than {number_word(min_frequency)} on both sides together {'is' if left == 1 else 'are'} left out"
            if left
            else ""
        )
        + "."
    )
    if "dp_norm_target" in rows.columns and rows["dp_norm_target"].notna().any():
        text += f" The larger the mark, the more evenly the word is spread in {target}."
    return text


def word_shift(
    table: Any,
    n: int = 12,
    target_label: str = "target",
    reference_label: str = "reference",
    *,
    columns: style.Columns = 2,
) -> Plot:
    """Draw the words that account for most of the difference between two texts, as differences of rates per million.

    A log ratio favours rare words, a difference of rates frequent ones: read this figure beside `keywords`.

    Parameters
    ----------
    table
        Keyness table, index token: `per_million_target`, `per_million_reference`.
    n
        Words of each side.
    target_label, reference_label
        What the two sides are called.
    columns
        Width in a printed page: 1 or 2 columns.
    """
    require(table, ("per_million_target", "per_million_reference"), "word_shift")
    shift = (table["per_million_target"] - table["per_million_reference"]).astype(float)
    ranked = shift.iloc[np.argsort(-shift.abs().to_numpy(), kind="stable")]
    rows = pd.concat([ranked[ranked > 0].head(n), ranked[ranked < 0].head(n)])
    target, reference = side(target_label), side(reference_label)
    if not len(rows):
        return empty(f"No word has another rate in {target} than in {reference}.", columns)
    word, most = rows.index[0], rows.iloc[0]
    mine = target if most > 0 else reference
    title = f"“{shorten(word, 30)}” shifts most: {per_million(abs(most))} per million words more in {shorten(mine, 40)}"
    with style.applied():
        figure = style.figure(title, 0.75 + style.ROW * len(rows), columns)
        axes = figure.add_subplot()
        _draw_shift(axes, rows, target, reference, columns)
    above, below = rows[rows > 0], rows[rows < 0]
    caption = (
        f"Difference of rates per million words, {target} minus {reference}: the {counted(len(above), 'word')} "
        f"with the largest surplus in {target} and the {integer(len(below))} with the largest in {reference}. "
        f"Together they make {share(rows.abs().sum() / shift.abs().sum())} of all differences."
    )
    parts = [
        f"{plain(w)} {'+' if v > 0 else '-'}{per_million(abs(v))}" for w, v in [*above[:6].items(), *below[:6].items()]
    ]
    return plot(figure, caption, f"Bar chart of differences per million words. {listing(parts)}.", map(str, rows.index))


def _draw_shift(axes: Any, rows: Any, target: str, reference: str, columns: style.Columns) -> None:
    y, reach = np.arange(len(rows)), float(rows.abs().max())
    for role, fill, chosen in ((style.TARGET, style.TARGET.color, rows > 0), (style.REFERENCE, "#F3D9C8", rows < 0)):
        axes.barh(y[chosen], rows[chosen], color=fill, edgecolor=role.color, hatch=role.hatch, height=0.7)
    for at, value in zip(y, rows, strict=True):
        side, text = (1, f"+{per_million(value)}") if value > 0 else (-1, f"−{per_million(-value)}")
        align = "left" if side > 0 else "right"
        axes.text(value + side * 0.015 * reach, at, text, va="center", ha=align, fontsize=7.5)
    style.name_rows(axes, [shorten(word, 24) for word in rows.index], top=-1.3)
    low, high = min(0.0, rows.min()), max(0.0, rows.max())
    room = (0.21 if columns == 2 else 0.4) * reach
    axes.set_xlim(low - room * (low < 0), high + room * (high > 0))
    axes.axvline(0, color=style.BESIDE, linewidth=0.8)
    width = 34 if columns == 2 else 12
    _more_in(axes, shorten(target, width) if high > 0 else "", shorten(reference, width) if low < 0 else "")
    axes.set_xlabel("difference, per million words")
    axes.locator_params(axis="x", nbins=8 if columns == 2 else 3)
    style.group_digits(axes.xaxis)


def _more_in(axes: Any, target: str, reference: str) -> None:
    """The names of the sides that have bars, on either side of zero."""
    place = {"transform": axes.get_xaxis_transform(), "va": "top", "fontsize": 8}
    if target:
        axes.text(0.0, 1.0, f" more in {target} →", ha="left", color=style.TARGET.color, **place)
    if reference:
        axes.text(0.0, 1.0, f"← more in {reference} ", ha="right", color=style.REFERENCE.color, **place)


def keyword_slopes(
    frame: Any, words: list[str] | None = None, *, n: int = 8, noun: str = "document", columns: style.Columns = 2
) -> Plot:
    """Draw the rate of some words across documents, one line per word, so that a rate of one document only is seen.

    For one document, and for more than 40, the rates are drawn as `frequencies` does.

    Parameters
    ----------
    frame
        Rates with words as index and a column per document; or one row per word and document: `word`, `doc_id`, `per_million`. Documents are drawn in the order of the frame.
    words
        Words drawn; by default the `n` whose rates differ most between documents.
    n
        How many words are chosen.
    noun
        What a document is called.
    columns
        Width in a printed page: 1 or 2 columns.
    """
    wide, _ = by_document(frame, "keyword_slopes")
    if words is None:
        reach = (wide.max(axis=1) - wide.min(axis=1)).sort_values(ascending=False, kind="stable")
        words = list(reach.index[:n])
    wide = wide.loc[[word for word in words if word in wide.index]]
    if not len(wide) or not wide.shape[1]:
        return empty("None of the words occurs in these documents.", columns)
    if wide.shape[1] == 1 or wide.shape[1] > MOST_LINES:
        return frequencies(wide, noun=noun, columns=columns)
    with style.applied():
        figure = style.figure(_slopes_title(wide, noun), 3.3, columns)
        _draw_slopes(figure.add_subplot(), wide, noun)
    caption = (
        f"Rate per million words of {counted(len(wide), 'word')} in {counted(wide.shape[1], noun)}. "
        f"Lines join one word's rates to make them comparable; nothing is measured between two {plural(noun)}."
    )
    names = short_labels(list(wide.columns))
    facts = [
        f"{plain(w)} from {per_million(r.min())} to {per_million(r.max())}, highest in {label_of(names, r.idxmax())}"
        for w, r in wide.iterrows()
    ]
    return plot(figure, caption, f"Line chart of rates per million words: {'; '.join(facts)}.", map(str, wide.index))


def _slopes_title(wide: Any, noun: str) -> str:
    row = (wide.max(axis=1) - wide.min(axis=1)).idxmax()
    rates = wide.loc[row]
    if wide.shape[1] == 1:
        return f"“{shorten(wide.iloc[:, 0].idxmax(), 30)}” is the most frequent of {counted(len(wide), 'word')} in one {noun}"
    return (
        f"“{shorten(row, 30)}” varies most between {counted(wide.shape[1], noun)}: from {per_million(rates.min())} to "
        f"{per_million(rates.max())} per million words"
    )


def _draw_slopes(axes: Any, wide: Any, noun: str) -> None:
    labels = list(short_labels(list(wide.columns)).values())
    x = np.arange(wide.shape[1])
    high = float(wide.to_numpy().max()) or 1.0
    for i, (_, rates) in enumerate(wide.iterrows()):
        role = style.role(i)
        mark = role.marker if len(x) <= 25 else ""
        axes.plot(x, rates, color=role.color, marker=mark, linestyle=style.DASHES[i % len(style.DASHES)])
    ends = wide.iloc[:, -1].to_numpy(float)
    for i, at in enumerate(style.spread(list(ends), 0.058 * high, 0.0, high)):
        role = style.role(i)
        right = max(len(x) - 1, 1)
        axes.annotate(
            shorten(wide.index[i], 22), (len(x) - 1, ends[i]), (len(x) - 1 + 0.05 * right, at), va="center", color=role.color, fontsize=8.5,
            arrowprops={"arrowstyle": "-", "color": role.color, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 3}, annotation_clip=False,
        )  # fmt: skip
    step = max(1, -(-len(x) // 12))
    many = len(x) > 6
    axes.set_xticks(x[::step], labels[::step], rotation=40 if many else 0, ha="right" if many else "center")
    axes.set_xlim(-0.25, len(x) - 1 + 0.02 * len(x))
    axes.set_ylim(0, high * 1.06)
    axes.set_ylabel("per million words")
    axes.set_xlabel(noun)
    style.group_digits(axes.yaxis)
    axes.grid(axis="y")
