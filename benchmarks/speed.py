"""Ratios of the fast path against `wc -w` and scikit-learn's CountVectorizer, each pair in one run on the same text.

    .venv/bin/python benchmarks/speed.py --megabytes 100 --corpus ../shared/corpora/un-general-debates-2009-2022.jsonl.gz

The text is the named corpus, repeated up to the size asked for; in each repetition one word in 300 gets a suffix of its own, so that the vocabulary
grows as that of new text would. CPU seconds are those of all threads. Ratios travel between machines, seconds do not; on a busy machine neither does
the wall time. The table goes to the screen and to results/benchmarks/speed.csv.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib import kernel, load_corpus
from corpus_lib.files import write_table
from corpus_lib.tokens import Tokenizer, Tokens, _Lists

DEFAULT = "../shared/corpora/un-general-debates-2009-2022.jsonl.gz"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", default=DEFAULT, help="folder or table of texts")
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", default="results/benchmarks")
    arguments = parser.parse_args()
    if not Path(arguments.corpus).exists():
        sys.exit(f"`--corpus` must name a folder or a table of texts; {arguments.corpus!r} does not exist.")
    texts = make_texts(Path(arguments.corpus), arguments.megabytes * 1_000_000)
    table = measure(texts, arguments.repeats)
    print(table.to_string(index=False))
    print(versions())
    write_table(Path(arguments.out) / "speed.csv", table.assign(versions=versions()), index=False)


def make_texts(path: Path, size: int) -> list[str]:
    """Documents of the corpus, repeated with new words until there are `size` characters."""
    corpus = load_corpus(path)
    originals = [corpus.text(i) for i in corpus.documents.index]
    texts: list[str] = []
    total = repetition = 0
    while total < size:
        for number, original in enumerate(originals):
            text = noisy(original, f"{repetition}x{number % 50}") if repetition else original
            texts.append(text)
            total += len(text)
            if total >= size:
                break
        repetition += 1
    return texts


def noisy(text: str, suffix: str) -> str:
    """The text with one word in 300 made a new one."""
    words = text.split(" ")
    words[150::300] = [w + suffix for w in words[150::300]]
    return " ".join(words)


def measure(texts: list[str], repeats: int) -> pd.DataFrame:
    """One row a task: CPU and wall seconds (medians), and the ratio that the project sets itself."""
    tokenizer, bases = Tokenizer(), np.zeros(len(texts), dtype=np.int64)
    kernel.fast_tokens(texts[:1], bases[:1], tokenizer)
    tenth = texts[: max(len(texts) // 10, 1)]
    share = sum(map(len, texts)) / sum(map(len, tenth))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text.txt"
        file.write_text("\n".join(texts), encoding="utf-8")
        tasks: dict[str, tuple[Callable[[], Any], float]] = {
            "wc -w": (
                lambda: subprocess.run(
                    ["wc", "-w", file], env={"LC_ALL": "C.UTF-8"}, stdout=subprocess.DEVNULL, check=True
                ),
                1.0,
            ),
            "ids, one thread": (lambda: kernel.fast_tokens(texts, bases, tokenizer, n_threads=1), 1.0),
            "ids, two threads": (lambda: kernel.fast_tokens(texts, bases, tokenizer, n_threads=2), 1.0),
            "ids by the expression (a tenth, times ten)": (lambda: [tokenizer.tokenize(t) for t in tenth], share),
            "matrix": (lambda: matrix(texts, bases, tokenizer), 1.0),
            "CountVectorizer, same expression": (lambda: count_vectorizer(texts, tokenizer), 1.0),
        }
        seconds = {name: [timed(task) for _ in range(repeats)] for name, (task, _) in tasks.items()}
    median = {
        name: [statistics.median(s[k] for s in found) * tasks[name][1] for k in (0, 1)]
        for name, found in seconds.items()
    }
    rows = [
        {"task": name, "cpu_s": cpu, "wall_s": wall, "megabytes": sum(map(len, texts)) / 1e6}
        for name, (cpu, wall) in median.items()
    ]
    cpu = {name: values[0] for name, values in median.items()}
    goals = {
        "ids, one thread": f"{cpu['ids, one thread'] / cpu['wc -w']:.2f} times wc -w (goal: at most 1.5)",
        "ids, two threads": f"{median['ids, one thread'][1] / median['ids, two threads'][1]:.2f} times one thread, wall (goal: at least 1.7, idle)",
        "ids by the expression (a tenth, times ten)": f"{cpu['ids by the expression (a tenth, times ten)'] / cpu['ids, one thread']:.1f} times the loops",
        "CountVectorizer, same expression": f"{cpu['CountVectorizer, same expression'] / cpu['matrix']:.1f} times ours (goal: at least 5)",
    }
    return pd.DataFrame(rows).assign(ratio=[goals.get(r["task"], "") for r in rows]).round(2)


def matrix(texts: list[str], bases: np.ndarray, tokenizer: Tokenizer) -> Any:
    """Counts of every type in every text, by the library."""
    found = kernel.fast_tokens(texts, bases, tokenizer)
    if found is None:
        raise SystemExit("the fast tokenizer could not be used; install corpus_lib[fast]")
    ids, offsets, starts, ends, vocabulary = found
    return Tokens(ids, offsets, starts, ends, vocabulary, pd.DataFrame(index=range(len(texts))), _Lists({})).matrix()


def count_vectorizer(texts: list[str], tokenizer: Tokenizer) -> Any:
    """The same by scikit-learn."""
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(token_pattern=tokenizer.pattern).fit_transform(texts)


def timed(task: Callable[[], Any]) -> tuple[float, float]:
    """CPU seconds of this process and its children, and wall seconds."""
    before, clock = os.times(), time.perf_counter()
    task()
    after = os.times()
    return sum(after[:4]) - sum(before[:4]), time.perf_counter() - clock


def versions() -> str:
    """What the figures were made with."""
    from importlib.metadata import version

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    names = ("numpy", "numba", "scikit-learn", "pandas")
    return (
        f"Python {sys.version.split()[0]}, "
        + ", ".join(f"{n} {version(n)}" for n in names)
        + f"; {os.cpu_count()} processors; peak {peak} MB"
    )


if __name__ == "__main__":
    main()
