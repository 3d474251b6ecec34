"""Figures over time: how much of a word or topic there is in each period, and on how many documents that rests."""

from typing import Any

import numpy as np

from corpus_lib.display.text import counted, integer, listing, per_million, plain, plural, sentence, share, shorten
from corpus_lib.plots import style
from corpus_lib.plots.base import Plot, empty, plot, require

MOST_PANELS = 8
_NONE = "#EFEFEF"
"""Behind periods without documents."""


def timeline(frame: Any, *, noun: str = "document", columns: style.Columns = 2) -> Plot:
    """Draw words or topics over time, a panel each, above the number of documents that each period has.

    A period without documents is left blank, and no line is drawn across it; a hollow mark rests on one document.

    Parameters
    ----------
    frame
        A table of `words_over_time` (`word`, `per_million`) or `topics_over_time` (`topic`, `mean`), with `period`, `low`, `high` and
        `n_documents`: a row for every period from the first to the last. The first eight words or topics are drawn.
    noun
        What a document is called.
    columns
        Width in a printed page: 1 or 2 columns.
    """
    kind, value = ("topic", "mean") if "topic" in frame.columns else ("word", "per_million")
    require(frame, (kind, "period", value, "low", "high", "n_documents"), "timeline")
    names = list(dict.fromkeys(frame[kind]))[:MOST_PANELS]
    if not names:
        return empty(next(iter(frame.attrs.get("notes", [])), "There are no dates."), columns)
    series = {name: frame[frame[kind] == name].reset_index(drop=True) for name in names}
    shape = style.shape(len(names), columns, 2)
    with style.drawing(_title(series, kind, value), shape[0] * 1.15 + 1.0, columns) as figure:
        _draw(figure, series, kind, value, noun, shape)
    caption = _caption(series, kind, noun, len(dict.fromkeys(frame[kind])))
    return plot(figure, caption, _alt(series, kind, value, noun), map(str, names))


def _said(number: float, value: str) -> str:
    return share(number) if value == "mean" else per_million(number)


def _called(name: Any, kind: str, longest: int = 30) -> str:
    return f"topic {shorten(name, longest)}" if kind == "topic" else f"“{shorten(name, longest)}”"


def _ends(rows: Any, value: str) -> tuple[Any, Any]:
    """The rows with the highest and the lowest value."""
    known = rows[rows[value].notna()]
    return known.loc[known[value].idxmax()], known.loc[known[value].idxmin()]


def _title(series: dict[Any, Any], kind: str, value: str) -> str:
    unit = " of the text" if kind == "topic" else " per million words"
    ends = {name: _ends(rows, value) for name, rows in series.items()}
    if all(rows["low"].isna().all() for rows in series.values()):
        name, (top, _) = next(iter(ends.items()))
        return f"{sentence(_called(name, kind))} has most in {top['period']} ({_said(top[value], value)}{unit}); how sure that is cannot be said"
    apart = {name: top["low"] - bottom["high"] for name, (top, bottom) in ends.items() if top["low"] > bottom["high"]}
    if not apart:
        which = f"{sentence(_called(next(iter(series)), kind))} does not change"
        return f"{which if len(series) == 1 else f'No {kind} changes'} clearly over time: the intervals overlap"
    top, bottom = ends[name := max(apart, key=lambda each: apart[each])]
    first, last = sorted((top, bottom), key=lambda row: row.name)
    moves = f"{sentence(_called(name, kind))} {'rises' if last is top else 'falls'}"
    start = f"{_said(first[value], value)}{unit} in {first['period']}"
    return f"{moves} from {start} to {_said(last[value], value)} in {last['period']}"


def _caption(series: dict[Any, Any], kind: str, noun: str, n_all: int) -> str:
    rows = next(iter(series.values()))
    what = "Share of the text" if kind == "topic" else "Rate per million words"
    first = f" (the first {integer(len(series))} of {integer(n_all)})" if len(series) < n_all else ""
    text = f"{what} of {counted(len(series), kind)}{first}, {rows['period'].iloc[0]} to {rows['period'].iloc[-1]}, "
    text += f"with {counted(int(rows['n_documents'].sum()), noun)}; their number by period is below."
    text += " Each panel has its own scale." if len(series) > 1 else ""
    text += " Upright lines are intervals." if any(part["low"].notna().any() for part in series.values()) else ""
    text += f" A hollow mark rests on one {noun}." if (rows["n_documents"] == 1).any() else ""
    return text + (f" Grey: no {noun}, nothing is known." if (rows["n_documents"] == 0).any() else "")


