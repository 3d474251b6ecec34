"""What documents share is the same however they are divided, and as the definition says."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_lib.cleaning import duplicates
from corpus_lib.cleaning import shared_lines as holders
from corpus_lib.cleaning.duplicates import fingerprints, pairs_of
from corpus_lib.cleaning.lines import measure_lines, read_lines
from corpus_lib.cleaning.shared_lines import shared_lines, survey_lines

TEXTS = st.lists(st.lists(st.sampled_from("ab"), max_size=14).map(" ".join), min_size=2, max_size=9)
PARTS = st.integers(1, 4)


def grams(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[i : i + 5]) for i in range(max(1, len(words) - 4))} if words else set()


def defined(texts: Sequence[str], common: int, limit: float) -> list[tuple[int, int, float, float]]:
    """Pairs by the definition: met through a 5-gram that is not a formula, or copies."""
    sets = [grams(text) for text in texts]
    rows = []
    for a, b in itertools.combinations(range(len(texts)), 2):
        both = sets[a] & sets[b]
        met = any(sum(gram in s for s in sets) <= common for gram in both) or (both and texts[a] == texts[b])
        smaller, union = min(len(sets[a]), len(sets[b])), len(sets[a] | sets[b])
        if met and (len(both) >= limit * union or (len(both) >= limit * smaller and len(both) >= 5)):
            rows.append((a, b, round(len(both) / union, 4), round(len(both) / smaller, 4)))
    return rows


@pytest.mark.slow
@given(TEXTS, PARTS, st.sampled_from([0.3, 0.8]))
@settings(max_examples=150, deadline=None)
def test_duplicates_are_those_of_the_definition_however_the_documents_are_divided(
    texts: list[str], parts: int, limit: float
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        # Formulas and stretches that a few short texts can fill; copies are all paired.
        patched.setattr(duplicates, "COMMON", 2)
        patched.setattr(holders.stretches, "__defaults__", (3,))
        patched.setattr(duplicates, "_copies", lambda digests: [
            (a, b) for a, b in itertools.combinations(range(len(digests)), 2) if digests[a] and digests[a] == digests[b]
        ])  # fmt: skip
        named = {f"{n:02d}": text for n, text in enumerate(texts)}
        prints = [fingerprints(dict(list(named.items())[k::parts])) for k in range(parts)]
        found = pairs_of(prints, list(named), jaccard=limit, containment=limit)
    assert [(int(a), int(b), j, c) for a, b, j, c, _ in found] == defined(texts, 2, limit)


LINES = st.lists(
    st.lists(st.sampled_from(["News", "More news of it", "It rained on that day.", "x " * 60, "y " * 60]), max_size=5),
    max_size=12,
)


@given(LINES, PARTS)
@settings(max_examples=100, deadline=None)
def test_shared_lines_are_the_same_however_the_documents_are_divided(pages: list[list[str]], parts: int) -> None:
    read = [read_lines("\n\n".join(page)) for page in pages]
    documents = [list(zip(lines, measure_lines(lines, False), strict=True)) for lines in read]
    sites = [f"site {len(page) % 2}" * (len(page) > 2) for page in pages]
    whole = list(shared_lines([survey_lines(documents, sites)]).among(documents, sites))
    surveys = [survey_lines(documents[k::parts], sites[k::parts]) for k in range(parts)]
    divided = list(shared_lines(surveys).among(documents, sites))
    assert divided == whole
    for lines, own in zip(read, whole, strict=True):
        held = {line.text: sum(line.text in {x.text for x in other} for other in read) for line in lines}
        assert all(held[text] >= max(3, len(pages) / 10) for text in own.corpus) and all(held[t] >= 3 for t in own.site)
