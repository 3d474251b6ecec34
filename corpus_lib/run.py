"""The sequence of notebooks over any corpus: executed copies, pages, tables, figures, and one entry page.

The corpus, the study file and the choices are checked before a kernel starts. Every file is written whole; a notebook that fails is shown with its
error and stops no other; a notebook whose inputs have not changed since the last run into the same folder is not executed again.
"""

from __future__ import annotations

import ast
import importlib
import json
import logging
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from corpus_lib.errors import InvalidValue, MissingFile, raise_all
from corpus_lib.files import output_lock, sha256, write_text

__all__ = ["NotebookResult", "RunResult", "find_notebooks", "run"]

NAME = re.compile(r"\d\d_[A-Za-z0-9_-]+")
OWN = ("CORPUS", "STUDY", "RESULTS")
STUDY = "study.toml"
# Seconds a kernel may take to start: cold imports on a loaded two-core machine took 20.
START_TIMEOUT = 180
RECORDS = ".run"
# What a result depends on beside the library, the corpus and the choices.
PACKAGES = ("numpy", "pandas", "scipy", "scikit-learn", "matplotlib")


@dataclass(frozen=True)
class NotebookResult:
    """What became of one notebook.

    Attributes
    ----------
    name
        File name without suffix.
    status
        "done", "unchanged" (its inputs are those of the last run, so its results stand), "failed", "skipped", or "planned" in a dry run.
    seconds
        Time it took.
    error
        Why it failed, one sentence.
    parameters
        What was handed to it.
    """

    name: str
    status: str
    seconds: float = 0.0
    error: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


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
    parameters: Mapping[str, Any] = MappingProxyType({}),
    skip: Sequence[str] = (),
    dry_run: bool = False,
) -> RunResult:
    """Execute the notebooks on a corpus and write the report.

    Parameters
    ----------
    corpus
        A folder or a table, as `load_corpus` reads it.
    out
        Folder for the report; made if it does not exist. Files of an earlier run are replaced one by one, other files are left alone.
    study
        A study file. Without it `study.toml` in the corpus's folder; without that the notebooks' own, if it is about exactly this corpus;
        without that a plain study.
    notebooks
        Folder with notebooks named `NN_name.ipynb`; the library's own by default.
    parameters
        More parameters by name (`TARGET`, `UNIT`, …); each is handed to the notebooks that have it.
    skip
        Notebooks to leave out, by number or name.
    dry_run
        Check everything and say what would be done; write nothing.

    Returns
    -------
    RunResult

    Raises
    ------
    MissingFile, InvalidValue
        If the corpus, the study file, the notebooks or a choice cannot be used. No kernel has started then and nothing is written.
    OutputError
        If the folder cannot be written, or another run holds it.
    """
    plan = _plan(Path(corpus), Path(out), study, notebooks, parameters, skip)
    if dry_run:
        results = tuple(NotebookResult(n.name, _status(plan, n), parameters=n.parameters) for n in plan.notebooks)
        return RunResult(plan.out, results, notes=plan.notes)
    with output_lock(plan.out):
        _sweep(plan.out)
        try:
            results = tuple(_results(plan))
        finally:
            _write_findings(plan)
        _drop_others(plan, results)
        _write_pages(plan, results)
        return RunResult(plan.out, results, _has_changed(plan), plan.notes)


def find_notebooks(folder: str | Path | None = None) -> list[Path]:
    """Notebooks of a folder in order; without one those that come with the library.

    Raises
    ------
    MissingFile
        If there is none.
    """
    package = Path(__file__).parent
    places = [Path(folder)] if folder is not None else [package / "notebooks", package.parent / "notebooks"]
    for place in places:
        found = sorted(path for path in place.glob("*.ipynb") if NAME.fullmatch(path.stem))
        if found:
            return found
    wanted = "notebooks named like 03_keywords.ipynb"
    raise MissingFile(
        f"`notebooks` must be a folder with {wanted}; {str(places[-1])!r} has none. Name the folder, or install the library again."
    )


