"""What counts as a word."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

from corpus_lib.display.cards import settings_card
from corpus_lib.errors import CorpusLibError, InvalidType, InvalidValue
from corpus_lib.files import packaged_table

CHARACTERS = packaged_table("corpus_lib.tokens", "characters.toml")
HAN, HYPHENS, APOSTROPHES = (str(CHARACTERS[name]) for name in ("han", "hyphens", "apostrophes"))
MARKS = "".join(CHARACTERS["marks"])


@dataclass(frozen=True)
class Tokenizer:
    """What counts as a token: named decisions that make one regular expression.

    Parameters
    ----------
    hyphens
        `Asia-Pacific`, `post-war` and `COVID-19` are one token each (otherwise two).
    apostrophes
        `country's` and `don't` are one token each.
    abbreviations
        `U.S.` and `e.g.` are one token each, with the full stop; without this rule `U.S.` is two tokens.
    numbers
        `1991`, `3.5` and `2nd` are tokens; otherwise a token has no digit in it.
    lowercase
        Fold each token by `str.lower`.
    expression
        A regular expression of your own instead of all that; without capturing groups and flags.
    segmenter
        A function that cuts a run of Han characters into words, for instance `jieba.lcut`; without one each of them is a token. It is given the
        run alone, and what it returns must spell the run. An index records it by its name.
    lemmas
        A language code of simplemma, such as "en": each token, once folded, is counted under its lemma. Needs corpus_lib[lemmas].

    Notes
    -----
    A full stop that ends a sentence is part of a word only after an abbreviation, where nobody can tell the two apart. Han characters are a
    token each, since the text does not mark words; a decision to be read beside every count of Chinese. Masks such as `**` are not tokens.
    A segmenter may cut a phrase that is looked for otherwise than the sentence it stands in. Lemmas are looked up word by word, without regard
    to the sentence: "left" is one lemma, whether hand or departure.

    Examples
    --------
    >>> words, starts, ends = Tokenizer().tokenize("The U.S.-led post-war order, 3.5% of it.")
    >>> words
    ['the', 'u.s.-led', 'post-war', 'order', '3.5', 'of', 'it']
    """

    hyphens: bool = True
    apostrophes: bool = True
    abbreviations: bool = True
    numbers: bool = True
    lowercase: bool = True
    expression: str | None = None
    segmenter: Callable[[str], Sequence[str]] | str | None = None
    lemmas: str | None = None

    def __post_init__(self) -> None:
        if not (self.segmenter is None or callable(self.segmenter) or isinstance(self.segmenter, str)):
            raise InvalidType(
                f"`segmenter` must be a function of a string; found {self.segmenter!r}. Give jieba.lcut, or None for characters."
            )
        if not (self.lemmas is None or isinstance(self.lemmas, str)):
            raise InvalidType(
                f"`lemmas` must be a language code; found {self.lemmas!r}. Give 'en', or None for the words as they are."
            )
        if self.expression is None:
            return
        try:
            compiled = re.compile(self.expression)
        except re.error as error:
            raise InvalidValue(
                f"`expression` must be a regular expression; {self.expression!r} does not compile: {error}."
            ) from None
        if compiled.groups:
            raise InvalidValue(
                f"`expression` must have no capturing groups; {self.expression!r} has {compiled.groups}. Write (?:…) instead."
            )
        if compiled.match(""):
            raise InvalidValue(
                f"`expression` must not match the empty string; {self.expression!r} does. Ask for at least one character."
            )

    def _repr_html_(self) -> str:

        return settings_card(
            self,
            "Tokenizer: what counts as a token",
            next_step="tokenize(corpus, tokenizer=tokenizer), tokenizer.pattern",
        )

    @cached_property
    def pattern(self) -> str:
        r"""The regular expression that defines a token.

        In words: a Han character; or parts joined by single hyphens or apostrophes, where a part is an abbreviation (letters with full stops
        between them) or a run of letters, digits and combining marks in which a full stop or comma may stand between two digits.
        """
        if self.expression is not None:
            return self.expression
        letter = f"[^\\W\\d_{HAN}]"
        word = f"[^\\W_{HAN}]" if self.numbers else letter
        decimal = "|(?<=\\d)[.,](?=\\d)" if self.numbers else ""
        plain = f"{word}++(?:(?:[{MARKS}]++{decimal}){word}*+)*+"
        abbreviation = f"{letter}(?:\\.{letter})+(?:\\.(?!{word})|(?!{word}|[{MARKS}]))|" if self.abbreviations else ""
        joiners = (HYPHENS if self.hyphens else "") + (APOSTROPHES if self.apostrophes else "")
        joined = f"(?:[{joiners}](?={word}))?+" if joiners else ""
        return f"[{HAN}]|(?:(?:{abbreviation}{plain}){joined})+"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def tokenize(self, text: str) -> tuple[list[str], list[int], list[int]]:
        """Tokens of `text`, folded, with the characters where each starts and ends."""
        spans = [match.span() for match in self._compiled.finditer(text)]
        if self.segmenter is not None:
            spans = segmented(text, spans, f"[{HAN}]+", self.segmenter)
        words = [text[a:b] for a, b in spans]
        if self.lowercase:
            words = [w.lower() for w in words]
        if self.lemmas is not None:
            words = lemmas_of(words, self.lemmas, lowercase=self.lowercase)
        return words, [a for a, _ in spans], [b for _, b in spans]

    @property
    def is_pattern_alone(self) -> bool:
        """Whether the pattern and folding are all there is: no segmenter, no lemmas."""
        return self.segmenter is None and self.lemmas is None

    def options(self) -> dict[str, Any]:
        """The decisions by name, as `Tokenizer(**options)` takes them; segmenter and lemmas only where there are some.

        Examples
        --------
        >>> Tokenizer(lemmas="en").options()["lemmas"], "lemmas" in Tokenizer().options()
        ('en', False)
        """
        values = {decision.name: getattr(self, decision.name) for decision in fields(self)}
        added = ("segmenter", "lemmas")
        return {name: value for name, value in values.items() if name not in added or value is not None}


Segmenter = Callable[[str], Sequence[str]]
Span = tuple[int, int]


def segmented(text: str, spans: Iterable[Span], han: str, segmenter: Segmenter | str) -> list[Span]:
    """The spans of tokens in which each run of Han characters has been cut by `segmenter`.

    Parameters
    ----------
    text, spans
        The text, and the tokens that the expression finds in it.
    han
        Expression of a run of Han characters. A run is one or several tokens that touch and hold nothing else.
    segmenter
        A function, or the name of one that is not at hand.
    """
    whole = re.compile(han)
    runs: list[tuple[int, int, bool]] = []
    for start, end in spans:
        is_han = whole.fullmatch(text, start, end) is not None
        if is_han and runs and runs[-1][1:] == (start, True):
            runs[-1] = (runs[-1][0], end, True)
        else:
            runs.append((start, end, is_han))
    return [
        span
        for start, end, is_han in runs
        for span in (_cut(text, start, end, segmenter) if is_han else [(start, end)])
    ]


def _cut(text: str, start: int, end: int, segmenter: Segmenter | str) -> list[Span]:
    """The words of one run, as spans of the text."""
    run = text[start:end]
    if isinstance(segmenter, str):
        raise InvalidValue(
            f"`segmenter` must be a function to cut {run[:20]!r}; a saved index holds its name only, {segmenter!r}. Call tokens.with_segmenter(…) with it."
        )
    words = segmenter(run)
    parts = [words] if isinstance(words, str) else list(words)
    if isinstance(words, str) or not all(isinstance(w, str) and w for w in parts) or "".join(parts) != run:
        shown = f"{words!r:.80}" if isinstance(words, str) else f"{parts!r:.80}"
        raise InvalidValue(
            f"`segmenter` must return words that spell the run they were cut from; {name_of(segmenter)} made {shown} of {run[:20]!r}. "
            "Give one that returns a list of strings and leaves the characters as they are."
        )
    edges = [start]
    for word in parts:
        edges.append(edges[-1] + len(word))
    return list(pairwise(edges))


def lemmas_of(words: Sequence[str], language: str, *, lowercase: bool) -> list[str]:
    """The lemma of each word, looked up by simplemma once a type; folded again where tokens are folded, for German nouns return capitals."""
    lemmatize = _lemmatizer(language)
    table = {word: lemmatize(word) or word for word in dict.fromkeys(words)}
    return [table[word].lower() if lowercase else table[word] for word in words]


@lru_cache(maxsize=8)
def _lemmatizer(language: str) -> Callable[[str], str]:
    try:
        import simplemma
    except ImportError:
        raise CorpusLibError(
            "`lemmas` needs the package simplemma; it is not installed. Install corpus_lib[lemmas]."
        ) from None

    @lru_cache(maxsize=1_000_000)
    def lemma(word: str) -> str:
        return str(simplemma.lemmatize(word, lang=language))

    try:
        lemma("a")
    except ValueError as error:
        raise InvalidValue(
            f"`lemmas` must be a language that simplemma knows; found {language!r}: {error} Give 'en', for example."
        ) from None
    return lemma


def name_of(segmenter: Any) -> str:
    """The qualified name of a function, with its module; a name stands for itself."""
    if isinstance(segmenter, str):
        return segmenter
    named = segmenter if hasattr(segmenter, "__qualname__") else type(segmenter)
    return f"{named.__module__}.{named.__qualname__}"


def recorded(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of tokens as JSON can hold them: the segmenter by its name."""
    tokenizer = settings.get("tokenizer", {})
    if "segmenter" not in tokenizer:
        return dict(settings)
    return {**settings, "tokenizer": {**tokenizer, "segmenter": name_of(tokenizer["segmenter"])}}
