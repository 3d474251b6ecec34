"""The compiled loops of the fast tokenizer: from UTF-8 bytes to ids, starts and ends in one pass, without the interpreter's lock.

They follow the expression of `Tokenizer.pattern` step by step; the tables say of each code point what the expression's classes and `str.lower` say
of it (see `corpus_lib.kernel`, which makes them). This module imports numba and is imported only when it is used.

How a type is found again: a folded token is packed into words of eight bytes ("lanes"). A token of one lane is its own key, compared as one integer;
of a longer one the key is a hash, and a hit is confirmed lane by lane, so two types can never fall together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np

__all__ = ["grow", "renumber", "scan"]

Function = TypeVar("Function", bound=Callable[..., Any])
Array = np.ndarray
# Inside compiled code integers and truth values are the machine's: Python's `int`, or NumPy's, as it comes.
Integer = Any
Truth = Any

# Classes of a character, as bits: what the expression calls `word`, `letter`, \d, a combining mark, a Han character, a joiner, and not ASCII.
WORD, LETTER, DIGIT, MARK, HAN, JOINER, WIDE = 1, 2, 4, 8, 16, 32, 64
SIGMA = 0x3A3
CASED, IGNORABLE = 2, 1
STOP, COMMA = 46, 44
# Above this, `lower` holds the number of an expansion: the few characters whose lower case has more than one character.
EXPANDED = 0x110000
FILL = np.uint64(64)
BYTE = np.uint64(8)
ZERO = np.uint64(0)
MIX = np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)


def jit(function: Function) -> Function:
    """Compile without the lock; where numba can write its cache nowhere, compile anew in each process."""
    compiled: Any
    try:
        compiled = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:
        compiled = numba.njit(nogil=True)(function)
    return compiled  # type: ignore[no-any-return]  # numba keeps the arguments and what is returned


@jit
def decode(data: Array, i: Integer) -> tuple[Integer, Integer]:
    """Code point at byte `i` and the number of its bytes; the bytes are valid UTF-8."""
    b = np.int64(data[i])
    if b < 0x80:
        return b, 1
    c = np.int64(data[i + 1]) & 0x3F
    if b < 0xE0:
        return ((b & 0x1F) << 6) | c, 2
    d = np.int64(data[i + 2]) & 0x3F
    if b < 0xF0:
        return ((b & 0x0F) << 12) | (c << 6) | d, 3
    return ((b & 0x07) << 18) | (c << 12) | (d << 6) | (np.int64(data[i + 3]) & 0x3F), 4


@jit
def abbreviation_end(data: Array, i: Integer, flags: Array) -> Integer:
    """End of the abbreviation that begins at byte `i`, or -1: letters with full stops between them, as in U.S. and e.g."""
    p = i + decode(data, i)[1]
    pairs, before = 0, p
    while data[p] == STOP:
        c, n = decode(data, p + 1)
        if not flags[c] & LETTER:
            break
        before = p
        p += 1 + n
        pairs += 1
    if pairs == 0:
        return -1
    if data[p] == STOP:
        return p if flags[decode(data, p + 1)[0]] & WORD else p + 1
    if not flags[decode(data, p)[0]] & (WORD | MARK):
        return p
    # The last letter begins a longer word: the expression gives the pair back, if another remains.
    return before if pairs > 1 else -1


@jit
def after_digit(data: Array, i: Integer, flags: Array) -> Truth:
    """Whether the character before byte `i` is a digit."""
    j = i - 1
    while data[j] & 0xC0 == 0x80:
        j -= 1
    return flags[decode(data, j)[0]] & DIGIT != 0


@jit
def push(byte: Integer, acc: np.uint64, bits: np.uint64, key: np.uint64, lanes: Integer, pool: Array, at: Integer) -> tuple[np.uint64, np.uint64, np.uint64, Integer]:
    """Add one byte to the token that is being packed."""
    if bits == FILL:
        pool[at + lanes] = acc
        key = (key ^ acc) * MIX
        key ^= key >> HALF
        return np.uint64(byte), BYTE, key, lanes + 1
    return acc | (np.uint64(byte) << bits), bits + BYTE, key, lanes


@jit
def push_character(
    c: Integer, acc: np.uint64, bits: np.uint64, key: np.uint64, lanes: Integer, pool: Array, at: Integer
) -> tuple[np.uint64, np.uint64, np.uint64, Integer]:
    """Add one character, as UTF-8."""
    if c < 0x80:
        return push(c, acc, bits, key, lanes, pool, at)
    if c < 0x800:
        acc, bits, key, lanes = push(0xC0 | (c >> 6), acc, bits, key, lanes, pool, at)
    else:
        if c < 0x10000:
            acc, bits, key, lanes = push(0xE0 | (c >> 12), acc, bits, key, lanes, pool, at)
        else:
            acc, bits, key, lanes = push(0xF0 | (c >> 18), acc, bits, key, lanes, pool, at)
            acc, bits, key, lanes = push(0x80 | ((c >> 12) & 0x3F), acc, bits, key, lanes, pool, at)
        acc, bits, key, lanes = push(0x80 | ((c >> 6) & 0x3F), acc, bits, key, lanes, pool, at)
    return push(0x80 | (c & 0x3F), acc, bits, key, lanes, pool, at)


@jit
def push_folded(
    c: Integer, lower: Array, expansions: Array, acc: np.uint64, bits: np.uint64, key: np.uint64, lanes: Integer, pool: Array, at: Integer
) -> tuple[np.uint64, np.uint64, np.uint64, Integer]:
    """Add the lower case of one character."""
    folded = np.int64(lower[c])
    if folded < EXPANDED:
        return push_character(folded, acc, bits, key, lanes, pool, at)
    for k in range(expansions.shape[1]):
        if expansions[folded - EXPANDED, k] >= 0:
            acc, bits, key, lanes = push_character(np.int64(expansions[folded - EXPANDED, k]), acc, bits, key, lanes, pool, at)
    return acc, bits, key, lanes


@jit
def is_final_sigma(data: Array, start: Integer, i: Integer, end: Integer, context: Array) -> Truth:
    """Whether the capital sigma at byte `i` ends a word by Unicode's rule, which `str.lower` applies inside the token `start` to `end`."""
    j, c = i, 0
    found = False
    while j > start and not found:
        j -= 1
        while data[j] & 0xC0 == 0x80:
            j -= 1
        c = decode(data, j)[0]
        found = context[c] & IGNORABLE == 0
    if not found or context[c] != CASED:
        return False
    j = i + 2
    while j < end:
        c, n = decode(data, j)
        if context[c] & IGNORABLE == 0:
            return context[c] != CASED
        j += n
    return True


