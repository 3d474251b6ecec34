"""Figures: a result table in, a Plot with figure, caption and alternative text out.

Every function is pure: it reads a frame and plain values, and states in title, caption and alternative text what it drew.
An empty frame gives a Plot that says so. A column that is needed and absent is named in one sentence.
"""

from .base import Plot
from .cleaning import cleaning_audit, vocabulary_growth
from .collocates import collocate_network, collocates
from .counts import comparison, frequencies, survival, variants
from .dispersion import dispersion
from .keyness import keyness_volcano, keyword_slopes, keywords, word_shift
from .timeline import timeline
from .topic_map import topic_map
from .topics import prevalence, topic_by_document, topic_choice, topic_terms

__all__ = [
    "Plot",
    "cleaning_audit",
    "collocate_network",
    "collocates",
    "comparison",
    "dispersion",
    "frequencies",
    "keyness_volcano",
    "keyword_slopes",
    "keywords",
    "prevalence",
    "survival",
    "timeline",
    "topic_by_document",
    "topic_choice",
    "topic_map",
    "topic_terms",
    "variants",
    "vocabulary_growth",
    "word_shift",
]
