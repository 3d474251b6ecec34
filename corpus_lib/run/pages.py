"""The pages of a report: one a notebook, and the entry page, from what a run left in its folder."""

import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from corpus_lib.display.text import short_labels, so_many
from corpus_lib.errors import CorpusLibError
from corpus_lib.files import PACKAGES
from corpus_lib.folders import Output
from corpus_lib.report.html_pages import Entry, PageLink, TextRow, entry_html, outline, page_html
from corpus_lib.report.links import Links
from corpus_lib.report.reader import reader_html
from corpus_lib.run.plan import NotebookResult, RunPlan
from corpus_lib.run.records import findings_of, gather_findings
from corpus_lib.study.reader import MOST_TOKENS
from corpus_lib.study.store import PREPARED
from corpus_lib.study.study import Study, open_study

# Texts that the entry page speaks of one by one; a longer list is the tables' work.
MOST_TEXTS = 200


def write_pages(plan: RunPlan, results: Sequence[NotebookResult]) -> None:
    """Write a page for every notebook that was not skipped, and the entry page."""
    import nbformat

    made = [result.name for result in results if result.status != "skipped"]
    copies = {name: nbformat.read(plan.out / "notebooks" / f"{name}.ipynb", as_version=4) for name in made}
    pages = [_page_link(plan, result, copies.get(result.name)) for result in results]
    about, found = _about(plan), gather_findings(plan.out, plan.names)
    reviews = {doc_id: review["file"] for doc_id, review in found["reviews"].items()}
    output = Output(plan.out)
    reader, links = _reader(plan, reviews)
    output.write("reader.html", reader.encode())
    for name, node in copies.items():
        page = page_html(node, name, pages, study=plan.study.title, about=about, links=links)
        output.write(f"pages/{name}.html", page.encode())
    output.write("index.html", entry_html(_entry(plan, pages, reviews, about)).encode())


def _reader(plan: RunPlan, reviews: Mapping[str, str]) -> tuple[str, Links]:
    """The page in which any word is looked up, and what other pages can lead to; of texts that cannot be prepared, why."""
    results = plan.out if any((plan.out / PREPARED).glob("*")) else None
    addresses = {doc_id: f"pages/review/{quote(file)}" for doc_id, file in reviews.items()}
    try:
        study = open_study(plan.corpus, study=plan.study_path, results=results, **plan.loading)
        return study.reader(reviews=addresses, home="index.html").page, _links(study, reviews)
    except CorpusLibError as error:
        return reader_html({}, {}, title=plan.study.title, note=str(error), home="index.html"), Links(reviews)


def _links(study: Study, reviews: Mapping[str, str]) -> Links:
    """What pages can lead to: review pages by all names of a text, and of words those that the reader finds."""
    documents = study.clean.documents
    names = {name: doc_id for doc_id, name in short_labels(list(documents.index)).items()}
    paths = documents["path"].drop_duplicates(keep=False)
    texts = {**names, **dict(zip(paths, paths.index, strict=True)), **{doc_id: doc_id for doc_id in documents.index}}
    named = [study.in_context().nodes, *study.file.variants.values()]
    asked = {name: written for each in named for name, written in each.items()}
    asked |= {pattern: [pattern] for written in asked.values() for pattern in written}
    words = frozenset(study.tokens.vocabulary.tolist() if study.tokens.n_tokens <= MOST_TOKENS else ())
    return Links(reviews, texts, {name: "|".join(written) for name, written in asked.items()}, words)


def _page_link(plan: RunPlan, result: NotebookResult, node: Any) -> PageLink:
    source = next(notebook.node for notebook in plan.notebooks if notebook.name == result.name)
    title, question = outline(node if node is not None else source)
    name = result.name.partition("_")[2].replace("_", " ")
    return PageLink(result.name, title or name, question, result.status, node is not None, result.error)


def _entry(plan: RunPlan, pages: Sequence[PageLink], reviews: Mapping[str, str], about: str) -> Entry:
    found = {page: findings_of(plan.out, page.name) for page in pages if page.there}

    def listed(kind: str) -> list[dict[str, Any]]:
        return [{"name": n, "page": page, **facts} for page, each in found.items() for n, facts in each[kind].items()]

    figures = listed("figures")
    for figure in figures:
        figure["size"] = _png_size(plan.out / "figures" / f"{figure['name']}.png")
    columns = {key: page for page, each in found.items() for key in each["texts"]}
    said = [found[page]["texts"][key] for key, page in columns.items()]
    return Entry(
        title=plan.study.title, question=plan.study.question, about=about, provenance=_provenance(plan), pages=pages, findings=listed("headlines"),
        figures=figures, tables=listed("tables"), problems=plan.problems, note=" ".join(plan.notes), n_documents=plan.n_documents,
        text_columns=tuple(columns.items()), texts=_texts(said, reviews),
    )  # fmt: skip


def _texts(said: Sequence[Mapping[str, str]], reviews: Mapping[str, str]) -> list[TextRow]:
    """One row per text that has a review page, by name; where no notebook wrote such pages, a text of which something is said."""
    names = sorted(reviews or set().union(*said))[:MOST_TEXTS]
    return [TextRow(n, tuple(column.get(n, "") for column in said), reviews.get(n, "")) for n in names]


def _about(plan: RunPlan) -> str:
    return f"{so_many(plan.n_documents, 'document')} (SHA-256 of the corpus {plan.corpus_hash[:12]}…)."


def _provenance(plan: RunPlan) -> str:
    stands_on = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    python = ".".join(map(str, sys.version_info[:3]))
    return f"Corpus: SHA-256 {plan.corpus_hash}. Computed by corpus_lib {version('corpus_lib')} with Python {python}, {stands_on}."


def _png_size(path: Path) -> tuple[int, int] | None:
    """Width and height from the header of a PNG."""
    try:
        head = path.open("rb").read(24)
    except OSError:
        return None
    is_png = len(head) == 24 and head[12:16] == b"IHDR"
    return (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) if is_png else None
