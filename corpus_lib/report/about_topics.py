"""Sentences on topic models: how many topics the corpus supports, which are reproducible, which are one document."""

from typing import Any

from corpus_lib.display import text as say
from corpus_lib.display.tables import groups_apart

SINGLE = 0.8
"""Share of a topic in one document from which on it is called that document's."""


def topic_support(
    choice: Any, summary: Any = None, *, outcome: str, noun: str = "document", shown_why: str = ""
) -> str:
    """Whether the corpus supports a number of topics, and how many of the topics fitted are reproducible.

    Parameters
    ----------
    choice
        One row a candidate, as `choose_n_topics` returns them.
    summary
        One row per topic, as for `topic_reproducibility`.
    outcome, shown_why
        What `choose_and_fit` says of its choice (`sentence`), and of the number shown.
    noun
        What a document is called.
    """
    if summary is not None and not len(summary):
        return outcome
    chosen = choice.loc[choice["chosen"], "n_topics"].tolist() if len(choice) else []
    open_yet = len(choice) and not chosen and choice["stability"].notna().any()
    exploratory = "What follows is exploratory." if open_yet else ""
    # Where somebody fixed another number, the topics shown are not those of the one chosen.
    fixed = shown_why if chosen and summary is not None and chosen != [len(summary)] else ""
    tail = "" if summary is None else topic_reproducibility(summary, noun=noun)
    return say.joined(outcome, exploratory, fixed, tail)


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
        return f"{'None' if n else 'Each'} of the {say.counted(total, noun)} has a topic."
    return f"{say.so_many(n, noun)} of {say.integer(total)} {say.is_are(n)} without a topic."


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
        head = f"Whether {'the topic' if n == 1 else say.all_of(n, 'topic')} would return in another sample was not tested."
    else:
        head = _reproducible(summary, summary.get("reproducible", summary["reproducibility"] >= 0.5).astype(bool))
    if "single_document" not in summary.columns:
        return head
    alone = summary[summary["single_document"].fillna(0) >= SINGLE]
    if not len(alone):
        return f"{head} {_narrow(summary, noun) or f'No topic is mostly one {noun}.'}"
    facts = [f"topic {say.escape(topic)}" for topic in alone.index]
    if "largest_document" in alone.columns:
        labels = say.short_labels(sorted({str(name) for name in alone["largest_document"]}))
        held = zip(facts, alone["largest_document"], alone["single_document"], strict=True)
        facts = [f"{topic} ({say.escape(say.label_of(labels, name))}, {say.share(part)})" for topic, name, part in held]
    describe = "describes mostly" if len(alone) == 1 else "each describe mostly"
    apart = (
        f"They tell the {say.plural(noun)} apart, and name nothing that several share." if len(alone) == n > 1 else ""
    )
    return say.joined(head, f"{say.sentence(say.listing(facts))} {describe} one {noun}.", apart, _narrow(summary, noun))


def _narrow(summary: Any, noun: str) -> str:
    """Topics whose words meet in one document only: a repeat inside it is enough to make them reproducible."""
    if "support_documents" not in summary.columns:
        return ""
    narrow = [f"topic {say.escape(topic)}" for topic in summary.index[summary["support_documents"] == 1]]
    if not narrow:
        return ""
    rest, its = say.verb(len(narrow), "rest"), "its" if len(narrow) == 1 else "their"
    return f"{say.sentence(say.listing(narrow))} {rest} on a single {noun}: only there do {its} words meet, and to return {'it needs' if len(narrow) == 1 else 'they need'} no other."


def _reproducible(summary: Any, flag: Any) -> str:
    n, firm = len(summary), int(flag.sum())
    unsure = [f"topic {say.escape(t)}" for t in summary.index[flag & (summary.get("reproducibility_low", 1) < 0.5)]]
    doubt = f"; {say.listing(unsure)} only on average, and not in every part of the texts" * bool(unsure)
    if n == 1:
        return f"The topic is {'' if firm else 'not '}reproducible ({say.decimal(summary['reproducibility'].iloc[0])}){doubt}."
    subject = say.sentence(say.part_of(firm, n, "topic"))
    if firm == 0:
        return f"{subject} is reproducible when a part of the texts is left out."
    if firm == n:
        return f"{subject} are reproducible{doubt}."
    named = []
    for topic, row in summary[flag].iterrows():
        value = say.with_interval(row, "reproducibility").replace(" (", ", ").rstrip(")")
        named.append(f"topic {say.escape(topic)} ({value})")
    return f"{subject} {say.is_are(firm)} reproducible on average: {say.listing(named)}."


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
        f"- topic {say.escape(topic)}: {', '.join(say.word(term) for term in part['term'].head(n))}"
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
        return f"There is one {say.escape(by)} only, so that nothing can be compared."
    apart, n = groups_apart(frame), len(set(frame["topic"]))
    if not apart:
        return f"No topic differs clearly by {say.escape(by)}: for {say.counted(n, 'topic', words=True)}, the intervals of the highest and the lowest overlap."
    labels = say.short_labels(sorted({str(group) for group in frame["group"]}))
    facts = []
    for ends in sorted(apart, key=lambda ends: (ends[1]["mean"] - ends[0]["mean"], str(ends[0]["topic"]))):
        most, least = (f"{say.share_within(row)} in {say.escape(labels[str(row['group'])])}" for row in ends)
        weak = "" if ends[0].get("reproducible", True) else " (not reproducible)"
        facts.append(f"topic {say.escape(ends[0]['topic'])}{weak}, with {most} against {least}")
    subject = say.sentence(say.part_of(len(apart), n, "topic"))
    return f"{subject} {say.verb(len(apart), 'differ')} clearly by {say.escape(by)}: {'; '.join(facts[:5])}."
