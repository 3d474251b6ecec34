"""The line model: what it keeps, what it says, and that nothing makes it slow or unsteady."""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
import time
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_lib.cleaning.line_model.facts import LONGEST_LINE, facts, scan
from corpus_lib.cleaning.line_model.features import copies, first_reading, repeats, second_reading
from corpus_lib.cleaning.line_model.model import (
    FAMILIES,
    LINES,
    _batches,
    keep_probabilities,
    page_limit,
    pages_probabilities,
    sigmoid,
)
from corpus_lib.cleaning.line_model.windows import Pages, find_runs
from corpus_lib.errors import InvalidType

PAGES = Path(__file__).resolve().parents[2] / "shared" / "cleaning-dev.jsonl"
LANGUAGES = PAGES.with_name("cleaning-dev-languages.jsonl")
MODEL = json.loads(resources.files("corpus_lib.cleaning.line_model").joinpath("line_model.json").read_text("utf-8"))
MENU = ["Home", "News | Sport | Weather", "Sign in", "Subscribe", "Search"]
FOOTER = [
    "Related Articles",
    "Ten gardens to see this spring",
    "March 3, 2024",
    "Share on Facebook",
    "Privacy Policy",
    "About us",
]
ENGLISH = [
    "The old bridge over the river will be closed from Monday, the town council decided after a long debate last night.",
    "Engineers who had inspected the pillars in the autumn told the council that two of them could not be repaired any more.",
    "For the people on the eastern bank this means a detour of nine miles, which the bus company wants to shorten by a ferry.",
    "The mayor said that a new bridge would be built within three years, but that the money had not been found yet.",
    "Several shopkeepers asked whether the market could be moved to the other side, where there is more room for stalls.",
    "The council will meet again in two weeks to decide on the ferry and on the plans for the new bridge.",
]
CHINESE = [
    "市议会昨晚经过长时间讨论后决定，河上的老桥从下周一起关闭，所有车辆都必须改道行驶。",
    "去年秋天检查过桥墩的工程师告诉议会，其中两个桥墩已经无法修复，继续通车会有很大的危险。",
    "对住在东岸的居民来说，这意味着每天要多走十五公里，公交公司希望用渡船来缩短这段路程。",
    "市长表示，新桥将在三年之内建成，但是建设所需要的资金到现在还没有落实，需要向省里申请。",
    "几位店主在会上提出，能不能把集市搬到河的另一边，那里有更多的空地可以摆放摊位。",
    "议会将在两周以后再次开会，讨论渡船的安排以及新桥的设计方案，届时居民也可以旁听。",
]
VIETNAMESE = [
    "Hội đồng thành phố tối qua đã quyết định đóng cửa cây cầu cũ bắc qua sông từ thứ hai tuần tới sau một cuộc tranh luận kéo dài.",
    "Các kỹ sư kiểm tra trụ cầu vào mùa thu năm ngoái cho biết hai trụ không thể sửa chữa được nữa và có thể sập bất cứ lúc nào.",
    "Đối với người dân ở bờ đông, điều này có nghĩa là mỗi ngày phải đi thêm mười lăm cây số để đến chợ và trường học.",
    "Thị trưởng nói rằng một cây cầu mới sẽ được xây dựng trong vòng ba năm, nhưng đến nay vẫn chưa tìm được nguồn tiền.",
    "Một số chủ cửa hàng hỏi liệu có thể chuyển khu chợ sang bờ bên kia, nơi có nhiều chỗ trống hơn cho các quầy hàng hay không.",
    "Hội đồng sẽ họp lại sau hai tuần để quyết định về chuyến phà và về bản thiết kế của cây cầu mới.",
]
LINE = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
    lambda text: bool(text.strip())
)


@pytest.mark.parametrize("article", [ENGLISH, CHINESE, VIETNAMESE], ids=["English", "Chinese", "Vietnamese"])
def test_a_plain_article_is_kept_whole_in_any_of_the_three_languages(article: list[str]) -> None:
    assert keep_probabilities(article).keep.all()


@pytest.mark.parametrize("article", [ENGLISH, CHINESE, VIETNAMESE], ids=["English", "Chinese", "Vietnamese"])
def test_an_article_is_kept_and_the_menu_and_footer_around_it_dropped(article: list[str]) -> None:
    keep = keep_probabilities(MENU + article + FOOTER).keep
    assert keep[len(MENU) : len(MENU) + len(article)].all()
    assert not keep[: len(MENU)].any()
    assert keep[-len(FOOTER) :].sum() <= 1


