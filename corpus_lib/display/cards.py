"""What an object shows of itself in a notebook: a heading with its counts, a few rows, and the next step."""

from dataclasses import fields
from typing import Any

import pandas as pd

from corpus_lib.display.tables import show
from corpus_lib.display.text import escape_html


def card(heading: str, table: Any = None, *, next_step: str, n: int = 10) -> str:
    """HTML of an object; every text in it is escaped, and formulas in it are left alone.

    Parameters
    ----------
    heading
        What it is, with its counts.
    table
        Rows to show, the first `n`; its caption says how many there are.
    next_step
        What to call next.
    n
        Rows shown.
    """
    rows = "" if table is None or not len(table) else show(table, n=n)._repr_html_()
    return f"<p><strong>{escape_html(heading)}</strong></p>{rows}<p>Next: <code>{escape_html(next_step)}</code></p>"


def settings_card(settings: Any, heading: str, *, next_step: str) -> str:
    """HTML of a dataclass of settings: each with its value."""
    held = {field.name: _said(getattr(settings, field.name)) for field in fields(settings)}
    return card(heading, pd.Series(held, name="value").rename_axis("setting"), next_step=next_step, n=len(held))


def _said(value: Any) -> str:
    if callable(value):
        return str(getattr(value, "__qualname__", type(value).__name__))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
