"""The review page of a document: its whole source in order, each line with its label and reason, edits as differences.

A plain HTML page without scripts. Dropped lines are struck through, coloured by label and named in words; all text of the corpus is escaped.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from html import escape
from typing import Any

from corpus_lib.errors import NotFound

__all__ = ["review_html", "review_pages"]

Rows = list[dict[str, Any]]
# The text between two bytes of the source.
Reader = Callable[[int, int], str]
FACTS = ("title", "author", "source", "publisher", "date_published", "date_modified", "date_event", "language")
# Browsers lay a table out as a whole: one of this many rows shows in about a second, and each row ten thousand bytes long is still read easily.
MOST_LINES = 2000
MOST_BYTES = 10_000
# Words of the page inside a reason, which are in the page's language.
QUOTED = re.compile(r"&#x27;.*?&#x27;")
STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #222; --soft: #555; --line: #dcdcdc; --link: #0b5394; --ins: #d9f0d3; --del: #fddbc7; --mark: #fff3b0;
  --top: #0060a0; --caption: #7a4f00; --bio: #7b3f8c; --disclaimer: #a33b00; --nav: #5a5a5a; --sidebar: #00614a; }
@media (prefers-color-scheme: dark) { :root { --paper: #16191d; --ink: #e6e8eb; --soft: #b0b7bf; --line: #3a4048; --link: #8fc1f2; --ins: #1d4a2a; --del: #5c2a1a; --mark: #4f4708;
  --top: #7fbff5; --caption: #e3b95f; --bio: #d7a8e6; --disclaimer: #ffab80; --nav: #b5b5b5; --sidebar: #6fd3b3; } }
body { font: 1rem/1.5 system-ui, "Noto Sans", "DejaVu Sans", sans-serif; max-width: 72rem; margin: 1rem auto 3rem; padding: 0 1rem; color: var(--ink); background: var(--paper); }
a { color: var(--link); } nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; padding: 0; font-size: .9rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin-top: 2em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--soft); padding-bottom: .5em; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid var(--line); font-weight: normal; font-size: .85rem; }
thead th { font-weight: 600; } td.t { font: 1rem/1.5 Georgia, "Noto Serif", serif; white-space: pre-wrap; overflow-wrap: anywhere; width: 62%; }
td.why { color: var(--soft); overflow-wrap: anywhere; } tr.dropped td.t { text-decoration: line-through; text-decoration-thickness: 1px; } tr:target { outline: 3px solid var(--link); }
.title, .byline, .date, .source { color: var(--top); } .caption { color: var(--caption); } .author_bio { color: var(--bio); }
.disclaimer { color: var(--disclaimer); } .nav { color: var(--nav); } .sidebar { color: var(--sidebar); }
ins { background: var(--ins); color: var(--ink); text-decoration: underline; } del { background: var(--del); color: var(--ink); } mark { background: var(--mark); color: var(--ink); outline: 1px dotted; }
@media (max-width: 40rem) { table, tbody, tr, td, th { display: block; width: auto !important; border: 0; } thead { display: none; } tr { border-bottom: 1px solid var(--line); } }
@media print { nav { display: none; } tr { break-inside: avoid; } td.t { font-size: 9pt; } th, td { font-size: 8pt; } }
"""


def _marked(read: Reader, start: int, end: int, edits: list[dict[str, Any]], flags: list[dict[str, Any]]) -> str:
    """The text of a line, escaped, with its edits and flags."""
    cuts = sorted({start, end, *(e[k] for e in (*edits, *flags) for k in ("byte_start", "byte_end"))})
    inserted = {e["byte_start"]: e for e in edits if e["byte_start"] == e["byte_end"]}
    replaced = {e["byte_start"]: e for e in edits if e["byte_start"] < e["byte_end"]}
    pieces, skip = [], start
    for a, b in zip(cuts, [*cuts[1:], end], strict=True):
        if a in inserted:
            pieces.append(_insertion(inserted[a]))
        if a < skip or a == b:
            continue
        if a in replaced:
            e = replaced[a]
            pieces.append(f"<del title='{escape(e['rule'])}'>{escape(e['before'])}</del>{_insertion(e)}")
            skip = e["byte_end"]
            continue
        text = escape(read(a, b))
        kinds = ", ".join(f["kind"].replace("_", " ") for f in flags if f["byte_start"] <= a and b <= f["byte_end"])
        pieces.append(f"<mark title='{escape(kinds)}'>{text}</mark>" if kinds else text)
    return "".join(pieces)


