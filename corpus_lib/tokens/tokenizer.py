"""What counts as a word."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import Any

import icu4py
from icu4py.breakers import WordBreaker

from corpus_lib.display.cards import settings_card
from corpus_lib.errors import CorpusLibError, InvalidType, InvalidValue
from corpus_lib.files import sha256
from corpus_lib.tokens.folding import (
    APOSTROPHES,
    CHARACTERS,
    ELISIONS,
    GERSHAYIM,
    HAN,
    HYPHENS,
    MARKS,
    POINT,
    UNSPACED,
    composed,
    elided,
    fold,
    language_rule,
)
from corpus_lib.tokens.pieces import Piece

Segmenter = Callable[[str], Sequence[str]]


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
        Count each token in lower case, by the language of its text.
    fold
        Count spellings that no reader tells apart as one: all shapes of the apostrophe and of the hyphen, composed and decomposed letters, ligatures,
        full and half width, with and without soft hyphens and other signs that are not seen.
    elisions
        `l'OTAN` is two tokens, `l'` and `OTAN`, which touch: "auto" by the language of the text where it is known (French, Italian, Catalan and the
        like; `aujourd'hui` stays whole), a code such as "fr" for texts in that language, or "none". An expression of your own is not cut.
    social
        `#strait_patrols`, `@example_user`, `https://example.org/a.html` and `press@example.org` are one token each; otherwise none.
    emoji
        Emoji are tokens, those that are joined one.
    expression
        A regular expression of your own instead of all that; without capturing groups and flags.
    segmenter
        What cuts a run of Chinese, Japanese, Thai, Lao, Burmese or Khmer into words. "auto": the dictionaries of ICU, whose version is recorded; a
        text that is cut by blanks already keeps its words. None: each letter with its marks is a token. Or a function, for instance `jieba.lcut`:
        it is given the run alone, also one that an expression of your own finds, and what it returns must spell the run. It is recorded by its name.
    lemmas
        A language code of simplemma, such as "en": each token, once folded, is counted under its lemma. Needs corpus_lib[lemmas].

    Notes
    -----
    A full stop that ends a sentence is part of a word only after an abbreviation, where nobody can tell the two apart. Where the
    text does not mark words, these are what the segmenter says; a decision to be read beside every count of Chinese. Masks such as `**` are not
    tokens. A segmenter may cut a phrase that is looked for otherwise than the sentence it stands in. Lemmas are looked up word by word, without regard
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
    segmenter: Segmenter | str | None = "auto"
    lemmas: str | None = None
    fold: bool = True
    elisions: str = "auto"
    social: bool = True
    emoji: bool = False

    def __post_init__(self) -> None:
        named = isinstance(self.segmenter, str) and (self.segmenter == "auto" or "." in self.segmenter)
        if not (self.segmenter is None or callable(self.segmenter) or named):
            raise InvalidType(
                f"`segmenter` must be 'auto' or a function of a string; found {self.segmenter!r}. Give jieba.lcut, or None for characters."
            )
        if named and str(self.segmenter).startswith("ICU ") and self.segmenter != icu():
            raise InvalidValue(
                f"`segmenter` must be {icu()!r}, which is installed here; found {self.segmenter!r}, whose words may be others. Tokenize the texts again."
            )
        if not (self.lemmas is None or isinstance(self.lemmas, str)):
            raise InvalidType(
                f"`lemmas` must be a language code; found {self.lemmas!r}. Give 'en', or None for the words as they are."
            )
        if self.elisions not in ("auto", "none", *ELISIONS):
            raise InvalidValue(
                f"`elisions` must be 'auto', 'none' or one of {', '.join(map(repr, ELISIONS))}; found {self.elisions!r}. Write 'auto'."
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

        In words: a run of letters of scripts without blanks; or parts joined by single hyphens or apostrophes, where a part is an abbreviation (letters with full stops
        between them) or a run of letters, digits and combining marks in which a full stop or comma may stand between two digits.
        """
        if self.expression is not None:
            return self.expression
        word, letter = self.classes
        decimal = "|(?<=\\d)[.,](?=\\d)" if self.numbers else ""
        plain = f"{word}++(?:(?:[{MARKS}]++{decimal}){word}*+)*+"
        initial = f"{letter}[{MARKS}]*+"
        abbreviation = f"{initial}(?:\\.{initial})+(?:\\.(?!{word})|(?!{word}))|" if self.abbreviations else ""
        between = f"|{GERSHAYIM}|{POINT}" if self.apostrophes else ""
        joined = f"(?:[{self.joiners}][{MARKS}]*+(?={word}){between})?+" if self.joiners else ""
        return f"{apart(self.emoji)}|{RUN.pattern}|(?:(?:{abbreviation}{plain}){joined})+"

    @property
    def classes(self) -> tuple[str, str]:
        """Expressions of a character of a word, and of a letter; an apostrophe is none, whatever Unicode says of it."""
        letter = f"[^\\W\\d_{UNSPACED}{APOSTROPHES}]"
        return (f"[^\\W_{UNSPACED}{APOSTROPHES}]" if self.numbers else letter), letter

    @property
    def joiners(self) -> str:
        """The signs that join two parts of a word."""
        return (HYPHENS if self.hyphens else "") + (APOSTROPHES + "\u05f4\u2027" if self.apostrophes else "")

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def tokenize(self, text: str, language: str = "", *, whole: bool = False) -> tuple[list[str], list[int], list[int]]:
        """Types of the tokens of `text`, which is in `language`, with the characters where each starts and ends.

        `whole`: blanks part its words, as is found out otherwise.
        """
        matches = [(a, text[a:b]) for a, b in self.matches(text)]
        distinct, rule = dict.fromkeys(match for _, match in matches), language_rule(language)
        whole = whole or self.is_divided(text, distinct)
        pieces = {match: self.pieces(match, rule, whole=whole) for match in distinct}
        found = [(a + i, a + j, word) for a, match in matches for i, j, word in pieces[match]]
        return [word for *_, word in found], [a for a, *_ in found], [b for _, b, _ in found]

    def matches(self, text: str) -> list[tuple[int, int]]:
        """Where the expression matches."""
        return [match.span() for match in self._compiled.finditer(text)]

    @property
    def _segmenter(self) -> Segmenter | str | None:
        """What cuts a run; an expression of one's own is cut only by a function of one's own."""
        if self.segmenter not in ("auto", icu(), None):
            return self.segmenter
        return None if self.expression is not None else _dictionary if self.segmenter else LETTER.findall

    def is_divided(self, text: str, matches: Iterable[str]) -> bool:
        """Whether blanks part the words of a text whose script has none, of which `matches` are the distinct ones.

        Most runs then have a blank and another run behind them, and hardly one is two words to the segmenter.
        """
        if self._segmenter is not _dictionary or not any(map(RUN.match, matches)):
            return False
        n_runs = sum(1 for _ in RUN.finditer(text))
        if 2 * sum(1 for _ in BLANK.finditer(text)) < n_runs:
            return False
        return sum(len(_dictionary(run[0])) for run in RUN.finditer(text)) <= WORDS_A_RUN * n_runs

    def pieces(self, match: str, language: str = "", *, whole: bool = False) -> list[Piece]:
        """The tokens of a match of the expression: where each starts and ends in it, and its type; `whole` leaves runs that blanks part."""
        if match.isascii() and match.isalnum():
            # Most matches are plain words, which nothing cuts.
            return [(0, len(match), self.type_of(match, language))]
        if not self.social and self.expression is None and re.match(apart(False), match):
            return []
        spans = [(0, len(match))]
        if RUN.fullmatch(match) and self._segmenter is not None and not whole:
            spans = cut(match, self._segmenter)
        elif self.expression is None:
            edges = elided(match, language if self.elisions == "auto" else self.elisions)
            spans = list(pairwise([0, *edges, len(match)]))
        return [(a, b, self.type_of(match[a:b], language)) for a, b in spans]

    def count(self, text: str, language: str = "") -> int:
        """Number of tokens of `text`; the tokens of a long line are never held at once, for they would take many times its memory."""
        rule, matches = language_rule(language), Counter(match[0] for match in self._compiled.finditer(text))
        whole = self.is_divided(text, matches)
        return sum(n * len(self.pieces(match, rule, whole=whole)) for match, n in matches.items())

    def type_of(self, word: str, language: str = "") -> str:
        """What a token is counted under."""
        folded = self.folded(word, language)
        if self.lemmas is None:
            return folded
        # Folded again: German nouns come back with capitals.
        return self.folded(_lemmatizer(self.lemmas)(folded) or folded, language)

    def folded(self, word: str, language: str = "") -> str:
        """A word as this tokenizer folds it, without regard to its lemma."""
        if self.fold:
            return fold(word, language, lowercase=self.lowercase) or word
        return word.lower() if self.lowercase else word

    @property
    def seal(self) -> str:
        """Hash of all decisions, by which counts say what they were made with."""
        # Counts are made elsewhere, under other versions of the dictionaries.
        options = self.options() | {"segmenter": name_of(Tokenizer.of(self.options()).segmenter)}
        return sha256(json.dumps([self.pattern, options]).encode("utf-8"))

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Tokenizer":
        """The tokenizer of recorded options, the dictionaries that are installed called "auto" again."""
        made = cls(**options)
        return replace(made, segmenter="auto") if made._segmenter is _dictionary else made

    def options(self) -> dict[str, Any]:
        """The decisions by name, as `Tokenizer(**options)` takes them: the dictionaries with their version, and only what decides anything.

        Examples
        --------
        >>> Tokenizer(lemmas="en").options()["lemmas"], "lemmas" in Tokenizer().options()
        ('en', False)
        """
        values = {decision.name: getattr(self, decision.name) for decision in fields(self)}
        idle = {"lemmas": None} if self.expression is None else {"lemmas": None, "segmenter": "auto"}
        used = {name: value for name, value in values.items() if name not in idle or value != idle[name]}
        return used | ({"segmenter": icu()} if used.get("segmenter") == "auto" else {})


