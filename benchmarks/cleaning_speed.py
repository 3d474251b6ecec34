"""Speed of the cleaning on labelled pages, beside jusText on the same lines, and how it grows with the length of a page.

    python benchmarks/cleaning_speed.py ../shared/cleaning-dev.jsonl

`decisions` is what jusText does: from text to a label for each line (languages, word lists, metadata, regions, line model). `everything` is
`clean_corpus`: repairs, flags, paragraphs, quotations, duplicates and the tables of evidence too. jusText is no dependency; without it no
ratio is printed. Processor time, of each page the best of several runs, the same process, turn by turn.
"""

from __future__ import annotations

import argparse
import html
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from corpus_lib.cleaning import CleaningSettings, clean_corpus
from corpus_lib.cleaning.pipeline import label_page, read_page
from corpus_lib.corpus import Corpus


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
    for doc_id in corpus.documents.index:
        label_page(read_page(doc_id, corpus.source(doc_id), settings), settings)


def print_ratios(pages: Sequence[Sequence[str]], rounds: int) -> None:
    """Milliseconds a page of each task, and the ratio to jusText; of each page the best round, since other work on the machine only adds."""
    corpora = [corpus_of([page]) for page in pages]
    model, rules = CleaningSettings(), CleaningSettings(line_model=False)
    tasks: dict[str, Callable[[int], object]] = {
        "decisions, rules only": lambda i: decisions(corpora[i], rules), "decisions": lambda i: decisions(corpora[i], model),
    }  # fmt: skip
    other = justext_on(pages)
    tasks |= {"jusText": other} if other else {}
    best = {name: [float("inf")] * len(pages) for name in tasks}
    for _ in range(rounds):
        for i in range(len(pages)):
            for name, task in tasks.items():
                best[name][i] = min(best[name][i], seconds(lambda task=task, i=i: task(i)))  # type: ignore[misc]
    corpus = corpus_of(pages)
    # All pages at once: tables are made once a corpus.
    whole = min(seconds(lambda: clean_corpus(corpus)) for _ in range(rounds)) / len(pages)
    for name, took in ({"everything": [whole] * len(pages)} | best).items():
        ratio = (
            f"{sum(took) / sum(best['jusText']):6.2f} of jusText" if other else "   jusText is not installed: no ratio"
        )
        print(f"{name:22s} {1000 * sum(took) / len(pages):7.2f} ms a page {ratio}")


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
    options = parser.parse_args()
    records = [json.loads(line) for line in options.pages.read_text("utf-8").split("\n")[: options.records]]
    pages = [[" ".join(line["text"].split()) for line in record["lines"]] for record in records]
    print(
        f"{len(pages)} pages, {sum(map(len, pages)) / len(pages):.0f} lines and {sum(len(t) + 1 for p in pages for t in p) / len(pages) / 1000:.0f} KB a page"
    )
    print_ratios(pages, options.rounds)
    if options.longest:
        print_growth([line for page in pages for line in page], options.longest)


if __name__ == "__main__":
    main()
