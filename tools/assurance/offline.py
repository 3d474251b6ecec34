"""Nothing is fetched: a whole `run`, its kernels included, in processes whose sockets reach nothing but this machine.

A `sitecustomize` on the path of every Python that is started, kernels too, records and refuses each connection to another host and each look-up of a name.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.assurance.figures import ROOT, Figure
from tools.assurance.material import write_corpus

GUARD = """
import os, socket, sys

LOCAL = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "")


def refuse(what):
    with open(os.environ["ASSURANCE_SOCKETS"], "a") as log:
        log.write(f"{os.getpid()} {what}\\n")
    raise OSError(f"the network is closed: {what}")


def guard(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and str(address[0]) not in LOCAL:
            refuse(f"{event} {address!r}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname") and str(arguments[0] or "") not in LOCAL:
        refuse(f"{event} {arguments[0]!r}")


with open(os.environ["ASSURANCE_SOCKETS"] + ".guarded", "a") as started:
    started.write(f"{os.getpid()}\\n")
sys.addaudithook(guard)
"""


def main(arguments: Sequence[str] = ()) -> list[Figure]:
    """Run everything on two short texts behind the guard."""
    with tempfile.TemporaryDirectory(prefix="assurance-offline-") as scratch:
        place = Path(scratch)
        corpus = write_corpus(place / "corpus", 3, documents=2)
        status, said, log = guarded(
            [sys.executable, "-m", "corpus_lib", "run", "--corpus", str(corpus), "--out", str(place / "out")], place
        )
        processes = len(set((place / "sockets.guarded").read_text().split()))
        pages = len(list((place / "out" / "pages").glob("*.html")))
    return [
        Figure("offline", "connections to other hosts in a whole run", "; ".join(log[:3]) or "0", "0", not log),
        Figure(
            "offline",
            "processes behind the guard, pages written",
            f"{processes}, {pages}",
            "a kernel a page",
            processes > pages > 0,
        ),
        Figure("offline", "exit status", f"{status} {said[-200:] if status else ''}".strip(), "0", status == 0),
    ]


def guarded(command: Sequence[str], place: Path) -> tuple[int, str, list[str]]:
    """Exit status, last words and refused connections of a command behind the guard."""
    guard = place / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(GUARD)
    path = os.pathsep.join(filter(None, [str(guard), str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {
        **os.environ,
        "PYTHONPATH": path,
        "ASSURANCE_SOCKETS": str(place / "sockets"),
        "OPENBLAS_NUM_THREADS": "1",
    }
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    log = place / "sockets"
    return ran.returncode, ran.stderr.strip(), log.read_text().splitlines() if log.exists() else []
