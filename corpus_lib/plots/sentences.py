"""What a figure says: its title, caption and alternative text, from the template of the figure's name.

A template states the facts that it is given in the words and the rounding of `display.text`, whose functions are its filters; `each` applies
one, or a macro, to every item of a list. Words of a corpus are values and never part of a template, so that nothing in them is executed.
"""

from functools import cache
from inspect import getmembers, isfunction
from typing import Any, NamedTuple

from corpus_lib.display import tables, text


class Sentences(NamedTuple):
    """What stands above, below and in place of a figure, each on one line."""

    title: str
    caption: str
    alt: str


@cache
def _templates() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("corpus_lib.plots"), undefined=StrictUndefined)
    words = dict(getmembers(text, isfunction))
    environment.filters |= words
    environment.globals |= words | {"each": map, "are_own_words": tables.are_own_words, "sure_words": tables.sure_words}
    return environment


def sentences(figure: str, **facts: Any) -> Sentences:
    """The sentences of a figure, from its template and what that needs to know.

    Examples
    --------
    >>> import pandas as pd
    >>> sentences("word_shift", rows=pd.Series({"war": 30.0}), all=90.0, target="A", reference="B").title
    '“war” shifts most: 30 per million words more in A'
    """
    said = _templates().get_template(f"{figure}.j2").make_module(facts)
    return Sentences(*(text.plain(getattr(said, part)) for part in Sentences._fields))
