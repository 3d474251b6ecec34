"""What a token is, where it stands, and what can be done with the tokens of a corpus."""

from __future__ import annotations

import dataclasses
import re
import sys
import time
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_lib as cl
from corpus_lib import Tokenizer, Tokens, tokenize
from corpus_lib.errors import InvalidType, InvalidValue
from corpus_lib.tokens.tokenizer import HAN, INVISIBLE, MARKS, fold

SEEDS = Path(__file__).parent.parent / "seeds"


def words(text: str, **options: object) -> list[str]:
    return Tokenizer(**options).tokenize(text)[0]


@pytest.fixture
def corpus(tmp_path: Path) -> cl.Corpus:
    (tmp_path / "a.txt").write_text(
        "The US and the United States told us.\n\nAmerica's allies, America too.", encoding="utf-8"
    )
    (tmp_path / "b.txt").write_text(
        "NATO's turn.\n\n\nNATO turns.\nU.S. and United States of America.", encoding="utf-8"
    )
    return cl.load_corpus(tmp_path)


# --------------------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. moved.", ["the", "u.s.", "moved"]),
        ("the U.S.-led order", ["the", "u.s.-led", "order"]),
        ("e.g. and i.e., a.m. to p.m.", ["e.g.", "and", "i.e.", "a.m.", "to", "p.m."]),
        ("in the U.S", ["in", "the", "u.s"]),
        ("U.S.'s and U.S.\u2019 own", ["u.s.'s", "and", "u.s.", "own"]),
        ("U.S.Army", ["u.s", "army"]),
        ("It ends.Next begins.", ["it", "ends", "next", "begins"]),
        ("A sentence. Another one.", ["a", "sentence", "another", "one"]),
        ("Plan B. Then C.", ["plan", "b", "then", "c"]),
        ("Asia-Pacific and post-war", ["asia-pacific", "and", "post-war"]),
        ("Asia\u2010Pacific, Asia\u2011Pacific", ["asia-pacific", "asia-pacific"]),
        ("well - known, well--known, pre- and -post", ["well", "known", "well", "known", "pre", "and", "post"]),
        ("1991\u20132024 and 1991-2024", ["1991", "2024", "and", "1991-2024"]),
        ("COVID-19 in the G7's 21st year", ["covid-19", "in", "the", "g7's", "21st", "year"]),
        (
            "the country's, don't, don\u2019t, allies' 'quoted'",
            ["the", "country's", "don't", "don't", "allies", "quoted"],
        ),
        (
            "3.5 percent, 1,234.5 and 2. or .5 or 5, 6",
            ["3.5", "percent", "1,234.5", "and", "2", "or", "5", "or", "5", "6"],
        ),
        ("1.2.3 and v1.2", ["1.2.3", "and", "v1.2"]),
        ("f**k, ** and ***", ["f", "k", "and"]),
        ("snake_case and _x_", ["snake", "case", "and", "x"]),
        ("北约转向亚太", ["北约", "转向", "亚太"]),
        ("NATO北约2024年", ["nato", "北约", "2024", "年"]),
        ("首相はＮＡＴＯと協議した。", ["首相", "は", "nato", "と", "協議", "した"]),
        ("วันนี้อากาศดี ๒๕๖๗", ["วัน", "นี้", "อากาศ", "ดี", "๒๕๖๗"]),
        ("ថ្ងៃនេះអាកាសធាតុល្អ", ["ថ្ងៃនេះ", "អាកាសធាតុ", "ល្អ"]),
        ("ມື້ນີ້ອາກາດດີ", ["ມື້ນີ້", "ອາກາດ", "ດີ"]),
        ("ဒီနေ့ရာသီဥတုကောင်းတယ်", ["ဒီ", "နေ့", "ရာသီဥတု", "ကောင်း", "တယ်"]),
        ("々〇㐀\U00020000", ["々", "〇", "㐀", "\U00020000"]),
        ("カタカナのひらがな 한국", ["カタカナ", "の", "ひ", "ら", "が", "な", "한국"]),
        ("Hà Nội, Việt Nam", ["hà", "nội", "việt", "nam"]),
        (unicodedata.normalize("NFD", "Hà Nội"), ["hà", "nội"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("ΟΔΟΣ ΣΑΣ", ["οδος", "σας"]),
        ("İstanbul", ["i\u0307stanbul"]),
        ("\u0301a \u0301", ["a"]),
        ("", []),
        (" \n\u3000.,;!?\u2014\u2026\u201c\u201d", []),
    ],
)
def test_words_are_those_of_the_documented_decisions(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"hyphens": False}, ["the", "u.s.", "led", "covid", "19", "don't", "3.5"]),
        ({"apostrophes": False}, ["the", "u.s.-led", "covid-19", "don", "t", "3.5"]),
        ({"abbreviations": False}, ["the", "u", "s", "led", "covid-19", "don't", "3.5"]),
        ({"numbers": False}, ["the", "u.s.-led", "covid", "don't"]),
        ({"lowercase": False}, ["The", "U.S.-led", "COVID-19", "don't", "3.5"]),
        ({"expression": "[A-Z]+"}, ["t", "u", "s", "covid"]),
        ({"expression": "[A-Z]+", "lowercase": False}, ["T", "U", "S", "COVID"]),
    ],
)
def test_each_decision_can_be_turned_off_alone(options: dict[str, object], expected: list[str]) -> None:
    assert words("The U.S.-led COVID-19: don't, 3.5!", **options) == expected


