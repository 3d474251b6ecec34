"""Results as readers meet them: computed sentences, rounded tables, the provenance block."""

from .prose import Prose, bullets, markdown, provenance
from .tables import Table, show
from .text import escape

__all__ = ["Prose", "Table", "bullets", "escape", "markdown", "provenance", "show"]
