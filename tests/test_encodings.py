"""Texts in older encodings: the letters of a language speak for one and against another, and a guess among several is said."""

import pytest

from corpus_lib import clean_corpus, load_corpus

TEXTS = {
    "fr": "Les ministres de la Défense ont décidé mardi de prolonger les patrouilles à la fin de l'été. Le porte-parole a précisé que l'accord protège les pêcheurs et leurs bateaux, où qu'ils aillent.",
    "pl": "Ministrowie obrony uzgodnili we wtorek, że wspólne patrole w cieśninie będą trwać do końca roku. Rzecznik rządu powiedział, że łodzie mają chronić rybaków i świat.",
    "cs": "Ministři obrany se v úterý dohodli, že společné hlídky v průlivu budou pokračovat až do konce roku. Mluvčí vlády řekl, že lodě mají chránit rybáře.",
    "de": "Die Verteidigungsminister beschlossen am Dienstag, die Streifen in der Meerenge über das Jahr hinaus fortzuführen, weil größere Schäden drohen. Bürger äußerten Zweifel.",
    "es": "Los ministros acordaron el martes mantener las patrullas hasta fin de año; según el portavoz, el señor Núñez, la decisión protegerá también a los pescadores.",
    "hu": "A védelmi miniszterek kedden megállapodtak, hogy a közös őrjáratok az év végéig folytatódnak. A szóvivő szerint a hajók a halászokat védik, és űrt töltenek be.",
}
READ_BY = {
    "fr": ["cp1252", "mac_roman", "cp437"], "de": ["cp1252", "cp437", "mac_roman"], "es": ["cp1252", "mac_roman"],
    "pl": ["cp1250", "iso8859_2", "cp852"], "cs": ["cp1250", "iso8859_2", "cp852"], "hu": ["cp1250", "cp852"],
}  # fmt: skip


@pytest.mark.parametrize(("language", "encoding"), [(k, e) for k, several in READ_BY.items() for e in several])
def test_a_text_in_an_older_encoding_is_read(tmp_path, language, encoding):
    (tmp_path / "a.txt").write_bytes(TEXTS[language].encode(encoding))
    corpus = load_corpus(tmp_path)
    assert corpus.text("a") == TEXTS[language]


def test_a_guess_that_is_one_of_several_says_the_others_and_needs_review(tmp_path):
    # The byte is Ł in one encoding and £ in another; both are in use.
    text = "The fee was \xa3 5 and the board agreed on Tuesday to keep the old ferry for another year, after two evenings of talks."
    (tmp_path / "a.txt").write_bytes(text.encode("cp1252"))
    (tmp_path / "b.txt").write_bytes(TEXTS["fr"].encode("cp1252"))
    clean = clean_corpus(load_corpus(tmp_path))
    basis = clean.documents.loc["a", "encoding_basis"]
    assert "also possible" in basis
    assert clean.documents.loc["a", "needs_review"]
    assert basis in clean.documents.loc["a", "review_reasons"]
    assert clean.documents.loc["a", "encoding"] in clean.documents.loc["a", "review_reasons"]
    assert "encoding" not in clean.documents.loc["b", "review_reasons"]
