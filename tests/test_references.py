"""What a corpus is compared with, by name, file or folder."""

import pandas as pd
import pytest

from corpus_lib import Frequencies, Tokens, general_english_rates, reference
from corpus_lib.errors import InvalidValue, MissingFile
from corpus_lib.wordlists.frequency_lists import holds_texts, reference_names


def test_the_shipped_list_is_had_by_its_name():
    listed = reference("un-general-debate")
    assert "un-general-debate" in reference_names()
    assert isinstance(listed, Frequencies)
    assert listed.n_tokens > listed.table["frequency"].sum() > 4_000_000


def test_a_folder_is_a_corpus_and_a_table_of_counts_a_list(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("war and peace")
    (tmp_path / "counts.csv").write_text("token,frequency\nwar,3\npeace,1\n")
    (tmp_path / "texts.csv").write_text("id,text\n1,war war\n")
    assert isinstance(reference(tmp_path / "texts"), Tokens)
    assert reference(tmp_path / "counts.csv").table["frequency"].to_dict() == {"war": 3, "peace": 1}
    assert reference(tmp_path / "texts.csv").frequencies().table["frequency"].to_dict() == {"war": 2}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", '"id","text"\n"1","war"\n'),
        ("a.CSV", "id,text\n1,war\n"),
        ("a.tsv", '"id"\t"text"\r\n1\twar\r\n'),
        ("a.jsonl", '\n \n{"id": 1, "text": "war"}\n'),
        ("a.JSONL", '{"id": "1", "text": "war"}\n'),
    ],
)
def test_a_table_of_texts_is_known_by_its_header_however_it_is_written(tmp_path, name, text):
    (tmp_path / name).write_text(text, newline="")
    assert holds_texts(tmp_path / name)
    assert reference(tmp_path / name).frequencies().table["frequency"].to_dict() == {"war": 1}


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".jsonl.gz", ".xlsx", ".csv", ".CSV"])
def test_a_list_of_counts_is_a_list_in_every_format(tmp_path, suffix):
    file = tmp_path / f"counts{suffix}"
    frame = pd.DataFrame({"token": ["war", "NA", '"', "null"], "frequency": [3, 2, 1, 4]})
    if suffix == ".parquet":
        frame.to_parquet(file)
    elif suffix == ".xlsx":
        frame.to_excel(file, index=False)
    elif suffix.startswith(".jsonl"):
        frame.to_json(file, orient="records", lines=True)
    else:
        frame.to_csv(file, index=False)
    assert not holds_texts(file)
    assert reference(file).table["frequency"].to_dict() == {"war": 3, "na": 2, '"': 1, "null": 4}


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.jsonl", b"no json\n", "line 1 is not JSON"),
        ("a.parquet", b"PAR1", "cannot be read as .parquet"),
        ("a.jsonl", b"[1]", "not an object"),
    ],
)
def test_a_reference_that_cannot_be_read_is_refused_with_a_sentence(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InvalidValue, match=words):
        reference(tmp_path / name)


def test_an_unknown_reference_is_answered_with_the_names():
    with pytest.raises(
        MissingFile, match=r"`reference` must be one of 'un-general-debate', a table of counts, or a corpus; 'klingon'"
    ):
        reference("klingon")


def test_general_english_gives_effects_and_no_evidence():
    pytest.importorskip("wordfreq")
    table = general_english_rates(
        Tokens.from_lists([["alliance"] * 6 + ["the"] * 60 + ["asia-pacific"] * 9 + ["rare"]])
    )
    assert table.index.tolist() == ["alliance", "the"]
    assert "log_likelihood" not in table.columns
    row = table.loc["the"]
    assert row["simple_maths"] == pytest.approx((row["per_million"] + 100) / (row["per_million_english"] + 100))


@pytest.mark.parametrize("words", [[], ["once"], ["2020"] * 9], ids=["no word", "no frequent word", "no letters"])
def test_general_english_of_too_few_words_is_an_empty_table(words):
    table = general_english_rates(Tokens.from_lists([words]))
    columns = ["frequency", "per_million", "per_million_english", "log_ratio", "simple_maths"]
    assert table.empty and table.columns.tolist() == columns
