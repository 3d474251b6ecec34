"""The types `Corpus` and `CleanCorpus`: documents, their text, and the way back from any character to the bytes of the source.

A `Corpus` is what was read. A `CleanCorpus` is what the cleaning kept of it, with every decision beside it: its text is a function of the
source, `lines`, `edits` and `paragraphs`, and `segments` holds the map between the two. How the decisions are made is left to
`corpus_lib.cleaning`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from corpus_lib.corpus.html_text import HTML_SUFFIXES, read_html
from corpus_lib.errors import InvalidValue, MissingFile, NotFound
from corpus_lib.files import read_frame, write_frame
from corpus_lib.folders import check_seal, checksums, new_data, publish, wrong_file
from corpus_lib.immutable import hands_out_copies

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Citation", "CleanCorpus", "Corpus", "TextSource", "source_lines"]

Span = tuple[int, int]
FORMAT, FORMAT_VERSION = "corpus_lib clean corpus", 2
# The line ends of text files. `str.splitlines` would also split at form feeds, U+0085 and U+2028, which editors do not count as lines.
LINE_END = re.compile(r"\r\n|\n|\r")
CLEAN_TABLES = (
    "documents",
    "evidence",
    "lines",
    "edits",
    "flags",
    "paragraphs",
    "quotations",
    "duplicates",
    "segments",
    "overrides",
)


@dataclass(frozen=True)
class Citation:
    """Where a stretch of text stands in the source.

    Attributes
    ----------
    doc_id, path
        The document, and its file relative to the corpus.
    row
        Row of the table that holds the document (from 0), `None` for a file.
    sha256
        Hash of the document's bytes, so that a reader can tell whether it is still the same source.
    first_line, last_line
        Lines of the source, counted from 1, blank ones included; of an HTML page, lines of the text that it shows (`Corpus.text`).
    byte_start, byte_end
        First byte, and the byte after the last one.
    segments
        Byte ranges that hold the words; more than one when something was dropped, or markup stands, in between.
    quote
        What the source says there, before any repair and without markup; ' … ' where something was dropped.
    """

    doc_id: str
    path: str
    row: int | None
    sha256: str
    first_line: int
    last_line: int
    byte_start: int
    byte_end: int
    segments: tuple[Span, ...]
    quote: str

    def __str__(self) -> str:
        lines = (
            f"line {self.first_line}"
            if self.first_line == self.last_line
            else f"lines {self.first_line}-{self.last_line}"
        )
        row = "" if self.row is None else f", row {self.row}"
        return f"{self.path}{row}, {lines}, bytes {self.byte_start}-{self.byte_end}"

    def _repr_html_(self) -> str:
        from corpus_lib.display.cards import card

        said = pd.Series({"quote": self.quote, "sha256": self.sha256}, name="value").rename_axis("what")
        return card(f"Citation: {self}", said, next_step="corpus.source_bytes(doc_id)[byte_start:byte_end]")


class TextSource(Protocol):
    """What tokens need of the corpus they came from."""

    @property
    def documents(self) -> pd.DataFrame:
        """One row a document, indexed by doc_id."""

    @property
    def paragraphs(self) -> pd.DataFrame:
        """One row a paragraph: doc_id, paragraph, text, start, end, first_line, last_line."""

    def text(self, doc_id: str) -> str:
        """The document's text."""

    def cite(self, doc_id: str, start: int, end: int) -> Citation:
        """The source of characters `start` to `end` of that text."""


def source_lines(text: str) -> list[Span]:
    r"""Character spans of the lines of `text` without their ends; only ``\n``, ``\r\n`` and ``\r`` end a line.

    Examples
    --------
    >>> source_lines("a\r\n\rbc")
    [(0, 1), (3, 3), (4, 6)]
    """
    starts, ends = [0], []
    for match in LINE_END.finditer(text):
        ends.append(match.start())
        starts.append(match.end())
    return list(zip(starts, [*ends, len(text)], strict=True))


def byte_offsets(text: str, encoding: str) -> np.ndarray:
    """Byte offset of every character of `text` and of its end, for the stateless encodings that `load_corpus` admits."""
    codec = encoding.lower().replace("_", "-")
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    if codec in ("utf-8", "ascii"):
        widths = 1 + (points > 0x7F).astype(np.uint8) + (points > 0x7FF) + (points > 0xFFFF)
    elif codec in ("utf-16-le", "utf-16-be"):
        widths = 2 + 2 * (points > 0xFFFF).astype(np.uint8)
    else:
        width_of = {c: len(c.encode(encoding)) for c in set(text)}
        widths = np.fromiter((width_of[c] for c in text), dtype=np.int64, count=len(text))
    offsets = np.zeros(len(widths) + 1, dtype=np.int64)
    np.cumsum(widths, out=offsets[1:])
    return offsets