# ----------------------------------------------------------------------------------------------------------------- plan


@dataclass(frozen=True)
class _Notebook:
    name: str
    node: Any
    parameters: Mapping[str, Any]
    key: str
    skipped: bool


@dataclass(frozen=True)
class _Plan:
    corpus: Path
    out: Path
    n_documents: int
    corpus_hash: str
    problems: tuple[str, ...]
    study: Any
    notebooks: tuple[_Notebook, ...]
    folder: Path
    notes: tuple[str, ...]


def _plan(
    corpus: Path, out: Path, study: Any, notebooks: Any, parameters: Mapping[str, Any], skip: Sequence[str]
) -> _Plan:
    """Everything that can be known before a kernel starts, with all that is wrong said now."""
    from corpus_lib.cleaning import overrides_beside
    from corpus_lib.loading import load_corpus
    from corpus_lib.study import corpus_sha256

    _check_place(corpus, out)
    loaded = load_corpus(corpus)
    paths = find_notebooks(notebooks)
    study_path, found, note = _choose_study(corpus, study, paths[0].parent, loaded)
    home = out.resolve() / "notebooks"
    own = {
        "CORPUS": _relative(corpus, home),
        "STUDY": _relative(study_path, home) if study_path else None,
        "RESULTS": "..",
    }
    given = _chosen(parameters, home)
    nodes = {path.stem: _read_notebook(path) for path in paths}
    left_out = _left_out(skip, list(nodes))
    _check_parameters(nodes, given, left_out)
    depends = _depends(loaded, study_path, [found.reference, parameters.get("REFERENCE"), overrides_beside(corpus)])
    planned = []
    for name, node in nodes.items():
        takes = {key: value for key, value in {**own, **given}.items() if key in _parameter_names(node)}
        key = sha256(json.dumps([depends, _source_of(node), takes], sort_keys=True, default=str).encode())
        planned.append(_Notebook(name, node, takes, key, name in left_out))
    hidden = (STUDY, "coding.csv")
    problems = tuple(
        f"{p}: {what}. {advice}" for p, what, advice in loaded.problems.itertuples(index=False) if p not in hidden
    )
    return _Plan(
        corpus,
        out,
        len(loaded.documents),
        corpus_sha256(loaded),
        problems,
        found,
        tuple(planned),
        paths[0].parent,
        (note,) if note else (),
    )


