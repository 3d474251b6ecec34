"""Sheets in which a person codes concordance lines: a workbook with drop-down lists, or a table of text; and the codebook that they follow."""

import json
import os
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from corpus_lib.context.concordance import KWIC_COLUMNS
from corpus_lib.display.spreadsheet import neutral, writable
from corpus_lib.errors import InvalidType, InvalidValue, check_column, check_whole, raise_all
from corpus_lib.files import read_toml, write_bytes

KEYS = ["values", "definition", "example"]
CODEBOOK = ["variable", "value", "meaning", "definition", "example"]
# What a sheet says of a line, what a coder says of it, and the place by which it is found again.
OF_LINES, OF_CODERS, PLACE = ["text", "line", "left", "node", "right"], ["note", "coder"], "place"
TEXTS, NUMBERS = ("doc_id", "sha256", "left", "node", "right"), ("source_start", "start", "line", "nth", "of")
OF_PLACES = {**dict.fromkeys(TEXTS, str), **dict.fromkeys(NUMBERS, int)}
# Characters on either side of the node by which a line is found again: more would not fit into a cell of a wide concordance.
QUOTED = 200
SHEETS = ("lines", "codebook")
WIDTHS = dict.fromkeys(["left", "right", "meaning", "definition", "example"], 50)


def code_sheet(
    lines: pd.DataFrame,
    codes: Mapping[str, Any] | str | Path,
    path: str | Path,
    *,
    coder: str = "",
    n: int | None = None,
    by: str | None = None,
    random_state: int = 0,
) -> None:
    """Write concordance lines to a sheet in which a person codes them; a second coder's sheet of the same lines holds no codes of the first.

    Parameters
    ----------
    lines
        A frame of `kwic`, or several under each other.
    codes
        The codebook: variable -> values, as a list or a mapping value -> meaning; or variable -> a mapping with `values`, `definition` and `example`; or
        the path of a TOML file that says the same.
    path
        A new .xlsx, with drop-down lists and a second sheet for the codebook; or a new .csv, with the codebook beside it (`NAME.codebook.csv`).
    coder
        Who codes; may also be written into the sheet.
    n, by, random_state
        Draw so many lines at random, of each value of the column `by` where one is named ("doc_id"), by this seed.

    Raises
    ------
    InvalidType, InvalidValue
        If `lines` is no frame of `kwic`, the codebook is faulty, or there is a file of that name: nothing is overwritten.

    Examples
    --------
    >>> import tempfile
    >>> from corpus_lib import Tokens, kwic
    >>> path = Path(tempfile.mkdtemp()) / "codes.csv"
    >>> code_sheet(kwic(Tokens.from_lists([["cold", "war"]]), "war"), {"sense": ["literal", "figure"]}, path)
    >>> path.read_text(encoding="utf-8-sig").splitlines()[0]
    'text,line,left,node,right,sense,note,coder,place'
    """
    if missing := [name for name in KWIC_COLUMNS if name not in lines]:
        raise InvalidValue(f"`lines` must be a frame of kwic; {', '.join(missing)} missing. Call kwic(tokens, node).")
    codebook = read_codebook(codes)
    frame = _rows(_drawn(lines, n, by, random_state), list(codebook["variable"].unique()), coder)
    _write(Path(path), frame.map(neutral), codebook.map(neutral))


def read_codebook(codes: Mapping[str, Any] | str | Path) -> pd.DataFrame:
    """One row a value of a codebook that is written as `code_sheet` takes it, or one error with all that is wrong in it.

    Examples
    --------
    >>> read_codebook({"actor": {"agent": "acts by itself", "tool": "is used"}})["value"].tolist()
    ['agent', 'tool']
    """
    name = "`codes`"
    if isinstance(codes, (str, Path)):
        name, codes = Path(codes).name, read_toml(Path(codes))
    if not isinstance(codes, Mapping) or not codes:
        raise InvalidType(
            f"`codes` must map variables to their values; found {codes!r}. Write {{'actor': ['agent', 'tool']}}."
        )
    problems: list[str] = []
    rows = [row for variable, own in codes.items() for row in _values(str(variable).strip(), own, problems)]
    raise_all(name, problems)
    return pd.DataFrame(rows, columns=CODEBOOK, dtype="str")


