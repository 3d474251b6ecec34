"""`study.reader()`: any word, phrase or wildcard of the corpus, line by line, in a page that holds all it takes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import escape

from corpus_lib.context.concordance import source_line
from corpus_lib.corpus.spans import offsets_of
from corpus_lib.display.text import counted
from corpus_lib.files import packaged_table
from corpus_lib.report.reader import reader_html
from corpus_lib.tokens.folding import CHARACTERS, shapes
from corpus_lib.tokens.query import Node, find, unit_at
from corpus_lib.tokens.tokens import Tokens

# A page of a million tokens has about six megabytes, and opens within two seconds.
MOST_TOKENS = 1_200_000
WINDOW = 8
# Groups that a list of choices shows; and columns of the documents that are none.
GROUPS = range(2, 13)
NO_GROUPS = re.compile(
    "path|row|sha256|n_bytes|encoding.*|title|date_.*|n_words|.*review.*|paragraph.*|start|end|.*_given"
)
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
    facts, arrays = _packed(tokens, reviews)
    return Reader(
        reader_html({**facts, "title": title, "questions": asked}, arrays, title=title, note=note, home=home), note
    )


def with_hits(tokens: Tokens, nodes: Iterable[Node]) -> Tokens:
    """The units in which any of some nodes occurs."""
    found = np.zeros(tokens.n_units, dtype=bool)
    for node in nodes:
        found[unit_at(tokens, find(tokens, node)[0])] = True
    return tokens.where(found)


def _packed(tokens: Tokens, reviews: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `reader.js` takes: of each token its type, step to its first character, length, step to its source line, and whether it is quoted; of each unit size and document."""
    source: Any = tokens.source
    units, unit = tokens.units, tokens.unit_of()
    numbers, doc_ids = pd.factorize(units["doc_id"])
    documents = units.drop_duplicates("doc_id").set_index("doc_id").astype("str").fillna("")
    starts, ends = tokens.starts.astype(np.int64), tokens.ends.astype(np.int64)
    lines = source_line(tokens, {}, units["doc_id"].to_numpy(dtype=object)[unit], starts, ends)
    spans = units[["doc_id", "start", "end"]].itertuples(index=False)
    paragraphs = [source.text(doc_id)[start:end].rstrip() for doc_id, start, end in spans]
    first, last = _in_utf16(
        paragraphs, unit, [places - units["start"].to_numpy(np.int64)[unit] for places in (starts, ends)]
    )
    facts = {
        "window": WINDOW, "vocabulary": tokens.vocabulary.tolist(), "paragraphs": paragraphs, "languages": list(tokens.languages),
        "texts": [
            {"id": d, "name": source.name(d), "date": date, "review": reviews.get(d, "")} for d, date in documents["date_published"].items()
        ],
        "groups": {c: documents[c].tolist() for c in documents if not NO_GROUPS.fullmatch(c) and documents[c].nunique() in GROUPS},
        "shapes": {chr(c): plain for c, plain in shapes().items()}, "characters": CHARACTERS, "elisions": packaged_table("corpus_lib.tokens", "elisions.toml"),
    }  # fmt: skip
    arrays = {
        "ids": tokens.ids, "starts": np.diff(first, prepend=0), "lengths": last - first, "lines": np.diff(lines, prepend=0),
        "quoted": _quoted(tokens, numbers, doc_ids), "sizes": tokens.sizes, "documents": numbers,
    }  # fmt: skip
    return facts, arrays


def _in_utf16(paragraphs: Sequence[str], unit: Any, places: Sequence[Any]) -> list[Any]:
    """Places in the paragraphs, as a browser counts characters."""
    before = offsets_of([len(text) + 1 for text in paragraphs])[:-1]
    codes = np.frombuffer("\n".join([*paragraphs, ""]).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    wide = offsets_of(codes > 0xFFFF)
    return [at + wide[before[unit] + at] - wide[before[unit]] for at in places]


def _quoted(tokens: Tokens, numbers: Any, doc_ids: pd.Index) -> Any:
    """Whether each token stands in direct speech that ends somewhere."""
    source: Any = tokens.source
    spoken = source.quotations[source.quotations["balanced"].astype(bool) & source.quotations["doc_id"].isin(doc_ids)]
    # Documents one behind the other, so that all places are in one order.
    far = int(max(tokens.ends.max(initial=0), spoken["end"].max() if len(spoken) else 0)) + 1
    own, at = numbers[tokens.unit_of()] * far, doc_ids.get_indexer(spoken["doc_id"]) * far
    first = np.searchsorted(own + tokens.starts, at + spoken["start"].to_numpy(np.int64))
    last = np.searchsorted(own + tokens.ends, at + spoken["end"].to_numpy(np.int64), side="right")
    return tokens._inside(first, np.maximum(first, last))
