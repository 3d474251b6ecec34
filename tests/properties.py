"""What must hold of any input, one function a property: hypothesis, the fuzzer and the kept cases all call these.

A `CorpusLibError` is an answer; every other exception, and a wrong result, is a fault.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from icu4py.breakers import WordBreaker

import corpus_lib as cl
from corpus_lib import (
    CleaningSettings,
    Corpus,
    CorpusLibError,
    Tokenizer,
    Tokens,
    clean_corpus,
    load_overrides,
    read_frequency_list,
)
from corpus_lib.cleaning.overrides import COLUMNS, line_hash
from corpus_lib.corpus.spans import source_lines
from corpus_lib.files import sha256
from corpus_lib.tokens.tokenizer import MARKS, UNSPACED, fold

QUICK = CleaningSettings(line_model=False)


@cache
def scratch() -> Path:
    """One folder for the inputs of this process, in memory where the machine has such a place."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="properties-", dir=memory if memory.is_dir() else None))


def _file(name: str, data: bytes) -> Path:
    path = scratch() / name
    path.write_bytes(data)
    return path


def corpus_of(data: bytes, encoding: str = "utf-8") -> Corpus:
    """A corpus of one text in memory."""
    row = {"path": "a.txt", "sha256": sha256(data), "n_bytes": len(data), "encoding": encoding}
    documents = pd.DataFrame([row], index=pd.Index(["a"], name="doc_id", dtype="str"))
    return Corpus(documents, pd.DataFrame(columns=["path", "problem", "advice"]), {"a": data})


def decoding(data: bytes) -> None:
    """A file is read without losing a byte, or stands among the problems with a reason."""
    folder = scratch() / "folder"
    folder.mkdir(exist_ok=True)
    (folder / "a.txt").write_bytes(data)
    (folder / "b.txt").write_bytes(b"anchor")
    corpus = cl.load_corpus(folder)
    if "a" not in corpus.documents.index:
        (row,) = corpus.problems.itertuples(index=False)
        assert row.path == "a.txt" and row.problem and row.advice
        return
    text, encoding = corpus.source("a"), corpus.documents.at["a", "encoding"]
    assert corpus.source_bytes("a") == data == text.encode(encoding)
    for start, end in [span for span in source_lines(text) if span[0] < span[1]][:20]:
        assert corpus.cite("a", start, end).quote == text[start:end]


def cleaning(data: bytes, settings: CleaningSettings = QUICK) -> None:
    """Every byte is kept, dropped with a decision, or white space; every kept stretch leads back to bytes that hold it."""
    corpus = corpus_of(data.decode("utf-8", "ignore").encode())
    clean = clean_corpus(corpus, settings=settings)
    text, source = clean.text("a"), corpus.source_bytes("a")
    seen = np.zeros(len(source), dtype=int)
    for table in (clean.lines[~clean.lines["keep"]], clean.segments):
        for start, end in zip(table["byte_start"], table["byte_end"], strict=True):
            seen[start:end] += 1
    assert seen.max(initial=0) <= 1
    rest = np.frombuffer(source, np.uint8)[seen == 0].tobytes().decode()
    assert rest.strip() == "", rest[:60]
    for s in clean.segments.itertuples():
        assert s.kind == "edit" or source[s.byte_start : s.byte_end].decode() == text[s.start : s.end]
    for p in clean.paragraphs.itertuples():
        assert text[p.start : p.end] == p.text
    assert "\n\n".join(clean.paragraphs["text"]) == text


