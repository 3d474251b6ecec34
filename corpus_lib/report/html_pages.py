"""The report as HTML: one page a notebook and an entry page, readable without a network, by ear and on paper.

Everything that comes out of a notebook goes through one allow list (`clean_html`) and then through `accessible`, which gives images their text,
tables their headers, headings their order and passages in other languages their tag. The pages hold no script and load nothing.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus_lib.display.allow_list import _soup, clean_html
from corpus_lib.report.accessible import TEMPLATES, accessible, only_links, templates
from corpus_lib.report.links import NO_LINKS, Links

ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\].*?(?:\x07|\x1b\\)")


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
    notebook: Any, name: str, pages: Sequence[PageLink], *, study: str, about: str, links: Links = NO_LINKS
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
    links
        What words, texts and lines of the page lead to.

    Returns
    -------
    str
        HTML without code, scripts and requests; the same notebook gives the same text.
    """
    own = next(page for page in pages if page.name == name)
    facts = {"name": name, "title": own.title, "study": study, "about": about, "pages": pages, "error": own.error}
    images: list[str] = []
    exporter = _exporter(images, {page.name for page in pages if page.there or page is own}, own.title, links)
    return str(exporter.from_notebook_node(notebook, resources={"page": facts})[0])


def _exporter(images: list[str], names: set[str], title: str, links: Links) -> Any:
    """The nbconvert exporter with our template; `images` collects the pictures, which stay out of the cleaning for its speed."""
    import nbconvert

    def body(text: str) -> str:
        return accessible(clean_html(text), images=images, pages=names, title=title, links=links)

    def picture(attributes: str) -> str:
        images.append(attributes)
        return f'<span class="picture" title="{len(images) - 1}"></span>'

    left_out = ("input", "input_prompt", "output_prompt", "anchor_links")
    looks = {"template_name": "page", **{f"exclude_{name}": True for name in left_out}}
    make: Any = nbconvert.HTMLExporter
    exporter = make(extra_template_basedirs=[str(TEMPLATES)], extra_template_paths=[str(TEMPLATES)], **looks)
    filters = {"page_body": body, "picture": picture, "base64": _base64, "still": _still, "strip_ansi": strip_ansi}
    for filter_name, function in filters.items():
        exporter.register_filter(filter_name, function)
    return exporter


def _base64(data: str, kind: str) -> str:
    """A picture as it may stand in an address, whatever a notebook holds in its place."""
    if kind == "image/svg+xml":
        return base64.b64encode(data.encode()).decode()
    return re.sub("[^A-Za-z0-9+/=]", "", data)


def _still(text: str) -> str:
    """HTML without styles and programs; what is left of it has yet to be cleaned."""
    return re.sub("(?is)<(style|script)[^>]*>.*?</[ ]*[a-z]+[^>]*>", "", text)


def strip_ansi(text: str) -> str:
    """Text without the control sequences of terminals."""
    return "".join(c for c in ANSI.sub("", text) if c in "\n\t" or ord(c) >= 32)


def outline(notebook: Any) -> tuple[str, str]:
    """Title and question of a notebook: its first heading, and the first paragraph below it.

    Markdown cells come first; when the title is computed, the outputs are looked through in order.
    """
    from nbconvert.filters import markdown2html

    pages = (_soup(clean_html(str(markdown2html(text)))) for text in _markdown_of(notebook))
    elements = (element for page in pages for element in page.find_all(["h1", "p"]))
    said = ((element, " ".join(element.get_text().replace("¶", "").split())) for element in elements)
    # The second search goes on where the first one ended.
    title = next((words for element, words in said if element.name == "h1" and words), "")
    question = next((words for e, words in said if e.name == "p" and words and not only_links(e)), "")
    return title, re.sub(r"^Question[.:]\s*", "", question)


def _markdown_of(notebook: Any) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell.source
        outputs = [output.get("data", {}) for output in cell.get("outputs", [])]
        yield from ("".join(data["text/markdown"]) for data in outputs if "text/markdown" in data)


# ----------------------------------------------------------------------------------------------------------- entry page


def entry_html(entry: Entry) -> str:
    """The entry page: question, findings in brief, pages, figures, tables, and what could not be computed."""
    return str(templates().get_template("entry.html.j2").render(report=entry))
