"""The review page of a document: its whole source in order, each line with its label and reason, edits as differences.

A plain HTML page without scripts. Dropped lines are struck through, coloured by label and named in words; all text of the corpus is escaped.
"""

from __future__ import annotations

from html import escape
from typing import Any

from corpus_lib.errors import NotFound

__all__ = ["review_html"]

COLOURS = {
    "title": "#0072b2", "byline": "#0072b2", "date": "#0072b2", "source": "#0072b2", "body": "#222222", "heading": "#222222", "list_item": "#222222",
    "caption": "#8a5a00", "author_bio": "#7b3f8c", "disclaimer": "#a33b00", "nav": "#5f5f5f", "sidebar": "#00664a",
}  # fmt: skip
STYLE = """
body { font: 16px/1.5 Georgia, serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff; }
h1 { font-size: 1.3rem; } table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .2rem .5rem; }
td.n, td.l, td.why, th { font: 12px/1.6 system-ui, sans-serif; white-space: nowrap; } td.why { white-space: normal; width: 14rem; color: #444; }
tr { border-bottom: 1px solid #e6e6e6; } tr.dropped .t { text-decoration: line-through; text-decoration-thickness: 1px; }
.t { white-space: pre-wrap; overflow-wrap: anywhere; } ins { background: #d9f0d3; text-decoration: none; } del { background: #fddbc7; }
mark { background: #fff3b0; } ul { font: 14px/1.5 system-ui, sans-serif; }
"""


def _marked(
    data: bytes, encoding: str, start: int, end: int, edits: list[dict[str, Any]], flags: list[dict[str, Any]]
) -> str:
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
        text = escape(data[a:b].decode(encoding))
        kinds = ", ".join(f["kind"].replace("_", " ") for f in flags if f["byte_start"] <= a and b <= f["byte_end"])
        pieces.append(f"<mark title='{escape(kinds)}'>{text}</mark>" if kinds else text)
    return "".join(pieces)


def _insertion(edit: dict[str, Any]) -> str:
    return f"<ins title='{escape(edit['rule'])}'>{escape(edit['after'])}</ins>" if edit["after"] else ""


def _line_row(line: dict[str, Any], content: str) -> str:
    kept = "kept" if line["keep"] else "dropped"
    reason = escape(line["reason"])
    return (
        f"<tr class='{kept}' title='{reason}'><td class='n'>{line['line']}</td>"
        f"<td class='l' style='color:{COLOURS[line['label']]}'>{line['label'].replace('_', ' ')}<br>{kept}</td>"
        f"<td class='t' lang='{escape(line['language'])}' style='color:{COLOURS[line['label']]}'>{content}</td><td class='why'>{reason}</td></tr>"
    )


def _facts(clean: Any, doc_id: str) -> str:
    row = clean.documents.loc[doc_id]
    names = ("title", "author", "source", "publisher", "date_published", "date_modified", "date_event", "language")
    facts = "".join(f"<li>{n.replace('_', ' ')}: {escape(str(row[n])) or '<em>not stated</em>'}</li>" for n in names)
    reasons = escape(str(row.get("review_reasons", "")))
    return f"<ul>{facts}<li>needs review: {('yes: ' + reasons) if row['needs_review'] else 'no'}</li></ul>"


def review_html(clean: Any, doc_id: str) -> str:
    """A page that shows all source lines of a document with their labels, reasons, edits and flags.

    Parameters
    ----------
    clean
        The `CleanCorpus`.
    doc_id
        The document.

    Returns
    -------
    str
        A whole HTML page that needs no script and no other file.

    Raises
    ------
    NotFound
        If there is no such document.
    """
    if doc_id not in clean.documents.index:
        raise NotFound(
            f"`doc_id` must be a document of the corpus; {doc_id!r} is none of its {len(clean.documents)}. See clean.documents.index."
        )
    data, encoding = clean.source_bytes(doc_id), str(clean.documents.at[doc_id, "encoding"])
    frames = {name: getattr(clean, name) for name in ("lines", "edits", "flags")}
    tables = {name: frame[frame["doc_id"] == doc_id].to_dict("records") for name, frame in frames.items()}
    by_line: dict[str, dict[int, list[dict[str, Any]]]] = {"edits": {}, "flags": {}}
    for name, lines in by_line.items():
        for row in tables[name]:
            lines.setdefault(row["line"], []).append(row)
    rows = "".join(
        _line_row(
            line,
            _marked(
                data,
                encoding,
                line["byte_start"],
                line["byte_end"],
                by_line["edits"].get(line["line"], []),
                by_line["flags"].get(line["line"], []),
            ),
        )
        for line in tables["lines"]
    )
    kept = sum(line["keep"] for line in tables["lines"])
    head = f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Review: {escape(doc_id)}</title><style>{STYLE}</style></head><body>"
    count = f"<p>{kept} of {len(tables['lines'])} lines kept, {len(tables['edits'])} edits, {len(tables['flags'])} flags. Dropped lines are struck through and say why.</p>"
    table = f"<table><thead><tr><th>Line</th><th>Label</th><th>Source</th><th>Reason</th></tr></thead><tbody>{rows}</tbody></table>"
    return f"{head}<h1>{escape(doc_id)}</h1>{_facts(clean, doc_id)}{count}{table}</body></html>\n"
