"""Results as readers meet them: computed sentences, rounded tables, the provenance block.

Sentences are plain functions of frames and values that return Markdown; corpus text in them is escaped. Several are put
together, and displayed, with `markdown`.
"""

from corpus_lib.display.tables import Prose, Table, bullets, markdown, provenance, show, sure_words
from corpus_lib.display.text import (
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
from corpus_lib.report.about_corpus import (
    attainable_p,
    cleaning_audit,
    corpus_overview,
    how_to_decide,
    limits,
    metadata_unknown,
    not_counted,
    removed,
    removed_in_short,
    review_pages,
    smallest_p,
    stop_list,
)
from corpus_lib.report.about_findings import evidence, findings, findings_in_brief
from corpus_lib.report.about_topics import prevalence, topic_reproducibility, topic_support, topics, unplaced
from corpus_lib.report.about_words import (
    agreement,
    collocates,
    company,
    concordance,
    difference,
    keywords,
    most_frequent,
    one_document,
    returning,
    survival,
    usage,
    voices,
)
from corpus_lib.report.review_page import review_html