def test_the_pattern_compiles_without_flags_or_groups() -> None:
    compiled = re.compile(Tokenizer().pattern)
    assert compiled.groups == 0
    assert compiled.flags == re.UNICODE
    assert not compiled.match("")


@settings(deadline=None)
@given(st.text(st.sampled_from("aB.1,-'\u2019_\u0301安 Σİ\n") | st.characters(exclude_categories=["Cs"]), max_size=60))
def test_tokens_are_stretches_of_the_text_in_order_and_folded(text: str) -> None:
    found, starts, ends = Tokenizer().tokenize(text)
    assert found == [fold(text[a:b]) for a, b in zip(starts, ends, strict=True)]
    matches = [m.group() for m in re.finditer(Tokenizer().pattern, text)]
    assert "".join(found) == "".join(map(fold, matches))
    assert all(a < b for a, b in zip(starts, ends, strict=True))
    assert all(b <= a for b, a in zip(ends, starts[1:], strict=False))


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_letter_and_no_digit_is_lost(text: str) -> None:
    _, starts, ends = Tokenizer().tokenize(text)
    inside = {i for a, b in zip(starts, ends, strict=True) for i in range(a, b)}
    assert all(i in inside for i, c in enumerate(text) if re.match(r"[^\W_]", c))


def test_marks_and_han_share_no_character() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    han = set(re.findall(f"[{HAN}]", everything))
    marks = set(re.findall(f"[{MARKS}]", everything))
    assert not han & marks
    assert {c for c in everything if unicodedata.category(c) in ("Mn", "Mc", "Me")} <= marks
    assert all(
        unicodedata.category(c)[0] in "MLN" or unicodedata.category(c) == "Cn"
        for c in marks - set(re.findall(f"[{INVISIBLE}]", everything))
    )