def tokens(data: bytes) -> None:
    """The tokens are what the expression finds, folded, at the places where it finds them, runs without blanks cut by ICU; the fast loops agree."""
    text = data.decode("utf-8", "ignore")
    tokenizer, letters, more = Tokenizer(), f"[{UNSPACED}]", f"[{UNSPACED}{MARKS}]*+"
    runs = re.findall(letters + more, text)
    parted = len(re.findall(f"{letters}[{MARKS}]*+[ \t\u3000]+(?={letters})", text))
    is_divided = 2 * parted >= len(runs) and sum(len(list(WordBreaker(run, "root"))) for run in runs) <= 1.5 * len(runs)

    def words(match: str) -> list[str]:
        return list(WordBreaker(match, "root")) if re.fullmatch(letters + more, match) and not is_divided else [match]

    expected = [
        (fold(m[0][a:b]), m.start() + a, m.start() + b)
        for m in re.finditer(tokenizer.pattern, text)
        for a, b in pairwise(accumulate(map(len, words(m[0])), initial=0))
        if re.search(f"[\\w{UNSPACED}]", m[0][a:b]) or len(words(m[0])) == 1
    ]
    assert list(zip(*tokenizer.tokenize(text), strict=True)) == expected
    found = cl.tokenize(corpus_of(text.encode()))
    assert found.words() == [word for word, _, _ in expected]
    spans = list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))
    assert spans == [(start, end) for _, start, end in expected]


def table(data: bytes, suffix: str = ".csv") -> None:
    """A table gives documents that hold their cells, or one sentence."""
    try:
        corpus = cl.load_corpus(_file(f"table{suffix}", data))
    except CorpusLibError as error:
        assert str(error)
        return
    assert corpus.documents.index.is_unique and list(corpus.documents.index) == sorted(corpus.documents.index)
    for doc_id in corpus.documents.index:
        source = corpus.source_bytes(doc_id)
        assert corpus.source(doc_id).encode() == source and sha256(source) == corpus.documents.at[doc_id, "sha256"]


def jsonl(data: bytes) -> None:
    """The same of a table of JSON lines."""
    table(data, ".jsonl")


def overrides(data: bytes, suffix: str = ".csv") -> None:
    """Decisions are rows of text with the known columns, or one sentence; replaying them changes only what they name."""
    try:
        frame = load_overrides(_file(f"overrides{suffix}", data))
    except CorpusLibError as error:
        assert str(error)
        return
    assert list(frame.columns) == list(COLUMNS)
    corpus = corpus_of(
        b"A heading\n\nThe council voted on Tuesday to close the bridge, which had been unsafe for years.\n"
    )
    clean = clean_corpus(corpus, settings=QUICK, overrides=frame)
    assert len(clean.overrides) == len(frame)


def replayed(rows: list[dict[str, str]]) -> None:
    """Any decisions about a real document are applied, redundant, stale or replaced; the invariants of cleaning hold."""
    source = b"A heading\n\nThe council voted on Tuesday to close the bridge, which had been unsafe for years.\n\nRecent Posts\n"
    corpus = corpus_of(source)
    lines = source.decode().split("\n")
    for row in rows:
        if row["line"].isdecimal() and 1 <= int(row["line"]) <= len(lines):
            row["line_hash"] = line_hash(lines[int(row["line"]) - 1])
        row["document"] = sha256(source)
    clean = clean_corpus(corpus, settings=QUICK, overrides=pd.DataFrame(rows, columns=list(COLUMNS)))
    assert set(clean.overrides["status"]) <= {"applied", "redundant", "stale", "replaced"}
    assert "\n\n".join(clean.paragraphs["text"]) == clean.text("a")


PACKED = (
    ".xml",
    ".sgm",
    ".rtf",
    ".odt",
    ".epub",
    ".docx",
    ".zip",
    ".tar",
    ".tgz",
    ".warc",
    ".warc.gz",
    ".txt",
    ".md",
    ".html",
)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>One text."


@cache
def _packed(suffix: str) -> bytes:
    """A small file of a format, for changes to begin with."""
    if suffix in (".zip", ".odt", ".epub", ".docx", ".tar", ".tgz"):
        out, files = io.BytesIO(), {"a.txt": b"One text.", "content.xml": b"<a><body><p>One text.</p></body></a>"}
        if "t" not in suffix[:2]:
            with zipfile.ZipFile(out, "w") as archive:
                for name, data in files.items():
                    archive.writestr(name, data)
            return out.getvalue()
        with tarfile.open(fileobj=out, mode="w:gz" if suffix == ".tgz" else "w") as tar:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        return out.getvalue()
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: {len(ANSWER)}\r\n\r\n"
    texts = {
        ".xml": b'<TEI><text><u who="#A">One text.</u></text></TEI>',
        ".sgm": b"<REUTERS><TITLE>One</TITLE><BODY>One text.</BODY></REUTERS>",
        ".rtf": b"{\\rtf1\\ansi One text.\\par}",
        ".warc": head.encode() + ANSWER + b"\r\n\r\n",
        ".warc.gz": gzip.compress(head.encode() + ANSWER + b"\r\n\r\n"),
        ".txt": b"HD One\n\nPD 5 May 2022\n\nTD One text.\n\nAN Document X1\n\nHD\n\nTwo\n\nLP\n\nTwo texts.\n\nAN\n\nDocument X2\n",
        ".md": b"1 of 2 DOCUMENTS\n\nPost\n\nMay 1, 2022\n\nTitle\n\nBYLINE: A\n\nOne text.\n\nLOAD-DATE: May 1, 2022\n",
    }
    return texts.get(suffix, b"<p>One text.")


