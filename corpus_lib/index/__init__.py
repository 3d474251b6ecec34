"""The same for a corpus of any size: parts, workers, merging, what is kept between runs."""

from corpus_lib.index.build import index_corpus
