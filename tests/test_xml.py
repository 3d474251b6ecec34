"""TEI and ParlaMint: the text without its header, tag by tag, with the bytes of the file; what could stand for anything is refused."""

import pytest

from corpus_lib import clean_corpus, load_corpus, tokenize

SITTING = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>A sitting</title></titleStmt></fileDesc></teiHeader>
<text><body><div><head>Opening</head><note type="speaker">The President:</note>
<u who="#A" xml:id="u1"><seg>The ministers agreed &amp; the caf&#233; <hi>clos</hi>ed.</seg><seg>A second remark was made.</seg></u>
<u who="#B"><seg>Teachers in the valley returned to their classrooms.</seg><vocal><desc>Applause</desc></vocal></u></div></body></text></TEI>"""


def put(path, data, name="sitting.xml"):
    path.mkdir(exist_ok=True)
    (path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_the_text_of_tei_is_read_with_the_bytes_of_its_file(tmp_path):
    corpus = load_corpus(put(tmp_path / "c", SITTING))
    assert corpus.problems.empty
    assert corpus.source_bytes("sitting") == SITTING.encode()
    assert corpus.text("sitting") == (
        "Opening\n\nThe ministers agreed & the café closed.\n\nA second remark was made.\n\nTeachers in the valley returned to their classrooms."
    )
    at = corpus.text("sitting").index("Teachers")
    cited = corpus.cite("sitting", at, at + 8)
    assert SITTING.encode()[cited.byte_start : cited.byte_end] == b"Teachers"
    assert not {"seg", "xml", "tei", "who", "u1", "sitting", "applause"} & set(tokenize(corpus).vocabulary)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>One mini<hi>ster</hi> a<lb break='no'/>greed, a-\n <lb break=\"no\"/>gain.</p>", "One minister agreed, a-gain."),
        ("<p>The patrols <pb n='3'/>go on<lb/>here.</p>", "The patrols\ngo on\nhere."),
        ("<p>On <choice><sic>teh</sic><corr>the</corr></choice> <choice><expan>January</expan><abbr>Jan</abbr></choice> day.</p>", "On the January day."),
        ("<p>A <sic>teh</sic> or <abbr>Dr</abbr> <del>gone</del><add>new</add>.</p>", "A teh or Dr new."),
        ("<s><w>He</w><w>left</w><pc>.</pc></s><s><w>She</w> <w join='right'>stay</w><w part='F'>ed</w> <pc join='left'>.</pc></s>", "He left. She stayed."),
        ("<sp><l part='I'>To be</l><l part='F'>or not</l></sp>", "To be\n\nor not"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("prefix", ["", "tei:"])
def test_elements_inside_running_text_neither_join_words_nor_cut_them(tmp_path, body, text, prefix):
    source = f"<TEI><teiHeader><title>Header</title></teiHeader><text><body>{body}</body></text></TEI>"
    source = source.replace("</", f"</{prefix}").replace("<", f"<{prefix}").replace(f"<{prefix}/", "</")
    source = source.replace(f"<{prefix}TEI", f'<{prefix}TEI xmlns{":tei" * bool(prefix)}="http://www.tei-c.org/ns/1.0"')
    corpus = load_corpus(put(tmp_path / "c", source))
    assert corpus.text("sitting") == text
    at = text.index(" ") + 1
    assert corpus.cite("sitting", at, at + 2).quote == text[at : at + 2]


def test_tei_is_cleaned_like_a_text(tmp_path):
    clean = clean_corpus(load_corpus(put(tmp_path / "c", SITTING)))
    assert "Teachers in the valley returned to their classrooms." in clean.text("sitting")
    at = clean.text("sitting").index("Teachers")
    assert clean.cite("sitting", at, at + 8).quote == "Teachers"


@pytest.mark.parametrize(
    "data",
    [
        '<!DOCTYPE TEI [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><TEI><text><p>&b;</p></text></TEI>',
        '<!DOCTYPE TEI [<!ENTITY x SYSTEM "file:///etc/hostname">]><TEI><text><p>&x;</p></text></TEI>',
        "<TEI><text><p><![CDATA[<b>]]></p></text></TEI>",
        "<TEI><text><p>never closed</text></TEI>",
        "<TEI><text><p>&unknown; words</p></text></TEI>",
        "<rss><item>Not a text of TEI</item></rss>",
        "<TEI><teiHeader><title>Only a header</title></teiHeader></TEI>",
    ],
)
def test_what_may_stand_for_anything_or_is_no_tei_is_a_problem_with_advice(tmp_path, data):
    put(tmp_path / "c", "A text.", "b.txt")
    corpus = load_corpus(put(tmp_path / "c", data))
    assert corpus.documents.index.tolist() == ["b"]
    assert corpus.problems["path"].tolist() == ["sitting.xml"]
    assert corpus.problems.loc[0, "advice"]


@pytest.mark.parametrize("prefix", ["", "tei:"])
@pytest.mark.parametrize("n", [1, 2])
def test_several_texts_of_tei_in_one_file_are_said(tmp_path, n, prefix):
    text = "<TEI><text><body><p>The council met.</p></body></text></TEI>"
    data = f'<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">{text * n}</teiCorpus>'
    if prefix:
        data = data.replace("xmlns=", "xmlns:tei=").replace("</", "#").replace("<", "<tei:").replace("#", "</tei:")
    told = load_corpus(put(tmp_path, data, "c.xml")).problems["problem"].tolist()
    assert told == [f"holds {n} texts of TEI; they were read as one document"] * (n > 1)
