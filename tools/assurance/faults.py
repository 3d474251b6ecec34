"""Full, limited and read-only disks, two runs at once, a corpus that changes: one sentence each, and the earlier results stand.

Each trial has results of one corpus in place and runs the command on another, with a little less than enough room. A small disk in memory is mounted
where that is allowed; the operating system's limit on the size of files needs no right. tests/test_faults.py holds what is quick.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from tools.assurance.figures import ROOT, Figure
from tools.assurance.kills import QUICK, preload, start
from tools.assurance.material import torn, tree, write_corpus

# Free bytes of the disk, and largest sizes of a file, in every order of magnitude of what the commands write.
ROOM = [500, 1_000, 4_000, 10_000, 20_000, 50_000, 100_000, 200_000]
CHANGES = "The corpus changed during the run, so the pages may speak of two states of it. Run it again."


def main(arguments: Sequence[str] = ()) -> list[Figure]:
    """All trials; `--no-run` leaves out those with kernels."""
    preload()
    figures = []
    with tempfile.TemporaryDirectory(prefix="assurance-faults-") as scratch:
        place = Path(scratch)
        corpora = [write_corpus(place / name, seed, documents=3) for seed, name in enumerate("ab")]
        for name, command in QUICK.items():
            figures += _figures(
                f"{name}, largest file", [_limited(command, corpora, place / f"l-{name}-{n}", n) for n in ROOM]
            )
            with _mounted(place / f"m-{name}") as disk:
                figures += _figures(
                    f"{name}, full disk", [_full(command, corpora, disk, n) for n in ROOM] if disk else None
                )
        if "--no-run" not in arguments:
            figures += _run_faults(place, corpora)
    return figures


# ------------------------------------------------------------------------------------------------------------------ trials


def _limited(command: Callable[[Path, Path], None], corpora: Sequence[Path], place: Path, limit: int) -> list[str]:
    def narrow(corpus: Path, out: Path) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        command(corpus, out)

    place.mkdir()
    return _trial(command, narrow, corpora, place)


def _full(command: Callable[[Path, Path], None], corpora: Sequence[Path], disk: Path, room: int) -> list[str]:
    place = disk / f"room-{room}"
    place.mkdir()
    _status(command, corpora[0], place / "out")
    filler = disk / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(shutil.disk_usage(disk).free - room, 1))
    try:
        return _trial(None, command, corpora, place)
    finally:
        filler.unlink()
        shutil.rmtree(place)


def _trial(
    first: Callable[[Path, Path], None] | None,
    second: Callable[[Path, Path], None],
    corpora: Sequence[Path],
    place: Path,
) -> list[str]:
    """What went wrong when `second` ran on the other corpus over the results of `first`; nothing if it said one sentence, or had room enough."""
    out = place / "out"
    if first:
        _status(first, corpora[0], out)
    before = tree(out)
    status, said = _status(second, corpora[1], out)
    problems = [f"torn: {name}" for name in torn(out)]
    if status:
        found = tree(out)
        problems += [f"lost: {n}" for n in before if n not in found]
        one_sentence = said.count("\n") == 1 and re.search(r"(could not|cannot) be written: [A-Z]", said)
        problems += [] if one_sentence else [f"said: {said[-200:]}"]
    return problems


def _status(command: Callable[[Path, Path], None], corpus: Path, out: Path) -> tuple[int, str]:
    """Exit status of a forked command and its last words."""
    said = Path(tempfile.gettempdir()) / f"assurance-said-{os.getpid()}"
    _, status = os.waitpid(start(_like_the_command_line(command), corpus, out, said), 0)
    text = said.read_text() if said.exists() else ""
    said.unlink(missing_ok=True)
    return os.waitstatus_to_exitcode(status), text


def _like_the_command_line(command: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
    """`save` has no command: its error is printed as a command prints it."""
    from corpus_lib import CorpusLibError

    def run(corpus: Path, out: Path) -> None:
        try:
            with Path(os.devnull).open("w") as nothing, redirect_stdout(nothing):
                command(corpus, out)
        except CorpusLibError as error:
            print(error, file=sys.stderr)
            raise SystemExit(2) from None

    return run


@contextmanager
def _mounted(folder: Path) -> Iterator[Path | None]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def _figures(what: str, trials: list[list[str]] | None) -> list[Figure]:
    if trials is None:
        return [Figure("faults", what, "a disk may not be mounted here", "", True)]
    wrong = [problem for trial in trials for problem in trial]
    figure = Figure(
        "faults", f"{what}: trials without a fault", f"{sum(not t for t in trials)} of {len(trials)}", "all", not wrong
    )
    return [figure, *(Figure("faults", what, problem, "", False) for problem in sorted(set(wrong))[:5])]


# --------------------------------------------------------------------------------------------------------------------- run


def _run_faults(place: Path, corpora: Sequence[Path]) -> list[Figure]:
    """The same of `run`, with its kernels: all notebooks but the first are left out where the fault needs none of them."""
    out = place / "run"
    first = _run(corpora[0], out)
    while not list(out.glob("tables/*.csv")) and first.poll() is None:
        time.sleep(0.1)
    second = _ended(_run(corpora[1], out))
    figures = [
        _row(
            "a second run on one folder",
            second,
            f"2: corpus_lib run: the output folder 'run' is in use by process {first.pid}",
        )
    ]
    figures.append(_row("the first one ends well", _ended(first), "0: "))
    changing = write_corpus(place / "changing", 5, documents=2)
    process = _run(changing, place / "changed")
    while not list((place / "changed").glob("tables/*.csv")) and process.poll() is None:
        time.sleep(0.1)
    (changing / "page-0.txt").write_text("Another text stands here now.\n")
    figures.append(_row("a text that changes during a run", _ended(process), f"1: {CHANGES}"))
    with _mounted(place / "disk") as disk:
        if disk:
            _ended(_run(corpora[0], disk / "out"))
            full = disk / "filler"
            with full.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, max(shutil.disk_usage(disk).free, 1))
            kept = tree(disk / "out")
            figures.append(
                _row(
                    "run on a full disk",
                    _ended(_run(corpora[1], disk / "out")),
                    "could not be written: No space left on device",
                )
            )
            lost = [name for name in kept if name not in tree(disk / "out")] + torn(disk / "out")
            figures.append(_row("files lost or torn by it", str(lost or "none"), "none"))
    return figures


def _run(corpus: Path, out: Path) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "corpus_lib",
        "run",
        "--corpus",
        str(corpus),
        "--out",
        str(out),
        "--skip",
        "02",
        "03",
        "04",
        "05",
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def _ended(process: subprocess.Popen[str]) -> str:
    """Exit status and last line of what a run said; `could not be written` is the library's word, which a traceback's last line has not."""
    _, said = process.communicate(timeout=600)
    last = said.strip().rpartition("\n")[2]
    return f"{process.returncode}: {last}"


def _row(what: str, found: str, promised: str) -> Figure:
    return Figure("faults", what, found[-300:], promised, promised in found)