def packed(data: bytes) -> None:
    """A file of any format gives documents whose bytes lead back to them, or problems with advice; nothing else is touched.

    The first byte chooses the format, the next two the place; what follows is written there, or ends the file where nothing follows.
    """
    suffix = PACKED[(data[0] if data else 0) % len(PACKED)]
    good = _packed(suffix)
    at = int.from_bytes(data[1:3], "big") % (len(good) + 1)
    folder = scratch() / "packed"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "anchor.txt").write_bytes(b"anchor")
    (folder / f"a{suffix}").write_bytes(good[:at] + (data[3:] + good[at + len(data[3:]) :] if len(data) > 3 else b""))
    corpus = cl.load_corpus(folder)
    assert corpus.problems["problem"].str.len().gt(0).all() and corpus.problems["advice"].str.endswith(".").all()
    assert len(corpus.documents) > 1 or len(corpus.problems)
    for doc_id in corpus.documents.index:
        text = corpus.text(doc_id)
        assert corpus.source(doc_id).encode(corpus.documents.at[doc_id, "encoding"]) == corpus.source_bytes(doc_id)
        assert corpus.cite(doc_id, 0, len(text)).quote == text
        assert corpus.documents.at[doc_id, "sha256"] == sha256(corpus.source_bytes(doc_id))
    assert {p.name for p in folder.iterdir()} == {"anchor.txt", f"a{suffix}"}


def frequency_list(data: bytes) -> None:
    """A list gives whole numbers that add up, or one sentence."""
    try:
        found = read_frequency_list(_file("list.txt", data))
    except CorpusLibError as error:
        assert str(error)
        return
    assert found.table.index.is_unique
    assert (found.table["frequency"] > 0).all() and found.n_tokens >= found.table["frequency"].sum()


@cache
def _saved() -> tuple[Path, dict[str, bytes], list[str]]:
    folder = scratch() / "index"
    made = cl.tokenize(
        cl.clean_corpus(corpus_of(b"The council voted on Tuesday to close the bridge, which was unsafe.\n" * 4))
    )
    made.save(folder)
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    return folder, files, made.words()


def index(data: bytes) -> None:
    """A saved index of which any file was changed is refused with one sentence, or it is the index that was saved.

    The first byte chooses the file, the next two the place; what follows is written there, or ends the file where nothing follows.
    """
    folder, files, words = _saved()
    name = sorted(files)[(data[0] if data else 0) % len(files)]
    good = files[name]
    at = int.from_bytes(data[1:3], "big") % (len(good) + 1)
    changed = good[:at] + (data[3:] + good[at + len(data[3:]) :] if len(data) > 3 else b"")
    (folder / name).write_bytes(changed)
    try:
        loaded = Tokens.load(folder)
        if changed != good and name.endswith("manifest.json"):
            # White space or the order of names may differ; the content may not.
            assert json.loads(changed) == json.loads(good)
        else:
            assert changed == good
        assert loaded.words() == words
        loaded.source.text(loaded.units["doc_id"].iloc[0])
    except CorpusLibError as error:
        assert changed != good and str(error)
    finally:
        (folder / name).write_bytes(good)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "decoding": decoding, "cleaning": cleaning, "tokens": tokens, "frequency_list": frequency_list, "index": index,
    "table": table, "jsonl": jsonl, "overrides": overrides, "packed": packed,
}  # fmt: skip