class _Map(NamedTuple):
    """A document's text, the bytes of each character, byte offsets of all characters and of the end, and the first character of each line."""

    text: str
    starts: np.ndarray
    ends: np.ndarray
    at: np.ndarray
    lines: np.ndarray

    def bytes_of(self, start: int, end: int) -> list[Span]:
        """Byte ranges of the characters `start` to `end`, without the markup between them."""
        if start == end:
            return [(int(self.at[start]), int(self.at[start]))]
        starts, ends = self.starts[start:end], self.ends[start:end]
        cuts = [0, *(np.flatnonzero(starts[1:] > ends[:-1]) + 1).tolist(), end - start]
        pieces = [(int(starts[a]), int(ends[b - 1])) for a, b in pairwise(cuts)]
        # The line ends between two blocks of a page have no bytes.
        return [(a, b) for a, b in pieces if a < b] or pieces[:1]


def _map_of(source: str, encoding: str, *, html: bool) -> _Map:
    offsets = byte_offsets(source, encoding)
    if html:
        text, first, last = read_html(source)
        starts, ends = offsets[first], offsets[last]
        at = np.concatenate([starts, ends[-1:] if len(ends) else offsets[:1]])
    else:
        text, starts, ends, at = source, offsets[:-1], offsets[1:], offsets
    return _Map(text, starts, ends, at, np.array([start for start, _ in source_lines(text)], dtype=np.int64))


