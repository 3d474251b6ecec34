"""Build the reference list of the UN General Debate that ships with the library.

    python tools/build_reference_list.py ../shared/corpora/un-general-debates-2009-2022.jsonl.gz

Reads speeches (JSON lines with `year` and `text`), tokenizes them as the library does, and writes counts and document ranges of the types that
occur often enough, with what a reader needs to judge them. The speeches themselves stay out. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
from collections import Counter
from pathlib import Path

from corpus_lib import Tokenizer
from corpus_lib.files import sha256, write_bytes, write_text

DATA = Path(__file__).resolve().parent.parent / "corpus_lib" / "wordlists" / "data"
NAME = "un-general-debate"
CITATION = (
    "Jankin, Baturo and Dasandi (2017), Understanding state preferences with text as data: introducing the UN General Debate corpus, "
    "Research & Politics 4(2). United Nations General Debate Corpus, version 10."
)


def count(path: Path, tokenizer: Tokenizer) -> tuple[Counter[str], Counter[str], int, list[int]]:
    """Frequencies, document ranges, number of documents and years of the speeches."""
    frequency: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    years: set[int] = set()
    n_documents = 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            speech = json.loads(line)
            words = Counter(tokenizer.tokenize(speech["text"])[0])
            frequency.update(words)
            documents.update(words.keys())
            years.add(int(speech["year"]))
            n_documents += 1
    return frequency, documents, n_documents, sorted(years)


def as_csv(frequency: Counter[str], documents: Counter[str], least: int) -> bytes:
    """The list as compressed CSV, most frequent first, without a time stamp."""
    rows = sorted(((w, f) for w, f in frequency.items() if f >= least), key=lambda r: (-r[1], r[0]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["token", "frequency", "document_range"])
    writer.writerows([word, f, documents[word]] for word, f in rows)
    return gzip.compress(text.getvalue().encode("utf-8"), compresslevel=9, mtime=0)


def main() -> None:
    """Read the arguments, count, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("speeches", type=Path, help="JSON lines, gzip-compressed, with `year` and `text`")
    parser.add_argument("--min-frequency", type=int, default=5)
    arguments = parser.parse_args()
    tokenizer = Tokenizer()
    frequency, documents, n_documents, years = count(arguments.speeches, tokenizer)
    data = as_csv(frequency, documents, arguments.min_frequency)
    info = {
        "name": NAME,
        "title": "United Nations General Debate",
        "language": "en",
        "first_year": years[0],
        "last_year": years[-1],
        "n_tokens": sum(frequency.values()),
        "n_types": len(frequency),
        "n_types_listed": sum(f >= arguments.min_frequency for f in frequency.values()),
        "min_frequency": arguments.min_frequency,
        "n_documents": n_documents,
        "document": "one speech of one state in one year",
        "tokenizer": "Tokenizer()",
        "tokenizer_sha256": tokenizer.seal,
        "sha256": sha256(data),
        "citation": CITATION,
    }
    write_bytes(DATA / f"{NAME}.csv.gz", data)
    write_text(DATA / f"{NAME}.json", json.dumps(info, ensure_ascii=False, indent=1) + "\n")
    print(
        f"{NAME}: {info['n_tokens']:,} tokens, {n_documents:,} documents, {info['n_types_listed']:,} types listed, {len(data):,} bytes"
    )


if __name__ == "__main__":
    main()
