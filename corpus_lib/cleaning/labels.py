"""The label of each line: a list of voters in a fixed order, all votes stored, the deciding one named.

The order: a person's override; whole-line word lists; metadata; regions (a disclaimer and its continuation, a biography, a caption, a list of
other stories up to where the prose resumes); repetition; another language; the line model; structure. Inside the body a tie is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from corpus_lib.cleaning.lexicon import CJK, lexicon, match_cue, plain_line
from corpus_lib.cleaning.lines import Page, Vote

__all__ = ["KEPT", "LABELS", "Decision", "decide_labels", "listed_votes", "word_kinds"]

LABELS = (
    "title", "byline", "date", "source", "body", "heading", "list_item", "caption", "author_bio", "disclaimer", "nav", "sidebar",
)  # fmt: skip
KEPT = ("body", "heading", "list_item")
# The order in which voters are asked; the first that has an opinion decides. `structure` has one on every line.
ORDER = (
    "override",
    "title",
    "lexicon",
    "bio",
    "region",
    "metadata",
    "disclaimer",
    "caption",
    "repetition",
    "language",
    "model",
    "repeats",
    "structure",
)

BULLET = re.compile(
    r"^(?:[•▪●◦■‣⁃*+–-] |\(?\d{1,3}[.)、．](?!\d)|\(?[a-z][.)] |[（(]?[一二三四五六七八九十]{1,3}[、.)）]|[①-⑳])"
)
NUMBER = re.compile(r"^\(?(\d{1,3})[.)、．](?!\d)")
BAR = re.compile(r"[|·•»›>/]")
CREDIT_END = re.compile(
    r"[(（\[][^()（）\[\]]{0,60}(?:\b(?:photos?|images?|afp|reuters|getty|xinhua|epa|ap)\b|摄|供图|图)[^()（）\[\]]{0,30}[)）\]]\W{0,2}$|(?:/|\||—|-|–) ?(?:afp|reuters|getty images|xinhua|epa|ap photo|ap)[\w /]{0,20}$",
    re.IGNORECASE,
)
CREDIT_MARK = re.compile(r"[(（\[/|—–-]")
SOURCE_END = re.compile(
    r"(?:^|[.。!?)”\"] |\s\()(?:photos?|images?|source|credit|picture|ảnh|nguồn|nguồn ảnh|foto|图源|图片来源|crédit|illustration)(?: by| credit| courtesy)? ?[:：/] ?[^.:]{2,60}\.?$",
    re.IGNORECASE,
)
LETTER = re.compile(r"[^\W\d_]")
# Prose that resumes after a list of other stories: so many words in lines of prose one after another.
RESUME_WORDS = 60
# A line that is not prose costs this many words when the main run of prose is sought; measured best between 6 and 12.
GAP_COST = 8


class Decision(NamedTuple):
    """The label of a line, the voter that decided, and all votes."""

    label: str
    rule: str
    reason: str
    probability: float | None
    votes: tuple[tuple[str, Vote], ...]


Votes = list[dict[str, Vote]]
# What structure says of a line, one object for all lines.
HEADING = Vote("heading", "short_line_above_text", "a short line without a full stop, above a longer one")
PROSE = Vote("body", "prose", "prose: whole sentences of the article")
INSIDE = Vote("body", "inside_the_text", "inside the article's run of prose")
APART = Vote("body", "prose_apart", "prose, although apart from the main run")
OUTSIDE = Vote("sidebar", "outside_the_text", "outside the article's run of prose")
SHORT_OUTSIDE = Vote("nav", "outside_the_text", "a short line outside the article's run of prose")
NO_WORDS = Vote("nav", "no_words", "no word in it")


def word_kinds(page: Page) -> dict[int, tuple[str, str, str]]:
    """What the word lists say of each line: position -> kind, rule and phrase, for lines that a word list explains."""
    words = lexicon()
    found: dict[int, tuple[str, str, str]] = {}
    for i, (m, plain, line) in enumerate(zip(page.measures, page.plain, page.lines, strict=True)):
        if page.broken[i] or not LETTER.search(line.text[:200]):
            continue
        if plain in words.whole:
            found[i] = (words.whole[plain], "whole_line", plain)
        elif m.words <= 14 and not (m.ends and m.words > 6) and (hit := words.short.find(m.tokens, line.text, m.cjk)):
            found[i] = (hit[0], "short_line", hit[1])
        if (
            i not in found
            and m.words <= 60
            and (hits := page.long_phrases(i, len(m.tokens), len(line.text)))
            and hits[0][0] == "form"
        ):
            found[i] = ("form", "long_line", hits[0][1])
        if i not in found and m.words <= 40 and (entry := _menu_bar(line.text, m.ends)):
            found[i] = ("nav", "menu_bar", entry)
    return found


def _menu_bar(text: str, ends: bool) -> str:
    """The known entry in a line of entries between bars, or ''."""
    parts = [p.strip() for p in BAR.split(text[:400]) if p.strip()] if BAR.search(text) and not ends else []
    if len(parts) < 2 or any(len(p.split()) > 5 or len(p) > 40 for p in parts):
        return ""

    known = [p for p in parts if lexicon().whole.get(plain_line(p)) in ("nav", "related", "share", "comments")]
    return known[0] if len(known) * 3 >= len(parts) else ""


def _vote_lexicon(page: Page, kinds: Mapping[int, tuple[str, str, str]], votes: Votes) -> None:
    for i, (kind, rule, phrase) in kinds.items():
        if kind == "bio":
            continue
        where = f"'{phrase}'" if rule == "whole_line" else f"it holds '{phrase}'"
        known = lexicon().kinds[kind]
        votes[i]["lexicon"] = Vote(known["label"], rule, f"{known['reason']}: {where}")


# -------------------------------------------------------------------------------------------------------------- regions
def _resumes(page: Page, start: int, kinds: Mapping[int, tuple[str, str, str]], before: int) -> int:
    """Position where the article's prose resumes after `start`, or the number of lines."""
    needed = RESUME_WORDS if before >= RESUME_WORDS else 20
    run: list[int] = []
    for i in range(start, len(page.lines)):
        m = page.measures[i]
        if page.prose[i] and i not in kinds and m.words >= 18:
            run.append(i)
            words = [page.measures[j].words for j in run]
            # A teaser is one sentence under a headline; prose resumes with two paragraphs in a row, or with one that is long.
            touching = run[-1] - run[0] == len(run) - 1
            if touching and sum(words) >= needed and (len(run) > 1 or m.words >= 80 or before < RESUME_WORDS):
                return run[0]
            if not touching and len(run) >= 3 and min(words) >= 30 and sum(words) >= 2 * RESUME_WORDS:
                return run[0]
        elif run and (i - run[-1] > 1 or i in kinds or any(c.isdigit() for c in page.lines[i].text) or m.words > 12):
            # One heading may stand between two paragraphs; a headline with its date is a list of stories.
            run = []
    return len(page.lines)


