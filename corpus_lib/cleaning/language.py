"""The language of each line: by script where the script decides, by py3langid where it does not.

Lines with few letters take the language of their surroundings and are marked as not certain. No line is dropped here: a page's only date or
author may stand in a line of another language.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from corpus_lib.cleaning.lexicon import lexicon
from corpus_lib.cleaning.packaged import patterns
from corpus_lib.languages.identify import identify

LANGUAGES = ("en", "zh", "vi", "fr", "de", "es", "pt", "it", "nl", "ru", "uk", "pl", "tr", "id", "sv", "ja", "ko", "ar")
# Languages that a script alone tells, and those that share the Cyrillic one.
OWN_SCRIPT = ("zh", "ja", "ko", "ar")
CYRILLIC_LANGUAGES = ("ru", "uk", "bg", "sr", "mk", "be")
# Fewer letters than these are not a text that an identifier can judge.
MIN_LETTERS = 20
# One judgement for so many characters of neighbouring lines; the lines are judged one by one when it is not the page's language.
BLOCK = 600
PER_LINE = 120
SAMPLE = 400

HAN, KANA, HANGUL, CYRILLIC, ARABIC, LATIN, VIETNAMESE, NOT_ASCII = patterns("language")
NO_LETTERS = bytes(c for c in range(128) if not chr(c).isalpha())
VIETNAMESE_SHARE = 0.06
# Without any of these a line's letters are Latin, if it has letters: most lines that are not ASCII hold a dash or a curly quotation mark only.
NOT_LATIN = re.compile("|".join(p.pattern for p in (HAN, KANA, HANGUL, CYRILLIC, ARABIC, VIETNAMESE)))


def script_language(text: str) -> str:
    """Language that the letters alone decide, 'latin' or 'cyrillic' where they leave a choice, '' without letters.

    Examples
    --------
    >>> script_language("推荐阅读"), script_language("Đọc nhiều"), script_language("Recent Posts"), script_language("28/01/2025")
    ('zh', 'vi', 'latin', '')
    """
    if text.isascii():
        return "latin" if LATIN.search(text) else ""
    sample = text[:SAMPLE]
    if not NOT_LATIN.search(sample):
        return "latin" if LATIN.search(sample) else ""
    # A Han character stands for about three Latin letters.
    counts = {
        "zh": 3 * len(HAN.findall(sample)), "ja": 3 * len(KANA.findall(sample)), "ko": 3 * len(HANGUL.findall(sample)),
        "cyrillic": len(CYRILLIC.findall(sample)), "ar": len(ARABIC.findall(sample)), "latin": len(LATIN.findall(sample)),
    }  # fmt: skip
    if not any(counts.values()):
        return ""
    if counts["ja"] > 0.1 * counts["zh"]:
        counts["ja"] += counts.pop("zh")
    best = max(counts, key=lambda k: counts[k])
    if best == "latin" and len(VIETNAMESE.findall(sample)) > VIETNAMESE_SHARE * counts["latin"]:
        return "vi"
    return best


def _candidates(script: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages that a script leaves open."""
    if script == "cyrillic":
        return tuple(code for code in languages if code in CYRILLIC_LANGUAGES) or ("ru",)
    return tuple(code for code in languages if code not in (*OWN_SCRIPT, *CYRILLIC_LANGUAGES)) or languages


def _blocks(positions: Sequence[int], texts: Sequence[str]) -> Iterable[list[int]]:
    """Runs of lines that together are long enough to be judged at once."""
    block: list[int] = []
    size = 0
    for i in positions:
        if block and (i != block[-1] + 1 or size >= BLOCK):
            yield block
            block, size = [], 0
        block.append(i)
        size += min(len(texts[i]), PER_LINE)
    if block:
        yield block


