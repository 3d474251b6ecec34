"""Tokens of lists of words."""

import sys
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from corpus_lib.corpus.corpus import Citation
from corpus_lib.errors import InvalidType, InvalidValue


@dataclass(frozen=True)
class Lists:
    """Text source of `Tokens.from_lists`: each list is a document whose text is its words joined by spaces."""

    texts: Mapping[str, str]

    @cached_property
    def documents(self) -> pd.DataFrame:
        """One row per list."""
        return pd.DataFrame({"path": list(self.texts)}, index=pd.Index(list(self.texts), name="doc_id", dtype="str"))

    def text(self, doc_id: str) -> str:
        """The words of a list, joined."""
        return self.texts[doc_id]

    def cite(self, doc_id: str, start: int, end: int) -> Citation:
        """The place of a stretch of a list."""
        quote = self.texts[doc_id][start:end]
        a, b = len(self.texts[doc_id][:start].encode()), len(self.texts[doc_id][:end].encode())
        return Citation(doc_id, doc_id, None, "", 1, 1, a, b, ((a, b),), quote)


def checked_lists(lists: Iterable[Iterable[str]]) -> list[list[str]]:
    """The lists as lists of strings."""
    if isinstance(lists, str):
        raise InvalidType(
            f"`lists` must hold one list of tokens per document; found the string {lists[:20]!r}. Split it first."
        )
    rows: list[list[str]] = []
    for number, row in enumerate(lists):
        tokens = None if isinstance(row, str) else list(row)
        if tokens is None or not all(isinstance(w, str) for w in tokens):
            raise InvalidType(
                f"`lists` must hold lists of strings; item {number} is {row!r:.60}. Give one list of tokens per document."
            )
        rows.append([sys.intern(str(w)) for w in tokens])
    return rows


def list_ids(units: pd.DataFrame | None, n: int) -> list[str]:
    """The document of each list."""
    if units is None:
        return [str(i) for i in range(n)]
    if len(units) != n:
        raise InvalidValue(f"`units` must have one row per list; found {len(units)} rows for {n} lists.")
    values: Iterable[Hashable] = units["doc_id"] if "doc_id" in units.columns else units.index
    ids = [str(v) for v in values]
    is_numbered = "paragraph" in units.columns and units["paragraph"].notna().all()
    if is_numbered and len(set(zip(ids, units["paragraph"], strict=True))) < n:
        raise InvalidValue(
            "`units` must name each list once by `doc_id` and `paragraph`; found repeated pairs. Number the paragraphs of a document."
        )
    return ids


def list_units(doc_ids: list[str], texts: pd.Series, units: pd.DataFrame | None) -> pd.DataFrame:
    """Units of lists: the lists of one document stand one after the other in its text, two line ends between them."""
    names = pd.Series(doc_ids, dtype="str")
    sizes = texts.str.len().astype("int64")
    start = (sizes + 2).groupby(names).cumsum() - sizes - 2
    number = (names.groupby(names).cumcount() + 1).astype("Int64").where(names.duplicated(keep=False))
    table = pd.DataFrame({"doc_id": names, "paragraph": number, "start": start, "end": start + sizes})
    if units is None:
        return table
    given = units.reset_index(drop=True)
    if "paragraph" in given.columns and given["paragraph"].notna().any():
        table["paragraph"] = given["paragraph"].astype("Int64")
    return pd.concat([table, given.drop(columns=[c for c in table.columns if c in given.columns])], axis=1)
