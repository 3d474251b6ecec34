"""The sequence of notebooks over any corpus: executed copies, pages, tables, figures, and one entry page.

The corpus, the study file and the choices are checked before a kernel starts (`run.plan`). Every file is written whole; a notebook that fails is
shown with its error and stops no other; a notebook whose inputs have not changed since the last run into the same folder is not executed again.
"""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from corpus_lib.errors import CorpusLibError
from corpus_lib.files import output_lock, sha256, sweep_temporaries
from corpus_lib.folders import NOTHING, Output
from corpus_lib.loading.load import load_corpus
from corpus_lib.run.kernel import normalised, run_kernel
from corpus_lib.run.options import loading_among
from corpus_lib.run.pages import write_pages
from corpus_lib.run.plan import NotebookResult, PlannedNotebook, RunPlan, make_plan
from corpus_lib.run.records import (
    check_links,
    drop_others,
    files_of,
    gather_findings,
    read_record,
    strange_records,
    write_record,
)
from corpus_lib.study.asked import corpus_sha256
from corpus_lib.study.results import read_findings, write_findings
from corpus_lib.study.store import PREPARED, Store


@dataclass(frozen=True)
class RunResult:
    """What a run did.

    Attributes
    ----------
    out
        The folder of the report.
    notebooks
        One result a notebook, in order.
    corpus_changed
        Whether the corpus was another one at the end than at the start, so that the pages may speak of two.
    notes
        Sentences a reader of the report should know.
    """

    out: Path
    notebooks: tuple[NotebookResult, ...]
    corpus_changed: bool = False
    notes: tuple[str, ...] = ()

    @property
    def index(self) -> Path:
        """The entry page."""
        return self.out / "index.html"

    @property
    def failed(self) -> tuple[NotebookResult, ...]:
        """Notebooks that failed."""
        return tuple(result for result in self.notebooks if result.status == "failed")

    @property
    def exit_code(self) -> int:
        """0 when everything is well, 1 when a notebook failed or the corpus changed meanwhile."""
        return int(bool(self.failed) or self.corpus_changed)


def run(
    corpus: str | Path,
    out: str | Path,
    *,
    study: str | Path | None = None,
    notebooks: str | Path | None = None,
    parameters: Mapping[str, Any] = NOTHING,
    loading: Mapping[str, Any] = NOTHING,
    skip: Sequence[str] = (),
    dry_run: bool = False,
    fresh: bool = False,
) -> RunResult:
    """Execute the notebooks on a corpus and write the report.

    Parameters
    ----------
    corpus
        A folder or a table, as `load_corpus` reads it.
    out
        Folder for the report, outside of what is read: a new or empty one, or that of an earlier run. Files of that run are replaced one by one as
        far as they are as it wrote them; one that was changed since is kept under another name, and other files are left alone.
    study
        A study file. Without it `study.toml` in the corpus's folder; without that the notebooks' own, if it is about exactly this corpus;
        without that a plain study.
    notebooks
        Folder with notebooks named `NN_name.ipynb`; the library's own by default.
    parameters
        More parameters by name (`TARGET`, `UNIT`, …); each is handed to the notebooks that have it.
    loading
        Arguments for `load_corpus`: `text_column`, `id_column`, `encoding`, `separator`, `sheet`.
    skip
        Notebooks to leave out, by number or name.
    dry_run
        Check everything and say what would be done; write nothing.
    fresh
        Let go what was prepared of the texts, and execute all notebooks.

    Returns
    -------
    RunResult

    Raises
    ------
    MissingFile, InvalidValue
        If the corpus, the study file, the notebooks, the folder or a choice cannot be used. No kernel has started then and nothing is written.
    OutputError
        If the folder cannot be written, or another run holds it.
    """
    plan = replace(make_plan(Path(corpus), Path(out), study, notebooks, parameters, loading, skip), fresh=fresh)
    if dry_run:
        results = tuple(NotebookResult(n.name, _status(plan, n), parameters=n.parameters) for n in plan.notebooks)
        return RunResult(plan.out, results, notes=plan.notes)
    check_links(plan.out)
    with output_lock(plan.out):
        ignored = strange_records(plan.out)
        sweep_temporaries(plan.out, below=True)
        if fresh:
            Store(plan.out / PREPARED).forget()
        try:
            results = tuple(_results(plan))
        finally:
            gather_findings(plan.out, plan.names)
        drop_others(plan.out, {result.name for result in results if result.status != "skipped"})
        write_pages(plan, results)
        Output(plan.out).close()
        return RunResult(plan.out, results, _has_changed(plan), (*plan.notes, *ignored))


def _results(plan: RunPlan) -> Iterator[NotebookResult]:
    """Execute what has to be, in order, saying on the way where the run is."""
    with tqdm(plan.notebooks, disable=None, unit="notebook", leave=False) as bar:
        for notebook in bar:
            bar.set_description(notebook.name)
            result, took = NotebookResult(notebook.name, _status(plan, notebook), parameters=notebook.parameters), ""
            if result.status == "planned":
                result = _execute(plan, notebook)
                took = f" ({result.seconds:.0f} s)"
            if bar.disable:
                print(f"{notebook.name}: {result.status}{took}", file=sys.stderr, flush=True)
            yield result


def _status(plan: RunPlan, notebook: PlannedNotebook) -> str:
    if _is_unchanged(plan, notebook):
        return "unchanged"
    return "skipped" if notebook.skipped else "planned"


def _is_unchanged(plan: RunPlan, notebook: PlannedNotebook) -> bool:
    """Whether the last run had the same inputs, went well, and left files that are all still there."""
    record = read_record(plan.out, notebook.name)
    copy = plan.out / "notebooks" / f"{notebook.name}.ipynb"
    if plan.fresh or not record or record["error"] or record["key"] != notebook.key:
        return False
    same_copy = copy.is_file() and sha256(copy.read_bytes()) == record["sha256"]
    return same_copy and all((plan.out / file).is_file() for file in files_of(record["findings"]))


def _execute(plan: RunPlan, notebook: PlannedNotebook) -> NotebookResult:
    import nbformat

    started = time.monotonic()
    home = plan.out / "notebooks"
    home.mkdir(parents=True, exist_ok=True)
    write_findings(plan.out, {})
    before = read_record(plan.out, notebook.name)
    if before:  # a run that is stopped here leaves tables of both runs, and none of the two may then count as done
        write_record(plan.out, notebook.name, {**before, "key": ""})
    executed, error = run_kernel(notebook, home, plan.folder)
    text = nbformat.writes(normalised(executed)) + "\n"
    Output(plan.out).write(f"notebooks/{notebook.name}.ipynb", text.encode())
    findings = read_findings(plan.out)
    record = {"key": notebook.key, "error": error, "sha256": sha256(text.encode()), "findings": findings}
    write_record(plan.out, notebook.name, record)
    Output(plan.out).remove((files_of(before["findings"]) if before else set()) - files_of(findings))
    seconds = time.monotonic() - started
    return NotebookResult(notebook.name, "failed" if error else "done", seconds, error, notebook.parameters)


def _has_changed(plan: RunPlan) -> bool:
    """Whether the corpus is another one now: the pages were then computed from two."""
    try:
        return corpus_sha256(load_corpus(plan.corpus, **loading_among(plan.loading))) != plan.corpus_hash
    except CorpusLibError:
        return True
