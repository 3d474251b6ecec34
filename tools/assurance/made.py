"""Twelve corpora as different as users' are, made by a seeded grammar: what a report says must be true of each.

`python -m tools.assurance.made FOLDER` writes them all; each is a folder, or a table, below it.
"""

from __future__ import annotations

import csv
import random
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
THEMES, GERMAN = WORDS["themes"], WORDS["german"]
VERBS, PLACES, PEOPLE, OUTLETS, SHARED = (WORDS[name] for name in ("verbs", "places", "people", "outlets", "shared"))
GERMAN_VERBS, FRENCH = WORDS["german_verbs"], WORDS["french"]


def sentence(draw: random.Random, words: list[str]) -> str:
    """An English sentence on a theme, of one of several shapes."""
    a, b = draw.choice(words), draw.choice(words + SHARED)
    who, where, verb = draw.choice(PEOPLE), draw.choice(PLACES), draw.choice(VERBS)
    shapes = (
        f"The {a} in {where} was {verb} last {draw.choice(SHARED[:2])}, and the {b} will follow before the {draw.choice(SHARED[6:9])}.",
        f"{who} said that nobody had asked the {a} about the {b} before it was {verb}.",
        f"“We need the {a} more than another {b},” said {who}, who has worked in {where} for years.",
        f"Nobody in {where} knows what the {a} will cost, but the {b} has been paid for since the {draw.choice(SHARED)}.",
        f"When the {a} was {verb}, the {b} stood empty, and people in {where} asked why.",
        f"It is the {b}, not the {a}, that {who} has in mind when the {draw.choice(SHARED)} is discussed.",
    )
    return draw.choice(shapes)


def paragraphs(draw: random.Random, words: list[str], n: int) -> list[str]:
    """Paragraphs of three to six sentences."""
    return [" ".join(sentence(draw, words) for _ in range(draw.randint(3, 6))) for _ in range(n)]


def german(draw: random.Random, words: list[str]) -> str:
    """A German sentence, verbs at its end and umlauts included."""
    a, b, verb, where = draw.choice(words), draw.choice(words), draw.choice(GERMAN_VERBS), draw.choice(PLACES)
    return draw.choice(
        (
            f"In {where} ist man sich über {a} und {b} noch immer nicht einig, weil niemand die Kosten kennt.",
            f"Die Bürgermeisterin {verb} am Montag {a} und {b}, bevor sie mit den Anwohnern über die Straße sprach.",
            f"„Ohne {a} haben wir keine Zukunft“, sagte {draw.choice(PEOPLE)}, als die Gäste aus {where} gegangen waren.",
            f"Warum {a} und nicht {b} zuerst erneuert werden soll, hat bisher niemand erklärt.",
        )
    )


def french(draw: random.Random) -> str:
    """A French sentence."""
    a, b = draw.choice(FRENCH), draw.choice(FRENCH)
    return f"À {draw.choice(PLACES)}, on parle encore du {a} et du {b}, mais personne ne sait ce que les travaux vont coûter cette année."


def article(title: str, body: list[str], *head: str) -> str:
    """A page: title, lines about the text, paragraphs."""
    return "\n\n".join((title, *head, *body)) + "\n"


def write(folder: Path, pages: dict[str, str]) -> Path:
    """Files of a folder."""
    folder.mkdir(parents=True)
    for name, text in pages.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def _articles(draw: random.Random, n: int, size: tuple[int, int], *, dated: bool = False) -> Iterator[tuple[str, str]]:
    for i in range(n):
        theme = draw.choice(list(THEMES))
        place = draw.choice(PLACES)
        title = f"{place} waits for its {draw.choice(THEMES[theme])}, part {i + 1}"
        head = [f"By {draw.choice(PEOPLE)}", f"{1 + i % 28} March {2010 + i * 12 // max(n, 1)}"] if dated else []
        yield f"{i:03d}_{theme}", article(title, paragraphs(draw, THEMES[theme], draw.randint(*size)), *head)


def one(folder: Path, draw: random.Random) -> Path:
    """One text of a page."""
    return write(folder, {"only": article("The quay is closed", paragraphs(draw, THEMES["harbour"], 8))})


def two(folder: Path, draw: random.Random) -> Path:
    """Two texts of equal length, which differ in one paragraph and in their subject."""
    a = paragraphs(draw, THEMES["school"], 6)
    b = [p.replace("school", "clinic").replace("pupil", "patient").replace("teacher", "doctor") for p in a]
    return write(folder, {"a": article("A town and its school", a), "b": article("A town and its clinic", b)})


def five(folder: Path, draw: random.Random) -> Path:
    """Five texts, one of which is far longer than the others."""
    pages = dict(_articles(draw, 4, (4, 9)))
    return write(folder, pages | {"long": article("A year on the farm", paragraphs(draw, THEMES["farm"], 40))})


def twenty(folder: Path, draw: random.Random) -> Path:
    """Twenty articles with authors and dates."""
    return write(folder, dict(_articles(draw, 20, (5, 12), dated=True)))


