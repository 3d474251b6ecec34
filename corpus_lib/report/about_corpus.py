"""Sentences on the corpus itself: what it holds, what cleaning took away, what is not known, what it cannot carry."""

import math
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from corpus_lib.display import text as say

FEW_DOCUMENTS = 30
"""Below this many documents a sentence says that they cannot carry a general claim; resampling articles needs as many."""
ADJECTIVES = ("undecodable",)
DATES = ("date_published", "date", "year")
"""Columns that may date a document."""
_FIELDS = {
    "title": "the title", "author": "the author", "source": "the source", "publisher": "the publisher",
    "date_published": "the date of publication", "language": "the language",
}  # fmt: skip


def known(values: Any) -> Any:
    """The values that are there: neither missing nor an empty string."""
    series = pd.Series(values)
    return series[series.map(lambda value: not say.is_missing(value) and str(value).strip() != "")]


def corpus_overview(documents: Any, n_tokens: int | None = None, *, noun: str = "document") -> str:
    """Size, spread of lengths, sources, dates and languages of a corpus.

    Parameters
    ----------
    documents
        One row per document, indexed by doc_id; read if present: `n_words`, `source`, `publisher`, `date_published`, `language`.
    n_tokens
        Words counted after tokenizing; by default the sum of `n_words`.
    noun
        What a document is called.

    Examples
    --------
    >>> corpus_overview(pd.DataFrame({"n_words": [600, 400]}, index=["a", "b"]), noun="article")
    'The corpus holds two articles and 1,000 words. They have from 400 to 600 words; the longest, a, has 60 % of all.'
    """
    n = len(documents)
    if n == 0:
        return f"The corpus holds no {noun}."
    words = documents["n_words"] if "n_words" in documents.columns else None
    total = n_tokens if n_tokens is not None else None if words is None else int(words.sum())
    size = "" if total is None else f" and {say.counted(total, 'word')}"
    lengths = _lengths(words) if words is not None and n > 1 and words.sum() > 0 else ""
    head = f"The corpus holds {say.counted(n, noun, words=True)}{size}."
    return say.joined(head, lengths, _origins(documents, noun), _dates(documents, noun), _languages(documents))


def _lengths(words: Any) -> str:
    """From how many words to how many, and which text is longest where one is."""
    most = say.counted(int(words.max()), "word")
    if words.min() == words.max():
        return f"Each has {most}."
    spread = f"They have from {say.integer(words.min())} to {most}"
    if (words == words.max()).sum() > 1:
        return f"{spread}."
    longest = say.escape(say.label_of(say.short_labels(list(words.index)), words.idxmax()))
    return f"{spread}; the longest, {longest}, has {say.share(words.max() / words.sum())} of all."


def _origins(documents: Any, noun: str) -> str:
    """Which documents name a source, or else a publisher, and which these are."""
    columns = [documents[name] for name in ("source", "publisher") if name in documents.columns]
    if not columns or not len(names := known(pd.concat([known(column) for column in reversed(columns)]))):
        return ""
    names = names[~names.index.duplicated(keep="last")].reindex(documents.index).dropna()
    distinct = list(dict.fromkeys(str(name) for name in names))
    head = f"{say.sentence(_part(len(names), len(documents), noun))} {say.verb(len(names), 'name')}"
    if len(distinct) == 1:
        return f"{head} {'a' if len(names) == 1 else 'the same'} source or publisher, {say.escape(distinct[0])}."
    listed = f": {say.listing([say.escape(name) for name in distinct])}" if len(distinct) <= 6 else ""
    many = "" if len(distinct) == len(names) else f", {say.integer(len(distinct))} different ones"
    return f"{head} a source or publisher{many}{listed}."


def _part(k: int, n: int, noun: str) -> str:
    return f"the {noun}" if k == n == 1 else say.part_of(k, n, noun)


