"""Speed of the cleaning on labelled pages, beside jusText on the same lines, and how it grows with the length of a page.

    python benchmarks/cleaning_speed.py ../shared/cleaning-dev.jsonl [--workers]

`decisions` is what jusText does: from text to a label for each line (languages, word lists, metadata, regions, line model). `everything` is
`clean_corpus`: repairs, flags, paragraphs, quotations, duplicates and the tables of evidence too. jusText is no dependency; without it no
ratio is printed. Processor time, the same process, turn by turn, the median of several rounds over all pages.
"""

from __future__ import annotations

import argparse
import html
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import pandas as pd

from corpus_lib import CleaningSettings, Corpus, clean_corpus
from corpus_lib.cleaning.pipeline import label_page, page_opinions, read_page


def seconds(task: Callable[[], object]) -> float:
    """Processor time of one run."""
    begin = time.process_time()
    task()
    return time.process_time() - begin


def justext_on(pages: Sequence[Sequence[str]]) -> Callable[[int], object] | None:
    """Return a task that classifies one of the pages with jusText, None if it is not installed."""
    try:
        import justext
    except ImportError:
        return None
    stop = justext.get_stoplist("English")
    documents = [
        "<html><body>" + "".join(f"<p>{html.escape(line)}</p>" for line in lines) + "</body></html>" for lines in pages
    ]
    return lambda i: justext.justext(documents[i], stop)


def corpus_of(pages: Sequence[Sequence[str]]) -> Corpus:
    """A corpus of pages in memory."""
    data = {f"{i:04d}": "\n".join(lines).encode() for i, lines in enumerate(pages)}
    columns = {
        "path": list(data),
        "sha256": list(data),
        "n_bytes": [len(b) for b in data.values()],
        "encoding": "utf-8",
    }
    documents = pd.DataFrame(columns, index=pd.Index(list(data), name="doc_id", dtype="str"))
    return Corpus(documents, pd.DataFrame(columns=["path", "problem", "advice"]), data)


def decisions(corpus: Corpus, settings: CleaningSettings) -> None:
    """Label every line of every document, and nothing more."""
    pages = [read_page(doc_id, corpus.source(doc_id), settings) for doc_id in corpus.documents.index]
    for page, opinion in zip(pages, page_opinions(pages, settings), strict=True):
        label_page(page, settings, opinion)


def print_ratios(pages: Sequence[Sequence[str]], rounds: int) -> None:
    """Milliseconds a page of each task, and the ratio to jusText: medians of several rounds over all pages."""
    corpus, rules = corpus_of(pages), CleaningSettings(line_model=False)
    tasks: dict[str, Callable[[], object]] = {
        "decisions, rules only": lambda: decisions(corpus, rules),
        "decisions": lambda: decisions(corpus, CleaningSettings()),
        "everything": lambda: clean_corpus(corpus),
    }
    other = justext_on(pages)
    if other:
        tasks["jusText"] = lambda: [other(i) for i in range(len(pages))]
    took: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds + 1):
        for name, task in tasks.items():
            took[name].append(seconds(task))
    # The first round reads the word lists and the models.
    took = {name: times[1:] for name, times in took.items()}
    for name, times in took.items():
        ratios = [mine / theirs for mine, theirs in zip(times, took.get("jusText", ()), strict=False)]
        speed = f"{1 / median(ratios):5.2f} of jusText's speed" if ratios else "jusText is not installed: no ratio"
        print(f"{name:22s} {1000 * median(times) / len(pages):7.2f} ms a page  {speed}")


def print_workers(pages: Sequence[Sequence[str]], rounds: int) -> None:
    """Seconds on the clock of `clean_corpus` with one process and with two, by turns: all pages eight times, each copy different."""
    corpus = corpus_of([[f"{line} {copy}" for line in page] for copy in range(8) for page in pages])
    took: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for jobs, times in took.items():
            begin = time.perf_counter()
            clean_corpus(corpus, n_jobs=jobs)
            times.append(time.perf_counter() - begin)
    ratios = [one / two for one, two in zip(took[1], took[2], strict=True)]
    seconds_of = ", ".join(f"n_jobs={jobs} {median(times):.1f} s" for jobs, times in took.items())
    print(f"{len(corpus.documents)} pages: {seconds_of}; two workers are {median(ratios):.2f} times as fast")


def print_growth(lines: Sequence[str], longest: float) -> None:
    """Seconds for one page of 1, 2, 4 … megabytes; each copy of the lines is made different, so that the vocabulary grows."""
    size = sum(len(line) + 1 for line in lines)
    copies = 1
    while copies * size <= longest * 1e6:
        page = [f"{line} {number}" for number in range(copies) for line in lines]
        took = seconds(lambda page=page: clean_corpus(corpus_of([page])))  # type: ignore[misc]
        megabytes = sum(len(line.encode()) + 1 for line in page) / 1e6
        print(f"one page of {megabytes:5.1f} MB, {len(page):7d} lines: {took:6.2f} s, {took / megabytes:.2f} s a MB")
        copies *= 2


def main() -> None:
    """Print the ratios and the growth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--records", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--longest", type=float, default=4, help="megabytes of the longest page; 0 for the ratios only")
    parser.add_argument("--workers", action="store_true", help="compare clean_corpus with two workers and with none")
    options = parser.parse_args()
    records = [json.loads(line) for line in options.pages.read_text("utf-8").split("\n")[: options.records]]
    pages = [[" ".join(line["text"].split()) for line in record["lines"]] for record in records]
    print(
        f"{len(pages)} pages, {sum(map(len, pages)) / len(pages):.0f} lines and {sum(len(t) + 1 for p in pages for t in p) / len(pages) / 1000:.0f} KB a page"
    )
    print_ratios(pages, options.rounds)
    if options.workers:
        print_workers(pages, options.rounds)
    if options.longest:
        print_growth([line for page in pages for line in page], options.longest)


if __name__ == "__main__":
    main()
