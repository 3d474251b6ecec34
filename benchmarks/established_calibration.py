"""How often `established` names a word where a coin divided the texts, and how often it finds words that were planted.

    python benchmarks/established_calibration.py SHARED [--splits 200]

SHARED holds `cleaning-dev.jsonl` (120 web pages, their lines as they were scraped) and `corpora/un-general-debates-2009-2022.jsonl.gz`. Both are
loaded, cleaned and tokenized as a user does it. A split draws texts and gives them their sides at random, so that whatever is named is a false
finding. A planted word is one that 2 to 8 in 10 of the texts hold; in a
share of the target's texts it gets 2 or 4 times its rate.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from corpus_lib import Tokens, clean_corpus, established, keyness, load_corpus, tokenize
from corpus_lib.measures.association import adjust_p

SIZES = [(10, 10), (40, 40), (5, 20)]
PLANTED = [(20, 4, 0.8), (40, 2, 0.5), (40, 4, 0.5), (40, 4, 0.8)]


def pages(shared: Path) -> Tokens:
    """Whole web pages."""
    rows = [json.loads(line) for line in (shared / "cleaning-dev.jsonl").open(encoding="utf-8")]
    whole = [row for row in rows if row["render"] == "full"]
    return tokens_of([{"doc_id": row["id"], "text": "\n".join(line["text"] for line in row["lines"])} for row in whole])


def speeches(shared: Path) -> Tokens:
    """Every fourth speech of the UN General Debate, 2009 to 2022, with its country."""
    with gzip.open(shared / "corpora" / "un-general-debates-2009-2022.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    four = [row for row in rows if row["year"] in (2010, 2013, 2016, 2019)]
    return tokens_of([{name: row[name] for name in ("doc_id", "country", "text")} for row in four])


def tokens_of(rows: list[dict[str, str]]) -> Tokens:
    """Cleaned and tokenized as the table that a user holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        return tokenize(clean_corpus(load_corpus(path)))


def splits(tokens: Tokens, n1: int, n2: int, n: int) -> Iterator[tuple[Tokens, np.random.Generator]]:
    """Texts drawn at random, `side` given at random."""
    rng = np.random.default_rng([n1, n2])
    texts = np.flatnonzero(tokens.sizes > 0)
    for _ in range(n):
        chosen = rng.choice(texts, n1 + n2, replace=False)
        yield sided(tokens, chosen[:n1], chosen[n1:]), rng


def sided(tokens: Tokens, first: np.ndarray, second: np.ndarray) -> Tokens:
    """Some texts as A, others as B."""
    side = pd.Series(pd.NA, index=range(tokens.n_units), dtype="object")
    side.iloc[first], side.iloc[second] = "A", "B"
    named = tokens.with_metadata(pd.DataFrame({"side": side.to_numpy()}, index=tokens.units["doc_id"].to_numpy()))
    return named.where(named.units["side"].notna())


def changed(tokens: Tokens, change: Callable[[int, list[str]], list[str]]) -> Tokens:
    """The same texts with other words."""
    lists = [change(unit, tokens.words(unit)) for unit in range(tokens.n_units)]
    return Tokens.from_lists(lists, units=tokens.units[["doc_id", "side"]])


def false_namings(tokens: Tokens, n1: int, n2: int, n: int, few: int) -> list[str]:
    """Splits with a sure word; of the first few, those with a word of which LRC is not 0, and with one that rank tests find after Holm's correction."""
    found = np.zeros(3, dtype=int)
    for number, (split, _) in enumerate(splits(tokens, n1, n2, n)):
        found[0] += len(established(split, "side")) > 0
        if number < few:
            measures = ["log_ratio_conservative", "wilcoxon_p"]
            table = keyness(split.where("side == 'A'"), split.where("side == 'B'"), measures=measures)
            found[1:] += [(table["log_ratio_conservative"] != 0).any(), len(ranked(table)) > 0]
    return [f"{count} of {total}" for count, total in zip(found, (n, few, few), strict=True)]


def ranked(table: pd.DataFrame, level: float = 0.05) -> set[str]:
    """Words that rank tests over texts find after Holm's correction, among those that `established` compares."""
    letters = np.array([any(map(str.isalpha, word)) for word in table.index], dtype=bool)
    same = table[letters & (table["document_range_target"] + table["document_range_reference"] >= 3)]
    return set(same.index[adjust_p(same["wilcoxon_p"], "holm") <= level])


def planted(tokens: Tokens, n_side: int, times: int, share: float, n: int, words: int = 5) -> list[float]:
    """Share of planted words that are sure, that are listed, and that a rank test finds after Holm's correction."""
    found = np.zeros(3)
    for split, rng in splits(tokens, n_side, n_side, n):
        frequencies = split.frequencies().table
        usual = frequencies[frequencies["document_range"].between(0.4 * n_side, 1.6 * n_side)]
        chosen = rng.choice([word for word in usual.index if word.isalpha()], words, replace=False)
        rates = frequencies.loc[chosen, "frequency"].to_numpy() / split.n_tokens
        first = np.flatnonzero(split.units["side"] == "A")
        more = {word: set(rng.choice(first, int(share * n_side), replace=False).tolist()) for word in chosen}

        def plant(unit: int, own: list[str], more=more, rates=rates, rng=rng) -> list[str]:
            expected = [
                (times - 1) * rate * len(own) if unit in more[word] else 0
                for word, rate in zip(more, rates, strict=True)
            ]
            return own + [word for word, mean in zip(more, expected, strict=True) for _ in range(rng.poisson(mean))]

        trial = changed(split, plant)
        table = established(trial, "side")
        ours = table[table["group"] == "A"]
        rank = ranked(keyness(trial.where("side == 'A'"), trial.where("side == 'B'"), measures=["wilcoxon_p"]))
        sure, listed = set(ours["token"][ours["sure"]]), set(ours["token"])
        found += [len(set(chosen) & names) for names in (sure, listed, rank)]
    return list(found / (n * words))


