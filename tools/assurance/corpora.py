"""What the report says of twelve corpora made for it: every notebook runs, no figure is too high, no sentence shows a number that is none.

Their pages are also to be read, as a new reader would: `python -m tools.assurance.corpora FOLDER` leaves them there.
"""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

from tools.assurance import made
from tools.assurance.figures import ROOT, Figure

MOST_HIGH = 3000
"""Pixels of a figure."""
OPTIONS = {"groups": ["--group-by", "party"]}
# What no sentence holds, whatever the corpus is.
WRONG = {
    "a number that is none": r"\b(?:nan|NaN|NaT|inf)\b|\bNone[),;]",
    "two of the same end": r"\bfrom (\d[\d,.]*) to \1(?![\d,.])",
    "an endless list": r"(?:[^,.;:]{1,40}, ){60}",
    "one thing in the plural": r"\b1 (?:texts|words|lines|topics|paragraphs)\b",
    "nothing drawn as a figure": r"Nothing is drawn|No figure:",
}


class _Sentences(HTMLParser):
    """The paragraphs, items and captions of a page, and the texts that stand for its pictures."""

    SPOKEN = frozenset({"p", "li", "figcaption", "h1", "h2", "h3"})

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.open = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SPOKEN:
            self.open += 1
            self.said.append("")
        if tag == "img":
            self.said.append(dict(attrs).get("alt") or "")
            self.said.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SPOKEN:
            self.open = max(0, self.open - 1)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.said[-1] += data


def sentences(page: str) -> list[str]:
    """What a page says outside of its tables."""
    reader = _Sentences()
    reader.feed(page)
    return [" ".join(said.split()) for said in reader.said if said.strip()]


def wrong(said: Sequence[str]) -> list[str]:
    """Sentences that hold what none may hold, each with what that is."""
    return [f"{what}: {s[:200]}" for s in said for what, pattern in WRONG.items() if re.search(pattern, s)]


def _heights(out: Path) -> Iterator[tuple[str, int]]:
    for path in sorted((out / "figures").glob("*.png")):
        yield path.name, struct.unpack(">I", path.read_bytes()[20:24])[0]


def _run(name: str, corpus: Path, out: Path) -> Iterator[Figure]:
    command = [sys.executable, "-m", "corpus_lib", "run", "--corpus", str(corpus), "--out", str(out)]
    done = subprocess.run([*command, *OPTIONS.get(name, [])], cwd=ROOT, capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1:] or [""]
    yield Figure(
        "corpora", f"{name}: the run", f"status {done.returncode} {last[0]}".strip(), "status 0", done.returncode == 0
    )
    if done.returncode:
        return
    high = max(_heights(out), key=lambda figure: figure[1], default=("", 0))
    yield Figure(
        "corpora", f"{name}: highest figure", f"{high[1]} ({high[0]})", f"{MOST_HIGH} at most", high[1] <= MOST_HIGH
    )
    pages = [out / "index.html", *sorted((out / "pages").glob("*.html"))]
    found = [f"{p.name}: {fault}" for p in pages for fault in wrong(sentences(p.read_text(encoding="utf-8")))]
    yield Figure("corpora", f"{name}: wrong sentences", "; ".join(found[:5]) or "none", "none", not found)


def main(arguments: Sequence[str]) -> list[Figure]:
    """The figures of this part; FOLDER keeps corpora and reports, further arguments name corpora."""
    with tempfile.TemporaryDirectory() as elsewhere:
        place = Path(arguments[0] if arguments else elsewhere)
        corpora = made.make(place / "corpora", *arguments[1:])
        return [figure for name, path in corpora.items() for figure in _run(name, path, place / name)]


if __name__ == "__main__":
    print(json.dumps([figure.__dict__ for figure in main(sys.argv[1:])], indent=1, ensure_ascii=False))
