"""The compiled loops of the fast tokenizer: from UTF-8 bytes to ids, starts and ends in one pass, without the interpreter's lock.

They follow the expression of `Tokenizer.pattern` step by step; the tables say of each code point what the expression's classes and `str.lower` say
of it (see `corpus_lib.tokens.fast.kernel`, which makes them). This module imports numba and is imported only when it is used.

How a type is found again: a folded token is packed into words of eight bytes ("lanes"). Up to two lanes it is its own key; a longer one is found by
its first lane and a hash, and confirmed lane by lane, so two types can never fall together.

`any_token` and `scan` are longer than functions elsewhere: a token's place, shift, lanes and bits live in registers, and each part cut out of these
loops would have to be handed all of them and hand them back, as `push` does.
"""

import importlib
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])
Array = np.ndarray
# Inside compiled code integers and truth values are the machine's: Python's `int`, or NumPy's, as it comes.
Integer = Any
Truth = Any
# A token that is being packed: its last lane, the bits in that, the hash of the full lanes, and their number. They lie in `pool` from `at` on.
Packed = tuple[np.uint64, np.uint64, np.uint64, Integer]

# Classes of a character, as bits: what the expression calls `word`, `letter`, \d, a combining mark, a Han character, a joiner, and not ASCII.
WORD, LETTER, DIGIT, MARK, HAN, JOINER, WIDE = 1, 2, 4, 8, 16, 32, 64
SIGMA = 0x3A3
CASED, IGNORABLE = 2, 1
STOP, COMMA = 46, 44
# Above this, `lower` holds the number of an expansion: the few characters whose lower case has more than one character.
EXPANDED = 0x110000
# Numbers of bits, as the machine's own integers.
ZERO, ONE, TWO, THREE, FOUR, BYTE, HALF, FILL = (np.uint64(n) for n in (0, 1, 2, 3, 4, 8, 32, 64))
LONG = np.uint64(1 << 63)
EIGHTS = np.uint64(0x78)
HIGH_BITS = np.uint64(0x8080808080808080)
LOW_BITS = np.uint64(0x7F7F7F7F7F7F7F7F)
# Added to seven bits these carry into the eighth from "A" on, past "Z", and so forth.
FROM_A, PAST_Z = np.uint64(0x3F3F3F3F3F3F3F3F), np.uint64(0x2525252525252525)
FROM_SMALL_A, PAST_SMALL_Z = np.uint64(0x1F1F1F1F1F1F1F1F), np.uint64(0x0505050505050505)
FROM_0, PAST_9 = np.uint64(0x5050505050505050), np.uint64(0x4646464646464646)
MIX = np.uint64(0x9E3779B97F4A7C15)
LOW = np.uint64(0xFFFFFFFF)


def _forget_the_folder() -> None:
    """Take back what numba read from the working folder, and let it read no more there: its options name a folder of pickles, and anybody can have put them there."""
    config: Any = importlib.import_module("numba.core.config")
    config._config_fname = os.devnull
    config.reload_config()


_forget_the_folder()


def jit(function: Function) -> Function:
    """Compile without the lock; where numba can write its cache nowhere, compile again in each process."""
    compiled: Any
    try:
        compiled = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:
        compiled = numba.njit(nogil=True)(function)
    return compiled  # type: ignore[no-any-return]  # numba keeps the arguments and what is returned


machine: Any = intrinsic  # an instruction that numba has no name for


@machine  # type: ignore[untyped-decorator]  # numba has no type for it
def load_eight(typing: Any, data: Any, index: Any) -> Any:
    """Eight bytes from byte `index` on as one integer, the first byte lowest; `data` must have that many."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir

        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]])
        loaded = builder.load(builder.bitcast(place, ir.IntType(64).as_pointer()), align=1)
        return loaded if sys.byteorder == "little" else builder.bswap(loaded)

    return numba.types.uint64(data, index), generate


@machine  # type: ignore[untyped-decorator]  # numba has no type for it
def trailing_zeros(typing: Any, value: Any) -> Any:
    """Number of zero bits below the lowest one."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir

        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return numba.types.uint64(value), generate


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
def is_between_digits(data: Array, i: Integer, flags: Array) -> Truth:
    """Whether the characters before and after the one of byte `i` are digits."""
    if flags[decode(data, i + 1)[0]] & DIGIT == 0:
        return False
    j = i - 1
    while data[j] & 0xC0 == 0x80:
        j -= 1
    return flags[decode(data, j)[0]] & DIGIT != 0


