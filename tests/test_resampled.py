"""How often a word would be found again: against draws made by hand, the rule asked anew each time."""

import numpy as np
import pandas as pd
import pytest

from corpus_lib import Tokens, findings
from corpus_lib.measures.resampled import returning


def corpus(rows: list[tuple[str, str, list[str]]]) -> Tokens:
    """Tokens by paragraph of (text, side, words)."""
    units = pd.DataFrame(rows, columns=["doc_id", "side", "words"])
    return Tokens.from_lists(list(units.pop("words")), units=units)


def own_texts(seed: int) -> list[tuple[str, str, list[str]]]:
    """Five texts of twelve paragraphs, each with a word of its own that is rarer or more frequent."""
    rng = np.random.default_rng(seed)
    words = np.array([f"w{k}" for k in range(60)])
    rate = {f"t{k}": 0.02 * k for k in range(5)}
    return [
        (
            text,
            "a" if text < "t3" else "b",
            [f"own{text}" if rng.random() < share else str(rng.choice(words)) for _ in range(40)],
        )
        for text, share in rate.items()
        for _ in range(12)
    ]


def by_hand(rows: list[tuple[str, str, list[str]]], found: pd.DataFrame, by: str, drawn: str, times: int) -> np.ndarray:
    """The same shares from corpora that are put together anew and asked as any other."""
    rng = np.random.default_rng(99)
    frame = pd.DataFrame(rows, columns=["doc_id", "side", "words"])
    hits = np.zeros(len(found))
    for _ in range(times):
        parts = []
        for _, own in frame.groupby("doc_id" if drawn == "paragraph" else "side"):
            if drawn == "paragraph":
                parts.append(own.iloc[rng.integers(len(own), size=len(own))])
            else:
                texts = own["doc_id"].unique()
                chosen = rng.choice(texts, len(texts))
                parts += [own[own["doc_id"] == text].assign(doc_id=f"{text} {k}") for k, text in enumerate(chosen)]
        again = findings(corpus(list(pd.concat(parts).itertuples(index=False, name=None))), by)
        again = again[again["sure"]] if "sure" in again.columns else again
        keys = set(zip(again["group"], again["token"], strict=True))
        hits += [key in keys for key in zip(found["group"], found["token"], strict=True)]
    return hits / times


def test_own_words_return_as_often_as_in_corpora_put_together_anew() -> None:
    rows = own_texts(3)
    found = findings(corpus(rows))
    shares = returning(corpus(rows), found)
    assert len(found) >= 3 and shares.min() < 0.98
    np.testing.assert_allclose(shares, by_hand(rows, found, "doc_id", "paragraph", 200), atol=0.13)


def test_words_of_groups_return_where_they_are_sure_and_not_where_they_barely_are() -> None:
    rng = np.random.default_rng(5)
    rows = [
        (f"t{k:02}", "a" if k < 16 else "b", [word for word, share in (("war", 0.2), ("sea", 0.075)) for _ in range(60)
          if rng.random() < (share if k < 16 else 0.02)] + [f"w{rng.integers(40)}" for _ in range(150)])
        for k in range(32)
    ]  # fmt: skip
    found = findings(corpus(rows), "side")
    shares = dict(zip(found["token"], returning(corpus(rows), found, "side"), strict=True))
    assert shares["war"] == 1.0 and 0.2 < shares["sea"] < 0.999


def test_the_order_of_the_paragraphs_changes_no_share_by_more_than_chance_does() -> None:
    rows = own_texts(3)
    found = findings(corpus(rows))
    np.testing.assert_allclose(returning(corpus(rows), found), returning(corpus(rows[::-1]), found), atol=0.13)


@pytest.mark.parametrize("by", ["doc_id", "side"])
def test_the_same_seed_gives_the_same_shares_and_nothing_found_gives_none(by: str) -> None:
    tokens = corpus(own_texts(3))
    found = findings(tokens, by)
    np.testing.assert_array_equal(returning(tokens, found, by), returning(tokens, found, by))
    assert len(returning(tokens, found.head(0), by)) == 0
