"""The templates of tables and pages, in which all text is escaped."""

from functools import cache
from pathlib import Path
from typing import Any

from corpus_lib.display.text import escape_html


@cache
def templates(package: str) -> Any:
    """The templates in the folder `templates` of a room: `shown` is for text of a corpus, whose formulas are left alone.

    Examples
    --------
    >>> templates("display").from_string("{{ text }} {{ text | shown }}").render(text="<$x$>")
    '&lt;$x$&gt; &lt;<span>$</span>x<span>$</span>&gt;'
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    loader = FileSystemLoader(Path(__file__).parents[1] / package / "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    made.filters["shown"] = lambda text: Markup(escape_html(text))
    return made
