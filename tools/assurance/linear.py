"""Linear time: every regular expression and every stage at two sizes of hostile input; twice the input takes less than three times the CPU time.

A quadratic expression takes four times as long, and at the first size a hundred times as long as a linear one, so only what is slow there is measured
again at two sizes. Ratios are the smallest of several: another process can make a measurement longer, never shorter.
"""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from tools.assurance.figures import ROOT, Figure

RATIO = 3.0
# Characters of the first look, and the CPU seconds that no linear expression needs for them.
FIRST, SLOW = 4_000, 0.004
# Characters from which an expression that takes twice as long for each further one still comes back.
FEW = 26
ATOMS = (
    "a", "A", "1", " ", ".", ",", "-", "'", '"', "“", "”", "(", ")", "[", "<", ">", "&", "*", "|", "/", ":", ";", "@", "#", "_", "=", "\t", "\n", "\r",
    "\u00a0", "\u200b", "\ufffd", "\x1b[", "中", "安。", "，", "年", "1月", "日", "ă", "é", "Σ", "가", "ア", "İ", "aA", "a ", "A ", "a.", "A.", "a,", "a-",
    "a'", "1-", "1.", "1/", "1 ", "1:", " .", ". ", " ,", " - ", "'s'", "a@", "a.b@", "&#", "&amp", "</", "<a ", "http://", "www.", "the ", "of the ", "by ", "By A ",
    "of A ", "views by ", "not reflect ", "Copyright ", "© 2", "Photo: ", "Source: ", "Jan ", "Jan 1, ", "1 Jan ", "min ", "said ", "A said, ", "“A,” ", "记者", "说“", "来源:", "新华社",
    "data:image/png;base64,", "\\x1b]", "<meta ", "charset=", "<!--", "x.ipynb", "p_value", "\n \n", "\n\n", "- ", "• ", "1) ", "**a", "** ", "； ", "A a A ",
    "า", "ที่", "กา ", "की", "कि ", "वि", "ب", "وَ", "ေ", "ேய", "한 ", "ữ", "1 า", "า 1",
)  # fmt: skip
ENDS = ("", "!")
# Beyond linear time on long texts, and never applied to one.
BOUNDED = {
    "corpus_lib.cleaning.edits.WORD_LEFT": "applied to 30 characters",
    "corpus_lib.voices.clauses.LEFT": "applied to as many words before a cue as REACH says",
}


def main(arguments: Sequence[str] = ()) -> list[Figure]:
    """All expressions and all stages."""
    found, slow = patterns(), slow_patterns()
    figures = [
        Figure(
            "linear", "regular expressions, hostile inputs each", f"{len(found)}, {len(ATOMS) * len(ENDS)}", "", True
        )
    ]
    figures.append(Figure("linear", "expressions beyond linear time", str(slow or 0), "0", not slow))
    for name, (stage, build) in stages().items():
        worst = max((ratio(stage, build, shape), shape) for shape in (SHAPES if name in READING else SHORT))
        figures.append(
            Figure("linear", f"{name}: worst ratio", f"{worst[0]:.2f} ({worst[1]})", f"< {RATIO:.0f}", worst[0] < RATIO)
        )
    return figures


# ------------------------------------------------------------------------------------------------------------- expressions


def patterns() -> dict[tuple[Any, int], str]:
    """Every compiled expression that a module of the library holds, in whatever container, and where."""
    import corpus_lib

    found: dict[tuple[Any, int], str] = {}
    for info in pkgutil.walk_packages(corpus_lib.__path__, "corpus_lib."):
        if not info.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(info.name)).items():
                for pattern in _inside(value):
                    found.setdefault((pattern.pattern, pattern.flags), f"{info.name}.{name}")
    return found


