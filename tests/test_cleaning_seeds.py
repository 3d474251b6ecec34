"""The five seeds, line by line, against a careful reader's labels, and what their pages state."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from corpus_lib import CleaningSettings, clean_corpus, load_corpus, report

ROOT = Path(__file__).resolve().parents[1]
GOLD = pd.read_csv(ROOT / "tests" / "cases" / "seed_lines.csv")
FIELDS = ["title", "author", "source", "publisher", "date_published", "date_modified", "date_event", "language"]


@cache
def cleaned(model=True):
    return clean_corpus(load_corpus(ROOT / "seeds"), settings=CleaningSettings(line_model=model))


@pytest.mark.parametrize("model", [True, False])
def test_every_line_of_the_seeds_has_the_label_a_careful_reader_gives(model):
    both = cleaned(model).lines.merge(GOLD, on=["doc_id", "line"], how="outer", suffixes=("", "_gold"))
    wrong = both[both["label"] != both["label_gold"]]
    assert len(both) == 150
    assert wrong[["doc_id", "line", "label", "label_gold"]].to_numpy().tolist() == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, ["Analysis of the U.S.'s Potential Withdrawal from International Organizations", "", "Manufactry", "", "2025-03-08T23:08", "", "", "en"]),
        (1, ["", "Li Qingsi", "", "", "", "", "2022-04-16", "en"]),
        (2, ["NATO's new ambition", "Tran Duc Mau", "", "The Hanoi Times", "", "", "", "en"]),
        (3, ["South Korea is faced with a dilemma of NATO co opting the United States and the Asia Pacific region", "", "Mondo Education", "Mondo Education", "", "2024-01-29", "", "en"]),
        (4, ["Creating Conflict Confrontation Serving U.S. Hegemony", "Li Jiabao", "", "", "", "", "", "en"]),
    ],
)  # fmt: skip
def test_metadata_is_what_the_page_states_or_empty(number, expected):
    assert cleaned().documents[FIELDS].iloc[number].tolist() == expected


def test_repairs_are_these_and_no_others():
    clean = cleaned()
    edits = clean.edits
    around = []
    for e in edits.itertuples():
        data = clean.source_bytes(e.doc_id)
        around.append(
            data[e.byte_start - 6 : e.byte_start].decode("utf-8", "ignore")[-4:]
            + f"[{e.before}>{e.after}]"
            + data[e.byte_end : e.byte_end + 4].decode("utf-8", "ignore").split("\n")[0]
        )
    assert around == [
        "Cold[ - >-]War ", "cost[ - >-]effe", "onal[ - >-]firs", "well[ - >-]know", "sion[ - >-]maki", "deep[ - >-]seat", "ry's[> ]'str", "ulti[ - >-]pola",
        "rans[ - >-]Atla", "nce.[ .>]", "ying[\u00a0 > ]Chin", "ion.[\u00a0 > ]Goin", "g up[ >], cl", "ion.[ .>]",
    ]  # fmt: skip


def test_a_real_dash_is_left_alone():
    assert "Atlantic Alliance - NATO." in cleaned().text("000_9e53fa27c8307920")


def test_all_masks_are_flagged_on_dropped_lines_too():
    masks = cleaned().flags.query("kind == 'mask'")
    assert masks.groupby("line").size().to_dict() == {5: 1, 7: 1, 13: 2, 15: 1, 17: 1, 35: 1, 37: 1}
    assert masks.groupby("keep").size().to_dict() == {False: 2, True: 6}


def test_traces_of_lost_words_are_flagged():
    flags = cleaned().flags
    found = set(
        flags.loc[
            flags["kind"].isin(["lost_words", "doubled_word", "lost_full_stop", "unbalanced_quote", "conflict"]),
            ["line", "text"],
        ].itertuples(index=False, name=None)
    )
    assert found == {
        (37, "understanding and understanding"),
        (7, "January 30"),
        (17, "the Xi"),
        (55, "up ,"),
        (77, '; competitor".'),
        (77, '"'),
        (109, "We"),
    }


def test_sentences_between_indented_lines_belong_to_their_paragraph():
    clean = cleaned()
    assert clean.documents["paragraph_mode"].tolist() == ["lines", "lines", "lines", "lines", "indents"]
    own = clean.paragraphs[clean.paragraphs["doc_id"].str.startswith("004")]
    assert own.iloc[0][["first_line", "last_line"]].tolist() == [7, 11]
    assert own["kind"].value_counts().to_dict() == {"body": 20, "heading": 3}


def test_quoted_experts_are_told_from_the_article():
    q = cleaned().quotations
    q = q[q["kind"] == "direct"]
    own = q[q["doc_id"].str.startswith("004") & q["balanced"]]
    assert own.groupby("speaker").size().to_dict() == {
        "": 1,
        "Boris Johnson": 1,
        "Diplomat": 1,
        "India Express": 1,
        "Sullivan": 1,
        "Truss": 1,
        "Xu Xiujun": 2,
        "Yang Xiyu": 5,
    }
    assert set(q["basis"]) == {"said_before", "said_after", "carried_over", "none"}
    assert int((~q["balanced"]).sum()) == 1


def test_stamps_of_other_stories_stay_in_the_evidence_undecided():
    evidence = cleaned().evidence.query("doc_id.str.startswith('002') and field == 'date_published'")
    assert len(evidence) == 4
    assert not evidence["decided"].any()


def test_a_stamp_that_the_text_contradicts_is_shown():
    evidence = cleaned().evidence.query("rule == 'day_after_the_stamp'")
    assert evidence[["value", "line", "decided"]].to_numpy().tolist() == [["--01-30", 7, False]]


def test_every_reason_is_in_words():
    reasons = cleaned().lines.set_index(["doc_id", "line"])["reason"]
    assert (
        reasons["002_eeb56a3e29ece714", 36] == "inside a list headed 'Đừng bỏ lỡ'"
        or "inside a list headed" in reasons["002_eeb56a3e29ece714", 36]
    )
    assert reasons["001_da1f28be59e679b1", 37] == "a biography of Li Qingsi, named on the line above"


def test_the_review_page_shows_every_line_and_escapes_the_text():
    clean = cleaned()
    page = report.review_html(clean, "000_9e53fa27c8307920")
    assert page.count("<tr class=") == 15
    assert '<del title="spaced_hyphen"> - </del><ins title="spaced_hyphen">-</ins>' in page
    assert "U.S.&#39;s" in page
    assert "<script" not in page