def _dates(documents: Any, noun: str) -> str:
    if not len(dates := known(dated(documents)).astype(str)):
        return ""
    first, last = (say.escape(date.replace("T", " ", 1)) for date in (dates.min(), dates.max()))
    some = say.sentence(_part(len(dates), len(documents), noun))
    is_stated = len(known(documents.get("date_published"))) == len(dates)
    head = f"{some} {say.verb(len(dates), 'state' if is_stated else 'have')} a date{' of publication' * is_stated}"
    return f"{head}, {first}." if len(dates) == 1 else f"{head}, from {first} to {last}."


def dated(documents: Any) -> Any:
    """The date of each document: that of publication where it is known, else the one that a table of the user's gives."""
    dates = pd.Series(None, documents.index, dtype=object)
    for name in DATES:
        if name in documents.columns:
            dates = dates.where(dates.notna(), known(documents[name]).reindex(documents.index))
    return dates


def _ranked(values: Any) -> Any:
    """How often each value occurs, most often first, ties in the order of the alphabet."""
    return values.value_counts().sort_index().sort_values(ascending=False, kind="stable")


def _languages(documents: Any) -> str:
    if "language" not in documents.columns or not len(found := known(documents["language"]).astype(str)):
        return ""
    counts = _ranked(found)
    if len(counts) == 1:
        return f"The main language is {say.escape(counts.index[0])}{'' if len(documents) == 1 else ' throughout'}."
    named = [f"{say.escape(name)} {say.integer(k)}" for name, k in counts.items()]
    return f"Main languages: {say.listing(named, limit=6)}."


def cleaning_audit(lines: Any, edits: Any = None, flags: Any = None, *, noun: str = "document") -> str:
    """What cleaning dropped, changed and noticed.

    Parameters
    ----------
    lines
        One row per line that is not blank: `doc_id`, `label`, `keep`, `byte_start`, `byte_end`.
    edits
        One row a change inside a kept line: `rule`.
    flags
        One row a thing noticed and left: `kind`.
    noun
        What a document is called.
    """
    if not len(lines):
        return f"No {noun} has a line of text."
    keep = lines["keep"].astype(bool)
    size = lines["byte_end"] - lines["byte_start"]
    gone, n = lines[~keep], len(lines)
    parts = [f"{say.sentence(say.all_of(n, 'line'))} that {say.is_are(n)} not blank {say.is_are(n)} kept."]
    if len(gone):
        part = say.share(size[~keep].sum() / size.sum())
        lost = f"{say.integer(len(gone))} {say.is_are(len(gone))} dropped ({part} of the bytes)"
        parts = [
            f"Of {say.counted(n, 'line')} that {say.is_are(n)} not blank, {lost}: {_tally(gone['label'], 'line')}."
        ]
        parts.append(_most_cut(gone["doc_id"], size, lines["doc_id"], noun))
    if edits is not None:
        changes = f"{say.so_many(len(edits), 'edit')} inside kept lines: {_tally(edits['rule'])}."
        parts.append(changes if len(edits) else "No kept line is changed.")
    if flags is not None and len(flags):
        places = f"{say.so_many(len(flags), 'place')} {say.is_are(len(flags))} flagged and left as written"
        parts.append(f"{places}: {_tally(flags['kind'])}.")
    return say.joined(*parts)


def _tally(values: Any, noun: str = "", limit: int = 6) -> str:
    """How often each value occurs, as things: "2 masks", or with a noun "2 sidebar lines"."""
    counts = _ranked(pd.Series(values).astype(str))
    things = [(k, f"{str(name).replace('_', ' ')} {noun}".strip()) for name, k in counts.items()]
    return say.listing([f"{say.integer(k)} {say.escape(_number_of(name, k))}" for k, name in things], limit=limit)


def _number_of(name: str, k: int) -> str:
    """A name in the number of its count; some kinds are named in the plural ("lost words"), some by an adjective, some with what they stand before."""
    if name.endswith("words"):
        return name.removesuffix("s") if k == 1 else name
    thing, before, rest = (f"{name} character" if name in ADJECTIVES else name).partition(" before ")
    return f"{thing if k == 1 else say.plural(thing)}{before and ' before a '}{rest}"