def test_a_heading_between_paragraphs_is_kept() -> None:
    lines = [*MENU, *ENGLISH[:3], "What the shopkeepers want", *ENGLISH[3:], *FOOTER]
    assert keep_probabilities(lines).keep[len(MENU) + 3]


def test_a_page_that_prints_its_article_again_keeps_the_first_copy_only() -> None:
    lines = [*MENU, *ENGLISH, "Print view", *ENGLISH, *FOOTER]
    keep = keep_probabilities(lines).keep
    first = len(MENU)
    assert keep[first : first + 6].all()
    assert not keep[first + 7 : first + 13].any()


def test_one_long_line_said_twice_is_no_copied_passage() -> None:
    page = facts(scan([*ENGLISH, ENGLISH[0]]), ["en"])
    assert not copies(page, np.full(7, 0.9)).any()


@pytest.mark.parametrize("width", [60, 72, 100])
def test_an_article_broken_at_a_fixed_width_is_kept_as_well(width: int) -> None:
    lines = [line for paragraph in ENGLISH for line in textwrap.wrap(paragraph + " Nobody knew more than that.", width)]
    keep = keep_probabilities([*MENU, *lines, *FOOTER]).keep[len(MENU) : len(MENU) + len(lines)]
    assert keep.mean() >= 0.9


def test_lines_of_one_sentence_share_one_vote() -> None:
    lines = [
        *ENGLISH[:3],
        "At the end of the evening the mayor thanked all who had come to the",
        "town hall.",
        *ENGLISH[3:],
    ]
    votes = keep_probabilities(lines)
    assert votes.probability[3] == votes.probability[4]
    assert votes.keep[4]


def test_no_lines_give_no_votes() -> None:
    votes = keep_probabilities([])
    assert votes.probability.shape == (0,)
    assert votes.keep.shape == (0,)


@pytest.mark.parametrize("line", ["x", "--", "。", "\u200b", "1", "é" * 20])
def test_a_page_of_one_line_has_one_vote(line: str) -> None:
    votes = keep_probabilities([line])
    assert 0 <= votes.probability[0] <= 1
    assert votes.reasons[0].startswith("model: ")


def test_one_string_instead_of_lines_is_refused_with_advice() -> None:
    with pytest.raises(InvalidType, match=r"`lines` must be a sequence of lines; found one string\. Pass"):
        keep_probabilities("a line")


@given(st.lists(LINE, max_size=12))
@settings(max_examples=80, deadline=None)
def test_any_lines_give_finite_votes_that_keep_by_the_limit_of_the_page(lines: list[str]) -> None:
    votes = keep_probabilities(lines)
    assert np.isfinite(votes.contributions).all()
    assert (votes.keep == (votes.probability >= votes.limit)).all()
    assert ((votes.probability >= 0) & (votes.probability <= 1)).all()
    again = keep_probabilities(list(lines))
    assert again.probability.tobytes() == votes.probability.tobytes()
    for line in range(len(lines)):
        assert "  " not in votes.reasons[line]


@given(st.lists(LINE, min_size=1, max_size=12))
@settings(max_examples=50, deadline=None)
def test_contributions_of_the_families_sum_to_the_log_odds(lines: list[str]) -> None:
    votes = keep_probabilities(lines)
    assert votes.contributions.shape == (len(lines), len(FAMILIES))
    np.testing.assert_allclose(sigmoid(votes.contributions.sum(axis=1)), votes.probability, atol=1e-6)


def test_reasons_name_the_families_and_what_the_line_shows() -> None:
    votes = keep_probabilities([*MENU, *ENGLISH, *FOOTER])
    kept, dropped = votes.reasons[len(MENU) + 2], votes.reasons[len(MENU) + 6 + 3]
    assert kept.startswith("model: 9")
    assert "text" in kept
    assert "apart from the main stretch of text" in dropped or "share bar" in dropped
    assert len(kept.split(", ")) == 4


def test_a_reason_takes_no_longer_on_a_long_page() -> None:
    votes = keep_probabilities([f"{line} {number}" for number in range(500) for line in ENGLISH + FOOTER])
    begin = time.process_time()
    for line in range(0, 6000, 6):
        votes.reasons[line]
    assert time.process_time() - begin < 0.5


