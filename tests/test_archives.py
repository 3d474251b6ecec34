"""RTF, OpenDocument, EPUB, SGML and archives: what is read of them, and what was made to do harm is a row of problems."""

import gzip
import io
import tarfile
import zipfile

import docx
import pandas as pd
import pytest
from test_exports import ARTICLES, DATES, europresse, iso, lexisnexis, nexis_uni, written

from corpus_lib import index_corpus, load_corpus
from corpus_lib.loading import formats

HOSTS = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY b "&c;&c;&c;"><!ENTITY c "haha">]>'
ODT = '<d xmlns="o" xmlns:t="t">{}<body><t:h>One</t:h><t:p>Two<t:tab/>and <t:span>three</t:span>.</t:p></body></d>'
CONTAINER = '<container><rootfiles><rootfile full-path="O/b.opf"/></rootfiles></container>'
BOOK = '<package><manifest><item id="x" href="x.xhtml"/><item id="y" href="y%20z.xhtml"/></manifest><spine><itemref idref="y"/><itemref idref="x"/></spine></package>'


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(*members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def loaded(path, name, data):
    (path / "anchor.txt").write_text("anchor")
    (path / name).write_bytes(data)
    return load_corpus(path)


def rtf(text):
    return ("{\\rtf1\\ansi " + "\\par\n".join(text.replace("{", "").splitlines()) + "}").encode("ascii")


def word(text):
    out, document = io.BytesIO(), docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("layout", [made for made in DATES if made is not europresse])
@pytest.mark.parametrize(("suffix", "made"), [("rtf", rtf), ("docx", word)])
def test_exports_in_rtf_and_word_are_split_like_plain_text(tmp_path, layout, suffix, made):
    corpus = loaded(tmp_path, f"e.{suffix}", made(written(layout)))
    assert corpus.problems.to_numpy().tolist() == []
    assert corpus.documents.index.tolist() == ["anchor", "e#001", "e#002"]
    for doc_id, article, date in zip(("e#001", "e#002"), ARTICLES, DATES[layout], strict=True):
        row = corpus.documents.loc[doc_id]
        assert row[["title", "source", "author", "date_published"]].tolist() == [
            article["title"], article["source"], article["author"], iso(date),
        ]  # fmt: skip
        assert corpus.text(doc_id) == "\n\n".join([article["title"], *article["text"]])
        assert row["encoding_basis"] == f"text of a .{suffix}"


def test_an_export_in_german_is_split_by_its_labels(tmp_path):
    text = (
        written(nexis_uni).replace("Length:", "Länge:").replace(" words", " Wörter").replace("Byline: By ", "Autor: ")
    )
    text = (
        text.replace("Section:", "Rubrik:")
        .replace("\nBody\n", "\nVolltext\n")
        .replace("End of Document", "Ende des Dokuments")
    )
    old = written(lexisnexis).replace("LENGTH", "Länge").replace(" words", " Wörter").replace("BYLINE", "Autor")
    old = (
        old.replace("1 of 2 DOCUMENTS", "Dokument 1 von 2")
        .replace("2 of 2 DOCUMENTS", "Dokument 2 von 2")
        .replace("SECTION", "Rubrik")
    )
    for number, export in enumerate((text, old)):
        corpus = loaded(tmp_path, f"{number}.txt", export.encode())
        own = corpus.documents[corpus.documents.index.str.startswith(f"{number}#")]
        assert own["title"].tolist() == [a["title"] for a in ARTICLES]
        assert own["author"].tolist() == [a["author"] for a in ARTICLES]
        assert own["length"].str.endswith("Wörter").all()


def test_open_document_and_books_are_read_in_their_order(tmp_path):
    assert loaded(tmp_path, "a.odt", zipped(**{"content.xml": ODT.format("")})).text("a") == "One\n\nTwo\tand three."
    pages = {
        "O/x.xhtml": "<html><p>Last &amp; least.</p></html>",
        "O/y z.xhtml": "<!DOCTYPE html><html><h1>First</h1></html>",
    }
    book = zipped(**{"META-INF/container.xml": CONTAINER, "O/b.opf": BOOK, **pages})
    assert loaded(tmp_path, "b.epub", book).text("b") == "First\n\nLast & least."


@pytest.mark.parametrize(
    "bad", [None, b"", b"\x00" * 9, b"<html></html>", b"\xff\xfe\x00\xd8"], ids=["gone", "empty", "nul", "no text", "no characters"]
)  # fmt: skip
def test_a_chapter_that_cannot_be_read_costs_no_other(tmp_path, bad):
    pages = {"O/x.xhtml": "<html><p>Last.</p></html>"} | ({} if bad is None else {"O/y z.xhtml": bad})
    book = zipped(**{"META-INF/container.xml": CONTAINER, "O/b.opf": BOOK, **pages})
    corpus = loaded(tmp_path, "b.epub", book)
    assert corpus.text("b") == "Last."
    if bad != b"<html></html>":
        assert corpus.problems["problem"].item().startswith("its chapter 'y%20z.xhtml' ")
    no_other = zipped(
        **{"META-INF/container.xml": CONTAINER, "O/b.opf": BOOK.replace('<itemref idref="x"/>', ""), **pages}
    )
    corpus = loaded(tmp_path, "b.epub", no_other)
    assert corpus.documents.index.tolist() == ["anchor"] and corpus.problems["path"].tolist() == ["b.epub"]


def test_each_article_of_sgml_is_a_document_with_bytes_of_the_file(tmp_path):
    article = '<REUTERS ID="{}">\n<DATE>26-FEB-1987</DATE>\n<TOPICS><D>tea</D></TOPICS>\n<TEXT>&#2;\n<TITLE>TEA {}</TITLE>\n<BODY>Prices rose &lt;so> far.\n&#3;</BODY></TEXT>\n</REUTERS>\n'
    data = ('<!DOCTYPE lewis SYSTEM "lewis.dtd">\n' + article.format(1, "UP") + article.format(2, "DOWN")).encode()
    corpus = loaded(tmp_path, "r.sgm", data)
    assert corpus.problems.to_numpy().tolist() == []
    assert corpus.documents.index.tolist() == ["anchor", "r#001", "r#002"]
    assert corpus.documents.loc["r#002", ["title", "date_published"]].tolist() == ["TEA DOWN", "1987-02-26"]
    assert corpus.text("r#002").strip() == "TEA DOWN\n\nPrices rose <so> far."
    at = corpus.text("r#002").index("Prices")
    cited = corpus.cite("r#002", at, at + 6)
    assert data[cited.byte_start : cited.byte_end] == b"Prices"
    assert b"Prices" in data.splitlines()[cited.first_line - 1]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz"])
def test_files_of_an_archive_are_documents_with_their_path_in_it(tmp_path, name):
    files = [
        ("in/x.txt", b"One text."),
        ("y.rtf", rtf("Two")),
        ("t.csv", b"text\nx\n"),
        ("../../up.txt", b"u"),
        ("/abs.txt", b"u"),
        ("README.md", b"r"),
    ]
    data = zipped(**dict(files)) if name == "a.zip" else tarred(*files)
    corpus = loaded(tmp_path, name, gzip.compress(data) if name.endswith("gz") else data)
    assert corpus.documents.index.tolist() == [f"{name}/in/x", f"{name}/y", "anchor"]
    assert corpus.documents["path"].tolist()[:2] == [f"{name}/in/x.txt", f"{name}/y.rtf"]
    said = dict(zip(corpus.problems["path"], corpus.problems["problem"], strict=True))
    assert [said[f"{name}/{n}"][:10] for n in ("../../up.txt", "/abs.txt", "t.csv")] == [
        "has a name",
        "has a name",
        "has the su",
    ]
    assert not (tmp_path.parent / "up.txt").exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("z.odt", zipped(**{"content.xml": HOSTS + ODT.format("").replace("Two", "&b;&x;").replace("<d ", "<a ").replace("</d>", "</a>")})),
        ("n.odt", zipped(a="b")), ("n.epub", zipped(a="b")), ("n.rtf", b"no rtf"), ("n.tar", b"no tar"), ("n.zip", b"no zip"),
        ("n.sgm", b"<p>no article</p>"), ("e.sgm", b'<!ENTITY a "b"><REUTERS><BODY>x</BODY></REUTERS>'),
        ("b.zip", zipped(**{"a.txt": "0" * 100_001})), ("b.odt", zipped(**{"content.xml": "0" * 100_001})),
        ("b.tgz", gzip.compress(tarred(("a.txt", b"0" * 100_001)))), ("b.tar", tarred(("a.txt", b"0" * 100_001))),
    ],
)  # fmt: skip
def test_what_is_broken_or_made_to_do_harm_is_a_problem(tmp_path, monkeypatch, name, data):
    monkeypatch.setattr(formats, "MAX_UNPACKED_BYTES", 100_000)
    corpus = loaded(tmp_path, name, data)
    assert corpus.documents.index.tolist() == ["anchor"]
    assert corpus.problems["path"].tolist() == [name]
    assert corpus.problems.loc[0, "advice"].endswith(".")
    if name[0] == "b":
        assert "unpacks to" in corpus.problems.loc[0, "problem"]


