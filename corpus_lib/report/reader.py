"""The reader: a page in which any word of a corpus is looked up, without a server and without a network.

Texts and tokens stand in the page, packed; its script finds, sorts and shows lines, and puts text of the corpus into the page as text only.
"""

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np

from corpus_lib.report.html_pages import templates

Facts = Mapping[str, Any]


def reader_html(facts: Facts, arrays: Facts, *, title: str, note: str = "", home: str = "") -> str:
    """The reader as a page.

    Parameters
    ----------
    facts
        Vocabulary, paragraphs, texts and rules of folding, as `reader.js` names them; nothing, where there is only a note to show.
    arrays
        Whole numbers by name.
    title
        Title of the study.
    note
        What a reader should know of what the page holds.
    home
        Address of the report's entry page, if there is one.

    Returns
    -------
    str
        HTML with one script, which its content policy allows by its hash; the same data give the same page.
    """
    data = packed(facts, arrays) if facts else ""
    page = templates().get_template("reader.html.j2")
    return str(page.render(data=data, title=title, note=note, home=home, hash=_hash))


def _hash(written: str) -> str:
    return f"sha256-{b64encode(sha256(written.encode()).digest()).decode()}"


def packed(facts: Facts, arrays: Facts) -> str:
    r"""Facts and arrays of whole numbers as letters and digits, which no browser takes for markup.

    Examples
    --------
    >>> import base64
    >>> gzip.decompress(base64.b64decode(packed({"a": 1}, {"n": [258, 1]})))[4:]
    b'{"a": 1, "arrays": {"n": 2}}\x02\x01\x01\x00\x00\x00\x00\x00'
    """
    sizes = {name: len(array) for name, array in arrays.items()}
    # A surrogate without its partner has no UTF-8; a question mark keeps its place.
    told = json.dumps({**facts, "arrays": sizes}, ensure_ascii=False).encode("utf-8", "replace")
    # The first bytes of all numbers, then the second ones: most of the later ones are zero, and pack to nothing.
    planes = [np.asarray(array, dtype="<i4").view(np.uint8).reshape(-1, 4).T.tobytes() for array in arrays.values()]
    whole = b"".join([len(told).to_bytes(4, "little"), told, *planes])
    return b64encode(gzip.compress(whole, 6, mtime=0)).decode()
