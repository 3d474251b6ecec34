"""Texts that nobody meant as articles: next to nothing, odd line ends, one line of megabytes; never a crash, never silence."""

import time

import pytest
from test_cleaning_invariants import check_contract, check_partition, check_reconstruction, corpus_of

from corpus_lib import clean_corpus, load_corpus, report

SENTENCE = (
    "The council of the valley voted on Tuesday to build a bridge, which nobody in the villages had thought possible. "
)
ODD = {
    "navigation": "Home\nContact\nShare\n", "letter": "x", "character": "北", "blank": " \n\t\n\u3000\r\n\u00a0", "nothing": "", "mark": "\ufeff",
    "quote": '"', "stop": "...", "nul": "a\0b", "unassigned": "\u0378\ue000\U0010ffff",
}  # fmt: skip


def seconds(task):
    begin = time.process_time()
    task()
    return time.process_time() - begin


@pytest.mark.parametrize("name", ODD)
def test_next_to_nothing_is_cleaned_alone_without_an_error(name):
    clean = clean_corpus(corpus_of({name: ODD[name]}))
    check_partition(clean)
    check_reconstruction(clean)
    check_contract(clean)
    assert report.review_html(clean, name)
    # Where nothing is left, or nothing but what would be dropped elsewhere, a person is asked to look; any other text asks for nothing.
    asks = clean.text(name) == "" or "structure.nothing_else" in set(clean.lines["rule"])
    assert asks == (name == "navigation" or clean.text(name) == "")
    assert bool(clean.documents.at[name, "needs_review"]) == asks
    assert bool(clean.documents.at[name, "review_reasons"]) == asks


def test_next_to_nothing_does_not_disturb_its_neighbours():
    page = {"page": f"A bridge for the valley\n\n{SENTENCE * 3}\n\nRecent Posts\n\nA new school\n"}
    alone, among = clean_corpus(corpus_of(page)), clean_corpus(corpus_of(page | ODD))
    assert among.text("page") == alone.text("page") == (SENTENCE * 3).strip()
    assert len(among.documents) == 1 + len(ODD)


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n", "mixed"])
def test_line_ends_of_any_kind_give_the_same_labels(end):
    lines = [
        "A bridge for the valley",
        "",
        SENTENCE.strip() * 2,
        "",
        SENTENCE.strip(),
        "",
        "Recent Posts",
        "A new school",
        "",
    ]
    ends = ["\r", "\n", "\r\n"] * 3 if end == "mixed" else [end] * 9
    # A \r before a blank line that ends with \n would be one line end.
    ends = (
        [e if e != "\r" or (i + 1 < len(lines) and lines[i + 1]) else "\r\n" for i, e in enumerate(ends)]
        if end == "mixed"
        else ends
    )
    clean = clean_corpus(corpus_of({"a": "".join(line + e for line, e in zip(lines, ends, strict=True))}))
    assert clean.lines["line"].tolist() == [1, 3, 5, 7, 8]
    assert clean.lines["label"].tolist() == ["title", "body", "body", "sidebar", "sidebar"]
    check_partition(clean)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        SENTENCE,
        "a",
        "北约在亚太地区的扩张引发了广泛关注。",
        "cost - effective ",
        "'s' ",
        '"we" ',
        "a\u00a0\u200b ",
        "1.1.2024 ",
        "| home ",
    ],
)
def test_one_line_of_megabytes_takes_time_in_proportion(unit):
    # The first call loads what is loaded once.
    clean_corpus(corpus_of({"a": unit}))

    def times() -> tuple[float, float]:
        short, long = (
            seconds(lambda n=n: clean_corpus(corpus_of({"a": unit * (n // len(unit))}))) for n in (100_000, 400_000)
        )
        return short, long

    # A disturbed machine disturbs one attempt; time that grows with the square is sixteen times as long in each.
    assert any(long < 8 * max(short, 0.05) for short, long in (times() for _ in range(4)))


@pytest.mark.slow
def test_a_single_line_of_five_megabytes_is_one_paragraph():
    text = SENTENCE * (5_000_000 // len(SENTENCE))
    clean = clean_corpus(corpus_of({"a": text}))
    assert clean.text("a") == text.strip()
    assert clean.paragraphs[["first_line", "last_line", "kind"]].to_numpy().tolist() == [[1, 1, "body"]]
    assert clean.cite("a", 4_000_000, 4_000_010).quote == text[4_000_000:4_000_010]


def test_a_folder_of_bad_files_is_cleaned_to_what_can_be_read(tmp_path):
    files = {
        "good.txt": (SENTENCE * 3).encode(), "empty.txt": b"", "white.txt": b" \n\r\n", "binary.txt": bytes(range(256)) * 8, "nul.txt": b"a\0b",
        "page.pdf": b"%PDF", "latin.txt": ("Le conseil a décidé mardi de fermer le pont à toute circulation. " * 5).encode("latin-1"),
    }  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "out.txt").symlink_to("/etc/hostname")
    clean = clean_corpus(load_corpus(tmp_path))
    assert clean.documents.index.tolist() == ["good", "latin"]
    assert "décidé" in clean.text("latin")
    assert clean.corpus.problems["path"].tolist() == [
        "binary.txt",
        "empty.txt",
        "nul.txt",
        "out.txt",
        "page.pdf",
        "white.txt",
    ]
    assert (clean.corpus.problems["advice"].str.len() > 10).all()
    check_partition(clean)


def test_two_files_of_one_name_and_two_rows_of_one_id_stay_two_documents(tmp_path):
    (tmp_path / "a.txt").write_text(SENTENCE)
    (tmp_path / "a.md").write_text(SENTENCE)
    clean = clean_corpus(load_corpus(tmp_path))
    assert clean.documents.index.tolist() == ["a.md", "a.txt"]
    assert clean.duplicates["kind"].tolist() == ["exact"]
    (tmp_path / "t.csv").write_text(f'id,text\nx,"{SENTENCE}"\nx,"{SENTENCE}"\n')
    assert clean_corpus(load_corpus(tmp_path / "t.csv")).documents.index.tolist() == ["0", "1"]
