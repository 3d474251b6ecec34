"""The tables of a clean corpus, put together from its documents."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from corpus_lib.cleaning.edits import Edit, apply_edits, read_context, repair_line
from corpus_lib.cleaning.flags import find_flags
from corpus_lib.cleaning.labels import KEPT, Decision
from corpus_lib.cleaning.lines import Line, Page
from corpus_lib.cleaning.metadata.candidates import FIELDS, differing_fields
from corpus_lib.cleaning.overrides import DocumentOverrides, field_status
from corpus_lib.cleaning.packaged import packaged_table
from corpus_lib.cleaning.paragraphs import choose_mode, group_lines, joint
from corpus_lib.cleaning.quotations import find_quotations, quote_spans, unpaired_marks
from corpus_lib.cleaning.review_queue import review_reasons
from corpus_lib.cleaning.settings import CleaningSettings
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.tokens.tokenizer import Tokenizer

__all__ = ["duplicates_frame"]


SCHEMAS: Mapping[str, Mapping[str, str]] = packaged_table("tables.toml")
Rows = dict[str, list[tuple[Any, ...]]]
# What the cleaning says of a document; a user's own column of such a name is kept beside it as NAME_given.
OWN_COLUMNS = ("needs_review", "n_words", "paragraph_mode", "review_reasons")


class Cleaned(NamedTuple):
    """What the cleaning of one document gives, in nothing but what JSON can carry.

    Attributes
    ----------
    row
        What `documents` says of it.
    rows
        Its rows of the other tables; a missing number is None.
    status
        What became of the overrides that concern it: row, status and note.
    """

    row: dict[str, Any]
    rows: Rows
    status: list[tuple[int, str, str]]


def duplicates_frame(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Pairs of documents as `CleanCorpus.duplicates` holds them."""
    return frame(rows, SCHEMAS["duplicates"])


