"""Where words stand in the source: from any keyword or topic word to file, line and bytes."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from corpus_lib.corpus.spans import bracketed
from corpus_lib.errors import NotFound
from corpus_lib.tokens.query import unit_at
from corpus_lib.tokens.tokens import Tokens

COLUMNS = ["token", "doc_id", "path", "row", "line", "byte_start", "byte_end", "quote", "context", "sha256"]


def places(tokens: Tokens, words: Iterable[str], *, limit: int = 1) -> pd.DataFrame:
    """Places of words in the source files.

    Parameters
    ----------
    tokens
        The corpus.
    words
        Types of its vocabulary, as they stand in a keyness table or among the top words of a topic.
    limit
        Places of each word in each document, from its beginning.

    Returns
    -------
    DataFrame
        `token`, `doc_id`, `path`, `row` (of a table), `line`, `byte_start`, `byte_end` (in the file, or in the cell of a table), `quote` (what the
        source says there), `context` (the text around it, the word in brackets) and `sha256` of the document; in the order of `words`, then of the corpus. The bytes of the file hold the quote, and the
        file's hash tells whether it is still the file that was read.

    Raises
    ------
    NotFound
        If a word is not in the vocabulary.

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> places(Tokens.from_lists([["peace", "war"], ["war"]]), ["war"])[["doc_id", "byte_start", "quote"]].to_numpy().tolist()
    [['0', 6, 'war'], ['1', 0, 'war']]
    """
    words = list(words)
    ids = tokens.vocabulary.get_indexer(words)
    unknown = [w for w, i in zip(words, ids, strict=True) if i < 0]
    if unknown:
        listed = ", ".join(map(repr, unknown[:5]))
        raise NotFound(
            f"`words` must be in the vocabulary; {len(unknown)} are not: {listed}. Words are folded: try them in lower case."
        )
    doc_ids = tokens.units["doc_id"].to_numpy(dtype=object)
    rows = []
    for word, token in zip(words, ids, strict=True):
        hits = np.flatnonzero(tokens.ids == token)
        order = pd.Series(hits).groupby(doc_ids[unit_at(tokens, hits)]).cumcount().to_numpy()
        rows += [{"token": word, **place_of(tokens, int(i), int(i) + 1)} for i in hits[order < limit]]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"row": "Int64"})


def place_of(tokens: Tokens, first: int, last: int) -> dict[str, object]:
    """Where tokens from `first` up to `last`, which is left out, stand: the columns of `places` after the word."""
    doc_id = str(tokens.units["doc_id"].iloc[int(unit_at(tokens, first))])
    start, end = int(tokens.starts[first]), int(tokens.ends[last - 1])
    cited = tokens.source.cite(doc_id, start, end)
    found = {name: getattr(cited, name) for name in ("path", "row", "byte_start", "byte_end", "quote", "sha256")}
    context = bracketed(tokens.source.text(doc_id), start, end)
    return {"doc_id": doc_id, "line": cited.first_line, "context": context, **found}
