"""What was prepared of a corpus, on disk: `.prepared`, which holds nothing but that and may be deleted at any time.

    documents-….txt    a line a document: key, seal and what was found out about it, as JSON
    whole-…/           tokens of the whole corpus with its clean texts, as `Tokens.save` writes them

The key of a document holds everything that its line depends on. A line whose seal does not hold counts as absent.
"""

import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from corpus_lib.corpus.clean import CLEAN_TABLES
from corpus_lib.errors import CorpusLibError, InvalidValue
from corpus_lib.files import TEMPORARY, alone, sha256, sweep_temporaries, whole
from corpus_lib.folders import LEFT_BY_SYSTEMS, MANIFEST, check_files, discard, read_manifest
from corpus_lib.tokens.saved import fields_of
from corpus_lib.tokens.tokens import Tokens

PREPARED = ".prepared"
DOCUMENTS = re.compile(r"documents-[0-9a-f]{16}\.txt")
WHOLE = re.compile(r"whole-[0-9a-f]{32}")
DATA = re.compile(r"data-[0-9a-f]{12}")
# As many files of documents are read one by one before they are made one.
HANDFUL = 8
Line = tuple[str, str, bytes]


def check_store(folder: Path) -> None:
    """Refuse a `.prepared` that is not the library's own, or holds anything that is not.

    Raises
    ------
    InvalidValue
        With the first of the names that are in the way.
    """
    if folder.is_symlink() or (os.path.lexists(folder) and not folder.is_dir()):
        strange = [folder.name]
    else:
        strange = _strange(folder, lambda p: _is(p, DOCUMENTS, False) or (_is(p, WHOLE, True) and not _inside(p)))
    if strange:
        raise InvalidValue(
            f"{str(folder)!r} must hold only what this library prepared; {strange[0]!r} is something else. Nothing was changed; move it elsewhere."
        )


def _strange(folder: Path, is_own: Callable[[Path], bool]) -> list[str]:
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    return [p.name for p in there if not (TEMPORARY.fullmatch(p.name) or p.name in LEFT_BY_SYSTEMS or is_own(p))]


def _inside(place: Path) -> list[str]:
    return _strange(place, lambda p: (p.name == MANIFEST and p.is_file()) or _is(p, DATA, True))


def _is(path: Path, name: re.Pattern[str], folder: bool) -> bool:
    return bool(name.fullmatch(path.name)) and not path.is_symlink() and path.is_dir() == folder


class Store:
    """The folder `.prepared`, whole at any time, whoever reads and writes it.

    Parameters
    ----------
    folder
        Where it stands; `None` keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._is_tidy = True

    def forget(self) -> None:
        """Remove all that was prepared."""
        if self.folder is not None and self.folder.is_dir():
            with alone(self.folder):
                self._remove([*_files(self.folder), *_wholes(self.folder)])

    def documents(self, keys: Collection[str], wanted: Callable[[str], bool]) -> dict[str, Any]:
        """What is known by these keys; `wanted` says of a key whether its line is worth keeping."""
        found: dict[str, Any] = {}
        if self.folder is None or not self.folder.is_dir():
            return found
        with alone(self.folder):
            seen: set[str] = set()
            for key, seal, payload in _lines(_files(self.folder)):
                is_good = wanted(key) and key not in seen and seal == _seal(key, payload)
                if is_good and key in keys:
                    found[key] = json.loads(payload)
                seen.add(key)
                self._is_tidy &= is_good
        return found

    def keep(self, made: Mapping[str, Any], wanted: Callable[[str], bool]) -> None:
        """Write down what was made, and let go what is no longer wanted."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = {}
        for key, entry in made.items():
            payload = json.dumps(entry, ensure_ascii=False).encode("utf-8", "surrogatepass")
            lines[key] = (_seal(key, payload), payload)
        with alone(self.folder):
            sweep_temporaries(self.folder)
            files = _files(self.folder)
            old = [] if self._is_tidy and len(files) < HANDFUL else files
            for key, seal, payload in _lines(old):
                if wanted(key) and seal == _seal(key, payload):
                    lines.setdefault(key, (seal, payload))
            written = self._write(lines) if lines else None
            self._remove([path for path in old if path != written])

    def _write(self, lines: Mapping[str, tuple[str, bytes]]) -> Path:
        name = sha256("".join(key + seal for key, (seal, _) in sorted(lines.items())).encode())[:16]
        path = Path(str(self.folder)) / f"documents-{name}.txt"
        with whole(path) as place, place.open("wb") as file:
            for key, (seal, payload) in lines.items():
                file.write(b"%b %b %b\n" % (key.encode(), seal.encode(), payload))
        return path

    def tokens(self, key: str) -> Tokens | None:
        """The tokens of the whole corpus that were kept under this key, mapped; `None` where they are not there as they were written."""
        place = self._place(key)
        if place is None or not place.is_dir():
            return None
        try:
            manifest = read_manifest(place)
            known = fields_of(check_files(place, manifest, verify=True), manifest)
        except (CorpusLibError, OSError):
            return None
        source, settings = known["source"], dict(known["settings"])
        if settings.pop("prepared", None) != key:
            return None
        # Read now: when another process has a newer state, this one goes.
        tables = {name: getattr(source, name) for name in CLEAN_TABLES}
        return Tokens(**known | {"source": replace(source, **tables), "settings": MappingProxyType(settings)})

    def keep_tokens(self, key: str, tokens: Tokens | None) -> None:
        """Keep these tokens, if there are any, and no others; without any, the older ones as long as all their texts are still in use."""
        place = self._place(key)
        if place is None or (tokens is None and self._is_tidy):
            return
        if tokens is not None:
            marked = replace(tokens, settings=MappingProxyType({**tokens.settings, "prepared": key}))
            try:
                marked.save(place)
            except InvalidValue:  # so damaged that it no longer proves to be the library's own; its name and place do
                discard(place)
                marked.save(place)
        with alone(place.parent):
            self._remove(other for other in _wholes(place.parent) if other != place)

    def _place(self, key: str) -> Path | None:
        return None if self.folder is None else self.folder / f"whole-{key[:32]}"

    def _remove(self, places: Iterable[Path]) -> None:
        for place in places:
            if place.is_dir():
                discard(place)
            else:
                place.unlink(missing_ok=True)


def _wholes(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("whole-*") if _is(p, WHOLE, True))


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("documents-*.txt") if _is(p, DOCUMENTS, False))


def _lines(files: list[Path]) -> Iterator[Line]:
    """Key, seal and content of every line of some files."""
    for path in files:
        with path.open("rb") as file:
            for line in file:
                key, _, rest = line.rstrip(b"\n").partition(b" ")
                seal, _, payload = rest.partition(b" ")
                yield key.decode("ascii", "replace"), seal.decode("ascii", "replace"), payload


def _seal(key: str, payload: bytes) -> str:
    return sha256(key.encode() + b" " + payload)
