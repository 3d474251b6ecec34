"""Multiword tokens: phrases named by the analyst, or found by how firmly their words hold together."""

from collections.abc import Sequence

from corpus_lib.context.ngrams import ngrams
from corpus_lib.errors import check_list, check_whole
from corpus_lib.tokens.query import find
from corpus_lib.tokens.tokens import Tokens, longest_first
from corpus_lib.wordlists.stopwords import STOPWORDS, StopList


def find_phrases(
    tokens: Tokens,
    *,
    max_words: int = 3,
    min_frequency: int = 5,
    min_npmi: float = 0.5,
    min_documents: int = 2,
    stopwords: StopList | Sequence[str] = STOPWORDS,
) -> list[str]:
    """Phrases whose words occur together far more than chance would have it, for `join_phrases`.

    Parameters
    ----------
    tokens
        The corpus.
    max_words
        Longest phrase.
    min_frequency, min_documents
        Occurrences, and documents, that a phrase needs: one author's formula is not a word of the language.
    min_npmi
        Normalised mutual information of the last word with those before it: 0 is chance, 1 never apart.
    stopwords
        A phrase neither begins nor ends with one of these.

    Returns
    -------
    Phrases, most frequent first.

    Examples
    --------
    >>> from corpus_lib.tokens.tokens import Tokens
    >>> tokens = Tokens.from_lists([["cold", "war", "of", "words"], ["a", "cold", "war"]])
    >>> find_phrases(tokens, min_frequency=2)
    ['cold war']
    """
    check_whole("max_words", max_words, 2, "Give 2 for pairs.")
    stop = frozenset(stopwords)
    found: list[tuple[int, str]] = []
    for n in range(2, max_words + 1):
        table = ngrams(tokens, n, min_frequency=min_frequency, measures=["npmi"], within="sentence")
        kept = table[(table["npmi"] >= min_npmi) & (table["document_range"] >= min_documents)]
        found += [(-f, g) for g, f in kept["frequency"].items() if not {g.split(" ")[0], g.split(" ")[-1]} & stop]
    return [phrase for _, phrase in sorted(found)]


def join_phrases(tokens: Tokens, phrases: Sequence[str], *, joiner: str = "_") -> Tokens:
    """The corpus with each occurrence of a phrase as one token, which survives into frequencies, keyness and topics.

    Parameters
    ----------
    tokens
        The corpus.
    phrases
        Phrases as for `kwic`, compared with the folded tokens; where several fit, the longest from the left wins.
    joiner
        What stands between the words of the new token.

    Returns
    -------
    Tokens with the same units; the new tokens span the characters of their words. For several names of one thing, use `Tokens.group`.

    Examples
    --------
    >>> from corpus_lib.tokens.tokens import Tokens
    >>> join_phrases(Tokens.from_lists([["the", "cold", "war"]]), ["cold war"]).words()
    ['the', 'cold_war']
    """
    check_list("phrases", phrases, "phrases")
    words = tokens.vocabulary.to_numpy(dtype=object)
    spans = [
        (int(a), int(b - a), joiner.join(words[tokens.ids[a:b]]))
        for phrase in phrases
        for a, b in zip(*find(tokens, phrase), strict=True)
    ]
    return tokens._replace_spans(longest_first(spans))
