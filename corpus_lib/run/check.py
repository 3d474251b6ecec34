"""What a run would read, before any work: texts, languages, dates, columns to group by, duplicates, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from corpus_lib.cleaning.language import line_languages, main_language
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.display.text import counted
from corpus_lib.loading.dates import ISO, text_of
from corpus_lib.loading.metadata import Asked, date_columns
from corpus_lib.measures.over_time import date_column
from corpus_lib.run.plan import FILE_COLUMNS
from corpus_lib.tokens.tokens import tokenize

__all__ = ["check_corpus"]

# Groups that a comparison can show: fewer divide nothing, more are names and not groups.
GROUPS = range(2, 21)
# Lines of a text that tell its language.
LINES = 20


def check_corpus(corpus: Corpus) -> list[str]:
    r"""What a run would read, a sentence each.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from corpus_lib import load_corpus
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("a", "b"):
    ...     _ = (folder / f"{name}.txt").write_text("The council met on Tuesday in the old town hall.")
    >>> print(*check_corpus(load_corpus(folder))[:4], sep="\n")
    Texts: 2, with 20 words.
    Kinds of files: 2 .txt.
    Encodings: 2 utf-8 (valid UTF-8).
    Languages, as the beginnings of the texts look: 2 en.
    """
    documents = corpus.documents
    encodings = zip(documents["encoding"], documents["encoding_basis"], strict=True)
    return [
        f"Texts: {len(documents):,}, with {counted(tokenize(corpus).n_tokens, 'word')}.",
        f"Kinds of files: {_counts(PurePosixPath(path).suffix.lower() for path in documents['path'])}.",
        f"Encodings: {_counts(f'{encoding} ({basis})' for encoding, basis in encodings)}.",
        f"Languages, as the beginnings of the texts look: {_counts(map(_language, map(corpus.text, documents.index)))}.",
        _dates(documents),
        _groups(documents),
        _duplicates(documents["sha256"]),
        *_problems(corpus.problems),
    ]


def _counts(values: Iterable[str]) -> str:
    return ", ".join(f"{n:,} {value or 'unknown'}" for value, n in Counter(values).most_common())


def _language(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()][:LINES]
    return main_language(lines, *line_languages(lines))


def _dates(documents: pd.DataFrame) -> str:
    column = date_column(documents, None)
    if not column:
        return "Dates: no column has any that can be read; dates that the texts state themselves are found when they are cleaned."
    found = sorted(text for text in map(text_of, documents[column]) if ISO.fullmatch(text))
    without = len(documents) - len(found)
    return (
        f"Dates: {counted(len(found), 'text')} from {found[0]} to {found[-1]} (column {column!r}); {without:,} without."
    )


def _groups(documents: pd.DataFrame) -> str:
    days = {
        c for c in date_columns(documents, Asked()) if not documents[c].map(text_of).str.fullmatch(r"(\d{4})?").all()
    }
    columns = [c for c in documents if c not in {*FILE_COLUMNS, *days} and not c.endswith("_given")]
    n_values = {c: documents[c].map(_plain).nunique() for c in columns}
    found = [f"{c!r} ({n} values)" for c, n in n_values.items() if n in GROUPS and n < len(documents)]
    return f"Columns to group by (--group-by): {', '.join(found) or 'none has 2 to 20 values'}."


def _plain(value: Any) -> str | None:
    return text_of(value) or None


def _duplicates(hashes: pd.Series) -> str:
    again = hashes.index[hashes.duplicated()].tolist()
    some = ", ".join(again[:5]) + (", …" if len(again) > 5 else "")
    return f"Exact duplicates: {len(again):,} of an earlier text ({some})." if again else "Exact duplicates: none."


def _problems(problems: pd.DataFrame) -> list[str]:
    rows = [f"- {path}: {what}. {advice}" for path, what, advice in problems.itertuples(index=False)]
    return [f"Problems: {len(rows):,}.", *rows] if rows else ["Problems: none."]
