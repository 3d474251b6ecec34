"""What a corpus is compared with, by name, file or folder."""

import pytest

from corpus_lib import Frequencies, Tokens
from corpus_lib.errors import MissingFile
from corpus_lib.references import general_english_rates, reference, reference_names


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


def test_an_unknown_reference_is_answered_with_the_names():
    with pytest.raises(MissingFile, match=r"`reference` must be one of 'un-general-debate', a table of counts, or a corpus; 'klingon'"):
        reference("klingon")


def test_general_english_gives_effects_and_no_evidence():
    pytest.importorskip("wordfreq")
    table = general_english_rates(Tokens.from_lists([["alliance"] * 6 + ["the"] * 60 + ["asia-pacific"] * 9 + ["rare"]]))
    assert table.index.tolist() == ["alliance", "the"]
    assert "log_likelihood" not in table.columns
    row = table.loc["the"]
    assert row["simple_maths"] == pytest.approx((row["per_million"] + 100) / (row["per_million_english"] + 100))
