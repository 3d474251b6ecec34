"""One notebook in a kernel of its own: executed from its parameters, with nothing in the result that changes from run to run."""

import copy
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus_lib.report.html_pages import strip_ansi
from corpus_lib.run.plan import PlannedNotebook
from corpus_lib.run.records import scratch_folder

# Seconds a kernel may take to start: cold imports on a loaded two-core machine took 20.
START_TIMEOUT = 180


def run_kernel(notebook: PlannedNotebook, home: Path, source: Path) -> tuple[Any, str]:
    """The executed notebook, as far as it came, and what stopped it."""
    import nbformat
    import papermill

    with scratch_folder(home.parent) as scratch, _environment(scratch, source):
        output = scratch / "executed.ipynb"
        try:
            done = papermill.execute_notebook(
                copy.deepcopy(notebook.node), str(output), dict(notebook.parameters), kernel_name="python3", language="python",
                progress_bar=False, log_output=False, start_timeout=START_TIMEOUT, cwd=str(scratch), **_kernel_options(scratch, home),
            )  # fmt: skip
        except papermill.exceptions.PapermillExecutionError as error:
            return nbformat.read(output, as_version=4), _one_line(f"{error.ename}: {error.evalue}")
        except Exception as error:  # whatever a kernel can do, dying included, must not end the run
            reached = nbformat.read(output, as_version=4) if output.is_file() else notebook.node
            return reached, _one_line(f"{type(error).__name__}: {error}")
    return done, ""


def _kernel_options(scratch: Path, home: Path) -> dict[str, Any]:
    """Kernels that talk over sockets in the file system where there can be such, and say nothing of their own on the terminal.

    They start in an empty folder and go home then: Python, Jupyter and matplotlib read modules and settings from the folder in which they start,
    and a results folder may have come from anybody.
    """
    from traitlets.config import Config

    place = str(scratch / "k")
    sockets = {"transport": "ipc", "ip": place} if _takes_sockets(place) else {}
    manager = {"connection_file": str(scratch / "kernel.json"), **sockets}
    go_home = f"__import__('matplotlib'); __import__('os').chdir({str(home.resolve())!r})"
    arguments = ["--log-level=50", "--HistoryManager.enabled=False", f"--InteractiveShellApp.exec_lines={go_home}"]
    return {"config": Config({"KernelManager": manager}), "extra_arguments": arguments}


def _takes_sockets(place: str) -> bool:
    """Whether sockets can be made under a path: not one of more than about 100 bytes, nor on every file system."""
    try:
        with socket.socket(socket.AF_UNIX) as tried:
            tried.bind(f"{place}-99")
    except OSError:
        return False
    return True


@contextmanager
def _environment(scratch: Path, source: Path) -> Iterator[None]:
    """Kernels of this Python, found first, without the user's start-up files; modules beside the notebooks can be imported."""
    # An entry without a name means the working folder, and so does a relative one in part.
    given = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    path = os.pathsep.join([str(source.resolve()), *(str(Path(entry).resolve()) for entry in given)])
    wanted = {"IPYTHONDIR": str(scratch), "JUPYTER_RUNTIME_DIR": str(scratch), "PYTHONPATH": path}
    wanted |= {"JUPYTER_PREFER_ENV_PATH": "1", "PYTHONSAFEPATH": "1"}
    # Linear algebra in one thread gives the same bits everywhere, and at this size more threads only cost time.
    wanted |= {name: os.environ.get(name, "1") for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}
    before = {name: os.environ[name] for name in wanted if name in os.environ}
    os.environ.update(wanted)
    logger = logging.getLogger("papermill")
    level = logger.level
    # What went wrong is told by the result, once; the log would tell it a second time among the progress lines.
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
        for name in wanted:
            os.environ.pop(name, None)
        os.environ.update(before)


def _one_line(text: str) -> str:
    lines = [line.strip() for line in strip_ansi(text).splitlines() if line.strip()]
    return " ".join(lines)[:500] or "it stopped without saying why"


def normalised(node: Any) -> Any:
    """Without times, paths and random names, so that the same run writes the same file."""
    node.cells = [cell for cell in node.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
    for number, cell in enumerate(node.cells, 1):
        cell["id"] = f"cell-{number:02d}"
        cell.metadata = {name: value for name, value in cell.metadata.items() if name not in ("papermill", "execution")}
    node.metadata.pop("papermill", None)
    node.nbformat_minor = max(node.nbformat_minor, 5)
    return node
