"""The fast tokenizer: the same tokens as `Tokenizer.pattern` with `str.lower`, from UTF-8 bytes, in threads.

The regular expression is the definition. What it says of each code point is asked of Python's own `re` and `str.lower` when the tables are made, so
the two agree on all of Unicode under every version of Python; what it does with a sequence is in `corpus_lib.scan`. An expression of the user's own
is left to `re`. numba is an extra: without it, and where the compiled code cannot be used, the expression does all the work.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from corpus_lib.tokens import Tokenizer

__all__ = ["KERNEL_CHARACTERS", "fast_tokens", "is_usable"]

# From this size on the compiled loops pay for their start: importing numba, reading the compiled code and making the tables took 1.5 to 2 s of CPU,
# in which the expression reads 8 to 11 MB (5.5 MB/s); compiling anew takes another 8 s, once a machine.
KERNEL_CHARACTERS = 10_000_000
# Texts are handed to the loops in batches that stay in the cache, so that no second copy of a corpus is held.
BATCH_BYTES = 2 * 1024 * 1024
# Less than this is not worth a thread.
THREAD_CHARACTERS = 1_000_000
N_POINTS = 0x110000


@dataclass(frozen=True)
class Tables:
    """What the expression and `str.lower` say of each code point."""

    first: np.ndarray
    fold: np.ndarray
    flags: np.ndarray
    lower: np.ndarray
    expansions: np.ndarray
    context: np.ndarray


def is_usable(tokenizer: Tokenizer, n_characters: int) -> bool:
    """Whether the compiled loops are to be used: the built-in expression alone, text enough to pay, and numba there."""
    return (
        tokenizer.expression is None
        and tokenizer.is_pattern_alone
        and n_characters >= KERNEL_CHARACTERS
        and _scan_module() is not None
    )


@lru_cache(maxsize=1)
def _scan_module() -> Any:
    try:
        from corpus_lib import scan
    except (ImportError, OSError):
        return None
    return scan


@lru_cache(maxsize=32)
def tables(tokenizer: Tokenizer) -> Tables:
    """Tables for a tokenizer with a built-in expression."""
    from corpus_lib import scan
    from corpus_lib.tokens import APOSTROPHES, HAN, HYPHENS, MARKS

    letter = f"[^\\W\\d_{HAN}]"
    joiners = (HYPHENS if tokenizer.hyphens else "") + (APOSTROPHES if tokenizer.apostrophes else "")
    classes = {scan.WORD: f"[^\\W_{HAN}]" if tokenizer.numbers else letter, scan.LETTER: letter, scan.DIGIT: r"\d", scan.MARK: f"[{MARKS}]",
               scan.HAN: f"[{HAN}]"}  # fmt: skip
    if joiners:
        classes[scan.JOINER] = f"[{joiners}]"
    flags = np.zeros(N_POINTS, dtype=np.uint8)
    for bit, expression in classes.items():
        for first_point, last_point in _spans(expression):
            flags[first_point:last_point] |= bit
    lower, expansions = (
        _lower_table() if tokenizer.lowercase else (np.arange(N_POINTS, dtype=np.int32), np.full((1, 1), -1, np.int32))
    )
    first = np.full(256, scan.WIDE, dtype=np.uint8)
    first[:128] = flags[:128]
    fold = np.zeros(256, dtype=np.uint64)
    fold[:128] = np.where(flags[:128] & scan.WORD, lower[:128], 0)
    return Tables(first, fold, flags, lower, expansions, _sigma_context())


def _everything() -> str:
    return "".join(map(chr, range(N_POINTS)))


@lru_cache(maxsize=32)
def _spans(expression: str) -> list[tuple[int, int]]:
    """Runs of code points that a class of characters matches."""
    return [match.span() for match in re.finditer(f"{expression}+", _everything())]


@lru_cache(maxsize=1)
def _lower_table() -> tuple[np.ndarray, np.ndarray]:
    """Lower case of each code point; N_POINTS + k stands for row k of the expansions, which are filled with -1."""
    # The capital sigma, whose lower case depends on its neighbours, stands alone here: the loops decide it. The dotted I is the only character
    # whose lower case is longer than itself; if another version of Unicode has more, they are looked for one by one.
    everything, longer = _everything(), [0x130]
    alike = everything.replace("\u0130", " ").replace("\u03a3", "\u03c3").lower()
    if len(alike) != N_POINTS:
        longer = [i for i, c in enumerate(everything) if len(c.lower()) != 1]
        alike = "".join(c.lower() if len(c.lower()) == 1 else " " for c in everything)
    lower = _code_points(alike).astype(np.int32)
    lower[longer] = N_POINTS + np.arange(len(longer))
    expansions = np.full((len(longer), 3), -1, dtype=np.int32)
    for k, i in enumerate(longer):
        points = [ord(c) for c in everything[i].lower()]
        expansions[k, : len(points)] = points
    return lower, expansions


def _code_points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


@lru_cache(maxsize=1)
def _sigma_context() -> np.ndarray:
    """What a character means to a capital sigma beside it: 2 cased, 1 passed over, 0 neither; found by asking `str.lower`."""
    from corpus_lib.tokens import APOSTROPHES, HYPHENS, MARKS

    # All that can stand in a token.
    spans = _spans(f"[\\w{MARKS}{HYPHENS}{APOSTROPHES}.,]")
    points = np.concatenate([np.arange(a, b) for a, b in spans])
    # The dotted I would shift what follows it; the sigma is the one that asks. Both are cased.
    plain = points[(points != 0x130) & (points != 0x3A3)]
    before_space, before_letter = (
        _code_points("".join(f"a\u03a3{chr(p)}{after}" for p in plain.tolist()).lower()).reshape(-1, 4)[:, 1] == 0x3C3
        for after in " a"
    )
    context = np.zeros(N_POINTS, dtype=np.uint8)
    context[plain] = np.where(before_space, 2, np.where(before_letter, 1, 0))
    context[[0x130, 0x3A3]] = 2
    return context


# -------------------------------------------------------------------------------------------------------------------- driver


@dataclass
class _Lexicon:
    """Types that were met, their bytes packed into lanes; grows as it needs."""

    slots: np.ndarray = field(default_factory=lambda: np.zeros(1 << 18, dtype=np.uint64))
    pool: np.ndarray = field(default_factory=lambda: np.zeros(1 << 17, dtype=np.uint64))
    where: np.ndarray = field(default_factory=lambda: np.zeros(1 << 15, dtype=np.int64))
    sizes: np.ndarray = field(default_factory=lambda: np.zeros(1 << 15, dtype=np.int64))
    n_types: int = 0
    end: int = 0

    def reserve(self, n_types: int, lanes: int) -> None:
        """Make room for so many types and lanes in all."""
        from corpus_lib import scan

        if n_types > min(len(self.where), len(self.slots) // 8):
            size = 1 << (n_types - 1).bit_length()
            larger = np.zeros(8 * size, dtype=np.uint64)
            scan.grow(self.slots, larger)
            self.slots = larger
            self.where, self.sizes = (
                np.concatenate([a, np.zeros(size - len(a), dtype=np.int64)]) for a in (self.where, self.sizes)
            )
        if lanes > len(self.pool):
            self.pool = np.concatenate(
                [self.pool, np.empty(max(lanes - len(self.pool), len(self.pool)), dtype=np.uint64)]
            )


@dataclass
class _Found:
    """Tokens of a run of units, numbered by the lexicon of the thread that met them; grows as it needs."""

    lexicon: _Lexicon
    counts: np.ndarray
    arrays: list[np.ndarray]
    n_tokens: int = 0

    def reserve(self, n_tokens: int) -> None:
        """Make room for so many tokens in all."""
        if n_tokens > len(self.arrays[0]):
            size = max(n_tokens, len(self.arrays[0]) * 3 // 2)
            for k, old in enumerate(self.arrays):
                self.arrays[k] = np.empty(size, dtype=np.int32)
                self.arrays[k][: self.n_tokens] = old[: self.n_tokens]


def fast_tokens(
    texts: Sequence[str], bases: np.ndarray, tokenizer: Tokenizer, *, n_threads: int | None = None
) -> tuple[Any, ...] | None:
    """Tokens of the texts of all units: ids, offsets, starts, ends and the vocabulary, as `corpus_lib.tokens.build_tokens` makes them.

    Parameters
    ----------
    texts
        One text a unit.
    bases
        The character of the document at which each text begins.
    tokenizer
        A tokenizer with a built-in expression.
    n_threads
        Threads; by default one a processor that this process may use.

    Returns
    -------
    tuple or None
        `None` where the compiled loops cannot be used (no numba, a cache that cannot be written or read, half a surrogate pair in a text): then
        the expression has to do the work.
    """
    if _scan_module() is None:
        return None
    threads = n_threads or (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    sizes = np.array([len(t) for t in texts], dtype=np.int64)
    try:
        known = tables(tokenizer)
        cuts = _cuts(sizes, max(1, min(threads, int(sizes.sum()) // THREAD_CHARACTERS)))
        with ThreadPoolExecutor(len(cuts) - 1) as pool:
            done = list(
                pool.map(lambda a, b: _scan_units(texts[a:b], bases[a:b], tokenizer, known), cuts[:-1], cuts[1:])
            )
            return _joined(done, pool)
    except UnicodeEncodeError:
        return None
    except (OSError, RuntimeError, EOFError) as error:
        # numba's cache: a full disk, a read-only home, a file cut short.
        warnings.warn(
            f"the fast tokenizer could not be used ({error}); the expression is used instead, with the same result",
            stacklevel=3,
        )
        return None


def _cuts(sizes: np.ndarray, n: int) -> list[int]:
    """Where to cut the units into `n` runs of about the same size."""
    before = np.concatenate([[0], np.cumsum(sizes)])
    inner = np.searchsorted(before, before[-1] * np.arange(1, n) / n)
    return [0, *np.minimum(inner, len(sizes)).tolist(), len(sizes)]


def _scan_units(texts: Sequence[str], bases: np.ndarray, tokenizer: Tokenizer, known: Tables) -> _Found:
    """Tokens of some units, in batches that stay in the processor's cache, with the types that occur in them."""
    # English has a token every 5.5 to 6.5 characters; where there are more, the arrays grow.
    room = sum(map(len, texts)) // 5
    found = _Found(_Lexicon(), np.zeros(len(texts), dtype=np.int64), [np.empty(room, dtype=np.int32) for _ in range(3)])
    buffer, batch, size = bytearray(BATCH_BYTES), [], 0
    for number, text in enumerate(texts):
        batch.append(text.encode("utf-8"))
        size += len(batch[-1]) + 1
        if size >= BATCH_BYTES // 2 or number == len(texts) - 1:
            if size + 8 > len(buffer):
                buffer = bytearray(size + 8)
            first = number + 1 - len(batch)
            _scan_batch(batch, buffer, bases[first : number + 1], first, tokenizer, known, found)
            batch, size = [], 0
    return found


