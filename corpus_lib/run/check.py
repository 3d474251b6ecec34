"""What a run would read, before any work: texts, languages, dates, columns to group by, duplicates, and what was left out."""

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

import pandas as pd

from corpus_lib.cleaning.duplicates import find_duplicates
from corpus_lib.cleaning.language import line_languages, main_language
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.display.text import counted
from corpus_lib.loading.dates import ISO, text_of
from corpus_lib.measures.over_time import date_column
from corpus_lib.run.plan import FILE_COLUMNS, problems_of
from corpus_lib.tokens.tokens import tokenize

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
    documents, texts = corpus.documents, {doc_id: corpus.text(doc_id) for doc_id in corpus.documents.index}
    pairs = [f"{a} and {b}" for a, b, *_ in find_duplicates(texts)]
    problems = [f"- {problem}" for problem in problems_of(corpus)]
    return [
        f"Texts: {len(documents):,}, with {counted(tokenize(corpus).n_tokens, 'word')}.",
        f"Kinds of files: {_counts(PurePosixPath(path).suffix.lower() for path in documents['path'])}.",
        f"Encodings: {_counts(documents['encoding'] + ' (' + documents['encoding_basis'] + ')')}.",
        f"Languages, as the beginnings of the texts look: {_counts(map(_language, texts.values()))}.",
        _dates(documents),
        _groups(documents),
        f"Copies and near-duplicates: {counted(len(pairs), 'pair')}{' of texts, as ' * bool(pairs)}{'; '.join(pairs[:5])}.",
        f"Problems: {len(problems) or 'none'}.",
        *problems,
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
    found = sorted(filter(ISO.fullmatch, map(text_of, documents[column])))
    known = f"{counted(len(found), 'text')} from {found[0]} to {found[-1]} (column {column!r})"
    return f"Dates: {known}; {len(documents) - len(found):,} without."


def _groups(documents: pd.DataFrame) -> str:
    columns = [c for c in documents if c not in FILE_COLUMNS and not c.endswith("_given")]
    n_values = {c: len(set(filter(None, map(text_of, documents[c])))) for c in columns}
    found = [f"{c!r} ({n} values)" for c, n in n_values.items() if n in GROUPS and n < len(documents)]
    return f"Columns to group by (--group-by): {', '.join(found) or 'none has 2 to 20 values'}."