@jit
def push(byte: Integer, packed: Packed, pool: Array, at: Integer) -> Packed:
    """Add one byte to the token that is being packed."""
    acc, bits, key, lanes = packed
    if bits == FILL:
        pool[at + lanes] = acc
        key = (key ^ acc) * MIX
        key ^= key >> HALF
        return np.uint64(byte), BYTE, key, lanes + 1
    return acc | (np.uint64(byte) << bits), bits + BYTE, key, lanes


@jit
def push_character(c: Integer, packed: Packed, pool: Array, at: Integer) -> Packed:
    """Add one character, as UTF-8."""
    if c < 0x80:
        return push(c, packed, pool, at)
    if c < 0x800:
        packed = push(0xC0 | (c >> 6), packed, pool, at)
    else:
        if c < 0x10000:
            packed = push(0xE0 | (c >> 12), packed, pool, at)
        else:
            packed = push(0xF0 | (c >> 18), packed, pool, at)
            packed = push(0x80 | ((c >> 12) & 0x3F), packed, pool, at)
        packed = push(0x80 | ((c >> 6) & 0x3F), packed, pool, at)
    return push(0x80 | (c & 0x3F), packed, pool, at)


@jit
def push_folded(c: Integer, lower: Array, expansions: Array, packed: Packed, pool: Array, at: Integer) -> Packed:
    """Add the lower case of one character."""
    folded = np.int64(lower[c])
    if folded < EXPANDED:
        return push_character(folded, packed, pool, at)
    for k in range(expansions.shape[1]):
        if expansions[folded - EXPANDED, k] >= 0:
            packed = push_character(np.int64(expansions[folded - EXPANDED, k]), packed, pool, at)
    return packed


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
) -> Packed:
    """Pack a token that holds a capital sigma once more, now that its end is known."""
    packed = ZERO, ZERO, ZERO, 0
    i = start
    while i < end:
        c, n = decode(data, i)
        if c == SIGMA:
            folded = 0x3C2 if is_final_sigma(data, start, i, end, context) else 0x3C3
            packed = push_character(folded, packed, pool, at)
        else:
            packed = push_folded(c, lower, expansions, packed, pool, at)
        i += n
    return packed


@jit
def find(
    slots: Array, one: np.uint64, two: np.uint64, lanes: Integer, pool: Array, at: Integer, where: Array
) -> Integer:
    """Place in `slots` of the type that has just been packed, or the free place where it belongs.

    A place is four integers: the first lane; the second lane, or the hash of all where there are more; the type's number + 1 with the highest bit
    set where there are more; nothing. Two lanes hold 16 bytes, so that hardly any token has to be compared beyond its place.
    """
    mask = np.uint64(len(slots) - 4)
    many = LONG if lanes > 1 else ZERO
    mixed = (one * MIX + two) * MIX
    j = (mixed >> HALF ^ mixed) << TWO & mask
    while True:
        entry = slots[j + TWO]
        if entry == ZERO:
            return np.int64(j)
        alike = slots[j] == one and slots[j + ONE] == two and entry & LONG == many
        if alike and (many == ZERO or same_lanes(pool, where[np.int64(entry & LOW) - 1], at, lanes)):
            return np.int64(j)
        j = j + FOUR & mask


@jit
def same_lanes(pool: Array, known: Integer, at: Integer, lanes: Integer) -> Truth:
    """Whether the packed token at `at` is the one at `known`; the last lanes are never alike when one is longer."""
    for k in range(lanes + 1):  # noqa: SIM110  # numba compiles no generator here
        if pool[known + k] != pool[at + k]:
            return False
    return True


