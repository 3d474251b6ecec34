"""Mutants: each changes one thing, compiles, and stays away from what no test could notice."""

from pathlib import Path

import pytest

from tools.assurance.mutants import mutants

ROOT = Path(__file__).parent.parent


def changed(source):
    return {m.applied(source) for m in mutants(source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b\n", {"a <= b\n"}),
        ("x = a and not b\n", {"x = a or not b\n", "x = a and b\n"}),
        ("x = a[b:]\n", {"x = a[:]\n"}),
        ("x = min(a)\n", {"x = max(a)\n"}),
        ("x = 1\n", {"x = 2\n", "x = 0\n"}),
        ("x = True\n", {"x = False\n"}),
        ("x = 'é' + y\n", {"x = 'XXé' + y\n", "x = 'é' - y\n"}),
        ("def f():\n    return a\n", {"def f():\n    return None\n"}),
        ("if a:\n    b()\n", {"if (not (a)):\n    b()\n", "if a:\n    pass\n"}),
    ],
)
def test_one_fault_at_a_time(source, expected):
    assert changed(source) == expected


def test_a_regular_expression_has_faults_of_its_own():
    assert 'x = r"(?<![^a])b+"\n' in changed('x = r"(?<=[^a])b+"\n')
    assert 'x = r"(?<=[a])b+"\n' in changed('x = r"(?<=[^a])b+"\n')
    assert changed('x = "why?"\n') == {'x = "XXwhy?"\n'}


@pytest.mark.parametrize(
    "source",
    [
        '"""What it is."""\n',
        "import a\n",
        "__all__ = ['a']\n",
        "if TYPE_CHECKING:\n    a < b\n",
        "def f(a: 'int') -> 'int': ...\n",
        "@cached(1)\ndef f(): ...\n",
    ],
)
def test_what_no_test_could_notice_is_left_alone(source):
    assert {m.kind for m in mutants(source)} <= {"statement"}


def test_every_mutant_of_a_module_differs_from_it_and_the_sample_is_a_part():
    source = (ROOT / "corpus_lib" / "cleaning" / "edits.py").read_text(encoding="utf-8")
    found = mutants(source)
    assert len(found) > 200 and all(m.applied(source) != source for m in found)
    assert 0 < sum(m.falls_into(4) for m in found) < len(found) / 2