def _most_cut(cut: Any, size: Any, docs: Any, noun: str) -> str:
    whole = size.groupby(docs).sum()
    if len(whole) < 2:
        return ""
    lost = size[cut.index].groupby(cut).sum().sort_index()
    part = (lost / whole[lost.index]).sort_values(ascending=False, kind="stable")
    label = say.escape(say.label_of(say.short_labels(list(whole.index)), part.index[0]))
    untouched = len(whole) - len(lost)
    rest = f"; {say.number_word(untouched)} {say.verb(untouched, 'lose')} nothing" if untouched else ""
    return f"The {noun} that loses most is {label}, with {say.share(part.iloc[0])} of its bytes{rest}."


def metadata_unknown(
    documents: Any, evidence: Any = None, fields: Sequence[str] | None = None, *, noun: str = "document"
) -> str:
    """Which facts about the documents are not stated anywhere, and which are only inferred.

    Parameters
    ----------
    documents
        One row per document, indexed by doc_id.
    evidence
        One row per finding: `doc_id`, `field`, `basis`, `decided`.
    fields
        Columns asked about; by default title, author, source, publisher, date of publication and language, as far as present.
    noun
        What a document is called.
    """
    n = len(documents)
    asked = [name for name in (fields or _FIELDS) if name in documents.columns]
    values = {name: dated(documents) if name == "date_published" else documents[name] for name in asked}
    missing = {name: documents.index.difference(known(own).index, sort=False) for name, own in values.items()}
    gaps = {name: docs for name, docs in missing.items() if len(docs)}
    if not asked:
        return "Nothing is recorded about where the texts come from."
    labels = say.short_labels(list(documents.index))
    parts = []
    for name, docs in gaps.items():
        named = say.listing([say.escape(say.label_of(labels, doc)) for doc in docs])
        which = "" if len(docs) == n or len(docs) > 8 else f" ({named})"
        parts.append(f"{_FIELDS.get(name, say.escape(name.replace('_', ' ')))} of {_part(len(docs), n, noun)}{which}")
    text = f"Not stated: {'; '.join(parts)}."
    if not parts:
        text = f"Every {noun} states {say.listing([_FIELDS.get(name, say.escape(name)) for name in asked])}."
    if evidence is None or not len(evidence):
        return text
    inferred = evidence[evidence["basis"] == "inferred"].groupby("field")["doc_id"].agg(set)
    both = {name: len(inferred.get(name, set()) & set(docs)) for name, docs in gaps.items()}
    whose = {name: f"the {noun}" if n == 1 else say.counted(k, noun) for name, k in both.items() if k}
    found = [f"{_FIELDS.get(name, say.escape(name))} of {texts}" for name, texts in whose.items()]
    return say.joined(text, f"Inferred, and therefore not used as fact: {say.listing(found)}." if found else "")


def smallest_p(n_target: int, n_reference: int) -> float:
    """Smallest p-value that reassigning whole documents can give: one over the number of ways to choose the target.

    Examples
    --------
    >>> smallest_p(1, 4)
    0.2
    """
    return 1 / math.comb(n_target + n_reference, n_target) if n_target > 0 and n_reference > 0 else 1.0


