"""Sentences on topic models: how many topics the corpus supports, which are reproducible, which are one document."""

from typing import Any

from corpus_lib.display.text import (
    all_of,
    counted,
    decimal,
    escape,
    integer,
    is_are,
    is_missing,
    label_of,
    listing,
    none_of,
    part_of,
    plural,
    sentence,
    share,
    short_labels,
    word,
)

REQUIRED = 0.6
"""Stability that a number of topics must reach to be supported."""
SINGLE = 0.8
"""Share of a topic in one document from which on it is called that document's."""


def topic_support(
    choice: Any,
    summary: Any = None,
    *,
    required: float = REQUIRED,
    noun: str = "document",
    outcome: str = "",
    shown_why: str = "",
) -> str:
    """Whether the corpus supports a number of topics, and how many of the topics fitted are reproducible.

    Parameters
    ----------
    choice
        One row a candidate: `n_topics`, `stability`, and if present `stability_low`, `stability_high`, `chosen`.
    summary
        One row per topic, as for `topic_reproducibility`.
    required
        Stability a number of topics must reach.
    noun
        What a document is called.
    outcome, shown_why
        What `choose_and_fit` says of its choice (`sentence`), preferred to what is made here, and of the number shown.
    """
    rows = choice[choice["stability"].notna()] if len(choice) else choice
    if outcome and summary is not None and not len(summary):
        return outcome
    if not len(rows):
        head = outcome or "Stability was not measured, so that no number of topics can be preferred."
    elif outcome:
        head = outcome if choice["chosen"].any() else f"{outcome} What follows is exploratory."
    else:
        head = _choice(rows, required)
    chosen = choice.attrs.get("chosen")
    # Where somebody fixed another number, the topics shown are not those of the one chosen.
    fixed = shown_why if chosen and summary is not None and chosen != len(summary) else ""
    tail = "" if summary is None else topic_reproducibility(summary, noun=noun)
    return " ".join(part for part in (head, fixed, tail) if part)


def unplaced(n: int, total: int, noun: str = "unit") -> str:
    """How many units have no topic.

    Examples
    --------
    >>> unplaced(1, 66), unplaced(0, 6), unplaced(3, 3)
    ('One unit of 66 is without a topic.', 'Each of the 6 units has a topic.', 'None of the 3 units has a topic.')
    """
    if total == 1:
        return f"The one {noun} has {'no' if n else 'a'} topic."
    if n in (0, total):
        return f"{'None' if n else 'Each'} of the {counted(total, noun)} has a topic."
    return f"{sentence(counted(n, noun, words=True))} of {integer(total)} {is_are(n)} without a topic."


def _choice(rows: Any, required: float) -> str:
    best = rows.loc[rows["stability"].idxmax()]
    chosen = rows[rows["chosen"].astype(bool)] if "chosen" in rows.columns else rows.iloc[:0]
    low, high = integer(rows["n_topics"].min()), integer(rows["n_topics"].max())
    tried = f"from {low} to {high} topics" if low != high else f"with {low} topics"
    if len(chosen):
        row = chosen.iloc[0]
        return (
            f"{sentence(counted(int(row['n_topics']), 'topic', words=True))} are supported: when a part of the texts is left out, "
            f"the top words agree to {_stability(row)}, where 1 is the same words ({tried} were tried)."
        )
    if float(best["stability"]) >= required:
        return f"No number of topics is chosen ({tried} were tried); the most stable, {integer(best['n_topics'])}, has a stability of {_stability(best)}."
    return (
        f"No number of topics is supported ({tried} were tried): the best, {integer(best['n_topics'])}, has a stability of "
        f"{_stability(best)}, under the {decimal(required)} required. What follows is exploratory."
    )


def _stability(row: Any) -> str:
    if is_missing(row.get("stability_low")) or is_missing(row.get("stability_high")):
        return decimal(row["stability"])
    return f"{decimal(row['stability'])} ({decimal(row['stability_low'])} to {decimal(row['stability_high'])})"


