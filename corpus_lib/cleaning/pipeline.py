"""The steps of cleaning in their order, for each document and then for all of them together.

read lines → languages → metadata candidates → labels → metadata decision → guard → repairs → paragraphs → quotations; then duplicates over the
whole corpus. A person's overrides come before every rule.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from corpus_lib.cleaning.duplicates import find_duplicates
from corpus_lib.cleaning.edits import REPAIRS, Edit, apply_edits, read_context, repair_line
from corpus_lib.cleaning.flags import find_flags
from corpus_lib.cleaning.guard import review_reasons
from corpus_lib.cleaning.html_main import MainText
from corpus_lib.cleaning.html_page import head_evidence, html_doubts, html_votes, read_main
from corpus_lib.cleaning.labels import KEPT, Decision, Vote, decide_labels, word_kinds
from corpus_lib.cleaning.language import LANGUAGES, line_languages, main_language
from corpus_lib.cleaning.line_model.vote import SILENT, Opinion, model_votes
from corpus_lib.cleaning.lines import Line, Measure, Page, blocks_of, measure_lines, read_lines, wrapped_lines
from corpus_lib.cleaning.metadata.candidates import FIELDS, Candidate, decide_metadata, differing_fields, read_metadata
from corpus_lib.cleaning.metadata.titles import title_lines
from corpus_lib.cleaning.overrides import COLUMNS, Plan, check_overrides, load_overrides, plan_overrides
from corpus_lib.cleaning.paragraphs import MODES, choose_mode, group_lines, joint
from corpus_lib.cleaning.quotations import SPEECH_WORDS, find_quotations, quote_spans, unpaired_marks
from corpus_lib.cleaning.shared_lines import shared_lines, survey_lines
from corpus_lib.corpus.clean import CleanCorpus
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.errors import InvalidType, InvalidValue, check_option, raise_all
from corpus_lib.tokens.tokenizer import Tokenizer

__all__ = [
    "CleaningSettings", "clean_corpus", "clean_part", "duplicates_frame", "label_page", "measured_lines", "override_table", "page_opinions", "read_page", "replayed",
]  # fmt: skip

SCHEMAS: Mapping[str, Mapping[str, str]] = {
    "evidence": {"doc_id": "str", "field": "str", "value": "str", "line": "int64", "rule": "str", "basis": "str", "confidence": "float64", "decided": "bool"},
    "lines": {
        "doc_id": "str", "line": "int64", "byte_start": "int64", "byte_end": "int64", "language": "str", "label": "str", "keep": "bool", "rule": "str",
        "reason": "str", "probability": "float64", "votes": "str", "n_words": "int64", "indent": "int64", "language_certain": "bool",
    },
    "edits": {"doc_id": "str", "line": "int64", "byte_start": "int64", "byte_end": "int64", "before": "str", "after": "str", "rule": "str"},
    "flags": {"doc_id": "str", "line": "int64", "byte_start": "int64", "byte_end": "int64", "text": "str", "kind": "str", "keep": "bool"},
    "paragraphs": {
        "doc_id": "str", "paragraph": "int64", "text": "str", "start": "int64", "end": "int64", "first_line": "int64", "last_line": "int64", "kind": "str",
    },
    "quotations": {
        "doc_id": "str", "start": "int64", "end": "int64", "speaker": "str", "basis": "str", "balanced": "bool", "depth": "int64", "n_words": "int64",
    },
    "duplicates": {"doc_id": "str", "other": "str", "jaccard": "float64", "containment": "float64", "kind": "str"},
    "segments": {
        "doc_id": "str", "start": "int64", "end": "int64", "source_start": "int64", "source_end": "int64", "byte_start": "int64", "byte_end": "int64",
        "line": "int64", "kind": "str",
    },
}  # fmt: skip
Rows = dict[str, list[tuple[Any, ...]]]
# Row of the overrides, document, what became of it, and why.
Status = tuple[int, str, str, str]
# What the cleaning says of a document; a user's own column of such a name is kept beside it as NAME_given.
OWN_COLUMNS = ("needs_review", "n_words", "paragraph_mode", "review_reasons")
WHOLE_NUMBER = re.compile(r"([0-9]+)\.0+")


@dataclass(frozen=True)
class CleaningSettings:
    """What the cleaning is asked to do; the defaults suit pages saved from news sites.

    Attributes
    ----------
    languages
        ISO 639-1 codes that a line's language is chosen from.
    keep_other_languages
        Keep lines in another language than the page's.
    favour
        "balance", or "recall" to keep what is in doubt: prose apart from the main text, and lines that the model holds possible.
    line_model
        Ask the trained line model, when it is installed, where no rule decides.
    repairs
        Names of the repairs to make, of `corpus_lib.cleaning.edits.REPAIRS`.
    paragraph_mode
        "auto", or "indents", "hard_wraps", "lines" for all documents.
    min_quotation_words
        Shorter quoted stretches are speech only beside a verb of saying.
    review_dropped_share, review_dropped_run
        A page needs review when a larger share of its prose, or a longer stretch (in words), was dropped.
    duplicate_jaccard, duplicate_containment
        Pairs of documents are listed from either of these on.
    strict_overrides
        Raise an error when a person's decision no longer fits the text.
    """

    languages: tuple[str, ...] = LANGUAGES
    keep_other_languages: bool = False
    favour: Literal["balance", "recall"] = "balance"
    line_model: bool = True
    repairs: tuple[str, ...] = field(default_factory=lambda: tuple(REPAIRS))
    paragraph_mode: Literal["auto", "indents", "hard_wraps", "lines"] = "auto"
    min_quotation_words: int = SPEECH_WORDS
    review_dropped_share: float = 0.35
    review_dropped_run: int = 250
    duplicate_jaccard: float = 0.5
    duplicate_containment: float = 0.8
    strict_overrides: bool = False

    def _repr_html_(self) -> str:
        from corpus_lib.display.cards import settings_card

        return settings_card(
            self,
            "CleaningSettings: what the cleaning is asked to do",
            next_step="clean_corpus(corpus, settings=settings)",
        )

    def __post_init__(self) -> None:
        check_option("favour", self.favour, ("balance", "recall"))
        check_option("paragraph_mode", self.paragraph_mode, ("auto", *MODES))
        problems = [
            f"`repairs` must name repairs of {', '.join(REPAIRS)}; found {r!r}"
            for r in self.repairs
            if r not in REPAIRS
        ]
        for name in ("review_dropped_share", "duplicate_jaccard", "duplicate_containment"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                problems.append(f"`{name}` must lie between 0 and 1; found {value!r}")
        if not self.languages:
            problems.append("`languages` must name at least one language code; it is empty")
        raise_all("CleaningSettings", problems)


class _Cleaned(NamedTuple):
    """What the cleaning of one document gives."""

    row: dict[str, Any]
    rows: Rows
    status: dict[int, tuple[str, str]]
    text: str


def clean_corpus(
    corpus: Corpus, *, settings: CleaningSettings | None = None, overrides: pd.DataFrame | str | Path | None = None
) -> CleanCorpus:
    r"""Label every line of every document, keep the article, repair what can be repaired, and record all of it.

    Parameters
    ----------
    corpus
        What `load_corpus` read.
    settings
        What to do; `CleaningSettings()` by default.
    overrides
        A person's decisions: a frame, or a file that `load_overrides` reads.

    Returns
    -------
    CleanCorpus
        The clean text with every decision beside it.

    Raises
    ------
    InvalidType
        If `corpus` is no Corpus.
    InvalidValue
        If an override is malformed, or stale in strict mode.

    Notes
    -----
    The rules read plain text: what a page's layout would have told them is gone. `documents.needs_review` marks the pages to look at first, and
    `lines` says of each line why it was kept or dropped.

    Examples
    --------
    >>> import pandas as pd
    >>> from corpus_lib.corpus.corpus import Corpus
    >>> page = "A day at the river\n\nThe water was high that day, and nobody in the village could say why it had come so early.\n\nRecent Posts\n"
    >>> data = page.encode()
    >>> documents = pd.DataFrame({"path": "a.txt", "sha256": "0", "n_bytes": len(data), "encoding": "utf-8"}, index=pd.Index(["a"], name="doc_id"))
    >>> clean = clean_corpus(Corpus(documents, pd.DataFrame(columns=["path", "problem", "advice"]), {"a": data}))
    >>> clean.lines[["line", "label", "keep"]].values.tolist()
    [[1, 'title', False], [3, 'body', True], [5, 'sidebar', False]]
    """
    if not isinstance(corpus, Corpus):
        raise InvalidType(
            f"`corpus` must be a Corpus, as load_corpus returns it; found {type(corpus).__name__}. Call load_corpus first."
        )
    settings = settings or CleaningSettings()
    table = override_table(overrides)
    pages = [read_page(str(doc_id), corpus.text(doc_id), settings) for doc_id in corpus.documents.index]
    documents = [measured_lines(page) for page in pages]
    shared = shared_lines([survey_lines(documents)]).among(documents)
    clean, status = clean_part(corpus, pages, settings, table, shared)
    duplicates = find_duplicates(
        clean._texts, jaccard=settings.duplicate_jaccard, containment=settings.duplicate_containment
    )
    return replace(
        clean,
        duplicates=duplicates_frame(duplicates),
        overrides=replayed(table, status, strict=settings.strict_overrides),
    )


def clean_part(
    corpus: Corpus, pages: Sequence[Page], settings: CleaningSettings, table: pd.DataFrame, shared: Mapping[str, int]
) -> tuple[CleanCorpus, list[Status]]:
    """Clean some documents of a corpus, given the lines that the whole corpus shares.

    Parameters
    ----------
    corpus
        The documents.
    pages
        Their pages, in their order.
    settings
        What to do.
    table
        A person's decisions, as `override_table` returns them.
    shared
        Lines that several documents of the whole corpus share, with their number.

    Returns
    -------
    tuple
        The documents without what only the whole corpus can say, `duplicates` and what became of each override; and what became of those that
        concern these documents: row, document, status and note.
    """
    # A row of all columns would cost as much as the table is wide, for each document.
    said = corpus.documents.reindex(columns=["sha256", *FIELDS, "language"]).to_dict("index")
    stated = [_stated(corpus, page, said[page.doc_id], table) for page in pages]
    opinions = page_opinions([known.page for known in stated], settings, [known.main for known in stated])
    cleaned = {
        known.page.doc_id: _clean_document(corpus, known, opinion, settings, table, shared)
        for known, opinion in zip(stated, opinions, strict=True)
    }
    # The rows of each table are let go once it is made: of a long page they take more memory than its text.
    frames = {
        name: _frame([r for c in cleaned.values() for r in c.rows.pop(name, ())], SCHEMAS[name]) for name in SCHEMAS
    }
    paragraphs = frames["paragraphs"]
    paragraphs.index = pd.Index(
        [f"{d}:{p}" for d, p in zip(paragraphs["doc_id"], paragraphs["paragraph"], strict=True)],
        name="paragraph_id",
        dtype="str",
    )
    clean = CleanCorpus(
        corpus=corpus, documents=_documents(corpus, cleaned), overrides=table,
        settings=MappingProxyType({**asdict(settings), "languages": list(settings.languages), "repairs": list(settings.repairs)}), **frames,
    )  # fmt: skip
    return clean, [(n, doc_id, *said) for doc_id, c in cleaned.items() for n, said in c.status.items()]


def measured_lines(page: Page) -> list[tuple[Line, Measure]]:
    """The lines of a page with their measures, as the search for shared lines takes them."""
    return list(zip(page.lines, page.measures, strict=True))


def duplicates_frame(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Pairs of documents as `CleanCorpus.duplicates` holds them."""
    return _frame(rows, SCHEMAS["duplicates"])


