"""What a reader sees of a number, a word, a table, an object; knows no corpus."""

from corpus_lib.display.columns import column
from corpus_lib.display.tables import Prose, Table, bullets, card, markdown, provenance, settings_card, show