def _check_place(corpus: Path, out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise InvalidValue(f"`out` must be a folder; {out.name!r} is a file. Choose another name.")
    inside = corpus.is_dir() and out.resolve().is_relative_to(corpus.resolve())
    if inside:
        raise InvalidValue(
            f"`out` must lie outside the corpus, or its files would become part of it; {str(out)!r} lies in {str(corpus)!r}. Choose another."
        )


def _choose_study(corpus: Path, study: Any, notebooks: Path, loaded: Any) -> tuple[Path | None, Any, str]:
    """Path, study and a note: the file that was named, else the corpus's own, else the notebooks' own when it is about this corpus."""
    from corpus_lib.study import Study, load_study

    if study is not None:
        named = load_study(study)
        if not named.is_about(loaded):
            raise InvalidValue(
                f"`study` must be about this corpus; {Path(study).name} names other documents under [corpus]. "
                "Correct them there, take them out, or leave `study` out for a plain study."
            )
        return Path(study), named, ""
    beside = (corpus if corpus.is_dir() else corpus.parent) / STUDY
    if beside.is_file():
        own = load_study(beside, loaded)
        return (None, own, own.note) if own.note else (beside, own, "")
    shipped = notebooks / STUDY
    if shipped.is_file():
        ours = load_study(shipped)
        if (ours.sha256 or ours.doc_ids) and ours.is_about(loaded):
            return shipped, ours, ""
    return None, Study.plain(loaded), ""


def _relative(path: str | Path, home: Path) -> str:
    """The path as the kernels see it: relative to the executed copies, so that these run again and name no place of this machine."""
    return Path(os.path.relpath(Path(path).resolve(), home)).as_posix()


def _chosen(parameters: Mapping[str, Any], home: Path) -> dict[str, Any]:
    taken = [name for name in parameters if name in OWN]
    if taken:
        raise InvalidValue(
            f"`parameters` must not hold {', '.join(taken)}, which the run sets. Use the arguments `corpus`, `study` and `out`."
        )
    return {name: _reference(value, home) if name == "REFERENCE" else value for name, value in parameters.items()}


def _reference(value: Any, home: Path) -> Any:
    if not isinstance(value, (str, Path)):
        return value
    from corpus_lib.references import no_reference, reference_names

    if str(value) in reference_names():
        return str(value)
    if Path(value).exists():
        return _relative(value, home)
    raise no_reference(value)


def _read_notebook(path: Path) -> Any:
    nbformat = _untyped("nbformat")
    try:
        node = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except Exception as error:  # nbformat raises a dozen kinds for a file that is no notebook
        raise InvalidValue(
            f"{path.name} cannot be read as a notebook: {str(error).splitlines()[0]}. Save it again in JupyterLab."
        ) from error
    if "CORPUS" not in _parameter_names(node):
        raise InvalidValue(
            f"{path.name} must have a cell tagged `parameters` that sets CORPUS; it has none. Add the tag, or the line."
        )
    return _without_results(node)


def _parameter_names(node: Any) -> set[str]:
    """Names that the cells tagged `parameters` set."""
    names: set[str] = set()
    for cell in node.cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            for statement in ast.parse(cell.source).body:
                targets = (
                    statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
                )
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def _left_out(skip: Sequence[str], names: Sequence[str]) -> set[str]:
    found = {asked: [name for name in names if asked in (name, name[:2])] for asked in skip}
    unknown = [repr(asked) for asked, hits in found.items() if not hits]
    if unknown:
        raise InvalidValue(
            f"`skip` must name notebooks by number or name; found {', '.join(unknown)}. There are {', '.join(names)}."
        )
    return {name for hits in found.values() for name in hits}


def _check_parameters(nodes: Mapping[str, Any], given: Mapping[str, Any], left_out: set[str]) -> None:
    known = {name: _parameter_names(node) for name, node in nodes.items() if name not in left_out}
    everything = sorted(set().union(*known.values()) - set(OWN)) if known else []
    raise_all("`parameters`", [
        f"no notebook of this run has a parameter {name}; there are {', '.join(everything) or 'none'}"
        for name in given if not any(name in names for names in known.values())
    ])  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- dependencies


def _depends(loaded: Any, study_path: Path | None, references: Sequence[Any]) -> list[str]:
    """Hashes of what every notebook depends on: the corpus with its metadata, the study, references, the library and what it stands on."""
    from importlib.metadata import version

    files = [study_path, study_path.with_name("coding.csv")] if study_path else []
    corpus = sha256((loaded.documents.to_json() + loaded.problems.to_json()).encode())
    others = [_hash_path(Path(str(path))) for path in [*files, *references] if path is not None]
    return [corpus, *others, _hash_library(), sys.version, *(f"{name} {version(name)}" for name in PACKAGES)]


def _hash_path(path: Path) -> str:
    if path.is_dir():
        return sha256(
            "".join(f"{p.relative_to(path)} {_hash_path(p)}\n" for p in sorted(path.rglob("*")) if p.is_file()).encode()
        )
    return sha256(path.read_bytes()) if path.is_file() else str(path)


def _hash_library() -> str:
    package = Path(__file__).parent
    files = sorted(
        p for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts and p.suffix != ".ipynb"
    )
    return sha256("".join(f"{p.relative_to(package)} {sha256(p.read_bytes())}\n" for p in files).encode())


def _source_of(node: Any) -> list[list[str]]:
    return [[cell.cell_type, cell.source] for cell in node.cells]


def _without_results(node: Any) -> Any:
    """The notebook as it is before it is run, with cells numbered so that two runs write the same file."""
    for number, cell in enumerate(node.cells, 1):
        cell["id"] = f"cell-{number:02d}"
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    node.nbformat, node.nbformat_minor = 4, max(node.nbformat_minor, 5)
    return node


# ------------------------------------------------------------------------------------------------------------- execution


def _results(plan: _Plan) -> Iterator[NotebookResult]:
    """Execute what has to be, in order, saying on the way where the run is."""
    from tqdm import tqdm

    with tqdm(plan.notebooks, disable=None, unit="notebook", leave=False) as bar:
        for notebook in bar:
            bar.set_description(notebook.name)
            status = _status(plan, notebook)
            result = (
                _execute(plan, notebook)
                if status == "planned"
                else NotebookResult(notebook.name, status, parameters=notebook.parameters)
            )
            if bar.disable:
                took = f" ({result.seconds:.0f} s)" if status == "planned" else ""
                print(f"{notebook.name}: {result.status}{took}", file=sys.stderr, flush=True)
            yield result


def _status(plan: _Plan, notebook: _Notebook) -> str:
    record = _record(plan.out, notebook.name)
    copy = plan.out / "notebooks" / f"{notebook.name}.ipynb"
    if (
        record
        and record["key"] == notebook.key
        and not record["error"]
        and copy.is_file()
        and sha256(copy.read_bytes()) == record["sha256"]
    ):
        files = _files_of(record["findings"])
        if all((plan.out / file).is_file() for file in files):
            return "unchanged"
    return "skipped" if notebook.skipped else "planned"


def _record(out: Path, name: str) -> dict[str, Any] | None:
    try:
        record: dict[str, Any] = json.loads((out / RECORDS / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if {"key", "error", "sha256", "findings"} <= set(record) else None


def _files_of(findings: Mapping[str, Mapping[str, Any]]) -> set[str]:
    tables = {f"tables/{name}{suffix}" for name in findings["tables"] for suffix in (".csv", ".jsonl")}
    return tables | {f"figures/{name}{suffix}" for name in findings["figures"] for suffix in (".png", ".svg")}


def _execute(plan: _Plan, notebook: _Notebook) -> NotebookResult:
    from corpus_lib.study import read_findings, write_findings

    nbformat = _untyped("nbformat")
    started = time.monotonic()
    home = plan.out / "notebooks"
    home.mkdir(parents=True, exist_ok=True)
    write_findings(plan.out, {})
    executed, error = _run_kernel(notebook, home, plan.folder)
    text = nbformat.writes(_normalised(executed)) + "\n"
    write_text(home / f"{notebook.name}.ipynb", text)
    findings = read_findings(plan.out)
    before = _record(plan.out, notebook.name)
    record = {"key": notebook.key, "error": error, "sha256": sha256(text.encode()), "findings": findings}
    write_text(plan.out / RECORDS / f"{notebook.name}.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    _remove(plan.out, (_files_of(before["findings"]) if before else set()) - _files_of(findings))
    return NotebookResult(
        notebook.name, "failed" if error else "done", time.monotonic() - started, error, notebook.parameters
    )


def _run_kernel(notebook: _Notebook, home: Path, source: Path) -> tuple[Any, str]:
    """The executed notebook, as far as it came, and what stopped it."""
    import copy
    import tempfile

    nbformat, papermill = _untyped("nbformat"), _untyped("papermill")

    with (
        tempfile.TemporaryDirectory(prefix="corpus_lib-", ignore_cleanup_errors=True) as scratch,
        _environment(Path(scratch), source),
    ):
        output = Path(scratch) / "executed.ipynb"
        try:
            done = papermill.execute_notebook(
                copy.deepcopy(notebook.node), str(output), dict(notebook.parameters), kernel_name="python3", language="python",
                progress_bar=False, log_output=False, start_timeout=START_TIMEOUT, cwd=str(home), **_kernel_options(),
            )  # fmt: skip
        except papermill.exceptions.PapermillExecutionError as error:
            return nbformat.read(output, as_version=4), _one_line(f"{error.ename}: {error.evalue}")
        except Exception as error:  # whatever a kernel can do, dying included, must not end the run
            reached = nbformat.read(output, as_version=4) if output.is_file() else notebook.node
            return reached, _one_line(f"{type(error).__name__}: {error}")
    return done, ""


def _kernel_options() -> dict[str, Any]:
    """Kernels that talk over sockets in the file system where there are such, and say nothing of their own on the terminal."""
    from traitlets.config import Config

    transport = {"KernelManager": {"transport": "ipc"}} if os.name == "posix" else {}
    return {"config": Config(transport), "extra_arguments": ["--log-level=50", "--HistoryManager.enabled=False"]}


@contextmanager
def _environment(scratch: Path, source: Path) -> Iterator[None]:
    """Kernels of this Python, found first, without the user's start-up files; modules beside the notebooks can be imported."""
    path = os.pathsep.join(filter(None, [str(source.resolve()), os.environ.get("PYTHONPATH", "")]))
    wanted = {
        "IPYTHONDIR": str(scratch),
        "JUPYTER_RUNTIME_DIR": str(scratch),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONPATH": path,
    }
    # Linear algebra in one thread gives the same bits everywhere, and at this size more threads only cost time.
    wanted |= {name: os.environ.get(name, "1") for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    logger = logging.getLogger("papermill")
    level = logger.level
    # What went wrong is told by the result, once; the log would tell it a second time among the progress lines.
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _untyped(name: str) -> Any:
    """A module whose functions have no annotations, imported when it is needed."""
    return importlib.import_module(name)


def _one_line(text: str) -> str:
    from corpus_lib.report.html import strip_ansi

    lines = [line.strip() for line in strip_ansi(text).splitlines() if line.strip()]
    return " ".join(lines)[:500] if lines else "it stopped without saying why"


def _normalised(node: Any) -> Any:
    """Without times, paths and random names, so that the same run writes the same file."""
    node.cells = [cell for cell in node.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
    for number, cell in enumerate(node.cells, 1):
        cell["id"] = f"cell-{number:02d}"
        cell.metadata = {name: value for name, value in cell.metadata.items() if name not in ("papermill", "execution")}
    node.metadata.pop("papermill", None)
    node.nbformat_minor = max(node.nbformat_minor, 5)
    return node


# ----------------------------------------------------------------------------------------------------------------- files


def _sweep(out: Path) -> None:
    """Remove what a killed run left half-written."""
    for folder in (out, *(out / name for name in ("notebooks", "pages", "tables", "figures", RECORDS))):
        for file in folder.glob(".*.tmp"):
            file.unlink(missing_ok=True)


def _drop_others(plan: _Plan, results: Sequence[NotebookResult]) -> None:
    """Remove results of notebooks that are not in this run: they may be about another corpus."""
    here = {result.name for result in results if result.status != "skipped"}
    kept = {file for name in here for file in _files_of((_record(plan.out, name) or _NO_RECORD)["findings"])}
    for file in sorted((plan.out / RECORDS).glob("*.json")):
        if file.stem not in here:
            record = _record(plan.out, file.stem) or _NO_RECORD
            files = {f"pages/{file.stem}.html", f"notebooks/{file.stem}.ipynb"}
            _remove(plan.out, (_files_of(record["findings"]) | files) - kept)
            file.unlink()


_NO_RECORD: Mapping[str, Any] = MappingProxyType({"findings": {"tables": {}, "figures": {}, "headlines": {}}})


def _remove(out: Path, files: set[str]) -> None:
    for file in files:
        (out / file).unlink(missing_ok=True)


def _write_findings(plan: _Plan) -> None:
    """Put the findings of all notebooks together, also when the run was stopped: each notebook starts with none."""
    from corpus_lib.study import write_findings

    found = [(_record(plan.out, notebook.name) or _NO_RECORD)["findings"] for notebook in plan.notebooks]
    write_findings(
        plan.out,
        {
            kind: {key: value for each in found for key, value in each[kind].items()}
            for kind in ("headlines", "tables", "figures")
        },
    )


def _has_changed(plan: _Plan) -> bool:
    """Whether the corpus is another one now: the pages were then computed from two."""
    from corpus_lib.errors import CorpusLibError
    from corpus_lib.loading import load_corpus
    from corpus_lib.study import corpus_sha256

    try:
        return corpus_sha256(load_corpus(plan.corpus)) != plan.corpus_hash
    except CorpusLibError:
        return True


# ----------------------------------------------------------------------------------------------------------------- pages


def _write_pages(plan: _Plan, results: Sequence[NotebookResult]) -> None:
    from corpus_lib.report.html import entry_html, page_html

    nbformat = _untyped("nbformat")
    copies = {
        result.name: nbformat.read(plan.out / "notebooks" / f"{result.name}.ipynb", as_version=4)
        for result in results
        if result.status != "skipped"
    }
    pages = [_page_link(plan, result, copies.get(result.name)) for result in results]
    about = _about(plan)
    for name, node in copies.items():
        write_text(
            plan.out / "pages" / f"{name}.html", page_html(node, name, pages, study=plan.study.title, about=about)
        )
    _write_findings(plan)
    found = {page: (_record(plan.out, page.name) or _NO_RECORD)["findings"] for page in pages if page.there}
    write_text(plan.out / "index.html", entry_html(_entry(plan, pages, found, about)))


def _page_link(plan: _Plan, result: NotebookResult, node: Any) -> Any:
    from corpus_lib.report.html import PageLink, outline

    source = next(notebook.node for notebook in plan.notebooks if notebook.name == result.name)
    title, question = outline(node if node is not None else source)
    name = result.name.partition("_")[2].replace("_", " ")
    return PageLink(result.name, title or name, question, result.status, node is not None, result.error)


def _entry(plan: _Plan, pages: Sequence[Any], found: Mapping[Any, Any], about: str) -> Any:
    from corpus_lib.report.html import Entry

    def listed(kind: str) -> list[dict[str, Any]]:
        return [
            {"name": name, "page": page, **facts} for page, each in found.items() for name, facts in each[kind].items()
        ]

    figures = [
        {**figure, "size": _png_size(plan.out / "figures" / f"{figure['name']}.png")} for figure in listed("figures")
    ]
    return Entry(
        title=plan.study.title, question=plan.study.question, about=about, provenance=_provenance(plan), pages=pages, findings=listed("headlines"),
        figures=figures, tables=listed("tables"), problems=plan.problems, note=" ".join(plan.notes),
    )  # fmt: skip


def _about(plan: _Plan) -> str:
    from corpus_lib.report.text import counted, sentence

    return f"{sentence(counted(plan.n_documents, 'document', words=True))} (SHA-256 of the corpus {plan.corpus_hash[:12]}…)."


def _provenance(plan: _Plan) -> str:
    from importlib.metadata import version

    stands_on = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    python = ".".join(map(str, sys.version_info[:3]))
    return f"Corpus: SHA-256 {plan.corpus_hash}. Computed by corpus_lib {version('corpus_lib')} with Python {python}, {stands_on}."


def _png_size(path: Path) -> tuple[int, int] | None:
    """Width and height from the header of a PNG."""
    try:
        head = path.open("rb").read(24)
    except OSError:
        return None
    if len(head) < 24 or head[12:16] != b"IHDR":
        return None
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])
