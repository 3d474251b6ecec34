"""The whole chain over page text: read, clean, tokenize and index, in megabytes of text a second.

    python benchmarks/chain_speed.py ../shared/cleaning-dev.jsonl --megabytes 100 --jobs 2

The pages are copied until there is enough text; in each copy one word in five of every longer line gets an ending of its own, so that copies share
their short lines, as the pages of a site do, and neither articles nor vocabulary. Processor time is that of this process and its workers.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from joblib.externals.loky import get_reusable_executor

from corpus_lib import index_corpus

LONG_LINE = 5


def pages(records: Path, n_bytes: float) -> Iterator[dict[str, str]]:
    """Rows of a table with so many bytes of text."""
    known = [json.loads(line)["lines"] for line in records.open(encoding="utf-8")]
    size = copy = 0
    while size < n_bytes:
        for number, lines in enumerate(known):
            text = "\n".join(changed(line["text"], copy) for line in lines)
            size += len(text.encode())
            yield {"id": f"{copy:04d}-{number:04d}", "text": text}
            if size >= n_bytes:
                return
        copy += 1


def changed(line: str, copy: int) -> str:
    """The line with an ending of this copy at some of its words."""
    words = " ".join(line.split()).split(" ")
    if copy and len(words) >= LONG_LINE:
        words[copy % LONG_LINE :: LONG_LINE] = [f"{word}q{copy}" for word in words[copy % LONG_LINE :: LONG_LINE]]
    return " ".join(words)


def main() -> None:
    """Print the rate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path, help="JSONL with the labelled lines of pages")
    parser.add_argument("--megabytes", type=float, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "pages.jsonl"
        with table.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in pages(given.records, given.megabytes * 1e6))
        begin, cpu = time.perf_counter(), used()
        tokens = index_corpus(table, Path(folder) / "index", n_jobs=given.jobs)
        wall = time.perf_counter() - begin
        get_reusable_executor().shutdown(wait=True)  # what a worker used is known when it has ended
        cpu = used() - cpu
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    print(
        f"{given.megabytes:g} MB, {tokens.n_units:,} pages, {tokens.n_tokens:,} tokens kept, {given.jobs} jobs: {wall:.0f} s, "
        f"{given.megabytes / wall:.2f} MB/s, {cpu:.0f} s of CPU, {given.megabytes / cpu:.2f} MB/s a core; {peak:,} MB in the largest process"
    )


def used() -> float:
    """Processor seconds of this process and of its workers that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


if __name__ == "__main__":
    main()
