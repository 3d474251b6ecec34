"""Figures of keyness: which words a target uses more than a reference, by how much, and which of them may be called a finding."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib.display import text as say
from corpus_lib.display.tables import are_own_words, sure_words
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
        return empty(
            f"No word is more frequent in {say.plain(target_label)} or in {say.plain(reference_label)}.", columns
        )
    target, reference = say.side(target_label), say.side(reference_label)
    title = _finding(found, target, reference) or _leading(rows, target, reference)
    with style.axes(title, 0.75 + style.ROW * len(rows), columns) as axes:
        y = np.arange(len(rows), dtype=float)
        y[rows["log_ratio"].to_numpy() < 0] += 0.6 if rows["log_ratio"].gt(0).any() else 0.0
        longest, room, more = (24, 34, ", 2 = four times") if columns == 2 else (15, 9, "")
        _draw_effects(axes, rows, y, _filled(rows, found), longest)
        _side_texts(axes, rows, y, columns)
        _side_names(axes, rows, say.shorten(target, room), say.shorten(reference, room))
        axes.set_xlabel(f"log ratio (1 = twice the rate{more})")
    caption = _keywords_caption(table, rows, target, reference, order) + (filled := _what_is_filled(found))
    caption += " A line reaches from a log ratio to its conservative bound." if "Filled" in filled else ""
    return plot(axes.figure, caption, _keywords_alt(rows, target, reference), map(str, rows.index))


def _strongest(table: Any, n: int, order: str, sides: str) -> Any:
    finite = table[np.isfinite(table["log_ratio"].astype(float)) & (table["log_ratio"] != 0)]
    ranked = finite.iloc[np.argsort(-finite[order].abs().to_numpy(), kind="stable")]
    above, below = ranked[ranked["log_ratio"] > 0].head(n), ranked[ranked["log_ratio"] < 0].head(n)
    return pd.concat({"target": [above], "reference": [below]}.get(sides, [above, below]))


def _filled(rows: Any, found: Any) -> Any:
    """Whether each word may be called a finding."""
    return rows.index.isin([] if found is None else sure_words(found).index)


def _draw_effects(axes: Any, rows: Any, y: Any, filled: Any, longest: int) -> None:
    axes.axvline(0, color=style.BESIDE, linewidth=0.8, zorder=1)
    bounds = rows.get("log_ratio_conservative", pd.Series(np.nan, rows.index)).astype(float)
    for at, effect, bound, certain in zip(y, rows["log_ratio"], bounds, filled, strict=True):
        role = style.TARGET if effect > 0 else style.REFERENCE
        if certain and np.isfinite(bound) and bound != 0:
            axes.plot([bound, effect], [at, at], color=role.color, linewidth=1.6, solid_capstyle="butt", zorder=2)
            axes.plot(bound, at, marker="|", color=role.color, markersize=8, markeredgewidth=1.6, zorder=2)
        fill = role.color if certain else "white"
        axes.plot(effect, at, marker=role.marker, color=role.color, markerfacecolor=fill, linestyle="none", zorder=3)
    axes.set_yticks(y, [say.shorten(word, longest) for word in rows.index])
    axes.set_ylim(float(y.max()) + 0.7, -1.35)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    low, high = min(0.0, rows["log_ratio"].min()), max(0.0, rows["log_ratio"].max())
    pad = 0.06 * (high - low)
    axes.set_xlim(low - pad, high + pad)


def _side_texts(axes: Any, rows: Any, y: Any, columns: style.Columns) -> None:
    """The numbers of both sides, right of the marks."""
    named = {"counts": "frequency"}
    if columns == 2 and "document_range_target" in rows.columns and rows["document_range_target"].notna().any():
        named["documents"] = "document_range"
    place = {"textcoords": "offset points", "fontsize": 8, "annotation_clip": False}
    place["xycoords"], left = axes.get_yaxis_transform(), 6.0
    for heading, name in named.items():
        counts = rows.reindex(columns=[f"{name}_target", f"{name}_reference"]).to_numpy()
        texts = [f"{say.integer(mine)} : {say.integer(other)}" for mine, other in counts]
        for at, text in zip(y, texts, strict=True):
            axes.annotate(text, (1.0, at), (left, 0), va="center", **place)
        axes.annotate(heading, (1.0, -1.3), (left, 0), va="top", color=style.NEUTRAL.color, **place)
        left += 8 + 72 * max(style.text_width(text, 8) for text in [*texts, heading])


def _side_names(axes: Any, rows: Any, target: str, reference: str) -> None:
    place = {"transform": axes.get_yaxis_transform(), "va": "top", "fontsize": 8}
    if rows["log_ratio"].gt(0).any():
        axes.text(0.995, -1.3, f"{target} →", ha="right", color=style.TARGET.color, **place)
    if rows["log_ratio"].lt(0).any():
        axes.text(0.005, -1.3, f"← {reference}", ha="left", color=style.REFERENCE.color, **place)


def _leading(rows: Any, target: str, reference: str) -> str:
    """A title that describes: nothing was found, because nothing was asked of the texts one by one."""
    row = rows.iloc[0]
    counts = f"{say.integer(row['frequency_target'])} in {say.shorten(target, 40)}, {say.integer(row['frequency_reference'])} in {say.shorten(reference, 40)}"
    return f"Counts differ most in “{say.shorten(rows.index[0], 30)}”: {counts}"


def _finding(found: Any, target: str, reference: str) -> str:
    """What the words found say of the target; nothing where there was nothing to find."""
    if found is None:
        return ""
    mine, other = say.shorten(target, 40), say.shorten(reference, 40)
    if not are_own_words(found) and not found.attrs.get("tested"):
        return f"Too few texts for a test: the counts of {mine} and {other}"
    sure = sure_words(found)
    named = say.listing([f"“{say.shorten(word, 30)}”" for word in sure.index], limit=2)
    if are_own_words(found):
        return f"{mine} has {say.counted(len(sure), 'word', words=True)} of its own{': ' + named if named else ''}"
    verb = "sets" if len(sure) <= 1 else "set"
    return f"{named or 'No word'} {verb} {mine} apart from {other}"


def _what_is_filled(found: Any) -> str:
    if found is None:
        return " All marks are hollow: nothing is tested over texts."
    if are_own_words(found):
        return " Filled: the text's own words, more frequent than in every other text; they describe this text. Hollow: other words."
    if not found.attrs.get("tested"):
        return " All marks are hollow: there are too few texts for a test."
    if not len(sure_words(found)):
        return " All marks are hollow: no word differs by more than shuffles of whole texts give."
    return " Filled: words that differ by more than shuffles of whole texts give. Hollow: no more than counts."


def _keywords_caption(table: Any, rows: Any, target: str, reference: str, order: str) -> str:
    above = int((rows["log_ratio"] > 0).sum())
    sides = ((above, target, reference), (len(rows) - above, reference, target))
    shown = say.listing([f"the {say.counted(k, 'word')} most above {other} in {name}" for k, name, other in sides if k])
    by = order.replace("_", " ")
    text = f"{say.sentence(shown)}, of {say.integer(len(table))} compared, ordered by {by}, strongest first. "
    return text + f"Counts are {target} : {reference}."


def _keywords_alt(rows: Any, target: str, reference: str) -> str:
    text = f"Dot plot of log ratios for {say.counted(len(rows), 'word')}."
    for name, part in ((target, rows[rows["log_ratio"] > 0]), (reference, rows[rows["log_ratio"] < 0])):
        facts = [
            f"{say.plain(word)} (log ratio {say.decimal(row['log_ratio'], 1)}, {say.integer(row['frequency_target'])} to "
            f"{say.integer(row['frequency_reference'])})"
            for word, row in part.head(5).iterrows()
        ]
        text += f" More frequent in {name}: {say.listing(facts)}." if facts else ""
    return text


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
        return empty(f"No word occurs {say.integer(min_frequency)} times or more.", columns)
    target, reference = say.side(target_label), say.side(reference_label)
    evidence = rows["log_likelihood"].abs()
    named = rows.loc[evidence.sort_values(ascending=False, kind="stable").index[:n]]
    effects = f"Log ratio and G²: {say.shorten(target, 40)} against {say.shorten(reference, 40)}"
    with style.axes(_finding(found, target, reference) or effects, 3.9, columns) as axes:
        hints = _draw_volcano(axes, rows, evidence, _filled(rows, found))
        texts = [say.shorten(word, 22) for word in named.index]
        style.place_labels(axes, named["log_ratio"].to_numpy(float), evidence[named.index].to_numpy(float), texts)
        axes.set_xlabel(f"log ratio: ← {say.shorten(reference, 24)} | {say.shorten(target, 24)} →")
        axes.set_ylabel("G² (root scale)")
    caption = _volcano_caption(table, rows, target, reference, min_frequency) + _what_is_filled(found)
    top = zip(named.index[:6], named["log_ratio"], evidence[named.index], strict=False)
    facts = say.listing(
        [f"{say.plain(word)} ({say.decimal(ratio, 1)}; {say.decimal(g2, 1)})" for word, ratio, g2 in top]
    )
    alt = f"Scatter plot of {say.counted(len(rows), 'word')} by log ratio and G². Highest (log ratio; G²): {facts}."
    return plot(axes.figure, caption, alt, map(str, named.index), hints)


MOST_MARKS = 2000
"""Marks of a figure from which on they are drawn as one picture, since an SVG of more is slow to open; they have no hints then."""


def _draw_volcano(axes: Any, rows: Any, evidence: Any, filled: Any) -> dict[str, list[str]]:
    """Draw the marks; return a text for each, by group."""
    spread = 1 - rows.get("dp_norm_target", pd.Series(np.nan, rows.index)).astype(float)
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
        f"{say.plain(word)}: log ratio {say.decimal(ratio, 1)}, G² {say.decimal(abs(evidence), 1)}, {say.integer(target)} to {say.integer(reference)}"
        for word, ratio, evidence, target, reference in zip(rows.index, *(rows[name] for name in columns), strict=True)
    ]


def _volcano_caption(table: Any, rows: Any, target: str, reference: str, min_frequency: int) -> str:
    left = len(table) - len(rows)
    rarer = f"rarer than {say.number_word(min_frequency)} on both sides together {say.is_are(left)} left out"
    text = f"{say.counted(len(rows), 'word')} of {target} (circles) and {reference} (diamonds)"
    text += f"; {say.integer(left)} {rarer}." if left else "."
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
    target, reference = say.side(target_label), say.side(reference_label)
    if not len(rows):
        return empty(f"No word has another rate in {target} than in {reference}.", columns)
    word, most = rows.index[0], rows.iloc[0]
    mine = target if most > 0 else reference
    title = f"“{say.shorten(word, 30)}” shifts most: {say.per_million(abs(most))} per million words more in {say.shorten(mine, 40)}"
    with style.axes(title, 0.75 + style.ROW * len(rows), columns) as axes:
        _draw_shift(axes, rows, target, reference, columns)
    above, below = rows[rows > 0], rows[rows < 0]
    caption = (
        f"Difference of rates per million words, {target} minus {reference}: the {say.counted(len(above), 'word')} "
        f"with the largest surplus in {target} and the {say.integer(len(below))} with the largest in {reference}. "
        f"Together they make {say.share(rows.abs().sum() / shift.abs().sum())} of all differences."
    )
    most_of_each = pd.concat([above[:6], below[:6]])
    parts = [
        f"{say.plain(word)} {'+' if rate > 0 else '-'}{say.per_million(abs(rate))}"
        for word, rate in most_of_each.items()
    ]
    alt = f"Bar chart of differences per million words. {say.listing(parts)}."
    return plot(axes.figure, caption, alt, map(str, rows.index))


def _draw_shift(axes: Any, rows: Any, target: str, reference: str, columns: style.Columns) -> None:
    y, reach = np.arange(len(rows)), float(rows.abs().max())
    for role, fill, chosen in ((style.TARGET, style.TARGET.color, rows > 0), (style.REFERENCE, "#F3D9C8", rows < 0)):
        axes.barh(y[chosen], rows[chosen], color=fill, edgecolor=role.color, hatch=role.hatch, height=0.7)
    for at, value in zip(y, rows, strict=True):
        side, text = (1, f"+{say.per_million(value)}") if value > 0 else (-1, f"−{say.per_million(-value)}")
        align = "left" if side > 0 else "right"
        axes.text(value + side * 0.015 * reach, at, text, va="center", ha=align, fontsize=7.5)
    style.name_rows(axes, [say.shorten(word, 24) for word in rows.index], top=-1.3)
    low, high = min(0.0, rows.min()), max(0.0, rows.max())
    room = (0.21 if columns == 2 else 0.4) * reach
    axes.set_xlim(low - room * (low < 0), high + room * (high > 0))
    axes.axvline(0, color=style.BESIDE, linewidth=0.8)
    mine, other = (say.shorten(name, 34 if columns == 2 else 12) for name in (target, reference))
    place = {"transform": axes.get_xaxis_transform(), "va": "top", "fontsize": 8}
    if high > 0:
        axes.text(0.0, 1.0, f" more in {mine} →", ha="left", color=style.TARGET.color, **place)
    if low < 0:
        axes.text(0.0, 1.0, f"← more in {other} ", ha="right", color=style.REFERENCE.color, **place)
    axes.locator_params(axis="x", nbins=8 if columns == 2 else 3)
    style.scale(axes.xaxis, "difference, per million words", lines=False)


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
        words = list(_reach(wide).sort_values(ascending=False, kind="stable").index[:n])
    wide = wide.loc[[word for word in words if word in wide.index]]
    if not len(wide) or not wide.shape[1]:
        return empty("None of the words occurs in these documents.", columns)
    if wide.shape[1] == 1 or wide.shape[1] > MOST_LINES:
        return frequencies(wide, noun=noun, columns=columns)
    most = _reach(wide).idxmax()
    low, high = say.per_million(wide.loc[most].min()), say.per_million(wide.loc[most].max())
    between = f"between {say.counted(wide.shape[1], noun)}: from {low} to {high} per million words"
    with style.axes(f"“{say.shorten(most, 30)}” varies most {between}", 3.3, columns) as axes:
        _draw_slopes(axes, wide, noun)
    caption = (
        f"Rate per million words of {say.counted(len(wide), 'word')} in {say.counted(wide.shape[1], noun)}. "
        f"Lines join one word's rates to make them comparable; nothing is measured between two {say.plural(noun)}."
    )
    names = say.short_labels(list(wide.columns))
    facts = [
        f"{say.plain(w)} from {say.per_million(r.min())} to {say.per_million(r.max())}, highest in {say.label_of(names, r.idxmax())}"
        for w, r in wide.iterrows()
    ]
    alt = f"Line chart of rates per million words: {'; '.join(facts)}."
    return plot(axes.figure, caption, alt, map(str, wide.index))


def _reach(wide: Any) -> Any:
    return wide.max(axis=1) - wide.min(axis=1)


def _draw_slopes(axes: Any, wide: Any, noun: str) -> None:
    labels = list(say.short_labels(list(wide.columns)).values())
    x = np.arange(wide.shape[1])
    high = float(wide.to_numpy().max()) or 1.0
    ends = wide.iloc[:, -1].to_numpy(float)
    for i, at in enumerate(style.spread(list(ends), 0.058 * high, 0.0, high)):
        role = style.role(i)
        mark = role.marker if len(x) <= 25 else ""
        axes.plot(x, wide.iloc[i], color=role.color, marker=mark, linestyle=style.DASHES[i % len(style.DASHES)])
        axes.annotate(
            say.shorten(wide.index[i], 22), (x[-1], ends[i]), (1.05 * x[-1], at), va="center", color=role.color,
            arrowprops={"arrowstyle": "-", "color": role.color, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 3},
            fontsize=8.5, annotation_clip=False,
        )  # fmt: skip
    style.name_columns(axes, labels, tilted=len(x) > 6, step=-(-len(x) // 12))
    axes.set_xlim(-0.25, len(x) - 1 + 0.02 * len(x))
    axes.set_ylim(0, high * 1.06)
    axes.set_xlabel(noun)
    style.scale(axes.yaxis, "per million words")