def _vote_regions(page: Page, kinds: Mapping[int, tuple[str, str, str]], votes: Votes) -> None:
    """Lists of other stories and comment sections, from their header to where the prose resumes."""
    before = 0
    covered = -1
    for i, line in enumerate(page.lines):
        kind = kinds.get(i, ("", "", ""))
        header = kind[0] in ("related", "comments") and kind[1] != "menu_bar" and page.measures[i].words <= 8
        if header and i > covered and i > page.first_prose:
            end = _resumes(page, i + 1, kinds, before)
            shown = line.text[:60]
            for j in range(i + 1, end):
                where = (
                    f"inside a list headed '{shown}'" if kind[0] == "related" else f"below the comment header '{shown}'"
                )
                votes[j]["region"] = Vote("sidebar", f"{kind[0]}_region", where)
            covered = end - 1
        before += page.prose_words[i] if i > covered else 0


def _vote_disclaimers(page: Page, votes: Votes) -> None:
    """A disclaimer by its first words or by its phrases, and the lines below that go on with it."""
    inside = False
    for i, line in enumerate(page.lines):
        m = page.measures[i]
        cue = match_cue(line.text[:80], "disclaimer")
        opened = cue is not None and (
            ":" in cue["mark"] or "：" in cue["mark"] or not cue["value"].strip() or "©" in cue["cue"]
        )
        found = page.long_phrases(i, 250, 1500) if m.words >= 5 or "©" in line.text else []
        hits, phrase = len({name for _, name in found}), found[0] if found else None
        late = i > page.first_prose or not page.prose[i]
        alone = (
            phrase is not None
            and not page.broken[i]
            and phrase[0] == "disclaimer"
            and late
            and m.words <= 90
            and (hits >= 2 or m.words <= 45)
        )
        if opened and phrase is None and m.words > 12 and cue is not None and cue["cue"].lower() == "lưu ý":
            opened = False
        if opened or alone:
            why = f"it opens with '{cue['cue']}'" if opened and cue else f"it says '{phrase[1] if phrase else ''}'"
            votes[i]["disclaimer"] = Vote("disclaimer", "disclaimer_opening" if opened else "disclaimer_phrase", why)
            inside = True
        elif inside and m.words >= 8 and lexicon().continues.count(m.tokens, line.text[:1500], m.cjk) >= 2:
            votes[i]["disclaimer"] = Vote("disclaimer", "disclaimer_continued", "it goes on with the disclaimer above")
        else:
            inside = False