def _values(variable: str, own: Any, problems: list[str]) -> list[tuple[str, ...]]:
    own = own if isinstance(own, Mapping) and "values" in own else {"values": own}
    values = own["values"] if isinstance(own["values"], (Mapping, list, tuple)) else ()
    meant = dict(values) if isinstance(values, Mapping) else dict.fromkeys(map(str, values), "")
    if variable in ("", *OF_LINES, *OF_CODERS, PLACE, *OF_PLACES):
        problems.append(f"{variable!r} cannot be a variable, since another column has that name")
    if not values or len({str(value).strip() for value in meant} - {""}) < len(values):
        problems.append(f"{variable!r} must have `values`, a list of different texts; found {own['values']!r}")
    if strange := [key for key in own if key not in KEYS]:
        problems.append(f"{variable!r} has {', '.join(map(repr, strange))}; the keys are {', '.join(KEYS)}")
    beside = str(own.get("definition", "")), str(own.get("example", ""))
    return [(variable, str(value).strip(), str(meaning), *beside) for value, meaning in meant.items()]


def _drawn(lines: pd.DataFrame, n: int | None, by: str | None, random_state: int) -> pd.DataFrame:
    """Each line once, with the number that it has among those of its text that read alike; some of them at random."""
    lines = lines.drop_duplicates(["doc_id", "start", "node"]).reset_index(drop=True)
    alike = lines.groupby(["doc_id", "left", "node", "right"], sort=False)["start"]
    lines = lines.assign(nth=alike.rank(method="first").astype(int), of=alike.transform("size"))
    if n is None:
        return lines
    check_whole("n", n, 1)
    if by is not None:
        check_column("by", by, lines.columns, "lines")
    shuffled = lines.sample(frac=1, random_state=random_state)
    groups = [0] * len(lines) if by is None else shuffled[by]
    return shuffled.groupby(groups, dropna=False).head(n).sort_index()


def _rows(lines: pd.DataFrame, variables: list[str], coder: str) -> pd.DataFrame:
    cut = lines.assign(left=lines["left"].str[-QUOTED:], right=lines["right"].str[:QUOTED])
    places = [json.dumps(place) for place in cut[list(OF_PLACES)].to_dict("records")]
    empty = dict.fromkeys([*variables, "note"], "")
    columns = [*OF_LINES, *variables, *OF_CODERS, PLACE]
    return lines.rename(columns={"doc_id": "text"}).assign(**empty, coder=coder, place=places)[columns]


def _write(path: Path, lines: pd.DataFrame, codebook: pd.DataFrame) -> None:
    """Both tables, in one workbook or in two files of text."""
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        files = {path: _workbook(lines.map(writable), codebook.map(writable))}
    elif suffix == ".csv":
        named = {path: lines, codebook_beside(path): codebook}
        files = {p: t.to_csv(index=False, lineterminator="\n").encode("utf-8-sig") for p, t in named.items()}
    else:
        raise InvalidValue(f"`path` must name a .csv or .xlsx file; found {str(path)!r}. Add the suffix.")
    if there := [repr(place.name) for place in files if os.path.lexists(place)]:
        raise InvalidValue(
            f"`path` must be a new file, for codes may stand in an old one; there is {' and '.join(there)}. Choose another name."
        )
    for place, data in files.items():
        write_bytes(place, data)


def codebook_beside(path: Path) -> Path:
    """Where the codebook of a .csv lies."""
    return path.with_name(f"{path.stem}.codebook.csv")


def _workbook(lines: pd.DataFrame, codebook: pd.DataFrame) -> bytes:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = BytesIO()
    with pd.ExcelWriter(book, engine="openpyxl") as writer:
        for name, table in zip(SHEETS, (lines, codebook), strict=True):
            table.to_excel(writer, sheet_name=name, index=False)
            for number, column in enumerate(table.columns, 1):
                shown = writer.sheets[name].column_dimensions[get_column_letter(number)]
                shown.width, shown.hidden = WIDTHS.get(column, 16), column == PLACE
        for variable, rows in codebook.groupby("variable").indices.items():
            choice = DataValidation(
                "list", formula1=f"codebook!$B${rows[0] + 2}:$B${rows[-1] + 2}", showErrorMessage=True
            )
            letter = get_column_letter(lines.columns.get_loc(variable) + 1)
            choice.add(f"{letter}2:{letter}{len(lines) + 1}")
            writer.sheets[SHEETS[0]].add_data_validation(choice)
    return book.getvalue()
