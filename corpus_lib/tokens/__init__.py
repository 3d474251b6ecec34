"""What counts as a word, where each stands, how often, which of them a query means."""

from corpus_lib.tokens.frequencies import DocumentTermMatrix, Frequencies
from corpus_lib.tokens.tokenizer import Tokenizer
from corpus_lib.tokens.tokens import Tokens, tokenize
