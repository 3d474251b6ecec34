"""Each part of a corpus against the rest of it: keyness by group, rates by group, and which keywords survive other settings.

A long document can be most of its own reference. So each contrast says in how many of the other groups a word is rarer, each group counting once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corpus_lib.errors import InvalidValue, NotFound

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from corpus_lib.tokens import Tokens

__all__ = ["contrast_of", "contrasts", "group_codes", "rates", "survival"]

# Share of a word's occurrences below which a setting has made it another word: South Korea as one token leaves 6 % of "south" on the seeds, while
# half of the paragraphs, another sample, leaves 39 % of "country".
LEFT = 0.2
# Two gigabytes.
MAX_CELLS = 2**28


def rates(tokens: Tokens, by: str = "doc_id", *, words: Sequence[str] | None = None) -> pd.DataFrame:
    """Occurrences per million tokens of every type in every group.

    Parameters
    ----------
    tokens
        The corpus.
    by
        Column of `tokens.units` that names the groups; units without a value are left out.
    words
        The rows that are wanted, in lower case and in this order; all types by default.

    Returns
    -------
    DataFrame
        Index `token`, one column a group in sorted order; occurrences per million tokens of the group.

    Raises
    ------
    NotFound
        If `tokens.units` has no such column.
    InvalidValue
        If the table would have more cells than memory should hold: then name the `words`.

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> tokens = Tokens.from_lists([["a", "a", "b", "b"], ["b", "b"]])
    >>> rates(tokens).loc["a"].tolist()
    [500000.0, 0.0]
    """
    codes, groups = group_codes(tokens, by)
    rows = tokens.vocabulary if words is None else pd.Index(list(words), name="token", dtype="str")
    if len(rows) * len(groups) > MAX_CELLS:
        raise InvalidValue(
            f"the table must have at most {MAX_CELLS:,} cells; {len(rows):,} words in {len(groups):,} groups have {len(rows) * len(groups):,}. "
            "Name the `words` you want, or fewer groups."
        )
    counts = _group_counts(tokens, codes, len(groups))
    sizes = np.maximum(counts.sum(axis=1), 1)[:, None]
    place = tokens.vocabulary.get_indexer(rows)
    own = (
        counts[:, np.maximum(place, 0)].toarray() * (place >= 0)
        if len(tokens.vocabulary)
        else np.zeros((len(groups), len(rows)))
    )
    return pd.DataFrame((own / sizes * 1e6).T, index=rows, columns=pd.Index(groups, name=by, dtype="str"))


def _group_counts(tokens: Tokens, codes: np.ndarray, n_groups: int) -> csr_array:
    """Frequency of every type in every group, sparse: groups × types."""
    from scipy.sparse import csr_array

    units = np.flatnonzero(codes < n_groups)
    member = csr_array((np.ones(len(units), dtype=np.int64), (codes[units], units)), shape=(n_groups, len(codes)))
    return csr_array(member @ tokens.matrix().counts)


def contrasts(
    tokens: Tokens, by: str = "doc_id", *, groups: Iterable[str] | None = None, **options: Any
) -> pd.DataFrame:
    """Keyness of every group of a corpus against all its other groups.

    Parameters
    ----------
    tokens
        The corpus.
    by
        Column of `tokens.units` that names the groups.
    groups
        The groups to hold against the rest of the corpus; all by default, which for many documents is a long table.
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
        If `tokens.units` has no such column, or the column no such group.

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

    codes, names = group_codes(tokens, by)
    asked = _asked(names, groups, by)
    sizes = np.bincount(codes, weights=tokens.sizes, minlength=len(names))[: len(names)]
    if np.count_nonzero(sizes) < 2:
        return _nothing_to_compare(by, len(names))
    empty = [group for group, size in zip(names, sizes, strict=True) if size == 0]
    counts = _group_counts(tokens, codes, len(names))
    below = _groups_below(counts, sizes)
    tables, attrs = [], {}
    wanted = [code for code, name in enumerate(names) if name in asked]
    for code, target, reference in _sides(tokens.where(codes < len(names)), codes[codes < len(names)], wanted):
        group, table = names[code], keyness(target, reference, **options)
        attrs[group] = dict(table.attrs)
        rarer = below[[code]].toarray().ravel()[tokens.vocabulary.get_indexer(table.index)]
        tables.append(
            table.assign(groups_below=rarer, n_other_groups=len(names) - len(empty) - 1)
            .reset_index(names="token")
            .assign(group=group)
        )
    joined = pd.concat(tables, ignore_index=True)
    joined.insert(0, "group", joined.pop("group"))
    joined.attrs.update(groups=attrs, notes=[f"{group!r} has no words and is left out." for group in empty])
    return joined


def _asked(names: list[str], groups: Iterable[str] | None, by: str) -> set[str]:
    asked = set(names) if groups is None else set(groups)
    if unknown := sorted(asked - set(names)):
        raise NotFound(
            f"`groups` must be values of {by!r}; not so: {', '.join(map(repr, unknown[:5]))}. There are {len(names)}: {', '.join(names[:5])}, …."
        )
    return asked


