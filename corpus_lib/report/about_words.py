"""Sentences on words: keywords with their counts, words of one document, usage, collocates, what other settings leave."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

import pandas as pd

from corpus_lib.display import text as say
from corpus_lib.display.tables import found_under

# A word that returns in nine of ten draws is said to.
OFTEN = 0.9


def keywords(
    table: Any,
    target: str = "the target",
    reference: str = "the reference",
    n: int = 10,
    *,
    noun: str = "document",
    stop: Container[str] = (),
) -> str:
    """Which words the target uses most above the reference, by how much: a description of the two, not tested over documents.

    What sets groups of texts apart is said by `findings`.

    Parameters
    ----------
    table
        Keyness table, index token, strongest evidence first: `log_ratio`, `frequency_target`, `frequency_reference`; `document_range_target` and
        `.attrs` of the keyness function are read if present.
    target, reference
        What the two sides are called, as Markdown-free text.
    n
        Words named.
    noun
        What a document is called.
    stop
        The stop words, which are named as such.
    """
    mine, other = say.escape(say.side(target)), say.escape(say.side(reference))
    above = table[table["log_ratio"] > 0]
    if not len(above):
        return f"No word is more frequent in {mine} than in {other}."
    n_documents = table.attrs.get("n_documents_target")
    facts = [_keyword(name, row, n_documents, stop) for name, row in above.head(n).iterrows()]
    where = (
        f"; in brackets the counts, the ratio of the rates and in how many {say.plural(noun)}" if n_documents else ""
    )
    text = f"Most above {other} in {mine}: {say.listing(facts)}{where}. This describes {mine}; nothing is tested over {say.plural(noun)}."
    return say.joined(text, one_document(above.head(n), n_documents, noun=noun))


def _keyword(name: Any, row: Any, n_documents: int | None, stop: Container[str]) -> str:
    kind = "a stop word; " if name in stop else ""
    rate = f"{say.times(row['log_ratio'])} the rate" if row["frequency_reference"] else "absent there"
    holders = row.get("document_range_target")
    where = (
        f"; {say.integer(holders)} of {say.integer(n_documents)}" if n_documents and not say.is_missing(holders) else ""
    )
    return f"{say.word(name)} ({kind}{say.integer(row['frequency_target'])} against {say.integer(row['frequency_reference'])}; {rate}{where})"


def one_document(table: Any, n_documents: int | None = None, *, noun: str = "document", limit: int = 8) -> str:
    """Which of the words occur in a single document of the target, and so belong to that document rather than to the group.

    Parameters
    ----------
    table
        Index token; `document_range_target`. Nothing is said where the column is absent.
    n_documents
        Documents of the target; nothing is said for one document, all of whose words are its own.
    noun
        What a document is called.
    limit
        Words named.
    """
    if "document_range_target" not in table.columns or n_documents == 1 or not len(table):
        return ""
    single = table.index[table["document_range_target"].fillna(0) == 1]
    k, n = len(single), len(table)
    if not k:
        return f"{'Each of them' if n > 1 else 'It'} occurs in more than one {noun}."
    subject = "It" if n == 1 else say.sentence(say.part_of(k, n, "word"))
    named = "" if n == 1 else f" ({say.listing([say.word(name) for name in single], limit=limit)})"
    belong = f"belongs to that {noun}" if k == 1 else f"belong to their {say.plural(noun)}"
    return f"{subject} {say.verb(k, 'occur')} in one {noun} only{named}, and {belong} rather than to the group."


def most_frequent(table: Any, n: int = 10, *, n_documents: int | None = None, noun: str = "document") -> str:
    """The most frequent words with their rates, and how many of them occur in every document; a word that occurs once is not frequent.

    Parameters
    ----------
    table
        Frequency table, index token, most frequent first: `frequency`, `per_million`, and if present `document_range`.
    n
        Words named.
    n_documents
        Number of documents.
    noun
        What a document is called.
    """
    if not len(table):
        return "There are no words."
    top = table.head(n)
    top = top[top["frequency"] > 1]
    if not len(top):
        several = f"None of the {say.counted(len(table), 'word')} occurs more than once."
        return several if len(table) > 1 else "The one word occurs once."
    counts = zip(top.index, top["frequency"], top["per_million"], strict=True)
    facts = [f"{say.word(name)} {say.integer(k)} ({say.per_million(rate)} per million)" for name, k, rate in counts]
    text = f"Most frequent: {say.listing(facts)}."
    text += " All others occur once." if len(top) < min(n, len(table)) else ""
    if n_documents and n_documents > 1 and "document_range" in top.columns:
        everywhere = int((top["document_range"] == n_documents).sum())
        these = f"{say.number_word(everywhere) if everywhere else 'none'} of these {say.number_word(len(top))}"
        these = "All of these" if everywhere == len(top) else say.sentence(these)
        text += f" {these} {say.verb(max(everywhere, 1), 'occur')} in every {noun}."
    return text


def usage(
    frame: Any, words: Sequence[str] | None = None, *, n_documents: int | None = None, noun: str = "document"
) -> str:
    """How often each of some words is used, in how many documents, and whether one document supplies most of it.

    Parameters
    ----------
    frame
        One row per word and document: `word`, `doc_id`, `frequency`; or counts with words as index and a column per document
        (a column `total` is left out).
    words
        Words asked about, in this order; by default those of the frame.
    n_documents
        Number of documents; by default those of the frame.
    noun
        What a document is called.
    """
    if "word" not in frame.columns:
        counts = frame.drop(columns="total", errors="ignore").rename_axis(index="word", columns="doc_id")
        frame = counts.reset_index().melt("word", value_name="frequency")
    asked = list(words) if words is not None else list(dict.fromkeys(frame["word"]))
    if not asked:
        return "No word was asked about."
    total = n_documents if n_documents is not None else int(frame["doc_id"].nunique())
    labels = say.short_labels(sorted(set(frame["doc_id"])))
    used = frame[frame["frequency"] > 0]
    return say.joined(*(_usage(name, used[used["word"] == name], total, labels, noun) for name in asked))


def _usage(name: str, rows: Any, total: int, labels: Mapping[str, str], noun: str) -> str:
    if not len(rows):
        return f"{say.word(name)} does not occur."
    by_doc = rows.groupby("doc_id")["frequency"].sum().sort_values(ascending=False, kind="stable")
    text = f"{say.word(name)} occurs {say.occurrences(int(by_doc.sum()))}"
    if total == 1:
        return f"{text}."
    label = say.escape(say.label_of(labels, by_doc.index[0]))
    if len(by_doc) == 1:
        return f"{text}, {'all ' if by_doc.sum() > 1 else ''}in {label}."
    text += f"{',' * (len(by_doc) == total)} in {say.part_of(len(by_doc), total, noun)}"
    most = by_doc.iloc[0] / by_doc.sum()
    return f"{text}, {say.share(most)} of it in {label}." if most > 0.5 else f"{text}."


def collocates(frame: Any, node: str, n: int = 8, *, score: str = "log_dice") -> str:
    """The strongest collocates of a node in one sentence.

    Parameters
    ----------
    frame
        One row a collocate, as index or in a column `collocate`; the score; if present `observed` (joint occurrences).
    node
        The node.
    n
        Collocates named.
    score
        Column that ranks them.
    """
    named = next((name for name in ("collocate", "token") if name in frame.columns), None)
    table = frame.set_index(named) if named else frame
    if not len(table):
        return f"{say.word(node)} has no collocates in this window."
    top = table.sort_values(score, ascending=False, kind="stable").head(n)
    count = next((name for name in ("observed", "o11", "O11", "frequency") if name in top.columns), None)
    facts = [say.word(name) + (f" ({say.integer(row[count])})" if count else "") for name, row in top.iterrows()]
    how_often = "; in brackets, how often" if count else ""
    return f"By {score.replace('_', ' ')}, {say.word(node)} keeps company with {say.listing(facts)}{how_often}."


def company(firm: Mapping[str, Sequence[str]]) -> str:
    """The words that stand near each node more often than their frequencies give, in these texts.

    Parameters
    ----------
    firm
        Node -> those of its collocates whose conservative log ratio is above 0.

    Examples
    --------
    >>> company({"nato": ["expansion"], "war": []})
    'Near the node more often than the frequencies of the words give, in these texts; nothing is tested over texts. nato: **expansion**; war: none.'
    >>> company({"nato": [], "war": []})
    'No word stands near nato or war so often that the frequencies of the words would not give it.'
    """
    if not any(len(words) for words in firm.values()):
        nodes = say.listing([say.escape(name) for name in firm], limit=8, last="or") or "a node"
        return f"No word stands near {nodes} so often that the frequencies of the words would not give it."
    said = [
        f"{say.escape(name)}: {say.listing(map(say.word, words), limit=8) or 'none'}" for name, words in firm.items()
    ]
    head = "Near the node more often than the frequencies of the words give, in these texts"
    return f"{head}; nothing is tested over texts. {'; '.join(said)}."


def concordance(
    n_found: int, n_shown: int, node: str, n_documents: int | None = None, *, noun: str = "document"
) -> str:
    """How many lines a concordance has and how many of them are shown.

    Examples
    --------
    >>> concordance(101, 12, "nato", 5)
    '**nato**: 101 lines in 5 documents; 12 are shown.'
    """
    if n_found == 0:
        return f"{say.word(node)} does not occur."
    where = "" if n_documents is None else f" in {say.counted(n_documents, noun)}"
    shown = "all are shown" if n_shown >= n_found else f"{say.integer(n_shown)} {say.is_are(n_shown)} shown"
    if n_found == 1:
        shown = "it is shown" if n_shown else "it is not shown"
    return f"{say.word(node)}: {say.counted(n_found, 'line')}{where}; {shown}."


def agreement(keyword_list: Sequence[str], topic_words: Any, *, what: str = "keyword", limit: int = 12) -> str:
    """Which keywords are also top words of topics, so that two methods point the same way.

    Parameters
    ----------
    keyword_list
        Keywords.
    topic_words
        Topic to its top words, or a frame with `topic` and `term`.
    what
        What the keywords are called.
    limit
        Words named.
    """
    if isinstance(topic_words, pd.DataFrame):
        topic_words = topic_words.groupby("topic", sort=False)["term"].agg(list).to_dict()
    if not len(keyword_list):
        return f"There are no {say.plural(what)} to compare with the topics."
    if not len(topic_words):
        return f"There are no topics to compare the {say.plural(what)} with."
    where: dict[str, list[str]] = {}
    for topic, terms in topic_words.items():
        for term in dict.fromkeys(terms):
            where.setdefault(str(term), []).append(say.escape(topic))
    n = len(set(keyword_list))
    both = [name for name in dict.fromkeys(keyword_list) if name in where]
    if not both:
        lead = f"The one {what} is not" if n == 1 else f"{say.sentence(say.none_of(n, what))} is"
        return f"{lead} among the top words of a topic: the two methods see different things here."
    facts = [f"{say.word(name)} (topic {say.listing(where[name])})" for name in both]
    lead = (
        f"{say.sentence(say.part_of(len(both), n, what))} {say.is_are(len(both))} also among the top words of a topic"
    )
    proof = "Both methods read the same counts, so that agreement is no independent proof."
    return f"{lead}: {say.listing(facts, limit=limit)}. {proof}"


def survival(frame: Any, *, what: str = "word", limit: int = 12, stop: Container[str] = ()) -> str:
    """Which words are found again under other settings of the same texts, and which setting costs which.

    Parameters
    ----------
    frame
        Index: words; one column per setting, either truth values or ranks (missing where the word is not found).
    what
        What the words are.
    limit
        Words named of each kind.
    stop
        The stop words, which are named as such.
    """
    found, applies = found_under(frame)
    if not len(frame) or not found.shape[1]:
        return f"There is no {what} to follow through other settings."
    stays, n = (found | ~applies).all(axis=1), len(found)
    kept, settings = list(found.index[stays]), say.any_of(found.shape[1], "setting")
    if not kept:
        head = f"{say.sentence(say.each_of(n, what))} is lost under some setting."
    elif n == 1:
        head = f"The one {what}, {say.word(kept[0])}, is not lost under {settings}."
    elif len(kept) == n:
        head = f"{say.sentence(say.none_of(n, what))} is lost under {settings}."
    else:
        head = f"{say.sentence(say.part_of(len(kept), n, what))} {say.is_are(len(kept))} not lost under {settings}: {_named(kept, limit)}."
    lost = _by_setting("Lost, by setting", ~found & applies, limit)
    neither = "Words that a setting joins to others, divides or takes out speak neither for nor against"
    same = "All settings are of the same texts: what they agree on may still differ in others."
    listed = dict.fromkeys(word for word in (str(name).rpartition(": ")[2] for name in frame.index) if word in stop)
    kinds = f"Among them are stop words: {say.listing(map(say.word, listed), limit=limit)}." if listed else ""
    return say.joined(head, kinds, lost, _by_setting(neither, ~applies, limit), same)


def _by_setting(what: str, chosen: Any, limit: int) -> str:
    """The words chosen under each setting that has any."""
    words = {name: list(chosen.index[chosen[name]]) for name in chosen.columns}
    said = [f"{say.escape(name)}: {_named(some, limit)}" for name, some in words.items() if some]
    return f"{what}: {'; '.join(said)}." if said else ""


def _named(names: Sequence[str], limit: int) -> str:
    """Words in a sentence; those named with their text ("003: korea") together by text, which is said once."""
    texts = [str(name).rpartition(": ")[0] for name in names]
    if not all(texts):
        return say.listing([say.word(name) for name in names], limit=limit)
    shown, more = list(names)[: limit if len(names) > limit + 1 else None], len(names) - limit
    parts = []
    for text in dict.fromkeys(texts[: len(shown)]):
        mine = [say.word(str(n).rpartition(": ")[2]) for n, t in zip(shown, texts, strict=False) if t == text]
        parts.append(f"{say.listing(mine)} ({say.escape(text)})")
    return ", ".join(parts) + (f" and {say.integer(more)} more" if len(shown) < len(names) else "")


def returning(frame: Any, *, what: str = "word", limit: int = 12) -> str:
    """In how many resamples of the same size each word is found again.

    Parameters
    ----------
    frame
        As for `survival`, with a column `returns`.
    what
        What the words are.
    limit
        Words named.

    Examples
    --------
    >>> frame = pd.DataFrame({"returns": [0.55, 0.995]}, index=["peace", "war"])
    >>> returning(frame)
    'Found again in at least nine of ten draws of the same size: **war** > 99 %. In fewer: **peace** 55 %.'
    """
    if not len(frame):
        return f"There is no {what} that a draw could lose."
    ranked = frame["returns"].sort_values(ascending=False, kind="stable")
    shares = [f"{_named([name], 1)} {say.share(share)}" for name, share in ranked.items()]
    k = int((ranked >= OFTEN).sum())
    often = f"Found again in at least nine of ten draws of the same size: {say.listing(shares[:k], limit=limit)}."
    fewer = f"In fewer: {say.listing(shares[k:], limit=limit)}."
    none = f"In nine of ten draws of the same size no {what} is found again."
    return say.joined(often if k else none, fewer if k < len(shares) else "")


def voices(quoted: int, attributed: int, own: int, *, noun: str = "article") -> str:
    """How much of the text is somebody else's.

    Examples
    --------
    >>> voices(150, 250, 750)
    'Of 1,000 words, 25 % are attributed to somebody: 15 % are direct speech, the rest is said, thought or wanted in other words. What is left counts as the voice of the articles themselves.'
    """
    words, voice = say.counted(attributed + own, "word"), f"as the voice of the {say.plural(noun)} themselves"
    if attributed + own == 0:
        return "There are no words."
    if attributed == 0:
        return f"Nothing was found that is attributed to somebody: all {words} are counted {voice}."
    shares = [say.share(part / (attributed + own)) for part in (attributed, quoted)]
    speech = f"{shares[0]} are attributed to somebody: {shares[1]} are direct speech, the rest is said, thought or wanted in other words"
    return f"Of {words}, {speech}. What is left counts {voice}."


def difference(label: str, before: Any, after: Any, *, digits: int = 0) -> str:
    """One number under two settings.

    Examples
    --------
    >>> difference("words counted as nato", 101, 86)
    'Words counted as nato: 101, and 86 under the other setting (-15 %).'
    """
    name = say.sentence(say.escape(label))
    if before == after:
        return f"{name}: {say.decimal(before, digits)} under both settings."
    change = "" if not before else f" ({'+' if after > before else '-'}{say.share(abs(after - before) / abs(before))})"
    return f"{name}: {say.decimal(before, digits)}, and {say.decimal(after, digits)} under the other setting{change}."
