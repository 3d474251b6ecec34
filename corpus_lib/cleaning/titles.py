"""The title of a page, with a probability: the line above the text whose words the article uses, judged by its place and form."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from corpus_lib.cleaning.lexicon import CJK, lexicon, tokens_of
from corpus_lib.cleaning.lines import Page
from corpus_lib.cleaning.metadata import DECIDES, Candidate, Role

__all__ = ["title_lines"]

ENTRY = re.compile(r"^(?:[*+•▪●◦■‣o-]|\d{1,2}[.)])\s")
INNER_STOP = re.compile(r"[a-z]{3}\. [A-Z][a-z]* [a-z]")
# Marks of a trail of links, a table or a credit, which titles hardly hold.
BARS = re.compile(r"[|›»•=\N{LINK SYMBOL}]|\bCredit:| {3,}")
# Lines above the text that are looked at.
REACH = 60
# A logistic regression on the lines above the text of the development pages; what it holds is in docs/cleaning-metadata.md.
INTERCEPT = -2.84
WEIGHTS = {
    "share": 0.69,
    "strength": 1.53,
    "margin": 1.41,
    "stamped": 2.32,
    "barred": -1.63,
    "long": -1.64,
    "rivals": -0.14,
    "between": -0.10,
}
# Below this the line is no title to the labels either, and the line model and structure judge it; unless it is one of a few above the text.
LABELLED = 0.2
FEW = 4
# Of a line with more words than this, so many are counted.
LONG_LINE = 400


class _Entry(NamedTuple):
    """A line that may be the title: share of its words that the article uses, how much it uses them, and what its place and form say."""

    share: float
    strength: float
    stamped: bool
    barred: bool
    long: bool
    between: int


def title_lines(
    page: Page, roles: Mapping[int, Role], other: Mapping[int, Any], given: str = ""
) -> tuple[list[int], list[Candidate]]:
    """Positions of the title and its further decks, and the candidates.

    Of the lines above the first prose the most probable one is taken; a line beside it that the article also uses belongs to it when a
    byline, date or source stands between them and the text. A title given by the user is looked for first; the page's own reading stays among
    the candidates, and labels the title's lines where the given one does not stand on the page.

    Parameters
    ----------
    page
        The document.
    roles
        Lines that carry other metadata.
    other
        Lines that a word list has explained.
    given
        The user's own title, '' if there is none.

    Returns
    -------
    tuple of list of int and list of Candidate
        The candidate's confidence is the probability that it is the title.
    """
    positions, found = _own_title(page, roles, other)
    same = _given_lines(page, given) if given else []
    if not same:
        return positions, found
    # Two witnesses: no other line is more probable than the one that says what the user says.
    surest = max([0.95, *(c.confidence for c in found)])
    stated = Candidate("title", page.lines[same[0]].text, same[0], "title_line", "stated", surest)
    return same, [stated, *(c for c in found if c.position not in same)]


def _own_title(page: Page, roles: Mapping[int, Role], other: Mapping[int, Any]) -> tuple[list[int], list[Candidate]]:
    """What the page alone says of its title."""
    entries = _entries(page, roles, other)
    if not entries:
        return [], []
    chances = _probabilities(entries)
    best = max(entries, key=lambda i: (chances[i], i))
    if chances[best] < LABELLED and _text_start(page) > FEW:
        return [], [Candidate("title", page.lines[best].text, best, "title_line", "inferred", chances[best])]
    block = _title_block(page, best, entries, roles)
    basis = "stated" if chances[best] >= DECIDES else "inferred"
    found = [Candidate("title", page.lines[block[0]].text, block[0], "title_line", basis, chances[best])]
    found += [
        Candidate("title", page.lines[i].text, i, "title_deck", basis, min(DECIDES - 0.1, chances[best]))
        for i in block[1:]
    ]
    return _with_repeats(page, block), found


def _key(word: str) -> str:
    """Words that differ in their ending only ("conflict", "conflicts") count as one in a title."""
    return word if CJK.match(word) else word[:5]


def _entries(page: Page, roles: Mapping[int, Role], other: Mapping[int, Any]) -> dict[int, _Entry]:
    """The lines above the text that may be its title, by position."""
    counts = _uses(page)
    first = _text_start(page)
    # How often a page uses a word depends on its length; its commonest words give the measure.
    usual = math.log1p(sum(n for _, n in counts.most_common(5)) / max(min(len(counts), 5), 1))
    found: dict[int, _Entry] = {}
    between = 0
    for i in range(first - 1, max(first - REACH, 0) - 1, -1):
        words = _content(page, i) if counts and _title_like(page, i, roles, other) else []
        if words:
            hits = [math.log1p(counts[_key(w)]) for w in words]
            stamped = any(
                j in roles and roles[j].label in ("byline", "date", "source")
                for j in range(i + 1, min(i + 4, first + 2))
            )
            strength = sum(hits) / len(hits) * math.sqrt(len(words)) / usual
            barred = BARS.search(page.lines[i].text) is not None
            found[i] = _Entry(
                sum(h > 0 for h in hits) / len(words),
                strength,
                stamped,
                barred,
                page.measures[i].words > 16,
                min(between, 8),
            )
        between += page.measures[i].words >= 6 and i not in roles
    return dict(sorted(found.items()))


def _uses(page: Page) -> Counter[str]:
    """How often the page's prose uses each word, by its key; of a very long line the first words are counted."""
    tokens: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for i, m in enumerate(page.measures):
        if page.prose[i] and not m.cjk and len(m.tokens) <= LONG_LINE:
            tokens.update(m.tokens)
        elif page.prose[i]:
            counts.update(_key(w) for w in _content(page, i)[:LONG_LINE])
    # Each distinct word is looked at once.
    for token, n in tokens.items():
        if word := _subject(token):
            counts[_key(word)] += n
    return counts


