"""The compiled loops behind counts: of types by part, and of n-grams, grouped by their first words and then counted by their last one.

All n-grams of a corpus are far too many for a table that is looked into at random; the occurrences of one beginning are few enough for an array with a
place a type. `count` goes through the occurrences of a beginning three times, and the passes share five such arrays, hence its length.
This module imports numba and is imported only when it is used.
"""

import numpy as np

from corpus_lib.tokens.fast.scan import ONE, ZERO, Array, Integer, jit, trailing_zeros

# Of a type's number: the place of its bit in a word of 64, of that word's bit in another, and the number of that one.
SIX, TWELVE, LAST_SIX = np.uint64(6), np.uint64(12), np.uint64(63)


@jit
def count_types(ids: Array, bounds: Array, n_types: Integer, type_of: Array, count_of: Array, sizes: Array) -> None:
    """Types of each part (`bounds[p]` to `bounds[p + 1]`), ascending, and how often; `sizes` gets their number in each part.

    The types that were met are bits, and the words of 64 bits that hold any are bits again: reading them off costs less than sorting them.
    """
    seen = np.zeros(n_types, np.int32)
    bits = np.zeros(n_types // 64 + 1, np.uint64)
    words = np.zeros(n_types // 4096 + 1, np.uint64)
    n = 0
    for part in range(len(bounds) - 1):
        first = n
        for i in range(bounds[part], bounds[part + 1]):
            t = np.uint64(ids[i])
            seen[t] += 1
            bits[t >> SIX] |= ONE << (t & LAST_SIX)
            words[t >> TWELVE] |= ONE << (t >> SIX & LAST_SIX)
        for v in range(len(words)):
            while words[v] != ZERO:
                w = np.uint64(v) << SIX | trailing_zeros(words[v])
                words[v] &= words[v] - ONE
                while bits[w] != ZERO:
                    t = w << SIX | trailing_zeros(bits[w])
                    bits[w] &= bits[w] - ONE
                    type_of[n], count_of[n] = t, seen[t]
                    seen[t] = 0
                    n += 1
        sizes[part] = n - first


@jit
def group(
    code: Array, ids: Array, bounds: Array, unit_of: Array, length: Integer, low: Integer, high: Integer, cursor: Array,
    last_word: Array, unit: Array, position: Array,
) -> None:  # fmt: skip
    """Last word, unit and, where there is room for them, position of each n-gram of this length whose beginning has a code from `low` to `high`.

    `cursor` holds where the next occurrence of each of these codes goes, and one place more for all others, which the next one overwrites: that
    is cheaper than a branch that no processor can foresee.
    """
    keeps = len(position) > 0
    for stretch in range(len(bounds) - 1):
        for p in range(bounds[stretch], bounds[stretch + 1] - length + 1):
            inside = (code[p] >= low) & (code[p] < high)
            at = np.int64(code[p]) - low if inside else high - low
            k = cursor[at]
            last_word[k] = ids[p + length - 1]
            unit[k] = unit_of[stretch]
            if keeps:
                position[k] = p
            cursor[at] = k + np.int64(inside)


@jit
def count(
    edges: Array, ends: Array, last_word: Array, unit: Array, position: Array, document: Array, share: Array, least: Integer, n_types: Integer,
    first: Integer, parent: Array, word: Array, frequency: Array, ranges: Array, surplus: Array, new_code: Array,
) -> Integer:  # fmt: skip
    """One row an n-gram that occurs often enough, ordered by the code of its beginning and its last word; returns how many.

    A row has both of these, the frequency, the number of documents and the sum of the surpluses of which DP is made. `new_code` gets the number of
    the row at each position, where positions are kept.
    """
    seen, touched = np.zeros(n_types, np.int32), np.empty(n_types, np.int32)
    row, last_unit, run = np.empty(n_types, np.int64), np.empty(n_types, np.int32), np.empty(n_types, np.int32)
    keeps = len(position) > 0
    n_rows = 0
    for g in range(len(ends)):
        n_touched = 0
        for k in range(edges[g], ends[g]):
            w = last_word[k]
            if seen[w] == 0:
                touched[n_touched] = w
                n_touched += 1
            seen[w] += 1
        n_kept = 0
        for j in range(n_touched):
            w = touched[j]
            if seen[w] >= least:
                touched[n_kept] = w
                n_kept += 1
            else:
                seen[w] = 0
        if n_kept == 0:
            continue
        touched[:n_kept].sort()
        for j in range(n_kept):
            w, r = touched[j], n_rows + j
            parent[r], word[r], frequency[r], ranges[r], surplus[r] = first + g, w, seen[w], 0, 0.0
            row[w], last_unit[w], run[w] = r, -1, 0
        for k in range(edges[g], ends[g]):
            w = last_word[k]
            if seen[w] == 0:
                continue
            r, u, before = row[w], unit[k], last_unit[w]
            if keeps:
                new_code[position[k]] = r
            if u != before:
                if before >= 0:
                    surplus[r] += max(run[w] / seen[w] - share[before], 0.0)
                if before < 0 or document[before] != document[u]:
                    ranges[r] += 1
                last_unit[w] = u
                run[w] = 0
            run[w] += 1
        for j in range(n_kept):
            w = touched[j]
            surplus[row[w]] += max(run[w] / seen[w] - share[last_unit[w]], 0.0)
            seen[w] = 0
        n_rows += n_kept
    return n_rows


@jit
def shift(code: Array, low: Integer, high: Integer, new_code: Array, before: Integer) -> None:
    """Add `before` to the new code of every position whose code lies from `low` to `high`."""
    for p in range(len(code)):
        if code[p] >= low and code[p] < high and new_code[p] >= 0:
            new_code[p] += before
