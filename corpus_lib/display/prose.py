"""Computed prose as a cell's output: Markdown whose corpus text is escaped, and the provenance block."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from corpus_lib import __version__
from corpus_lib.display.allow_list import inert
from corpus_lib.display.text import counted, decimal, escape, integer, is_missing

# What `escape` makes of text; and what Markdown needs to be more than words in a frame: HTML, links, pictures, formulas, entities, drawings.
_ESCAPED = re.compile(r"<span>&#(?:36|92);</span>|&(?:amp|lt|gt|#(?!36;|92;)\d\d\d?);")
_ACTIVE = re.compile(r"[<&$\\\[]|(?:```|~~~)[`~]*[^\S\n]*[^\s`~]")


@dataclass(frozen=True)
class Prose:
    """Markdown that a notebook renders, and that reads as plain text elsewhere.

    Whatever its words are, a notebook that shows them runs nothing and fetches nothing: text that holds more than words, emphasis and lists is
    taken through the allow list of the report's pages.
    """

    written: str

    @cached_property
    def text(self) -> str:
        """What is shown of what was written."""
        return inert(self.written) if _ACTIVE.search(_ESCAPED.sub("", self.written)) else self.written

    def _repr_markdown_(self) -> str:
        return self.text

    def __repr__(self) -> str:
        """Return the Markdown itself, so that an executed notebook holds no object address."""
        return self.text


def markdown(*parts: str | Prose | None) -> Prose:
    """Join paragraphs of computed Markdown into one output; empty ones are left out.

    Parameters
    ----------
    parts
        Markdown, each a paragraph, list or heading. Corpus text in it must have gone through `escape`.

    Examples
    --------
    >>> markdown("One.", "", "Two.")
    One.
    <BLANKLINE>
    Two.
    """
    return Prose("\n\n".join(text for text in (str(part).strip() for part in parts if part is not None) if text))


def bullets(items: list[str]) -> str:
    """Sentences as a Markdown list."""
    return "\n".join(f"- {item}" for item in items if item)


def provenance(
    corpus_sha256: str,
    n_documents: int,
    settings: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Prose:
    """State what a notebook's results were computed from.

    Holds nothing that changes between machines or days, so that an executed notebook can be compared word for word.

    Parameters
    ----------
    corpus_sha256
        Hash of the corpus: of its documents' hashes, in the order of their names.
    n_documents
        Number of documents.
    settings
        Settings of cleaning, tokenizer or model, by name.
    parameters
        The notebook's own parameters, by name.

    Returns
    -------
    Prose
        A Markdown block.
    """
    lines = [
        f"corpus: {counted(n_documents, 'document')}, SHA-256 `{corpus_sha256}`",
        f"library: corpus_lib {__version__}",
        *(_named("settings", settings)),
        *(_named("parameters", parameters)),
    ]
    return Prose("**Provenance**\n\n" + bullets(lines))


def _named(title: str, values: Mapping[str, Any] | None) -> list[str]:
    if not values:
        return []
    return [f"{title}: " + "; ".join(f"{escape(name)} = {_value(value)}" for name, value in values.items())]


def _value(value: Any) -> str:
    if is_missing(value):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return integer(value) if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else decimal(value)
    if callable(value):  # a function's own text names its place in memory, which moves
        named = value if hasattr(value, "__qualname__") else type(value)
        return escape(f"{named.__module__}.{named.__qualname__}")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{escape(k)}: {_value(v)}" for k, v in sorted(value.items())) + "}"
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else list(value)
        shown = [_value(item) for item in items[:12]]
        return "(" + ", ".join(shown) + (f", {len(items) - 12:,} more" if len(items) > 12 else "") + ")"
    return escape(value) or "empty"
