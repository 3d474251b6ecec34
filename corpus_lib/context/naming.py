"""Names: which of several a text uses for the same or a rival thing, what aliases join, and concordances of named nodes."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from corpus_lib.context.concordance import KWIC_COLUMNS, kwic
from corpus_lib.context.places import place_of
from corpus_lib.errors import InvalidValue
from corpus_lib.measures.sides import group_codes
from corpus_lib.tokens.query import unit_at
from corpus_lib.tokens.tokens import Tokens, longest_first


def variants(tokens: Tokens, names: Mapping[str, Sequence[str]], *, by: str = "doc_id") -> pd.DataFrame:
    """Count competing names by group, each place in the text once.

    Parameters
    ----------
    tokens
        The corpus.
    names
        Label -> words or phrases. Where several fit, the longest wins, so that "Little NATO" is not counted as "NATO" too. A phrase with a capital
        letter is compared with the text as it is written ("US" is not "us"); others are nodes as `kwic` takes them, wildcards included.
    by
        Column of `tokens.units` that names the groups.

    Returns
    -------
    DataFrame
        Index `label`, one column per group and `total`; counts.

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> tokens = Tokens.from_lists([["little", "nato", "and", "nato"], ["nato"]])
    >>> variants(tokens, {"small": ["little nato"], "plain": ["nato"]})["total"].to_dict()
    {'small': 1, 'plain': 2}
    """
    if not names:
        raise InvalidValue("`names` must hold at least one label with its phrases; found none.")
    codes, groups = group_codes(tokens, by)
    chosen = _chosen(tokens, names)
    group = codes[unit_at(tokens, np.array([first for first, _, _ in chosen], dtype=np.int64))]
    labels, columns = pd.Index(list(names), name="label", dtype="str"), pd.Index(groups, dtype="str")
    counts = np.zeros((len(labels), len(groups) + 1), dtype=np.int64)
    np.add.at(counts, (labels.get_indexer([label for _, _, label in chosen]), group), 1)
    frame = pd.DataFrame(counts[:, : len(groups)], index=labels, columns=columns)
    return frame.assign(total=frame.sum(axis=1))


def variants_of(
    tokens: Tokens, comparisons: Mapping[str, Mapping[str, Sequence[str]]], *, by: str = "doc_id"
) -> pd.DataFrame:
    """Several named comparisons in one table: index `comparison`, `label`; columns as `variants`.

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> variants_of(Tokens.from_lists([["war"]]), {"war or peace": {"war": ["war"], "peace": ["peace"]}})["total"].tolist()
    [1, 0]
    """
    tables = {name: variants(tokens, names, by=by) for name, names in comparisons.items()}
    if not tables:
        return pd.DataFrame(columns=["total"], index=pd.MultiIndex.from_arrays([[], []], names=["comparison", "label"]))
    return pd.concat(tables, names=["comparison", "label"])


def variants_places(tokens: Tokens, comparisons: Mapping[str, Mapping[str, Sequence[str]]]) -> pd.DataFrame:
    """Where each of the competing names stands: one row per place that `variants_of` counts.

    Returns
    -------
    DataFrame
        `comparison`, `label`, `doc_id`, `path`, `row`, `line`, `byte_start`, `byte_end`, `context` (the text around it, the name in brackets).

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> variants_places(Tokens.from_lists([["cold", "war"]]), {"war": {"cold": ["cold war"]}})["context"].tolist()
    ['[cold war]']
    """
    rows = [
        {"comparison": comparison, "label": label, **place_of(tokens, first, first + length)}
        for comparison, names in comparisons.items()
        for first, length, label in _chosen(tokens, names)
    ]
    columns = ["comparison", "label", "doc_id", "path", "row", "line", "byte_start", "byte_end", "context"]
    return pd.DataFrame(rows, columns=columns).astype({"row": "Int64"})


def _chosen(tokens: Tokens, names: Mapping[str, Sequence[str]]) -> list[tuple[int, int, str]]:
    """Places of the names (first token, number of tokens, label), each place once, for the longest name."""
    found = [
        (first, last - first, label)
        for label, phrases in names.items()
        for phrase in phrases
        for first, last in tokens.find_name(phrase)
    ]
    return longest_first(found)


def aliases_table(tokens: Tokens, aliases: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """What aliases join: one row a name with its occurrences, and what they come to as one token.

    Parameters
    ----------
    tokens
        The corpus, not yet grouped.
    aliases
        New token -> names, as `Tokens.group` takes them.

    Returns
    -------
    DataFrame
        Index `alias`, `name`; `frequency` of the name as a word or phrase of its own, `frequency_joined` of the alias. Names inside longer names of
        the same alias are counted once, with the longer one, so the parts add up to the whole.

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> tokens = Tokens.from_lists([["US", "United", "States", "us"]])
    >>> aliases_table(tokens, {"usa": ["US", "United States"]})["frequency_joined"].tolist()
    [2, 2]
    """
    rows = [(alias, name) for alias, names in aliases.items() for name in names]
    found = [(first, last - first, i) for i, (_, name) in enumerate(rows) for first, last in tokens.find_name(name)]
    counts = np.bincount([i for _, _, i in longest_first(found)], minlength=len(rows))
    index = pd.MultiIndex.from_frame(pd.DataFrame(rows, columns=["alias", "name"]))
    frame = pd.DataFrame({"frequency": counts}, index=index)
    return frame.assign(frequency_joined=frame.groupby("alias")["frequency"].transform("sum"))


def concordances(
    tokens: Tokens, nodes: Mapping[str, Sequence[str]], *, window: int = 8, sample: int = 12
) -> pd.DataFrame:
    """Concordances of several named nodes under each other.

    Parameters
    ----------
    tokens
        The corpus.
    nodes
        Name -> words, phrases or wildcards, as `kwic` takes them.
    window, sample
        Tokens on each side; lines of each node, drawn evenly over its occurrences when there are more.

    Returns
    -------
    DataFrame
        The columns of `kwic` after `about` (the name) and `n_hits` (all its occurrences, shown or not).
    """
    parts, columns = [], ["about", "n_hits", *KWIC_COLUMNS]
    for name, patterns in nodes.items():
        lines = kwic(tokens, list(patterns), window=window)
        # Every k-th line, not the first ones: the beginning of the first text would otherwise speak for all.
        shown = np.linspace(0, max(len(lines) - 1, 0), min(sample, len(lines))).astype(np.int64)
        parts.append(lines.iloc[shown].assign(about=name, n_hits=len(lines))[columns])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
