"""Which tokenizer decision changes which count."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from corpus_lib.errors import InvalidValue
from corpus_lib.tokens.tokenizer import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus_lib.corpus.corpus import TextSource

__all__ = ["tokenization_report", "tokenizer_variants"]

# What other programs do by default, as expressions: runs of word characters (many scripts), and whatever stands between blanks.
ELSEWHERE = {"word_characters": r"\w+", "between_blanks": r"\S+"}


def tokenizer_variants(tokenizer: Tokenizer) -> dict[str, Tokenizer]:
    """The tokenizer with each of its decisions turned round, one at a time, and two that are common elsewhere."""
    variants: dict[str, Tokenizer] = {}
    if tokenizer.expression is None:
        for decision in fields(tokenizer):
            value = getattr(tokenizer, decision.name)
            if isinstance(value, bool):
                turned: dict[str, Any] = {decision.name: not value}
                variants[f"{'without' if value else 'with'}_{decision.name}"] = replace(tokenizer, **turned)
    for decision_name in ("segmenter", "lemmas"):
        if getattr(tokenizer, decision_name) is not None:
            off: dict[str, Any] = {decision_name: None}
            variants[f"without_{decision_name}"] = replace(tokenizer, **off)
    for name, expression in ELSEWHERE.items():
        variants[name] = Tokenizer(expression=expression, lowercase=tokenizer.lowercase)
    return variants


def tokenization_report(
    corpus: TextSource,
    *,
    n: int = 20,
    tokenizer: Tokenizer | None = None,
    variants: Mapping[str, Tokenizer] | None = None,
) -> pd.DataFrame:
    """Counts of the most frequent words under each tokenizer decision.

    Parameters
    ----------
    corpus
        A Corpus or CleanCorpus.
    n
        The most frequent words of each variant are listed.
    tokenizer
        The decisions to question; the default tokenizer if None.
    variants
        Label -> tokenizer, to compare others than `tokenizer_variants` gives.

    Returns
    -------
    DataFrame, index token, ordered by (-chosen, token): `chosen` (count under the tokenizer), one column a variant, and `moved_by`: the
    decisions that change the word's count, named in one string. `.attrs["totals"]` has `n_tokens` and `n_types` of each variant.

    Notes
    -----
    A count that a decision moves is not a fact about the text alone: report the tokenizer with it. `.attrs` describes all tokens, the rows only
    words that some variant has among its first `n`.

    Examples
    --------
    >>> from corpus_lib.tokens.tokens import Tokens
    >>> texts = Tokens.from_lists([["The", "U.S.", "and", "us"]]).source
    >>> tokenization_report(texts).loc["us", ["chosen", "without_abbreviations", "word_characters"]].tolist()
    [1, 1, 1]
    """
    if n < 1:
        raise InvalidValue(f"`n` must be at least 1; found {n!r}. Give 20.")
    chosen = Tokenizer() if tokenizer is None else tokenizer
    tried = {"chosen": chosen, **(tokenizer_variants(chosen) if variants is None else variants)}
    texts = [corpus.text(doc_id) for doc_id in corpus.documents.index]
    counts = {name: _counts(texts, variant) for name, variant in tried.items()}
    words = sorted({word for counter in counts.values() for word in _top(counter, n)})
    frame = pd.DataFrame(
        {name: [counter[word] for word in words] for name, counter in counts.items()},
        index=pd.Index(words, name="token", dtype="str"),
    )
    others = [name for name in tried if name != "chosen"]
    moved = frame[others].ne(frame["chosen"], axis=0)
    frame["moved_by"] = pd.array(
        [", ".join(name for name in others if row[name]) for row in moved.to_dict("records")], dtype="str"
    )
    frame = frame.sort_values("chosen", ascending=False, kind="stable")
    frame.attrs["totals"] = {name: {"n_tokens": sum(c.values()), "n_types": len(c)} for name, c in counts.items()}
    return frame


def _counts(texts: list[str], tokenizer: Tokenizer) -> Counter[str]:
    counter: Counter[str] = Counter()
    for text in texts:
        counter.update(tokenizer.tokenize(text)[0])
    return counter


def _top(counter: Counter[str], n: int) -> list[str]:
    return [word for word, _ in sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:n]]
