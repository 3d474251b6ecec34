"""Tables to sort, search and page through in JupyterLab, and figures that answer when a mark is pointed at.

Both work without a network: what a table needs travels with it, and a figure is an SVG without a script. They are for reading, not for the
record: a notebook shows them in cells that strict comparison leaves alone, and where scripts do not run (GitHub, the report, a notebook that is
not trusted), the first rows stand as a plain table, and the figure as a picture with its text.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from corpus_lib.display.columns import column
from corpus_lib.display.tables import show
from corpus_lib.errors import NotFound

if TYPE_CHECKING:  # matplotlib is not needed for a table
    from corpus_lib.plots.base import Plot

STATIC_ROWS = 10
"""Rows that are shown where no script runs."""
NO_FORMULA = "tex2jax_ignore mathjax_ignore"
UNFOLD = """<script>
(async () => {
  const bytes = Uint8Array.from(atob("PACKED"), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const html = await new Response(stream).text();
  for (const place of document.querySelectorAll("#browse-NAME"))
    place.replaceChildren(document.createRange().createContextualFragment(html));
})();
</script>"""


@dataclass(frozen=True)
class Browser:
    """A table that JupyterLab shows with a search field, sortable columns and pages."""

    html: str
    text: str

    def __repr__(self) -> str:
        """Return the first rows as text."""
        return self.text

    def _repr_html_(self) -> str:
        return self.html


@dataclass(frozen=True)
class Hover:
    """A figure whose marks say what they are when they are pointed at."""

    plot: Plot

    def __repr__(self) -> str:
        """Return caption and alternative text."""
        return repr(self.plot)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        data, facts = self.plot._repr_mimebundle_()
        svg = self.plot.svg()
        # No formula is looked for in the words of a figure.
        drawing = svg[svg.index("<svg") :].replace("<svg ", f'<svg class="{NO_FORMULA}" ', 1)
        html = f'<figure>{drawing}<figcaption class="{NO_FORMULA}">{escape(self.plot.caption)}</figcaption></figure>'
        return {**data, "text/html": html}, facts


def hover(plot: Plot) -> Hover:
    """A figure to point at: each mark shows its word and its numbers.

    Parameters
    ----------
    plot
        A `Plot` with hints, for instance that of `plots.keyness_volcano`.

    Returns
    -------
    Hover
        JupyterLab shows the SVG with its hints, the report the picture with its alternative text.

    Raises
    ------
    NotFound
        If the plot has no hints.
    """
    if not plot.hints:
        raise NotFound(
            "`plot` must have marks with hints; found none. Take that of `plots.keyness_volcano`, of at most 2,000 words."
        )
    return Hover(plot)


def browse(frame: pd.DataFrame, *, columns: Sequence[str] | None = None, n: int = 5000, page: int = 15) -> Browser:
    """A result table to sort, search and page through, with its sources beside.

    Text of the corpus is shown as it is, never as HTML. Of a concordance the left context is set against the node, so that the lines can be
    read down the middle.

    Parameters
    ----------
    frame
        A concordance, a keyness table, places of words, or any other table.
    columns
        Columns shown, in this order; all by default.
    n
        Rows that are taken, from the top; the caption says how many there are.
    page
        Rows of a page.

    Returns
    -------
    Browser
        An object that notebooks display.

    Raises
    ------
    NotFound
        If the package itables is not installed, or the frame lacks one of `columns`.

    Notes
    -----
    Every table carries its own program, about 300 kB, so that it needs neither a network nor another cell.
    """
    absent = [name for name in columns or () if name not in frame.columns]
    if absent:
        raise NotFound(
            f"`columns` must be columns of the table; these are not: {', '.join(map(repr, absent))}. "
            f"There are {', '.join(map(repr, frame.columns))}."
        )
    shown = frame if columns is None else frame[list(columns)]
    static = show(shown, n=STATIC_ROWS)
    top = shown.head(n) if isinstance(frame.index, pd.RangeIndex) else shown.head(n).reset_index()
    cut = f"<p>The first {len(top):,} of {len(shown):,} rows.</p>" if len(top) < len(shown) else ""
    return Browser(_unfolding(static._repr_html_(), cut + _table(_rounded(top), page)), repr(static))


def _table(frame: pd.DataFrame, page: int) -> str:
    """The table as itables makes it, with its program."""
    try:
        from itables.javascript import generate_init_offline_itables_html, to_html_datatable
        from itables.options import dt_bundle
    except ImportError:
        raise NotFound(
            "`browse` needs the package itables, which is not installed. Install it with: pip install 'corpus_lib[interactive]'."
        ) from None
    worded = frame.set_axis([column(name).heading for name in frame.columns], axis=1)
    return generate_init_offline_itables_html(dt_bundle) + to_html_datatable(
        worded, connected=False, allow_html=False, maxBytes=0, showIndex=False, pageLength=page, lengthMenu=[page, 50, 200],
        columnDefs=_sides(list(frame.columns)), classes="display compact mathjax_ignore", style="width:100%", scrollX=True,
        table_id=f"table-{_digest(frame.to_json())}",
    )  # fmt: skip


def _unfolding(static: str, html: str) -> str:
    """The static HTML, in whose place a script puts the other; packed, so that the script ends where it seems to and the cell stays small."""
    packed = b64encode(gzip.compress(html.encode(), mtime=0)).decode()
    script = UNFOLD.replace("NAME", _digest(html)).replace("PACKED", packed)
    return f'<div id="browse-{_digest(html)}">{static}</div>{script}'


def _digest(text: str) -> str:
    """A name for a content: the same table gives the same output."""
    return sha256(text.encode()).hexdigest()[:12]


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Two decimals, and two digits of what is smaller than a hundredth, so that no p-value reads 0."""
    floats = frame.select_dtypes("floating")
    small = floats.map(lambda value: float(f"{value:.2g}") if value == value else value)
    return frame.assign(**floats.round(2).where(floats.abs() >= 0.01, small))


def _sides(names: list[str]) -> list[dict[str, Any]]:
    """How the columns of a concordance are set: the left context against the node."""
    align = {"left": "dt-right", "node": "dt-center", "right": "dt-left"}
    return [{"targets": names.index(name), "className": align[name]} for name in align if set(align) <= set(names)]
