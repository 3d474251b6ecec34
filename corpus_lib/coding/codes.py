"""Codes, brought back to the lines on which they were made, whatever became of the corpus."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from corpus_lib.coding.sheet import CODEBOOK, OF_CODERS, OF_PLACES, PLACE, SHEETS, codebook_beside, read_codebook
from corpus_lib.context.concordance import source_start
from corpus_lib.corpus.corpus import CleanCorpus, Corpus
from corpus_lib.display.cards import card
from corpus_lib.display.spreadsheet import neutral
from corpus_lib.errors import InvalidValue, MissingFile, check_kind, raise_all, said_by
from corpus_lib.immutable import immutable
from corpus_lib.loading.delimited import FIELDS_ADVICE, csv_table
from corpus_lib.loading.encodings import decoded
from corpus_lib.loading.frames import sheet_rows
from corpus_lib.measures.association import clopper_pearson
from corpus_lib.tokens.tokens import Tokens

# What is found of a line, and the columns of the table.
OF_FOUND = ["doc_id", "line", "start", "end", "node", "status", "why"]
COLUMNS = [*OF_FOUND[:5], "variable", "code", "coder", "note", *OF_FOUND[5:]]
STALE = "stale"


@immutable
@dataclass(frozen=True, repr=False, eq=False)
class Codes:
    """Codes of lines, one row each.

    Attributes
    ----------
    table
        `doc_id`, `line` (of the source), `start` and `end` (characters of `corpus.text(doc_id)`), `node`, `variable`, `code`, `coder`, `note`, `status`
        and `why`. The status is "applied" (the same bytes), "moved" (other bytes, the same words in a text of this name) or "stale" (gone, or not to be told
        apart); stale rows keep the place that they had.
    codebook
        The values of each variable, in order: `variable`, `value`, `meaning`, `definition`, `example`.
    """

    table: pd.DataFrame
    codebook: pd.DataFrame

    @property
    def held(self) -> pd.DataFrame:
        """The rows that are not stale."""
        return self.table[self.table["status"] != STALE]

    def by_line(self) -> pd.DataFrame:
        """One row a line (`doc_id`, `line`, `start`), one column a variable: the code, missing where coders differ."""
        return self._wide(self.held, ["doc_id", "line", "start"]).reset_index()

    def by_document(self) -> pd.DataFrame:
        """One row a document, one column a variable: the code of most of its lines, missing where several codes have as many."""
        return self._wide(self.held, ["doc_id"])

    def on(self, tokens: Tokens) -> Tokens:
        """The tokens with a column for each variable in `units`, for `where`, as groups of `contrasts` and of topics.

        Parameters
        ----------
        tokens
            Of the corpus that the codes were read with, by document or by paragraph: the code of most of the lines in a unit is its code.

        Examples
        --------
        >>> from corpus_lib import Tokens
        >>> tokens = Tokens.from_lists([["cold", "war"], ["war", "and", "peace"]])
        >>> row = {"doc_id": "0", "start": 5, "end": 8, "variable": "sense", "code": "figure", "status": "applied"}
        >>> codes = Codes(pd.DataFrame([row]), read_codebook({"sense": ["figure", "literal"]}))
        >>> codes.on(tokens).where("sense == 'figure'").words()
        ['cold', 'war']
        """
        units = tokens.units[["doc_id", "start", "end"]].assign(unit=np.arange(tokens.n_units))
        inside = self.held.merge(units, on="doc_id", suffixes=("", "_of_unit"))
        inside = inside[(inside["start_of_unit"] <= inside["start"]) & (inside["start"] < inside["end_of_unit"])]
        columns = self._wide(inside, ["unit"]).reindex(units["unit"]).set_axis(tokens.units.index)
        return replace(tokens, units=tokens.units.assign(**columns), shared=tokens.derived)

    def _wide(self, rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
        """A column for each variable with the code that most rows of the same keys have."""
        usual = rows.groupby([*keys, "variable"])["code"].agg(_usual)
        return usual.unstack("variable").reindex(columns=self.codebook["variable"].unique())  # noqa: PD010

    def counts(self, groups: Mapping[str, str] | pd.Series | None = None, *, confidence: float = 0.9) -> pd.DataFrame:
        """How often each code was given in each text, or group of texts.

        Parameters
        ----------
        groups
            doc_id -> group; by default each text is its own. Texts without a group are left out.
        confidence
            Of the exact interval of each share, which takes lines for independent draws.

        Returns
        -------
        DataFrame
            Index `variable`, `code`, `group`; `n`, `of` (codes of the variable in the group), `share`, `low`, `high`. Codes that were never given have 0.
        """
        doc_ids = self.held["doc_id"]
        held = self.held.assign(group=doc_ids if groups is None else doc_ids.map(groups)).dropna(subset="group")
        values = self.codebook[["variable", "value"]].rename(columns={"value": "code"})
        groups = held[["variable", "group"]].drop_duplicates().sort_values("group")
        index = pd.MultiIndex.from_frame(values.merge(groups))
        n = held.groupby(index.names).size().reindex(index, fill_value=0)
        of = n.groupby(["variable", "group"]).transform("sum")
        low, high = clopper_pearson(n.to_numpy(float), (of - n).to_numpy(float), 1 - confidence)
        return pd.DataFrame({"n": n, "of": of, "share": n / of, "low": low, "high": high})

    def __repr__(self) -> str:
        status = self.table["status"].value_counts()
        return f"Codes({', '.join(f'{status.get(name, 0)} {name}' for name in ('applied', 'moved', STALE))})"

    def _repr_html_(self) -> str:
        return card(repr(self), self.table, next_step="codes.counts(), codes.on(tokens), agreement(codes, others)")


def _usual(codes: pd.Series) -> str | None:
    first, *others = codes.mode()
    return None if others else first


def read_codes(
    path: str | Path, corpus: CleanCorpus | Corpus, *, codes: Mapping[str, Any] | str | Path | None = None
) -> Codes:
    """Read a sheet of codes and find its lines in the corpus as it is now.

    Parameters
    ----------
    path
        A sheet that `code_sheet` wrote, coded.
    corpus
        The corpus, cleaned as its lines were.
    codes
        The codebook; by default that of the sheet, else a `codebook.toml` beside it.

    Returns
    -------
    Codes
        Of lines that have a code. A line is found by the bytes of its text, where they are the same, and by its words where they are not; one whose text
        is gone, whose words have changed, or that cannot be told from others, is stale.

    Raises
    ------
    MissingFile, InvalidValue
        If the sheet cannot be read; with all that is wrong in it: values that the codebook does not have, codes of no line, one line with two codes.
    """
    path = Path(path)
    check_kind("corpus", corpus, (CleanCorpus, Corpus), "Call load_corpus or clean_corpus first.")
    if not path.is_file():
        raise MissingFile(f"`path` must be a sheet of codes; {path.name!r} does not exist. Call code_sheet first.")
    codebook = read_codebook(codes) if codes is not None else _codebook_of(path)
    rows, variables = _cells(path, SHEETS[0]), list(codebook["variable"].unique())
    _check_columns(rows, [*variables, *OF_CODERS, PLACE], path.name)
    given = pd.concat([rows[[*OF_CODERS, PLACE]].assign(variable=v, code=rows[v]) for v in variables])
    given = given[given["code"] != ""].sort_index(kind="stable")
    places = {n: _place(rows.at[n, PLACE]) for n in given.index.unique()}
    raise_all(path.name, _problems(given, places, codebook))
    found = pd.DataFrame.from_dict({n: _found(p, corpus) for n, p in places.items() if p}, "index", columns=OF_FOUND)
    table = given.drop_duplicates([PLACE, "variable", "coder"]).join(found)
    return Codes(table[COLUMNS].reset_index(drop=True), codebook)


def _codebook_of(path: Path) -> pd.DataFrame:
    is_book, own, toml = path.suffix.lower() == ".xlsx", codebook_beside(path), path.with_name("codebook.toml")
    if is_book or own.is_file():
        rows = _cells(path if is_book else own, SHEETS[1])
        _check_columns(rows, CODEBOOK, f"The codebook of {path.name}")
        return rows[CODEBOOK].reset_index(drop=True)
    if toml.is_file():
        return read_codebook(toml)
    raise MissingFile(f"{path.name} needs a codebook; there is neither {own.name} nor {toml.name}. Give it as `codes`.")


def _check_columns(rows: pd.DataFrame, names: list[str], where: str) -> None:
    found = [(name, list(rows.columns).count(name)) for name in names]
    raise_all(
        where, [f"it must have one column {name!r}; found {n}. Write the sheet again" for name, n in found if n != 1]
    )


def _cells(path: Path, sheet: str) -> pd.DataFrame:
    """The cells as text, by the number of their row in the sheet, or of their line."""
    try:
        if path.suffix.lower() == ".xlsx":
            header, *rows = sheet_rows(path, path, sheet)[0] or [[]]
            numbered = dict(enumerate(rows, 2))
        else:
            header, found, faults = csv_table(decoded(path.read_bytes())[0], (PLACE, "meaning"))
            raise_all(path.name, (f"{fault}. {FIELDS_ADVICE}" for fault in faults))
            numbered = {row.first: row.cells[: len(header)] for row in found}
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        if isinstance(error, InvalidValue):
            raise
        raise InvalidValue(f"{path.name} cannot be read as a sheet: {said_by(error)}. Save it again.") from error
    return pd.DataFrame.from_dict(numbered, orient="index", columns=list(map(_text, header)), dtype="object").map(_text)


def _text(cell: Any) -> str:
    text = str(int(cell) if isinstance(cell, float) and cell.is_integer() else "" if pd.isna(cell) else cell).strip()
    return text[1:] if neutral(text[1:]) == text else text


def _place(cell: str) -> dict[str, Any] | None:
    """What a line is found by, as `code_sheet` wrote it."""
    try:
        place = json.loads(cell)
        is_whole = {name: type(place[name]) for name in OF_PLACES} == OF_PLACES
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return place if is_whole and place["node"] and 0 < place["nth"] <= place["of"] else None


def _problems(given: pd.DataFrame, places: Mapping[int, Any], codebook: pd.DataFrame) -> list[str]:
    problems, values = [], codebook.groupby("variable")["value"].agg(list)
    for n, variable, code in given[["variable", "code"]].itertuples(name=None):
        if code not in values[variable]:
            problems.append(f"row {n}: {variable!r} must be one of {', '.join(values[variable])}; found {code!r}")
        if not places[n]:
            problems.append(f"row {n}: {code!r} is a code of no line, since `place` is not as code_sheet wrote it")
    for (_, variable, _), own in given.groupby([PLACE, "variable", "coder"], sort=False)["code"]:
        if len({*own}) > 1:
            listed = ", ".join(f"{code!r} in row {n}" for n, code in own.items())
            problems.append(f"a line has different codes for {variable!r}: {listed}. Keep one")
    return problems


def _found(place: Mapping[str, Any], corpus: CleanCorpus | Corpus) -> tuple[Any, ...]:
    """A line by the bytes of its text, where a text has these; else by its words in the text of this name."""
    hashes, node = corpus.documents["sha256"], place["node"]
    same = list(hashes.index[hashes == place["sha256"]])
    doc_id = place["doc_id"] if place["doc_id"] in same or not same else same[0]
    start, why = -1, "no text has these bytes or this name"
    if doc_id in hashes.index:
        start, why = (_by_bytes if same else _by_words)(place, doc_id, corpus)
    if start < 0:
        return place["doc_id"], place["line"], place["start"], place["start"] + len(node), node, STALE, why
    end = start + len(node)
    return doc_id, corpus.cite(doc_id, start, end).first_line, start, end, node, "applied" if same else "moved", why


def _by_bytes(place: Mapping[str, Any], doc_id: str, corpus: CleanCorpus | Corpus) -> tuple[int, str]:
    starts = np.array(_occurrences(corpus.text(doc_id), place["node"]), dtype=np.int64)
    held = starts[source_start(corpus, [doc_id] * len(starts), starts) == place["source_start"]]
    return (int(held[0]), "its bytes are the same") if len(held) else (-1, "the cleaning leaves it out")


def _by_words(place: Mapping[str, Any], doc_id: str, corpus: CleanCorpus | Corpus) -> tuple[int, str]:
    left, at = place["left"], place["start"] - len(place["left"])
    starts = _occurrences(corpus.text(doc_id), f"{left}{place['node']}{place['right']}")
    if len(starts) == place["of"]:
        at = starts[place["nth"] - 1]
    if at in starts:
        return at + len(left), "its words are the same, in other bytes"
    return -1, f"its words stand in {len(starts)} places of the text, where they stood in {place['of']}"


def _occurrences(text: str, part: str) -> list[int]:
    """Where a part of a text stands in it, also where two places overlap."""
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found