@cache
def _uses() -> dict[str, set[str]]:
    """Name of an expression -> the methods that the library calls on it."""
    uses: dict[str, set[str]] = {}
    for path in (ROOT / "corpus_lib").rglob("*.py"):
        for name, method in re.findall(r"\b([A-Z_]{2,})\.([a-z]+)\b", path.read_text(encoding="utf-8")):
            uses.setdefault(name, set()).add(method)
    return uses


def _applied(pattern: re.Pattern[Any], place: str) -> Callable[[Any], object]:
    """How the library applies an expression: at one place where it only calls `match` and `fullmatch`, else everywhere in a text."""
    methods = _uses().get(place.rpartition(".")[2], set())
    if methods and methods <= {"match", "fullmatch"}:
        return lambda text: [getattr(pattern, method)(text) for method in sorted(methods)]
    return lambda text: deque(pattern.finditer(text), maxlen=0)


def _inside(value: Any, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, dict):
        for each in itertools.chain(value, value.values()):
            yield from _inside(each, depth + 1)
    elif depth < 3 and isinstance(value, (list, tuple, set, frozenset)) and len(value) < 1_000:
        for each in value:
            yield from _inside(each, depth + 1)


def slow_patterns() -> list[str]:
    """Expressions that take more than `RATIO` times as long for twice a hostile input."""
    found = []
    for (expression, flags), place in patterns().items():
        if place in BOUNDED:
            continue
        applied = _applied(re.compile(expression, flags), place)
        found += [f"{place} on {atom!r} and {end!r}" for atom, end in _worst(applied, isinstance(expression, bytes))]
    return found


def _worst(applied: Callable[[Any], object], binary: bool) -> list[tuple[str, str]]:
    """The first input that is beyond linear time, if any."""
    for atom, end in itertools.product(ATOMS, ENDS):
        # What takes twice as long for every further character would never come back from a longer text.
        if _smallest(applied, _input(atom, end, FEW, binary)) > SLOW:
            return [(atom, end)]
        one, two = (_input(atom, end, size, binary) for size in (FIRST, 2 * FIRST))
        if _seconds(applied, one) > SLOW and all(_grows(applied, one, two) for _ in range(3)):
            return [(atom, end)]
    return []


def _grows(applied: Callable[[Any], object], one: Any, two: Any) -> bool:
    """Whether twice the input takes too long. On a busy machine one answer in many is wrong, three in a row are not."""
    return _smallest(applied, two) >= RATIO * _smallest(applied, one)