def attainable_p(n_target: int, n_reference: int, *, noun: str = "document") -> str:
    """What a test on whole documents could show at best with so many documents on each side.

    Examples
    --------
    >>> attainable_p(1, 4, noun="article")[:88]
    'One article against four can be drawn in 5 ways, so no test on whole articles can give a'
    """
    if n_target + n_reference == 1:
        return f"There is one {noun} only: nothing can be compared, and so nothing is tested."
    if n_target <= 0 or n_reference <= 0:
        return f"With no {noun} on one side there is nothing to test."
    n_ways = math.comb(n_target + n_reference, n_target)
    ways = say.counted(n_ways, "way") if n_ways < 10**6 else "more than a million ways"
    if n_target == n_reference == 1:
        return f"Of two {say.plural(noun)} each differs from the other as much, so that no test on whole {say.plural(noun)} can speak. {ALONE}"
    # With equal sides the mirror image of a division differs as much, so that two of them always count.
    p = smallest_p(n_target, n_reference) * (2 if n_target == n_reference else 1)
    text = (
        f"{say.so_many(n_target, noun)} against {say.number_word(n_reference)} can be drawn in {ways}, so no "
        f"test on whole {say.plural(noun)} can give a p-value below {say.p_value(p).removeprefix('< ')}"
    )
    if p > 0.05:
        return f"{text}: no difference here can reach the usual 0.05, however large. {ALONE}"
    if min(n_target, n_reference) == 1:
        return f"{text}; but one {noun} is no sample, so that it is described and not tested."
    return f"{text}, which is enough to test differences between {say.plural(noun)}."


ALONE = "The p-values of single words treat words as independent and say less than they seem to."


def not_counted(masks: int, headlines: Any) -> str:
    """What stands on the pages and is in no count: signs in place of words, and headlines.

    Parameters
    ----------
    masks
        Places in the texts where signs stand for a word.
    headlines
        One row per line of a title: `n_words`.

    Examples
    --------
    >>> not_counted(0, pd.DataFrame({"n_words": [5]}))
    'No signs that stand for a word were noticed. One line of headlines is in no count: 5 words.'
    """
    n, n_words = len(headlines), say.counted(int(headlines["n_words"].sum()), "word")
    hidden = f"{say.so_many(masks, 'place')} in the texts {say.verb(masks, 'have')} signs for a word; what stood there is in no count."
    heads = f"{say.so_many(n, 'line')} of headlines {say.is_are(n)} in no count: {n_words}."
    first = hidden if masks else "No signs that stand for a word were noticed."
    return f"{first} {heads if n else 'No line was found to be a headline.'}"


def stop_list(languages: Any, used: Sequence[str], own: Sequence[str] = (), *, noun: str = "document") -> str:
    """Which texts are in a language that no list of stop words is used for, and which words a study leaves out beside the lists; empty if there is none.

    Parameters
    ----------
    languages
        One value per document; missing ones are passed over.
    used
        Languages whose lists are used.
    own
        Words that the study leaves out itself.
    noun
        What a document is called.

    Examples
    --------
    >>> stop_list(["English (en)", "German (de)", "German (de)"], ["English (en)"], noun="text")
    'Stop words are those of English (en); two of three texts are in another language (German (de) 2), whose function words are counted as words.'
    >>> stop_list(["en"], ["en"], ["photo", "said"])
    'Left out beside the stop words are two words of the study: photo and said.'
    >>> stop_list([None, ""], [], noun="text")
    'It is not known in which language the texts are; stop words are the English ones (--language states another language).'
    """
    unknown = (
        f"It is not known in which language the {say.plural(noun)} are; stop words are the English ones (--language states another language)."
    ) * (not used and not len(known(languages)))
    others = other_languages(languages, used, "another language" if used else "a language without one", noun=noun)
    head = "Stop words are those of" if used else "There is no list of stop words for"
    names = say.listing(map(say.escape, used or sorted(set(known(languages)))))
    lists = f"{head} {names}; {others}, whose function words are counted as words." * bool(others)
    words = f"{say.counted(len(own), 'word', words=True)} of the study: {say.listing(map(say.escape, own), limit=12)}"
    return f"{unknown}{lists} {f'Left out beside the stop words are {words}.' * bool(own)}".strip()


