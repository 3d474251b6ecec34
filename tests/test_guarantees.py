"""Every test and target that docs/guarantees.md names exists, and the two promises that have no module of their own hold."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest
from test_determinism import PROGRAM

from tools.assurance.__main__ import PARTS
from tools.assurance.licences import allowed, licences, locked
from tools.assurance.material import write_corpus
from tools.assurance.offline import guarded

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/\w+\.py)::(\w+)`", TEXT)))


def test_the_page_names_tests():
    assert len(NAMED) > 20


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_every_test_that_is_named_exists(file, test):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_row_names_what_would_notice():
    rows = [row for row in re.findall(r"^\|(.*)\|$", TEXT, flags=re.MULTILINE) if not set(row) <= set("-| ")]
    promises = [row for row in rows if "promise | what would notice" not in row and row.count("|") == 1]
    assert len(promises) > 15
    assert all(re.search(r"`(tests/\w+\.py::\w+|make \w+)`", row.partition("|")[2]) for row in promises)


def test_every_target_that_is_named_is_a_part_of_the_assurance():
    targets = set(re.findall(r"`make (\w+)`", TEXT)) - {"test", "slow", "assurance"}
    assert targets and targets <= set(PARTS)


@pytest.mark.slow
def test_the_library_opens_no_connection(tmp_path):
    write_corpus(tmp_path / "corpus", 3)
    program = f"import os\nos.chdir({str(tmp_path)!r})\n{PROGRAM}"
    status, said, log = guarded([sys.executable, "-c", program], tmp_path)
    assert status == 0, said
    assert log == []


def test_the_guard_would_notice_a_connection(tmp_path):
    program = "import socket; socket.create_connection(('192.0.2.1', 9), timeout=0.1)"
    status, said, log = guarded([sys.executable, "-c", program], tmp_path)
    assert status == 1
    assert "the network is closed" in said
    assert len(log) == 1 and "192.0.2.1" in log[0]


def test_every_dependency_has_a_licence_that_is_allowed():
    found = licences()
    assert len(found) > 100
    assert set(found) <= set(locked())
    assert {name: licence for name, (_, licence) in found.items() if not allowed(licence)} == {}


@pytest.mark.parametrize(
    ("licence", "is_allowed"),
    [("MIT", True), ("GPL-3.0-only", False), ("MIT OR GPL-3.0-only", True), ("MIT AND GPL-3.0-only", False), ("not stated", False),
     ("Apache Software License; BSD License", True), ("Other/Proprietary License", False), ("LGPL-2.1-only", True)],
)  # fmt: skip
def test_a_licence_is_allowed_when_all_that_holds_together_is(licence, is_allowed):
    assert allowed(licence) == is_allowed
