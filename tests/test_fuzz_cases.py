"""Inputs that once broke something, kept as files in cases/fuzz/PROPERTY/, run again in every test run."""

from pathlib import Path

import properties
import pytest

CASES = sorted(p for p in (Path(__file__).parent / "cases" / "fuzz").glob("*/*") if p.is_file())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_kept_case_breaks_nothing_any_more(case):
    properties.TARGETS[case.parent.name](case.read_bytes())


def test_every_folder_of_cases_is_a_property_and_there_are_cases():
    assert CASES
    assert {case.parent.name for case in CASES} <= set(properties.TARGETS)
