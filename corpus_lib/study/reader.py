"""`study.reader()`: any word, phrase or wildcard of the corpus, line by line, in a page that holds all it takes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import escape

from corpus_lib.context.concordance import source_line
from corpus_lib.display.text import counted
from corpus_lib.report.reader import reader_html
from corpus_lib.tokens.folding import APOSTROPHES, CAPITALS, ELISIONS, GERSHAYIM, MARKS, UNSPACED, shapes
from corpus_lib.tokens.query import Node, find, unit_at
from corpus_lib.tokens.tokens import Tokens

# A page of a million tokens has about six megabytes, and opens within two seconds.
MOST_TOKENS = 1_200_000
WINDOW = 8
# Groups that a list of choices shows; and columns of the documents that are none.
GROUPS = range(2, 13)
NO_GROUPS = r"path|row|sha256|n_bytes|encoding.*|title|date_.*|n_words|review_reasons|paragraph_mode|start|end|.*_given"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, repr=False)
class Reader:
    """A page in which any word of a corpus is looked up; in a notebook it opens below its cell.

    Attributes
    ----------
    page
        The HTML.
    note
        What the page does not hold.
    """

    page: str
    note: str = ""

    def __repr__(self) -> str:
        return f"Reader of {len(self.page):,} characters of HTML{self.note and ': '}{self.note}"

    def _repr_html_(self) -> str:
        # The frame is of no origin: its script reaches neither the notebook nor what is kept for it.
        return f'<iframe title="Reader" sandbox="allow-scripts" width="100%" height="700" srcdoc="{escape(self.page)}"></iframe>'


def read_in_page(
    tokens: Tokens,
    title: str,
    questions: Mapping[str, Node] = MappingProxyType({}),
    *,
    reviews: Mapping[str, str] = NOTHING,
    home: str = "",
) -> Reader:
    """The reader of a corpus; of a larger one than a page can hold, of the paragraphs in which something that is asked for stands.

    Parameters
    ----------
    tokens
        By paragraph.
    title
        Of the study.
    questions
        Name -> node that is offered to begin with.
    reviews
        Document -> address of its review page.
    home
        Address of the report's entry page.
    """
    note = ""
    if tokens.n_tokens > MOST_TOKENS:
        said = f"Of {counted(tokens.n_tokens, 'word')}, more than a page can hold, this page"
        tokens, names = with_hits(tokens, questions.values()), ", ".join(questions)
        fits = 0 < tokens.n_tokens <= MOST_TOKENS
        note = f"{said} has {f'only the paragraphs with {names}: lines of these are complete' if fits else 'none'}. Any word is found by `corpus-lib find CORPUS WORD`."
        if not fits:
            return Reader(reader_html({}, {}, title=title, note=note, home=home), note)
    asked = {name: node if isinstance(node, str) else "|".join(map(str, node)) for name, node in questions.items()}
    facts = _facts(tokens, reviews) | {"title": title, "questions": asked}
    return Reader(reader_html(facts, _arrays(tokens), title=title, note=note, home=home), note)


def with_hits(tokens: Tokens, nodes: Iterable[Node]) -> Tokens:
    """The units in which any of some nodes occurs."""
    found = np.zeros(tokens.n_units, dtype=bool)
    for node in nodes:
        found[unit_at(tokens, find(tokens, node)[0])] = True
    return tokens.where(found)


def _paragraphs(tokens: Tokens) -> list[str]:
    spans = tokens.units[["doc_id", "start", "end"]].itertuples(index=False)
    return [tokens.source.text(doc_id)[start:end].rstrip() for doc_id, start, end in spans]


def _documents(tokens: Tokens) -> tuple[Any, pd.DataFrame]:
    """The number of each unit's document, in the order of the corpus, and the documents."""
    numbers, doc_ids = pd.factorize(tokens.units["doc_id"])
    return numbers, tokens.units.drop_duplicates("doc_id").set_index("doc_id").loc[list(doc_ids)]