def _probabilities(entries: Mapping[int, _Entry]) -> dict[int, float]:
    """For each line the probability that it is the title; the strongest other line whose words the article uses is its rival."""
    near = sorted(((e.strength, i) for i, e in entries.items() if e.share >= 0.3), reverse=True)[:2]
    rivals = min(sum(e.share >= 0.3 for e in entries.values()), 20)
    found = {}
    for i, e in entries.items():
        rival = next((strength for strength, j in near if j != i), 0.0)
        values = {
            "share": e.share, "strength": min(e.strength, 4.0), "margin": max(min(e.strength - rival, 2.0), -2.0), "stamped": e.stamped,
            "barred": e.barred, "long": e.long, "rivals": rivals, "between": e.between,
        }  # fmt: skip
        found[i] = 1 / (1 + math.exp(-INTERCEPT - sum(WEIGHTS[name] * value for name, value in values.items())))
    return found


def _content(page: Page, i: int) -> list[str]:
    """Words of a line that carry its subject; pairs of characters in Chinese and Japanese."""
    m = page.measures[i]
    if m.cjk:
        cjk = "".join(CJK.findall(page.lines[i].text))
        return [cjk[k : k + 2] for k in range(len(cjk) - 1)]
    return [word for t in m.tokens if (word := _subject(t))]


def _subject(token: str) -> str:
    """A word without its possessive ending, '' if it carries no subject: a function word, a number, one or two letters."""
    if len(token) <= 2 or token in lexicon().words["function"] or token.isdigit():
        return ""
    return token.removesuffix("'s")


def _title_like(page: Page, i: int, roles: Mapping[int, Role], other: Mapping[int, Any]) -> bool:
    m, text = page.measures[i], page.lines[i].text
    least = 2 if m.cjk else 3
    sentence = m.ends and text.rstrip(" \"'”’)")[-1:] in ".。;；" and m.words > 6
    # An address ("Mr President,") and two sentences are no headline, nor is one line of a broken paragraph.
    address = (
        text.endswith((",", "，", ":", ";"))
        or page.broken[i]
        or INNER_STOP.search(text[:300]) is not None
        or ENTRY.match(text) is not None
    )
    return (
        least <= m.words <= 30
        and not sentence
        and not address
        and i not in roles
        and i not in other
        and not (page.certain[i] and page.languages[i] != page.language)
    )


def _text_start(page: Page) -> int:
    """Where the longest run of prose begins; at most two other lines stand between its paragraphs."""
    best, start, words, last = (0, page.first_prose), page.first_prose, 0, page.first_prose
    for i in range(page.first_prose, len(page.lines)):
        if page.prose[i]:
            if i - last > 3:
                start, words = i, 0
            words, last = words + page.measures[i].words, i
            # A much longer run is needed to move the start away from the first prose of the page.
            best = max(best, (words, start)) if start == best[1] or words > 3 * best[0] + 40 else best
    return best[1]


def _title_block(page: Page, best: int, entries: Mapping[int, _Entry], roles: Mapping[int, Role]) -> list[int]:
    """The title with the decks beside it."""
    closed = any(roles[j].label in ("byline", "date", "source") for j in range(best, page.first_prose) if j in roles)
    block = [best]
    while (
        closed
        and block[0] - 1 in entries
        and entries[block[0] - 1].share >= 0.4
        and page.measures[block[0] - 1].words >= 4
    ):
        block.insert(0, block[0] - 1)
    while (
        closed
        and block[-1] + 1 in entries
        and entries[block[-1] + 1].share >= 0.4
        and any(j in roles for j in range(block[-1] + 2, page.first_prose))
    ):
        block.append(block[-1] + 1)
    return block


def _with_repeats(page: Page, block: list[int]) -> list[int]:
    """The title's lines and the lines above the text that repeat them."""
    titles = {page.plain[i] for i in block if page.plain[i]}
    return sorted({*block, *(i for i in range(page.first_prose) if page.plain[i] in titles)})


def _given_lines(page: Page, given: str) -> list[int]:
    """Positions of the lines at the head that hold the given title's words, all or most of them."""
    wanted = tokens_of(given)
    found = []
    for i in range(min(page.first_prose + 3, len(page.lines))):
        tokens = page.measures[i].tokens
        same = bool(tokens) and (
            tokens == wanted or len(set(tokens) & set(wanted)) >= 0.8 * max(len(set(tokens)), len(set(wanted)))
        )
        if same:
            found.append(i)
    return found
