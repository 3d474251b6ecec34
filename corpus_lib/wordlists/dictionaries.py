"""Dictionary files of other programs: categories of words, for `Tokens.group`, and their counts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from corpus_lib.errors import InvalidValue, MissingFile
from corpus_lib.loading.encodings import decoded


def read_dictionary(path: str | Path) -> dict[str, list[str]]:
    """The categories of a dictionary and their patterns.

    Parameters
    ----------
    path
        quanteda's YAML (`.yml`, `.yaml`; a category within another is "outer.inner"), LIWC's `.dic`, or text with one "name: word, word*" a line.

    Returns
    -------
    dict
        Name -> patterns, as `Tokens.group` takes them, which makes one token of each place: a word that the dictionary has in several categories it
        takes from one of them at a time.

    Raises
    ------
    MissingFile, InvalidValue
        No such file; a file that holds no category; all categories without a name or without words; in LIWC's, all entries whose category is not declared.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "mine.txt")
    ...     _ = path.write_text("conflict: war, threat*", encoding="utf-8")
    ...     read_dictionary(path)
    {'conflict': ['war', 'threat*']}
    """
    path = Path(path)
    if not path.is_file():
        raise MissingFile(f"`path` must be a dictionary file; {path.name!r} does not exist. Check the name.")
    try:
        text, _ = decoded(path.read_bytes())
        if path.suffix.lower() in (".yml", ".yaml"):
            found = dict(_nested(yaml.safe_load(text)))
        else:
            found = _liwc(text) if text.lstrip().startswith("%") else _plain(text)
    except (yaml.YAMLError, RecursionError):
        raise InvalidValue(f"{path.name!r} must be YAML; it cannot be read as that. Correct it.") from None
    except ValueError as error:
        raise InvalidValue(f"{path.name!r}: {error}") from None
    if (lacking := [name for name, words in found.items() if not (name and words)]) or not found:
        raise InvalidValue(f"{path.name!r} needs named categories with words; found {lacking or 'none'}. Write 'a: b'.")
    return found


def _nested(held: Any, outer: str = "") -> Iterator[tuple[str, list[str]]]:
    if isinstance(held, dict):
        for name, inner in held.items():
            yield from _nested(inner, f"{outer}.{name}" if outer else str(name))
    elif outer and held is not None:
        yield outer, [str(word) for word in (held if isinstance(held, list) else [held])]


def _liwc(text: str) -> dict[str, list[str]]:
    """A head of "number name" between two % signs, then "word number number …"."""
    head, _, body = text.lstrip().removeprefix("%").partition("%")
    names = dict(line.split(None, 1) for line in map(str.strip, head.splitlines()) if len(line.split()) > 1)
    found: dict[str, list[str]] = {name: [] for name in names.values()}
    unknown = []
    for line in filter(None, map(str.strip, body.splitlines())):
        word, *numbers = line.split("\t") if "\t" in line else line.split()
        unknown += [line] * (not numbers or not set(numbers) <= names.keys())
        for number in names.keys() & set(numbers):
            found[names[number]].append(word)
    if unknown:
        raise ValueError(f"each word needs the numbers of declared categories; found {unknown[:5]!r}. Repair these.")
    return found


def _plain(text: str) -> dict[str, list[str]]:
    lines = [line.partition(":") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if wrong := [name for name, colon, _ in lines if not colon]:
        raise ValueError(f"each line must be 'name: word, word*'; found {wrong[:5]!r}. Repair these.")
    found: dict[str, list[str]] = {}
    for name, _, words in lines:
        found.setdefault(name.strip(), []).extend(filter(None, map(str.strip, words.split(","))))
    return found