@hands_out_copies
@dataclass(frozen=True, repr=False)
class Corpus:
    """Documents as they were read: bytes, encodings, hashes, and what could not be read.

    Of an HTML page (by the suffix of its `path`) the bytes are those of the file, and `text` is what a browser would show of them; lines, characters
    and their numbers are those of `text`, byte offsets those of the file. Of every other document `text` is the decoded bytes.

    Attributes
    ----------
    documents
        Index `doc_id`; `path` (relative), `sha256`, `n_bytes`, `encoding`, `encoding_basis`, a table's own columns and `row`.
    problems
        What was left out and why: `path`, `problem`, `advice`.
    sources
        The bytes of each document; of a table's document the UTF-8 of its text cell, of `.docx` and `.pdf` the UTF-8 of the text that was read from them.
    """

    documents: pd.DataFrame
    problems: pd.DataFrame
    sources: Mapping[str, bytes]

    @cached_property
    def _last_map(self) -> list[tuple[str, _Map]]:
        return []

    def _map(self, doc_id: str) -> _Map:
        """The way from characters to bytes and lines; kept for one document, since citations come in runs."""
        for known, found in self._last_map:
            if known == doc_id:
                return found
        source = self.source(doc_id)
        made = _map_of(source, str(self._encodings[doc_id]), html=self.is_html(doc_id))
        self._last_map[:] = [(doc_id, made)]
        return made

    # What the rows say of a text, at hand: looking into a frame once a document costs more than reading the text.
    @cached_property
    def _encodings(self) -> Mapping[str, str]:
        documents = self.documents
        return dict(zip(documents.index, documents["encoding"], strict=True))

    @cached_property
    def _pages(self) -> frozenset[str]:
        paths = self.documents["path"]
        return frozenset(i for i, path in paths.items() if str(path).lower().endswith(HTML_SUFFIXES))

    def is_html(self, doc_id: str) -> bool:
        """Whether the document's bytes are those of an HTML page, by the suffix of its path."""
        return doc_id in self._pages

    def byte_offsets(self, doc_id: str) -> np.ndarray:
        """Byte offset of every character of `text(doc_id)`, and of its end.

        Of an HTML page the bytes between two offsets may hold markup beside the character; `cite` leaves it out.
        """
        return self._map(doc_id).at

    def text_at(self, doc_id: str, byte_start: int, byte_end: int) -> str:
        """The characters of `text(doc_id)` that the bytes `byte_start` to `byte_end` of the source hold."""
        known = self._map(doc_id)
        start, end = np.searchsorted(known.at, [byte_start, byte_end])
        return known.text[start:end]

    def source_bytes(self, doc_id: str) -> bytes:
        """The document's bytes, unchanged."""
        try:
            return self.sources[doc_id]
        except KeyError:
            raise _unknown_document(doc_id, self.documents.index) from None

    def source(self, doc_id: str) -> str:
        """The document's bytes decoded; encoding this text again gives the same bytes."""
        return self.source_bytes(doc_id).decode(self._encodings[doc_id])

    def text(self, doc_id: str) -> str:
        """The text that is analysed: of a corpus that was not cleaned, the source as it is, and of an HTML page all the text that it shows."""
        return self._map(doc_id).text if self.is_html(doc_id) else self.source(doc_id)

    def utf8(self, doc_id: str) -> bytes:
        """The same text as UTF-8, for which most sources need not be decoded."""
        is_source = self._encodings.get(doc_id) == "utf-8" and not self.is_html(doc_id)
        return self.source_bytes(doc_id) if is_source else self.text(doc_id).encode("utf-8")

    def cite(self, doc_id: str, start: int, end: int) -> Citation:
        """Source of the characters `start` to `end` of `text(doc_id)`."""
        _check_span(doc_id, start, end, len(self.text(doc_id)))
        return self.cite_source(doc_id, [(start, end)])

    def to_source(self, doc_id: str, start: int, end: int) -> list[Span]:
        """Byte ranges of the characters `start` to `end` of `text(doc_id)`."""
        return list(self.cite(doc_id, start, end).segments)

    def cite_source(self, doc_id: str, spans: Sequence[Span]) -> Citation:
        """Citation of character spans of `text(doc_id)`, which are in order; spans whose bytes touch become one segment."""
        known = self._map(doc_id)
        row = self.documents.loc[doc_id]
        pieces = _joined(piece for a, b in spans for piece in known.bytes_of(a, b))
        lines = np.searchsorted(known.lines, [spans[0][0], max(spans[-1][1] - 1, spans[0][0])], side="right")
        number = row.get("row")
        return Citation(
            doc_id, str(row["path"]), None if pd.isna(number) else int(number), str(row["sha256"]), int(lines[0]), int(lines[1]),
            pieces[0][0], pieces[-1][1], pieces, " … ".join(known.text[a:b] for a, b in _joined(spans)),
        )  # fmt: skip

    @cached_property
    def paragraphs(self) -> pd.DataFrame:
        """Blocks between blank lines: `doc_id`, `paragraph`, `text`, `start`, `end`, `first_line`, `last_line`."""
        rows = [row for doc_id in self.documents.index for row in _blocks(doc_id, self.text(doc_id))]
        frame = pd.DataFrame(rows, columns=["doc_id", "paragraph", "text", "start", "end", "first_line", "last_line"])
        frame.index = pd.Index(
            [f"{d}:{p}" for d, p in zip(frame["doc_id"], frame["paragraph"], strict=True)],
            name="paragraph_id",
            dtype="str",
        )
        return frame

    def __repr__(self) -> str:
        size = int(self.documents["n_bytes"].sum())
        return f"Corpus({len(self.documents)} documents, {size} bytes, {len(self.problems)} problems)"

    def _repr_html_(self) -> str:
        from corpus_lib.display.cards import card

        columns = [c for c in ("path", "n_bytes", "encoding", "encoding_basis") if c in self.documents]
        return card(
            repr(self),
            self.documents[columns],
            next_step="clean_corpus(corpus), or tokenize(corpus) for the text as it is",
        )


