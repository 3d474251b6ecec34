"""corpus_lib: from a folder of scraped articles to keywords and topics that lead back to the byte.

The names below are the public ones, in the order in which a study uses them. They are imported when first used, so that
``import corpus_lib`` costs next to nothing.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

__version__ = "0.2.0"

# Name -> module, in pipeline order.
_EXPORTS = {
    "load_corpus": "loading", "Corpus": "corpus", "Citation": "corpus",
    "clean_corpus": "cleaning", "CleaningSettings": "cleaning", "CleanCorpus": "corpus", "load_overrides": "cleaning",
    "Tokenizer": "tokens", "tokenize": "tokens", "Tokens": "tokens", "index_corpus": "index",
    "DocumentTermMatrix": "matrix", "Frequencies": "frequencies",
    "read_frequency_list": "frequency_lists", "reference": "references", "general_english_rates": "references", "StopList": "stopwords",
    "association": "association", "keyness": "keyness", "lockwords": "lockwords", "dispersion": "dispersion", "dispersion_of": "dispersion",
    "contrasts": "contrasts", "contrast_of": "contrasts", "findings": "contrasts", "rates": "contrasts", "survival": "contrasts",
    "established": "established", "own_words": "established",
    "kwic": "concordance", "collocates": "concordance", "ngrams": "concordance", "ngram_tokens": "concordance",
    "find_phrases": "phrases", "join_phrases": "phrases", "positions": "concordance", "places": "places",
    "variants": "variants", "variants_of": "variants", "variants_places": "variants", "aliases_table": "variants", "concordances": "variants",
    "repeated_sentences": "repetition", "tokenization_report": "tokenization",
    "words_over_time": "over_time", "topics_over_time": "over_time",
    "fit_topics": "topics", "TopicModel": "topics", "Recipe": "topic_weighting", "choose_n_topics": "topic_choice",
    "choose_and_fit": "topic_choice",
    "align_topics": "topic_reading", "compare_engines": "engines",
    "coherence": "coherence", "count_windows": "coherence", "diversity": "coherence", "exclusivity": "coherence",
    "Plot": "plots", "CorpusLibError": "errors",
}  # fmt: skip
_MODULES = ("cleaning", "lexical", "plots", "references", "report", "stopwords", "study", "tokenization")
__all__ = [*_EXPORTS, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        value = getattr(importlib.import_module(f"{__name__}.{_EXPORTS[name]}"), name)
    elif name in _MODULES:
        value = importlib.import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


class _Package(ModuleType):
    """The package itself; some of its functions have the names of their modules (keyness, dispersion, association, coherence).

    Importing such a module would put it in the function's place: the import system sets every submodule on its package.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _EXPORTS and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
