"""What a person should look at first: lines by the words that a wrong decision would cost; and lines, edits and flags with their text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corpus_lib.cleaning.labels import KEPT
from corpus_lib.corpus.spans import bracketed

if TYPE_CHECKING:
    from corpus_lib.corpus.clean import CleanCorpus

__all__ = ["contexts", "line_texts", "review_queue", "review_overview"]

VOTE = re.compile(r"[\w.]+: (\w+) \(")
COLUMNS = [
    "doc_id",
    "line",
    "label",
    "keep",
    "text",
    "reason",
    "votes",
    "probability",
    "n_words",
    "doubt",
    "words_at_risk",
]


def line_texts(clean: CleanCorpus) -> pd.Series:
    """What each row of `clean.lines` says in the source (`Corpus.text`), without the white space around it.

    Returns
    -------
    Series of str with the index of `clean.lines`.
    """
    rows = zip(clean.lines["doc_id"], clean.lines["byte_start"], clean.lines["byte_end"], strict=True)
    texts = [clean.corpus.text_at(doc_id, a, b).strip() for doc_id, a, b in rows]
    return pd.Series(texts, index=clean.lines.index, name="text", dtype="str")


def contexts(clean: CleanCorpus, table: pd.DataFrame) -> pd.Series:
    """The source around each row of `clean.edits` or `clean.flags`, with the place itself in brackets.

    Returns
    -------
    Series of str with the index of `table`.
    """
    corpus = clean.corpus
    maps = {doc_id: (corpus.text(doc_id), corpus.byte_offsets(doc_id)) for doc_id in table["doc_id"].unique()}
    found = []
    for doc_id, a, b in zip(table["doc_id"], table["byte_start"], table["byte_end"], strict=True):
        text, offsets = maps[doc_id]
        start, end = np.searchsorted(offsets, [a, b])
        found.append(bracketed(text, int(start), int(end)))
    return pd.Series(found, index=table.index, name="context", dtype="str")


def review_queue(clean: CleanCorpus) -> pd.DataFrame:
    """Lines in the order in which looking at them pays.

    `doubt` is how far the evidence is from agreeing with the decision: the larger of the share of voters who would have decided otherwise and, where
    the line model was asked, 1 - |2p - 1| of its probability *p* of keeping. `words_at_risk` is the line's words times its doubt.

    Returns
    -------
    DataFrame
        Lines with any doubt; most words at risk first, then in the order of the corpus. To decide one, add a row to the overrides (see
        `corpus_lib.cleaning.make_override`, or `corpus-lib override --help`).

    Notes
    -----
    Voters look at the same line, so their agreement is no proof: read some lines that are not in the queue, too.
    """
    lines = clean.lines
    disagree = [_disagreement(votes, keep) for votes, keep in zip(lines["votes"], lines["keep"], strict=True)]
    probability = lines["probability"].to_numpy(dtype=float, na_value=np.nan)
    unsure = np.nan_to_num(1 - np.abs(2 * probability - 1))
    doubt = np.maximum(disagree, unsure).round(3)
    queue = lines.assign(text=line_texts(clean), doubt=doubt, words_at_risk=(lines["n_words"] * doubt).round(1))[
        COLUMNS
    ]
    return queue[queue["doubt"] > 0].sort_values("words_at_risk", ascending=False, kind="stable", ignore_index=True)


def _disagreement(votes: str, keep: bool) -> float:
    labels = VOTE.findall(votes)
    return sum((label in KEPT) != keep for label in labels) / len(labels) if labels else 0.0


def review_overview(clean: Any) -> pd.DataFrame:
    """What a reviewer has to expect of each document, those with most words at risk first.

    Parameters
    ----------
    clean
        The `CleanCorpus`.

    Returns
    -------
    DataFrame
        Index doc_id; `n_lines` that are not blank, `n_dropped`, `n_edits`, `n_flags`, `words_at_risk` (the sum over the document's lines in
        `review_queue`), `needs_review`.

    Examples
    --------
    >>> import corpus_lib as cl
    >>> overview = review_overview(cl.clean_corpus(cl.load_corpus("seeds")))
    >>> overview.loc["004_42bbff25dfb8f531", ["n_lines", "n_dropped"]].tolist()
    [59, 3]
    """
    documents = clean.documents
    lines, queue = clean.lines, review_queue(clean)
    counts = pd.DataFrame({
        "n_lines": lines["doc_id"].value_counts(), "n_dropped": lines.loc[~lines["keep"], "doc_id"].value_counts(),
        "n_edits": clean.edits["doc_id"].value_counts(), "n_flags": clean.flags["doc_id"].value_counts(),
    })  # fmt: skip
    overview = counts.reindex(documents.index).fillna(0).astype("int64")
    overview["words_at_risk"] = (
        queue.groupby("doc_id")["words_at_risk"].sum().reindex(documents.index).fillna(0.0).round(1)
    )
    overview["needs_review"] = documents["needs_review"]
    return overview.sort_values("words_at_risk", ascending=False, kind="stable")
