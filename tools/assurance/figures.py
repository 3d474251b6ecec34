"""What a part reports: one figure a row, printed as one table and written as CSV."""

from __future__ import annotations

import csv
import importlib.metadata
import platform
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "assurance"


@dataclass(frozen=True)
class Figure:
    """One measured value beside what was promised."""

    part: str
    what: str
    found: str
    promised: str
    kept: bool


def table(figures: Iterable[Figure]) -> str:
    """The figures as aligned columns, broken promises marked."""
    names = ("", *[f.name for f in fields(Figure)][:-1])
    rows = [names, *(("  " if f.kept else "✗ ", *astuple(f)[:-1]) for f in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def versions() -> str:
    """Day, Python and the packages that results depend on."""
    packages = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "pandas", "scipy", "scikit-learn")
    )
    return f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {packages}, {platform.system()} {platform.machine()}"


def write(part: str, figures: Iterable[Figure]) -> Path:
    """Write the figures of a part to `assurance/PART.csv`."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{part}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow([f.name for f in fields(Figure)])
        rows.writerows(astuple(figure) for figure in figures)
    return path