@hands_out_copies
@dataclass(frozen=True, repr=False)
class CleanCorpus:
    """A corpus with every cleaning decision, and the text that they leave.

    Attributes
    ----------
    corpus
        What was read.
    documents
        The corpus's documents with `title`, `author`, `source`, `publisher`, `date_published`, `date_modified`, `date_event`, `language`,
        `needs_review`, `n_words`; stated values only.
    evidence
        Every candidate for such a field: where it stands, by which rule, on which basis, with what confidence, and whether it decided.
    lines
        One row a line that is not blank: its label, whether it is kept, the rule and the reason.
    edits
        Every change inside a kept line, with its bytes.
    flags
        What was noticed and left as it is, on every line.
    paragraphs, quotations, duplicates
        The clean text by paragraph, direct speech in it, and documents that share their text.
    segments
        The map between clean text and source: `start`, `end` in `text(doc_id)`; `source_start`, `source_end` in `corpus.text(doc_id)`;
        `byte_start`, `byte_end`; `line`; `kind` is "copy" (the same characters) or "edit" (replaced as a whole).
    overrides
        A person's decisions and what became of them.
    settings
        What the cleaning was asked to do.
    """

    corpus: Corpus
    documents: pd.DataFrame
    evidence: pd.DataFrame
    lines: pd.DataFrame
    edits: pd.DataFrame
    flags: pd.DataFrame
    paragraphs: pd.DataFrame
    quotations: pd.DataFrame
    duplicates: pd.DataFrame
    segments: pd.DataFrame
    overrides: pd.DataFrame
    settings: Mapping[str, Any]

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        grouped = self.paragraphs.groupby("doc_id", sort=False)["text"]
        return {**dict.fromkeys(self.documents.index, ""), **{doc_id: "\n\n".join(texts) for doc_id, texts in grouped}}

    @cached_property
    def _segments(self) -> Mapping[str, np.ndarray]:
        columns = ["start", "end", "source_start", "source_end"]
        copied = self.segments["kind"].eq("copy").to_numpy()
        values = np.column_stack([self.segments[columns].to_numpy(dtype=np.int64), copied])
        return {doc_id: values[rows] for doc_id, rows in self.segments.groupby("doc_id", sort=False).indices.items()}

    def source(self, doc_id: str) -> str:
        """The document as it was read."""
        return self.corpus.source(doc_id)

    def source_bytes(self, doc_id: str) -> bytes:
        """The bytes of the document as they were read."""
        return self.corpus.source_bytes(doc_id)

    def text(self, doc_id: str) -> str:
        """The clean body of a document: its paragraphs joined by two newlines."""
        try:
            return self._texts[doc_id]
        except KeyError:
            raise _unknown_document(doc_id, self.documents.index) from None

    def utf8(self, doc_id: str) -> bytes:
        """The same text as UTF-8."""
        return self.text(doc_id).encode("utf-8")

    def cite(self, doc_id: str, start: int, end: int) -> Citation:
        """Source of the characters `start` to `end` of `text(doc_id)`.

        An edit is cited whole: half of a repaired word has no bytes of its own.

        Parameters
        ----------
        doc_id
            The document.
        start, end
            Characters of `text(doc_id)`, `end` excluded.

        Returns
        -------
        Citation
            File, row, hash, lines, byte ranges and what the source says there.

        Raises
        ------
        InvalidValue
            If the span is empty, lies outside the text, or holds nothing but the white space between two paragraphs.
        """
        spans = self._source_spans(doc_id, start, end)
        if not spans:
            raise InvalidValue(
                f"`start`, `end` must cover at least one character of the source; {start} to {end} of {doc_id!r} holds only the white "
                "space that joins two lines. Widen the span."
            )
        return self.corpus.cite_source(doc_id, spans)

    def to_source(self, doc_id: str, start: int, end: int) -> list[Span]:
        """Byte ranges of the source that the characters `start` to `end` of `text(doc_id)` came from."""
        spans = self._source_spans(doc_id, start, end)
        return list(self.corpus.cite_source(doc_id, spans).segments) if spans else []

    def _source_spans(self, doc_id: str, start: int, end: int) -> list[Span]:
        size = len(self.text(doc_id))
        _check_span(doc_id, start, end, size)
        segments = self._segments.get(doc_id, np.empty((0, 5), dtype=np.int64))
        first, last = np.searchsorted(segments[:, 1], start), np.searchsorted(segments[:, 0], end, side="right")
        spans = []
        for a, b, source_a, source_b, copied in segments[first:last].tolist():
            inside = a < end and b > start
            # A deletion has no width: it belongs to the spans that run across it, and to the whole text at its two ends.
            deleted = a == b and (start < a < end or (a == start == 0) or (a == end == size))
            if copied and inside:
                spans.append((source_a + max(start - a, 0), source_b - max(b - end, 0)))
            elif inside or deleted:
                spans.append((source_a, source_b))
        return spans

    def review_html(self, doc_id: str) -> str:
        """A page that shows the whole source of a document with every decision: kept, dropped and why, edits as differences."""
        from corpus_lib.report.review_page import review_html

        return review_html(self, doc_id)

    def save(self, folder: str | Path) -> None:
        """Write the corpus and all decisions to `folder` (Parquet, JSON and the source bytes); `load` gives them back."""
        folder = Path(folder)
        ids = list(self.documents.index)
        frames = {name: getattr(self, name) for name in CLEAN_TABLES}
        frames |= {"corpus_documents": self.corpus.documents, "corpus_problems": self.corpus.problems}
        with new_data(folder) as data:
            (data / "sources.bin").write_bytes(b"".join(self.corpus.sources[i] for i in ids))
            for name, frame in frames.items():
                write_frame(data / f"{name}.parquet", frame)
            manifest = {
                "format": FORMAT, "version": FORMAT_VERSION, "settings": dict(self.settings), "files": checksums(data),
                "sizes": [len(self.corpus.sources[i]) for i in ids], "doc_ids": ids,
            }  # fmt: skip
            publish(folder, data, manifest)

    @classmethod
    def load(cls, folder: str | Path) -> CleanCorpus:
        """Read what `save` wrote; a folder of another version, or one that was changed, is refused with a sentence."""
        folder = Path(folder)
        manifest = _read_manifest(folder)
        data = folder / manifest["data"]
        changed = [name for name, known in manifest["files"].items() if wrong_file(data / name, known)]
        if changed:
            raise InvalidValue(
                f"{folder.name!r} does not hold what was saved: {', '.join(changed)} is missing or was changed. Save the corpus again."
            )
        blob = (data / "sources.bin").read_bytes()
        ends = np.cumsum(manifest["sizes"]).tolist()
        sources = {i: blob[b - n : b] for i, n, b in zip(manifest["doc_ids"], manifest["sizes"], ends, strict=True)}
        frames = {
            name: read_frame(data / f"{name}.parquet")
            for name in (*CLEAN_TABLES, "corpus_documents", "corpus_problems")
        }
        corpus = Corpus(frames.pop("corpus_documents"), frames.pop("corpus_problems"), MappingProxyType(sources))
        return cls(corpus=corpus, settings=MappingProxyType(manifest["settings"]), **frames)

    def __repr__(self) -> str:
        kept = int(self.lines["keep"].sum()) if len(self.lines) else 0
        return (
            f"CleanCorpus({len(self.documents)} documents, {kept} of {len(self.lines)} lines kept, {len(self.edits)} edits, "
            f"{len(self.flags)} flags)"
        )

    def _repr_html_(self) -> str:
        from corpus_lib.display.cards import card

        columns = ["title", "source", "date_published", "language", "n_words", "needs_review"]
        return card(
            repr(self),
            self.documents[columns],
            next_step="tokenize(clean), clean.lines for the decisions, clean.cite for the source",
        )


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not path.is_file():
        raise MissingFile(
            f"{folder.name!r} is not a saved corpus: it has no manifest.json. Name a folder that CleanCorpus.save wrote."
        )
    try:
        manifest: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidValue(f"{folder.name}/manifest.json cannot be read ({error}). Save the corpus again.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else type(manifest).__name__
        raise InvalidValue(
            f"{folder.name!r} is not a saved corpus: its manifest says {found!r}. Name a folder that CleanCorpus.save wrote."
        )
    if manifest.get("version") != FORMAT_VERSION:
        raise InvalidValue(
            f"{folder.name!r} was saved in format {manifest.get('version')!r}; this version reads {FORMAT_VERSION}. Save the corpus again."
        )
    check_seal(folder, manifest, "Save the corpus again.")
    return dict(manifest)


def _blocks(doc_id: str, text: str) -> list[tuple[str, int, str, int, int, int, int]]:
    """Rows of `Corpus.paragraphs` of one document."""
    rows: list[tuple[str, int, str, int, int, int, int]] = []
    lines = [(n, a, b) for n, (a, b) in enumerate(source_lines(text), 1) if text[a:b].strip()]
    block: list[tuple[int, int, int]] = []
    for line in [*lines, None]:
        if block and (line is None or line[0] > block[-1][0] + 1):
            start, end = block[0][1], block[-1][2]
            rows.append((doc_id, len(rows) + 1, text[start:end], start, end, block[0][0], block[-1][0]))
            block = []
        if line is not None:
            block.append(line)
    return rows


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch, or share a character reference, made one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and joined[-1][1] >= start:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _check_span(doc_id: str, start: int, end: int, size: int) -> None:
    if not 0 <= start < end <= size:
        raise InvalidValue(
            f"`start`, `end` must be 0 <= start < end <= {size}, the length of the text of {doc_id!r}; found {start!r}, {end!r}. "
            "Use the offsets of tokens, paragraphs or a concordance."
        )


def _unknown_document(doc_id: object, index: pd.Index) -> NotFound:
    first = ", ".join(repr(i) for i in index[:5])
    return NotFound(
        f"`doc_id` must be one of the {len(index)} documents ({first}{', …' * (len(index) > 5)}); found {doc_id!r}."
    )