def other_languages(languages: Any, used: Sequence[str], other: str = "another language", *, noun: str) -> str:
    """How many texts are in languages that are not used, and in which; empty if there is none.

    Examples
    --------
    >>> other_languages(["English", "German", None], ["English"], noun="text")
    'one of three texts is in another language (German 1)'
    """
    found = known(pd.Series(list(languages), dtype=object)).astype(str)
    others = found[~found.isin(used)].value_counts(sort=False).sort_index()
    named = [f"{say.escape(language)} {say.integer(count)}" for language, count in others.items()]
    k = int(others.sum())
    return f"{_part(k, len(languages), noun)} {say.is_are(k)} in {other} ({say.listing(named, limit=6)})" if k else ""


def no_list(language: str, k: int, n: int, *, noun: str = "document") -> str:
    """That the library has no list to hold texts in a language against, and what they can be held against.

    Parameters
    ----------
    language
        Name of the language of the analysis, '' where it is not known.
    k, n
        Documents in it, and all of them.
    noun
        What a document is called.

    Examples
    --------
    >>> no_list("Arabic (ar)", 2, 3, noun="text").partition(";")[0]
    'The analysis is in Arabic (ar), the language of two of three texts'
    """
    head = f"The analysis is in {say.escape(language)}{f', the language of {_part(k, n, noun)}' * bool(k)}"
    if not language:
        head = f"It is not known in which language the {say.plural(noun)} are (--language, `language=`, states it)"
    return (
        f"{head}; none of the library's lists of counts is in it, so that the {say.plural(noun)} are held against none. A list or a corpus of your own is named "
        f"with --reference (`reference=`); groups of the {say.plural(noun)}, or one half and the other, by the column that divides them with --group-by (`by=`)."
    )


def limits(
    n_documents: int,
    sources: Any = None,
    *,
    noun: str = "document",
    claims: Sequence[str] = ("countries", "outlets", "periods"),
    copies: int = 0,
) -> str:
    """What so many documents from so many sources cannot carry, where some are copies of others.

    Parameters
    ----------
    n_documents
        Number of documents.
    sources
        Number of sources, or one value per document (missing ones are unknown).
    noun
        What a document is called.
    claims
        What readers might generalise to.
    copies
        How many documents stand nearly whole in another one.

    Examples
    --------
    >>> limits(5, 4, noun="article")[:74]
    'Five articles from four sources cannot carry a claim about countries, outl'
    """
    again = f"{say.sentence(say.part_of(copies, n_documents, noun))} {say.verb(copies, 'stand')} nearly whole in another: what is said twice is no second witness."
    return say.joined(_limits(n_documents, sources, noun, say.listing(claims, last="or")), again * bool(copies))


def _limits(n_documents: int, sources: Any, noun: str, about: str) -> str:
    n_sources, unknown = 0 if sources is None else sources, 0
    if not isinstance(n_sources, int):
        values = pd.Series(list(sources), dtype=object)
        n_sources, unknown = int(known(values).nunique()), len(values) - len(known(values))
    subject = say.so_many(n_documents, noun)
    origin = say.counted(n_sources, "source", words=True)
    if n_sources:
        subject += f" from {origin}" + (f" ({say.number_word(unknown)} of unknown source)" if unknown else "")
    if n_documents < FEW_DOCUMENTS:
        these = "this text" if n_documents == 1 else "these texts"
        return (
            f"{subject} cannot carry a claim about {about}. Everything below describes {these}; "
            f"another choice of {say.plural(noun)} may give other words and other topics."
        )
    if n_sources and n_sources < FEW_DOCUMENTS:
        each = "" if unknown else f", on average {say.decimal(n_documents / n_sources, 0)} each"
        rests = (
            "cannot rest on sources of which most are unknown"
            if unknown * 2 > n_documents
            else f"rests on {origin} only"
        )
        return (
            f"{subject}{each}: differences between {say.plural(noun)} can be tested, but a claim about {about} {rests}."
        )
    text = f"{subject} allow tests between {say.plural(noun)}; how they were chosen decides what they stand for."
    unstated = "Their sources are not known, so that they cannot be told apart from one large source."
    return text if n_sources else f"{text} {unstated}"