@jit
def classify(data: Array, k: np.uint64, fold_bits: np.uint64, digit_bits: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Eight bytes from byte `k` on, letters of ASCII folded, and eight times the number of those before the first that is not part of a word."""
    eight = load_eight(data, k)
    seven = eight & LOW_BITS
    upper = ((seven + FROM_A) & ~(seven + PAST_Z) & HIGH_BITS) >> TWO
    seven |= upper
    inside = (seven + FROM_SMALL_A) & ~(seven + PAST_SMALL_Z)
    inside |= (seven + FROM_0) & ~(seven + PAST_9) & digit_bits
    return eight | (upper & fold_bits), trailing_zeros((~inside | eight) & HIGH_BITS) & EIGHTS


@jit
def short_word(
    data: Array, k: np.uint64, fold_bits: np.uint64, digit_bits: np.uint64
) -> tuple[np.uint64, np.uint64, Integer, np.uint64, Integer]:
    """A run of at most 15 letters and digits of ASCII from byte `k` on: two lanes, full lanes, bits of the last one, and bytes; 0 if it is longer.

    Both lanes are looked at in any case: no processor can foresee which word has more than eight letters.
    """
    one, bits = classify(data, k, fold_bits, digit_bits)
    two, more = classify(data, k + BYTE, fold_bits, digit_bits)
    whole = bits == FILL
    more = more if whole else ZERO
    n = np.int64((bits + more) >> THREE)
    one &= ~ZERO >> (FILL - bits & np.uint64(63))
    two &= (ONE << more) - ONE
    is_two = more > ZERO
    return one, two, np.int64(is_two), more if is_two else bits, n if more < FILL else 0


@jit
def ends_there(first: Array, byte: Integer, following: Integer) -> Truth:
    """Whether a word ends before `byte`: neither a character outside ASCII nor a mark inside a number, an abbreviation or a compound follows."""
    inside = (byte >= 0x80) | (
        ((byte == STOP) | (byte == COMMA) | (first[byte] & JOINER != 0)) & (first[following] & (WORD | WIDE) != 0)
    )
    return not inside


@jit
def any_token(
    data: Array, i: Integer, shift: Integer, kind: Integer, first: Array, fold: Array, flags: Array, lower: Array, expansions: Array, context: Array,
    lowercase: bool, abbreviations: bool, numbers: bool, fold_bits: np.uint64, digit_bits: np.uint64, pool: Array, at: Integer,
) -> tuple[Integer, Integer, Integer, np.uint64, np.uint64]:  # fmt: skip
    """Pack the token that begins at byte `i`, of whatever characters: where it ends, bytes that are not characters before that, and its key.

    The key are the number of full lanes, the second lane or the hash, and the bits of the last lane; the lanes are in the pool.
    """
    start = i
    acc, bits, key, lanes = ZERO, ZERO, ZERO, 0
    has_sigma = False
    if kind & HAN:
        c, n = decode(data, i)
        acc, bits, key, lanes = push_folded(c, lower, expansions, (acc, bits, key, lanes), pool, at)
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
                    acc, bits, key, lanes = push_folded(c, lower, expansions, (acc, bits, key, lanes), pool, at)
                    i += n
                    shift += n - 1
            else:
                while True:
                    # ASCII, eight bytes at a time where a lane begins. Unsigned indices spare the test for a negative one.
                    k = np.uint64(i)
                    folded = fold[data[k]]
                    while folded != ZERO:
                        if bits == FILL:
                            pool[at + lanes] = acc
                            key = (key ^ acc) * MIX
                            key ^= key >> HALF
                            lanes += 1
                            acc, bits = ZERO, ZERO
                        if bits == ZERO:
                            acc, bits = classify(data, k, fold_bits, digit_bits)
                            if bits != FILL:
                                acc &= (ONE << bits) - ONE
                                k += bits >> THREE
                                break
                            k += BYTE
                        else:
                            acc |= folded << bits
                            bits += BYTE
                            k += ONE
                        folded = fold[data[k]]
                    i = np.int64(k)
                    byte = data[i]
                    if byte >= 0x80:
                        c, n = decode(data, i)
                        if flags[c] & (WORD | MARK) == 0:
                            break
                        has_sigma |= c == SIGMA
                        acc, bits, key, lanes = push_folded(c, lower, expansions, (acc, bits, key, lanes), pool, at)
                        i += n
                        shift += n - 1
                    elif numbers and byte in (STOP, COMMA) and is_between_digits(data, i, flags):
                        acc, bits, key, lanes = push(np.int64(byte), (acc, bits, key, lanes), pool, at)
                        i += 1
                    else:
                        break
            if first[data[i]] & (JOINER | WIDE) == 0:
                break
            c, n = decode(data, i)
            if flags[c] & JOINER == 0:
                break
            kind = flags[decode(data, i + n)[0]]
            if kind & WORD == 0:
                break
            acc, bits, key, lanes = push_character(c, (acc, bits, key, lanes), pool, at)
            i += n
            shift += n - 1
    if has_sigma and lowercase:
        acc, bits, key, lanes = fold_with_sigma(data, start, i, lower, expansions, context, pool, at)
    pool[at + lanes] = acc
    pool[at + lanes + 1] = ZERO
    two = pool[at + 1] if lanes < 2 else (key ^ acc) * MIX
    return i, shift, lanes, two, bits


@jit
def scan(
    data: Array, bounds: Array, bases: Array, first: Array, fold: Array, flags: Array, lower: Array, expansions: Array, context: Array,
    lowercase: bool, abbreviations: bool, numbers: bool, limit: Integer, slots: Array, pool: Array, where: Array, sizes: Array,
    ids: Array, starts: Array, ends: Array, counts: Array, state: Array,
) -> bool:  # fmt: skip
    """Tokens of the units `bounds[u]` to `bounds[u + 1] - 1`, from where `state` stands; False when table or pool must grow before it can go on.

    Every unit is followed by a line end, which is in no class: that is how the text's end looks to the expression, so no test for it is needed.
    """
    unit, i, shift, n_tokens, n_types, at = state[0], state[1], state[2], state[3], state[4], state[5]
    n_units = len(bounds) - 1
    most_types = min(len(where), len(slots) // 8)
    fold_bits = ~ZERO if lowercase else ZERO
    digit_bits = ~ZERO if numbers else ZERO
    while unit < n_units:
        end = bounds[unit + 1] - 1
        base = bases[unit] - bounds[unit]
        before = n_tokens
        while i < end:
            kind = first[data[i]]
            if kind & (WORD | WIDE) == 0:
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
            one, two, lanes, bits, length = short_word(data, np.uint64(i), fold_bits, digit_bits)
            if length > 0 and ends_there(first, data[i + length], data[i + length + 1]):
                i += length
            else:
                i, shift, lanes, two, bits = any_token(
                    data, i, shift, kind, first, fold, flags, lower, expansions, context, lowercase, abbreviations, numbers, fold_bits,
                    digit_bits, pool, at,
                )  # fmt: skip
                one = pool[at]
            slot = find(slots, one, two, lanes, pool, at, where)
            entry = slots[slot + 2]
            if entry == ZERO:
                where[n_types] = at
                sizes[n_types] = 8 * lanes + np.int64(bits >> THREE)
                n_types += 1
                entry = np.uint64(n_types) | (LONG if lanes > 1 else ZERO)
                if lanes < 2:
                    pool[at], pool[at + 1] = one, two
                slots[slot], slots[slot + 1], slots[slot + 2] = one, two, entry
                at += lanes + 1
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
    mask = np.uint64(len(larger) - 4)
    for old in range(0, len(slots), 4):
        if slots[old + 2] != ZERO:
            mixed = (slots[old] * MIX + slots[old + 1]) * MIX
            j = (mixed >> HALF ^ mixed) << TWO & mask
            while larger[j + TWO] != ZERO:
                j = j + FOUR & mask
            larger[j], larger[j + ONE], larger[j + TWO] = slots[old], slots[old + 1], slots[old + 2]


@jit
def insert(types: tuple[Array, ...], common: tuple[Array, ...], state: Array) -> Array:
    """Number of each type in a common table, which gets those that it does not have; `state` holds its n_types and the end of its pool."""
    pool, where, sizes = types
    slots, all_pool, all_where, all_sizes = common
    numbers = np.empty(len(where), dtype=np.int32)
    n_types, at = state[0], state[1]
    for t in range(len(where)):
        lanes = (sizes[t] - 1) // 8
        key = ZERO
        for k in range(lanes + 1):
            all_pool[at + k] = pool[where[t] + k]
            if k < lanes:
                key = (key ^ all_pool[at + k]) * MIX
                key ^= key >> HALF
        all_pool[at + lanes + 1] = ZERO
        two = all_pool[at + 1] if lanes < 2 else (key ^ all_pool[at + lanes]) * MIX
        slot = find(slots, all_pool[at], two, lanes, all_pool, at, all_where)
        if slots[slot + 2] == ZERO:
            all_where[n_types] = at
            all_sizes[n_types] = sizes[t]
            n_types += 1
            slots[slot], slots[slot + 1] = all_pool[at], two
            slots[slot + 2] = np.uint64(n_types) | (LONG if lanes > 1 else ZERO)
            at += lanes + 1
        numbers[t] = np.int64(slots[slot + 2] & LOW) - 1
    state[0], state[1] = n_types, at
    return numbers


@jit
def renumber(ids: Array, numbers: Array) -> None:
    """Put `numbers[ids]` in the place of `ids`."""
    for i in range(len(ids)):
        ids[i] = numbers[ids[i]]
