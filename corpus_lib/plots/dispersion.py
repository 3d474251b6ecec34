"""Figures of where words stand: in which documents, and at which place in each."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from corpus_lib.display import text as say
from corpus_lib.plots import style
from corpus_lib.plots.base import Plot, empty, plot, require

MOST_ROWS = 60
"""Rows of a figure one above the other; more would be thinner than a line of text on a page."""


def dispersion(
    frame: Any,
    words: Sequence[str] | None = None,
    *,
    documents: Sequence[Any] | None = None,
    sizes: Mapping[Any, int] | Any = None,
    noun: str = "document",
    columns: style.Columns = 2,
) -> Plot:
    """Draw where words occur: a stroke for each occurrence, a row for each document, a panel for each word.

    Parameters
    ----------
    frame
        One row an occurrence: `word`, `doc_id`, `position` (0 the start of the document, 1 its end).
    words
        Words drawn, in this order, whether they occur or not; by default those of the frame.
    documents
        All documents, so that one without the word has its empty row; by default those of the frame.
    sizes
        Words in each document, by `doc_id`; they give the documents (if `documents` does not) and the length of each row.
    noun
        What a document is called.
    columns
        Width in a printed page: 1 or 2 columns.
    """
    require(frame, ("word", "doc_id", "position"), "dispersion")
    length = dict(sizes.items()) if sizes is not None else {}
    names = list(documents) if documents is not None else list(length) or sorted(set(frame["doc_id"]))
    shown = list(words) if words is not None else list(dict.fromkeys(frame["word"]))
    hits = frame[frame["doc_id"].isin(names) & frame["word"].isin(shown)]
    if not shown or not names or not len(hits):
        return empty(
            f"{say.listing([f'“{say.plain(w)}”' for w in shown], limit=5) or 'No word'} occurs in no {noun}.", columns
        )
    counts = {word: hits.loc[hits["word"] == word, "doc_id"].value_counts().sort_index() for word in shown}
    shape = style.shape(len(shown), columns, 2 if len(shown) == 4 else 3)
    room = max(10, MOST_ROWS // -(-hits["word"].nunique() // shape[1]))
    rows = style.most(names, hits.groupby("doc_id").size(), room)
    height = shape[0] * (0.3 + style.ROW * (0.8 if len(rows) > 25 else 1.0) * max(len(rows), 2)) + 0.45
    with style.drawing(_title(shown[0], counts[shown[0]], names, noun), height, columns) as figure:
        _draw(figure, hits, shown, rows, length, shape, noun)
    facts = [
        f"{say.plain(word)} {say.integer(count.sum())} in {say.integer(len(count))}" for word, count in counts.items()
    ]
    which = f"the row the one {noun}" if len(rows) == 1 else f"each row one of {say.counted(len(rows), noun)}"
    if len(rows) < len(names):
        which += f" (the {say.integer(len(rows))} with most occurrences, of {say.integer(len(names))})"
    caption = f"Each stroke is an occurrence, {which}, from its start to its end."
    caption += f" Occurrences and {say.plural(noun)}: {'; '.join(facts)}."
    return plot(figure, caption, _alt(counts, names, noun), shown)


def _title(word: str, first: Any, names: list[Any], noun: str) -> str:
    quoted = f"“{say.shorten(word, 30)}”"
    if not len(first):
        return f"{quoted} does not occur"
    if len(names) == 1:
        return f"{quoted} occurs {say.occurrences(int(first.sum()))} in the {noun}"
    where = f"{quoted} occurs in {say.part_of(len(first), len(names), noun)}"
    if len(first) == 1:
        return where
    label = say.label_of(say.short_labels(names), first.idxmax())
    return f"{where}; {say.integer(first.max())} of its {say.counted(int(first.sum()), 'occurrence')} {say.is_are(int(first.max()))} in {label}"


def _alt(counts: Mapping[str, Any], names: list[Any], noun: str) -> str:
    labels = say.short_labels(names)
    facts = []
    for word, count in counts.items():
        where = count.sort_values(ascending=False, kind="stable")
        places = say.listing([f"{say.label_of(labels, doc)} {say.integer(k)}" for doc, k in where.items()], limit=5)
        times = "once" if where.sum() == 1 else f"{say.integer(where.sum())} times"
        facts.append(f"{say.plain(word)} {times} ({places})" if places else f"{say.plain(word)} nowhere")
    return f"Strokes mark occurrences along {say.counted(len(names), noun)}: {'; '.join(facts)}."


def _draw(
    figure: Any, hits: Any, shown: list[str], rows: list[Any], length: dict[Any, int], shape: tuple[int, int], noun: str
) -> None:
    labels = say.short_labels(rows)
    longest = max([length.get(name, 0) for name in rows], default=0)
    for i, (axes, word) in enumerate(zip(style.panels(figure, shape, len(shown), sharey=True), shown, strict=True)):
        _panel(axes, hits[hits["word"] == word], word, rows, length if longest else {}, style.role(i))
        style.name_rows(axes, [labels[str(name)] for name in rows], fontsize=8 if len(rows) <= 25 else 6.5)
        axes.set_xlim(-0.01 * (longest or 1), 1.01 * (longest or 1))
    figure.supxlabel("position, in words" if longest else f"position: 0 the start of the {noun}, 1 its end", fontsize=9)


def _panel(axes: Any, hits: Any, word: str, rows: list[Any], length: dict[Any, int], role: style.Role) -> None:
    place = {name: i for i, name in enumerate(rows)}
    for name, i in place.items():
        axes.plot([0, length.get(name, 1)], [i, i], color=style.PALE, linewidth=5, solid_capstyle="butt", zorder=1)
    kept = hits[hits["doc_id"].isin(rows)]
    x = [position * length.get(name, 1) for name, position in zip(kept["doc_id"], kept["position"], strict=True)]
    y = np.array([place[name] for name in kept["doc_id"]], dtype=float)
    axes.vlines(x, y - 0.36, y + 0.36, color=role.color, linewidth=1.0, zorder=2)
    axes.set_title(f"{say.shorten(word, 17)} ({say.integer(len(hits))})", loc="left")
    axes.spines["left"].set_visible(False)
    if length:
        style.scale(axes.xaxis, lines=False)
