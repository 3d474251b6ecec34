"""An index made by two Dask workers of which one is killed while it works on a part: `CORPUS INDEX MARKS`. Prints which process and which part."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import joblib

sys.path.insert(0, str(Path(__file__).parent.parent / "docs" / "examples"))

from dask_on_loopback import cluster

from corpus_lib.index import build as index
from corpus_lib.index.part import make_part

# Seconds for the whole index, with a worker killed in the middle.
LIMIT = 60


def observed(marks: str, job: Any, out: str, number: int) -> int:
    """`make_part`, slowly, with a mark that tells which process began it."""
    Path(marks, f"{number}-{os.getpid()}").touch()
    time.sleep(0.5)
    return make_part(job, out, number)


def kill_in_the_middle(marks: Path, out: Path, process: Any) -> None:
    """Kill a worker that has made a part and is at work on another one."""
    while True:
        time.sleep(0.02)
        begun = [int(mark.name.split("-")[0]) for mark in marks.glob(f"*-{process.pid}")]
        open_parts = [n for n in begun if not (out / "parts" / f"{n:05d}" / "made").is_dir()]
        if len(begun) > len(open_parts) > 0:
            process.kill()
            print(json.dumps({"killed": process.pid, "part": open_parts[0]}))
            return


def main(corpus: str, out: str, marks: str) -> None:
    """Make the index; the killing goes on beside it."""
    index.steps.make_part = partial(observed, marks)
    logs = Path(marks) / "logs"
    logs.mkdir()
    with cluster(logs) as (_, workers), joblib.parallel_config(backend="dask"):
        killer = threading.Thread(target=kill_in_the_middle, args=(Path(marks), Path(out), workers[0]), daemon=True)
        killer.start()
        # A run that waits for the dead worker ends here; starting the processes is not counted.
        signal.alarm(LIMIT)
        index.index_corpus(corpus, out, parts=7)
        signal.alarm(0)
        killer.join(timeout=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