def _insertion(edit: dict[str, Any]) -> str:
    return f"<ins title='{escape(edit['rule'])}'>{escape(edit['after'])}</ins>" if edit["after"] else ""


def _cut(line: dict[str, Any], edits: Rows, flags: Rows) -> tuple[int, Rows, Rows, str]:
    """Where a line's shown text ends, the edits and flags in it, and how much is not shown."""
    end = min(line["byte_end"], line["byte_start"] + MOST_BYTES)
    inside = [[row for row in rows if row["byte_end"] <= end] for rows in (edits, flags)]
    rest = line["byte_end"] - end
    return end, inside[0], inside[1], f" […] <em>{rest:,} more bytes of this line are not shown.</em>" if rest else ""


def _line_row(line: dict[str, Any], read: Reader, edits: Rows, flags: Rows) -> str:
    kept = "kept" if line["keep"] else "dropped"
    end, edits_in, flags_in, more = _cut(line, edits, flags)
    content = _marked(read, line["byte_start"], end, edits_in, flags_in)
    reason, label = escape(line["reason"]), escape(line["label"])
    told = QUOTED.sub(lambda quoted: f"<span{_lang(line['language'])}>{quoted.group()}</span>", reason)
    noticed = [f"{what}: {_tally(row[key] for row in rows)}" for what, key, rows in
               (("edited", "rule", edits), ("flagged", "kind", flags)) if rows]  # fmt: skip
    why = "<br>".join([told, *map(escape, noticed)])
    return (
        f"<tr class='{kept}' id='line-{line['line']}' title='{reason}'><th scope='row'>{line['line']}</th>"
        f"<td><span class='{label}'>{label.replace('_', ' ')}</span><br>{kept}</td>"
        f"<td class='t'{_lang(line['language'])}><span class='{label}'>{content}</span>{more}</td><td class='why'>{why}</td></tr>"
    )


def _lang(language: str) -> str:
    return f" lang='{escape(language)}'" if language else ""


def _tally(values: Iterable[str]) -> str:
    counts = Counter(value.replace("_", " ") for value in values)
    return ", ".join(name if n == 1 else f"{name} ({n} times)" for name, n in counts.items())


def _gap(lines: Rows) -> str:
    kept = sum(line["keep"] for line in lines)
    what = ", ".join(f"{n:,} {word}" for n, word in ((kept, "kept"), (len(lines) - kept, "dropped")) if n)
    first, last = lines[0]["line"], lines[-1]["line"]
    return f"<tr><td colspan='4'>Lines {first:,} to {last:,} are not shown on this page: {what}.</td></tr>"


def _to_show(lines: Rows, marked: set[int]) -> set[int]:
    """Numbers of the lines that a page shows: all, or in a long document the dropped, edited and flagged ones with a neighbour on each side."""
    if len(lines) <= MOST_LINES:
        return {line["line"] for line in lines}
    chosen = [i for i, line in enumerate(lines) if not line["keep"] or line["line"] in marked]
    near = dict.fromkeys(j for i in chosen for j in (i - 1, i, i + 1) if 0 <= j < len(lines))
    return {lines[i]["line"] for i in list(near)[:MOST_LINES] or range(MOST_LINES)}


def _table_rows(read: Reader, lines: Rows, edits: dict[int, Rows], flags: dict[int, Rows]) -> str:
    shown, parts, gap = _to_show(lines, {*edits, *flags}), [], []
    for line in lines:
        number = line["line"]
        if number not in shown:
            gap.append(line)
            continue
        parts += [_gap(gap)] if gap else []
        gap = []
        parts.append(_line_row(line, read, edits.get(number, []), flags.get(number, [])))
    return "".join(parts + ([_gap(gap)] if gap else []))


def _facts(row: Any) -> str:
    stated = {
        name: f"<span{_lang(row['language'])}>{escape(str(row[name]))}</span>" if row[name] else "<em>not stated</em>"
        for name in FACTS
    }
    facts = [(name.replace("_", " "), said) for name, said in stated.items()]
    reasons = escape(str(row.get("review_reasons", "")))
    facts.append(("needs review", f"yes: {reasons}" if row["needs_review"] else "no"))
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{value}</dd>' for name, value in facts)}</dl>"


