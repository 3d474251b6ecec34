"""Competing names are counted once each, and aliases join what they say they join."""

import pytest

from corpus_lib import Tokens, aliases_table, concordances, variants, variants_of, variants_places
from corpus_lib.errors import InvalidValue

TOKENS = Tokens.from_lists([["the", "US", "NATO", "told", "us"], ["little", "NATO", "and", "NATO"]])
FOLDED = Tokens.from_lists([["little", "nato", "and", "nato"], ["us"]])


def test_the_longest_name_takes_the_place():
    table = variants(FOLDED, {"little": ["little nato"], "other": ["nato"]})
    assert table.to_numpy().tolist() == [[1, 0, 1], [1, 0, 1]]


def test_a_phrase_with_a_capital_is_compared_as_it_is_written():
    table = variants(TOKENS, {"country": ["US"], "pronoun": ["us"]})
    assert table["total"].to_dict() == {"country": 1, "pronoun": 1}


def test_wildcards_work_in_lower_case_names():
    assert variants(FOLDED, {"any": ["nat*"]})["total"].tolist() == [2]


def test_no_names_at_all_are_refused_and_no_comparisons_give_an_empty_table():
    with pytest.raises(InvalidValue, match="at least one label"):
        variants(TOKENS, {})
    assert variants_of(TOKENS, {}).empty


def test_the_parts_of_an_alias_add_up_to_its_count_as_one_token():
    aliases = {"alliance": ["NATO", "US NATO", "Little NATO"], "pair": ["and NATO"]}
    table = aliases_table(TOKENS, aliases)
    grouped = TOKENS.group(aliases).frequencies().table["frequency"]
    for alias in aliases:
        assert (
            table.loc[alias, "frequency"].sum() == grouped.get(alias, 0) == table.loc[alias, "frequency_joined"].iloc[0]
        )
    assert table.loc[("alliance", "NATO"), "frequency"] == 1


def test_lines_of_a_concordance_are_taken_from_the_whole_of_it():
    tokens = Tokens.from_lists([["w", str(i)] for i in range(100)])
    lines = concordances(tokens, {"W": ["w"]}, sample=5)
    assert lines["doc_id"].tolist() == ["0", "24", "49", "74", "99"]
    assert lines["n_hits"].tolist() == [100] * 5
    assert concordances(tokens, {"none": ["zzz"]}).empty
    assert concordances(tokens, {}).empty


def test_every_counted_place_has_its_bytes_and_context():
    comparisons = {"size": {"little": ["little nato"], "other": ["nato"]}}
    table = variants_places(FOLDED, comparisons)
    assert table["label"].value_counts().to_dict() == variants(FOLDED, comparisons["size"])["total"].to_dict()
    assert table[["doc_id", "byte_start", "byte_end", "context"]].iloc[0].tolist() == [
        "0",
        0,
        11,
        "[little nato] and nato",
    ]
    assert variants_places(FOLDED, {}).empty


def test_the_table_of_aliases_counts_what_is_joined():
    tokens, aliases = Tokens.from_lists([["Threat", "threatened", "us", "US"]]), {"x": ["threat*"], "y": ["us"]}
    joined = tokens.group(aliases).words()
    assert aliases_table(tokens, aliases)["frequency"].tolist() == [joined.count("x"), joined.count("y")]
