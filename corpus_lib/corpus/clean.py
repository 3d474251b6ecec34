"""`CleanCorpus`: what cleaning kept, and the way from it back to the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib.corpus.corpus import Citation, Corpus, check_span
from corpus_lib.corpus.names import Named
from corpus_lib.corpus.saved import SHARD, Stored, decoded, open_corpus, read_table, write_corpus, write_pieces
from corpus_lib.corpus.spans import Span, offsets_of
from corpus_lib.display.cards import card
from corpus_lib.errors import InvalidValue
from corpus_lib.files import write_array, write_frame
from corpus_lib.folders import CLEAN_CORPUS, check_files, checksums, new_data, publish, read_manifest
from corpus_lib.immutable import immutable, later


@immutable
@dataclass(frozen=True, repr=False)
class CleanCorpus(Named):
    """A corpus with every cleaning decision, and the text that they leave.

    Where a `doc_id` is taken, the document's `name` or its number will do; one that is unclear is an error that lists the candidates.

    Attributes
    ----------
    corpus
        What was read.
    documents
        The corpus's documents with `title`, `author`, `source`, `publisher`, `date_published`, `date_modified`, `date_event`, `language`,
        `kind` (page, text, post, transcript, export, book, none), `confidence` (the predicted share of words kept or dropped rightly), `needs_review`, `n_words`; stated values only.
    evidence
        Every candidate for such a field: where it stands, by which rule, on which basis, with what confidence, and whether it decided.
    lines
        One row per line that is not blank: its label, whether it is kept, the rule and the reason.
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
    stored
        Of a corpus that lies on disk, what is known without its tables being read: by document the clean text, and the map between this and the source.
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
    stored: tuple[Mapping[str, str], Mapping[str, np.ndarray]] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        if self.stored is not None:
            return self.stored[0]
        grouped = self.paragraphs.groupby("doc_id", sort=False)["text"]
        return {**dict.fromkeys(self.documents.index, ""), **{doc_id: "\n\n".join(texts) for doc_id, texts in grouped}}

    @cached_property
    def _segments(self) -> Mapping[str, np.ndarray]:
        if self.stored is not None:
            return self.stored[1]
        columns = ["start", "end", "source_start", "source_end"]
        copied = self.segments["kind"].eq("copy").to_numpy()
        values = np.column_stack([self.segments[columns].to_numpy(dtype=np.int64), copied])
        return {doc_id: values[rows] for doc_id, rows in self.segments.groupby("doc_id", sort=False).indices.items()}

    @property
    def _encodings(self) -> Mapping[str, str]:
        return self.corpus._encodings

    def source(self, doc_id: str) -> str:
        """The document as it was read."""
        return self.corpus.source(self._meant(doc_id))

    def source_bytes(self, doc_id: str) -> bytes:
        """The bytes of the document as they were read."""
        return self.corpus.source_bytes(self._meant(doc_id))

    def text(self, doc_id: str) -> str:
        """The clean body of a document: its paragraphs joined by two newlines."""
        return self._texts[self._meant(doc_id)]

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
        doc_id = self._meant(doc_id)
        spans = self._source_spans(doc_id, start, end)
        if not spans:
            raise InvalidValue(
                f"`start`, `end` must cover at least one character of the source; {start} to {end} of {doc_id!r} holds only the white "
                "space that joins two lines. Widen the span."
            )
        return self.corpus.cite_source(doc_id, spans)

    def to_source(self, doc_id: str, start: int, end: int) -> list[Span]:
        """Byte ranges of the source that the characters `start` to `end` of `text(doc_id)` came from."""
        doc_id = self._meant(doc_id)
        spans = self._source_spans(doc_id, start, end)
        return list(self.corpus.cite_source(doc_id, spans).segments) if spans else []

    def _source_spans(self, doc_id: str, start: int, end: int) -> list[Span]:
        size = len(self.text(doc_id))
        check_span(doc_id, start, end, size)
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

    def save(self, folder: str | Path) -> None:
        """Write the corpus and all decisions to `folder` (Parquet, JSON and the source bytes); `load` gives them back."""
        folder = Path(folder)
        with new_data(folder) as data:
            write_clean(data / SHARD, self)
            write_frame(data / "problems.parquet", self.corpus.problems)
            texts = {"cleaning": dict(self.settings), "shards": [SHARD]}
            publish(folder, data, CLEAN_CORPUS.header | texts | {"files": checksums(data)})

    @classmethod
    def load(cls, folder: str | Path) -> CleanCorpus:
        """Read what `save` wrote; a folder of another version, or one that was changed, is refused with a sentence."""
        manifest = read_manifest(Path(folder), CLEAN_CORPUS)
        clean = open_clean(check_files(Path(folder), manifest, CLEAN_CORPUS, verify=True), manifest)
        for name in CLEAN_TABLES:  # now, so that it does not depend on what becomes of the folder
            getattr(clean, name)
        return clean

    def __repr__(self) -> str:
        kept = int(self.lines["keep"].sum()) if len(self.lines) else 0
        return (
            f"CleanCorpus({len(self.documents)} documents, {kept} of {len(self.lines)} lines kept, {len(self.edits)} edits, "
            f"{len(self.flags)} flags)"
        )

    def _repr_html_(self) -> str:

        columns = ["title", "source", "date_published", "language", "n_words", "needs_review"]
        return card(
            repr(self),
            self.documents[columns],
            next_step="tokenize(clean), clean.lines for the decisions, clean.cite for the source",
        )


# The names of the tables of decisions, in the order of the fields.
CLEAN_TABLES = tuple(one.name for one in fields(CleanCorpus) if one.type == "pd.DataFrame")


def write_clean(shard: Path, clean: CleanCorpus) -> None:
    """Write a clean corpus into a shard: what `write_corpus` writes, the tables, the clean texts, and the map between these and the sources."""
    write_corpus(shard, clean.corpus)
    for name in CLEAN_TABLES:
        write_frame(shard / f"{name}.parquet", getattr(clean, name))
    ids, nothing = clean.documents.index, np.empty((0, 5), dtype=np.int64)
    write_pieces(shard, "text", map(clean.utf8, ids))
    segments = [clean._segments.get(i, nothing) for i in ids]
    write_array(shard / "segments.npy", np.concatenate([*segments, nothing]))
    write_array(shard / "segment_offsets.npy", offsets_of([len(s) for s in segments]))


def open_clean(data: Path, manifest: Mapping[str, Any]) -> CleanCorpus:
    """The clean corpus in the shards that a manifest names; its tables are read when they are asked for."""
    shards = [data / shard for shard in manifest["shards"]]
    corpus = open_corpus(data, shards)
    order = corpus.documents.index
    tables = {name: later(partial(read_table, shards, name, order)) for name in CLEAN_TABLES}
    stored = Stored(shards, "text", order, decoded), Stored(shards, "segment", order, np.asarray)
    return CleanCorpus(corpus, **tables, settings=MappingProxyType(dict(manifest["cleaning"])), stored=stored)
