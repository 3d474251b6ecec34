"""A Dask scheduler and two workers as three processes of this machine, on loopback only, and an index that they make.

    python docs/examples/dask_on_loopback.py CORPUS INDEX

With host names in place of 127.0.0.1 the same commands make a cluster of several machines.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import joblib
from distributed import Client

import corpus_lib as cl

HOST = "127.0.0.1"


@contextmanager
def started(folder: Path, name: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """One process, with what it says in `folder/name.log`; it is ended with the block."""
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", *command], stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def cluster(folder: Path, n_workers: int = 2) -> Iterator[tuple[Client, list[subprocess.Popen[bytes]]]]:
    """A scheduler and its workers, connected; `folder` is where they find each other and write their logs."""
    found = str(folder / "scheduler.json")
    common = ("--host", HOST, "--scheduler-file", found, "--no-dashboard")
    with ExitStack() as running:
        begin = running.enter_context
        begin(started(folder, "scheduler", "distributed.cli.dask_scheduler", *common, "--port", "0"))
        # One thread each, since cleaning holds Python's lock; without a nanny, so that the process is the worker itself.
        worker = ("distributed.cli.dask_worker", *common, "--nthreads", "1", "--no-nanny", "--local-directory")
        workers = [begin(started(folder, f"worker-{n}", *worker, str(folder))) for n in range(n_workers)]
        client = begin(Client(scheduler_file=found, timeout=30))
        client.wait_for_workers(n_workers, timeout=30)
        yield client, workers


def main(corpus: str, index: str) -> None:
    """Make the index of a corpus on such a cluster."""
    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder)), joblib.parallel_config(backend="dask"):
        tokens = cl.index_corpus(corpus, index)
    print(f"{tokens.n_tokens:,} tokens of {tokens.n_units:,} documents in {index}")


if __name__ == "__main__":
    main(*sys.argv[1:])
