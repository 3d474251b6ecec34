"""Figures of counts and rates: words by document, alternatives side by side, what survives other settings."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from corpus_lib.display import text as say
from corpus_lib.display.tables import found_under
from corpus_lib.plots import style
from corpus_lib.plots.base import Plot, empty, plot, require


def by_document(frame: Any, function: str) -> tuple[Any, Any]:
    """Rates as words by documents, and total frequencies where the frame has them."""
    if "word" not in frame.columns and all(pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes):
        return frame.fillna(0.0), None
    require(frame, ("word", "doc_id", "per_million"), function)
    wide = frame.pivot_table(index="word", columns="doc_id", values="per_million", aggfunc="sum", sort=False)
    totals = frame.groupby("word")["frequency"].sum() if "frequency" in frame.columns else None
    return wide.fillna(0.0), totals


def frequencies(
    frame: Any, words: Sequence[str] | None = None, *, n: int = 15, noun: str = "document", columns: style.Columns = 2
) -> Plot:
    """Draw the rate of each word in each document: a mark a document, a line from the lowest to the highest.

    Parameters
    ----------
    frame
        Rates with words as index and a column per document; or one row per word and document: `word`, `doc_id`, `per_million`; `frequency` if present is stated as total.
    words
        Words drawn, in this order; by default the `n` first of the frame.
    n
        How many words.
    noun
        What a document is called.
    columns
        Width in a printed page: 1 or 2 columns.
    """
    wide, totals = by_document(frame, "frequencies")
    chosen = list(words) if words is not None else list(wide.index)[:n]
    wide = wide.loc[[word for word in chosen if word in wide.index]]
    if not len(wide):
        return empty(f"None of the words occurs in a {noun}.", columns)
    n_documents, first = wide.shape[1], wide.iloc[0]
    rates = f": {say.per_million(first.iloc[0])} per million words"
    if n_documents > 1:
        ends = f"from {say.per_million(first.min())} to {say.per_million(first.max())}"
        rates = f" has {ends} per million words in {say.counted(n_documents, noun)}"
    height = 0.8 + style.ROW * (len(wide) + (n_documents <= 8))
    with style.axes(f"“{say.shorten(wide.index[0], 30)}”{rates}", height, columns) as axes:
        _draw_rates(axes, wide, totals)
    caption = f"Rate per million words of {say.counted(len(wide), 'word')} in {say.counted(n_documents, noun)}, a mark for each {noun}"
    caption += (
        f", with {say.integer(totals[list(wide.index)].sum())} occurrences in all." if totals is not None else "."
    )
    caption += " The upright stroke is the median." if n_documents > len(style.SERIES) else ""
    labels = say.short_labels(list(wide.columns))
    facts = []
    for name, rates in wide.iterrows():
        both = [
            f"{say.per_million(rates[doc])} ({say.label_of(labels, doc)})" for doc in (rates.idxmin(), rates.idxmax())
        ]
        facts.append(
            f"{say.plain(name)} {'from ' + ' to '.join(both) if n_documents > 1 else say.per_million(rates.iloc[0])}"
        )
    return plot(axes.figure, caption, f"Dot plot of rates per million words: {'; '.join(facts)}.", map(str, wide.index))


def _draw_rates(axes: Any, wide: Any, totals: Any) -> None:
    y = np.arange(len(wide))
    axes.hlines(y, wide.min(axis=1), wide.max(axis=1), color="#BFBFBF", linewidth=2.5, zorder=1)
    labels = say.short_labels(list(wide.columns))
    named = wide.shape[1] <= len(style.SERIES)
    for i, name in enumerate(wide.columns):
        role = style.role(i) if named else style.TARGET
        axes.plot(
            wide[name], y, linestyle="none", marker=role.marker, color=role.color, markerfacecolor=role.color if named else "none",
            alpha=1.0 if named else 0.35, markersize=5.5 if named else 4, zorder=2,
        )  # fmt: skip
    if not named:
        stroke = {"marker": "|", "markersize": 13, "markeredgewidth": 2, "color": style.INK}
        axes.plot(wide.median(axis=1), y, linestyle="none", zorder=3, **stroke)
    ticks = [say.shorten(w, 24) + ("" if totals is None else f" ({say.integer(totals[w])})") for w in wide.index]
    style.name_rows(axes, ticks)
    axes.set_xlim(left=-0.01 * max(float(wide.to_numpy().max()), 1.0))
    style.scale(axes.xaxis, "per million words")
    if named and wide.shape[1] > 1:
        place = {"loc": "outside lower center", "ncols": min(wide.shape[1], 5), "frameon": False}
        names = [say.label_of(labels, name) for name in wide.columns]
        axes.figure.legend(axes.lines, names, fontsize=8, handletextpad=0.2, **place)


def comparison(
    frame: Any,
    *,
    label: str = "label",
    value: str = "value",
    group: str | None = None,
    unit: str = "count",
    title: str | None = None,
    digits: int = 0,
    columns: style.Columns = 2,
) -> Plot:
    """Draw one number under alternatives: counts under tokenizer decisions, rates under settings, scores of methods.

    Parameters
    ----------
    frame
        One row a number, in the order drawn; `low` and `high`, if present, are drawn as an interval.
    label, value
        Columns of the alternative's name and of the number.
    group
        Column that names what is counted; each has its own block of rows.
    unit
        What the numbers are, for the axis.
    title
        Finding to state; by default computed from the values.
    digits
        Decimals of the numbers.
    columns
        Width in a printed page: 1 or 2 columns.
    """
    require(frame, (label, value, *([group] if group else [])), "comparison")
    rows = frame[frame[value].notna()]
    names = say.short_labels(list(rows[label]), 36)
    rows = rows.assign(**{label: [names[str(name)] for name in rows[label]]})
    if not len(rows):
        return empty("There are no values to compare.", columns)
    groups = list(dict.fromkeys(rows[group])) if group else [""]
    blocks = [(name, rows[rows[group] == name] if group else rows) for name in groups]
    height = 0.7 + style.ROW * len(rows) + 0.45 * len(groups) * bool(group)
    with style.drawing(title or _comparison_title(blocks, label, value, unit, digits), height, columns) as figure:
        _draw_comparison(figure, blocks, label, value, unit, digits)
    ranged = " Lines are intervals." if {"low", "high"} <= set(rows.columns) and rows["low"].notna().any() else ""
    of = "" if group is None else f" of {say.listing([say.plain(name) for name in groups], limit=6)}"
    caption = f"{say.sentence(unit)}{of}, by {say.plain(label)} ({say.integer(rows[label].nunique())}).{ranged}"
    facts = []
    for name, block in blocks:
        numbers = [f"{say.plain(row[label])} {say.decimal(row[value], digits)}" for _, row in block.iterrows()]
        facts.append(f"{say.plain(name) + ': ' if group else ''}{say.listing(numbers, limit=8)}")
    return plot(figure, caption, f"Dot plot of {unit}. {'; '.join(facts)}.", map(str, [*rows[label], *groups]))


def _comparison_title(blocks: list[tuple[Any, Any]], label: str, value: str, unit: str, digits: int) -> str:
    name, block = max(blocks, key=lambda b: float(b[1][value].max() - b[1][value].min()))
    low, high = block.loc[block[value].idxmin()], block.loc[block[value].idxmax()]
    subject = f"“{say.shorten(name, 30)}”" if name != "" else say.sentence(unit)
    least, most = (f"{say.decimal(row[value], digits)} ({say.shorten(row[label], 32)})" for row in (low, high))
    if low[value] != high[value]:
        return f"{subject}: from {least} to {most}"
    return f"{subject}: {most if len(block) == 1 else f'{say.decimal(high[value], digits)} under every alternative'}"


def _draw_comparison(
    figure: Any, blocks: list[tuple[Any, Any]], label: str, value: str, unit: str, digits: int
) -> None:
    reach = [float(block[value].abs().max()) or 1.0 for _, block in blocks]
    alike = max(reach) < 5 * min(reach)
    ratios = [len(block) + 0.6 for _, block in blocks]
    grid = figure.subplots(len(blocks), 1, sharex=alike, squeeze=False, height_ratios=ratios)[:, 0]
    for i, (axes, (name, block)) in enumerate(zip(grid, blocks, strict=True)):
        role = style.role(i)
        far = max(reach) if alike else reach[i]
        _draw_block(axes, block, label, value, role, far, digits)
        if name != "":
            axes.set_title(say.shorten(name, 40), loc="left", color=role.color, fontweight="bold")
        edges = block.reindex(columns=[value, "low", "high"]).to_numpy(float)
        axes.set_xlim(min(0.0, np.nanmin(edges) * 1.1), max(np.nanmax(edges), far) + 0.12 * far)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=digits == 0))
        style.scale(axes.xaxis, unit if axes is grid[-1] else "", digits=digits)


def _draw_block(axes: Any, block: Any, label: str, value: str, role: style.Role, far: float, digits: int) -> None:
    for at, (_, row) in enumerate(block.iterrows()):
        edge = row[value]
        if not say.is_missing(row.get("low")) and not say.is_missing(row.get("high")):
            axes.plot([row["low"], row["high"]], [at, at], color=role.color, linewidth=1.4)
            edge = row["high"]
        axes.plot([row[value]], [at], marker=role.marker, color=role.color, linestyle="none", clip_on=False)
        axes.text(edge + 0.015 * far, at, say.decimal(row[value], digits), va="center", fontsize=8)
    style.name_rows(axes, [say.shorten(name, 36) for name in block[label]])


def survival(frame: Any, *, what: str = "word", columns: style.Columns = 2) -> Plot:
    """Draw which words are found again under other settings of the same texts: a filled mark where a word is found, a cross where it is not.

    Parameters
    ----------
    frame
        Index: words, in the order drawn; one column per setting, either truth values or ranks (missing where the word is
        not found); `group`, `n_kept` and `survives` are left out.
    what
        What the words are.
    columns
        Width in a printed page: 1 or 2 columns.
    """
    found, applies = found_under(frame)
    if not len(found) or not found.shape[1]:
        return empty(f"There is no {what} to follow through other settings.", columns)
    stays = (found | ~applies).all(axis=1)
    n, kept = len(found), int(stays.sum())
    if kept:
        title = f"{say.sentence(say.part_of(kept, n, what))} {say.is_are(kept)} not lost under {say.any_of(found.shape[1], 'setting')}"
    else:
        title = f"{say.sentence(say.each_of(n, what))} is lost under some setting"
    with style.axes(title, 1.15 + style.ROW * n, columns) as axes:
        _draw_survival(axes, found, applies, stays)
    caption = f"Filled circle: found under the setting; cross: not found. * marks the {say.integer(kept)} that no setting speaks against; all settings are of the same texts."
    caption += "" if applies.all(axis=None) else " Dash: the setting leaves no such word."
    lost = [
        f"{say.plain(w)} not under {say.listing([say.plain(c) for c in found.columns[~row.to_numpy() & applies.loc[w].to_numpy()]])}"
        for w, row in found[~stays].iterrows()
    ]
    never = say.listing(map(say.plain, found.index[stays])) or "none"
    alt = f"Table of marks, {say.counted(n, what)} by {say.counted(found.shape[1], 'setting')}. Never lost: {never}."
    return plot(axes.figure, caption, alt + (f" Lost: {'; '.join(lost[:12])}." if lost else ""), map(str, found.index))


def _draw_survival(axes: Any, found: Any, applies: Any, stays: Any) -> None:
    there, gone = (found & applies, "o", style.TARGET), (~found & applies, "x", style.REFERENCE)
    for chosen, marker, role in (there, gone, (~applies, "_", style.NEUTRAL)):
        y, x = np.nonzero(chosen.to_numpy())
        axes.plot(x, y, marker=marker, color=role.color, markersize=8 if marker == "_" else 6, linestyle="none")
    style.name_rows(axes, [say.shorten(w, 26) + (" *" if s else "") for w, s in stays.items()], top=-0.7)
    wrapped = [style.wrap(say.plain(name), max(0.7, 4.8 / found.shape[1]), 8) for name in found.columns]
    axes.set_xticks(range(found.shape[1]), wrapped)
    axes.set_xlim(-0.6, found.shape[1] - 0.4)
    axes.grid(axis="y")
    style.borderless(axes)


def variants(frame: Any, *, title: str | None = None, noun: str = "document", columns: style.Columns = 2) -> Plot:
    """Draw who uses which of several competing names: counts as a grid, darker where a name has more of its document's.

    Parameters
    ----------
    frame
        Index: names, or comparison and name; one column per document, counts; a column `total` is left out.
    title
        Finding to state; by default computed.
    noun
        What a document is called.
    columns
        Width in a printed page: 1 or 2 columns.
    """
    counts = frame.drop(columns="total", errors="ignore")
    if not counts.size or not counts.to_numpy().sum():
        return empty(f"None of the names occurs in a {noun}.", columns)
    blocks = _blocks(counts)
    shown = counts[style.most(counts.columns, counts.sum(), MOST_COLUMNS)]
    labels = say.short_labels(list(shown.columns))
    height = 0.75 + 0.26 * (len(counts) + (len(blocks) if len(blocks) > 1 else 0))
    with style.axes(title or _variants_title(blocks[0][1], noun), height, columns) as axes:
        _draw_variants(axes, blocks, labels)
    caption = (
        f"Occurrences of {say.counted(len(counts), 'name')} in {say.counted(counts.shape[1], noun)}; in brackets, in all. "
        f"The darker, the larger the name's part of what its {noun} has of the names compared."
    )
    few = shown.shape[1] < counts.shape[1]
    caption += f" The {say.integer(shown.shape[1])} {say.plural(noun)} with most are drawn." if few else ""
    names = [(name, row) for _, block in blocks for name, row in block.iterrows()]
    facts = [_variant_fact(name, row, labels) for name, row in names]
    texts = [*(say.plain(name) for name, _ in names), *labels.values()]
    return plot(axes.figure, caption, f"Grid of counts. {'; '.join(facts)}.", texts)


MOST_COLUMNS = 12
"""Columns of numbers that fit a printed page."""


def _blocks(counts: Any) -> list[tuple[str, Any]]:
    """The comparisons, each with its names as index."""
    if counts.index.nlevels == 1:
        return [("", counts)]
    names = list(dict.fromkeys(counts.index.get_level_values(0)))
    return [(say.plain(name), counts.xs(name, level=0)) for name in names]


def _variant_fact(name: Any, row: Any, labels: dict[str, str]) -> str:
    used = row[row > 0].sort_values(ascending=False, kind="stable")
    places = say.listing([f"{say.label_of(labels, doc)} {say.integer(k)}" for doc, k in used.items()], limit=6)
    return f"{say.plain(name)} {say.integer(row.sum())} ({places or 'nowhere'})"


def _variants_title(counts: Any, noun: str) -> str:
    """The two most frequent names of a comparison, with their spread."""
    ranked = counts.sum(axis=1).sort_values(ascending=False, kind="stable")
    facts = []
    for name in ranked.index[: 2 if len(ranked) > 1 and ranked.iloc[1] > 0 else 1]:
        used = int((counts.loc[name] > 0).sum())
        where = f" in {say.part_of(used, counts.shape[1], noun)}" if counts.shape[1] > 1 else ""
        facts.append(f"“{say.shorten(name, 30)}” {say.occurrences(int(ranked[name]))}{where}")
    return ", ".join(facts)


def _draw_variants(axes: Any, blocks: list[tuple[str, Any]], labels: dict[str, str]) -> None:
    """The columns that have labels, a row a name."""
    names: dict[int, str] = {}
    at, width = 0, len(labels)
    for heading, block in blocks:
        if len(blocks) > 1:
            axes.text(-0.5, at + 0.12, say.shorten(heading, 60), va="center", fontsize=8.5, fontweight="bold")
            at += 1
        drawn = block[[name for name in block.columns if str(name) in labels]]
        parts = (drawn / drawn.sum().replace(0, np.nan)).fillna(0).to_numpy(float)
        style.grid(axes, parts, drawn.map(say.integer), top=at, darkest=1.15, white=0.6)
        for name, total in block.sum(axis=1).items():
            names[at] = f"{say.shorten(name, 30)} ({say.integer(total)})"
            at += 1
    axes.set_yticks(list(names), names.values())
    style.name_columns(axes, list(labels.values()), tilted=width > 7 or max(map(len, labels.values())) > 10, above=True)
    axes.set_ylim(at - 0.5, -0.5)
    style.borderless(axes)