Span = tuple[int, int]
RUN = re.compile(f"[{UNSPACED}][{UNSPACED}{MARKS}]*+")
# Among the marks stand letters, which begin one of their own unless they are a vowel behind it.
LETTER = re.compile(f".(?:(?!\\w)[{MARKS}]|[\u0e32\u0e33\u0eb2\u0eb3])*+", re.DOTALL)
BLANK = re.compile(f"[{UNSPACED}][{MARKS}]*+[ \t\u3000]+(?=[{UNSPACED}])")
# Words of the dictionaries in a run that is one word to whoever cut the text: 1.1 to 1.3; in a phrase between blanks of Thai or Burmese 3 and more.
WORDS_A_RUN = 1.5


def icu() -> str:
    """The version of the dictionaries that cut runs without blanks."""
    return f"ICU {icu4py.icu_version}"


@lru_cache(maxsize=1 << 16)
def _dictionary(run: str) -> tuple[str, ...]:
    """The words of a run; `segments` would count in units of UTF-16."""
    if composed(run) == run:
        return tuple(WordBreaker(run, "root"))
    # The dictionaries know a letter and its marks as one character.
    letters = LETTER.findall(run)
    whole = list(map(composed, letters))
    ends = {*accumulate(map(len, WordBreaker("".join(whole), "root")))}
    cuts = [n for n, end in enumerate(accumulate(map(len, whole)), 1) if end in ends]
    return tuple("".join(letters[a:b]) for a, b in pairwise([0, *cuts]))