def _alt(series: dict[Any, Any], kind: str, value: str, noun: str) -> str:
    facts = []
    for name, rows in series.items():
        top, bottom = _ends(rows, value)
        lowest, highest = _said(bottom[value], value), _said(top[value], value)
        facts.append(f"{_called(name, kind)} from {lowest} ({bottom['period']}) to {highest} ({top['period']})")
    rows = next(iter(series.values()))
    some = rows.loc[rows["n_documents"] > 0, "n_documents"]
    text = f"Line charts over {counted(len(rows), 'period')}: {'; '.join(facts)}. "
    spread = integer(some.min()) if some.min() == some.max() else f"From {integer(some.min())} to {integer(some.max())}"
    text += f"{spread} {plural(noun) if some.max() > 1 else noun} a period"
    gaps = list(rows.loc[rows["n_documents"] == 0, "period"])
    return text + (f"; none in {listing(map(plain, gaps), limit=8)}." if gaps else ".")


def _draw(figure: Any, series: dict[Any, Any], kind: str, value: str, noun: str, shape: tuple[int, int]) -> None:
    down, across = shape
    grid = figure.subplots(down + 1, across, sharex=True, squeeze=False, height_ratios=[*[1.0] * down, 0.45])
    for i, (axes, (name, rows)) in enumerate(zip(grid.flat, series.items(), strict=False)):
        _panel(axes, rows, value, style.role(i))
        axes.set_title(sentence(_called(name, kind, 26)), loc="left")
    for axes in grid[:down].flat[len(series) :]:
        axes.set_axis_off()
    for axes in grid[down]:
        _bars(axes, rows, plural(noun), 14 if across == 1 and figure.get_figwidth() > style.WIDTH[1] else 7)
    figure.supylabel("share of the text, in %" if kind == "topic" else "per million words", fontsize=9)


def _panel(axes: Any, rows: Any, value: str, role: style.Role) -> None:
    x, factor = np.arange(len(rows)), 100.0 if value == "mean" else 1.0
    middle, low, high = (rows[name].to_numpy(float) * factor for name in (value, "low", "high"))
    for gap in np.flatnonzero(rows["n_documents"] == 0):
        axes.axvspan(gap - 0.5, gap + 0.5, color=_NONE, linewidth=0, zorder=0)
    axes.vlines(x, low, high, color=role.color, linewidth=1.2)
    axes.plot(x, middle, color=role.color, linewidth=0.9)
    for alone in (False, True):
        at = np.flatnonzero(((rows["n_documents"] == 1) == alone) & ~np.isnan(middle))
        look = {"color": role.color, "marker": role.marker, "markerfacecolor": "white" if alone else role.color}
        axes.plot(at, middle[at], markersize=4, linestyle="none", clip_on=False, **look)
    axes.set_ylim(bottom=0)
    axes.margins(y=0.08)
    axes.locator_params(axis="y", nbins=4)
    style.scale(axes.yaxis)


def _bars(axes: Any, rows: Any, nouns: str, room: int) -> None:
    x, n = np.arange(len(rows)), rows["n_documents"].to_numpy()
    axes.bar(x, n, color=style.NEUTRAL.color, width=0.7)
    step = -(-len(x) // room)
    for at in x[::step]:
        axes.text(at, n[at], integer(n[at]), ha="center", va="bottom", fontsize=6.5)
    axes.set_yticks([])
    axes.margins(y=0.45)
    axes.set_ylim(bottom=0)
    axes.spines["left"].set_visible(False)
    axes.set_title(nouns, loc="left", fontsize=8)
    style.name_columns(axes, list(rows["period"]), tilted=len(str(rows["period"].iloc[0])) > 4, step=step)
    axes.set_xlim(-0.6, len(x) - 0.4)
