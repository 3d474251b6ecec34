"""The report as HTML: one page a notebook and an entry page, readable without a network, by ear and on paper.

Everything that comes out of a notebook goes through one allow list (`clean_html`) and then through `accessible`, which gives images their text,
tables their headers, headings their order and passages in other languages their tag. The pages hold no script and load nothing.
"""

import base64
import binascii
import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from corpus_lib.display.allow_list import _soup, clean_html
from corpus_lib.report.accessible import TEMPLATES, accessible, css, only_links, templates

ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\].*?(?:\x07|\x1b\\)")
# In order of preference: what a Plot and the tables of the library offer comes first.
MIME_TYPES = ("image/png", "image/jpeg", "image/svg+xml", "text/html", "text/markdown", "text/plain")


@dataclass(frozen=True)
class PageLink:
    """A page of the report as other pages name it.

    Attributes
    ----------
    name
        File name of the notebook without suffix, for instance "03_keywords".
    title, question
        Its first heading, and the paragraph below it.
    status
        "done", "unchanged", "failed" or "skipped".
    there
        Whether there is a page to link to.
    error
        Why it failed, one sentence.
    """

    name: str
    title: str
    question: str = ""
    status: str = "done"
    there: bool = True
    error: str = ""

    @property
    def number(self) -> str:
        """The digits that the name starts with."""
        return self.name.partition("_")[0] if self.name[:1].isdigit() else ""

    @property
    def short(self) -> str:
        """Number and name, as the list of pages shows them: "03 keywords"."""
        return self.name.replace("_", " ")

    @property
    def words(self) -> str:
        """The title without a number in front of it."""
        return re.sub(rf"^{self.number}[\s.:·–—-]+(?=\S)", "", self.title) if self.number else self.title

    @property
    def label(self) -> str:
        """Number and title."""
        return f"{self.number} {self.words}".strip()


@dataclass(frozen=True)
class TextRow:
    """What the entry page says of one text: a sentence for each of its columns (Markdown), and the file of its review page, if it has one."""

    name: str
    sentences: tuple[str, ...] = ()
    review: str = ""


@dataclass(frozen=True)
class Entry:
    """What the entry page shows."""

    title: str
    question: str
    about: str
    provenance: str
    pages: Sequence[PageLink]
    findings: Sequence[Mapping[str, Any]] = ()
    figures: Sequence[Mapping[str, Any]] = ()
    tables: Sequence[Mapping[str, Any]] = ()
    problems: Sequence[str] = ()
    note: str = ""
    n_documents: int = 0
    text_columns: Sequence[tuple[str, PageLink]] = ()
    texts: Sequence[TextRow] = ()


# ---------------------------------------------------------------------------------------------------------------- pages


