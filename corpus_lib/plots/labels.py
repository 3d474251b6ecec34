"""Labels beside points, moved apart so that none covers another."""

from typing import Any

import numpy as np

from corpus_lib.plots import style

_OFFSETS = [(side, rise) for rise in (0.0, 0.7, -0.7, 1.4, -1.4, 2.1, -2.1, 2.8, -2.8, 3.6, -3.6) for side in (1, -1)]


def place_labels(axes: Any, x: Any, y: Any, texts: list[str], size: float = 8.0) -> None:
    """Write each text beside its point, at the first of a fixed list of places where it covers no label and no point.

    The places are tried in the order of the points, strongest first; a label with no free place is left out, since two
    labels on top of each other tell nothing.
    """
    figure = axes.figure
    width, height = (side * 72 for side in (figure.get_figwidth() * 0.86, figure.get_figheight() * 0.74))
    points = axes.transAxes.inverted().transform(axes.transData.transform(np.column_stack([x, y]))) * (width, height)
    taken: list[tuple[float, float, float, float]] = []
    marks = [(px - 3, py - 3, px + 3, py + 3) for px, py in points]
    for i, text in enumerate(texts):
        long, tall = style.text_width(text, size) * 72, size * 1.15
        for side, rise in _OFFSETS:
            left = points[i][0] + (6 if side > 0 else -6 - long)
            low = points[i][1] - tall / 2 + rise * tall
            box = (left, low, left + long, low + tall)
            inside = box[0] >= -4 and box[2] <= width + 4 and box[1] >= 0 and box[3] <= height
            others = [*taken, *(mark for j, mark in enumerate(marks) if j != i)]
            if inside and not any(_overlap(box, other) for other in others):
                taken.append(box)
                _write(axes, (x[i], y[i]), text, side, rise * tall, size)
                break


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _write(axes: Any, at: tuple[float, float], text: str, side: int, rise: float, size: float) -> None:
    line = (
        {"arrowstyle": "-", "color": "#8C8C8C", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 2}
        if abs(rise) > size
        else None
    )
    axes.annotate(
        text, at, (6 * side, rise), textcoords="offset points", va="center", ha="left" if side > 0 else "right",
        fontsize=size, arrowprops=line,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.4},
    )  # fmt: skip
