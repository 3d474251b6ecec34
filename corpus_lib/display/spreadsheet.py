"""Tables as files that a spreadsheet opens: nothing in them is taken for a formula."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from corpus_lib.folders import Output

# A spreadsheet reads a cell that starts with one of these as a formula; a leading apostrophe makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write `frame` as CSV that is safe to open in a spreadsheet, and its untouched values beside it as JSON lines.

    Raises
    ------
    InvalidValue
        If one of the two files is there and was not written by this library, or was changed since.
    """
    output = Output(path.parent)
    files = {path.with_suffix(suffix).name: data for suffix, data in table_files(frame).items()}
    output.check(files)
    for name, data in files.items():
        output.write(name, data)


def write_xlsx(path: Path, frame: pd.DataFrame) -> None:
    """Write `frame` as a workbook, in which nothing is a formula and signs that no cell can hold are left out."""
    book = BytesIO()
    frame.map(lambda value: neutral(writable(value))).to_excel(book, index=False)
    Output(path.parent).write(path.name, book.getvalue())


def writable(value: Any) -> Any:
    """Text without the signs that no cell can hold; anything else as it is."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE as UNFIT

    return UNFIT.sub("", value) if isinstance(value, str) else value


def table_files(frame: pd.DataFrame) -> dict[str, bytes]:
    """The two files of a table, by suffix."""
    table = frame if isinstance(frame.index, pd.RangeIndex) and frame.index.name is None else _with_index(frame)
    table = table.set_axis([str(name) for name in table.columns], axis=1)
    safe = table.set_axis([neutral(name) for name in table.columns], axis=1)
    for position in range(table.shape[1]):
        values = table.iloc[:, position]
        if not (pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_datetime64_any_dtype(values.dtype)):
            safe.isetitem(position, values.map(neutral))
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    lines = [json.dumps(row, ensure_ascii=False, default=_plain_json) + "\n" for row in rows]
    return {".csv": safe.to_csv(index=False, lineterminator="\n").encode(), ".jsonl": "".join(lines).encode()}


def neutral(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula, made text by an apostrophe; anything else as it is.

    Examples
    --------
    >>> neutral("=1+1"), neutral("war"), neutral(-1)
    ("'=1+1", 'war', -1)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    names = [name if name is not None else "index" for name in frame.index.names]
    repeated = [level for level, name in enumerate(names) if name in frame.columns]
    kept = frame.reset_index(level=repeated, drop=True) if len(repeated) < len(names) else frame.reset_index(drop=True)
    if len(repeated) == len(names):
        return kept
    # The copy, since a table that grew by a hundred columns one by one would draw a warning about its speed.
    return kept.copy().rename_axis(index=[n for n in names if n not in frame.columns]).reset_index()


def _plain_json(value: Any) -> Any:
    if hasattr(value, "item"):
        return value.item()
    return list(value) if isinstance(value, (tuple, set, frozenset)) else str(value)
