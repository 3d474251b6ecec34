"""Whether `documents.confidence` keeps its promise, and the figures of confidence.toml.

    python benchmarks/cleaning_confidence.py ../shared/cleaning-dev.jsonl ../shared/cleaning-dev-languages.jsonl ../shared/cleaning-dev-languages-html.jsonl.gz

The development pages are cleaned as text and, those of the third file, with their markup. For each text the predicted share of right words is held
against the true one. Nothing is predicted from what was fitted on the same publisher: neither the line model's probabilities nor the calibration.
Takes about eight minutes of processor time.
"""

import gzip
import json
import re
import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import train_line_model as training_tool
from line_views import View, group_of, judged, read_pages, training

import corpus_lib as cl
from corpus_lib.cleaning import line_texts
from corpus_lib.cleaning.line_model import model, vote
from corpus_lib.corpus.html_text import read_html

NEAR = 0.05
# Of pages of the first file, those ways of giving a text; of the second as text, and with markup.
Texts = dict[str, list[tuple[dict[str, Any], str]]]


class Judged(NamedTuple):
    """A text: the sets it counts for, how it was read, the fold of its publisher, its mean doubt, the true share of right words."""

    sets: tuple[str, ...]
    read: str
    fold: int
    doubt: float
    true: float


def texts_of(english: Path, languages: Path, marked: Path) -> Texts:
    """The pages by the way they are given, each with its text."""
    found: Texts = defaultdict(list)
    for page in (
        json.loads(line) for file in (english, languages) for line in file.read_text("utf-8").split("\n") if line
    ):
        name = "languages" if "lang" in page else page["render"]
        found[name].append((page, "\n".join(line["text"] for line in page["lines"])))
        if name == "full":
            lines = page["lines"][slice(*page["trim"])] if "trim" in page else page["lines"]
            found["nearly clean"].append((page | {"lines": lines}, "\n".join(line["text"] for line in lines)))
    told = {page["id"]: page for page, _ in found["languages"]}
    with gzip.open(marked, "rt", encoding="utf-8") as opened:
        found["markup"] = [(told[page["id"]], page["html"]) for page in map(json.loads, opened) if page["id"] in told]
    return found


def out_of_fold(
    english_file: Path, languages_file: Path, marked: list[tuple[dict[str, Any], str]]
) -> dict[tuple[str, ...], Any]:
    """The probabilities of each text's lines, and their words, by models that never saw its publisher."""
    pages, others = read_pages(english_file), read_pages(languages_file)
    named, samples, known = {page.name: page for page in others}, training_tool.samples, {}
    views: dict[bool, list[View]] = {True: [view for page in pages for view in judged(page)], False: []}
    for page in others:
        views[page.group == "en"].append(page.view("full", page.full))
    for told, html in marked:
        lines = key(read_html(html).text.split("\n"))
        page = named[told["id"]]
        views[page.group == "en"].append(page.view("markup", [(line, False, False) for line in lines]))
    train = samples(training(pages, cuts=(False, False, True)))
    train += samples(training([page for page in others if page.group == "en"], cuts=()))
    more = samples(training([page for page in others if page.group != "en"], cuts=()))
    for learned, asked in (
        (train, views[True]),
        ([one for one in train if one.view.kind != "cut"] + more, views[False]),
    ):
        test = samples(asked)
        _, found = training_tool.train_model(learned, test, training_tool.first_fits(learned))
        known |= {key(one.view.texts): (p, one.facts.n) for one, p in zip(test, found, strict=True)}
    return known


def key(lines: list[str]) -> tuple[str, ...]:
    """The lines of a text as cleaning hands them on."""
    return tuple(line.strip() for line in lines if line.strip())


def ask_out_of_fold(known: dict[tuple[str, ...], Any]) -> None:
    """Let the cleaning hear these probabilities where it asks the line model, and say the mean doubt as it is."""
    asked, (limits, _) = vote.pages_probabilities, next(iter(model.line_models().values()))

    def answer(pages: list[list[str]], languages: list[str]) -> list[Any]:
        votes = []
        for lines, said in zip(pages, asked(pages, languages), strict=True):
            p, n = known[key(lines)]
            limit = model.page_limit(p, n, **limits)
            votes.append(replace(said, probability=np.round(p, 6), keep=p >= limit, limit=limit))
        return votes

    vote.pages_probabilities = answer
    # The room has a function of the same name.
    queue = import_module("corpus_lib.cleaning.review_queue")
    queue.CALIBRATION = dict.fromkeys(queue.CALIBRATION, (0.0, 1.0))


