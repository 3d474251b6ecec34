"""What one more text costs, as a share of the first preparation of 200 small ones: `python benchmarks/prepared.py [times]`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from corpus_lib import open_study
from tools.assurance.material import write_corpus


def seconds(corpus: Path, results: Path) -> float:
    """Processor time of one opening, which does not depend on what else the machine does."""
    started = time.process_time()
    open_study(corpus, results=results)
    return time.process_time() - started


def main() -> None:
    """Print the times of a first opening, of the same again, and of one with a text more."""
    for n in range(int(sys.argv[1]) if len(sys.argv) > 1 else 5):
        with tempfile.TemporaryDirectory() as place:
            results = Path(place) / "results"
            corpus = write_corpus(Path(place) / "texts", n, documents=200)
            first, again = seconds(corpus, results), seconds(corpus, results)
            write_corpus(Path(place) / "more", n + 1000, documents=1)
            (Path(place) / "more" / "page-0.txt").rename(corpus / "page-new.txt")
            more = seconds(corpus, results)
            print(
                f"first {first:.2f} s, again {again:.2f} s, one text more {more:.2f} s: {more / first:.1%}", flush=True
            )


if __name__ == "__main__":
    main()