def _credit(text: str) -> re.Match[str] | None:
    """The credit at the end of a line."""
    # These are the slowest of all expressions, and most lines lack the marks that they need.
    source = SOURCE_END.search(text) if ":" in text or "：" in text or "/" in text else None
    return source or (CREDIT_END.search(text) if CREDIT_MARK.search(text) else None)


def _vote_captions(page: Page, votes: Votes) -> None:
    """Captions by their cue, their credit at the end, or an agency's name."""
    agencies = lexicon().cues["caption_end"]
    for i, line in enumerate(page.lines):
        m, text = page.measures[i], line.text
        if page.broken[i] or m.words > 60 or len(text) > 400 or BULLET.match(text):
            continue
        cue = match_cue(text[:100], "caption")
        marked = cue and (":" in cue["mark"] or "：" in cue["mark"] or cue["cue"] in "▲△") and cue["value"].strip()
        if cue and (marked or (CJK.search(cue["cue"]) and len(cue["cue"]) > 1 and m.words <= 30)):
            votes[i]["caption"] = Vote("caption", "caption_opening", f"it opens with '{cue['cue']}'")
        elif m.words <= 50 and (credit := _credit(text)):
            votes[i]["caption"] = Vote(
                "caption", "credit_at_end", f"it ends with a credit: '{credit[0].strip(' .')[:60]}'"
            )
        elif (
            m.words <= 40
            and not m.ends
            and (end := text.lower().rstrip(" ).")).endswith(agencies)
            and (name := next(a for a in agencies if end.endswith(a)))
        ):
            votes[i]["caption"] = Vote("caption", "credit_at_end", f"it ends with '{name}'")


def _vote_bio(page: Page, kinds: Mapping[int, tuple[str, str, str]], roles: Mapping[int, Vote], votes: Votes) -> None:
    """A biography as the metadata found it, and the paragraph below an 'About the author'."""
    for i, role in roles.items():
        if role.label == "author_bio":
            votes[i]["bio"] = role
    for i, (kind, rule, phrase) in kinds.items():
        if kind != "bio" or rule != "whole_line" or i <= page.first_prose:
            continue
        votes[i]["bio"] = Vote("author_bio", "bio_header", f"the header of a biography: '{phrase}'")
        for j in range(i + 1, min(i + 4, len(page.lines))):
            if j in kinds or page.measures[j].words > 120:
                break
            votes[j]["bio"] = Vote("author_bio", "below_bio_header", f"below '{page.lines[i].text[:40]}'")
            if page.measures[j].words >= 10:
                break


# ------------------------------------------------------------------------------------------------- repetition, language
def _vote_repetition(page: Page, corpus_lines: Mapping[str, int], votes: Votes) -> None:
    """Lines that the page repeats, or that many documents share."""
    texts = [line.text for line in page.lines]
    counts = Counter(texts)
    for i, text in enumerate(texts):
        m = page.measures[i]
        short = m.words <= 12 and not m.ends and not page.broken[i]
        if counts[text] >= 3 and short and not BULLET.match(text):
            # Reviews and guides repeat their section headings: where the line model speaks, it knows better.
            votes[i]["repeats"] = Vote("nav", "repeated_in_page", f"the page repeats this line {counts[text]} times")
        elif short and m.words >= 4 and i + 1 < len(texts) and texts[i + 1] == text:
            votes[i]["repetition"] = votes[i + 1]["repetition"] = Vote(
                "sidebar", "printed_twice", "a headline printed twice in a row, as lists of stories do"
            )
        if corpus_lines.get(text, 0) and m.words <= 40 and not page.broken[i]:
            votes[i]["repetition"] = Vote(
                "nav", "shared_by_documents", f"the same line stands in {corpus_lines[text]} documents"
            )


