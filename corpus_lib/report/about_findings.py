"""Sentences on what may be called a finding: words that set groups of texts apart, and the own words of single texts.

The two are not the same. What sets groups apart holds against shuffles of whole texts, and is said with how often these reach it; the own words of a
text describe that text, and nothing follows from them for another.
"""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from corpus_lib.display import text as say
from corpus_lib.display.prose import bullets
from corpus_lib.display.tables import are_own_words, sure_words

FEW_TEXTS = 10
"""Below this many texts on a side only very large differences are found, which is said before the result."""
MOST_BULLETS = 6
"""Groups up to which each has a sentence of its own in brief."""


def findings(
    found: Any,
    groups: Sequence[str],
    labels: Mapping[str, str] | None = None,
    n: int = 5,
    *,
    noun: str = "text",
    stop: Container[str] = (),
) -> dict[str, str]:
    """What sets each group apart, or which words are a text's own, a sentence each.

    Parameters
    ----------
    found
        What `corpus_lib.findings` returns: one row per group and word.
    groups
        The groups that are spoken of.
    labels
        Group -> what it is called; by default short labels.
    n
        Words named of each.
    noun
        What was sampled: a text, an author.
    stop
        The stop words, which are named as such: that a text has more of one says something else than that it has more of a name.

    Examples
    --------
    >>> import pandas as pd
    >>> own = pd.DataFrame({"group": ["a"], "token": ["war"], "frequency_target": [9], "frequency_reference": [1], "log_ratio": [3.0],
    ...                     "n_paragraphs": [4], "n_paragraphs_all": [7]})
    >>> findings(own, ["a", "b"])
    {'a': 'a has one word of its own: **war** (9 against 1; 8.0 times the rate, in 4 of 7 paragraphs).', 'b': 'b has no word of its own.'}
    """
    names = labels or say.short_labels(list(groups))
    said = {}
    for group in groups:
        rows, label = found[found["group"] == group], say.escape(say.label_of(names, group))
        own = are_own_words(found)
        said[group] = _own_words(rows, label, n, stop) if own else _set_apart(rows, label, n, group, names, noun, stop)
    return said


def _own_words(rows: Any, label: str, n: int, stop: Container[str]) -> str:
    if not len(rows):
        return f"{label} has no word of its own."
    facts = [
        f"{say.word(row['token'])} ({_counts(row, stop)}, in {say.integer(row['n_paragraphs'])} of "
        f"{say.counted(int(row['n_paragraphs_all']), 'paragraph')})"
        for _, row in rows.head(n).iterrows()
    ]
    head = f"{label} has {say.counted(len(rows), 'word', words=True)} of its own"
    return f"{head}{_of_these(len(rows), n)}: {say.listing(facts)}."


def _of_these(k: int, n: int) -> str:
    return f"; the {say.number_word(n) if n > 1 else 'one'} with the strongest evidence" if k > n else ""


def _counts(row: Any, stop: Container[str], *, least: bool = False) -> str:
    """Counts and the ratio of the rates; where one side has none, the ratio would be that of the half put in its place."""
    kind = "a stop word; " if row["token"] in stop else ""
    counts = f"{kind}{say.integer(row['frequency_target'])} against {say.integer(row['frequency_reference'])}"
    if not row["frequency_target"]:
        return f"{counts}; absent here"
    bound, at_least = row.get("log_ratio_conservative"), ""
    if least and not say.is_missing(bound) and bound > 0:
        at_least = (
            ", at the least hardly more" if say.times(bound) == "1.00 times" else f", at least {say.times(bound)}"
        )
    rate = f"{say.times(row['log_ratio'])} the rate" if row["frequency_reference"] else "absent there"
    return f"{counts}; {rate}{at_least}"


def _set_apart(
    rows: Any, label: str, n: int, group: str, names: Mapping[str, str], noun: str, stop: Container[str]
) -> str:
    facts, level = rows.attrs["groups"].get(group), rows.attrs["level"]
    rest = [say.escape(say.label_of(names, other)) for other in rows.attrs["groups"] if other != group]
    others = rest[0] if len(rest) == 1 else "the others"
    if facts is None or not facts["n_units"]:
        return f"{label} has no words, and is not compared."
    if not facts["tested"]:
        return _untested(label, facts, noun)
    sure = sure_words(rows)
    more, less = sure[sure["log_ratio"] > 0], sure[sure["log_ratio"] < 0]
    parts = [_few(facts, noun)]
    if len(more):
        named = [f"{say.word(row['token'])} ({_counts(row, stop, least=True)})" for _, row in more.head(n).iterrows()]
        head = f"{say.so_many(len(more), 'word')} {say.verb(len(more), 'set')} {label}"
        parts.append(f"{head} apart from {others}{_of_these(len(more), n)}: {say.listing(named)}.")
    if len(less):
        named = [f"{say.word(row['token'])} ({_counts(row, stop)})" for _, row in less.head(n).iterrows()]
        it = "the word that sets" if len(less) == 1 else f"{say.counted(len(less), 'word', words=True)} that set"
        parts.append(
            f"Rarer in {label} {say.is_are(len(less))} {it} it apart{_of_these(len(less), n)}: {say.listing(named)}."
        )
    if not len(sure):
        parts.append(f"No word sets {label} apart from {others}{_how_often(facts, level, noun)}")
    elif len(rows) > len(sure):
        parts.append(
            f"With those that are less sure, {say.counted(len(rows), 'word')} differ; about {say.share(level)} of them may be chance."
        )
    return say.joined(*parts)