def measured(name: str, pages: list[tuple[dict[str, Any], str]], folds: dict[str, int]) -> list[Judged]:
    """What becomes of the texts of one set."""
    suffix = ".html" if name == "markup" else ".txt"
    with tempfile.TemporaryDirectory() as folder:
        for n, (_, text) in enumerate(pages):
            Path(folder, f"{n:05}{suffix}").write_text(text, encoding="utf-8")
        clean = cl.clean_corpus(cl.load_corpus(folder))
    lines = clean.lines.assign(text=line_texts(clean).map(plain))
    rows = []
    for (doc_id, row), (page, _) in zip(clean.documents.iterrows(), pages, strict=True):
        gold = {plain(line["text"]): line["keep"] for line in reversed(page["lines"]) if not line.get("ignore")}
        own = lines[lines["doc_id"] == doc_id]
        is_marked = (own["rule"] == "markup.trafilatura").any()
        read = "kept whole" if row["kind"] != "page" else "markup" if is_marked else "page"
        own = own[own["text"].isin(gold.keys())]
        right = own["keep"] == own["text"].map(gold)
        group = group_of(page.get("lang", "en"))
        sets = ("all", name, f"read as {read}", *([f"{name}, {group}"] if "lang" in page else []))
        true = (right * own["n_words"]).sum() / max(own["n_words"].sum(), 1)
        rows.append(Judged(sets, read, folds[page["domain"]], row["confidence"], true))
    return rows


def plain(text: str) -> str:
    """Letters and digits of a text."""
    return re.sub(r"[\W_]+", "", text.casefold())


def fitted(rows: list[Judged]) -> tuple[float, float]:
    """The share of right words at no doubt, and how it falls with the doubt: the line of least absolute errors, which a few bad pages do not draw down."""
    doubt, true = np.array([(row.doubt, row.true) for row in rows]).T
    known, weight = np.column_stack([np.ones(len(doubt)), doubt]), np.ones(len(doubt))
    for _ in range(40):
        root = np.sqrt(weight)
        line = np.linalg.lstsq(known * root[:, None], true * root, rcond=None)[0]
        weight = 1 / np.maximum(np.abs(true - known @ line), 0.005)
    return float(line[0]), float(line[1])


def predicted(rows: list[Judged]) -> list[float]:
    """The share of right words that is predicted of each text, from texts that were read alike and come from other publishers."""
    lines = {
        (read, fold): fitted([row for row in rows if row.read == read and row.fold != fold])
        for read, fold in {(row.read, row.fold) for row in rows}
    }
    known = ((*lines[row.read, row.fold], row.doubt) for row in rows)
    return [min(max(certain + slope * doubt, 0.0), 1.0) for certain, slope, doubt in known]


def main(english: str, languages: str, marked: str) -> None:
    """Print the calibration, and for each set how many texts are within .05, both means, the rank correlation, and the share of its worst tenth that is in the fifth of the lowest confidence."""
    files = Path(english), Path(languages)
    texts = texts_of(*files, Path(marked))
    folds = {page.domain: page.fold for file in files for page in read_pages(file)}
    ask_out_of_fold(out_of_fold(*files, texts["markup"]))
    rows = [row for name, pages in texts.items() for row in measured(name, pages, folds)]
    table = defaultdict(list)
    for row, share in zip(rows, predicted(rows), strict=True):
        for name in row.sets:
            table[name].append((share, row.true))
    for read in sorted({row.read for row in rows}):
        print(f"{read:12}", "certain {:.3f}, slope {:.3f}".format(*fitted([row for row in rows if row.read == read])))
    for name, values in table.items():
        share, true = np.array(values).T
        worst, lowest = np.argsort(true)[: len(true) // 10], np.argsort(share, kind="stable")[: len(true) // 5]
        caught = len({*worst} & {*lowest}) / max(len(worst), 1)
        ranks = np.corrcoef([np.argsort(np.argsort(side, kind="stable")) for side in (share, true)])[0, 1]
        within = np.mean(np.abs(share - true) <= NEAR)
        print(f"{name:24} {len(true):4} texts, within .05: {within:.3f}; predicted {share.mean():.3f}, true {true.mean():.3f}; ranks {ranks:.2f}; of the worst tenth in the lowest fifth {caught:.2f}")  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
