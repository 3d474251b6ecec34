"""What is derived from tokens once and asked for by many queries: where each type stands, and how often it stands in each unit.

Tokens that were loaded from a folder have both built when they are first needed and kept beside their arrays, so that a query reads only what it
is about. Tokens in memory are scanned: a pass over them costs less than the table would.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus_lib.errors import OutputError
from corpus_lib.tokens.counts import PartCounts, count_by_part, grouped, part_offsets, rows_by_part, transposed

if TYPE_CHECKING:
    from corpus_lib.tokens.tokens import Tokens

__all__ = ["Postings", "positions_of", "postings", "type_frequencies", "unit_counts", "unit_rows"]

Ints = NDArray[np.int64]
# Positions and counts are kept in four bytes where they fit.
SMALL = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Postings:
    """Inverted positions.

    Attributes
    ----------
    offsets
        int64, n_types + 1: type `t` stands at `positions[offsets[t]]` to `positions[offsets[t + 1]]`.
    positions
        Token numbers, ascending within a type.
    """

    offsets: np.ndarray
    positions: np.ndarray

    def of(self, types: Ints) -> Ints:
        """Token numbers of some types, ascending."""
        pieces = [self.positions[self.offsets[t] : self.offsets[t + 1]] for t in types.tolist()]
        if len(pieces) == 1:
            return np.asarray(pieces[0], dtype=np.int64)
        return np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *pieces]))


def postings(tokens: Tokens) -> Postings:
    """Inverted positions of all types, by one counting sort.

    Examples
    --------
    >>> from corpus_lib import Tokens
    >>> postings(Tokens.from_lists([["b", "a"], ["a"]])).positions.tolist()
    [1, 2, 0]
    """

    def build() -> dict[str, np.ndarray]:
        numbers = np.arange(tokens.n_tokens, dtype=np.int32 if tokens.n_tokens <= SMALL else np.int64)
        offsets, positions = grouped(tokens.ids, len(tokens.vocabulary), numbers)
        return {"offsets": offsets, "positions": positions}

    return Postings(**_kept(tokens.folder, "postings", build))


def positions_of(tokens: Tokens, types: Ints) -> Ints:
    """Token numbers of some types, ascending."""
    if tokens.folder is not None:
        return tokens.postings.of(types)
    if len(types) == 1:
        return np.flatnonzero(tokens.ids == types[0])
    wanted = np.zeros(len(tokens.vocabulary), dtype=bool)
    wanted[types] = True
    return np.flatnonzero(wanted[tokens.ids])


def type_frequencies(tokens: Tokens) -> Ints:
    """Frequency of each type."""
    if tokens.folder is not None:
        return np.diff(tokens.postings.offsets)
    return np.bincount(tokens.ids, minlength=len(tokens.vocabulary)).astype(np.int64)


def unit_counts(tokens: Tokens) -> PartCounts:
    """Counts of every type in every unit, by type (CSC); units without a token count as parts of size 0."""

    def build() -> dict[str, np.ndarray]:
        offsets, part, count = count_by_part(tokens.ids, part_offsets(tokens, "unit"), len(tokens.vocabulary))
        return {
            "offsets": offsets,
            "part": part.astype(np.int32, copy=False),
            "count": count.astype(np.int32, copy=False),
        }

    made = _kept(tokens.folder, "counts_by_type", build)
    return PartCounts(made["offsets"], made["part"], made["count"], tokens.sizes)


def unit_rows(tokens: Tokens) -> dict[str, np.ndarray]:
    """The same counts by unit (CSR): `offsets`, and for each entry its `term`, ascending within a unit, and its `count`."""

    def build() -> dict[str, np.ndarray]:
        if tokens.folder is None and "unit_counts" not in tokens.__dict__:
            offsets, term, count = rows_by_part(tokens.ids, part_offsets(tokens, "unit"), len(tokens.vocabulary))
        else:
            counts = tokens.unit_counts
            offsets, term, count = transposed(counts.offsets, counts.part, counts.count, tokens.n_units)
        return {"offsets": offsets, "term": term.astype(np.int32, copy=False), "count": count}

    return _kept(tokens.folder, "counts_by_unit", build)


def _kept(folder: Path | None, name: str, build: Callable[[], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """What `build` makes, mapped from the data of a saved folder, where it is put when it is first asked for."""
    if folder is None:
        return build()
    place = folder / name
    if (place / "manifest.json").is_file():
        return _mapped(place)
    arrays = build()
    try:
        _write(place, arrays)
    except OutputError as error:
        warnings.warn(f"{name} will be made again in the next session: {error}", stacklevel=2)
        return arrays
    return _mapped(place)


def _mapped(place: Path) -> dict[str, np.ndarray]:
    from corpus_lib.folders import check_files, mapped, read_manifest

    manifest = read_manifest(place)
    data = place / manifest["data"]
    check_files(place, data, manifest["files"])
    return {Path(name).stem: mapped(data / name) for name in manifest["files"]}


def _write(place: Path, arrays: Mapping[str, np.ndarray]) -> None:
    from corpus_lib.files import output_lock, write_array
    from corpus_lib.folders import FORMAT, VERSION, checksums, new_data, publish

    with output_lock(place), new_data(place) as data:
        for name, array in arrays.items():
            write_array(data / f"{name}.npy", array)
        publish(place, data, {"format": FORMAT, "version": VERSION, "files": checksums(data)})