def test_speakers_of_utterances_are_a_column(tmp_path):
    data = b'<TEI><text><u who="#A"><seg>One.</seg></u><u who="#B">Two.</u><u who="#A">Three.</u></text></TEI>'
    assert loaded(tmp_path, "s.xml", data).documents.loc["s", "speakers"] == "A; B"


# ------------------------------------------------------------------------------------------------------------- web archives

PAGE = "<html><body><p>Über die Brücke.</p></body></html>"


def answer(body, kind="text/html", status="200 OK", more="", record="response"):
    http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {record}\r\nWARC-Target-URI: https://example.org/a\r\nWARC-Date: 2021-05-03T10:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http; msgtype={record}\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_pages_of_a_web_archive_are_documents_in_the_encoding_that_the_server_states(tmp_path, pack):
    pytest.importorskip("fastwarc")
    parts = [
        answer(b"GET / HTTP/1.1", record="request"),
        answer(PAGE.encode("cp1252"), "text/html; charset=windows-1252"),
        answer(gzip.compress(PAGE.encode()), more="Content-Encoding: gzip\r\n"),
        answer(b"9\r\nOne text.\r\n0\r\n\r\n", "text/plain", more="Transfer-Encoding: chunked\r\n"),
        answer(b"<p>Not found", status="404 Not Found"),
        answer(b"\x89PNG", "image/png"),
    ]
    name = "w.warc.gz" if pack is gzip.compress else "w.warc"
    corpus = loaded(tmp_path, name, b"".join(map(pack, parts)))
    assert corpus.documents.index.tolist() == ["anchor", f"{name}/001", f"{name}/002", f"{name}/003"]
    assert [corpus.text(f"{name}/00{n}") for n in (1, 2, 3)] == ["Über die Brücke."] * 2 + ["One text."]
    assert corpus.documents.loc[f"{name}/001", ["encoding", "url", "captured", "path"]].tolist() == [
        "cp1252", "https://example.org/a", "2021-05-03T10:00:00Z", f"{name}/001.html",
    ]  # fmt: skip
    assert corpus.cite(f"{name}/002", 0, 4).quote == "Über"
    assert corpus.source_bytes(f"{name}/002") == PAGE.encode()
    assert corpus.problems["path"].tolist() == [f"{name}/004.html", f"{name}/005.png"]
    assert "404" in corpus.problems.loc[0, "problem"]