def _vote_language(page: Page, votes: Votes) -> bool:
    """Lines in another language than the page's; none where the page is in two languages. Return whether it is."""
    names = lexicon().names
    other = [i for i in range(len(page.lines)) if page.certain[i] and page.languages[i] != page.language]
    body = sum(page.prose_words)
    foreign = [i for i in other if page.measures[i].prose]
    weight = sum(page.measures[i].words for i in foreign)
    inside = sum(page.measures[i].words for i in foreign if page.first_prose < i < page.last_prose)
    if inside > 0.3 * max(body, 1) or (weight and not body):
        return True
    for i in other:
        found, main = (names.get(code, code) for code in (page.languages[i], page.language))
        votes[i]["language"] = Vote("sidebar", "other_language", f"in {found}, while the article is in {main}")
    return weight > 0.8 * max(body, 1)


# ------------------------------------------------------------------------------------------------------------ structure
def _main_run(page: Page, dropped: Sequence[bool]) -> tuple[int, int]:
    """First and last line of the run with the most prose (Kadane's algorithm): prose counts its words, any other line costs."""
    best, best_span, total, start = 0, (-1, -1), 0, 0
    for i, m in enumerate(page.measures):
        gain = (
            min(m.words, 80)
            if page.prose[i] and not dropped[i]
            else (0 if dropped[i] or BULLET.match(page.lines[i].text) else -GAP_COST)
        )
        if total <= 0:
            total, start = 0, i
        total += gain
        if total > best:
            best, best_span = total, (start, i)
    return best_span


def _numbered(page: Page) -> set[int]:
    """Lines that begin with a bullet or belong to a numbered series; a lone "1." or a year is not a list."""
    marked = [i for i, line in enumerate(page.lines) if BULLET.match(line.text)]
    numbers = {i: int(n[1]) for i in marked if (n := NUMBER.match(page.lines[i].text))}
    series = set(numbers.values())
    return {i for i in marked if i not in numbers or numbers[i] - 1 in series or numbers[i] + 1 in series}


def _kept_kind(page: Page, i: int, lists: set[int]) -> Vote:
    """What a line of the body is: list item, heading or body."""
    m, text = page.measures[i], page.lines[i].text
    if i in lists:
        bullet = BULLET.match(text)
        return Vote("list_item", "list_mark", f"it begins with '{(bullet[0] if bullet else text[:1]).strip()}'")
    below = i + 1 < len(page.lines) and (page.measures[i + 1].words > m.words or i + 1 in lists)
    short = m.words <= 14 and len(text) <= 120 and not text.endswith((",", "，", ";", "、"))
    closed = page.broken[i] or text.rstrip("\"'”’)）")[-1:] in ".。;；…" or (m.ends and m.words > 12)
    if short and below and not closed and not text[:1].islower() and LETTER.search(text):
        return HEADING
    return PROSE if m.prose else INSIDE


def _vote_structure(page: Page, votes: Votes, recall: bool) -> None:
    """Keep what lies in the main run of prose, drop short lines around it."""
    dropped = [bool(v) and "title" not in v for v in votes]
    lists = _numbered(page)
    first, last = _main_run(page, dropped)
    words = (
        sum(page.measures[i].words for i in range(first, last + 1) if page.prose[i] and not dropped[i])
        if first >= 0
        else 0
    )
    first, last = _widen(page, first, last, lists, dropped, votes)
    for i, m in enumerate(page.measures):
        if words < 40 or first <= i <= last:
            votes[i]["structure"] = _kept_kind(page, i, lists)
        elif page.prose[i] and (recall or _prose_around(page, i, dropped) >= RESUME_WORDS):
            votes[i]["structure"] = APART
        else:
            votes[i]["structure"] = OUTSIDE if m.words >= 6 else SHORT_OUTSIDE
        text = page.lines[i].text
        lone = len(text) <= 12 and not any(c.isdigit() for c in text)
        if (lone or words < 40) and not LETTER.search(text):
            votes[i]["structure"] = NO_WORDS


def _prose_around(page: Page, i: int, dropped: Sequence[bool]) -> int:
    """Words of the prose lines that stand together with line `i`."""
    total = 0
    for step in (-1, 1):
        j = i if step < 0 else i + 1
        while 0 <= j < len(page.lines) and page.prose[j] and not dropped[j] and total < RESUME_WORDS:
            total += page.measures[j].words
            j += step
    return total


