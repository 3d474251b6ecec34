"""Other engines through the same evaluation."""

from __future__ import annotations

import importlib.util

import numpy as np
import pandas as pd
import pytest
from planted import planted

from corpus_lib.engines import ENGINES, compare_engines
from corpus_lib.errors import InvalidType, InvalidValue
from corpus_lib.topic_weighting import check_counts
from corpus_lib.topics import fit_topics


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


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_rows_of_every_engine_sum_to_one(name, tokens):
    if name == "tomotopy" and importlib.util.find_spec("tomotopy") is None:
        pytest.skip("tomotopy is not installed")
    counts = tokens.matrix(min_units=2).counts
    check_counts(counts)
    phi, theta = ENGINES[name](counts, 3, 0)
    assert np.allclose(phi.sum(axis=1), 1) and np.allclose(theta.sum(axis=1), 1)


def test_vectors_of_words_add_an_engine(tokens):
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(4, 16))
    words = list(tokens.vocabulary)
    own = [int(word[1:3]) if word.startswith("t") else 3 for word in words]
    vectors = pd.DataFrame(centres[own] + 0.1 * rng.normal(size=(len(words), 16)), index=words)
    table = compare_engines(tokens, 3, engines=["nmf"], resamples=1, word_vectors=vectors)
    assert list(table.index) == ["nmf", "keynmf"] and table.loc["keynmf", "seed_stability"] == 1
    with pytest.raises(InvalidValue, match="none of its 1 rows is one"):
        compare_engines(tokens, 3, engines=["nmf"], word_vectors=pd.DataFrame([[1.0]], index=["zebra"]))


def test_unknown_engines_and_arguments_are_named(tokens):
    with pytest.raises(InvalidValue, match="found 'bert'"):
        compare_engines(tokens, 3, engines=["bert"])
    with pytest.raises(InvalidType, match="found colour"):
        compare_engines(tokens, 3, colour="red")
    if importlib.util.find_spec("tomotopy") is None:
        with pytest.raises(InvalidValue, match="which is not installed"):
            compare_engines(tokens, 3, engines=["tomotopy"])