def _few(facts: Mapping[str, Any], noun: str) -> str:
    fewest = min(facts["n_units"], facts["n_units_rest"])
    if fewest >= FEW_TEXTS:
        return ""
    return f"With {say.number_word(facts['n_units'])} {say.plural(noun)} against {say.number_word(facts['n_units_rest'])} only very large differences would show."


def _how_often(facts: Mapping[str, Any], level: float, noun: str) -> str:
    """The end of a sentence that no word sets a group apart: how often shuffles differ as much as its strongest word."""
    if not facts["n_shuffles"]:
        return ": no word stands in three texts, so that there is nothing to test."
    if facts["n_reached"] <= level * facts["n_shuffles"]:
        return ": what differs most is rarer here, or occurs too seldom to be sure."
    of = f"{say.integer(facts['n_reached'])} of {say.counted(int(facts['n_shuffles']), 'shuffle')}"
    return f": {of} of the {say.plural(noun)} give a difference as large as its largest."


def _untested(label: str, facts: Mapping[str, Any], noun: str) -> str:
    """Why nothing can be tested: one text on a side, or too few ways to divide them."""
    mine, rest = facts["n_units"], facts["n_units_rest"]
    if not rest:
        return f"There is nothing that {label} could be compared with."
    if min(mine, rest) < 2:
        one = f"{label} is one {noun}" if mine == 1 else f"{label} is held against one {noun}"
        return (
            f"{one}: no test over {say.plural(noun)} can speak, and the tables describe these {say.plural(noun)} only."
        )
    sides = f"{say.so_many(mine, noun)} of {label} against {say.number_word(rest)}"
    return (
        f"{sides} can be divided in {say.counted(int(facts['n_assignments']), 'way')}, so that no p can be below "
        f"{say.decimal(facts['attainable_p'], 2)}: nothing is tested, and the tables describe these {say.plural(noun)} only."
    )


def findings_in_brief(
    found: Any,
    groups: Sequence[str],
    labels: Mapping[str, str] | None = None,
    n: int = 5,
    *,
    noun: str = "text",
    kind: str = "group",
    stop: Container[str] = (),
) -> str:
    """What sets groups apart, or which words are the texts' own, with what that rests on; many groups are summed up.

    Parameters
    ----------
    found, groups, labels, n, noun, stop
        As for `findings`.
    kind
        What a group is called.
    """
    names = labels or say.short_labels(list(groups))
    said = findings(found, groups, names, n, noun=noun, stop=stop)
    if not are_own_words(found) and len(groups) == 2 == len(found.attrs["groups"]) and not len(found):
        # Two groups mirror each other: what does not set one apart does not the other.
        said = dict(list(said.items())[:1])
    body = (
        bullets(list(said.values()))
        if len(said) <= MOST_BULLETS
        else _summed_up(found, names, groups, noun, kind, stop)
    )
    if not are_own_words(found):
        parts = [body, evidence(found, noun=noun)]
    else:
        more = "Most texts of some length have such words; nothing follows from them for other texts."
        parts = [_what_own_words_are(found), body, more if len(found) else ""]
    return "\n\n".join(part for part in parts if part)


def evidence(found: Any, *, noun: str = "text") -> str:
    """How often shuffles of the texts differ as much as the words that are named; nothing where none is."""
    tested = [facts for facts in found.attrs["groups"].values() if facts["n_shuffles"]]
    sure = sure_words(found)
    if not len(sure):
        return ""
    shuffles, units = int(tested[0]["n_shuffles"]), int(tested[0]["n_units"] + tested[0]["n_units_rest"])
    reached = max(1, round(float(sure["p_value"].max()) * shuffles))
    as_much = f"set {say.any_of(len(tested), 'group')} apart as much" if len(tested) > 2 else "differ as much"
    return (
        f"In at most {say.integer(reached)} of {say.counted(shuffles, 'shuffle')} of the {say.counted(units, noun)} does any of the "
        f"{say.counted(int(found.attrs['n_words']), 'word')} {as_much}."
    )


def _what_own_words_are(found: Any) -> str:
    n = int(found.attrs["n_groups"]) - 1
    if n < 1:
        return ""
    than = "the other text" if n == 1 else f"each of the {say.number_word(n)} others"
    return f"A text's own words are more frequent in it than in {than}, and stand in at least three of its paragraphs."


def _summed_up(
    found: Any, names: Mapping[str, str], groups: Sequence[str], noun: str, kind: str, stop: Container[str]
) -> str:
    """Which of many groups have words, with the strongest of each, in one paragraph."""
    own, more = are_own_words(found), sure_words(found)
    more = more[more["log_ratio"] > 0]
    words = {group: list(more.loc[more["group"] == group, "token"]) for group in groups}
    facts = []
    for group, (first, *others) in ((group, mine) for group, mine in words.items() if mine):
        rest = f" and {say.integer(len(others))} more" if others else ""
        rest = f", a stop word{',' * bool(rest)}{rest}" if first in stop else rest
        facts.append(f"{say.escape(say.label_of(names, group))} ({say.word(first)}{rest})")
    subject = say.sentence(say.part_of(len(facts), len(groups), noun if own else kind))
    if not facts:
        return f"{subject} has {'a word of its own' if own else 'a word that sets it apart from the others'}."
    its, it = ("its", "it") if len(facts) == 1 else ("their", "them")
    words_of = f"words of {its} own" if own else f"words that set {it} apart"
    return f"{subject} {say.verb(len(facts), 'have')} {words_of}: {say.listing(facts)}."
