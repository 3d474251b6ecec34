"""How often titles, dates and authors read from the development pages are right: `python tools/metadata_figures.py ../shared/cleaning-dev.jsonl`.

Prints for each field and view how many are known, stated and right, for all domains and for either half of them; and how often values were
right by the rule that read them and by the confidence stated. Takes a minute.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
from line_views import Line, judged, read_pages

from corpus_lib import CleaningSettings, Corpus, clean_corpus
from corpus_lib.cleaning.lexicon import tokens_of

GOLD = {"title": "title", "author": "author", "date_published": "date"}
VIEWS = ("full", "residual", "trim")
BANDS = (0.0, 0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


def corpus_of(texts: dict[str, str]) -> Corpus:
    """Return a corpus of texts in memory."""
    data = {name: text.encode() for name, text in texts.items()}
    columns: dict[str, Any] = {
        "path": [f"{name}.txt" for name in data],
        "sha256": [hashlib.sha256(b).hexdigest() for b in data.values()],
        "n_bytes": [len(b) for b in data.values()],
        "encoding": "utf-8",
    }
    documents = pd.DataFrame(columns, index=pd.Index(list(data), name="doc_id", dtype="str"))
    return Corpus(documents, pd.DataFrame(columns=["path", "problem", "advice"]), data)


def text_of(lines: list[Line]) -> str:
    """Return a view as a text, a line each."""
    return "\n".join(" ".join(text.split()) for text, _, _ in lines)


def same_title(read: str, gold: str) -> bool:
    """Return whether two titles are equal, one holds the other with more than half its length, or they share 70 % of their words."""
    a, b = (" ".join(tokens_of(text)) for text in (read, gold))
    short, long = sorted((a, b), key=len)
    one, other = set(a.split()), set(b.split())
    return a == b or (short in long and len(short) > 0.5 * len(long)) or len(one & other) >= 0.7 * len(one | other)


def same_author(read: str, gold: str) -> bool:
    """Return whether a name read is the known one, or holds it or is held by it as whole words."""
    one, other = set(re.findall(r"\w+", read.lower())), set(re.findall(r"\w+", gold.lower()))
    return bool(one and other) and (one <= other or other <= one)


def is_right(field: str, read: str, gold: str) -> bool:
    """Return whether a value read is the known one; of dates day, month and year count."""
    if field == "date_published":
        return len(read) >= 10 and read[:10] == gold[:10]
    return (same_title if field == "title" else same_author)(read, gold)


def known_values(path: Path) -> dict[str, dict[str, str]]:
    """Return what is known of each domain's page, by field."""
    records = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    return {r["domain"]: {field: r.get(key) or "" for field, key in GOLD.items()} for r in records}


def read_values(path: Path, views: tuple[str, ...] = VIEWS, settings: CleaningSettings | None = None) -> pd.DataFrame:
    """Return every value read: a row for each, with view, domain, half, field, rule, confidence, whether it is stated and whether it is right."""
    known = known_values(path)
    tables = []
    for view in views:
        pages = {v.domain: v for page in read_pages(path) for v in judged(page) if v.kind == view}
        clean = clean_corpus(corpus_of({domain: text_of(v.lines) for domain, v in pages.items()}), settings=settings)
        rows = clean.evidence[clean.evidence["field"].isin(list(GOLD))].rename(columns={"doc_id": "domain"})
        rows["gold"] = [known[d][f] for d, f in zip(rows["domain"], rows["field"], strict=True)]
        rows["half"] = [pages[d].fold % 2 for d in rows["domain"]]
        rows["right"] = [is_right(*row) for row in rows[["field", "value", "gold"]].itertuples(index=False)]
        tables.append(rows.assign(view=view))
    # What is not known of a page can be neither right nor wrong.
    return pd.concat(tables, ignore_index=True).query("gold != ''")


def known_pages(path: Path) -> pd.DataFrame:
    """Return view, half, field of everything that is known."""
    known = known_values(path)
    rows = [
        (v.kind, v.fold % 2, field)
        for page in read_pages(path)
        for v in judged(page)
        for field, value in known[v.domain].items()
        if value
    ]
    return pd.DataFrame(rows, columns=["view", "half", "field"])


def print_fields(values: pd.DataFrame, known: pd.DataFrame) -> None:
    """Print known, stated and right values with precision and recall, for all domains and for each half."""
    print(f"{'':37}{'known':>7}{'stated':>8}{'right':>7}{'precision':>11}{'recall':>8}")
    for field in GOLD:
        for view in VIEWS:
            for name, halves in (("all", (0, 1)), ("first half", (0,)), ("second half", (1,))):
                n, own = (
                    table[(table["field"] == field) & (table["view"] == view) & table["half"].isin(halves)]
                    for table in (known, values)
                )
                stated, right = int(own["decided"].sum()), int((own["decided"] & own["right"]).sum())
                print(
                    f"{field:15} {view:9}{name:>12}{len(n):7}{stated:8}{right:7}{right / max(stated, 1):11.2f}{right / len(n):8.2f}"
                )


def print_calibration(values: pd.DataFrame) -> None:
    """Print how often the values in the evidence were right, by confidence and, of those that decide, by rule."""
    print(f"\n{'':44}{'values':>7}{'pages':>7}{'confidence':>12}{'right':>7}{'half 1':>8}{'half 2':>8}")
    banded = values.assign(by=pd.cut(values["confidence"], BANDS, right=False).astype(str))
    ruled = values[values["decided"]].assign(by=values["rule"])
    for table in (banded, ruled):
        for (field, name), rows in table.groupby(["field", "by"]):
            halves = [rows.loc[rows["half"] == half, "right"].mean() for half in (0, 1)]
            shares = [rows["right"].mean(), *halves]
            print(
                f"{field:15} {name:28}{len(rows):7}{rows['domain'].nunique():7}{rows['confidence'].mean():12.2f}"
                + f"{shares[0]:7.2f}{shares[1]:8.2f}{shares[2]:8.2f}"
            )


def main() -> None:
    """Read the pages, print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path, help="cleaning-dev.jsonl")
    path = parser.parse_args().pages
    values = read_values(path)
    print_fields(values, known_pages(path))
    print_calibration(values)


if __name__ == "__main__":
    main()
