"""How well voices are told apart: what is attributed, to whom, on articles in which a reader marked every attribution, and on the five seeds.

    python benchmarks/voices.py MARKED.jsonl [--part even|odd|all]
    python benchmarks/voices.py --seeds

Each line of the file holds an article: {"id", "text", "attributions": [{"source", "cue", "content"}]}, spans of characters of the text. The rules were
developed on the articles of even number; those of odd number are the unseen ones. Tokens are runs of letters and digits. Without a name in the source as
marked there is no speaker to find; a pronoun counts as resolved where a name is given for it.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus_lib import clean_corpus, load_corpus
from corpus_lib.voices import Quotation, find_quotations

WORD = re.compile(r"\w+")
QUOTED = re.compile(r"[\"“].*[\"”][.,]?", re.DOTALL)
NO_NAMES = {
    "a",
    "an",
    "several",
    "his",
    "her",
    "their",
    "my",
    "our",
    "both",
    "he",
    "she",
    "they",
    "it",
    "you",
    "we",
    "i",
    "who",
    "which",
    "that",
    "some",
    "one",
    "these",
    "those",
    "many",
    "republicans",
    "democrats",
    "americans",
    "conservatives",
    "liberals",
    "jews",
    "muslims",
    "christians",
    "gop",
    "iranians",
    "russians",
    "israelis",
    "europeans",
    "evangelicals",
    "latinos",
}
Span = tuple[int, int]


def inside(spans: Iterable[Span]) -> set[int]:
    """Characters of some spans."""
    return {place for start, end in spans for place in range(start, end)}


def is_name(source: str) -> bool:
    """Whether the words of a source end, or its first part ends, in a name."""
    words = re.split(r"[,(—]| who | -- | of the | in ", source)[0].removeprefix("by ").split()
    named = bool(words) and words[0].lower() not in NO_NAMES and words[-1].lower() not in NO_NAMES
    return named and words[-1][0].isupper() and not re.search(r"['’]s?$", words[-1])


def closest(rows: list[Quotation], start: int, end: int) -> Quotation | None:
    """The row that shares most with a span, if it shares half of the shorter."""
    shared = [(min(q.end, end) - max(q.start, start), q) for q in rows]
    near = [
        (n / max(q.end - q.start, end - start), q) for n, q in shared if n > 0.5 * min(q.end - q.start, end - start)
    ]
    return max(near, key=lambda found: found[0])[1] if near else None


def paragraphs(text: str) -> Iterator[Span]:
    """Offset and text of each paragraph."""
    at = 0
    for paragraph in text.split("\n\n"):
        yield at, paragraph
        at += len(paragraph) + 2


def read(article: dict, counts: Counter) -> None:
    """Add what is found in an article, and what was marked, to the counts."""
    text = article["text"]
    rows = [q for q in find_quotations(list(paragraphs(text)), language="en") if q.balanced]
    ours, direct = inside((q.start, q.end) for q in rows), inside((q.start, q.end) for q in rows if q.kind == "direct")
    marked = [a for a in article["attributions"] if a["content"]]
    theirs = inside(tuple(span) for a in marked for span in a["content"])
    for place in (m.start() for m in WORD.finditer(text)):
        counts["words"] += 1
        counts[f"{'attributed' if place in ours else 'own'}, {'marked' if place in theirs else 'not marked'}"] += 1
        counts[f"quoted, {'marked' if place in theirs else 'not marked'}"] += place in direct
    for a in marked:
        start, end = min(s for s, _ in a["content"]), max(e for _, e in a["content"])
        source = " ".join(text[s:e] for s, e in a["source"])
        is_direct = QUOTED.fullmatch(text[start:end]) is not None and len(text[start:end].split()) >= 6
        words = [m.start() for m in WORD.finditer(text, start, end)]
        counts["quotations marked"] += is_direct
        counts["quotations found"] += is_direct and sum(k in direct for k in words) >= len(words) / 2
        row = closest(rows, start, end)
        speaker = row.speaker if row else ""
        for kind in ("all", "direct") if is_direct else ("all",):
            if is_name(source):
                counts[f"named, {kind}"] += 1
                counts[f"name given, {kind}"] += bool(speaker)
                counts[f"name right, {kind}"] += bool(speaker) and speaker.split()[-1].lower() in source.lower()
        if source.lower() in ("he", "she"):
            counts["pronouns"] += 1
            counts["pronouns resolved"] += bool(speaker)


def told(counts: Counter) -> Iterator[str]:
    """Lines of figures."""
    both, extra, missed = (counts[k] for k in ("attributed, marked", "attributed, not marked", "own, marked"))
    precision, recall = both / (both + extra), both / (both + missed)
    yield f"attributed words: precision {precision:.3f}, recall {recall:.3f}, F1 {2 * precision * recall / (precision + recall):.3f}, of {counts['words']} words"
    yield f"own words that are somebody else's: {missed / (missed + counts['own, not marked']):.3f}"
    if counts["quotations marked"]:
        quoted = counts["quoted, marked"]
        found = counts["quotations found"] / counts["quotations marked"]
        yield f"direct quotation: precision {quoted / (quoted + counts['quoted, not marked']):.3f}, recall {found:.3f}, of {counts['quotations marked']}"
    for kind in ("all", "direct"):
        if named := counts[f"named, {kind}"]:
            right, given = counts[f"name right, {kind}"], counts[f"name given, {kind}"]
            yield f"speakers with a name, {kind}: precision {right / given:.3f}, recall {right / named:.3f}, of {named}"
    if counts["pronouns"]:
        yield f"pronouns that are given a name: {counts['pronouns resolved'] / counts['pronouns']:.3f} of {counts['pronouns']}"


def seeds() -> list[dict]:
    """The seeds as articles, with the attributions that a reader marked."""
    import sys

    root = Path(__file__).parents[1]
    sys.path.insert(0, str(root / "tests"))
    from test_voices import gold

    clean = clean_corpus(load_corpus(root / "seeds"))
    articles = {d: {"text": clean.text(d), "attributions": []} for d in clean.documents.index}
    for doc_id, one in gold(clean):
        marked = {"source": [one.source] if one.source else [], "cue": [one.cue], "content": list(one.content)}
        articles[doc_id]["attributions"].append(marked)
    return list(articles.values())


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("marked", nargs="?", type=Path)
    parser.add_argument("--part", choices=("even", "odd", "all"), default="odd")
    parser.add_argument("--seeds", action="store_true")
    asked = parser.parse_args()
    if asked.seeds == bool(asked.marked):
        parser.error("expected a file of marked articles or --seeds")
    step = {"even": slice(0, None, 2), "odd": slice(1, None, 2), "all": slice(None)}[asked.part]
    articles = (
        seeds() if asked.seeds else [json.loads(line) for line in asked.marked.read_text("utf-8").splitlines()][step]
    )
    counts: Counter = Counter()
    for article in articles:
        read(article, counts)
    print(*told(counts), sep="\n")


if __name__ == "__main__":
    main()