def removed(lines: Any) -> dict[str, str]:
    """What cleaning dropped of each document, a sentence each, by doc_id.

    Parameters
    ----------
    lines
        One row per line that is not blank: `doc_id`, `label`, `keep`, `byte_start`, `byte_end`.

    Examples
    --------
    >>> lines = pd.DataFrame({"doc_id": ["a", "a"], "label": ["body", "nav"], "keep": [True, False], "byte_start": [0, 9], "byte_end": [8, 10]})
    >>> removed(lines)
    {'a': '1 nav line of 2 lines (11 % of the bytes).'}
    """
    size = lines["byte_end"] - lines["byte_start"]
    found = {}
    for doc_id, part in lines.groupby("doc_id", sort=False):
        gone = part[~part["keep"].astype(bool)]
        lost = say.share(size[gone.index].sum() / max(size[part.index].sum(), 1))
        of = f"of {say.counted(len(part), 'line')} ({lost} of the bytes)"
        found[str(doc_id)] = f"{_tally(gone['label'], 'line', 12)} {of}." if len(gone) else "Nothing."
    return found


def removed_in_short(sentences: Mapping[str, str], n: int, *, noun: str = "document") -> str:
    """What was removed, as a list of at most `n` documents that lost something; the others are counted.

    Parameters
    ----------
    sentences
        What `removed` returns.
    n
        Documents listed.
    noun
        What a document is called.

    Examples
    --------
    >>> print(removed_in_short({"a": "1 nav line of 2 lines (11 % of the bytes).", "b": "Nothing."}, 9, noun="text"))
    - a: 1 nav line of 2 lines (11 % of the bytes).
    <BLANKLINE>
    One of two texts lost nothing.
    """
    labels = say.short_labels(list(sentences))
    lost = [
        f"- {say.escape(say.label_of(labels, doc))}: {said}" for doc, said in sentences.items() if said != "Nothing."
    ]
    whole = len(sentences) - len(lost)
    more = f"{say.counted(len(lost) - n, f'more {noun}')} lost something." if len(lost) > n else ""
    rest = f"{say.sentence(say.part_of(whole, len(sentences), noun))} lost nothing." if whole else ""
    return "\n\n".join(part for part in ("\n".join(lost[:n]), say.joined(more, rest)) if part)


def review_pages(n_pages: int, n_documents: int, *, noun: str = "document") -> str:
    """Of how many documents a run writes a review page, and which.

    Examples
    --------
    >>> review_pages(5, 5, noun="text")
    'A run writes a review page for all five texts: the whole source, line by line, with every decision and its reason.'
    """
    which = ", those with most words at risk" if n_pages < n_documents else ""
    return f"A run writes a review page for {say.part_of(n_pages, n_documents, noun)}{which}: the whole source, line by line, with every decision and its reason."


def how_to_decide(queue: Any) -> str:
    """The command that writes down a person's decision, for the first line of the queue.

    Parameters
    ----------
    queue
        Lines in the order in which looking at them pays: `doc_id`, `line`, `label`, `keep`.
    """
    if not len(queue):
        return "No decision is in doubt."
    first = queue.iloc[0]
    other = "nav" if first["keep"] else "body"
    command = (
        f"corpus-lib override CORPUS {shlex.quote(say.plain(first['doc_id']))} {first['line']} {other} --why REASON"
    )
    was = "kept" if first["keep"] else "dropped"
    return (
        f"Read the line on its review page first. Line {say.integer(first['line'])} of {say.escape(say.label_of(say.short_labels(list(queue['doc_id'])), first['doc_id']))} "
        f"is {was} as {say.escape(str(first['label']).replace('_', ' '))}; whoever reads it otherwise writes, with the place of the texts for CORPUS,\n\n"
        f"~~~\n{command}\n~~~\n\n"
        "The decision is a row of `overrides.csv` beside the texts, with its reason; it wins over the rules in every later run, and is marked as a "
        "person's wherever the line is shown. Rows may be written by hand."
    )
