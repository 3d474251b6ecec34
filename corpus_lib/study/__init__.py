"""What is asked, what is kept, what was coded."""

from __future__ import annotations

from corpus_lib.study.results import Results
from corpus_lib.study.study import Group, Study, corpus_sha256
from corpus_lib.study.study_file import load_study

__all__ = ["Group", "Results", "Study", "corpus_sha256", "load_study"]
