"""Which encoding a file is in, and on what ground: a mark, the page's own statement, valid UTF-8, or a guess that is reported as one.

Nothing is decoded with errors ignored, since a lost byte could not be cited.
"""

import codecs

from corpus_lib.errors import InvalidValue

# Encodings that charset-normalizer may choose from. All are stateless: a character has a byte offset of its own, which `cite` needs.
ENCODINGS = (
    "utf_16_le", "utf_16_be", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "iso8859_15",
    "koi8_r", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp874",
)  # fmt: skip
STATEFUL = (
    "utf_7", "hz", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr", "utf_16", "utf_32",
)  # fmt: skip
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def byte_order_mark(data: bytes) -> str | None:
    """The encoding that a byte order mark at the beginning names."""
    return next((codec for mark, codec in BYTE_ORDER_MARKS if data.startswith(mark)), None)


def choose_encoding(data: bytes, named: str | None, declared: str | None = None) -> tuple[str | None, str]:
    """Encoding and the reason for it; no encoding and the reason when none gives the bytes back.

    Parameters
    ----------
    data
        The file.
    named
        The encoding that the caller named.
    declared
        The encoding that a page states about itself.

    Notes
    -----
    What is valid UTF-8 with a character beyond ASCII is UTF-8 whatever the page states: pages keep their old statement when they are saved again, other
    text is hardly ever valid UTF-8 by chance, and GB18030 reads Chinese in UTF-8 without an error into other characters.
    """
    if named is not None:
        return (named, "named by the caller") if reversible(data, named) else (None, f"not valid {named}")
    marked = byte_order_mark(data)
    if marked and reversible(data, marked):
        return marked, "byte order mark"
    stated = _stateless(declared)
    if reversible(data, "utf-8"):
        differs = stated not in (None, "utf-8") and not data.isascii()
        return "utf-8", f"valid UTF-8, although the page states {declared}" if differs else "valid UTF-8"
    if stated and reversible(data, stated):
        return stated, "stated by the page"
    return _guess(data)


def decoded(data: bytes) -> tuple[str, str]:
    """The text of a small file that a person keeps, without a byte order mark, and its encoding.

    Examples
    --------
    >>> decoded(codecs.BOM_UTF16_LE + "é".encode("utf-16-le"))
    ('é', 'utf-16-le')
    """
    codec, basis = choose_encoding(data, None)
    if codec is None:
        raise ValueError(f"its encoding is not known ({basis})")
    return data.decode(codec).removeprefix("\ufeff"), codec


def _guess(data: bytes) -> tuple[str | None, str]:
    from charset_normalizer import from_bytes

    candidates = [match.encoding for match in from_bytes(data, cp_isolation=list(ENCODINGS))]
    best = next((c for c in candidates if reversible(data, c)), None)
    if best is None:
        return None, "not UTF-8, and no other encoding fits"
    others = ", ".join(c for c in candidates[1:4])
    return best, "guessed by charset-normalizer" + (f"; also possible: {others}" if others else "")


def reversible(data: bytes, encoding: str) -> bool:
    """Whether the bytes decode, and the text encodes to the same bytes: without that an offset would not lead back."""
    try:
        return data.decode(encoding).encode(encoding) == data
    except UnicodeError:
        return False


def _stateless(label: str | None) -> str | None:
    """Python's name of a text encoding in which each character has bytes of its own, `None` for any other label."""
    try:
        info = codecs.lookup(label or "")
    except (LookupError, ValueError):
        return None
    is_text = getattr(info, "_is_text_encoding", True)
    return None if info.name.replace("-", "_") in STATEFUL or not is_text else info.name


def codec_name(encoding: str | None, *, of_table: bool = False) -> str | None:
    """Python's name of an encoding that a caller names; `InvalidValue` if it is unknown or cannot be cited, which the cells of a table can."""
    if encoding is None:
        return None
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise InvalidValue(
            f"`encoding` must be an encoding that Python knows; found {encoding!r}. Try 'utf-8', 'gb18030' or 'cp1252'."
        ) from None
    if _stateless(encoding) is None and not (of_table and name == "utf-16"):
        raise InvalidValue(
            f"`encoding` must be stateless, so that each character has bytes of its own; found {encoding!r}. "
            "Save the files as UTF-8 (UTF-16 with a mark is read without naming it)."
        )
    return name