def override_table(overrides: pd.DataFrame | str | Path | None) -> pd.DataFrame:
    """A person's decisions, checked; an empty table where there are none."""
    if overrides is None:
        return pd.DataFrame(columns=list(COLUMNS), dtype="str")
    if isinstance(overrides, pd.DataFrame):
        return check_overrides(overrides)
    return load_overrides(overrides)


def _frame(rows: Sequence[tuple[Any, ...]], schema: Mapping[str, str]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    data = {
        name: pd.Series(list(values), dtype=dtype)
        for (name, dtype), values in zip(schema.items(), columns, strict=True)
    }
    return pd.DataFrame(data)


# --------------------------------------------------------------------------------------------------------------- one page
def read_page(doc_id: str, source: str, settings: CleaningSettings) -> Page:
    """A document's lines with their measures and languages."""
    lines = read_lines(source)
    wrapped = wrapped_lines(lines)
    # The lines of a broken paragraph are too short to be judged one by one.
    units = blocks_of(lines) if wrapped else [(i, i + 1) for i in range(len(lines))]
    texts = [" ".join(line.text for line in lines[a : min(b, a + 12)]) for a, b in units]
    languages, certain = line_languages(texts, tuple(settings.languages))
    main = main_language(texts, languages, certain)
    spread = [n for n, (a, b) in enumerate(units) for _ in range(b - a)]
    return Page(
        doc_id, lines, measure_lines(lines, wrapped), [languages[n] for n in spread], [certain[n] for n in spread], main
    )


class _Stated(NamedTuple):
    """A page in the language that a person states, with the language that its lines speak for, and what else is known beside its text."""

    page: Page
    detected: str
    given: dict[str, str]
    plan: Plan
    main: MainText | None


def _stated(corpus: Corpus, page: Page, info: Mapping[Any, Any], table: pd.DataFrame) -> _Stated:
    given = {f: value for f in (*FIELDS, "language") if (value := _given(info, f))}
    plan = plan_overrides(table, str(info["sha256"]), page.lines) if len(table) else Plan({}, {}, {}, {})
    # A region ("en-GB") and capitals make no other language.
    language = re.split("[-_]", plan.fields.get("language", (given.get("language", ""), 0))[0].lower())[0]
    own = replace(page, language=language) if language and language in page.languages else page
    return _Stated(own, page.language, given, plan, read_main(corpus, page.doc_id))


def _clean_document(
    corpus: Corpus,
    known: _Stated,
    opinion: Opinion,
    settings: CleaningSettings,
    table: pd.DataFrame,
    shared: Mapping[str, int],
) -> _Cleaned:
    page, detected, given, plan, main = known
    votes = {i: Vote(to, "override", _override_reason(table, n)) for i, (to, n) in plan.labels.items()}
    decisions, bilingual, candidates, again = label_page(
        page, settings, opinion, shared=shared, overrides=votes, title=given.get("title", "")
    )
    labels = [d.label for d in decisions]
    values, evidence, conflicts = decide_metadata(page, labels, candidates, given)
    values["language"] = given.get("language", page.language)
    stated = head_evidence(main, values)
    values |= {field: value for field, value, *_, decided in stated if decided}
    evidence += _language_rows(page, given.get("language", ""), detected) + stated
    status = _override_status(plan, {**values, "language": given.get("language", detected)}, again)
    at = corpus.byte_offsets(page.doc_id)
    return _assemble(
        at, page, decisions, values, evidence, conflicts, bilingual, plan, status, settings, html_doubts(main)
    )


def _given(info: Mapping[Any, Any], name: str) -> str:
    """The user's own value of a field as text, '' where there is none: lists joined, midnight and the fraction of a whole number left out."""
    value = info.get(name)
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        parts = [
            _given({name: part}, name)
            for part in (sorted(value, key=str) if isinstance(value, (set, frozenset)) else value)
        ]
        return "; ".join(part for part in parts if part)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {part}" for key, part in value.items())
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(timespec="seconds")
    text = str(value).strip()
    whole = (
        WHOLE_NUMBER.fullmatch(text) if isinstance(value, (float, np.floating)) or name.startswith("date_") else None
    )
    return whole[1] if whole else text


def _language_rows(page: Page, given: str, detected: str) -> list[tuple[Any, ...]]:
    """Evidence of the language where the user states it: the column, and what the lines speak for with their share of the words."""
    if not given:
        return []
    words = [(m.words, code) for m, code in zip(page.measures, page.languages, strict=True)]
    share = sum(n for n, code in words if code == detected) / max(sum(n for n, _ in words), 1)
    rows: list[tuple[Any, ...]] = [("language", given, 0, "column", "given", 1.0, True)]
    return rows + (
        [("language", detected, 0, "language_of_the_lines", "inferred", round(share, 2), False)] if detected else []
    )


def label_page(
    page: Page, settings: CleaningSettings, opinion: Opinion = SILENT, *, shared: Mapping[str, int] = MappingProxyType({}),
    overrides: Mapping[int, Vote] = MappingProxyType({}), title: str = "",
) -> tuple[list[Decision], bool, list[Candidate], Callable[[], list[Decision]]]:  # fmt: skip
    """Label every line of a page.

    Parameters
    ----------
    page
        The document.
    settings
        What the cleaning is asked to do.
    opinion
        What `page_opinions` says of the page.
    shared
        Lines that several documents share, with their number.
    overrides
        A person's labels by position.
    title
        The user's own title, if any.

    Returns
    -------
    tuple
        A decision a line; whether the page seems to be in two languages; what the page states about itself; and a function that decides
        again without the overrides.
    """
    candidates, roles = read_metadata(page)
    kinds = word_kinds(page)
    titles, found = title_lines(page, roles, kinds, title)
    decide = partial(
        decide_labels, page, roles, titles, kinds, corpus_lines=shared, model=opinion.votes, probabilities=opinion.probabilities,
        keep_languages=settings.keep_other_languages, recall=settings.favour == "recall",
    )  # fmt: skip
    decisions, bilingual = decide(overrides=overrides)
    return decisions, bilingual, [*found, *candidates], lambda: decide()[0]


def _override_reason(table: pd.DataFrame, n: int) -> str:
    who, why = table["who"].iloc[n], table["why"].iloc[n]
    return f"decided by {who or 'a person'}" + (f": {why}" if why else "")


def _override_status(
    plan: Plan, values: Mapping[str, str], again: Callable[[], list[Decision]]
) -> dict[int, tuple[str, str]]:
    """What became of each override: applied, redundant (the rules now say the same), or stale."""
    status = {n: ("stale", why) for n, why in plan.stale.items()} | {
        n: ("redundant", why) for n, why in plan.replaced.items()
    }
    if plan.labels:
        machine = again()
        for i, (to, n) in plan.labels.items():
            same = machine[i].label == to
            status[n] = (
                ("redundant", "the rules say the same now")
                if same
                else ("applied", f"the rules say {machine[i].label}")
            )
    return status | _field_status(plan, values)


def _field_status(plan: Plan, ruled: Mapping[str, str]) -> dict[int, tuple[str, str]]:
    """What became of the overrides of document fields, given what the rules say of each."""
    status = {}
    for name, (to, n) in plan.fields.items():
        if name in ruled:
            same = ruled[name] == (to.lower() if name == "needs_review" else to)
            said = f"the rules say {ruled[name]}" if ruled[name] else "the rules say nothing"
            status[n] = ("redundant", "the rules say the same now") if same else ("applied", said)
    return status


def page_opinions(
    pages: Sequence[Page], settings: CleaningSettings, mains: Sequence[MainText | None] = ()
) -> list[Opinion]:
    """What an HTML page's markup, or else the line model, says of each page; nothing of pages of text when the model is switched off or not installed.

    Parameters
    ----------
    pages
        The documents.
    settings
        What the cleaning is asked to do.
    mains
        What trafilatura found in each, of HTML pages; may be left out where there are none.

    Returns
    -------
    list of Opinion
        In the order of `pages`.
    """
    recall = settings.favour == "recall"
    marked = {n: main for n, main in enumerate(mains) if main is not None and main.lines}
    plain = [n for n in range(len(pages)) if n not in marked] if settings.line_model else []
    said = dict(zip(plain, model_votes([pages[n] for n in plain], recall=recall), strict=True))
    said |= {n: Opinion(html_votes(pages[n], main, recall=recall), None) for n, main in marked.items()}
    return [said.get(n, SILENT) for n in range(len(pages))]


def _assemble(
    at: np.ndarray, page: Page, decisions: Sequence[Decision], values: Mapping[str, str], evidence: Sequence[tuple[Any, ...]],
    conflicts: Sequence[tuple[int, int, int, str]], bilingual: bool, plan: Plan, status: dict[int, tuple[str, str]], settings: CleaningSettings,
    doubts: Sequence[str],
) -> _Cleaned:  # fmt: skip
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
        (doc_id, line.number, at[line.start], at[line.end], page.languages[i], d.label, keep[i], d.rule, d.reason, d.probability, d.votes,
         page.measures[i].words, line.indent, page.certain[i])
        for i, (line, d) in enumerate(zip(page.lines, decisions, strict=True))
    ]  # fmt: skip
    rows["edits"] = [
        (doc_id, line.number, at[line.content + e.start], at[line.content + e.end], line.text[e.start : e.end], e.after, e.rule)
        for i, line in enumerate(page.lines) for e in edits.get(i, ())
    ]  # fmt: skip
    rows["flags"] = _flag_rows(page, at, keep, mode, conflicts, pieces)
    quotations = find_quotations([(start, t) for start, t, _ in pieces], min_words=settings.min_quotation_words)
    rows["quotations"] = [(doc_id, *q) for q in quotations]
    modelled = [d.probability if d.rule.startswith("model.") else float("nan") for d in decisions]
    reasons = review_reasons(
        page, keep, bilingual, dropped_share=settings.review_dropped_share, dropped_run=settings.review_dropped_run, probability=modelled,
        differing=[f for f in differing_fields(evidence) if f not in plan.fields],
    )  # fmt: skip
    row = _document_row(page, values, plan, text, mode, [*reasons, *doubts])
    status |= _field_status(plan, {"paragraph_mode": ruled, "needs_review": str(bool(row["review_reasons"])).lower()})
    return _Cleaned(row, rows, status, text)


