"""Other engines through the same evaluation."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from planted import planted

from corpus_lib import compare_engines, fit_topics
from corpus_lib.errors import InvalidType, InvalidValue
from corpus_lib.topics.engines import ENGINES, keyword_matrix
from corpus_lib.topics.ranking import relevance
from corpus_lib.topics.weighting import check_counts

needs_tomotopy = pytest.mark.skipif(
    importlib.util.find_spec("tomotopy") is None, reason="the package tomotopy is not installed"
)


@pytest.fixture(scope="module")
def tokens():
    return planted(np.random.default_rng(2), 3, 80)[0]


@pytest.fixture(scope="module")
def compared(tokens):
    return compare_engines(tokens, 3, resamples=2, seeds=2)


def test_one_table_holds_every_engine_and_every_measure(compared):
    assert list(compared.index) == ["nmf", "nmf_tfidf", "lda"]
    assert {"npmi", "c_v", "u_mass", "diversity", "stability", "seed_stability", "seconds"} <= set(compared.columns)
    assert compared.notna().all().all()


def test_the_engine_without_a_seed_agrees_with_itself_and_with_fit_topics(tokens, compared):
    assert compared.loc["nmf", "seed_stability"] == 1
    assert compared.loc["nmf", "stability"] == pytest.approx(fit_topics(tokens, 3, resamples=2).reproducibility.mean())


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=needs_tomotopy if name == "tomotopy" else ()) for name in sorted(ENGINES)]
)
def test_rows_of_every_engine_sum_to_one(name, tokens):
    counts = tokens.matrix(min_units=2).counts
    check_counts(counts)
    phi, theta = ENGINES[name](counts, 3, 0)
    assert np.allclose(phi.sum(axis=1), 1) and np.allclose(theta.sum(axis=1), 1)


@needs_tomotopy
def test_gibbs_sampling_finds_the_planted_topics_and_repeats_with_its_seed(tokens):
    matrix = tokens.matrix(min_units=2)
    phi, theta = ENGINES["tomotopy"](matrix.counts, 3, 0)
    found = {str(matrix.terms[row.argmax()])[:3] for row in relevance(phi, weight=0.0)}
    assert found == {"t00", "t01", "t02"}
    np.testing.assert_array_equal(ENGINES["tomotopy"](matrix.counts, 3, 0)[1], theta)


@needs_tomotopy
def test_gibbs_sampling_joins_the_table(tokens):
    row = compare_engines(tokens, 3, engines=["tomotopy"], resamples=1, seeds=2, ranking="relevance").loc["tomotopy"]
    assert row.notna().all() and 0 < row["seed_stability"] <= 1


@needs_tomotopy
def test_its_import_warns_no_reader():
    code = "import numpy, scipy.sparse as sp, corpus_lib.topics.engines as e; e.tomotopy_lda(sp.csr_array(numpy.eye(4, dtype=int)), 2, 0)"
    done = subprocess.run([sys.executable, "-W", "always", "-c", code], capture_output=True, text=True, check=True)
    assert "VocabDict" not in done.stderr and "tomotopy" not in done.stderr


@pytest.fixture(scope="module")
def word_vectors(tokens):
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(4, 16))
    words = list(tokens.vocabulary)
    own = [int(word[1:3]) if word.startswith("t") else 3 for word in words]
    return pd.DataFrame(centres[own] + 0.1 * rng.normal(size=(len(words), 16)), index=words)


def test_vectors_of_words_add_an_engine(tokens, word_vectors):
    table = compare_engines(tokens, 3, engines=["nmf"], resamples=1, word_vectors=word_vectors)
    assert list(table.index) == ["nmf", "keynmf"] and table.loc["keynmf", "seed_stability"] == 1


def test_keywords_are_the_words_nearest_to_their_unit():
    counts = sp.csr_array([[1, 2, 1, 0], [0, 1, 0, 3]])
    words = np.array([[1.0, 0.0], [1.0, 1.0], [-1.0, 0.0], [0.0, 2.0]])
    units = np.array([[2.0, 0.0], [0.0, 1.0]])
    expected = [[1, 0.5**0.5, 0, 0], [0, 0.5**0.5, 0, 1]]
    np.testing.assert_allclose(keyword_matrix(counts, words, units).toarray(), expected, atol=1e-9)
    np.testing.assert_allclose(keyword_matrix(counts, words, units, 1).toarray(), [[1, 0, 0, 0], [0, 0, 0, 1]])


def test_vectors_of_units_decide_what_their_keywords_are(tokens, word_vectors):
    # Units whose vectors lie with the background have its words as keywords, and no topic of the planted words.
    own = tokens.matrix().counts @ word_vectors.loc[list(tokens.vocabulary)].to_numpy()
    background = word_vectors[word_vectors.index.str.startswith("b")].mean().to_numpy()
    tables = [
        compare_engines(tokens, 3, engines=["nmf"], resamples=1, word_vectors=word_vectors, unit_vectors=vectors)
        for vectors in (own, np.tile(background, (tokens.n_units, 1)))
    ]
    assert tables[0].loc["keynmf", "npmi"] > tables[1].loc["keynmf", "npmi"]
    assert tables[0].loc["nmf", "npmi"] == tables[1].loc["nmf", "npmi"]


def test_vectors_that_do_not_fit_are_named_all_at_once(tokens, word_vectors):
    def compare(words, units=None):
        return compare_engines(tokens, 3, engines=["nmf"], resamples=0, word_vectors=words, unit_vectors=units)

    with pytest.raises(InvalidValue, match="none of its 1 rows is one"):
        compare(pd.DataFrame([[1.0]], index=["zebra"]))
    twice = pd.concat([word_vectors, word_vectors.iloc[:1]])
    with pytest.raises(InvalidValue, match=r"(?s)80 and 16; found 3 and 16.*each word once; found '\w+' again"):
        compare(twice, np.ones((3, 16)))
    with pytest.raises(
        InvalidValue, match="`word_vectors` must be a table of finite numbers; found 16 NaN or infinite"
    ):
        compare(pd.concat([word_vectors[:-1], word_vectors[-1:] * np.nan]))
    with pytest.raises(InvalidValue, match="`unit_vectors` must be a table of finite numbers; found 1 dimensions"):
        compare(word_vectors, np.ones(80))
    with pytest.raises(InvalidValue, match="`word_vectors` must hold numbers only"):
        compare(pd.DataFrame({"a": ["x"]}, index=["t00w00"]))
    with pytest.raises(InvalidType, match="`word_vectors` must be DataFrame; found NoneType"):
        compare(None, np.ones((80, 16)))


def test_unknown_engines_and_arguments_are_named(tokens):
    with pytest.raises(InvalidValue, match="found 'bert'"):
        compare_engines(tokens, 3, engines=["bert"])
    with pytest.raises(InvalidType, match="found colour"):
        compare_engines(tokens, 3, colour="red")


def test_an_engine_that_is_not_installed_is_named(tokens, monkeypatch):
    monkeypatch.setattr("corpus_lib.topics.engines.find_spec", lambda name: None)
    with pytest.raises(InvalidValue, match="which is not installed"):
        compare_engines(tokens, 3, engines=["tomotopy"])
