"""What a corpus is compared with: a list that comes with the library, a list or corpus of your own, and rates of general English."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib.errors import InvalidValue, MissingFile
from corpus_lib.loading.formats import TABLE_SUFFIXES
from corpus_lib.loading.frames import Reading
from corpus_lib.loading.load import load_corpus, table_reading
from corpus_lib.loading.tables import table_columns
from corpus_lib.tokens.frequencies import Frequencies
from corpus_lib.tokens.tokens import Tokens, tokenize
from corpus_lib.wordlists.frequency_lists import read_frequency_list, reference_list

DATA = Path(__file__).parent / "data"


def reference_names() -> list[str]:
    """Names of the lists that come with the library."""
    return sorted(path.stem for path in DATA.glob("*.json"))


def no_reference(name: object) -> MissingFile:
    """The error for a reference that is neither a name nor a file."""
    names = ", ".join(map(repr, reference_names()))
    return MissingFile(
        f"`reference` must be one of {names}, a table of counts, or a corpus; {str(name)!r} is not one of them. Check the spelling."
    )


def reference(name: str | Path) -> Frequencies | Tokens:
    """A reference by its name, or from a file or folder.

    Parameters
    ----------
    name
        A name of `reference_names()`; or a folder of texts or a table with a text column, which is read and tokenized as it is; or any other table,
        which is read as a frequency list.

    Returns
    -------
    Frequencies or Tokens
        What `keyness` takes. Only tokens have documents.

    Raises
    ------
    MissingFile
        If `name` is neither.

    Examples
    --------
    >>> reference("un-general-debate").n_documents
    2712
    """
    path = Path(name)
    if str(name) in reference_names():
        return reference_list(str(name))
    if not path.exists():
        raise no_reference(name)
    if path.is_dir() or holds_texts(path):
        return tokenize(load_corpus(path))
    return read_frequency_list(path)


def holds_texts(path: Path, text_column: str = "text", **loading: Any) -> bool:
    """Whether a table has a column of texts, as `load_corpus` looks for it with these arguments; other tables are frequency lists."""
    if not path.name.lower().endswith(TABLE_SUFFIXES):
        return False
    arguments = ("id_column", "encoding", "separator", "sheet")
    asked = table_reading(path, Reading(text_column, *(loading.get(name) for name in arguments)))
    columns = _columns(path, asked)
    return asked.text_among(columns) in columns


def _columns(path: Path, asked: Reading) -> list[str]:
    try:
        return table_columns(path, asked)
    except InvalidValue:
        # A list in an old encoding is still a list; `read_frequency_list` says what it needs.
        if path.suffix.lower() in (".csv", ".tsv"):
            return []
        raise


def general_english_rates(tokens: Tokens, *, min_frequency: int = 5, simple_maths_k: float = 100) -> pd.DataFrame:
    r"""Rates of a corpus beside those of general English (wordfreq): effect sizes only.

    Parameters
    ----------
    tokens
        The corpus.
    min_frequency
        Rarer words are left out: without a size of the reference nothing says how uncertain their ratios are.
    simple_maths_k
        Added to both rates in `simple_maths` (Kilgarriff 2009), so that rare words do not lead.

    Returns
    -------
    DataFrame
        Index `token`; `frequency`, `per_million`, `per_million_english`, `log_ratio`, `simple_maths`; the largest `simple_maths` first. Words with a
        hyphen, an apostrophe or a full stop are left out, since wordfreq divides them. Empty, with a note in `attrs`, where wordfreq is not installed.

    Notes
    -----
    wordfreq gives rates without counts and joins many sources; a measure of evidence (G², p) would need a size that does not exist. Its data end in
    about 2021.

    References
    ----------
    .. [1] Speer (2022), wordfreq, version 3.
    """
    columns = ["frequency", "per_million", "per_million_english", "log_ratio", "simple_maths"]
    try:
        from wordfreq import word_frequency
    except ImportError:
        empty = pd.DataFrame(columns=columns, index=pd.Index([], name="token"))
        note = "General English needs wordfreq, which is not installed: install corpus_lib[reference]."
        empty.attrs["notes"] = [note]
        return empty
    table = tokens.frequencies().table.query("frequency >= @min_frequency")
    table = table.loc[np.array([word.isalpha() for word in table.index], dtype=bool), ["frequency", "per_million"]]
    english = np.array([word_frequency(word, "en") * 1e6 for word in table.index], dtype=np.float64)
    with np.errstate(divide="ignore"):
        log_ratio = np.log2(table["per_million"] / np.where(english > 0, english, np.nan))
    table = table.assign(per_million_english=english, log_ratio=log_ratio)
    table["simple_maths"] = (table["per_million"] + simple_maths_k) / (english + simple_maths_k)
    return table.iloc[np.lexsort([table.index.to_numpy(dtype=object).astype(str), -table["simple_maths"]])][columns]