def _facts(tokens: Tokens, reviews: Mapping[str, str]) -> dict[str, Any]:
    source: Any = tokens.source
    documents = _documents(tokens)[1].astype("str").fillna("")
    dates = documents["date_published"] if "date_published" in documents else [""] * len(documents)
    texts = [
        {"id": doc_id, "name": source.name(doc_id), "date": date, "review": reviews.get(doc_id, "")}
        for doc_id, date in zip(documents.index, dates, strict=True)
    ]
    groups = {c: documents[c].tolist() for c in documents if not re.fullmatch(NO_GROUPS, str(c)) and documents[c].nunique() in GROUPS}  # fmt: skip
    signs = {"unspaced": UNSPACED, "marks": MARKS, "apostrophes": APOSTROPHES, "gershayim": GERSHAYIM}
    return {
        "window": WINDOW, "vocabulary": tokens.vocabulary.tolist(), "paragraphs": _paragraphs(tokens), "texts": texts, "groups": groups,
        "languages": list(tokens.languages), "shapes": {chr(c): plain for c, plain in shapes().items()},
        "capitals": {code: {chr(c): small for c, small in CAPITALS.get(code, {}).items()} for code in tokens.languages},
        "elisions": {code: {name: sorted(words) for name, words in ELISIONS.get(code, {}).items()} for code in tokens.languages if code in ELISIONS},
        # JavaScript writes characters beyond four digits in braces.
        **{name: re.sub(r"\\U000([0-9a-f]{5})", r"\\u{\1}", written) for name, written in signs.items()},
    }  # fmt: skip


def _arrays(tokens: Tokens) -> dict[str, Any]:
    """Of each token its type, step to its first character, length, step to its source line, and whether it is quoted; of each unit size and document."""
    unit, (numbers, _) = tokens.unit_of(), _documents(tokens)
    doc_ids = tokens.units["doc_id"].to_numpy(dtype=object)[unit]
    starts, ends = tokens.starts.astype(np.int64), tokens.ends.astype(np.int64)
    lines = source_line(tokens, {}, doc_ids, starts, ends)
    paragraphs = _paragraphs(tokens)
    before = np.concatenate([[0], np.cumsum([len(text) + 1 for text in paragraphs])])[:-1]
    own = before[unit] - tokens.units["start"].to_numpy(dtype=np.int64)[unit]
    # A browser counts characters in units of UTF-16.
    codes = np.frombuffer("\n".join([*paragraphs, ""]).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    wide = np.concatenate([[0], np.cumsum(codes > 0xFFFF)])
    first, last = (places + own + wide[places + own] for places in (starts, ends))
    first, last = (places - (before + wide[before])[unit] for places in (first, last))
    return {
        "ids": tokens.ids, "starts": np.diff(first, prepend=0), "lengths": last - first, "lines": np.diff(lines, prepend=0),
        "quoted": _quoted(tokens, numbers), "sizes": tokens.sizes, "documents": numbers,
    }  # fmt: skip


def _quoted(tokens: Tokens, numbers: Any) -> Any:
    """Whether each token stands in direct speech that ends somewhere."""
    quotations = tokens.source.quotations  # type: ignore[attr-defined]
    spoken = quotations[quotations["balanced"].astype(bool)]
    # Documents one behind the other, so that all places are in one order.
    far = int(max(tokens.ends.max(initial=0), spoken["end"].max() if len(spoken) else 0)) + 1
    own, known = numbers[tokens.unit_of()].astype(np.int64) * far, pd.factorize(tokens.units["doc_id"])[1]
    at = known.get_indexer(spoken["doc_id"])
    start, end = (
        at[at >= 0].astype(np.int64) * far + spoken[name].to_numpy(np.int64)[at >= 0] for name in ("start", "end")
    )
    first, last = np.searchsorted(own + tokens.starts, start), np.searchsorted(own + tokens.ends, end, side="right")
    return tokens._inside(first, np.maximum(first, last))
