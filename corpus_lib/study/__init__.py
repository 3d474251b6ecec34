"""What is asked, what is kept, what was coded."""

from __future__ import annotations

from corpus_lib.study.asked import Group, StudyFile, corpus_sha256
from corpus_lib.study.results import Results
from corpus_lib.study.study import Study, open_study
from corpus_lib.study.study_file import load_study

__all__ = ["Group", "Results", "Study", "StudyFile", "corpus_sha256", "load_study", "open_study"]
