"""`Corpus` and `CleanCorpus`, and the way back to the byte."""

from corpus_lib.corpus.clean import CleanCorpus
from corpus_lib.corpus.corpus import Citation, Corpus, TextSource

__all__ = ["Corpus", "Citation", "CleanCorpus", "TextSource"]
