"""The map of topics: how near their words are to each other."""

from typing import Any

import numpy as np

from corpus_lib.display.text import counted, decimal, listing, plain, share
from corpus_lib.plots import style
from corpus_lib.plots.base import Plot, empty, plot, require
from corpus_lib.plots.labels import place_labels


def topic_map(points: Any, distances: Any, terms: Any, *, n_terms: int = 3, columns: style.Columns = 2) -> Plot:
    """Draw topics as points that lie near each other where their words are alike.

    Parameters
    ----------
    points
        Index: topics; `x`, `y`; `.attrs["explained"]`, the part of the distances that two dimensions show. As `TopicModel.layout()` returns it.
    distances
        Topics by topics, 0 where all words are shared and 1 where none is. As `TopicModel.distances()` returns it.
    terms
        One row per topic and word: `topic`, `term`, strongest first. As `TopicModel.top_terms()` returns it.
    n_terms
        Words written beside a topic.
    columns
        Width in a printed page: 1 or 2 columns.

    Returns
    -------
    Plot
        Of one topic, a sentence: there is no distance to draw.
    """
    require(points, ("x", "y"), "topic_map")
    require(terms, ("topic", "term"), "topic_map")
    if len(points) < 2:
        return empty("A map needs two topics at least.", columns)
    words = {topic: list(part["term"].head(n_terms)) for topic, part in terms.groupby("topic", sort=False)}
    labels = [f"{plain(topic)}: {', '.join(map(plain, words.get(topic, ())))}" for topic in points.index]
    pairs = _pairs(distances.loc[points.index, points.index])
    with style.applied():
        figure = style.figure(_title(pairs), 3.6, columns)
        _draw(figure.add_subplot(), points, labels, _nearest(pairs))
    shown = share(points.attrs.get("explained", float("nan")))
    caption = (
        f"{counted(len(points), 'topic')} by the Hellinger distance of their words, in two dimensions (classical scaling), which hold "
        f"{shown} of the squared distances. A line joins each topic to the one nearest to it. The axes have no meaning of their own."
    )
    facts = [f"{plain(a)} and {plain(b)} {decimal(d, 2)}" for d, a, b in pairs[:8]]
    return plot(
        figure,
        caption,
        f"Map of {listing(labels, limit=12)}. Distances, the nearest first: {listing(facts, limit=8)}.",
        labels,
    )


def _pairs(distances: Any) -> list[tuple[float, Any, Any]]:
    """Every pair of topics with its distance, the nearest first, ties in the order of the topics."""
    values, names = distances.to_numpy(float), list(distances.index)
    first, second = np.triu_indices(len(names), k=1)
    order = np.argsort(np.round(values[first, second], 6), kind="stable")
    return [(float(values[first[i], second[i]]), names[first[i]], names[second[i]]) for i in order]


def _title(pairs: list[tuple[float, Any, Any]]) -> str:
    (near, a, b), (far, c, d) = pairs[0], pairs[-1]
    if len(pairs) == 1 or round(near, 2) == round(far, 2):
        return f"{'The two topics' if len(pairs) == 1 else 'All topics'} lie {decimal(near, 2)} apart, where 1 is no word in common"
    return f"Topics {plain(a)} and {plain(b)} lie nearest ({decimal(near, 2)}), {plain(c)} and {plain(d)} farthest apart ({decimal(far, 2)})"


def _nearest(pairs: list[tuple[float, Any, Any]]) -> list[tuple[Any, Any]]:
    """For each topic the pair with the one that is nearest to it; each pair once, in the order of `pairs`."""
    first = {topic: i for i, (_, a, b) in reversed(list(enumerate(pairs))) for topic in (a, b)}
    return [pairs[i][1:] for i in sorted(set(first.values()))]


def _draw(axes: Any, points: Any, labels: list[str], nearest: list[tuple[Any, Any]]) -> None:
    x, y = points["x"].to_numpy(float), points["y"].to_numpy(float)
    for pair in nearest:
        ends = points.loc[list(pair)]
        axes.plot(ends["x"], ends["y"], color="#BFBFBF", linewidth=0.8, zorder=0)
    axes.scatter(x, y, s=36, color=style.role(0).color, marker=style.role(0).marker, gid="topics")
    # The same scale on both axes, or distances on paper would not be distances; with room for the words at both sides.
    axes.margins(x=0.5, y=0.2)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_axis_off()
    axes.figure.canvas.draw()  # labels are placed by where the points come to lie
    place_labels(axes, x, y, labels)
