"""Figures of collocation: the words that keep company with a node."""

from typing import Any

import numpy as np

from corpus_lib.display.text import integer, plain, shorten
from corpus_lib.errors import InvalidValue
from corpus_lib.plots import style
from corpus_lib.plots.base import Plot, empty, plot, require
from corpus_lib.plots.sentences import sentences

_SCORES = ("score", "log_dice", "log_likelihood", "mi", "t_score")
_COUNTS = ("observed", "o11", "O11", "frequency")


def collocates(
    frame: Any, node: str | None = None, *, n: int = 20, score: str | None = None, columns: style.Columns = 2
) -> Plot:
    """Draw the strongest collocates of one or more nodes, ranked, with their joint frequency.

    Parameters
    ----------
    frame
        One row a collocate, in a column `token` or `collocate` or as index; a score; if present `observed` (how often the
        two stand together) and `node`. Several nodes get a panel each.
    node
        What the node is called, where the frame has no column for it.
    n
        Collocates of each node.
    score
        Column that ranks them; by default the first found of `score`, `log_dice`, `log_likelihood`, `mi`, `t_score`.
    columns
        Width in a printed page: 1 or 2 columns.
    """
    rows, nodes, ranked, count = _strongest(frame, node, n, score)
    if not nodes:
        return empty(f"“{plain(node)}” has no collocates." if node else "There are no collocates.", columns)
    shape = style.shape(len(nodes), columns)
    most = int(rows.groupby("node").size().max())
    parts, label = {name: rows[rows["node"] == name] for name in nodes}, ranked.replace("_", " ")
    facts = {"nodes": nodes, "parts": parts, "n": n, "ranked": ranked, "count": count, "label": label}
    said = sentences("collocates", cut=most == n, **facts)
    with style.drawing(said.title, shape[0] * (0.4 + style.ROW * most) + 0.35, columns) as figure:
        for axes, name in zip(style.panels(figure, shape, len(nodes)), nodes, strict=True):
            _draw(axes, parts[name], ranked, count, most)
            if len(nodes) > 1:
                axes.set_title(shorten(name, 26), loc="left")
        figure.supxlabel(label, fontsize=9)
    return plot(figure, said.caption, said.alt, map(str, [*rows["collocate"], *nodes]))


def _strongest(frame: Any, node: str | None, n: int, score: str | None) -> tuple[Any, list[Any], str, str | None]:
    """The `n` highest rows of each node, the nodes that have any, and the columns of the score and of the joint frequency."""
    table = frame.rename(columns={"token": "collocate"})
    if "collocate" not in table.columns:
        table = table.rename_axis("collocate").reset_index()
    table = table if "node" in table.columns else table.assign(node=node or "the node")
    ranked = score or next((name for name in _SCORES if name in table.columns), None)
    if ranked is None:
        raise InvalidValue(
            f"`plots.collocates` needs one of the columns {', '.join(f'`{s}`' for s in _SCORES)}; found none of them. "
            "Name the column to rank by in `score`."
        )
    require(table, (ranked,), "collocates")
    table = table[table[ranked].notna()]
    rows = table.sort_values(ranked, ascending=False, kind="stable").groupby("node", sort=False).head(n)
    nodes = [name for name in dict.fromkeys(table["node"]) if (rows["node"] == name).any()]
    return rows, nodes, ranked, next((name for name in _COUNTS if name in table.columns), None)


def _draw(axes: Any, rows: Any, ranked: str, count: str | None, most: int) -> None:
    y = np.arange(len(rows))
    values = rows[ranked].to_numpy(float)
    reach = float(values.max() - values.min()) or 1.0
    axes.plot(values, y, linestyle="none", marker="o", color=style.TARGET.color)
    if count:
        for at, value, k in zip(y, values, rows[count], strict=True):
            axes.annotate(integer(k), (value, at), (6, 0), textcoords="offset points", va="center", fontsize=8)
    style.name_rows(axes, [shorten(word, 22) for word in rows["collocate"]], room=most)
    axes.grid(axis="both")
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, float(values.min()) - 0.12 * reach), max(high, float(values.max()) + 0.18 * reach))


def collocate_network(frame: Any, *, n: int = 12, score: str | None = None, columns: style.Columns = 2) -> Plot:
    """Draw which collocates several nodes share: nodes at the left, collocates at the right, a line for each pair.

    Positions are ranks, not distances from an optimiser, so that the picture is the same in every run and each line can
    be read back as a row of the table.

    Parameters
    ----------
    frame
        As for `collocates`, with a column `node`.
    n
        Collocates of each node.
    score
        Column that ranks them, as for `collocates`.
    columns
        Width in a printed page: 1 or 2 columns.
    """
    require(frame, ("node",), "collocate_network")
    rows, nodes, ranked, _ = _strongest(frame, None, n, score)
    if not nodes:
        return empty("There are no collocates.", columns)
    joined = rows.groupby("collocate")["node"].agg(list)
    shared = sorted((word for word, by in joined.items() if len(by) > 1), key=lambda w: (-len(joined[w]), w))
    company = list(dict.fromkeys(joined[shared[0]])) if shared else []
    parts, label = {name: rows[rows["node"] == name] for name in nodes}, ranked.replace("_", " ")
    said = sentences("collocate_network", nodes=nodes, parts=parts, n=n, shared=shared, company=company, label=label)
    order = sorted(joined.index, key=lambda word: (np.mean([nodes.index(x) for x in joined[word]]), word))
    with style.axes(said.title, 0.4 + 0.19 * max(len(order), 2 * len(nodes)), columns) as axes:
        _draw_network(axes, rows, nodes, order, set(shared), ranked)
    return plot(axes.figure, said.caption, said.alt, map(str, [*order, *nodes]))


def _draw_network(axes: Any, rows: Any, nodes: list[Any], order: list[Any], shared: set[Any], ranked: str) -> None:
    height = len(order)
    left = {name: (i + 0.5) * height / len(nodes) - 0.5 for i, name in enumerate(nodes)}
    right = {word: i for i, word in enumerate(order)}
    high, low = float(rows[ranked].max()), float(rows[ranked].min())
    for node, word, score in zip(rows["node"], rows["collocate"], rows[ranked], strict=True):
        i = nodes.index(node)
        width = 0.6 + 2.4 * ((score - low) / (high - low) if high > low else 1.0)
        look = {"color": style.role(i).color, "linestyle": style.DASHES[i % 4], "linewidth": width}
        axes.plot([0, 1], [left[node], right[word]], alpha=0.75, **look)
    for i, (name, at) in enumerate(left.items()):
        role = style.role(i)
        axes.plot(0, at, marker=role.marker, color=role.color, markersize=9)
        axes.text(-0.03, at, shorten(name, 22), ha="right", va="center", fontweight="bold", color=role.color)
    for word, at in right.items():
        weight = "bold" if word in shared else "normal"
        axes.text(1.02, at, shorten(word, 26), ha="left", va="center", fontsize=8.5, fontweight=weight)
    axes.set_xlim(-0.5, 1.5)
    axes.set_ylim(height - 0.4, -0.6)
    axes.set_axis_off()