def frame(rows: Sequence[tuple[Any, ...]], schema: Mapping[str, str]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    data = {
        name: pd.Series(list(values), dtype=dtype)
        for (name, dtype), values in zip(schema.items(), columns, strict=True)
    }
    return pd.DataFrame(data)


def assemble(
    at: np.ndarray, page: Page, decisions: Sequence[Decision], values: Mapping[str, str], evidence: Sequence[tuple[Any, ...]],
    conflicts: Sequence[tuple[int, int, int, str]], bilingual: bool, plan: DocumentOverrides, status: dict[int, tuple[str, str]], settings: CleaningSettings,
    doubts: Sequence[str],
) -> Cleaned:  # fmt: skip
    """Repairs, paragraphs, segments, flags and quotations of a document whose lines are decided."""
    doc_id = page.doc_id
    labels = [d.label for d in decisions]
    keep = [label in KEPT for label in labels]
    context = read_context([line.text for line, k in zip(page.lines, keep, strict=True) if k])
    edits = {i: repair_line(line.text, context, settings.repairs) for i, line in enumerate(page.lines) if keep[i]}
    own = settings.paragraph_mode
    ruled = choose_mode(page.lines, labels, page.wrapped) if own == "auto" else own
    mode = plan.fields.get("paragraph_mode", (ruled, 0))[0]
    rows: Rows = {"evidence": [(doc_id, *row) for row in evidence]}
    text, pieces = _write(page, at, labels, keep, edits, mode, rows)
    rows["lines"] = [
        (doc_id, line.number, int(at[line.start]), int(at[line.end]), page.languages[i], d.label, keep[i], d.rule, d.reason,
         d.probability, d.votes, page.measures[i].words, line.indent, page.certain[i], d.against)
        for i, (line, d) in enumerate(zip(page.lines, decisions, strict=True))
    ]  # fmt: skip
    rows["edits"] = [
        (doc_id, line.number, *_bytes(at, line, e.start, e.end), line.text[e.start : e.end], e.after, e.rule)
        for i, line in enumerate(page.lines) for e in edits.get(i, ())
    ]  # fmt: skip
    rows["flags"] = _flag_rows(page, at, keep, mode, conflicts, pieces)
    quotations = find_quotations([(start, t) for start, t, _ in pieces], min_words=settings.min_quotation_words)
    rows["quotations"] = [(doc_id, *q) for q in quotations]
    modelled = [d.probability if d.rule.startswith("model.") else None for d in decisions]
    reasons = review_reasons(
        page, keep, bilingual, dropped_share=settings.review_dropped_share, dropped_run=settings.review_dropped_run, probability=modelled,
        differing=[f for f in differing_fields(evidence) if f not in plan.fields],
    )  # fmt: skip
    row = _document_row(page, values, plan, text, mode, [*reasons, *doubts])
    status |= field_status(plan, {"paragraph_mode": ruled, "needs_review": str(bool(row["review_reasons"])).lower()})
    return Cleaned(row, rows, [(n, *said) for n, said in status.items()])


def _document_row(
    page: Page, values: Mapping[str, str], plan: DocumentOverrides, text: str, mode: str, reasons: Sequence[str]
) -> dict[str, Any]:
    fields = {f: values.get(f, "") for f in (*FIELDS, "language")}
    fields |= {f: to for f, (to, _) in plan.fields.items() if f in fields}
    review = plan.fields.get("needs_review", ("", 0))[0].lower()
    return {
        **fields, "needs_review": review == "true" if review else bool(reasons), "n_words": _n_words(text),
        "paragraph_mode": mode, "review_reasons": "; ".join(reasons),
    }  # fmt: skip


def _n_words(text: str) -> int:
    """Tokens of a text, counted one by one: all of a long line at once would take many times its memory."""
    return sum(map(bool, re.finditer(Tokenizer().pattern, text)))


def _write(
    page: Page,
    at: np.ndarray,
    labels: Sequence[str],
    keep: Sequence[bool],
    edits: Mapping[int, Sequence[Edit]],
    mode: str,
    rows: Rows,
) -> tuple[str, list[tuple[int, str, list[int]]]]:
    """Paragraphs and segments of a document; its clean text, and (start, text, positions) of each paragraph."""
    paragraphs: list[tuple[Any, ...]] = []
    segments: list[tuple[Any, ...]] = []
    pieces: list[tuple[int, str, list[int]]] = []
    length = 0
    for group in group_lines(page.lines, labels, keep, mode):
        start = length + 2 if pieces else 0
        text = ""
        for i in group.positions:
            line = page.lines[i]
            written = apply_edits(line.text, edits.get(i, ()))
            text += joint(text, written) if text and written else ""
            segments += _line_segments(page.doc_id, line, edits.get(i, ()), start + len(text), at)
            text += written
        if not text:
            # Nothing but invisible characters: the deletions stay where they are, and no empty paragraph is made.
            shift = start - length
            segments[:] = (
                [(*s[:1], s[1] - shift, s[2] - shift, *s[3:]) if s[1] >= start else s for s in segments]
                if shift
                else segments
            )
            continue
        first, last = page.lines[group.positions[0]].number, page.lines[group.positions[-1]].number
        paragraphs.append((page.doc_id, len(paragraphs) + 1, text, start, start + len(text), first, last, group.kind))
        pieces.append((start, text, group.positions))
        length = start + len(text)
    rows["paragraphs"], rows["segments"] = paragraphs, segments
    return "\n\n".join(t for _, t, _ in pieces), pieces


def _line_segments(doc_id: str, line: Line, edits: Sequence[Edit], start: int, at: np.ndarray) -> list[tuple[Any, ...]]:
    """Segments of one kept line: copies between its edits, and the edits."""
    rows = []
    position, place = 0, start
    for e in [*edits, Edit(len(line.text), len(line.text), "", "")]:
        if e.start > position:
            a, b = line.content + position, line.content + e.start
            found = _bytes(at, line, position, e.start)
            rows.append((doc_id, place, place + e.start - position, a, b, *found, line.number, "copy"))
            place += e.start - position
        if e.rule:
            a, b = line.content + e.start, line.content + e.end
            found = _bytes(at, line, e.start, e.end)
            rows.append((doc_id, place, place + len(e.after), a, b, *found, line.number, "edit"))
            place += len(e.after)
        position = e.end
    return rows


def _bytes(at: np.ndarray, line: Line, start: int, end: int) -> tuple[int, int]:
    """Bytes of a stretch of a line's content, as plain numbers."""
    return int(at[line.content + start]), int(at[line.content + end])


def _flag_rows(
    page: Page,
    at: np.ndarray,
    keep: Sequence[bool],
    mode: str,
    conflicts: Sequence[tuple[int, int, int, str]],
    pieces: Sequence[tuple[int, str, list[int]]],
) -> list[tuple[Any, ...]]:
    """Flags of all lines, unbalanced quotation marks and conflicts among them."""
    found: list[tuple[int, int, int, str]] = [(i, a, b, "conflict") for i, a, b, _ in conflicts]
    for i, line in enumerate(page.lines):
        found += [
            (i, *f) for f in find_flags(line.text, page.measures[i].tokens, page.languages[i], dropped=not keep[i])
        ]
    found += _unbalanced(page, keep, pieces)
    rows = []
    for i, a, b, kind in sorted(set(found)):
        line = page.lines[i]
        rows.append((page.doc_id, line.number, *_bytes(at, line, a, b), line.text[a:b], kind, keep[i]))
    return rows


def _unbalanced(
    page: Page, keep: Sequence[bool], pieces: Sequence[tuple[int, str, list[int]]]
) -> list[tuple[int, int, int, str]]:
    """Quotation marks without a partner: in kept text by paragraph, across paragraphs where a quotation runs on; in dropped lines by line."""
    found = []
    plain, place = [], 0
    for _, _, positions in pieces:
        text = "\n".join(page.lines[i].text for i in positions)
        plain.append((place, text))
        place += len(text) + 2
    marked = set(unpaired_marks(plain))
    for (offset, text), (_, _, positions) in zip(plain, pieces, strict=True):
        starts = [0]
        for i in positions[:-1]:
            starts.append(starts[-1] + len(page.lines[i].text) + 1)
        for s in quote_spans(text):
            if s.state != "balanced" and offset + s.start in marked:
                row = bisect_right(starts, s.start) - 1
                inside = s.start - starts[row]
                found.append((positions[row], inside, inside + 1, "unbalanced_quote"))
    for i, line in enumerate(page.lines):
        if not keep[i]:
            found += [
                (i, s.start, s.start + 1, "unbalanced_quote")
                for s in quote_spans(line.text[:5000])
                if s.state != "balanced"
            ]
    return found


# ------------------------------------------------------------------------------------------------------------- all pages


def documents_frame(corpus: Corpus, cleaned: Sequence[Cleaned]) -> pd.DataFrame:
    """The corpus's documents with the columns that the cleaning adds; a column of the user's keeps its place and its values.

    A column of the user's with the name of one of the cleaning's own is kept as NAME_given.
    """
    schema = SCHEMAS["documents"]
    rows = [c.row for c in cleaned]
    added = pd.DataFrame(rows, columns=list(schema), index=corpus.documents.index).astype(schema)
    documents = corpus.documents.rename(columns=_kept_names(corpus.documents.columns))
    own = [c for c in added.columns if c in documents.columns]
    documents = documents.assign(**{c: added[c] for c in own})
    return pd.concat([documents, added.drop(columns=own)], axis=1)


def _kept_names(columns: Sequence[str]) -> dict[str, str]:
    """New names for the user's columns whose names the cleaning needs."""
    names: dict[str, str] = {}
    for name in OWN_COLUMNS:
        if name in columns:
            names[name] = f"{name}_given"
            while names[name] in columns:
                names[name] += "_given"
    return names
