"""Fields that cannot change what they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import corpus_lib as cl
from corpus_lib.immutable import immutable, later


@immutable
@dataclass(frozen=True)
class Held:
    table: pd.DataFrame
    numbers: np.ndarray


@pytest.mark.filterwarnings("ignore::pandas.errors.ChainedAssignmentError")
def test_what_is_given_later_is_made_once_and_cannot_be_changed():
    made: list[str] = []

    def frame() -> pd.DataFrame:
        made.append("table")
        return pd.DataFrame({"a": [1]})

    held = Held(later(frame), later(lambda: np.arange(2)))
    assert made == []
    held.table["b"] = 2
    assert held.table.columns.tolist() == ["a"]
    assert made == ["table"]
    with pytest.raises(ValueError, match="read-only"):
        held.numbers[0] = 1


def test_only_one_file_writes_where_a_frozen_type_cannot_be_written():
    library = Path(cl.__file__).parent
    files = [p for p in library.rglob("*.py") if re.search(r"object\.__setattr__|\.__dict__", p.read_text("utf-8"))]
    assert [p.name for p in files] == ["immutable.py"]
