"""Rows of published numbers, and how closely each is to be met."""

import json
from pathlib import Path

import pytest

ORACLES = Path(__file__).parent / "oracles"
ROWS = [
    row for name in ("published.json", "more.json") for row in json.loads((ORACLES / name).read_text(encoding="utf-8"))
]


def digits(value: float) -> float:
    """Half a unit of the last printed digit; other programs sum G2 with an error near the eleventh."""
    text = repr(value)
    decimals = len(text.split(".")[1].split("e")[0]) if "." in text else 0
    exponent = int(text.split("e")[1]) if "e" in text else 0
    return max(0.5 * 10.0 ** (exponent - decimals), abs(value) * 1e-10)


def rows(kind: str):
    return [pytest.param(row, id=row["id"]) for row in ROWS if row["kind"] == kind]
