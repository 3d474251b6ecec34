"""Sentences that a text says twice: near repeats inside one document, each with its place in the source."""

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise

import pandas as pd

from corpus_lib.corpus.corpus import CleanCorpus, Corpus
from corpus_lib.tokens.sentences import sentence_starts
from corpus_lib.tokens.tokenizer import Tokenizer

SPANS = ["start", "end", "second_start", "second_end"]
COLUMNS = ["doc_id", "first", "second", "similarity", *SPANS, "first_line", "second_line"]


def repeated_sentences(
    corpus: CleanCorpus | Corpus, *, min_tokens: int = 8, min_similarity: float = 0.22
) -> pd.DataFrame:
    r"""Pairs of sentences of one document that say nearly the same.

    .. math:: \frac{\sum_{w \in A \cap B} \mathrm{idf}(w)}{\sum_{w \in A \cup B} \mathrm{idf}(w)}, \quad \mathrm{idf}(w) = \ln \frac{1 + S}{1 + s_w}

    over the words of two sentences, where :math:`s_w` of the document's :math:`S` sentences hold *w*: words that the document uses throughout count
    little. 1 is a repeat word for word.

    Parameters
    ----------
    corpus
        The texts.
    min_tokens
        Shorter sentences are left out, since headings and phrases repeat without meaning anything.
    min_similarity
        Smallest similarity. At the default, sentences told again in other words are found together with some that only share a subject.

    Returns
    -------
    DataFrame
        `doc_id`, `first`, `second` (the sentences), `similarity`, the characters of both in `text(doc_id)` and their source lines; the most alike first.

    Notes
    -----
    Every token of a sentence that is said twice counts twice in every frequency, so a keyword may rest on a repeat. Words are compared by their
    first six characters, so that "deterrence" and "deterrent" meet; read the pairs before calling them repeats.
    """
    rows = [row for doc_id in corpus.documents.index for row in _pairs(corpus, doc_id, min_tokens, min_similarity)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = ["similarity", "doc_id", "start", "second_start"]
    return frame.sort_values(order, ascending=[False, True, True, True], ignore_index=True)


def _pairs(
    corpus: CleanCorpus | Corpus, doc_id: str, min_tokens: int, min_similarity: float
) -> Iterator[tuple[object, ...]]:
    text, tokenizer = corpus.text(doc_id), Tokenizer()
    language = corpus.documents["language"].get(doc_id) if "language" in corpus.documents else ""
    tokenized = [((a, b), tokenizer.tokenize(text[a:b], language)[0]) for a, b in _sentences(text)]
    spans = [span for span, words in tokenized if len(words) >= min_tokens]
    stems = [{w[:6] for w in words} for _, words in tokenized if len(words) >= min_tokens]
    holders = _holders(stems)
    idf = {stem: math.log((1 + len(spans)) / (1 + len(numbers))) for stem, numbers in holders.items()}
    weight = [math.fsum(idf[stem] for stem in own) for own in stems]
    for (i, j), shared in sorted(_shared(holders, idf).items()):
        union = weight[i] + weight[j] - shared
        if union > 0 and shared / union >= min_similarity:
            (a, b), (c, d) = spans[i], spans[j]
            lines = corpus.cite(doc_id, a, b).first_line, corpus.cite(doc_id, c, d).first_line
            yield (doc_id, text[a:b], text[c:d], shared / union, a, b, c, d, *lines)


def _holders(stems: list[set[str]]) -> dict[str, list[int]]:
    """Stem -> numbers of the sentences that hold it."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(stems):
        for stem in sorted(own):
            holders[stem].append(number)
    return holders


def _shared(holders: dict[str, list[int]], idf: dict[str, float]) -> dict[tuple[int, int], float]:
    """Weight that two sentences share; stems of over 100 sentences are passed over, since they weigh little and pair with everything."""
    shared: dict[tuple[int, int], float] = defaultdict(float)
    for stem, numbers in holders.items():
        if len(numbers) <= 100:
            for pair in combinations(numbers, 2):
                shared[pair] += idf[stem]
    return shared


def _sentences(text: str) -> list[tuple[int, int]]:
    bounds = [0, *sentence_starts(text), len(text)]
    return [s for s in (_stripped(text, a, b) for a, b in pairwise(bounds)) if s[0] < s[1]]


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