def by_country(tokens: Tokens, n: int, unit: str | None) -> int:
    """Ten countries against ten, four speeches each."""
    rng = np.random.default_rng(1)
    countries = tokens.units["country"].to_numpy()
    full = pd.Series(countries).value_counts().loc[lambda counts: counts >= 4].index.sort_values().to_numpy()
    found = 0
    for _ in range(n):
        chosen = rng.choice(full, 20, replace=False)
        sides = [np.flatnonzero(np.isin(countries, own)) for own in (chosen[:10], chosen[10:])]
        found += len(established(sided(tokens, *sides), "side", unit=unit)) > 0
    return found


def cut(tokens: Tokens, n1: int, n2: int, part: int, n: int) -> int:
    """One side cut to a part of its length, at a random place."""
    found = 0
    for split, rng in splits(tokens, n1, n2, n):
        own = set(np.flatnonzero(split.units["side"] == "A").tolist())

        def shorten(unit: int, words: list[str], own=own, rng=rng) -> list[str]:
            start = int(rng.integers(len(words)))
            return (words[start:] + words[:start])[: max(len(words) // part, 1)] if unit in own else words

        found += len(established(changed(split, shorten), "side")) > 0
    return found


def twice(tokens: Tokens, n: int) -> int:
    """Every text twice on its side."""
    found = 0
    for split, _ in splits(tokens, 10, 10, n):
        units = pd.concat([split.units.assign(doc_id=split.units["doc_id"] + end) for end in ("", "-again")])
        lists = [split.words(unit) for unit in range(split.n_units)] * 2
        found += (
            len(established(Tokens.from_lists(lists, units=units[["doc_id", "side"]].reset_index(drop=True)), "side"))
            > 0
        )
    return found


def many(tokens: Tokens, groups: int, n: int) -> tuple[int, int]:
    """Random groups of ten: as one family; each for itself."""
    one, apart = 0, 0
    rng = np.random.default_rng(groups)
    for _ in range(n):
        chosen = rng.choice(np.flatnonzero(tokens.sizes > 0), 10 * groups, replace=False)
        column = pd.Series(pd.NA, index=range(tokens.n_units), dtype="object")
        column.iloc[chosen] = np.repeat([f"g{g}" for g in range(groups)], 10)
        named = tokens.with_metadata(
            pd.DataFrame({"group": column.to_numpy()}, index=tokens.units["doc_id"].to_numpy())
        )
        named = named.where(named.units["group"].notna())
        one += len(established(named, "group")) > 0
        alone = [
            sided(named, *(np.flatnonzero((named.units["group"] == f"g{g}") == own) for own in (True, False)))
            for g in range(groups)
        ]
        apart += any(len(established(side, "side")) > 0 for side in alone)
    return one, apart


def main() -> None:
    """Print the tables of docs/measures.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--splits", type=int, default=200)
    arguments = parser.parse_args()
    n, few = arguments.splits, max(arguments.splits // 8, 1)
    begin = perf_counter()
    corpora = {"pages": pages(arguments.shared), "speeches": speeches(arguments.shared)}
    print("| random splits that name a word | sure | LRC alone | rank test, Holm |\n| --- | --- | --- | --- |")
    for name, tokens in corpora.items():
        for n1, n2 in SIZES:
            print(f"| {name}, {n1} against {n2} | {' | '.join(false_namings(tokens, n1, n2, n, few))} |", flush=True)
    print("\n| planted words found | sure | listed | rank test, Holm |\n| --- | --- | --- | --- |")
    for name, tokens in corpora.items():
        for n_side, times, share in PLANTED:
            found = " | ".join(f"{part:.1%}" for part in planted(tokens, n_side, times, share, few))
            print(
                f"| {name}, {n_side} against {n_side}, {times} times in {share:.0%} of the texts | {found} |",
                flush=True,
            )
    print("\n| trap | random splits that name a word |\n| --- | --- |")
    page, speech, some = corpora["pages"], corpora["speeches"], n // 2
    traps: list[tuple[str, int, Callable[[int], object]]] = [
        (
            "ten countries against ten, four speeches each, speeches shuffled",
            some,
            lambda k: by_country(speech, k, None),
        ),
        ('the same, `unit="country"`', some, lambda k: by_country(speech, k, "country")),
        ("pages, 10 against 10, every page twice", some, lambda k: twice(page, k)),
        *(
            (
                f"{name}, 40 against 40, one side cut to 1/{part}",
                some,
                lambda k, tokens=tokens, part=part: cut(tokens, 40, 40, part, k),
            )
            for name, tokens in corpora.items()
            for part in (2, 5)
        ),
        ("four groups of ten pages as one family", some, lambda k: many(page, 4, k)),
        ("eight groups of ten speeches as one family", some, lambda k: many(speech, 8, k)),
    ]
    for name, k, run in traps:
        found = run(k)
        one, *each = found if isinstance(found, tuple) else (found,)
        print(f"| {name} | {one} of {k}{f'; each for itself {each[0]} of {k}' if each else ''} |", flush=True)
    print(f"\n{perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