def test_a_line_kept_below_one_half_says_the_limit_of_its_page() -> None:
    for lines in (ENGLISH[:1] + FOOTER, [*ENGLISH, "Read more about it"], ["one"], ["a line of five words"]):
        votes = keep_probabilities(lines)
        for line, (p, keep) in enumerate(zip(votes.probability, votes.keep, strict=True)):
            said = f"this page keeps lines from {100 * votes.limit:.0f} %" in votes.reasons[line]
            assert said == (keep != (p >= 0.5))


def test_the_limit_is_the_formula_worked_by_hand() -> None:
    # Cuts: 10·.9·2/(10+14) = .75 with one line, (9+5)·2/(20+14) = .8235 with both; s = .7.
    limit = page_limit(np.array([0.5, 0.9]), np.array([10.0, 10.0]), floor=0.15, factor=1.2, slope=0.4)
    assert limit == pytest.approx(1.2 * 0.8235294 / 2 * (1 - 0.4 * 0.7), abs=1e-6)


def test_the_limit_has_a_floor_when_no_line_has_words() -> None:
    assert page_limit(np.array([0.4]), np.array([0.0]), floor=0.15, factor=1.2, slope=0.4) == 0.15


def test_the_model_file_names_exactly_the_features_that_are_computed() -> None:
    page = facts(scan(ENGLISH), ["en"])
    computed = [
        {family: list(columns) for family, columns in features}
        for features in (first_reading(page), second_reading(page, np.full(6, 0.5)))
    ]
    assert list(MODEL["models"]) == ["english", "others"]
    assert (*computed[1], "baseline") == FAMILIES
    for readings in MODEL["models"].values():
        assert [
            {family: list(columns) for family, columns in reading["families"].items()} for reading in readings.values()
        ] == computed


def test_english_and_the_other_languages_are_read_by_models_of_their_own() -> None:
    english, others = (keep_probabilities(ENGLISH, language=code).probability.tolist() for code in ("en", "de"))
    assert english != others
    assert keep_probabilities(ENGLISH).probability.tolist() == english
    together = pages_probabilities([ENGLISH, ENGLISH], ["de", "en"])
    assert [votes.probability.tolist() for votes in together] == [others, english]


def test_the_model_file_states_data_hashes_date_and_licences() -> None:
    training = MODEL["training"]
    assert training["date"] >= "2026"
    assert "CC-BY-4.0" in training["data"][0]
    assert "MIT" in training["data"][1]
    if not (PAGES.exists() and LANGUAGES.exists()):
        pytest.skip("the development pages are not beside the repository")
    assert training["sha256"] == [hashlib.sha256(path.read_bytes()).hexdigest() for path in (PAGES, LANGUAGES)]


def test_on_pages_of_other_languages_the_model_is_well_above_keeping_everything() -> None:
    """A smoke test of the file in the package (the pages were trained on); honest figures come from cross-validation."""
    if not LANGUAGES.exists():
        pytest.skip("the development pages are not beside the repository")
    records = [json.loads(text) for text in LANGUAGES.read_text("utf-8").splitlines()]
    scores = [score(record["lines"]) for record in records if record["lang"] in ("ja", "ko", "th", "tr", "cs", "sv")]
    assert np.mean(scores) > 0.9


def score(labelled: list[dict[str, object]]) -> float:
    """Token F1 of the lines of a page that the model keeps, characters of scripts without blanks counted each."""
    lines = [line for line in labelled if not line.get("ignore")]
    gold = np.array([line["keep"] for line in lines])
    n = np.array(
        [
            len(re.findall(r"[\u0e00-\u9fff\uac00-\ud7af]|[^\W\u0e00-\u9fff\uac00-\ud7af]+", str(line["text"])))
            for line in lines
        ]
    )
    keep = keep_probabilities([str(line["text"]) for line in lines]).keep
    return float(2 * n[keep & gold].sum() / (n[keep].sum() + n[gold].sum()))


def test_on_development_pages_the_model_is_well_above_keeping_everything() -> None:
    """A smoke test of the file in the package (the pages were trained on); honest figures come from cross-validation."""
    if not PAGES.exists():
        pytest.skip("the development pages are not beside the repository")
    scores = [score(json.loads(text)["lines"]) for text in PAGES.read_text("utf-8").split("\n")[:24]]
    assert np.mean(scores) > 0.93


def test_of_a_line_over_the_limit_head_and_tail_are_read() -> None:
    page = scan(["word " * LONGEST_LINE + "end."])
    assert len(page.lines[0]) <= LONGEST_LINE + 1
    assert page.lines[0].endswith("end.")


