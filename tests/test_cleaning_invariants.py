"""What must hold for any text: no byte is lost, the way back is exact, a second run is the same."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_lib import CleaningSettings, Corpus, clean_corpus, load_corpus
from corpus_lib.cleaning.labels import KEPT, LABELS
from corpus_lib.cleaning.paragraphs import joint

ROOT = Path(__file__).resolve().parents[1]
DEVELOPMENT = ROOT.parent / "shared" / "cleaning-dev.jsonl"
QUIET = CleaningSettings(kind="page", line_model=False)


def corpus_of(texts, encoding="utf-8", **columns):
    """A corpus of texts in memory."""
    data = {name: text.encode(encoding) for name, text in texts.items()}
    documents = pd.DataFrame(
        {
            "path": [f"{n}.txt" for n in data],
            "sha256": [f"{i:064x}" for i in range(len(data))],
            "n_bytes": [len(b) for b in data.values()],
            "encoding": encoding,
            **columns,
        },
        index=pd.Index(list(data), name="doc_id", dtype="str"),
    )
    return Corpus(documents, pd.DataFrame(columns=["path", "problem", "advice"]), data)


def check_partition(clean):
    """Kept segments, dropped lines and white space cover every byte of every document, once."""
    for doc_id in clean.documents.index:
        data = np.frombuffer(clean.source_bytes(doc_id), dtype=np.uint8)
        seen = np.zeros(len(data), dtype=int)
        dropped = clean.lines[(clean.lines["doc_id"] == doc_id) & ~clean.lines["keep"]]
        for table in (dropped, clean.segments[clean.segments["doc_id"] == doc_id]):
            for start, end in zip(table["byte_start"], table["byte_end"], strict=True):
                seen[start:end] += 1
        assert seen.max(initial=0) <= 1
        rest = data[seen == 0].tobytes().decode(clean.documents.at[doc_id, "encoding"])
        assert rest.strip() == "", rest[:60]


def check_reconstruction(clean):
    """Lines, edits and paragraphs applied to the source give the text; copied segments are the same characters."""
    for doc_id in clean.documents.index:
        data, encoding = clean.source_bytes(doc_id), clean.documents.at[doc_id, "encoding"]
        own = clean.lines[(clean.lines["doc_id"] == doc_id) & clean.lines["keep"]]
        written, edits = {}, {}
        for e in clean.edits[clean.edits["doc_id"] == doc_id].itertuples():
            edits.setdefault(e.line, []).append(e)
        for row in own.itertuples():
            pieces, at = [], row.byte_start
            for e in edits.get(row.line, []):
                assert data[e.byte_start : e.byte_end].decode(encoding) == e.before
                pieces += [data[at : e.byte_start].decode(encoding), e.after]
                at = e.byte_end
            written[row.line] = "".join([*pieces, data[at : row.byte_end].decode(encoding)]).strip()
        own = clean.paragraphs[clean.paragraphs["doc_id"] == doc_id]
        over = {
            e.line
            for e in clean.edits[clean.edits["doc_id"] == doc_id].itertuples()
            if "\n" in e.before or "\r" in e.before
        }
        # A line break that was written out parts one line into several paragraphs.
        for (first, last), parts in own.groupby(["first_line", "last_line"], sort=False):
            text, above = "", 0
            for number in (n for n in range(first, last + 1) if n in written):
                text += (
                    joint(text, written[number]) if text and written[number] and above not in over else ""
                ) + written[number]
                above = number
            assert text == "\n\n".join(parts["text"])
        assert "\n\n".join(own["text"]) == clean.text(doc_id)
        whole = clean.text(doc_id)
        for s in clean.segments[clean.segments["doc_id"] == doc_id].itertuples():
            assert s.kind == "edit" or data[s.byte_start : s.byte_end].decode(encoding) == whole[s.start : s.end]


def check_contract(clean):
    assert set(clean.lines["label"]) <= set(LABELS)
    assert (clean.lines["keep"] == clean.lines["label"].isin(KEPT)).all()
    assert (clean.lines["reason"].str.len() > 0).all()
    assert clean.lines["rule"].str.contains(".", regex=False).all()
    assert (clean.lines["votes"].str.len() > 0).all()


words = st.sampled_from(
    ["the", "council", "voted", "Cold - War", "cost - effective", "NATO", "it's", '"we', 'go"', "**", "推荐", "阅读。", "Đọc", "nhiều", "said", "2024-01-29", "\u00a0", "\u200b",
     "\u3000", "a\u00adb", "\ufeff", "—", "1.", "•", "violence. .", "x ,", "Recent", "Posts", "By", "Jane", "Doe", ".", "?", "’", "“", "”", "Ã©", "\t", "\x85", "\u2028", "😀", "e\u0301", "&amp;", "&nbsp;", "<p>", "<b>", "\\n", "end.\\n\\nThe", "capi-", "capi\u00ad", "capi¬", "tal", "capi- tal", "o\ufb03ce", "post-", "war", "post-war"]
)  # fmt: skip
line = st.one_of(
    st.lists(words, max_size=30).map(" ".join), st.lists(words, max_size=6).map("".join), st.text(max_size=30),
    st.sampled_from(["Recent Posts", "Leave a Comment", "推荐阅读", "Đọc nhiều", "Disclaimer: none of this is advice.", "Home | About | Contact", "来源:新华社 2024-01-29 10:00"]),
)  # fmt: skip
source = st.lists(
    st.tuples(
        st.sampled_from(["", "  ", "\t", "\u3000\u3000", "\ufeff"]),
        line,
        st.sampled_from(["\n", "\r\n", "\r", "\n\n", ""]),
    ),
    max_size=25,
).map(lambda rows: "".join(a + b + c for a, b, c in rows))


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(source, min_size=1, max_size=3))
def test_every_byte_is_kept_dropped_or_white_space(texts):
    texts = [t.encode("utf-8", "ignore").decode() for t in texts]
    clean = clean_corpus(corpus_of({str(i): t for i, t in enumerate(texts)}), settings=QUIET)
    check_partition(clean)
    check_reconstruction(clean)
    check_contract(clean)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(source)
def test_the_line_model_changes_no_invariant(text):
    text = text.encode("utf-8", "ignore").decode()
    body = (
        "\n\nThe council voted on Tuesday to close the old bridge, which engineers had called unsafe for years and years.\n\n"
        * 3
    )
    clean = clean_corpus(corpus_of({"a": text + body + text}))
    check_partition(clean)
    check_reconstruction(clean)
    check_contract(clean)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030"])
def test_spans_are_exact_in_any_encoding(encoding):
    text = "标题在这里\r\n\r\n来源:新华社\u00a0 2024-01-29\r\n\r\n人们说,“这是一个很长的句子,因此它是正文的一部分。”这就是我们想要检验的内容,一个字节都不能少。\r\n"
    clean = clean_corpus(corpus_of({"a": text}, encoding), settings=QUIET)
    check_partition(clean)
    check_reconstruction(clean)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(source)
def test_every_kept_character_leads_back_to_bytes_that_hold_it(text):
    text = text.encode("utf-8", "ignore").decode()
    clean = clean_corpus(corpus_of({"a": text}), settings=QUIET)
    whole = clean.text("a")
    for row in clean.segments[clean.segments["kind"] == "copy"].itertuples():
        for at in {row.start, (row.start + row.end) // 2, row.end - 1}:
            assert whole[at] in clean.cite("a", at, at + 1).quote
    if whole:
        pieces = clean.to_source("a", 0, len(whole))
        assert sum(b - a for a, b in pieces) == (clean.segments["byte_end"] - clean.segments["byte_start"]).sum()


def test_a_second_run_is_the_same():
    corpus = load_corpus(ROOT / "seeds")
    first, second = clean_corpus(corpus), clean_corpus(corpus)
    for name in (
        "documents",
        "evidence",
        "lines",
        "edits",
        "flags",
        "paragraphs",
        "quotations",
        "duplicates",
        "segments",
    ):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))


def test_cleaning_clean_text_changes_nothing():
    clean = clean_corpus(load_corpus(ROOT / "seeds"))
    again = clean_corpus(
        corpus_of({d: clean.text(d) for d in clean.documents.index}, title=list(clean.documents["title"]))
    )
    assert {d: again.text(d) for d in again.documents.index} == {d: clean.text(d) for d in clean.documents.index}
    assert again.edits.empty


def test_nothing_is_changed_by_cleaning():
    corpus = load_corpus(ROOT / "seeds")
    before = corpus.documents.copy(), dict(corpus.sources)
    clean_corpus(corpus)
    pd.testing.assert_frame_equal(corpus.documents, before[0])
    assert dict(corpus.sources) == before[1]


@pytest.mark.slow
@pytest.mark.skipif(not DEVELOPMENT.exists(), reason="the labelled development pages are not beside the repository")
@pytest.mark.parametrize("model", [False, True])
def test_the_invariants_hold_on_the_development_pages(model):
    records = [json.loads(line) for line in DEVELOPMENT.read_text("utf-8").split("\n") if line]
    texts = {r["id"]: "\n".join(line["text"] for line in r["lines"]) for r in records[:: 8 if model else 4]}
    clean = clean_corpus(corpus_of(texts), settings=CleaningSettings(line_model=model))
    check_partition(clean)
    check_reconstruction(clean)
    check_contract(clean)
