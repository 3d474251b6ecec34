"""Figures of keyness: which words a target uses more than a reference, by how much, and which of them may be called a finding."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib.display import text as say
from corpus_lib.display.tables import sure_words
from corpus_lib.plots import style
from corpus_lib.plots.base import Plot, empty, plot, require
from corpus_lib.plots.sentences import sentences

_COUNTS = ("frequency_target", "frequency_reference")


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
    sides_of = {"target": target, "reference": reference, "found": found}
    said = sentences("keywords", rows=rows, n_compared=len(table), order=order, **sides_of)
    with style.axes(said.title, 0.75 + style.ROW * len(rows), columns) as axes:
        y = np.arange(len(rows), dtype=float)
        y[rows["log_ratio"].to_numpy() < 0] += 0.6 if rows["log_ratio"].gt(0).any() else 0.0
        longest, room, more = (24, 34, ", 2 = four times") if columns == 2 else (15, 9, "")
        _draw_effects(axes, rows, y, _filled(rows, found), longest)
        _side_texts(axes, rows, y, columns)
        _side_names(axes, rows, say.shorten(target, room), say.shorten(reference, room))
        axes.set_xlabel(f"log ratio (1 = twice the rate{more})")
    return plot(axes.figure, said.caption, said.alt, map(str, rows.index))


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
    sides_of = {"target": target, "reference": reference, "found": found}
    rarer = {"n_left": len(table) - len(rows), "min_frequency": min_frequency}
    said = sentences("keyness_volcano", rows=rows, named=named, **rarer, **sides_of)
    with style.axes(said.title, 3.9, columns) as axes:
        hints = _draw_volcano(axes, rows, evidence, _filled(rows, found))
        texts = [say.shorten(word, 22) for word in named.index]
        style.place_labels(axes, named["log_ratio"].to_numpy(float), evidence[named.index].to_numpy(float), texts)
        axes.set_xlabel(f"log ratio: ← {say.shorten(reference, 24)} | {say.shorten(target, 24)} →")
        axes.set_ylabel("G² (root scale)")
    return plot(axes.figure, said.caption, said.alt, map(str, named.index), hints)


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
    said = sentences("word_shift", rows=rows, all=shift.abs().sum(), target=target, reference=reference)
    with style.axes(said.title, 0.75 + style.ROW * len(rows), columns) as axes:
        _draw_shift(axes, rows, target, reference, columns)
    return plot(axes.figure, said.caption, said.alt, map(str, rows.index))


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
