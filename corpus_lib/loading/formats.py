"""The formats of single files: bytes of a `.txt`, `.md`, `.html`, `.htm`, `.docx` or `.pdf` to the bytes of a document, or the reason why it is not one.

Text and HTML stay as they are, byte for byte. Of `.docx` and `.pdf`, whose text lies compressed, in pieces and in encodings of their own, the document
is the UTF-8 of the text that python-docx and pypdf find, as a table's document is the UTF-8 of its cell. docs/formats.md describes all of it.
"""

import io
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from corpus_lib.corpus.html_text import HTML_SUFFIXES, declared_encoding, read_html
from corpus_lib.errors import said_by
from corpus_lib.loading.encodings import byte_order_mark, choose_encoding

TEXT_SUFFIXES = (".txt", ".md")
FILE_SUFFIXES = (*TEXT_SUFFIXES, *HTML_SUFFIXES, ".docx", ".pdf")
# A document of this size would take minutes in every later step and is almost always a dump that should be split.
MAX_BYTES = 256 * 1024 * 1024
# A line is judged as a whole. Cleaning one of 12 MB took 6 s and 0.65 GB, both in proportion: one of 200 MB would not fit into a laptop.
MAX_LINE_BYTES = 32 * 1024 * 1024
# A long book is 2 MB of XML; what unpacks to more than this was made to fill a disk, or is a picture book.
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
# Reading a page takes hundredths of a second; a file of more pages was made to take hours, or is a shelf of books.
MAX_PAGES = 10_000
# The first bytes of Word's older format, in which it also wraps documents with a password.
COMPOUND_FILE = b"\xd0\xcf\x11\xe0"
INSTALL = "Install it with: pip install 'corpus_lib[formats]'"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Text that was deleted or moved away under track changes, and the second form of a drawing for older programs.
NOT_SHOWN = (f"{WORD}del", f"{WORD}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
# PDF text may hold NUL and halves of surrogate pairs, from fonts without a proper table; neither has a place in UTF-8 text.
NO_CHARACTERS = dict.fromkeys([0, *range(0xD800, 0xE000)], "\N{REPLACEMENT CHARACTER}")


class Content(NamedTuple):
    """A document's bytes, their encoding and the ground for it, and what was left out of it (problem, advice)."""

    data: bytes
    encoding: str
    basis: str
    left_out: tuple[tuple[str, str], ...] = ()


class Unreadable(Exception):
    """Why a file is not a document, and what to do."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem)
        self.problem, self.advice = problem, advice


def read_content(name: str, data: bytes, encoding: str | None) -> Content:
    """The document that a file holds.

    Parameters
    ----------
    name
        The file's name; its suffix is one of `FILE_SUFFIXES`.
    data
        The file.
    encoding
        The encoding of text and HTML files where it is known.

    Raises
    ------
    Unreadable
        If the file is not a document.
    """
    if not data.strip():
        raise Unreadable("is empty" if not data else "holds only white space", "Remove the file, or put the text in.")
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".docx":
        return _extracted(_docx_text(data), suffix)
    if suffix == ".pdf":
        pages = _pdf_pages(data)
        return _extracted("\n\n".join(page for page in pages if page), suffix, _pages_left_out(pages))
    if suffix in HTML_SUFFIXES:
        return _html(data, encoding)
    check_lines(data)
    return _text(data, encoding)


def check_lines(data: bytes) -> None:
    """Raise `Unreadable` for a line that no paragraph could be."""
    longest = max(map(len, data.splitlines())) if len(data) > MAX_LINE_BYTES else 0
    if longest > MAX_LINE_BYTES:
        raise Unreadable(
            f"has a line of {longest:,} bytes; the limit for one line is {MAX_LINE_BYTES:,}",
            "Break the text into lines, one for each paragraph.",
        )


def is_blank(text: str) -> bool:
    """Whether there is nothing to read: white space, with or without a byte order mark."""
    return not text.removeprefix("\ufeff").strip()


# ---------------------------------------------------------------------------------------------------------- text and HTML


def _text(data: bytes, encoding: str | None, declared: str | None = None) -> Content:
    if b"\0" in data and encoding is None and byte_order_mark(data) in (None, "utf-8"):
        raise Unreadable(
            "holds NUL bytes, as binary files do",
            "Save it as plain text; for UTF-16 without a mark, name the `encoding`.",
        )
    codec, basis = choose_encoding(data, encoding, declared)
    if codec is None:
        raise Unreadable(f"cannot be decoded ({basis})", "Name the right `encoding`, or save the file as UTF-8.")
    if is_blank(data.decode(codec)):
        raise Unreadable("holds only white space", "Remove the file, or put the text in.")
    return Content(data, codec, basis)


def _html(data: bytes, encoding: str | None) -> Content:
    _require("trafilatura", "HTML pages")
    page = _text(data, encoding, declared_encoding(data))
    if is_blank(read_html(data.decode(page.encoding)).text):
        raise Unreadable(
            "shows no text, only markup", "Save the page again from the browser, after its scripts have filled it."
        )
    return page


def _require(package: str, what: str) -> None:
    if find_spec(package) is None:
        raise Unreadable(f"needs a package for {what}, which is not installed", INSTALL)


# ----------------------------------------------------------------------------------------------------------- docx and PDF


def _extracted(text: str, suffix: str, left_out: tuple[tuple[str, str], ...] = ()) -> Content:
    text = text.translate(NO_CHARACTERS)
    if is_blank(text):
        raise Unreadable(
            f"holds no text that can be read from a {suffix}, perhaps only images",
            "Run text recognition (OCR) on it, or save its text as .txt.",
        )
    return Content(text.encode("utf-8"), "utf-8", f"text of a {suffix}", left_out)


def _broken(suffix: str, error: Exception) -> Unreadable:
    return Unreadable(
        f"cannot be read as {suffix} ({said_by(error)[:200]})",
        "Open it in its program and save it again, or save its text as .txt.",
    )


def _docx_text(data: bytes) -> str:
    """Paragraphs, those of tables and text boxes among them, in the order of the document, with a blank line between two."""
    _require("docx", "Word documents")
    if data.startswith(COMPOUND_FILE):
        raise Unreadable(
            "is protected by a password, or in Word's older format", "Save it as .docx without a password."
        )
    import docx

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked <= MAX_UNPACKED_BYTES:
            body = docx.Document(io.BytesIO(data)).element.body
            return "\n\n".join(
                text for p in body.iter(f"{WORD}p") if (text := _paragraph(p)).strip() and not _is_hidden(p)
            )
    except Exception as error:  # whatever zipfile, lxml and python-docx say of a file that is not one
        raise _broken(".docx", error) from None
    raise Unreadable(
        f"unpacks to {unpacked:,} bytes; the limit is {MAX_UNPACKED_BYTES:,}", "Split it, or save its text as .txt."
    )


def _is_hidden(element: Any) -> bool:
    return any(parent.tag in NOT_SHOWN for parent in element.iterancestors())


def _paragraph(element: Any) -> str:
    """The text of a paragraph; paragraphs of a text box inside it are paragraphs of their own.

    `docx.text.paragraph.Paragraph.text` would leave out insertions under track changes and content controls.
    """
    return "".join(_runs(element))


def _runs(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == f"{WORD}t":
            yield child.text or ""
        elif child.tag in (f"{WORD}tab", f"{WORD}ptab"):
            yield "\t"
        elif child.tag in (f"{WORD}br", f"{WORD}cr"):
            yield "\n"
        elif child.tag == f"{WORD}noBreakHyphen":
            yield "\N{NON-BREAKING HYPHEN}"
        elif child.tag not in (*NOT_SHOWN, f"{WORD}p", f"{WORD}pPr"):
            yield from _runs(child)


def _pdf_pages(data: bytes) -> list[str]:
    """The text of each page, '' for a page without any."""
    _require("pypdf", "PDF files")
    import pypdf
    from pypdf.errors import DependencyError

    locked = Unreadable("is encrypted", "Open it with its password and save it without one.")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        # Many files forbid printing only; those open with an empty password.
        if reader.is_encrypted and not reader.decrypt(""):
            raise locked
        n_pages = len(reader.pages)
        if n_pages > MAX_PAGES:
            raise Unreadable(
                f"has {n_pages:,} pages; the limit is {MAX_PAGES:,}", "Split it, or save its text as .txt."
            )
        return _page_texts(reader)
    except Unreadable:
        raise
    except DependencyError:
        raise locked from None
    except Exception as error:  # whatever pypdf says of a file that is not one
        raise _broken(".pdf", error) from None


def _page_texts(reader: Any) -> list[str]:
    """The text of each page; a page that is named many times is read once."""
    known: dict[Any, str] = {}
    texts = []
    for page in reader.pages:
        key = page.indirect_reference.idnum if page.indirect_reference else id(page)
        if key not in known:
            known[key] = page.extract_text().strip()
        texts.append(known[key])
    return texts


def _pages_left_out(pages: list[str]) -> tuple[tuple[str, str], ...]:
    """A page without text in a document with text may be a picture of text."""
    empty = [str(n) for n, page in enumerate(pages, 1) if not page]
    listed = ", ".join(empty[:10]) + (", …" if len(empty) > 10 else "")
    problem = f"{len(empty)} of {len(pages)} pages hold no text ({listed}); the others were read"
    return ((problem, "If these pages are scans, run text recognition (OCR) on the file."),) if empty else ()


TABLE_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".json", ".jsonl", ".jsonl.gz", ".parquet", ".xlsx", ".zip")
