"""Views of a labelled page that the line model is trained and judged on: as it is, cut down, and with foreign chrome put in.

A reader brings pages in every state, from the whole page to a nearly clean article. The development pages come in two; cutting the chrome
at random distances and inserting runs of chrome from other pages of the same fold gives the states in between, with known labels.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus_lib.cleaning.language import line_languages, main_language

SEED = 20260301
N_FOLDS = 6
Line = tuple[str, bool, bool]  # text, keep, ignore
MONTHS = ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
# Chinese, Japanese, Korean, Thai, Burmese; Korean has blanks, but its lines are read like those of the others.
WITHOUT_BLANKS = ("zh", "ja", "ko", "th", "my")
HEADERS = ("Related Articles", "You May Also Like", "More Stories", "Latest News", "Popular Posts", "Recommended", "Read Next", "Trending Now",
           "Recent Posts", "More From This Section", "Top Stories", "Editor's Picks")  # fmt: skip


@dataclass(frozen=True)
class View:
    """One state of one page.

    Attributes
    ----------
    kind
        "full", "residual", "cut" or "inserted" for training; "trim" for judging only.
    page, domain, fold
        The page's name, its site, and the fold that all views of the site are in.
    lines
        Text, keep, ignore (a line left out of training and judging).
    language
        The language that the cleaning takes the page for.
    """

    kind: str
    page: str
    domain: str
    fold: int
    lines: list[Line]
    language: str

    @property
    def texts(self) -> list[str]:
        """Return the lines as the model gets them."""
        return [text for text, _, _ in self.lines]

    @property
    def keep(self) -> Any:
        """Return the labels."""
        return np.array([keep for _, keep, _ in self.lines], dtype=bool)

    @property
    def counted(self) -> Any:
        """Return which lines count."""
        return np.array([not ignore for _, _, ignore in self.lines], dtype=bool)


@dataclass(frozen=True)
class Page:
    """One page: whole and, if there is one, as the extractor's residue.

    Its language is the one that the cleaning takes it for; `group` is how figures are told apart.
    """

    name: str
    domain: str
    group: str
    language: str
    title: str
    fold: int
    full: list[Line]
    residual: list[Line] | None
    trim: tuple[int, int]

    def view(self, kind: str, lines: list[Line]) -> View:
        """Return a state of the page."""
        return View(kind, self.name, self.domain, self.fold, lines, self.language)


def group_of(language: str) -> str:
    """Return the group of languages that a figure is given for."""
    return language if language in ("en", "de") else "no blanks" if language in WITHOUT_BLANKS else "other"


def read_pages(path: Path) -> list[Page]:
    """Read development pages and deal their domains into folds."""
    records = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    domains = sorted({record["domain"] for record in records})
    order = np.random.default_rng(SEED).permutation(len(domains))
    fold = {domains[at]: place % N_FOLDS for place, at in enumerate(order)}
    residues = {record["domain"]: record for record in records if record["render"] == "residual"}
    pages = []
    for record in records:
        if record["render"] != "full":
            continue
        lines, domain = _lines(record), record["domain"]
        first, last = _body(lines)
        texts = [text for text, _, _ in lines]
        pages.append(
            Page(
                record["id"],
                domain,
                group_of(record.get("lang", "en")),
                main_language(texts, *line_languages(texts)) if "lang" in record else "en",
                record.get("title") or "",
                fold[domain],
                lines,
                _lines(residues[domain]) if domain in residues else None,
                tuple(record.get("trim", (max(first - 3, 0), last + 3))),
            )
        )
    return sorted(pages, key=lambda page: (page.domain, page.name))


def _lines(record: dict[str, Any]) -> list[Line]:
    return [(line["text"], bool(line["keep"]), bool(line.get("ignore"))) for line in record["lines"]]


def judged(page: Page) -> list[View]:
    """Return the three states that figures are reported for."""
    views = [page.view("full", page.full), page.view("trim", page.full[slice(*page.trim)])]
    return views + ([page.view("residual", page.residual)] if page.residual else [])


def training(pages: list[Page], cuts: Sequence[bool]) -> list[View]:
    """Return all states of all pages that a model learns from: whole, residue, nearly clean, one with insertions each, and one for each of `cuts`, which says whether it is thin."""
    rng = np.random.default_rng(SEED)
    views = []
    for page in pages:
        views.append(page.view("full", page.full))
        if page.residual:
            views.append(page.view("residual", page.residual))
        views += [page.view("cut", cut(page.full, rng, thin=thin)) for thin in cuts]
        views.append(page.view("cut", trimmed(page.full, rng)))
        others = [other for other in pages if other.fold == page.fold and other.domain != page.domain]
        donors = [other for other in others if other.language == page.language] or others
        views.append(page.view("inserted", inserted(page.full, donors, rng)))
    return views


def _body(lines: list[Line]) -> tuple[int, int]:
    kept = [number for number, (_, keep, _) in enumerate(lines) if keep]
    return kept[0], kept[-1] + 1


def cut(lines: list[Line], rng: np.random.Generator, *, thin: bool) -> list[Line]:
    """Return the body with a few lines of chrome around it; `thin` also loses chrome lines at random."""
    first, last = _body(lines)
    above = first if rng.random() < 0.12 else min(first, int(20 * rng.random() ** 2))
    below = len(lines) - last if rng.random() < 0.12 else min(len(lines) - last, int(26 * rng.random() ** 2))
    part = lines[first - above : last + below]
    if not thin:
        return part
    share = rng.choice([0.5, 0.8, 1.0])
    return [line for line in part if line[1] or line[2] or rng.random() < share]


def trimmed(lines: list[Line], rng: np.random.Generator) -> list[Line]:
    """Return the body with up to 11 lines of chrome on either side, all numbers alike: the nearly clean page."""
    first, last = _body(lines)
    return lines[max(first - int(rng.integers(0, 12)), 0) : last + int(rng.integers(0, 12))]


def inserted(lines: list[Line], donors: list[Page], rng: np.random.Generator) -> list[Line]:
    """Return the page with blocks of chrome from other pages, or of invented teasers, above and below the body and sometimes inside."""
    first, last = _body(lines)
    top, body, end = lines[:first], lines[first:last], lines[last:]
    for _ in range(rng.integers(0, 2)):
        top = _insert(top, _block(donors, rng), rng)
    for _ in range(rng.integers(0, 4)):
        end = _insert(end, _block(donors, rng), rng)
    if rng.random() < 0.15:
        body = _insert(body, _block(donors, rng)[:8], rng)
    return top + body + end


def _insert(lines: list[Line], block: list[Line], rng: np.random.Generator) -> list[Line]:
    at = int(rng.integers(0, len(lines) + 1))
    return lines[:at] + block + lines[at:]


def _block(donors: list[Page], rng: np.random.Generator) -> list[Line]:
    """Return a run of dropped lines of another page, or invented teasers."""
    if rng.random() < 0.5:
        return _teasers(donors, rng)
    donor = donors[rng.integers(len(donors))].full
    dropped = [line for line in donor if not line[1] and not line[2]]
    size = int(rng.integers(4, 41))
    at = int(rng.integers(0, max(len(dropped) - size, 0) + 1))
    return dropped[at : at + size]


def _teasers(donors: list[Page], rng: np.random.Generator) -> list[Line]:
    """Return 2 to 7 teasers made of other pages' titles and first sentences."""
    dated, more, words = rng.random() < 0.5, rng.random() < 0.4, rng.random() < 0.5
    out = [str(rng.choice(HEADERS))] if rng.random() < 0.6 else []
    for number in rng.permutation(len(donors))[: rng.integers(2, 8)]:
        donor = donors[number]
        out.append(donor.title or donor.full[0][0])
        if dated:
            out.append(f"{rng.choice(MONTHS)} {rng.integers(1, 29)}, {rng.integers(2015, 2027)}")
        first = next((text for text, keep, _ in donor.full if keep and len(text.split()) >= 14), "")
        if first:
            out.append(_opening(first, rng, words=words))
        if more:
            out.append("Read more")
    return [(text, False, False) for text in out]


def _opening(text: str, rng: np.random.Generator, *, words: bool) -> str:
    """Return the first 14 to 38 words with dots, or the first one or two sentences."""
    if words:
        return " ".join(text.split()[: rng.integers(14, 39)]) + "..."
    parts = text.split(". ")
    return ". ".join(parts[: rng.integers(1, 3)]).rstrip(".") + "."
