"""Fields between separators, cut strictly: each row with its lines and what is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

FIELDS_ADVICE = "Put fields that hold the separator or a line end into quotation marks, and write a quotation mark inside them twice."
# As much as one document may have.
MAX_FIELD = 256 * 1024 * 1024


class CsvRow(NamedTuple):
    """A row of CSV with the lines on which it stands, and what is wrong with it."""

    first: int
    last: int
    cells: list[str]
    fault: str = ""


def csv_rows(lines: Iterable[str], delimiter: str = ",") -> Iterator[CsvRow]:
    r"""The rows of CSV that are not blank; one with a fault in its quotation marks costs no other.

    Examples
    --------
    >>> [row.cells or row.fault for row in csv_rows(['a,"b"\n', 'c,"d" e\n', 'f,g\n'])]
    [['a', 'b'], 'has a quotation mark in the middle of a field', ['f', 'g']]
    """
    with _long_fields():
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            first = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                what = "that is never closed" if "end of data" in str(error) else "in the middle of a field"
                yield CsvRow(first, reader.line_num, [], f"has a quotation mark {what}")
                continue
            if len(cells) > 1 or (cells and not (cells[0] and cells[0].isspace())):
                yield CsvRow(first, reader.line_num, cells, "holds a NUL character" if "\0" in "".join(cells) else "")


def csv_table(text: str) -> tuple[list[str], list[CsvRow], list[str]]:
    """Header and rows of a small table that a person keeps, and why the others are none; blank rows and empty fields at the end of a row are nothing."""
    rows = csv_rows(io.StringIO(text, newline=""))
    header = next(rows, CsvRow(1, 1, []))
    found = [(row, fault_of(row, len(header.cells))) for row in rows]
    faults = [f"a row {fault}" for _, fault in found if fault]
    return (
        header.cells,
        [row for row, fault in found if not fault],
        [f"the header {header.fault}"] * bool(header.fault) + faults,
    )


def fault_of(row: CsvRow, n_fields: int) -> str:
    """Why a row of CSV does not fit a header of so many fields, '' if it does. Empty fields beyond the header's last are nothing."""
    where = f"line {row.first}" if row.first == row.last else f"lines {row.first} to {row.last}"
    if row.fault:
        return f"{row.fault}, {where}"
    n = len(row.cells)
    if n < n_fields or any(row.cells[n_fields:]):
        return f"has {n} field{'s' * (n != 1)} where the header has {n_fields}, {where}"
    return ""


@contextmanager
def _long_fields() -> Iterator[None]:
    # The limit of `csv`, 128 KB a field, is one for the whole process; a chapter of a book is longer.
    before = csv.field_size_limit(MAX_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)
