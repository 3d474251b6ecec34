"""What a notebook leaves for the entry page."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from corpus_lib.display.spreadsheet import table_files
from corpus_lib.errors import InvalidType
from corpus_lib.files import safe_name
from corpus_lib.folders import Output
from corpus_lib.plots.base import Plot, check_name
from corpus_lib.report.review_page import review_pages

T = TypeVar("T")
Figure = TypeVar("Figure", bound=Plot)

# What a notebook leaves for the entry page, by kind.
KINDS = ("headlines", "tables", "figures", "texts", "reviews")
# Where a review page leads.
AROUND = {"The report": "index.html", "All texts": "index.html#texts", "Look up any word": "reader.html"}


# --------------------------------------------------------------------------------------------------------------- results


@dataclass(frozen=True)
class Results:
    """Writes what a notebook shows into a folder, if it has one, and hands it back, so that a cell can end with it.

    Tables go to `tables/NAME.csv` (safe for spreadsheets) with the untouched values beside it in `NAME.jsonl`, figures to `figures/NAME.png`
    and `.svg`, review pages to `pages/review/`, findings into `findings.json`, which the entry page of the report reads.

    Attributes
    ----------
    folder
        Where to; `None` to write nothing.

    Examples
    --------
    >>> Results(None).headline("size", "Five articles.")
    'Five articles.'
    """

    folder: str | Path | None = None

    def table(self, name: str, frame: Any) -> Any:
        """Write a DataFrame or Series as `tables/NAME.csv` and `.jsonl`; return it as it is.

        Cells that a spreadsheet would read as a formula get a leading apostrophe in the CSV.
        """
        check_name(name)
        if not isinstance(frame, (pd.DataFrame, pd.Series)):
            raise InvalidType(
                f"`frame` must be a DataFrame or a Series; found {type(frame).__name__}. "
                "Hand over the table before it is shown: show(results.table(name, frame))."
            )
        if self.folder is not None:
            table = frame.to_frame() if isinstance(frame, pd.Series) else frame
            output = Output(self.folder)
            for suffix, data in table_files(table).items():
                output.write(f"tables/{name}{suffix}", data)
            self._note("tables", name, {"rows": len(table)})
        return frame

    def figure(self, name: str, plot: Figure) -> Figure:
        """Write a `Plot` as `figures/NAME.png` and `.svg`; return it as it is."""
        check_name(name)
        if self.folder is not None:
            _put_figure(Output(self.folder), plot, name)
            self._note("figures", name, {"caption": plot.caption, "alt": plot.alt})
        return plot

    def headline(self, key: str, text: T) -> T:
        """Keep a finding for the entry page; return it as it is.

        Parameters
        ----------
        key
            A name for the finding; a second one of the same name replaces the first.
        text
            A sentence or two of Markdown (a `str` or `Prose`), whose corpus text is escaped.
        """
        check_name(key)
        if self.folder is not None:
            self._note("headlines", key, {"text": str(text)})
        return text

    def texts(self, key: str, sentences: Mapping[str, str]) -> Mapping[str, str]:
        """Keep a sentence on each of several documents for the entry page; return them as they are.

        Parameters
        ----------
        key
            What the sentences are about, as the heading of their column ("What marks it"); a second one of the same name replaces the first.
        sentences
            Document -> Markdown, whose corpus text is escaped.
        """
        if self.folder is not None:
            self._note("texts", key, {str(doc_id): str(text) for doc_id, text in sentences.items()})
        return sentences

    def reviews(self, clean: Any, doc_ids: Sequence[str]) -> Sequence[str]:
        """Write the review pages of the named documents of a `CleanCorpus` to `pages/review/`; return the names as they are."""
        if self.folder is None:
            return doc_ids

        output, files = Output(self.folder), {d: f"{safe_name(d)}.html" for d in doc_ids}
        up = {d: "../" * (file.count("/") + 2) for d, file in files.items()}
        links = {d: [(words, f"{u}{place}") for words, place in AROUND.items()] for d, u in up.items()}
        for doc_id, page in review_pages(clean, doc_ids, links=links):
            output.write(f"pages/review/{files[doc_id]}", page.encode())
        found = read_findings(Path(self.folder))
        found["reviews"] = {doc_id: {"file": files[doc_id]} for doc_id in doc_ids}
        write_findings(Path(self.folder), found)
        return doc_ids

    def _note(self, kind: str, name: str, facts: Mapping[str, Any]) -> None:
        found = read_findings(Path(str(self.folder)))
        found[kind][name] = dict(facts)
        write_findings(Path(str(self.folder)), found)


def _put_figure(output: Output, plot: Plot, name: str) -> None:
    """Let a figure be drawn elsewhere, and put what was drawn into its place."""
    with tempfile.TemporaryDirectory(prefix="corpus_lib-") as elsewhere:
        plot.save(Path(elsewhere), name)
        for suffix in (".png", ".svg"):
            if (file := Path(elsewhere) / f"{name}{suffix}").is_file():
                output.write(f"figures/{file.name}", file.read_bytes())


def read_findings(folder: Path) -> dict[str, dict[str, Any]]:
    """What `Results` noted in a folder: headlines, tables, figures, sentences on texts and review pages by name, in the order in which they were written."""
    path = folder / "findings.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {kind: dict(found.get(kind, {})) for kind in KINDS}


def write_findings(folder: Path, findings: Mapping[str, Mapping[str, Any]]) -> None:
    """Write what `read_findings` reads."""
    Output(folder).write("findings.json", (json.dumps(findings, ensure_ascii=False, indent=1) + "\n").encode())
