"""Token F1 of the lines that cleaning keeps, kinds found out against all taken for pages: `python benchmarks/kinds_of_text.py PAGES.jsonl …`

Each line of a file is a page: `lines` with `text`, `keep` and perhaps `ignore`, and perhaps `render`, the way it was made into text.
"""

import json
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

import corpus_lib as cl
from corpus_lib.cleaning import CleaningSettings


def main(files: list[str]) -> None:
    """Print a line for each way of rendering."""
    for file in files:
        pages = [json.loads(line) for line in Path(file).read_text(encoding="utf-8").split("\n") if line]
        with tempfile.TemporaryDirectory() as folder:
            for n, page in enumerate(pages):
                Path(folder, f"{n:05}.txt").write_text("\n".join(line["text"] for line in page["lines"]), "utf-8")
            corpus = cl.load_corpus(folder)
        found, as_pages = (cl.clean_corpus(corpus, settings=CleaningSettings(kind=kind)) for kind in ("auto", "page"))
        scores, kinds = defaultdict(list), defaultdict(Counter)
        for doc_id, kind in found.documents["kind"].items():
            page = pages[int(doc_id)]
            render = page.get("render", "page")
            scores[render].append([f1(clean, doc_id, page["lines"]) for clean in (found, as_pages)])
            kinds[render][kind] += 1
        for render, values in scores.items():
            auto, page = np.mean(values, axis=0)
            print(f"{Path(file).name}, {render}: {auto:.4f} found out, {page:.4f} as pages; {dict(kinds[render])}")


def f1(clean: cl.CleanCorpus, doc_id: str, lines: list[dict]) -> float:
    """Of the words of a page, weighted by line; in scripts without blanks of its characters."""
    of_document = clean.lines[clean.lines["doc_id"] == doc_id]
    kept = dict(zip(of_document["line"], of_document["keep"], strict=True))
    told = [(len(x["text"].split()) if " " in x["text"] else len(x["text"]), kept.get(n, False), x["keep"]) for n, x in enumerate(lines, 1) if not x.get("ignore")]  # fmt: skip
    both = sum(w for w, k, g in told if k and g)
    return 2 * both / max(sum(w * (bool(k) + bool(g)) for w, k, g in told), 1)


if __name__ == "__main__":
    main(sys.argv[1:])