def page_html(
    notebook: Any,
    name: str,
    pages: Sequence[PageLink],
    *,
    study: str,
    about: str,
    reviews: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """An executed notebook as a page of the report.

    Parameters
    ----------
    notebook
        The executed notebook (a `NotebookNode`); it is not changed.
    name
        Its file name without suffix.
    pages
        All pages of the report, in order, for the links.
    study
        Title of the study.
    about
        A sentence about the corpus, for the foot of the page.
    reviews
        Document -> file of its review page; tables that name a document then lead there, those with a line to that line.

    Returns
    -------
    str
        HTML without code, scripts and requests; the same notebook gives the same text.
    """
    own = next(page for page in pages if page.name == name)
    there = [page for page in pages if page.there or page is own]
    spot = there.index(own)
    facts = {
        "name": name, "title": own.title, "study": study, "about": about, "pages": pages, "css": css(), "error": own.error,
        "before": there[spot - 1] if spot else None, "after": there[spot + 1] if spot + 1 < len(there) else None,
    }  # fmt: skip
    images: list[str] = []
    exporter = _exporter(images, {page.name for page in there}, own.title, reviews)
    return str(exporter.from_notebook_node(notebook, resources={"page": facts})[0])


def _exporter(images: list[str], names: set[str], title: str, reviews: Mapping[str, str]) -> Any:
    """The nbconvert exporter with our template; `images` collects the pictures, which stay out of the cleaning for its speed."""
    import nbconvert
    from nbconvert.filters import markdown2html

    def output(node: Any) -> str:
        return _output_html(node, images, lambda text: str(markdown2html(text)))

    def body(text: str) -> str:
        return accessible(clean_html(text), images=images, pages=names, title=title, reviews=reviews)

    left_out = ("input", "input_prompt", "output_prompt", "anchor_links")
    looks = {"template_name": "page", **{f"exclude_{name}": True for name in left_out}}
    make: Any = nbconvert.HTMLExporter
    exporter = make(extra_template_basedirs=[str(TEMPLATES)], **looks)
    for filter_name, function in (("page_body", body), ("output_html", output), ("strip_ansi", strip_ansi)):
        exporter.register_filter(filter_name, function)
    return exporter


def _output_html(node: Any, images: list[str], render: Callable[[str], str]) -> str:
    """One output as HTML that has yet to be cleaned; a picture becomes a figure with the number of its entry in `images`."""
    kind = next((kind for kind in MIME_TYPES if kind in node.data), None)
    if kind is None:
        return ""
    data = node.data[kind] if isinstance(node.data[kind], str) else "".join(node.data[kind])
    if kind.startswith("image/"):
        return _figure(node, kind, data, images)
    if kind == "text/html":
        return f"<div>{re.sub('(?is)<(style|script)[^>]*>.*?</[ ]*[a-z]+[^>]*>', '', data)}</div>"
    if kind == "text/markdown":
        return f'<div class="prose">{render(data)}</div>' if data.strip() else ""
    return f"<pre>{html.escape(strip_ansi(data))}</pre>"


def _figure(node: Any, kind: str, data: str, images: list[str]) -> str:
    """A picture with the caption and the alternative text that a `Plot` states in its plain text and its metadata."""
    raw = data.encode() if kind == "image/svg+xml" else _decoded(data)
    said = str(node.data.get("text/plain", ""))
    caption, marked, said_alt = said.partition("\nAlt: ")
    facts = node.metadata.get(kind, {})
    alt = str(facts.get("alt") or said_alt or "A figure for which the notebook gives no description.")
    width = f' width="{int(facts["width"])}"' if str(facts.get("width", "")).isdigit() else ""
    images.append(f'src="data:{kind};base64,{base64.b64encode(raw).decode()}" alt="{html.escape(alt)}"{width}')
    words = f"<figcaption>{html.escape(caption)}</figcaption>" if marked else ""
    return f'<figure><span class="picture" title="{len(images) - 1}"></span>{words}</figure>'


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=False)
    except binascii.Error:
        return b""


def strip_ansi(text: str) -> str:
    """Text without the control sequences of terminals."""
    return "".join(c for c in ANSI.sub("", text) if c in "\n\t" or ord(c) >= 32)


def outline(notebook: Any) -> tuple[str, str]:
    """Title and question of a notebook: its first heading, and the first paragraph below it.

    Markdown cells come first; when the title is computed, the outputs are looked through in order.
    """
    from nbconvert.filters import markdown2html

    title, question = "", ""
    for text in _markdown_of(notebook):
        soup = _soup(clean_html(str(markdown2html(text))))
        for element in soup.find_all(["h1", "p"]):
            words = " ".join(element.get_text().replace("¶", "").split())
            if element.name == "h1" and not title:
                title = words
            elif element.name == "p" and title and words and not only_links(element):
                question = re.sub(r"^Question[.:]\s*", "", words)
                break
        if title and question:
            break
    return title, question


def _markdown_of(notebook: Any) -> list[str]:
    texts = []
    for cell in notebook.cells:
        outputs = [output.get("data", {}) for output in cell.get("outputs", [])]
        texts += [cell.source] if cell.cell_type == "markdown" else []
        texts += ["".join(data["text/markdown"]) for data in outputs if "text/markdown" in data]
    return texts


# ----------------------------------------------------------------------------------------------------------- entry page


def entry_html(entry: Entry) -> str:
    """The entry page: question, findings in brief, pages, figures, tables, and what could not be computed."""
    return str(templates().get_template("entry.html.j2").render(report=entry, css=css()))
