"""Twice the input takes less than three times the time, on inputs made to be slow. `make linear` measures every stage on every one of them.

CPU time is measured, the smallest of several, and only where an expression is slow at all: a quadratic one takes four times as long in every attempt.
"""

import re

import pytest

from tools.assurance.linear import BOUNDED, RATIO, _worst, patterns, ratio, slow_patterns, stages


@pytest.mark.slow
def test_every_expression_of_the_library_takes_linear_time_on_hostile_text():
    assert slow_patterns() == []


def test_the_expressions_are_found_and_those_that_are_left_out_exist():
    places = set(patterns().values())
    assert len(places) > 50
    assert set(BOUNDED) <= places


def test_a_quadratic_expression_would_be_noticed():
    assert _worst(re.compile(r"\w+ ,").findall, False)
    assert not _worst(re.compile(r"\b\w+ ,").findall, False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "shape"),
    [
        ("cleaning without the line model", "one line of spaces"),
        ("cleaning without the line model", "one line of quotation marks"),
        ("cleaning without the line model", "one line of hyphens"),
        ("cleaning without the line model", "one line of names"),
        ("cleaning without the line model", "carriage returns"),
        ("cleaning", "lines of one letter"),
        ("cleaning", "lines of furniture"),
        ("tokens by the expression", "one line of initials"),
        ("tokens", "one line of one letter"),
        ("sentences", "one line of full stops"),
        ("citing", "list items"),
        ("concordance", "lines of one letter"),
    ],
)
def test_a_stage_takes_linear_time_on_hostile_text(stage, shape):
    assert ratio(*stages()[stage], shape, attempts=2) < RATIO
