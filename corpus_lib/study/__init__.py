"""What is asked, what is kept, what was coded."""

from __future__ import annotations

from corpus_lib.study.study import Group, Results, Study, corpus_sha256, load_study

__all__ = ["Group", "Results", "Study", "corpus_sha256", "load_study"]