@pytest.mark.parametrize("hostile", ["a.", "1,", "a-", "a\u0301", ".", "A.B", "a+", "a安", "#a", "a@", "a.bb/", "www."])
def test_a_long_text_is_read_in_linear_time(hostile: str) -> None:
    def seconds(times: int) -> float:
        started = time.process_time()
        words(hostile * times)
        return time.process_time() - started

    once, twice = (min(seconds(times) for _ in range(3)) for times in (50_000, 100_000))
    assert twice < 3 * max(once, 0.01)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("(", r"`expression` must be a regular expression; '\(' does not compile"),
        ("(a)", r"must have no capturing groups; '\(a\)' has 1"),
        ("a*", r"must not match the empty string; 'a\*' does"),
    ],
)
def test_an_expression_that_cannot_define_tokens_is_refused(expression: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        Tokenizer(expression=expression)


# -------------------------------------------------------------------------------------------------------------------- tokens


@pytest.mark.parametrize("unit", ["document", "paragraph"])
def test_every_token_stands_where_it_says(unit: str) -> None:
    tokens = tokenize(cl.load_corpus(SEEDS), unit=unit)
    unit_of = tokens.unit_of()
    for i in range(tokens.n_tokens):
        text = tokens.source.text(tokens.units["doc_id"].iloc[unit_of[i]])
        assert fold(text[tokens.starts[i] : tokens.ends[i]]) == tokens.vocabulary[tokens.ids[i]]


def test_arrays_have_the_kinds_of_the_contract_and_are_read_only(corpus: cl.Corpus) -> None:
    tokens = tokenize(corpus)
    assert [a.dtype for a in (tokens.ids, tokens.offsets, tokens.starts, tokens.ends)] == [
        np.int32,
        np.int64,
        np.int32,
        np.int32,
    ]
    assert tokens.offsets.tolist() == [0, 12, 22]
    assert list(tokens.vocabulary) == sorted(set(tokens.words()))
    with pytest.raises(ValueError, match="read-only"):
        tokens.ids[0] = 1


def test_units_carry_the_metadata_of_their_documents(corpus: cl.Corpus) -> None:
    documents, paragraphs = tokenize(corpus), tokenize(corpus, unit="paragraph")
    assert documents.units["doc_id"].tolist() == ["a", "b"]
    assert documents.units["paragraph"].isna().all()
    assert paragraphs.units[["doc_id", "paragraph"]].to_numpy().tolist() == [["a", 1], ["a", 2], ["b", 1], ["b", 2]]
    assert paragraphs.units["path"].tolist() == ["a.txt", "a.txt", "b.txt", "b.txt"]
    assert paragraphs.words() == documents.words()
    assert paragraphs.doc_of().tolist() == [0, 0, 1, 1]


def test_where_takes_a_query_or_truth_values_and_keeps_only_types_that_occur(corpus: cl.Corpus) -> None:
    tokens = tokenize(corpus, unit="paragraph")
    mask = tokens.units["doc_id"] == "b"
    for chosen in (
        tokens.where("doc_id == 'b'"),
        tokens.where(mask),
        tokens.where(mask.tolist()),
        tokens.where(mask.to_numpy()),
    ):
        assert chosen.words() == [*tokens.words(2), *tokens.words(3)]
        assert list(chosen.vocabulary) == sorted(set(chosen.words()))
        assert chosen.units["paragraph"].tolist() == [1, 2]
        assert chosen.source is corpus
    assert tokens.where([False] * 4).n_tokens == 0


def test_a_query_that_gives_no_truth_values_is_refused(corpus: cl.Corpus) -> None:
    tokens = tokenize(corpus)
    with pytest.raises(InvalidValue, match="one truth value for each of the 2 units"):
        tokens.where([True])
    with pytest.raises(InvalidValue, match="one truth value for each of the 2 units"):
        tokens.where("n_bytes")
    with pytest.raises(InvalidValue, match=r"must be an expression over the columns .*, or name a text"):
        tokens.where("no_such_column == 1")


def test_frequencies_count_tokens_and_documents(corpus: cl.Corpus) -> None:
    for unit in ("document", "paragraph"):
        frequencies = tokenize(corpus, unit=unit).frequencies()
        assert frequencies.table.loc["united", ["frequency", "document_range"]].tolist() == [2, 2]
        assert frequencies.table.loc["nato", ["frequency", "document_range"]].tolist() == [1, 1]
        assert (frequencies.n_tokens, frequencies.n_documents) == (22, 2)


def test_a_group_of_names_is_one_token_and_the_longest_name_wins(corpus: cl.Corpus) -> None:
    aliases = {"united_states": ["US", "U.S.", "United States", "America", "United States of America"]}
    grouped = tokenize(corpus).group(aliases)
    assert grouped.words(0) == [
        "the",
        "united_states",
        "and",
        "the",
        "united_states",
        "told",
        "us",
        "america's",
        "allies",
        "united_states",
        "too",
    ]
    assert grouped.words(1) == ["nato's", "turn", "nato", "turns", "united_states", "and", "united_states"]
    first = grouped.words(0).index("united_states", 2)
    assert corpus.text("a")[grouped.starts[first] : grouped.ends[first]] == "United States"
    assert list(grouped.vocabulary) == sorted(set(grouped.words()))
    assert grouped.n_units == 2


def test_a_group_does_not_reach_across_units() -> None:
    tokens = Tokens.from_lists([["United"], ["States"]])
    assert tokens.group({"us": ["United States"]}).words() == ["United", "States"]


def test_a_group_leaves_the_tokens_it_was_made_from_unchanged(corpus: cl.Corpus) -> None:
    tokens = tokenize(corpus)
    before = tokens.words()
    tokens.group({"x": ["US"]})
    assert tokens.words() == before


@pytest.mark.parametrize(
    ("aliases", "error", "message"),
    [
        ({"x": "US"}, InvalidType, "must map 'x' to a list of names"),
        ({"x": {"y": ["US"]}}, InvalidType, "must map 'x' to a list of names"),
        ({"x": [1]}, InvalidType, "must map 'x' to a list of names"),
        ([("x", ["US"])], InvalidType, "must map keys to lists of names"),
        ({"x": ["**"]}, InvalidValue, r"'\*\*' has none"),
        ({1: ["US"]}, InvalidValue, "must have words as keys; found 1"),
        ({"x": []}, InvalidValue, "at least one token each; 'x' has none"),
        ({"x": ["US", " "]}, InvalidValue, "at least one token each; '' has none"),
        ({"x": ["US", ""], " ": []}, InvalidValue, r"(?s)words as keys; found ' '.*' ' has none.*'' has none"),
        (
            {"x": ["US", "People’s  Army"], "y": ["U.S.", "People's Army"]},
            InvalidValue,
            "^`aliases` must have each name under one key; \"People's Army\" is under 'x' and 'y'. Choose one.$",
        ),
        ({"x": "US", "y": []}, InvalidType, r"(?s)must map 'x'.*'y' has none"),
    ],
)
def test_aliases_that_are_no_names_are_refused(
    corpus: cl.Corpus, aliases: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        tokenize(corpus).group(aliases)


def test_a_name_that_occurs_nowhere_is_told_with_what_is_near(
    corpus: cl.Corpus, recwarn: pytest.WarningsRecorder
) -> None:
    tokens = tokenize(corpus)
    tokens.group({"us": ["US", "us"], "nato": ["NATO"]})
    assert not recwarn
    with pytest.warns(
        UserWarning, match="`aliases`: 'Amerika' does not occur; near it: 'america'.*; 'Nato' does not occur"
    ):
        grouped = tokens.group({"us": ["US", "Amerika"], "nato": ["Nato"]})
    assert grouped.words().count("us") == 2


def test_lists_are_taken_exactly_as_they_are() -> None:
    lists = [["New York", "U.S.", "a", ""], [], ["A"]]
    tokens = Tokens.from_lists(lists)
    assert [tokens.words(i) for i in range(3)] == lists
    assert tokens.units["doc_id"].tolist() == ["0", "1", "2"]
    assert tokens.source.text("0") == "New York U.S. a "
    assert tokens.source.text("0")[tokens.starts[1] : tokens.ends[1]] == "U.S."
    assert tokens.source.cite("0", 9, 13).quote == "U.S."


def test_lists_take_their_names_and_metadata_from_units() -> None:
    units = pd.DataFrame({"year": [2001, 2002]}, index=["x", "y"])
    tokens = Tokens.from_lists([["a"], ["b"]], units=units)
    assert tokens.units["doc_id"].tolist() == ["x", "y"]
    assert tokens.where("year == 2002").words() == ["b"]


@pytest.mark.parametrize(
    ("lists", "units", "message"),
    [
        ("abc", None, "found the string 'abc'"),
        (["abc"], None, "item 0 is 'abc'"),
        ([["a", 1]], None, "item 0 is"),
        ([["a"]], pd.DataFrame({"doc_id": ["x", "y"]}), "found 2 rows for 1 lists"),
    ],
)
def test_lists_that_are_no_tokens_are_refused(lists: object, units: pd.DataFrame | None, message: str) -> None:
    with pytest.raises((InvalidType, InvalidValue), match=message):
        Tokens.from_lists(lists, units=units)


def test_arguments_of_tokenize_are_checked(corpus: cl.Corpus) -> None:
    with pytest.raises(InvalidValue, match="`unit` must be one of 'document', 'paragraph'; found 'sentence'"):
        tokenize(corpus, unit="sentence")
    with pytest.raises(InvalidValue, match="`voice` 'own' needs the quotations of a CleanCorpus"):
        tokenize(corpus, voice="own")
    with pytest.raises(InvalidType, match="`corpus` must be a CleanCorpus or a Corpus; found str"):
        tokenize("text")


def test_quoted_and_own_tokens_are_the_whole() -> None:
    clean = cl.clean_corpus(cl.load_corpus(SEEDS))
    sizes = {v: tokenize(clean, voice=v).n_tokens for v in ("all", "quoted", "unquoted", "attributed", "own")}
    assert sizes["quoted"] + sizes["unquoted"] == sizes["attributed"] + sizes["own"] == sizes["all"]
    assert 0 < sizes["quoted"] < sizes["attributed"] < sizes["own"] < sizes["unquoted"]


def test_markup_in_a_text_is_escaped_in_its_html() -> None:
    assert "<script>" not in Tokens.from_lists([["<script>"]])._repr_html_()


def test_lists_of_one_document_are_its_paragraphs_with_places_in_its_text():
    units = pd.DataFrame({"doc_id": ["q", "q", "r"], "paragraph": [1, 2, 1], "side": ["a", "b", "b"]})
    tokens = Tokens.from_lists([["cold", "war"], ["war", "ends"], ["peace"]], units=units)
    assert tokens.units[["doc_id", "paragraph", "side"]].to_numpy().tolist() == [
        ["q", 1, "a"],
        ["q", 2, "b"],
        ["r", 1, "b"],
    ]
    assert tokens.source.text("q") == "cold war\n\nwar ends"
    spans = [tokens.source.text("q")[a:b] for a, b in zip(tokens.starts[:4], tokens.ends[:4], strict=True)]
    assert spans == ["cold", "war", "war", "ends"]
    assert tokens.frequencies().table.loc["war", "document_range"] == 1
    assert tokens.frequencies().n_documents == 2
    with pytest.raises(InvalidValue, match="found repeated pairs"):
        Tokens.from_lists([["a"], ["b"]], units=pd.DataFrame({"doc_id": ["q", "q"], "paragraph": [1, 1]}))


def test_a_query_over_a_column_with_missing_values_leaves_those_units_out_and_may_name_variables():
    tokens = Tokens.from_lists([["a"], ["b"], ["c"]], units=pd.DataFrame({"n": pd.array([1, pd.NA, 0], dtype="Int64")}))
    want = ["2"]
    assert tokens.where("n > 0").words() == ["a"]
    assert tokens.where(tokens.units["n"] > 0).words() == ["a"]
    assert tokens.where("doc_id in @want").words() == ["c"] and want


def test_metadata_must_name_each_document_once():
    with pytest.raises(InvalidValue, match="`metadata` must be indexed by `doc_id`, one row per document"):
        Tokens.from_lists([["a"]]).with_metadata(pd.DataFrame({"x": [1, 2]}, index=["0", "0"]))


def test_tokens_without_units_have_a_matrix_without_rows():
    assert Tokens.from_lists([]).matrix().counts.shape == (0, 0)


def test_tokens_replaced_with_other_integers_are_counted_anew():
    tokens = Tokens.from_lists([["a", "b"], ["a"]])
    assert tokens.frequency.tolist() == [2, 1]
    other = dataclasses.replace(tokens, ids=tokens.ids[::-1].copy() * 0)
    assert other.frequency.tolist() == [3, 0]
    described = tokens.with_metadata(pd.DataFrame({"side": ["x"]}, index=["1"]))
    assert described.unit_counts is tokens.unit_counts


def test_windows_hold_the_company_of_a_node_once_and_end_with_the_unit() -> None:
    tokens = Tokens.from_lists([["a", "x", "b", "x", "c", "d"], ["e", "x"], ["f"]])
    near = tokens.windows("x", window=1)
    assert [near.words(unit) for unit in range(3)] == [["a", "b", "c"], ["e"], []]
    assert tokens.windows("x", window=(0, 2)).words() == ["b", "c", "d"]
    assert tokens.windows("nowhere").n_tokens == 0


def test_an_alias_with_a_capital_keeps_it_and_one_without_matches_any_case(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("US told us: Threat threatened Peace.")
    tokens = tokenize(cl.load_corpus(tmp_path))
    assert tokens.group({"x": ["US"]}).words().count("x") == 1
    assert tokens.group({"x": ["us"]}).words().count("x") == 2
    assert tokens.group({"x": ["threat*"]}).words() == ["us", "told", "us", "x", "x", "peace"]
    assert tokens.group({"x": ["us told"]}).words() == ["x", "us", "threat", "threatened", "peace"]
    assert tokens.group({"x": ["Thr?at*"]}).words().count("x") == 1
    for aliases in ({"a": ["us"], "z": ["US"]}, {"z": ["us"], "a": ["US"]}):
        small, capital = aliases
        assert tokens.group(aliases).words()[:3] == [capital, "told", small]
    for aliases in ({"a": ["threat*"], "z": ["threatened"]}, {"z": ["threat*"], "a": ["threatened"]}):
        assert tokens.group(aliases).words()[3:5] == [*aliases]
    with pytest.raises(InvalidValue, match="must hold at least one token"):
        tokens.group({"x": [" "]})
