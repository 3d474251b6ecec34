"""Where the words, texts and lines of a page lead: words into the reader with their question, lines to their marked place in the source."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from corpus_lib.display.allow_list import _soup
from corpus_lib.display.rendered import templates
from corpus_lib.files import packaged_table

COLUMNS = packaged_table("corpus_lib.report", "links.toml")


@dataclass(frozen=True)
class Links:
    """What the pages of a run can lead to.

    Attributes
    ----------
    reviews
        Document -> file of its review page.
    texts
        What a document is called on a page -> the document.
    questions
        Name of what the study asks for -> its question to the reader.
    words
        The words that the reader finds.
    """

    reviews: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    words: Set[str] = frozenset()

    def asked(self, said: str) -> str:
        """The question for a word, a phrase, or what the study asks for; "" where the reader would find nothing.

        Examples
        --------
        >>> links = Links(questions={"War": "war|wars"}, words={"cold", "wars"})
        >>> links.asked("War"), links.asked("Cold wars"), links.asked("peace")
        ('war|wars', 'cold wars', '')
        """
        words = said.lower().split()
        return " ".join(words) if words and self.words >= {*words} else self.questions.get(said, "")

    def lines(self, question: str) -> str:
        """Address of the reader with a question; "" where there is none.

        Examples
        --------
        >>> Links().lines("war|wars"), Links().lines("")
        ('../reader.html#q=war%7Cwars', '')
        """
        return question and f"../reader.html#q={quote(question, '')}"

    def source(self, said: str, line: str = "") -> str:
        """Address of a text on its review page, at a line; "" where it has no such page.

        Examples
        --------
        >>> Links({"a": "a.html"}, {"a.txt": "a"}).source("a.txt, line 7, bytes 1-3")
        'review/a.html#line-7'
        """
        named, _, cited = said.partition(", line ")
        file = self.reviews.get(self.texts.get(named, named), "")
        number = cited.partition(",")[0] or line
        return file and f"review/{quote(file)}" + f"#line-{number}" * number.isdigit()


NO_LINKS = Links()


def link_words(soup: Any, links: Links) -> None:
    """Names and words that a sentence sets in bold lead to their lines."""
    for element in soup.find_all("strong"):
        _lead(element, [(_said(element), links.lines(links.asked(_said(element))))])


def link_tables(soup: Any, links: Links) -> None:
    """In tables, words lead to their lines, and texts to their source and the row's line in it."""
    for table in soup.find_all("table"):
        heads = table.select("thead th, thead td")
        names = [str(head.get("data-column", "")) or head.get_text() for head in heads]
        for cells in (row.find_all(["th", "td"]) for row in table.select("tbody tr")):
            _link_row(dict(zip(names, cells, strict=True)) if len(cells) == len(names) else {}, links)
        for head, name in zip(heads, names, strict=True):
            _lead(head, [(_said(head), links.source(name))])


def _link_row(cells: Mapping[str, Any], links: Links) -> None:
    said = {name: _said(cell) for name, cell in cells.items()}
    line = next((said[name].replace(",", "") for name in COLUMNS["lines"] if name in said), "")
    for name, cell in cells.items():
        if name in COLUMNS["texts"]:
            _lead(cell, [(said[name], links.source(said[name], line))])
        elif name in COLUMNS["names"]:
            _lead(cell, [(said[name], links.lines(links.questions.get(said[name], "")))])
        elif name in COLUMNS["words"] and "n" not in cell.get_attribute_list("class"):
            parts = [said[name]] if links.asked(said[name]) else re.split("(, |: )", said[name])
            _lead(cell, [(part, links.lines(links.asked(part))) for part in parts])


def _lead(element: Any, parts: Sequence[tuple[str, str]]) -> None:
    """Make links of those parts of an element's text that have an address."""
    if any(address for _, address in parts) and not (element.find("a") or element.find_parent("a")):
        made = _soup(templates("report").get_template("links.html.j2").render(parts=parts))
        element.clear()
        element.extend(list(made.contents))


def _said(element: Any) -> str:
    return str(element.get_text()).strip("\u2066\u2067\u2068\u2069 ")
