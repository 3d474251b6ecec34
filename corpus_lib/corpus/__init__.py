"""`Corpus` and `CleanCorpus`, and the way back to the byte."""

from corpus_lib.corpus.corpus import Citation, CleanCorpus, Corpus, TextSource