def _sides(tokens: Tokens, codes: np.ndarray, wanted: Iterable[int]) -> Iterator[tuple[int, Any, Any]]:
    """Each wanted group with tokens and all the others, as `keyness` takes them; groups that share documents are cut out one by one."""
    from corpus_lib.sides import are_apart, group_sides

    if are_apart(tokens, codes):
        yield from group_sides(tokens, codes, wanted)
    else:
        parts = ((code, tokens.where(codes == code), codes != code) for code in wanted)
        yield from ((code, part, tokens.where(others)) for code, part, others in parts if part.n_tokens)


def _groups_below(counts: csr_array, sizes: np.ndarray) -> csr_array:
    """In how many groups with tokens a type is rarer per million, for each of its counts; where a group has none of a type, no other has less."""
    from scipy.sparse import csr_array

    group = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    value = counts.data / np.maximum(sizes, 1)[group] * 1e6
    order = np.lexsort((value, counts.indices))
    kind, rising = counts.indices[order], value[order]
    new_type = np.diff(kind, prepend=-1) > 0
    place = np.arange(len(order))
    # Rank among the groups that hold the type, the same for equal rates; the groups without it are below all of them.
    first = np.maximum.accumulate(np.where(new_type | (np.diff(rising, prepend=-1) > 0), place, 0))
    holders = np.bincount(counts.indices, minlength=counts.shape[1])
    below = np.empty(len(order), dtype=np.int64)
    below[order] = first - np.maximum.accumulate(np.where(new_type, place, 0)) + np.count_nonzero(sizes) - holders[kind]
    return csr_array((below, counts.indices, counts.indptr), shape=counts.shape)


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


def survival(settings: Mapping[str, Tokens], group: str, *, by: str = "doc_id", n: int = 10) -> pd.DataFrame:
    """Which of a group's keywords are still keywords when a setting is changed.

    A keyword here is a word with letters in it whose conservative log ratio (LRC) is above 0: a difference that chance does not explain after correction
    for all words compared.

    Parameters
    ----------
    settings
        Name of the setting -> the corpus under it; the first one is what the others are held against.
    group, by
        The group, and the column of `units` that holds it; it is compared with all other groups.
    n
        How many keywords of the first setting are followed at most.

    Returns
    -------
    DataFrame
        Index `token`: the keywords of the first setting, by log-likelihood; one column for each *other* setting: True where the word is a keyword
        again, False where it is not, missing where the setting leaves less than a fifth of its occurrences (joined to another word, divided or taken
        out), which says nothing for or against it; and `survives`, whether no setting speaks against it. Empty where there is no keyword.

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> tokens = Tokens.from_lists([["a"] * 30 + ["b"] * 9, ["b"] * 60])
    >>> survival({"as it is": tokens, "no b": tokens.without(["b"])}, "0")["survives"].tolist()
    [False]
    """
    if not settings:
        raise InvalidValue("`settings` must hold at least the setting that the others are held against; found none.")
    (_, first), *others = settings.items()
    followed = _keywords(first, group, by)[:n]
    before = first.frequencies().table["frequency"].reindex(followed)
    frame = pd.DataFrame(index=pd.Index(followed, name="token", dtype="str"))
    for name, tokens in others:
        again = set(_keywords(tokens, group, by))
        left = tokens.frequencies().table["frequency"].reindex(followed).fillna(0) / before
        frame[name] = pd.array([word in again if left[word] >= LEFT else pd.NA for word in followed], dtype="boolean")
    return frame.assign(survives=frame.fillna(True).all(axis=1).astype(bool))


def _keywords(tokens: Tokens, group: str, by: str) -> list[str]:
    """Words of a group whose LRC is above 0, the strongest evidence first; none where either side is empty."""
    from corpus_lib.keyness import keyness

    codes, groups = group_codes(tokens, by)
    own = codes == groups.index(group) if group in groups else np.zeros(len(codes), dtype=bool)
    target, others = tokens.where(own), tokens.where((codes < len(groups)) & ~own)
    if not (target.n_tokens and others.n_tokens):
        return []
    table = keyness(target, others, measures=["log_likelihood", "log_ratio_conservative"])
    return [word for word in table.index[table["log_ratio_conservative"] > 0] if any(map(str.isalpha, word))]


def group_codes(tokens: Tokens, by: str) -> tuple[np.ndarray, list[str]]:
    """Number of the group of every unit, and the sorted names; units without a value have the number after the last."""
    if by not in tokens.units.columns:
        raise NotFound(
            f"`by` must be a column of `tokens.units` ({', '.join(map(repr, tokens.units.columns))}); found {by!r}. Choose one of these."
        )
    column = tokens.units[by].astype("str").where(tokens.units[by].notna())
    groups = sorted(column.dropna().unique())
    codes = column.map(dict(zip(groups, range(len(groups)), strict=True))).fillna(len(groups))
    return codes.to_numpy(dtype=np.int64), groups