def line_languages(texts: Sequence[str], languages: tuple[str, ...] = LANGUAGES) -> tuple[list[str], list[bool]]:
    """Language of each line and whether it was judged on the line's own letters.

    Parameters
    ----------
    texts
        The lines.
    languages
        ISO 639-1 codes that py3langid may choose from.

    Returns
    -------
    tuple of list of str and list of bool
        Codes, and False where a line took the language of its surroundings.
    """
    scripts = [script_language(text) for text in texts]
    found: list[str] = ["" if s in ("latin", "cyrillic") else s for s in scripts]
    certain = [bool(s) for s in found]
    open_lines = [i for i, s in enumerate(scripts) if not found[i] and s]
    for script in ("latin", "cyrillic"):
        positions = [i for i in open_lines if scripts[i] == script]
        if positions:
            _judge(positions, texts, _candidates(script, languages), found, certain)
    return _fill(found), certain


def _sample(texts: Sequence[str]) -> str:
    """The longest lines of a page, as much as tells its language."""
    longest = sorted(texts, key=lambda t: (-len(t), t))[:5]
    return " ".join(t[:SAMPLE] for t in longest)


def _judge(
    positions: Sequence[int], texts: Sequence[str], choice: tuple[str, ...], found: list[str], certain: list[bool]
) -> None:
    """Write the languages of lines: of a block together when it is in the page's language, one by one when it is in another."""
    blocks = list(_blocks(positions, texts))
    joined = [" ".join(texts[i][:PER_LINE] for i in block)[:BLOCK] for block in blocks]
    main, *together = identify([_sample([texts[i] for i in positions]), *joined], choice)
    letters = {i: _letters(texts[i][:SAMPLE]) for i in positions}
    alone = []
    for block, language in zip(blocks, together, strict=True):
        for i in block:
            if letters[i] >= MIN_LETTERS:
                found[i] = main
                if language != main or _doubtful(texts[i], letters[i], main):
                    alone.append(i)
    for i, language in zip(alone, identify([texts[i][:SAMPLE] for i in alone], choice), strict=True):
        found[i] = language
    for i, n in letters.items():
        # A short line of Latin letters is full of names, and a row of a table is figures.
        certain[i] = n >= MIN_LETTERS and (
            found[i] == main or (n >= 2 * MIN_LETTERS and n >= 0.7 * len(texts[i][:SAMPLE].replace(" ", "")))
        )


def _letters(text: str) -> int:
    """Number of letters."""
    if text.isascii():
        return len(text.encode().translate(None, NO_LETTERS))
    ascii_letters = len(text.encode("ascii", "ignore").translate(None, NO_LETTERS))
    return ascii_letters + sum(map(str.isalpha, NOT_ASCII.findall(text)))


def _doubtful(text: str, letters: int, main: str) -> bool:
    """Whether a line that stands among lines of the page's language shows none of its common words, so that it is judged alone."""
    if letters < 3 * MIN_LETTERS:
        return False
    return main != "en" or len(lexicon().words["function"].intersection(text[:SAMPLE].lower().split())) < 2


def _fill(found: Sequence[str]) -> list[str]:
    """Give lines without a language that of the line above, else of the line below."""

    def own_or_last(last: str, own: str) -> str:
        return own or last

    down = list(accumulate(found, own_or_last))
    return list(accumulate(down[::-1], own_or_last))[::-1]


def main_language(texts: Sequence[str], languages: Sequence[str], certain: Sequence[bool]) -> str:
    """The language most of a page is written in, by letters of its longer lines.

    Lines of at least 80 characters count four times: a page of Chinese menus around an English article is an English page.
    """
    weights: Counter[str] = Counter()
    for text, language, sure in zip(texts, languages, certain, strict=True):
        if sure and language:
            size = len(text) * (3 if language in ("zh", "ja", "ko") else 1)
            weights[language] += size * (4 if size >= 80 else 1)
    return max(weights, key=lambda k: (weights[k], k)) if weights else next((code for code in languages if code), "")