def topic_reproducibility(summary: Any, *, noun: str = "document") -> str:
    """How many topics are reproducible, and which are mostly one document.

    Parameters
    ----------
    summary
        Indexed by topic: `reproducibility`, and if present `reproducible`, `single_document`, `largest_document`, `words`.
    noun
        What a document is called.
    """
    n = len(summary)
    if not n:
        return "There are no topics."
    if summary["reproducibility"].isna().all():
        head = f"Whether {'the topic' if n == 1 else all_of(n, 'topic')} would return in another sample was not tested."
    else:
        flag = (
            summary["reproducible"].astype(bool)
            if "reproducible" in summary.columns
            else summary["reproducibility"] >= 0.5
        )
        head = _reproducible(summary, flag)
    if "single_document" not in summary.columns:
        return head
    alone = summary[summary["single_document"].fillna(0) >= SINGLE]
    if not len(alone):
        return f"{head} {_narrow(summary, noun) or f'No topic is mostly one {noun}.'}"
    labels = short_labels(sorted({str(name) for name in alone.get("largest_document", [])}))
    facts = [
        f"topic {escape(topic)}"
        + (f" ({escape(label_of(labels, row['largest_document']))}, {share(row['single_document'])})" if labels else "")
        for topic, row in alone.iterrows()
    ]
    verb = "describes mostly" if len(alone) == 1 else "each describe mostly"
    apart = f" They tell the {plural(noun)} apart, and name nothing that several share." if len(alone) == n > 1 else ""
    return f"{head} {sentence(listing(facts))} {verb} one {noun}.{apart} {_narrow(summary, noun)}".strip()


def _with_interval(row: Any) -> str:
    low, high = row.get("reproducibility_low"), row.get("reproducibility_high")
    interval = "" if is_missing(low) or is_missing(high) else f", {decimal(low)} to {decimal(high)}"
    return f"{decimal(row['reproducibility'])}{interval}"


def _narrow(summary: Any, noun: str) -> str:
    """Topics whose words meet in one document only: a repeat inside it is enough to make them reproducible."""
    if "support_documents" not in summary.columns:
        return ""
    narrow = [f"topic {escape(topic)}" for topic in summary.index[summary["support_documents"] == 1]]
    if not narrow:
        return ""
    its = "its" if len(narrow) == 1 else "their"
    return f"{sentence(listing(narrow))} {'rests' if len(narrow) == 1 else 'rest'} on a single {noun}: only there do {its} words meet."


def _reproducible(summary: Any, flag: Any) -> str:
    n, firm = len(summary), int(flag.sum())
    if n == 1:
        return f"The topic is {'' if firm else 'not '}reproducible ({decimal(summary['reproducibility'].iloc[0])})."
    if firm == 0:
        return f"{sentence(none_of(n, 'topic'))} is reproducible when a part of the texts is left out."
    if firm == n:
        return f"{sentence(all_of(n, 'topic'))} are reproducible."
    named = listing([f"topic {escape(topic)} ({_with_interval(summary.loc[topic])})" for topic in summary.index[flag]])
    return f"{sentence(part_of(firm, n, 'topic'))} {'is' if firm == 1 else 'are'} reproducible on average: {named}."


def topics(terms: Any, n: int = 6) -> str:
    """The topics and their first words as a Markdown list.

    Parameters
    ----------
    terms
        One row per topic and word: `topic`, `rank`, `term`.
    n
        Words of each topic.
    """
    ordered = terms.sort_values(["topic", "rank"], kind="stable")
    rows = [
        f"- topic {escape(topic)}: {', '.join(word(term) for term in part['term'].head(n))}"
        for topic, part in ordered.groupby("topic", sort=False)
    ]
    return "\n".join(rows) or "There are no topics."


def prevalence(frame: Any, by: str = "group") -> str:
    """Between which groups the share of a topic differs by more than its intervals.

    Parameters
    ----------
    frame
        One row per group and topic: `group`, `topic`, `mean`, `low`, `high`; `reproducible` if present.
    by
        What the groups are.
    """
    if not len(frame):
        return "No topic is left to compare."
    if frame["group"].nunique() == 1:
        return f"There is one {escape(by)} only, so that nothing can be compared."
    apart = []
    for topic, part in frame.groupby("topic", sort=False):
        most, least = part.loc[part["mean"].idxmax()], part.loc[part["mean"].idxmin()]
        if most["low"] > least["high"]:
            weak = (
                " (not reproducible)"
                if "reproducible" in part.columns and not bool(part["reproducible"].iloc[0])
                else ""
            )
            apart.append((-float(most["mean"] - least["mean"]), str(topic), most, least, weak))
    n = int(frame["topic"].nunique())
    if not apart:
        return f"No topic differs clearly by {escape(by)}: for {counted(n, 'topic', words=True)}, the intervals of the highest and the lowest overlap."
    labels = short_labels(sorted({str(group) for group in frame["group"]}))
    facts = [
        f"topic {escape(topic)}{weak}, with {_share(most)} in {escape(labels[str(most['group'])])} against {_share(least)} in {escape(labels[str(least['group'])])}"
        for _, topic, most, least, weak in sorted(apart, key=lambda item: item[:2])
    ]
    verb = "differs" if len(apart) == 1 else "differ"
    return f"{sentence(part_of(len(apart), n, 'topic'))} {verb} clearly by {escape(by)}: {'; '.join(facts[:5])}."


def _share(row: Any) -> str:
    return f"{share(row['mean'])} ({share(row['low'])} to {share(row['high'])})"