def _summary(lines: Rows, n_edits: int, n_flags: int) -> str:
    kept = sum(line["keep"] for line in lines)
    gone = Counter(line["label"].replace("_", " ") for line in lines if not line["keep"])
    dropped = f" Dropped: {', '.join(f'{n:,} {label}' for label, n in gone.most_common())}." if gone else ""
    return (
        f"<p>{kept:,} of {len(lines):,} {_noun(len(lines), 'line')} kept, {n_edits:,} {_noun(n_edits, 'edit')}, {n_flags:,} {_noun(n_flags, 'flag')}.{dropped} "
        "Dropped lines are struck through and say why. Inside kept lines, what was replaced is struck through before what replaces it, and what was "
        "noticed and left as it is has a dotted frame.</p>"
    )


def _noun(n: int, noun: str) -> str:
    return noun if n == 1 else f"{noun}s"


def _decide(doc_id: str) -> str:
    return (
        "<p>To decide a line otherwise: <code>corpus-lib override CORPUS "
        f"{escape(shlex.quote(doc_id))} LINE LABEL --why REASON</code>; the next run replays it.</p>"
    )


def _page(clean: Any, doc_id: str, tables: Mapping[str, Rows], links: Sequence[tuple[str, str]]) -> str:
    by_line: dict[str, dict[int, Rows]] = {"edits": {}, "flags": {}}
    for name, found in by_line.items():
        for row in tables[name]:
            found.setdefault(row["line"], []).append(row)
    rows = _table_rows(partial(clean.corpus.text_at, doc_id), tables["lines"], by_line["edits"], by_line["flags"])
    name = escape(doc_id)
    items = "".join(f"<li><a href='{escape(address)}'>{escape(words)}</a></li>" for words, address in links)
    nav = f"<nav aria-label='Report'><ul>{items}</ul></nav>" if links else ""
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Review: {name}</title><style>{STYLE}</style></head><body><header>{nav}</header><main><h1>Review: {name}</h1>"
        f"<h2>What is known</h2>{_facts(clean.documents.loc[doc_id])}"
        f"<h2>What was removed and changed</h2>{_summary(tables['lines'], len(tables['edits']), len(tables['flags']))}{_decide(doc_id)}"
        "<h2>The source, line by line</h2><table><thead><tr><th scope='col'>Line</th><th scope='col'>Decision</th><th scope='col'>Source</th>"
        f"<th scope='col'>Reason</th></tr></thead><tbody>{rows}</tbody></table></main></body></html>\n"
    )


def review_pages(
    clean: Any, doc_ids: Sequence[str], *, links: Mapping[str, Sequence[tuple[str, str]]] | None = None
) -> Iterator[tuple[str, str]]:
    """Review pages of several documents, one after the other; as `review_html` for each, with the tables divided once.

    Parameters
    ----------
    clean
        The `CleanCorpus`.
    doc_ids
        The documents.
    links
        Document -> words and address of the links at the top of its page; none without it.

    Yields
    ------
    tuple of str
        The document and its page.
    """
    frames = {name: getattr(clean, name) for name in ("lines", "edits", "flags")}
    wanted = {name: frame[frame["doc_id"].isin(doc_ids)] for name, frame in frames.items()}
    parts = {name: dict(iter(frame.groupby("doc_id"))) for name, frame in wanted.items()}
    for doc_id in doc_ids:
        tables = {name: part[doc_id].to_dict("records") if doc_id in part else [] for name, part in parts.items()}
        yield doc_id, _page(clean, doc_id, tables, (links or {}).get(doc_id, ()))


def review_html(clean: Any, doc_id: str) -> str:
    """A page that shows all source lines of a document with their labels, reasons, edits and flags.

    Of a document of more than 2,000 lines it shows those that were dropped, edited or flagged, each with its neighbours, and counts the others; of
    a line of more than 10,000 bytes the beginning.

    Parameters
    ----------
    clean
        The `CleanCorpus`.
    doc_id
        The document.

    Returns
    -------
    str
        A whole HTML page that needs no script and no other file. Line 12 has the id `line-12`.

    Raises
    ------
    NotFound
        If there is no such document.
    """
    if doc_id not in clean.documents.index:
        raise NotFound(
            f"`doc_id` must be a document of the corpus; {doc_id!r} is not one of its {len(clean.documents)}. See clean.documents.index."
        )
    return next(review_pages(clean, [doc_id]))[1]