def resource(body, kind):
    return answer(b"", record="resource").replace(b"application/http; msgtype=resource", kind.encode()).partition(b"Content-Length")[0] + (
        f"Content-Length: {len(body)}\r\n\r\n".encode() + body + b"\r\n\r\n"
    )  # fmt: skip


def test_resources_of_a_web_archive_are_files_too(tmp_path):
    pytest.importorskip("fastwarc")
    kinds = ["text/html; charset=windows-1252", "Text/Plain", "image/png", "", "no kind"]
    data = [answer(PAGE.encode()), *(resource(PAGE.encode("cp1252"), kind) for kind in kinds)]
    corpus = loaded(tmp_path, "w.warc", b"".join(data))
    assert corpus.documents["path"].tolist() == ["anchor.txt", "w.warc/001.html", "w.warc/002.html", "w.warc/003.txt"]
    assert (
        corpus.text("w.warc/002") == "Über die Brücke." and corpus.documents.loc["w.warc/002", "encoding"] == "cp1252"
    )
    assert corpus.problems["path"].tolist() == ["w.warc/004.png", "w.warc/005", "w.warc/006"]


@pytest.mark.parametrize(
    "data", [b"", b"junk" * 100, answer(PAGE.encode())[:-30], gzip.compress(answer(PAGE.encode()))[:-60], answer(b"x", record="request")]
)  # fmt: skip
def test_a_web_archive_that_is_none_breaks_off_or_holds_no_page_is_a_problem(tmp_path, data):
    pytest.importorskip("fastwarc")
    corpus = loaded(tmp_path, "w.warc.gz", data)
    assert "w.warc.gz" in corpus.problems["path"].tolist()
    assert corpus.problems["advice"].str.endswith(".").all()
    assert corpus.documents.index.tolist() == ["anchor"]


