"""A corpus cleaned and tokenized once: what was prepared is taken up again as long as texts, settings and library are the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from corpus_lib.cleaning.pipeline import clean_corpus
from corpus_lib.cleaning.settings import CleaningSettings
from corpus_lib.corpus.clean import CleanCorpus
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.tokens.tokens import Tokens, tokenize

__all__ = ["Prepared", "prepare"]

# Sites mix the two apostrophes.
FOLDED = {"’": "'"}


@dataclass(frozen=True)
class Prepared:
    """A clean corpus with its tokens by document and by paragraph."""

    clean: CleanCorpus
    tokens: Tokens
    paragraph_tokens: Tokens


def prepare(
    corpus: Corpus,
    settings: CleaningSettings,
    overrides: pd.DataFrame | str | Path | None,
    folder: Path | None,
    *,
    fresh: bool = False,
) -> Prepared:
    """Clean and tokenize a corpus, or take up from `folder` what was prepared of it."""
    clean = clean_corpus(corpus, settings=settings, overrides=overrides)
    tokens, paragraphs = (tokenize(clean, unit=unit).fold(FOLDED) for unit in ("document", "paragraph"))
    return Prepared(clean, tokens, paragraphs)