def _input(atom: str, end: str, size: int, binary: bool) -> Any:
    text = (atom * (size // len(atom) + 1))[:size] + end
    return text.encode() if binary else text


def _smallest(applied: Callable[[Any], object], text: Any) -> float:
    return min(_seconds(applied, text) for _ in range(4))


def _seconds(applied: Callable[[Any], object], text: Any) -> float:
    started = time.thread_time()
    applied(text)
    return time.thread_time() - started


# ------------------------------------------------------------------------------------------------------------------ stages

SENTENCE = "“The council voted,” said Jane Doe of the U.S. delegation - on 29 January 2024 - ‘it’s unsafe’, 新华社说,“桥不安全。” "
SHAPES: dict[str, Callable[[int], str]] = {
    "one line of prose": lambda n: (SENTENCE * (n // len(SENTENCE) + 1))[:n],
    "one line of one letter": lambda n: "a" * n,
    "one line of spaces": lambda n: "a" + " " * n + "b",
    "one line of quotation marks": lambda n: "“" * n,
    "one line of full stops": lambda n: ". " * (n // 2),
    "one line of initials": lambda n: "U.S." * (n // 4),
    "one line of hyphens": lambda n: "a - " * (n // 4),
    "one line of commas": lambda n: "a ," * (n // 3),
    "one line of Chinese": lambda n: "安全。" * (n // 3),
    "one line of Thai": lambda n: "ที่กำหนดไว้แล้วน้ำ" * (n // 18),
    "one line of Hindi": lambda n: "अन्तर्राष्ट्रीयकी" * (n // 17),
    "one line of Arabic": lambda n: "وَالْأَمْنُ" * (n // 11),
    "one line of names": lambda n: "Jane Doe and " * (n // 13),
    "one line of digits": lambda n: "2024-01-" * (n // 8),
    "one line of markup": lambda n: "<a href=" * (n // 8),
    "blank lines": lambda n: "a\n" + "\n" * n + "b\n",
    "lines of one letter": lambda n: "a\n" * (n // 2),
    "lines of furniture": lambda n: "Recent Posts\n\n" * (n // 14),
    "lines of dates": lambda n: "29 January 2024\n" * (n // 16),
    "paragraphs": lambda n: (SENTENCE * 3 + "\n\n") * (n // (3 * len(SENTENCE)) + 1),
    "carriage returns": lambda n: "a\r" * (n // 2),
    "bylines": lambda n: "By Jane Doe\n" * (n // 12),
    "list items": lambda n: "• one\n" * (n // 6),
}
# Stages that read text meet every shape; what comes after them sees tokens, of which these make many, few, long and short ones.
READING = ("blocks", "cleaning", "cleaning without the line model", "tokens", "tokens by the expression", "sentences")
SHORT = ("one line of prose", "one line of one letter", "one line of Chinese", "paragraphs", "lines of one letter")
LARGEST = 64_000
Stage = tuple[Callable[[Any], object], Callable[[str], Any]]


def stages() -> dict[str, Stage]:
    """Name -> the stage, and what makes its input of a text, which is not measured."""
    import corpus_lib as cl
    from corpus_lib.tokens.sentences import sentence_starts
    from tools.assurance.material import one_text

    def cleaned(text: str) -> Any:
        return cl.clean_corpus(one_text(text))

    def tokens(text: str) -> Any:
        return cl.tokenize(one_text(text), unit="paragraph")

    quiet = cl.CleaningSettings(line_model=False)
    return {
        "blocks": (lambda corpus: len(corpus.paragraphs), one_text),
        "cleaning": (cl.clean_corpus, one_text),
        "cleaning without the line model": (lambda corpus: cl.clean_corpus(corpus, settings=quiet), one_text),
        "citing": (lambda clean: clean.to_source("a", 0, len(clean.text("a"))) if clean.text("a") else None, cleaned),
        "tokens": (cl.tokenize, one_text),
        "tokens by the expression": (cl.Tokenizer().tokenize, str),
        "sentences": (sentence_starts, str),
        "frequencies": (lambda t: t.frequencies().table, tokens),
        "keyness": (lambda t: cl.keyness(t, tokens("a b c")), tokens),
        "dispersion": (cl.dispersion, tokens),
        "matrix": (lambda t: t.matrix(), tokens),
        "concordance": (lambda t: cl.kwic(t, "a"), tokens),
        "collocates": (lambda t: cl.collocates(t, "a") if "a" in t.vocabulary else None, tokens),
        "n-grams": (lambda t: cl.ngrams(t, 2), tokens),
        "review page": (lambda clean: cl.report.review_html(clean, "a"), cleaned),
    }


def ratio(
    stage: Callable[[Any], object], build: Callable[[str], Any], shape: str, *, size: int = 4_000, attempts: int = 3
) -> float:
    """CPU time of a stage for twice the input over that for the input, the smallest of some attempts; sizes grow until it takes 30 ms."""
    while True:
        one, two = build(SHAPES[shape](size)), build(SHAPES[shape](2 * size))
        first = _cpu(stage, one)
        if first >= 0.03 or size >= LARGEST:
            break
        size *= 2 if first > 0.01 else 4
    times = [(_cpu(stage, one), _cpu(stage, two)) for _ in range(attempts)]
    return min(b for _, b in times) / max(min(a for a, _ in times), 0.01)


def _cpu(stage: Callable[[Any], object], value: Any) -> float:
    started = time.process_time()
    stage(value)
    return time.process_time() - started