def test_what_unpacks_beyond_the_limit_in_a_web_archive_is_a_problem(tmp_path, monkeypatch):
    pytest.importorskip("fastwarc")
    monkeypatch.setattr(formats, "MAX_UNPACKED_BYTES", 100_000)
    data = answer(gzip.compress(b"<p>" + b"0 " * 100_000), more="Content-Encoding: gzip\r\n")
    assert "unpacks to" in loaded(tmp_path, "w.warc", data).problems.loc[0, "problem"]


@pytest.mark.parametrize(("name", "package"), [("a.rtf", "striprtf"), ("a.odt", "lxml"), ("a.epub", "lxml"), ("a.warc", "fastwarc"), ("a.docx", "docx")])  # fmt: skip
def test_a_format_whose_package_is_not_installed_is_a_problem_that_names_the_extra(
    tmp_path, monkeypatch, name, package
):
    monkeypatch.setattr(formats, "find_spec", lambda asked: None if asked == package else object())
    corpus = loaded(tmp_path, name, b"{\\rtf1 x}")
    assert corpus.problems["path"].tolist() == [name]
    assert "pip install 'corpus_lib[formats]'" in corpus.problems.loc[0, "advice"]


@pytest.mark.parametrize("pack", ["zip", "tar"])
def test_an_archive_says_its_folders_and_what_no_table_tells_of_it(tmp_path, pack):
    parts = {"a/x.txt": b"One text.", "z.txt": b"Another.", "metadata.csv": b"file,date\nx.txt,2021-01-01\n"}
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / f"uk.{pack}").write_bytes(zipped(**parts) if pack == "zip" else tarred(*parts.items()))
    (tmp_path / "c" / "q.txt").write_text("Outside.")
    corpus = load_corpus(tmp_path / "c")
    assert corpus.documents["folder"].fillna("").to_dict() == {
        "q": "", f"uk.{pack}/a/x": f"uk.{pack}/a", f"uk.{pack}/z": f"uk.{pack}",
    }  # fmt: skip
    assert [(p, "Unpack" in advice) for p, _, advice in corpus.problems.to_numpy()] == [
        (f"uk.{pack}/metadata.csv", True)
    ]
    # With a table beside it, and in parts.
    (tmp_path / "c" / "metadata.csv").write_text(f"file,outlet\nq.txt,Q\nuk.{pack},U\n")
    corpus = load_corpus(tmp_path / "c")
    assert corpus.documents["outlet"].fillna("").tolist() == ["Q", "", ""]
    assert corpus.problems["path"].tolist() == ["metadata.csv, row 1", f"uk.{pack}", f"uk.{pack}/metadata.csv"]
    assert set(corpus.documents["folder"]) >= {f"uk.{pack}/a", f"uk.{pack}"}
    index = index_corpus(tmp_path / "c", tmp_path / "i", clean=False, parts=2, n_jobs=1).source
    pd.testing.assert_frame_equal(index.documents, corpus.documents)
    pd.testing.assert_frame_equal(index.problems, corpus.problems)
