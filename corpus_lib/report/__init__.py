"""Results as readers meet them: computed sentences, rounded tables, the provenance block.

Sentences are plain functions of frames and values that return Markdown; corpus text in them is escaped. Several are put
together, and displayed, with `markdown`.
"""

from .about_corpus import (
    attainable_p,
    cleaning_audit,
    corpus_overview,
    how_to_decide,
    limits,
    metadata_unknown,
    removed,
    review_pages,
    smallest_p,
)
from .about_topics import prevalence, topic_reproducibility, topic_support, topics
from .about_words import (
    agreement,
    another_sample,
    collocates,
    concordance,
    difference,
    keywords,
    most_frequent,
    one_document,
    survival,
    usage,
    voices,
)
from .prose import Prose, bullets, markdown, provenance
from .tables import Table, show
from .text import (
    counted,
    decimal,
    escape,
    escape_html,
    integer,
    listing,
    p_value,
    per_million,
    share,
    short_labels,
    times,
    word,
)

__all__ = [
    "Prose",
    "Table",
    "agreement",
    "another_sample",
    "attainable_p",
    "bullets",
    "cleaning_audit",
    "collocates",
    "concordance",
    "corpus_overview",
    "counted",
    "decimal",
    "difference",
    "escape",
    "escape_html",
    "how_to_decide",
    "integer",
    "keywords",
    "limits",
    "listing",
    "markdown",
    "metadata_unknown",
    "most_frequent",
    "one_document",
    "p_value",
    "per_million",
    "prevalence",
    "provenance",
    "removed",
    "review_pages",
    "share",
    "short_labels",
    "show",
    "smallest_p",
    "survival",
    "times",
    "topic_reproducibility",
    "topic_support",
    "topics",
    "usage",
    "voices",
    "word",
]
