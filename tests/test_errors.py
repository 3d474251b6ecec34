"""Messages say what was expected, what was found and what to do, word for word."""

import pytest

from corpus_lib import errors


def test_an_unknown_option_is_answered_with_all_options():
    with pytest.raises(errors.InvalidValue) as caught:
        errors.check_option("unit", "page", ("document", "paragraph"))
    assert str(caught.value) == "`unit` must be one of 'document', 'paragraph'; found 'page'. Choose one of these."


def test_a_mistyped_option_or_column_is_answered_with_the_one_that_is_near():
    with pytest.raises(errors.InvalidValue, match=r"found 'Documnet' \(did you mean 'document'\?\)\. Choose"):
        errors.check_option("unit", "Documnet", ("document", "paragraph"))
    with pytest.raises(errors.NotFound, match=r"found 'outlte' \(did you mean 'outlet'\?\)\. Choose"):
        errors.check_column("by", "outlte", ["doc_id", "outlet"])


def test_all_problems_of_one_input_come_at_once():
    with pytest.raises(errors.InvalidValue) as caught:
        errors.raise_all("`counts`", ["a is wrong", "b is wrong"])
    assert str(caught.value) == "`counts`: 2 problems\n- a is wrong\n- b is wrong"
    errors.raise_all("`counts`", [])


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.InvalidValue, ValueError),
        (errors.InvalidType, TypeError),
        (errors.NotFound, LookupError),
        (errors.MissingFile, FileNotFoundError),
        (errors.OutputError, OSError),
    ],
)
def test_each_error_is_of_the_base_class_and_of_the_built_in_kind(kind, builtin):
    assert issubclass(kind, errors.CorpusLibError)
    assert issubclass(kind, builtin)
