"""The study file: what is asked of a corpus, kept apart from the notebooks that ask it; and the writer of their results.

Notebooks are general. Title, question, words to read in context, aliases, the analyst's coding and reading are data in `study.toml` and, beside
it, `coding.csv`. A study file may name the documents it is about; it is then never applied to others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pandas as pd

from corpus_lib.display.cards import card
from corpus_lib.display.prose import Prose
from corpus_lib.display.text import counted, listing
from corpus_lib.files import sha256
from corpus_lib.wordlists.stopwords import StopList, for_language

Phrases = Mapping[str, tuple[str, ...]]
CODING = "coding.csv"
CODING_COLUMNS = ("doc_id", "variable", "value", "evidence")

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Group:
    """How documents are grouped: by a column of the documents, recoded if need be, or by the analyst's coding.

    Attributes
    ----------
    description
        What the grouping means, in words.
    column
        Column of `documents`; `None` when the group is a variable of `coding.csv`.
    values
        Value of the column -> name of the group; empty when the values are the names.
    """

    description: str = ""
    column: str | None = None
    values: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, eq=False)
class StudyFile:
    """What a study asks of its corpus.

    Attributes
    ----------
    title, question
        Shown on the entry page; a study file may leave the question out.
    nodes
        Name -> patterns to read in context. Empty in a plain study: notebooks then take nodes from the top keywords.
    variants
        Named comparisons: name -> label -> phrases, for instance two names of one region.
    aliases
        Name -> ways of writing it, as `Tokens.group` takes them.
    groups
        Groupings of the documents by name.
    coded
        The analyst's coding as in `coding.csv`: `doc_id`, `variable`, `value`, `evidence`.
    reference
        Path of a reference corpus or list, or its name; `None` for the notebooks' own choice. In a study file it is the name of a list that comes
        with the library, or of a file or folder below the study file's own.
    language
        Language of the analysis (ISO 639), `None` to take what the corpus says.
    clean, duplicates
        What the texts are to be cleaned as, and whether copies are left out: `CleaningSettings.kind` and `.duplicates`.
    date_order
        "day" or "month": which of them stands first in dates such as 03/05/2021, where no date of the column says it.
    stop_words
        Words left out in addition to the list of the language, written as the notebooks write tokens: small letters, straight apostrophes.
    stopwords
        Path of the file from which some of them were read. In a study file a file below its own folder; among texts it is called
        stopwords.txt, so that it is not read as one.
    topics
        Numbers of topics to try; empty for the notebooks' own choice.
    readings
        Number of the notebook ("03") -> the analyst's reading, Markdown.
    sha256, doc_ids
        The documents that the study is about; empty when it does not say.
    note
        Why a plain study stands in for a file, if it does.
    """

    title: str
    question: str = ""
    nodes: Phrases = field(default_factory=lambda: _NOTHING)
    variants: Mapping[str, Phrases] = field(default_factory=lambda: _NOTHING)
    aliases: Phrases = field(default_factory=lambda: _NOTHING)
    groups: Mapping[str, Group] = field(default_factory=lambda: _NOTHING)
    coded: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CODING_COLUMNS), dtype="str"))
    reference: str | None = None
    language: str | None = None
    clean: str = "auto"
    duplicates: str = "keep"
    date_order: str | None = None
    stop_words: tuple[str, ...] = ()
    stopwords: str | None = None
    topics: tuple[int, ...] = ()
    readings: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    sha256: tuple[str, ...] = ()
    doc_ids: tuple[str, ...] = ()
    note: str = ""

    @classmethod
    def plain(cls, corpus: Any = None, *, note: str = "") -> StudyFile:
        """The study of a corpus about which nothing is said: plain title and question, no nodes.

        Examples
        --------
        >>> StudyFile.plain().title
        'Words and topics of a corpus'
        """
        size = "a corpus" if corpus is None else counted(len(corpus.documents), "document", words=True)
        question = "Which words and topics mark these documents, and how far does the corpus carry that?"
        return cls(f"Words and topics of {size}", question, note=note)

    def is_about(self, corpus: Any) -> bool:
        """Whether the corpus holds exactly the documents that the study names; True when it names none."""
        documents = corpus.documents
        same_bytes = not self.sha256 or set(self.sha256) == set(documents["sha256"])
        return same_bytes and (not self.doc_ids or set(self.doc_ids) == set(documents.index))

    def stop_list(self, language: str | None = None) -> StopList:
        """The words to leave out: the list of the language with the study's own words.

        Parameters
        ----------
        language
            In place of the study's language; English where neither is given.

        Examples
        --------
        >>> listed = StudyFile("t", "q", stop_words=("photo",)).stop_list()
        >>> listed.name, "photo" in listed
        ('English function words + 1', True)
        """
        listed = for_language(language or self.language or "en")
        return listed.with_words(self.stop_words) if self.stop_words else listed

    def coding(self, documents: pd.DataFrame) -> pd.DataFrame:
        """One column per grouping, one row per document: the analyst's coding, and columns of the documents as the study recodes them.

        Parameters
        ----------
        documents
            A frame indexed by `doc_id`, as `Corpus.documents`.

        Returns
        -------
        DataFrame
            The index of `documents`; a missing value where a document is not coded or a column is absent. `.attrs["notes"]` holds a
            sentence for each such case and for each coded document that `documents` does not have.

        Examples
        --------
        >>> documents = pd.DataFrame({"place": ["Hanoi", "Beijing"]}, index=pd.Index(["a", "b"], name="doc_id"))
        >>> study = StudyFile("t", "q", groups={"country": Group(column="place", values={"Hanoi": "Vietnam"})})
        >>> study.coding(documents)["country"].tolist()
        ['Vietnam', nan]
        """
        names = list(dict.fromkeys([*self.groups, *self.coded["variable"]]))
        frame = pd.DataFrame({name: self._group(name, documents) for name in names}, index=documents.index)
        frame.attrs["notes"] = self._coding_notes(frame, documents)
        return frame

    def reading(self, key: str) -> Any:
        """The analyst's own reading for a notebook, set apart from what is computed; `None` when the study has none.

        Parameters
        ----------
        key
            Number of the notebook, for instance "03".

        Returns
        -------
        Prose or None
            Markdown that a notebook shows.
        """
        text = self.readings.get(key, "").strip()
        quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
        return Prose(f"> **The analyst's reading** (not computed)\n>\n{quoted}") if text else None

    def _group(self, name: str, documents: pd.DataFrame) -> pd.Series:
        group = self.groups.get(name, Group())
        if group.column is None:
            coded = self.coded[self.coded["variable"] == name].set_index("doc_id")["value"]
            return coded.reindex(documents.index).astype("str")
        if group.column not in documents.columns:
            return pd.Series(pd.NA, index=documents.index, dtype="str")
        values = documents[group.column]
        recoded = values.astype("str").map(dict(group.values)) if group.values else values.astype("str")  # noqa: PD011  a mapping, not a frame
        return recoded.where(values.notna()).astype("str")

    def _coding_notes(self, frame: pd.DataFrame, documents: pd.DataFrame) -> list[str]:
        absent = [f"{n!r} needs the column {g.column!r}, which these documents do not have" for n, g in self.groups.items()
                  if g.column is not None and g.column not in documents.columns]  # fmt: skip
        open_ = [(name, list(frame.index[frame[name].isna()])) for name in frame if frame[name].notna().any()]
        partly = [f"{name!r} is not coded for {listing(map(repr, ids), limit=3)}" for name, ids in open_ if ids]
        unknown = [i for i in dict.fromkeys(self.coded["doc_id"]) if i not in documents.index]
        strange = f"{CODING} codes {counted(len(unknown), 'document')} not here: {listing(map(repr, unknown), limit=3)}"
        return absent + partly + [strange] * bool(unknown)

    def __repr__(self) -> str:
        kinds = ("nodes", "variants", "aliases", "groups", "readings")
        return f"StudyFile({self.title!r}, {', '.join(f'{len(getattr(self, kind))} {kind}' for kind in kinds)})"

    def _repr_html_(self) -> str:
        about = {"question": self.question, "nodes": ", ".join(self.nodes), "groups": ", ".join(self.groups)}
        table = pd.Series({name: text for name, text in about.items() if text}, name="value").rename_axis("what")
        return card(repr(self), table, next_step="study.coding(documents), study.nodes, study.reading(page)")


def corpus_sha256(corpus: Any) -> str:
    """Hash of a corpus: of its documents' hashes, one a line, in the order of their names.

    Two corpora have the same one when they hold the same bytes under the same order of names, wherever they lie.
    """
    return sha256("\n".join(corpus.documents["sha256"]).encode("ascii"))