def _widen(
    page: Page, first: int, last: int, lists: set[int], dropped: Sequence[bool], votes: Votes
) -> tuple[int, int]:
    """Add the heading above the run and the list below it."""
    if first < 0:
        return first, last
    above = first - 1
    titled = any(j in range(first) and {"title", "metadata"} & votes[j].keys() for j in range(first))
    if (
        above >= 0
        and not votes[above]
        and (titled or above == 0)
        and 1 < page.measures[above].words <= 40
        and above not in lists
    ):
        first = above

    def is_open(i: int) -> bool:
        return i < len(page.lines) and not dropped[i]

    while is_open(last + 1) and last + 1 in lists and (last in lists or page.lines[last].text.endswith((":", "："))):
        last += 1
    while is_open(last + 1) and page.measures[last + 1].ends and page.measures[last + 1].words >= 4:
        last += 1
    return first, last


# ------------------------------------------------------------------------------------------------------------- decision
def decide_labels(
    page: Page,
    roles: Mapping[int, Vote],
    titles: Sequence[int],
    kinds: Mapping[int, tuple[str, str, str]],
    *,
    overrides: Mapping[int, Vote] | None = None,
    corpus_lines: Mapping[str, int] | None = None,
    model: Sequence[Vote | None] | None = None,
    probabilities: Sequence[float] | None = None,
    keep_languages: bool = False,
    recall: bool = False,
) -> tuple[list[Decision], bool]:
    """Label every line of a page.

    Parameters
    ----------
    page
        The document.
    roles
        Lines whose metadata gives them a label.
    titles
        Positions of the title.
    kinds
        What the word lists said, from `word_kinds`.
    overrides
        A person's labels by position.
    corpus_lines
        Lines that many documents share, with the number of documents.
    model, probabilities
        The line model's votes and the probability that each line belongs to the body.
    keep_languages
        Keep lines of other languages than the page's.
    recall
        Keep prose that stands apart from the main run.

    Returns
    -------
    tuple of list of Decision and bool
        One decision a line, and whether the page seems to be in two languages.
    """
    votes: Votes = [{} for _ in page.lines]
    _vote_lexicon(page, kinds, votes)
    _vote_regions(page, kinds, votes)
    _vote_bio(page, kinds, roles, votes)
    _vote_disclaimers(page, votes)
    _vote_captions(page, votes)
    for i in titles:
        votes[i]["title"] = Vote("title", "title_line", "the line above the text whose words the article uses")
    _vote_metadata(page, roles, votes)
    _vote_repetition(page, corpus_lines or {}, votes)
    bilingual = False if keep_languages else _vote_language(page, votes)
    for i, vote in enumerate(model or ()):
        if vote is not None:
            votes[i]["model"] = vote
    _vote_structure(page, votes, recall)
    _name_kept(page, votes)
    for i, vote in (overrides or {}).items():
        votes[i]["override"] = vote
    chances: Sequence[float | None] = probabilities or [None] * len(votes)
    return [_decide(v, p) for v, p in zip(votes, chances, strict=True)], bilingual


def _name_kept(page: Page, votes: Votes) -> None:
    """The line model knows kept from dropped only; what kind of line a kept one is, structure says."""
    lists = _numbered(page)
    for i, vote in enumerate(votes):
        model = vote.get("model")
        if model and model.label in KEPT:
            structure = vote["structure"]
            same = structure.label in KEPT and structure.rule != "prose_apart"
            vote["model"] = model._replace(label=structure.label if same else _kept_kind(page, i, lists).label)


def _vote_metadata(page: Page, roles: Mapping[int, Vote], votes: Votes) -> None:
    """Bylines, dates and sources; a bare date inside the text is a heading of a chronicle, not this page's date."""
    for i, role in roles.items():
        inside = page.first_prose + 1 < i < page.last_prose
        if (
            role.label == "author_bio"
            or (inside and role.rule == "bare_stamp")
            or (inside and i > page.first_prose + 3 and role.rule == "author_cue")
        ):
            continue
        votes[i]["metadata"] = role


# Few sets of voters speak of many lines.
@lru_cache(maxsize=4096)
def _in_order(names: tuple[str, ...]) -> list[str]:
    return sorted(names, key=ORDER.index)


def _decide(votes: dict[str, Vote], probability: float | None) -> Decision:
    voters = _in_order(tuple(votes))
    chosen = votes[voters[0]]
    return Decision(
        chosen.label,
        intern(f"{voters[0]}.{chosen.rule}"),
        chosen.reason,
        probability,
        tuple((name, votes[name]) for name in voters),
    )


def listed_votes(votes: Sequence[tuple[str, Vote]]) -> str:
    """The votes on a line as the table of lines shows them: voter, label and rule of each, the deciding one first."""
    # Many lines have the same votes: one object for all of them.
    return intern("; ".join([f"{name}: {vote.label} ({vote.rule})" for name, vote in votes]))
