"""Each part of a corpus against the rest of it: keyness by group, rates by group, and which keywords survive other settings.

A long document can be most of its own reference. So each contrast says in how many of the other groups a word is rarer, each group counting once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corpus_lib.errors import NotFound

if TYPE_CHECKING:
    from corpus_lib.tokens import Tokens

__all__ = ["contrast_of", "contrasts", "group_codes", "rates", "survival"]


def rates(tokens: Tokens, by: str = "doc_id") -> pd.DataFrame:
    """Occurrences per million tokens of every type in every group.

    Parameters
    ----------
    tokens
        The corpus.
    by
        Column of `tokens.units` that names the groups; units without a value are left out.

    Returns
    -------
    DataFrame
        Index `token`, one column a group in sorted order; occurrences per million tokens of the group.

    Raises
    ------
    NotFound
        If `tokens.units` has no such column.

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> tokens = Tokens.from_lists([["a", "a", "b", "b"], ["b", "b"]])
    >>> rates(tokens).loc["a"].tolist()
    [500000.0, 0.0]
    """
    codes, groups = group_codes(tokens, by)
    token_group = np.repeat(codes, tokens.sizes)
    n_types = len(tokens.vocabulary)
    counts = np.bincount(token_group * n_types + tokens.ids, minlength=(len(groups) + 1) * n_types).reshape(-1, n_types)[: len(groups)]
    sizes = counts.sum(axis=1, keepdims=True)
    return pd.DataFrame((counts / np.maximum(sizes, 1) * 1e6).T, index=tokens.vocabulary, columns=pd.Index(groups, name=by, dtype="str"))


def contrasts(tokens: Tokens, by: str = "doc_id", **options: Any) -> pd.DataFrame:
    """Keyness of every group of a corpus against all its other groups.

    Parameters
    ----------
    tokens
        The corpus.
    by
        Column of `tokens.units` that names the groups.
    **options
        Passed on to `keyness`.

    Returns
    -------
    DataFrame
        One row a group and word: `group`, `token`, the columns of `keyness`, and `groups_below` of `n_other_groups`: the other groups in which the
        word is rarer per million. Sorted by group, then as `keyness` sorts; `contrast_of` gives one group's table back. A corpus of one group
        gives an empty table, and `attrs["notes"]` says so.

    Raises
    ------
    NotFound
        If `tokens.units` has no such column.

    Notes
    -----
    The groups share their references, so the tables of one corpus are not independent of each other.

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> tokens = Tokens.from_lists([["a", "a", "b"], ["b", "c"], ["b", "c"]])
    >>> table = contrasts(tokens)
    >>> table.loc[(table["group"] == "0") & (table["token"] == "a"), ["frequency_target", "groups_below"]].to_numpy().tolist()
    [[2, 2]]
    """
    from corpus_lib.keyness import keyness

    codes, groups = group_codes(tokens, by)
    if np.count_nonzero(np.bincount(codes, weights=tokens.sizes, minlength=len(groups))[: len(groups)]) < 2:
        return _nothing_to_compare(by, len(groups))
    per_million = rates(tokens, by)
    tables, attrs = [], {}
    sizes = np.bincount(codes, weights=tokens.sizes, minlength=len(groups))
    empty = [group for group, size in zip(groups, sizes, strict=False) if size == 0]
    for code, group in enumerate(groups):
        if group in empty:
            continue
        table = keyness(tokens.where(codes == code), tokens.where((codes != code) & (codes < len(groups))), **options)
        others = per_million.drop(columns=[group, *empty]).loc[table.index]
        below = others.lt(per_million.loc[table.index, group], axis=0).sum(axis=1)
        attrs[group] = dict(table.attrs)
        tables.append(table.assign(groups_below=below, n_other_groups=others.shape[1]).reset_index(names="token").assign(group=group))
    joined = pd.concat(tables, ignore_index=True)
    joined.insert(0, "group", joined.pop("group"))
    joined.attrs.update(groups=attrs, notes=[f"{group!r} has no words and is left out." for group in empty])
    return joined


def contrast_of(table: pd.DataFrame, group: str) -> pd.DataFrame:
    """One group's part of `contrasts` as `keyness` returned it: index `token`, with its `attrs` (sizes, number of tests, notes).

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> table = contrasts(Tokens.from_lists([["a", "b"], ["b", "c"]]))
    >>> contrast_of(table, "0").attrs["n_documents_target"]
    1
    """
    part = table[table["group"] == group].drop(columns="group").set_index("token")
    part.attrs = dict(table.attrs.get("groups", {}).get(group, {}))
    return part


def _nothing_to_compare(by: str, n_groups: int) -> pd.DataFrame:
    from corpus_lib.frequencies import Frequencies
    from corpus_lib.keyness import keyness

    like = keyness(Frequencies.from_counts({"a": 1}), Frequencies.from_counts({"b": 1})).head(0)
    table = like.assign(groups_below=0, n_other_groups=0, group="").reset_index(names="token")
    table.attrs["notes"] = [f"Column {by!r} has {n_groups} group{'s' * (n_groups != 1)}: there is nothing to compare."]
    return table


def survival(
    settings: Mapping[str, Tokens], group: str, *, by: str = "doc_id", n: int = 10, alphabetic: bool = True
) -> pd.DataFrame:
    """Which of a group's first keywords are still keywords under other settings.

    Parameters
    ----------
    settings
        Name of the setting -> the corpus under it; the first one is what the others are held against.
    group, by
        The group, and the column of `units` that holds it; it is compared with all other groups.
    n
        How many keywords of the first setting are followed. Under another setting a word counts as kept among the first 2 `n`: a change of a few
        ranks is no loss.
    alphabetic
        Pass over tokens without a letter, such as the numbers of a list.

    Returns
    -------
    DataFrame
        Index `token`: the `n` words most over-used in the first setting, by log-likelihood; one column a setting with the word's rank there, missing
        where it is not kept; `n_kept`, the settings that keep it, and `survives`. Empty where there is nothing to compare with.

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> tokens = Tokens.from_lists([["a"] * 30 + ["b"] * 9, ["b"] * 60])
    >>> survival({"as it is": tokens, "without b": tokens.without(["b"])}, "0", n=1)["survives"].tolist()
    [False]
    """
    ranked = {name: _ranks(tokens, group, by, n if i == 0 else 2 * n, alphabetic) for i, (name, tokens) in enumerate(settings.items())}
    first = next(iter(ranked.values()))
    frame = pd.DataFrame({name: ranks.reindex(first.index) for name, ranks in ranked.items()})
    kept = frame.notna().sum(axis=1)
    return frame.assign(n_kept=kept, survives=kept == len(settings)).rename_axis("token")


def _ranks(tokens: Tokens, group: str, by: str, n: int, alphabetic: bool) -> pd.Series:
    """Rank of the `n` words that a group over-uses most, from 1; none where either side is empty."""
    from corpus_lib.keyness import keyness

    codes, groups = group_codes(tokens, by)
    target = tokens.where(codes == (groups.index(group) if group in groups else -1))
    others = tokens.where((codes < len(groups)) & ~np.isin(codes, [groups.index(group)] if group in groups else []))
    if not (target.n_tokens and others.n_tokens):
        return pd.Series(dtype="Int64", index=pd.Index([], name="token", dtype="str"))
    table = keyness(target, others, measures=["log_likelihood"])
    words = np.array([not alphabetic or any(map(str.isalpha, token)) for token in table.index], dtype=bool)
    over = table[(table["log_likelihood"] > 0) & words].head(n)
    return pd.Series(np.arange(1, len(over) + 1), index=over.index, dtype="Int64")


def group_codes(tokens: Tokens, by: str) -> tuple[np.ndarray, list[str]]:
    """Number of the group of every unit, and the sorted names; units without a value have the number after the last."""
    if by not in tokens.units.columns:
        raise NotFound(f"`by` must be a column of `tokens.units` ({', '.join(map(repr, tokens.units.columns))}); found {by!r}. Choose one of these.")
    column = tokens.units[by].astype("str").where(tokens.units[by].notna())
    groups = sorted(column.dropna().unique())
    codes = column.map(dict(zip(groups, range(len(groups)), strict=True))).fillna(len(groups))
    return codes.to_numpy(dtype=np.int64), groups
