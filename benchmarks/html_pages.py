"""What cleaning makes of pages with markup, beside trafilatura alone: `python benchmarks/html_pages.py GOLD.jsonl PAGES.jsonl.gz [ID …]`

Each line of the first file is a page, with `id`, `lang`, `title`, `date` and `lines` with `text`, `keep` and perhaps `ignore`; the second has the `html` by `id`.
"""

import gzip
import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import trafilatura

import corpus_lib as cl
from corpus_lib.cleaning.html_page import WORD

GROUPS = {"en": "en", "de": "de"} | dict.fromkeys(("ja", "zh", "ko", "th", "hi", "my"), "without blanks")
FAR_BELOW = 0.05


def main(gold_file: str, html_file: str, *ids: str) -> None:
    """Print the figures of each group of languages, and the pages that stand far below trafilatura."""
    told = {page["id"]: page for page in map(json.loads, Path(gold_file).read_text("utf-8").splitlines())}
    with gzip.open(html_file, "rt", encoding="utf-8") as opened:
        pages = [page for page in map(json.loads, opened) if page["id"] in told and (not ids or page["id"] in ids)]
    with tempfile.TemporaryDirectory() as folder:
        for n, page in enumerate(pages):
            Path(folder, f"{n:05}.html").write_text(page["html"], encoding="utf-8")
        clean = cl.clean_corpus(cl.load_corpus(folder))
    rows = defaultdict(list)
    for n, page in enumerate(pages):
        gold, doc_id = told[page["id"]], f"{n:05}"
        alone = trafilatura.extract(page["html"], include_comments=False) or ""
        scores = f1(clean.text(doc_id), gold["lines"]), f1(alone, gold["lines"])
        document = clean.documents.loc[doc_id]
        right = [
            same(document["title"], gold.get("title")),
            same(str(document["date_published"])[:10], gold.get("date")),
        ]
        stated = [bool(gold.get("title")), bool(gold.get("date"))]
        for group in ("all", GROUPS.get(gold["lang"], "other")):
            rows[group].append([*scores, *(r if s else np.nan for r, s in zip(right, stated, strict=True))])
        wrong = [f"{name}: {document[name]!r}, gold {gold.get(key)!r}" for name, key, r, s in zip(("title", "date_published"), ("title", "date"), right, stated, strict=True) if s and not r]  # fmt: skip
        if scores[0] < scores[1] - FAR_BELOW or wrong:
            print(
                f"{page['id']} ({doc_id}, {gold['lang']}): {scores[0]:.3f}, trafilatura {scores[1]:.3f}; {'; '.join(wrong)}"
            )
    for group, values in rows.items():
        ours, alone, title, date = np.nanmean(values, axis=0)
        print(
            f"{group}: {len(values)} pages, {ours:.4f} (trafilatura {alone:.4f}); right titles {title:.3f}, dates {date:.3f}"
        )


def f1(text: str, lines: list[dict]) -> float:
    """Of the words kept, in scripts without blanks of the characters; lines that the gold leaves open are left out on both sides."""
    is_open = {plain(line["text"]) for line in lines if line.get("ignore")}
    found = Counter(word for line in text.split("\n") if plain(line) not in is_open for word in WORD.findall(line))
    wanted = Counter(
        word for line in lines if line["keep"] and not line.get("ignore") for word in WORD.findall(line["text"])
    )
    return 2 * (found & wanted).total() / max(found.total() + wanted.total(), 1)


def plain(text: str) -> str:
    """Letters and digits of a text."""
    return re.sub(r"[\W_]+", "", text.casefold())


def same(found: str, wanted: str | None) -> bool:
    """Whether two titles, or two dates, have the same letters and digits."""
    return plain(found) == plain(wanted or "")


if __name__ == "__main__":
    main(*sys.argv[1:])