@lru_cache(maxsize=2)
def apart(emoji: bool) -> str:
    """The expression of hashtags, mentions, addresses, and emoji where they are wanted."""
    # No sign that is looked at ahead may go before: a long run of them is then looked at once.
    ahead = "(?=[A-Za-z0-9_.+%\\-]*+[@:/]|(?:www|Www|WWW)\\.)"
    start = f"(?=[A-Za-z0-9])(?<![^\\W{UNSPACED}])(?<![{MARKS}{HYPHENS}{APOSTROPHES}\u05f4.,+%]){ahead}"
    kinds = [str(kind).format(start=start, marks=MARKS, han=HAN) for kind in CHARACTERS["social"]]
    return "|".join([*kinds, *[str(CHARACTERS["emoji"])] * emoji])


def cut(run: str, segmenter: Segmenter | str) -> list[tuple[int, int]]:
    """The words of a run of characters without blanks, as spans of it."""
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
    edges = accumulate(map(len, parts), initial=0)
    # Signs that nobody sees may stand between two words.
    return [(a, b) for a, b in pairwise(edges) if re.search(f"[\\w{UNSPACED}]", run[a:b])]


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


def wildcard(pattern: str) -> str:
    """A word with * for any characters and ? for one, as an expression.

    Examples
    --------
    >>> wildcard("secur*")
    'secur.*'
    """
    return "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)


def name_of(segmenter: Any) -> str:
    """The qualified name of a function, with its module; a name stands for itself."""
    if isinstance(segmenter, str):
        return segmenter
    named = segmenter if hasattr(segmenter, "__qualname__") else type(segmenter)
    return f"{named.__module__}.{named.__qualname__}"


def recorded(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of tokens as JSON can hold them: the segmenter by its name."""
    tokenizer = settings.get("tokenizer", {})
    if tokenizer.get("segmenter") is None:
        return dict(settings)
    return {**settings, "tokenizer": {**tokenizer, "segmenter": name_of(tokenizer["segmenter"])}}