@jit
def fold_with_sigma(
    data: Array, start: Integer, end: Integer, lower: Array, expansions: Array, context: Array, pool: Array, at: Integer
) -> tuple[np.uint64, np.uint64, np.uint64, Integer]:
    """Pack a token that holds a capital sigma once more, now that its end is known."""
    acc, bits, key, lanes = ZERO, ZERO, ZERO, 0
    i = start
    while i < end:
        c, n = decode(data, i)
        if c == SIGMA:
            acc, bits, key, lanes = push_character(0x3C2 if is_final_sigma(data, start, i, end, context) else 0x3C3, acc, bits, key, lanes, pool, at)
        else:
            acc, bits, key, lanes = push_folded(c, lower, expansions, acc, bits, key, lanes, pool, at)
        i += n
    return acc, bits, key, lanes


@jit
def find(acc: np.uint64, key: np.uint64, lanes: Integer, size: np.uint64, slots: Array, pool: Array, at: Integer, where: Array) -> Integer:
    """Slot of the type that has just been packed, or of the free place where it belongs. Slots are pairs: key; number + 1 and length in bytes."""
    mask = np.int64(len(slots) // 2 - 1)
    mixed = key * MIX
    j = np.int64((mixed ^ (mixed >> HALF)) & np.uint64(mask))
    while True:
        entry = slots[2 * j + 1]
        if entry == ZERO:
            return j
        if slots[2 * j] == key and entry >> HALF == size:
            if lanes == 0:
                return j
            known = where[np.int64(entry & LOW) - 1]
            k = 0
            while k <= lanes and pool[known + k] == pool[at + k]:
                k += 1
            if k > lanes:
                return j
        j = (j + 1) & mask


@jit
def scan(
    data: Array, bounds: Array, bases: Array, first: Array, fold: Array, flags: Array, lower: Array, expansions: Array, context: Array,
    sigma: bool, abbreviations: bool, decimals: bool, limit: Integer, slots: Array, pool: Array, where: Array, sizes: Array,
    ids: Array, starts: Array, ends: Array, counts: Array, state: Array,
) -> bool:  # fmt: skip
    """Tokens of the units `bounds[u]` to `bounds[u + 1] - 1`, from where `state` stands; False when table or pool must grow before it can go on.

    Every unit is followed by a line end, which is in no class: that is how the text's end looks to the expression, so no test for it is needed.
    """
    unit, i, shift, n_tokens, n_types, at = state[0], state[1], state[2], state[3], state[4], state[5]
    n_units = len(bounds) - 1
    most_types = min(len(where), len(slots) // 4)
    while unit < n_units:
        end = bounds[unit + 1] - 1
        base = bases[unit] - bounds[unit]
        before = n_tokens
        while i < end:
            kind = first[data[i]]
            if kind == 0:
                i += 1
                continue
            if kind & WIDE:
                c, n = decode(data, i)
                kind = flags[c]
                if kind & (WORD | HAN) == 0:
                    i += n
                    shift += n - 1
                    continue
            if n_types >= most_types or at > limit:
                counts[unit] += n_tokens - before
                state[0], state[1], state[2], state[3], state[4], state[5] = unit, i, shift, n_tokens, n_types, at
                return False
            start, start_shift = i, shift
            acc, bits, key, lanes = ZERO, ZERO, ZERO, 0
            has_sigma = False
            if kind & HAN:
                c, n = decode(data, i)
                acc, bits, key, lanes = push_folded(c, lower, expansions, acc, bits, key, lanes, pool, at)
                i += n
                shift += n - 1
            else:
                while True:
                    stop = i
                    if abbreviations and kind & LETTER and (data[i + 1] == STOP or data[i] >= 0x80):
                        stop = abbreviation_end(data, i, flags)
                    if stop > i:
                        while i < stop:
                            c, n = decode(data, i)
                            has_sigma |= c == SIGMA
                            acc, bits, key, lanes = push_folded(c, lower, expansions, acc, bits, key, lanes, pool, at)
                            i += n
                            shift += n - 1
                    else:
                        while True:
                            byte = data[i]
                            kind = first[byte]
                            if kind & WORD:
                                if bits == FILL:
                                    pool[at + lanes] = acc
                                    key = (key ^ acc) * MIX
                                    key ^= key >> HALF
                                    lanes += 1
                                    acc, bits = ZERO, ZERO
                                acc |= fold[byte] << bits
                                bits += BYTE
                                i += 1
                            elif kind & WIDE:
                                c, n = decode(data, i)
                                if flags[c] & (WORD | MARK) == 0:
                                    break
                                has_sigma |= c == SIGMA
                                acc, bits, key, lanes = push_folded(c, lower, expansions, acc, bits, key, lanes, pool, at)
                                i += n
                                shift += n - 1
                            elif (
                                decimals and byte in (STOP, COMMA) and flags[decode(data, i + 1)[0]] & DIGIT and after_digit(data, i, flags)
                            ):
                                acc, bits, key, lanes = push(np.int64(byte), acc, bits, key, lanes, pool, at)
                                i += 1
                            else:
                                break
                    c, n = decode(data, i)
                    if flags[c] & JOINER == 0:
                        break
                    kind = flags[decode(data, i + n)[0]]
                    if kind & WORD == 0:
                        break
                    acc, bits, key, lanes = push_character(c, acc, bits, key, lanes, pool, at)
                    i += n
                    shift += n - 1
            if has_sigma and sigma:
                acc, bits, key, lanes = fold_with_sigma(data, start, i, lower, expansions, context, pool, at)
            pool[at + lanes] = acc
            size = np.uint64(lanes) * BYTE + (bits >> np.uint64(3))
            key = acc if lanes == 0 else (key ^ acc) * MIX
            slot = find(acc, key, lanes, size, slots, pool, at, where)
            entry = slots[2 * slot + 1]
            if entry == ZERO:
                where[n_types] = at
                sizes[n_types] = np.int64(size)
                at += lanes + 1
                n_types += 1
                entry = (size << HALF) | np.uint64(n_types)
                slots[2 * slot] = key
                slots[2 * slot + 1] = entry
            ids[n_tokens] = np.int64(entry & LOW) - 1
            starts[n_tokens] = start + base - start_shift
            ends[n_tokens] = i + base - shift
            n_tokens += 1
        counts[unit] += n_tokens - before
        unit += 1
        i = end + 1
        shift = 0
    state[0], state[1], state[2], state[3], state[4], state[5] = unit, i, shift, n_tokens, n_types, at
    return True


@jit
def grow(slots: Array, larger: Array) -> None:
    """Put all entries into a larger table."""
    mask = np.uint64(len(larger) // 2 - 1)
    for old in range(len(slots) // 2):
        entry = slots[2 * old + 1]
        if entry != ZERO:
            mixed = slots[2 * old] * MIX
            j = np.int64((mixed ^ (mixed >> HALF)) & mask)
            while larger[2 * j + 1] != ZERO:
                j = (j + 1) & np.int64(mask)
            larger[2 * j] = slots[2 * old]
            larger[2 * j + 1] = entry


@jit
def insert(pool: Array, where: Array, sizes: Array, slots: Array, all_pool: Array, all_where: Array, all_sizes: Array, state: Array) -> Array:
    """Number of each type in a common table, which gets those that it does not have; `state` holds its n_types and the end of its pool."""
    numbers = np.empty(len(where), dtype=np.int32)
    n_types, at = state[0], state[1]
    for t in range(len(where)):
        lanes = (sizes[t] - 1) // 8
        key = ZERO
        for k in range(lanes):
            all_pool[at + k] = pool[where[t] + k]
            key = (key ^ all_pool[at + k]) * MIX
            key ^= key >> HALF
        acc = pool[where[t] + lanes]
        all_pool[at + lanes] = acc
        key = acc if lanes == 0 else (key ^ acc) * MIX
        size = np.uint64(sizes[t])
        slot = find(acc, key, lanes, size, slots, all_pool, at, all_where)
        if slots[2 * slot + 1] == ZERO:
            all_where[n_types] = at
            all_sizes[n_types] = sizes[t]
            at += lanes + 1
            n_types += 1
            slots[2 * slot] = key
            slots[2 * slot + 1] = (size << HALF) | np.uint64(n_types)
        numbers[t] = np.int64(slots[2 * slot + 1] & LOW) - 1
    state[0], state[1] = n_types, at
    return numbers


@jit
def renumber(ids: Array, numbers: Array, out: Array) -> None:
    """Write `numbers[ids]` to `out`."""
    for i in range(len(ids)):
        out[i] = numbers[ids[i]]
