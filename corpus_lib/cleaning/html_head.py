"""What the markup of a page says beside its text: its titles and dates, which lines are headings and items, and which stand in a notice about cookies."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from typing import Any, NamedTuple

from corpus_lib.cleaning.packaged import packaged_table, patterns
from corpus_lib.corpus.html_text import page_tokens, read_html
from corpus_lib.corpus.spans import source_lines
from corpus_lib.loading.dates import read_dates

NOTICE, PUBLISHED_TIME, BETWEEN = patterns("html_head")
NAMES = packaged_table("html_head.toml")
LISTS, MARKS, CONTAINERS, ARTICLES = (frozenset(NAMES[kind]) for kind in ("lists", "marks", "containers", "articles"))
# Of titles with as many witnesses the one of the first of these is taken; the heading on the page is a witness that a reader sees.
SOURCES = ("headline", "og:title", "h1", "twitter:title", "title")


class Outline(NamedTuple):
    """Where headings, items of lists and notices about cookies stand in the source: from each place of `at` the mark of the same number holds."""

    at: Sequence[int]
    marks: Sequence[str]
    notices: Sequence[tuple[int, int]]


class Head(NamedTuple):
    """What a page states of itself: its titles by where they stand, its dates by field, its language with the region."""

    titles: Mapping[str, Sequence[str]]
    dates: Mapping[str, str]
    language: str


def read_outline(source: str) -> Outline:
    """The headings, items and notices of a page, in one pass.

    Examples
    --------
    >>> outline = read_outline("<div id=cookie-bar>We use cookies.</div><h2>Rain</h2><p>It rained.")
    >>> outline.marks, [source_end for _, source_end in outline.notices]
    (['', 'h2', ''], [41])
    """
    at, marks, notices = [0], [""], list[tuple[int, int]]()
    open_, inside, notice = list[str](), "", (0, 0)
    for token in page_tokens(source):
        name, closes = (token["name"] or "").lower(), bool(token["close"])
        if inside and name in ARTICLES:
            inside = ""
        elif not inside and name in CONTAINERS and not closes and NOTICE.search(token["attributes"]):
            inside, notice = name, (token.start(), 1)
        elif name and name == inside:
            notice = notice[0], notice[1] + (-1 if closes else 1)
            if not notice[1]:
                notices.append((notice[0], token.end()))
                inside = ""
        if name in MARKS or name in LISTS:
            _step(open_, name, closes)
            at.append(token.end())
            marks.append(open_[-1] if open_ and open_[-1] in MARKS else "")
    return Outline(at, marks, notices)


def _step(open_: list[str], name: str, closes: bool) -> None:
    """Open or close an element; a heading or an item that is still open ends where the next one begins."""
    if closes and name in LISTS:
        while open_ and open_.pop() != name:
            pass
    elif closes:
        del open_[-1 if open_[-1:] == [name] else len(open_) :]
    else:
        while name in MARKS and open_ and open_[-1] in MARKS:
            open_.pop()
        open_.append(name)


def line_marks(source: str, text: str, outline: Outline) -> dict[int, str]:
    """The mark of each line of the page's text, by its number: h1 to h6, li, or "notice"; lines without one are left out."""
    starts = read_html(source).starts
    found = dict[int, str]()
    for number, (start, end) in enumerate(source_lines(text), 1):
        place = int(starts[start]) if start < end else -1
        noticed = bisect_right(outline.notices, (place, len(source)))
        if place >= 0 and noticed and place < outline.notices[noticed - 1][1]:
            found[number] = "notice"
        elif place >= 0 and (mark := outline.marks[bisect_right(outline.at, place) - 1]):
            found[number] = mark
    return found


def without_notices(source: str, outline: Outline) -> str:
    """The page without its notices about cookies."""
    cuts = [0, *(place for notice in outline.notices for place in notice), len(source)]
    return "".join(source[a:b] for a, b in zip(cuts[::2], cuts[1::2], strict=True))


def read_head(tree: Any) -> Head:
    """What the head of a parsed page states, and its JSON-LD and its elements of time wherever they stand.

    Parameters
    ----------
    tree
        The page as lxml reads it.

    Returns
    -------
    Head
        Dates that can be read in one way only, as ISO strings.

    Examples
    --------
    >>> from lxml.html import document_fromstring
    >>> page = "<html lang=en-US><meta property='og:title' content='Rain'><time class=published datetime=2024-05-03>May 3</time>"
    >>> head = read_head(document_fromstring(page))
    >>> head.titles["og:title"], head.dates, head.language
    (['Rain'], {'date_published': '2024-05-03'}, 'en-US')
    """
    said: dict[str, list[str]] = {"title": [_flat(found.text_content()) for found in tree.iter("title")][:1]}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        said.setdefault(name.lower(), []).append(_flat(meta.get("content", "")))
    for script in tree.iter("script"):
        for item in _items(script.text or "") if "ld+json" in script.get("type", "") else ():
            for name in ("headline", "datePublished", "dateModified"):
                said.setdefault(name, []).append(_flat(item.get(name)))
    for time in tree.iter("time"):
        role = " ".join(time.get(name, "") for name in ("itemprop", "class", "pubdate"))
        if PUBLISHED_TIME.search(role) or "pubdate" in time.attrib:
            said.setdefault("time", []).append(time.get("datetime", ""))
    dates = {field: _first_date(said.get(name, ()) for name in names) for field, names in NAMES["dates"].items()}
    titles = {name: [text for text in said.get(name, ()) if text][:1] for name in SOURCES}
    return Head(titles, {field: date for field, date in dates.items() if date}, tree.get("lang") or "")


def _flat(text: Any) -> str:
    """A text on one line; some pages write references of characters into data that has none."""
    return " ".join(unescape(text).split()) if isinstance(text, str) else ""


def _items(text: str) -> Iterator[Mapping[str, Any]]:
    """The items of JSON-LD that have a headline or a date, in their order."""
    try:
        left = [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return
    while left:
        item = left.pop()
        if isinstance(item, dict):
            if not item.keys().isdisjoint(("headline", "datePublished")):
                yield item
            left += reversed(item.values())
        elif isinstance(item, list):
            left += reversed(item)


def _first_date(said: Iterable[Sequence[str]]) -> str:
    return next((iso for texts in said for iso in read_dates(texts[:1]).iso if iso), "")


def head_title(titles: Mapping[str, Sequence[str]]) -> tuple[str, int]:
    """The title with the most witnesses among the others, which may add the name of the site; and how many these are.

    Examples
    --------
    >>> head_title({"og:title": ["Rain - The Post"], "h1": ["Rain", "More"], "title": ["Rain - The Post"]})
    ('Rain', 3)
    """
    named = [
        (name, text, letters) for name in SOURCES for text in titles.get(name, ()) if (letters := letters_of(text))
    ]
    support = [
        len({other for other, _, held in named if other != name and letters in held}) + (name == "h1")
        for name, _, letters in named
    ]
    best = support.index(max(support)) if named else -1
    if best < 0 or (named[best][0] == "h1" and support[best] < 2):
        return "", 0
    return (named[best][1], support[best]) if support[best] else (max(BETWEEN.split(named[best][1]), key=len), 0)


def letters_of(text: str) -> str:
    """The letters and digits of a text, small."""
    return "".join(filter(str.isalnum, text.casefold()))
