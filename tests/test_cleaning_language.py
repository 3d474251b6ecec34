"""Languages of many texts at once: the answers of py3langid to each text by itself."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from corpus_lib.languages.identify import BATCH, identify

CODES = ("en", "fr", "de", "vi", "es", "pl", "tr")
# Whole words, since letters at random hardly tell languages apart.
WORDS = st.sampled_from(
    ["the", "council", "of", "le", "conseil", "s'est", "der", "Rat", "über", "hội", "nghị", "của", "el", "consejo", "większość", "ve", "için", "和平", "2024", "😀"]
)  # fmt: skip
TEXT = st.one_of(st.lists(WORDS, max_size=40).map(" ".join), st.text(max_size=60))


@cache
def library() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE)
    identifier.set_languages(list(CODES))
    return identifier


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, max_size=12))
def test_each_text_of_many_is_judged_as_the_library_judges_it_alone(texts):
    assert identify(texts, CODES) == [library().classify(text)[0] for text in texts]


def test_texts_beyond_one_batch_are_judged_alike():
    texts = ["Der Rat hat am Dienstag entschieden. " * 600, "", "The council met on Tuesday. " * 3000, "a"] * 2
    assert sum(map(len, texts)) > 2 * BATCH
    assert identify(texts, CODES) == [library().classify(text)[0] for text in texts]
