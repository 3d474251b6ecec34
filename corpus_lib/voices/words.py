"""The words of `words.toml` as look-up tables, one of each language; a language that has none shares those of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from corpus_lib.files import packaged_table

Cues = Mapping[str, list[tuple[tuple[str, ...], frozenset[str]]]]


@dataclass(frozen=True, eq=False)
class Words:
    """Words of a language: lists by name, the letter that stands for each word in the shape of a sentence, and cues by their first word, the longest first."""

    lists: Mapping[str, frozenset[str]]
    letters: Mapping[str, str]
    cues: Cues

    @cache  # noqa: B019  # there is one object a language, which is kept anyhow
    def of(self, *names: str) -> frozenset[str]:
        """The words of some lists."""
        return frozenset().union(*(self.lists.get(name, frozenset()) for name in names))


@lru_cache(maxsize=64)
def words_of(language: str) -> Words:
    """Tables of a language.

    Examples
    --------
    >>> words_of("en").letters["whether"], words_of("en").cues["pointed"][0][0]
    ('t', ('pointed', 'out'))
    """
    tables = packaged_table(__package__, "words.toml")
    rules = tables.pop("rules")
    every = {"say": [word for table in tables.values() for word in table["say"]]}
    table = tables.get(language.partition("-")[0], tables["en"] | every)
    lists = {name: frozenset(map(str.lower, listed)) for name, listed in table.items()}
    letters = {word: letter for name, letter in reversed(rules["letters"].items()) for word in lists.get(name, ())}
    cues: dict[str, dict[tuple[str, ...], set[str]]] = {}
    for kind in rules["cues"]:
        for words in map(tuple, map(str.split, lists.get(kind, ()))):
            cues.setdefault(words[0], {}).setdefault(words, set()).add(kind)
    longest = {
        first: sorted(((words, frozenset(kinds)) for words, kinds in found.items()), key=lambda f: (-len(f[0]), f[0]))
        for first, found in cues.items()
    }
    return Words(lists, letters, longest)
