"""What a reader sees of a number, a word, a table, an object; knows no corpus."""

from corpus_lib.display.cards import card, settings_card
from corpus_lib.display.columns import column
from corpus_lib.display.prose import Prose, bullets, markdown, provenance
from corpus_lib.display.tables import Table, show
