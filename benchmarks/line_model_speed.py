"""Time the line model against jusText on the same lines, and the line model on ever longer pages.

Run `python benchmarks/line_model_speed.py ../shared/cleaning-dev.jsonl`. jusText is no dependency: install it in an environment of its own
and put its packages on PYTHONPATH; without it only the model's own times are printed. jusText gets each line as a paragraph of HTML, the
only form it takes. Times are processor seconds, so that other work on the machine does not count; the ratio is what to compare.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from corpus_lib.cleaning.line_model.model import keep_probabilities


def seconds(task: Callable[[], object], repeats: int = 3) -> float:
    """Return the least processor time of several runs."""
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        task()
        times.append(time.process_time() - begin)
    return min(times)


def justext_on(pages: list[list[str]]) -> Callable[[], object] | None:
    """Return a task that classifies the pages with jusText, None if it is not installed."""
    try:
        import justext
    except ImportError:
        return None
    stop = justext.get_stoplist("English")
    documents = [
        "<html><body>" + "".join(f"<p>{html.escape(line)}</p>" for line in lines) + "</body></html>" for lines in pages
    ]
    return lambda: [justext.justext(document, stop) for document in documents]


def main() -> None:
    """Print times a page, the ratio, and seconds a megabyte for pages of 1, 2, 4 … copies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--records", type=int, default=60)
    parser.add_argument("--longest", type=float, default=8, help="megabytes of the longest page")
    options = parser.parse_args()
    records = [json.loads(line) for line in options.pages.read_text("utf-8").split("\n")[: options.records]]
    pages = [[line["text"] for line in record["lines"]] for record in records]
    n_lines, size = sum(map(len, pages)) / len(pages), sum(len(line) + 1 for page in pages for line in page)
    print(f"{len(pages)} pages, {n_lines:.0f} lines and {size / len(pages) / 1000:.0f} KB a page")
    own = seconds(lambda: [keep_probabilities(page) for page in pages])
    print(f"line model {1000 * own / len(pages):6.1f} ms a page, {size / own / 1e6:.2f} MB/s")
    other = justext_on(pages)
    if other is None:
        print("jusText is not installed: no ratio")
    else:
        theirs = seconds(other)
        print(
            f"jusText    {1000 * theirs / len(pages):6.1f} ms a page, {size / theirs / 1e6:.2f} MB/s; line model / jusText = {own / theirs:.2f}"
        )
    everything = [line for page in pages for line in page]
    copies = 1
    while copies * size <= options.longest * 1e6:
        # Each copy is made different, so that the vocabulary grows as it does in real text.
        page = [f"{line} {number}" for number in range(copies) for line in everything]
        took = seconds(lambda page=page: keep_probabilities(page), repeats=1)  # type: ignore[misc]
        print(
            f"one page of {copies * size / 1e6:5.1f} MB, {len(page):7d} lines: {took:6.2f} s, {took / (copies * size / 1e6):.2f} s a MB"
        )
        copies *= 2


if __name__ == "__main__":
    main()
