"""Who is meant by the words that name a source: a name, the same person's longer name, a pronoun's last named speaker."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from corpus_lib.files import packaged_table
from corpus_lib.voices.clauses import HAN
from corpus_lib.voices.words import Words, words_of

CAPITALS = filter(str.isupper, map(chr, chain(range(0x250), range(0x370, 0x590), range(0x1E00, 0x2000))))
RULES = packaged_table(__package__, "words.toml")["rules"]["names"]
CAPITAL = f"[{''.join(CAPITALS)}]"
NAME, QUOTED_NAME = (re.compile(RULES[name].replace("CAPITAL", CAPITAL)) for name in ("name", "quoted"))
# How far a pronoun reaches back for whom it means, in characters.
REACH = 1500


class Mention(NamedTuple):
    """A name where it stands, in its longest form."""

    start: int
    name: str


class Cast:
    """The names of a document: the longest form of each, the genders that titles tell, and who was heard last.

    Parameters
    ----------
    text
        The document's clean text.
    words
        The tables of its language.
    """

    def __init__(self, text: str, words: Words) -> None:
        self.text, self.words, self.common = text, words, words.of(*RULES["common"])
        self.bodies = words.of("body") | {"of"}
        self._trimmed = cache(self._trim)
        named = [(name, gender) for name, gender in map(self._trimmed, NAME.findall(text)) if name]
        whole = Counter(name for name, _ in named if self._is_person(name))
        self.whole = {name.split()[-1]: name for name in sorted(whole, key=lambda n: (whole[n], n))}
        self.genders = Counter((self._full(name), gender) for name, gender in named)
        self.heard: list[Mention] = []

    def _is_person(self, name: str) -> bool:
        parts = name.lower().split()
        return 2 <= len(parts) <= 4 and not name.isupper() and self.bodies.isdisjoint(parts)

    def _trim(self, name: str) -> tuple[str, str]:
        """A name without nation, possessor and office, and the gender that they tell: "Japan's Foreign Minister X" is X."""
        words, roles = name.split(), self.words.of("role")
        plain = [w.lower().strip(".,'\u2019") for w in words]
        offices = [n for n, w in enumerate(plain, 1) if not roles.isdisjoint((w, w.rpartition("-")[2]))]
        told = {plain[n - 1] for n in offices}
        gender = "he" if told & self.words.of("masculine") else "she" if told & self.words.of("feminine") else ""
        owners = [n for n, w in enumerate(plain[:-1], 1) if w.endswith(("'s", "\u2019s"))]
        first = max([0, *(n for n in offices if n < len(words)), *owners[-1:]])
        if words[first : first + 1] == ["of"]:
            # "Secretary of Defense X": the office ends behind what it is of, unless nothing else is named.
            if len(words) < first + 4 or "of" in words[first + 1 :]:
                return name, ""
            first += 2
        if [first] == owners[-1:] and plain[-1] in self.words.of("body"):
            first = 0
        while first < len(words) and (plain[first] in self.common or plain[first].endswith("ly")):
            first += 1
        if plain[first:] and plain[first:] == plain[-1:] and plain[-1] in roles | self.words.of("people"):
            return "", gender
        return " ".join(words[first:]).removesuffix("'s").removesuffix("\u2019s").strip(" .,'\u2019"), gender

    def _full(self, name: str) -> str:
        """The name in its longest form: one that ends alike, and begins with the same letter where there is more than one word."""
        parts = name.split()
        whole = self.whole.get(parts[-1], name)
        same = name.endswith(f" {whole}") or (self._is_person(name) and name[0] == whole[0])
        same = same or (len(parts) == 1 and not name.isupper())
        return whole if same else name

    def _names(self, start: int, end: int, nouns: frozenset[str] = frozenset()) -> Iterator[Mention]:
        """Names that head a stretch: not what stands behind a preposition, possesses something or is part of a noun."""
        part, words = self.text[start:end], self.words
        goes_on = self.common | words.of("say")
        for m in NAME.finditer(part):
            name = self._trimmed(m[0])[0]
            before = part[max(m.start() - 30, 0) : m.start()].lower().replace(",", " ").split()
            while before and before[-1] in words.of("determiner") - {"of"}:
                before.pop()
            rest = part[m.end() : m.end() + 40]
            owns = m[0].endswith(("'s", "\u2019s", "'", "\u2019")) and rest.strip()
            follows = re.match(r" ([a-z][\w-]*)", rest)
            noun = follows[1] if follows else ""
            is_part = noun in nouns if nouns else noun not in goes_on and noun[-2:] not in ("", "ed")
            if name and not (owns or is_part or words.of("preposition").intersection(before[-1:])):
                yield Mention(start + m.start(), self._full(name))

    def notice(self, start: int, end: int) -> None:
        """Remember the people of a sentence, whom a pronoun may mean later, its subject before the others."""
        found = self._names(start, end, self.words.of("people", "body"))
        self.heard += reversed([mention for mention in found if self._is_person(mention.name)])

    def resolve(self, source: tuple[int, int]) -> tuple[str, str]:
        """Name and basis of a source.

        Returns
        -------
        tuple of str
            The speaker, "" where unknown, and `name`, `pronoun`, `description` or `none`.
        """
        start, end = source
        words = self.text[start:end].strip(" ,，")
        if HAN.search(words):
            return self._han(words, start)
        first, *rest = words.split() or [""]
        named = any(w[0].isupper() for w in rest)
        pronoun = next((p for p in ("he", "she") if first.lower() in self.words.of(p) and not named), "")
        if pronoun:
            name = self._meant(start, pronoun)
            return name, "pronoun" if name else "none"
        if quoted := QUOTED_NAME.search(words):
            return quoted[1], "name"
        found = next(self._names(start, end), None)
        if not found or (" " not in found.name and self.words.of("nouns_have_capitals")):
            return "", "description"
        self.heard.append(found)
        return found.name, "name"

    def _meant(self, place: int, pronoun: str) -> str:
        """The last named speaker whom a pronoun may mean."""
        other = "she" if pronoun == "he" else "he"
        for at, name in reversed(self.heard):
            if place - at > REACH:
                break
            if at < place and self._is_person(name) and self.genders[name, other] <= self.genders[name, pronoun]:
                self.heard.append(Mention(place, name))
                return name
        return ""

    def _han(self, words: str, start: int) -> tuple[str, str]:
        """A source in a script without blanks: what stands behind an office, else all of it."""
        lists = words_of("zh")
        if words in lists.of("he", "she"):
            people = [m.name for m in self.heard if len(m.name) <= 4 and not m.name.endswith(tuple(lists.of("body")))]
            return (people[-1], "pronoun") if people else ("", "none")
        words = re.sub(f"({'|'.join(lists.of('behind'))})+$", "", words)
        name = words[max((words.rfind(r) + len(r) for r in lists.of("role") if r in words), default=0) :]
        if name in lists.of("never") or not 2 <= len(name) <= 12:
            return "", "description"
        self.heard.append(Mention(start, name))
        return name, "name"