def _document_row(
    page: Page, values: Mapping[str, str], plan: Plan, text: str, mode: str, reasons: Sequence[str]
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
            rows.append((doc_id, place, place + e.start - position, a, b, at[a], at[b], line.number, "copy"))
            place += e.start - position
        if e.rule:
            a, b = line.content + e.start, line.content + e.end
            rows.append((doc_id, place, place + len(e.after), a, b, at[a], at[b], line.number, "edit"))
            place += len(e.after)
        position = e.end
    return rows


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
        rows.append(
            (page.doc_id, line.number, at[line.content + a], at[line.content + b], line.text[a:b], kind, keep[i])
        )
    return rows


def _unbalanced(
    page: Page, keep: Sequence[bool], pieces: Sequence[tuple[int, str, list[int]]]
) -> list[tuple[int, int, int, str]]:
    """Quotation marks without a partner: in kept text by paragraph, across paragraphs where a quotation runs on; in dropped lines by line."""
    found = []
    paragraphs = [
        (start, "\n".join(page.lines[i].text for i in positions), positions) for start, _, positions in pieces
    ]
    plain, place = [], 0
    for _, text, _ in paragraphs:
        plain.append((place, text))
        place += len(text) + 2
    marked = set(unpaired_marks(plain))
    for (offset, text), (_, _, positions) in zip(plain, paragraphs, strict=True):
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
def _documents(corpus: Corpus, cleaned: Mapping[str, _Cleaned]) -> pd.DataFrame:
    """The corpus's documents with the columns that the cleaning adds; a column of the user's keeps its place and its values.

    A column of the user's with the name of one of the cleaning's own is kept as NAME_given.
    """
    added = pd.DataFrame([c.row for c in cleaned.values()], index=corpus.documents.index)
    if added.empty:
        added = pd.DataFrame(
            {name: pd.Series(dtype="str") for name in (*FIELDS, "language", "paragraph_mode", "review_reasons")},
            index=corpus.documents.index,
        )
        added = added.assign(needs_review=pd.Series(dtype="bool"), n_words=pd.Series(dtype="int64"))
    types = dict.fromkeys((*FIELDS, "language", "paragraph_mode", "review_reasons"), "str") | {
        "needs_review": "bool",
        "n_words": "int64",
    }
    added = added.astype(types)
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


def replayed(table: pd.DataFrame, status: Iterable[Status], *, strict: bool) -> pd.DataFrame:
    """The overrides with what became of them; an error in strict mode when one no longer fits.

    Of several documents with the same bytes the last one by name speaks.
    """
    known = {n: said for n, _, *said in sorted(status, key=lambda row: row[1])}
    rows = [known.get(n, ("stale", "no document has these bytes")) for n in range(len(table))]
    result = table.assign(
        status=pd.Series([s for s, _ in rows], index=table.index, dtype="str"),
        note=pd.Series([w for _, w in rows], index=table.index, dtype="str"),
    )
    stale = result[result["status"] == "stale"]
    if strict and len(stale):
        listed = "\n".join(
            f"- row {n + 1}: {row['field']} of line {row['line'] or '-'}: {row['note']}" for n, row in stale.iterrows()
        )
        raise InvalidValue(
            f"overrides: {len(stale)} of {len(table)} no longer fit the corpus. Decide them again, or delete them.\n{listed}"
        )
    return result
