"""Numbers on words: keyness, association, dispersion, contrasts, lexical measures, time."""

from corpus_lib.measures.association import association
from corpus_lib.measures.contrasts import contrasts, findings, rates, survival
from corpus_lib.measures.dispersion import dispersion, dispersion_of
from corpus_lib.measures.established import established, own_words
from corpus_lib.measures.keyness import against, keyness
from corpus_lib.measures.over_time import words_over_time
from corpus_lib.measures.tokenizer_effects import tokenization_report