HOSTILE = {
    "spaces": " ",
    "stops": ". ",
    "one letter": "a",
    "digits and dots": "1.",
    "phrases": "is a an the ",
    "brackets": "([{",
    "han": "的",
    "marks": "\u0301a",
    "newsletter": "sign up to our newsletter ",
}


@pytest.mark.slow
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_does_not_grow_faster_than_a_hostile_page(unit: str) -> None:
    def seconds(n_lines: int) -> float:
        lines = ["x" + unit * (1200 // len(unit)) + "x"] * n_lines
        times = []
        for _ in range(3):
            begin = time.process_time()
            keep_probabilities(lines)
            times.append(time.process_time() - begin)
        return min(times)

    # 300 KB and 600 KB; the constant part of the time makes the ratio smaller, never larger.
    assert seconds(500) < 3 * seconds(250) + 0.05


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_one_enormous_line_costs_no_more_than_its_cut(unit: str) -> None:
    line = "x" + unit * (8_000_000 // len(unit))
    begin = time.process_time()
    keep_probabilities([line])
    assert time.process_time() - begin < 0.5


def hinted(lines: list[str]) -> dict[str, list[bool]]:
    """Which lines hold a hint of each kind."""
    return {name: hits.tolist() for name, hits in facts(scan(lines), ["en"]).hits.items()}


def test_lines_are_hinted_at_by_word_phrase_edge_and_nearness() -> None:
    lines = ["Share this on Facebook", "READ MORE about bridges", "You read more than others", "She is a widely read science writer.",
             "She is a mother.", "3 hours ago", "相关新闻：桥梁", "do you ask", "the writer here is"]  # fmt: skip
    hit = hinted(lines)
    assert hit["share"] == [True, *[False] * 8]
    assert hit["related"] == [False, True, True, False, False, False, True, False, False]
    assert hit["bio"] == [False, False, False, True, False, False, False, False, False]
    assert hit["time"] == [*[False] * 5, True, False, False, False]


def test_a_phrase_does_not_run_from_one_line_into_the_next() -> None:
    assert hinted(["sign", "up"])["form"] == [False, False]


@pytest.mark.parametrize("line", ["Leggi anche", "Lees ook: de brug gaat dicht", "Czytaj także", "ilgili haberler", "Läs också", "Les også",
                                  "Læs også", "Čtěte také", "Читайте також", "Baca juga: jembatan ditutup", "यह भी पढ़ें", "関連記事", "관련 기사",
                                  "ข่าวที่เกี่ยวข้อง", "اقرأ أيضا"])  # fmt: skip
def test_the_header_of_other_stories_is_known_in_every_language_of_the_lexicon(line: str) -> None:
    assert hinted([line])["related"] == [True]


def test_a_chinese_character_counts_for_six_tenths_of_a_word() -> None:
    measured = facts(scan(["市议会昨晚开会", "the council met", "议会 met"]), ["zh"])
    assert measured.n.round(6).tolist() == [4.2, 3.0, 2.2]


def test_function_words_are_those_of_the_language() -> None:
    lines = ["Die Stadt hat die alte Brücke nun für den Verkehr gesperrt"]
    german, english = (facts(scan(lines), [code]).measure["stop"][0] for code in ("de", "en"))
    assert german > 0.3 > 0.1 > english


def test_dates_clock_times_and_sentences_are_measured() -> None:
    measure = facts(
        scan(["March 3, 2024", "2024-03-08 23:08", "Three men came", "One came. Two left. All was well.", "好。是。"]),
        ["en"],
    ).measure
    assert measure["date"].tolist() == [1, 1, 0, 0, 0]
    assert measure["clock"].tolist() == [0, 1, 0, 0, 0]
    assert facts(scan(["One came. Two left. All was well.", "好。是。"]), ["en"]).measure["sentences"].tolist() == [
        2,
        1,
    ]


def same_votes(pages: list[list[str]]) -> None:
    """Check that pages read together have the votes, to the last bit, that they have one by one."""
    languages = ["de" if number % 3 else "en" for number in range(len(pages))]
    for lines, language, together in zip(pages, languages, pages_probabilities(pages, languages), strict=True):
        alone = keep_probabilities(lines, language=language)
        assert together.contributions.tobytes() == alone.contributions.tobytes()
        assert together.probability.tobytes() == alone.probability.tobytes()
        assert (together.limit, together.reasons) == (alone.limit, alone.reasons)
        assert together.keep.tolist() == alone.keep.tolist()


# Lines that mean something to the model stand beside any others, so that runs, titles, copies and groups reach the edges of pages.
@pytest.mark.slow
@given(
    st.lists(
        st.lists(st.sampled_from([*MENU, *ENGLISH, *FOOTER, *CHINESE[:2], "and it goes on"]) | LINE, max_size=14),
        max_size=6,
    )
)
@settings(max_examples=150, deadline=None)
def test_pages_read_together_have_the_votes_they_have_alone(pages: list[list[str]]) -> None:
    same_votes(pages)


def test_the_same_page_several_times_and_pages_of_one_line_have_the_votes_they_have_alone() -> None:
    page = [*MENU, *ENGLISH, "Print view", *ENGLISH, *FOOTER]
    same_votes([page, ["one"], page, [], ["one"], page[:7], page[5:], ["goes on"], ["and it ended in the"], ["town"]])


def test_on_development_pages_reading_together_changes_nothing() -> None:
    if not PAGES.exists():
        pytest.skip("the development pages are not beside the repository")
    records = map(json.loads, PAGES.read_text("utf-8").split("\n")[:60])
    same_votes([[line["text"] for line in record["lines"]] for record in records])


@given(st.lists(st.integers(0, 3 * LINES), max_size=20))
def test_each_page_is_read_once_and_no_batch_is_larger_than_its_bound_unless_a_page_is(sizes: list[int]) -> None:
    batches = list(_batches(sizes))
    assert sorted(number for batch in batches for number in batch) == list(range(len(sizes)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(sizes[number] for number in batch) <= LINES


@given(st.lists(st.lists(st.integers(-5, 9), max_size=20), max_size=4), st.integers(-4, 4), st.integers(0, 5))
def test_window_sums_equal_plain_sums(values: list[list[int]], first: int, width: int) -> None:
    pages, last = Pages(np.array(list(map(len, values)), dtype=np.int64)), first + width
    array = np.array([number for page in values for number in page], dtype=float)
    expected = [sum(page[max(i + first, 0) : max(i + last + 1, 0)]) for page in values for i in range(len(page))]
    assert pages.around(array, first, last).tolist() == expected
    moved = [page[i + first] if 0 <= i + first < len(page) else 0 for page in values for i in range(len(page))]
    assert pages.shifted(array, first).tolist() == moved
    assert pages.cumsum(array).tolist() == [total for page in values for total in np.cumsum(page).tolist()]
    assert pages.sum(array).tolist() == [sum(page) for page in values for _ in page]
    firsts = np.cumsum(pages.sizes) - pages.sizes
    greatest = [at + page.index(max(page)) for page, at in zip(values, firsts.tolist(), strict=True) for _ in page]
    assert pages.argmax(array).tolist() == greatest


@given(st.lists(st.booleans(), max_size=20))
def test_runs_cover_their_members_and_are_apart_by_more_than_the_gap(member: list[bool]) -> None:
    runs = find_runs(Pages(np.array([len(member)])), np.array(member, dtype=bool), np.ones(len(member)), gap=2)
    assert ((runs.run >= 0) | ~np.array(member, dtype=bool)).all()
    outside = "".join("." if r < 0 else "x" for r in runs.run.tolist()).strip(".")
    assert all(len(part) > 2 for part in outside.replace("x", " ").split())
    assert runs.tokens.sum() == (runs.run >= 0).sum()


def test_lines_since_the_last_hit_of_the_page_are_counted() -> None:
    hits = np.array([True, False, False, True, False, False, True])
    assert Pages(np.array([5, 2])).since_last(hits, 2).tolist() == [2, 1, 2, 2, 1, 2, 2]


def test_runs_end_at_the_edge_of_a_page_and_the_first_of_the_largest_is_named() -> None:
    member = np.array([True, False, True, True, False, False, False, True])
    runs = find_runs(Pages(np.array([3, 2, 0, 3])), member, np.ones(8), gap=0)
    assert runs.run.tolist() == [0, -1, 1, 2, -1, -1, -1, 3]
    assert runs.first.tolist() == [0, 0, 0, 0, 0, 2, 2, 2]
    assert runs.last.tolist() == [1, 1, 1, 1, 1, 3, 3, 3]


def test_repeats_are_found_by_four_words_in_a_row() -> None:
    lines = ["one two three four five six", "nothing of it here at all now", "zero one two three four nine"]
    columns = repeats(facts(scan(lines), ["en"]))
    assert columns["elsewhere"].round(2).tolist() == [0.33, 0, 0.33]
    assert columns["earlier"].round(2).tolist() == [0, 0, 0.33]