def speeches(folder: Path, draw: random.Random) -> Path:
    """A table of 140 speeches with dates over fourteen years, in which one word becomes more frequent."""
    folder.mkdir(parents=True)
    with (folder / "speeches.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "date", "speaker", "text"])
        for i in range(140):
            words = THEMES["council"] + THEMES["railway"] * (i > 70)
            text = "\n\n".join(paragraphs(draw, words, 8))
            rows.writerow([f"speech-{i:03d}", f"{2008 + i // 10}-{1 + i % 12:02d}-11", draw.choice(PEOPLE), text])
    return folder / "speeches.csv"


def pages(folder: Path, draw: random.Random) -> Path:
    """200 pages with menus, teasers and disclaimers, of which every tenth is a copy of another under another menu."""
    made: dict[str, str] = {}
    kept: list[tuple[str, list[str]]] = []
    for i in range(200):
        theme, outlet = draw.choice(list(THEMES)), draw.choice(OUTLETS)
        title = f"{draw.choice(PLACES)}: what the {draw.choice(THEMES[theme])} tells us"
        title, body = kept[draw.randrange(len(kept))] if i % 10 == 9 else (title, paragraphs(draw, THEMES[theme], 6))
        kept.append((title, body))
        menu = f"Home | News | Sport | {outlet} | Contact"
        tail = [
            "Share this article",
            "Read more:",
            sentence(draw, THEMES["council"])[:60],
            f"© 2021 {outlet}. All rights reserved.",
        ]
        made[f"{i:03d}_{draw.getrandbits(48):012x}"] = article(menu, [title, f"By {draw.choice(PEOPLE)}", *body, *tail])
    return write(folder, made)


def posts(folder: Path, draw: random.Random) -> Path:
    """2,000 short posts in a table, with an author and a time."""
    folder.mkdir(parents=True)
    with (folder / "posts.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "created_at", "author", "text"])
        for i in range(2000):
            text = sentence(draw, draw.choice(list(THEMES.values())))
            tag = f" #{draw.choice(SHARED)}" * (i % 3 == 0)
            rows.writerow(
                [10_000 + i, f"2023-{1 + i % 12:02d}-{1 + i % 28:02d}", f"user{draw.randrange(300)}", text + tag]
            )
    return folder / "posts.csv"


def novel(folder: Path, draw: random.Random) -> Path:
    """One long text in chapters."""
    chapters = []
    for i in range(30):
        chapters += [f"Chapter {i + 1}", *paragraphs(draw, draw.choice(list(THEMES.values())), 40)]
    return write(folder, {"novel": article("The Keeper of Southmere", chapters)})


def in_german(folder: Path, draw: random.Random) -> Path:
    """Twelve German articles."""
    made = {}
    for i in range(12):
        theme = draw.choice(list(GERMAN))
        body = [" ".join(german(draw, GERMAN[theme]) for _ in range(5)) for _ in range(draw.randint(4, 8))]
        made[f"{i:02d}_{theme}"] = article(f"{draw.choice(PLACES)} streitet über {draw.choice(GERMAN[theme])}", body)
    return write(folder, made)


def mixed(folder: Path, draw: random.Random) -> Path:
    """Nine texts in three languages, one of them in two at once."""
    made = {}
    for i in range(3):
        made[f"en-{i}"] = article("A town waits", paragraphs(draw, THEMES["railway"], 5))
        made[f"de-{i}"] = article(
            "Eine Stadt wartet", [" ".join(german(draw, GERMAN["bahn"]) for _ in range(5)) for _ in range(5)]
        )
        made[f"fr-{i}"] = article("Une ville attend", [" ".join(french(draw) for _ in range(5)) for _ in range(5)])
    return write(folder, made)


def groups(folder: Path, draw: random.Random) -> Path:
    """A table with a column of groups, one of which speaks of trains."""
    folder.mkdir(parents=True)
    with (folder / "letters.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "party", "year", "text"])
        for i in range(36):
            party = ("Red", "Blue", "Green")[i % 3]
            words = THEMES["council"] + THEMES["railway"] * (party == "Green")
            rows.writerow([f"letter {i + 1}", party, 2001 + i // 6, "\n\n".join(paragraphs(draw, words, 5))])
    return folder / "letters.csv"


def identical(folder: Path, draw: random.Random) -> Path:
    """The same text ten times."""
    page = article("The hospital opens", paragraphs(draw, THEMES["hospital"], 5))
    return write(folder, {f"copy{i}": page for i in range(10)})


MAKERS: tuple[Callable[[Path, random.Random], Path], ...] = (
    one, two, five, identical, in_german, mixed, groups, twenty, novel, speeches, pages, posts
)  # fmt: skip


def make(folder: Path, *names: str) -> dict[str, Path]:
    """Write the corpora that are named, by default all: name -> the path to hand to `run`."""
    return {
        maker.__name__: maker(folder / maker.__name__, random.Random(maker.__name__))
        for maker in MAKERS
        if not names or maker.__name__ in names
    }


if __name__ == "__main__":
    for name, path in make(Path(sys.argv[1]), *sys.argv[2:]).items():
        print(f"{name}: {path}")
