"""Figures: a result table in, a Plot with figure, caption and alternative text out.

Every function is pure: it reads a frame and plain values, and states in title, caption and alternative text what it drew.
An empty frame gives a Plot that says so. A column that is needed and absent is named in one sentence.
"""

from corpus_lib.plots.base import Plot
from corpus_lib.plots.cleaning import cleaning_audit, vocabulary_growth
from corpus_lib.plots.collocates import collocate_network, collocates
from corpus_lib.plots.counts import comparison, frequencies, survival, variants
from corpus_lib.plots.dispersion import dispersion
from corpus_lib.plots.keyness import keyness_volcano, keywords, word_shift
from corpus_lib.plots.timeline import timeline
from corpus_lib.plots.topics import prevalence, topic_by_document, topic_choice, topic_map, topic_terms

__all__ = [
    "Plot", "cleaning_audit", "collocate_network", "collocates", "comparison", "dispersion", "frequencies",
    "keyness_volcano", "keywords", "prevalence", "survival", "timeline", "topic_by_document",
    "topic_choice", "topic_map", "topic_terms", "variants", "vocabulary_growth", "word_shift",
]  # fmt: skip