def _scan_batch(
    batch: Sequence[bytes],
    buffer: bytearray,
    bases: np.ndarray,
    first: int,
    tokenizer: Tokenizer,
    known: Tables,
    found: _Found,
) -> None:
    from corpus_lib import scan

    run: Any = scan.scan
    bounds = np.cumsum([0, *(len(text) + 1 for text in batch)], dtype=np.int64)
    for text, start in zip(batch, bounds.tolist(), strict=False):
        buffer[start : start + len(text) + 1] = text + b"\n"
    buffer[bounds[-1] : bounds[-1] + 8] = bytes(8)
    data, lexicon = np.frombuffer(buffer, dtype=np.uint8), found.lexicon
    # Two tokens have a byte between them, unless one of them is a Han character, which has three bytes.
    found.reserve(found.n_tokens + int(bounds[-1]) // 2 + 1)
    counts = found.counts[first : first + len(batch)]
    state = np.array([0, 0, 0, found.n_tokens, lexicon.n_types, lexicon.end], dtype=np.int64)
    # The lower case of a character takes at most half as many bytes again, and a token may be as long as its unit.
    spare = int(np.diff(bounds).max()) // 4 + 8
    done = False
    while not done:
        lexicon.reserve(int(state[4]) + 1, int(state[5]) + 2 * spare)
        done = run(
            data, bounds, np.ascontiguousarray(bases, dtype=np.int64), known.first, known.fold, known.flags, known.lower, known.expansions, known.context,
            tokenizer.lowercase, tokenizer.abbreviations, tokenizer.numbers, len(lexicon.pool) - spare, lexicon.slots, lexicon.pool, lexicon.where,
            lexicon.sizes, *found.arrays, counts, state,
        )  # fmt: skip
    found.n_tokens, lexicon.n_types, lexicon.end = map(int, state[3:])


def _joined(done: Sequence[_Found], pool: ThreadPoolExecutor) -> tuple[Any, ...]:
    """One vocabulary, sorted by code point, and the tokens of all threads numbered by it."""
    from corpus_lib import scan

    common, numbers = _common_lexicon([found.lexicon for found in done])
    vocabulary, rank = _sorted_vocabulary(common)
    before = np.cumsum([0, *(found.n_tokens for found in done)], dtype=np.int64)
    # The arrays of a single thread are renumbered in place.
    out = done[0].arrays if len(done) == 1 else [np.empty(before[-1], dtype=np.int32) for _ in range(3)]

    def put(k: int) -> None:
        found, here = done[k], slice(before[k], before[k + 1])
        scan.renumber(found.arrays[0][: found.n_tokens], rank[numbers[k]], out[0][here])
        for part in (1, 2) if len(done) > 1 else ():
            out[part][here] = found.arrays[part][: found.n_tokens]

    list(pool.map(put, range(len(done))))
    counts = np.concatenate([np.zeros(1, dtype=np.int64), *(found.counts for found in done)])
    ids, starts, ends = (a[: before[-1]] for a in out)
    return ids, np.cumsum(counts), starts, ends, vocabulary


def _common_lexicon(lexicons: Sequence[_Lexicon]) -> tuple[_Lexicon, list[np.ndarray]]:
    """The first lexicon with the types of all others added, and the number in it of each type of each."""
    from corpus_lib import scan

    common, numbers = lexicons[0], [np.arange(lexicons[0].n_types, dtype=np.int32)]
    for other in lexicons[1:]:
        common.reserve(common.n_types + other.n_types + 1, common.end + other.end + 8)
        state = np.array([common.n_types, common.end], dtype=np.int64)
        where, sizes = other.where[: other.n_types], other.sizes[: other.n_types]
        numbers.append(
            scan.insert(other.pool, where, sizes, common.slots, common.pool, common.where, common.sizes, state)
        )
        common.n_types, common.end = int(state[0]), int(state[1])
    return common, numbers


def _sorted_vocabulary(lexicon: _Lexicon) -> tuple[pd.Index, np.ndarray]:
    """The types by code point, and the place of each. UTF-8 sorts as code points do."""
    import pyarrow as pa
    import pyarrow.compute as pc

    n = lexicon.n_types
    where, sizes = lexicon.where[:n], lexicon.sizes[:n]
    data = lexicon.pool[: lexicon.end].astype("<u8", copy=False).view(np.uint8)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    # Byte k of type t stands at 8 * where[t] + k.
    gather = np.arange(offsets[-1]) + np.repeat(8 * where - offsets[:-1], sizes)
    words = pa.LargeStringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(data[gather]))
    order = pc.sort_indices(words)
    rank = np.empty(n, dtype=np.int32)
    rank[order.to_numpy()] = np.arange(n, dtype=np.int32)
    return pd.Index(pd.array(words.take(order), dtype="str"), name="token"), rank
