"""What is asked, what is kept, what was coded; and the analyses of a study with their answers."""

from corpus_lib.study.answer import Answer, Group, StudyFile, corpus_sha256
from corpus_lib.study.cleaning import Cleaning
from corpus_lib.study.findings import Findings
from corpus_lib.study.in_context import InContext
from corpus_lib.study.keywords import Keywords
from corpus_lib.study.overview import Overview
from corpus_lib.study.store import Results
from corpus_lib.study.study import Study, open_study
from corpus_lib.study.study_file import load_study
from corpus_lib.study.topics import Topics
from corpus_lib.study.words import Words
