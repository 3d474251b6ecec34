"""A small made-up site whose pages share furniture, copies and a reprint, for tests of what only a whole corpus can say."""

from __future__ import annotations

import random
from pathlib import Path

WORDS = [
    "river",
    "council",
    "harbour",
    "minister",
    "alliance",
    "budget",
    "school",
    "weather",
    "market",
    "village",
    "engine",
    "letter",
    "doctor",
    "forest",
    "bridge",
    "summer",
    "winter",
    "report",
    "money",
    "police",
    "valley",
    "station",
    "garden",
    "museum",
    "border",
]


def write_site(folder: Path, n: int = 12) -> Path:
    """Write `n` pages, a copy of the second one and a reprint of the third one; the copy and the reprint lie far from their originals."""
    chance = random.Random(5)

    def sentence(words: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(words)).capitalize() + "."

    folder.mkdir(parents=True)
    pages = []
    for number in range(n):
        body = "\n\n".join(" ".join(sentence(chance.randint(8, 14)) for _ in range(3)) for _ in range(4))
        more = "\n\nMore from the river desk" if number % 3 else ""
        page = f"{sentence(6)[:-1]}\n\nHarbour Gazette evening edition\n\nSubscribe to our letter\n\n{body}\n\nAll the harbour news that counts{more}\n"
        pages.append(page)
    pages += [pages[1], pages[2] + "\n\n" + sentence(11)]
    for number, page in enumerate(pages):
        (folder / f"{number:03d}.txt").write_text(page, encoding="utf-8")
    return folder
