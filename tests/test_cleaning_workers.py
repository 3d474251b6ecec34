"""Cleaning with workers: the same as without."""

import os
from multiprocessing import current_process

import pandas as pd
import pytest

import corpus_lib as cl
from corpus_lib.cleaning import pipeline as workers
from corpus_lib.cleaning.assemble import SCHEMAS
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.errors import InvalidValue

CORPUS = cl.load_corpus("seeds")
ALONE = cl.clean_corpus(CORPUS)


@pytest.fixture
def eager(monkeypatch):
    """Workers pay for any corpus."""
    monkeypatch.setattr(workers, "WORTH", 1)


def assert_same(clean):
    for name in SCHEMAS:
        pd.testing.assert_frame_equal(getattr(clean, name), getattr(ALONE, name))
    assert clean.settings == ALONE.settings


def test_workers_make_what_one_process_makes(eager):
    parts = workers.divided(CORPUS, 2)
    assert len(parts) > 1
    assert [i for part in parts for i in part.documents.index] == list(CORPUS.documents.index)
    assert_same(cl.clean_corpus(CORPUS, n_jobs=2))


class Deadly(Corpus):
    """A corpus whose second document ends every worker that reads it."""

    def text(self, doc_id):
        if doc_id == CORPUS.documents.index[1] and current_process().name != "MainProcess":
            os._exit(1)
        return super().text(doc_id)


def test_what_lost_workers_leave_is_done_all_the_same(eager, monkeypatch):
    monkeypatch.setattr(workers, "Corpus", Deadly)
    sources = {doc_id: CORPUS.source_bytes(doc_id) for doc_id in CORPUS.documents.index}
    assert_same(cl.clean_corpus(Deadly(CORPUS.documents, CORPUS.problems, sources), n_jobs=2))


def test_an_error_of_a_worker_is_the_error_of_the_whole(eager):
    def refuse(part):
        raise InvalidValue(f"`part` must be another; found {len(part.documents)}")

    with pytest.raises(InvalidValue, match="must be another"):
        workers.in_parts(refuse, workers.divided(CORPUS, 2), 2)


def test_a_small_corpus_has_no_workers():
    assert workers.divided(CORPUS, 2) == [CORPUS]
    empty = Corpus(CORPUS.documents.iloc[:0], CORPUS.problems, {})
    assert len(cl.clean_corpus(empty, n_jobs=2).documents) == 0


@pytest.mark.parametrize("n_jobs", [0, 1.5, "2"])
def test_what_is_no_number_of_workers_is_refused(n_jobs):
    with pytest.raises(InvalidValue, match=r"`n_jobs` must be a whole number of workers"):
        cl.clean_corpus(CORPUS, n_jobs=n_jobs)
