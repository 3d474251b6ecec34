"""What a corpus is compared with: a list that comes with the library, a list or corpus of your own, and rates of general English."""

import unicodedata
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corpus_lib.errors import InvalidValue
from corpus_lib.languages import language_name
from corpus_lib.loading.formats import TABLE_SUFFIXES
from corpus_lib.loading.frames import Reading
from corpus_lib.loading.load import load_corpus, table_reading
from corpus_lib.loading.tables import table_columns
from corpus_lib.tokens.frequencies import Frequencies
from corpus_lib.tokens.tokens import Tokens, tokenize
from corpus_lib.wordlists.frequency_lists import (
    no_reference,
    read_frequency_list,
    reference_info,
    reference_list,
    reference_names,
)


def list_for(language: str, name: str | None = None) -> str:
    """A reference that texts in a language can be held against: what is named, else a list of the library.

    Parameters
    ----------
    language
        Code of the texts' language, '' where it is not known.
    name
        A name of `reference_names()`, or the path of one's own list or corpus, which is taken as it is.

    Returns
    -------
    str
        '' where none is named and the library has none in the language, and for a list of the library in another language.

    Examples
    --------
    >>> list_for("en"), list_for("ar"), list_for("ar", "un-general-debate"), list_for("ar", "my list.csv")
    ('un-general-debate', '', '', 'my list.csv')
    """
    fitting = [own for own in reference_names() if language == reference_info(own)["language"]]
    if name is None:
        return next(iter(fitting), "")
    return name if name in fitting or name not in reference_names() or not language else ""


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
    try:
        columns = table_columns(path, asked)
    except InvalidValue:
        # A list in an old encoding is still a list; `read_frequency_list` says what it needs.
        if path.suffix.lower() in (".csv", ".tsv"):
            return False
        raise
    return asked.text_among(columns) in columns


def _general_rates(language: str) -> tuple[Callable[[str], float], str]:
    """The rate of a word in a language, and why there is none."""
    general = (
        f"{language_name(language) or 'an unknown language'} in general" if language != "en" else "General English"
    )
    try:
        from langcodes import closest_match
        from wordfreq import available_languages, word_frequency

        # Further than that are other languages: Galician would be Spanish.
        code, _ = closest_match(language or "und", list(available_languages()), max_distance=10)
        if code == "und":
            return float, f"wordfreq has no rates of words for {general}."
        word_frequency("", code)
    except ImportError as error:
        package = error.name or "wordfreq"
        extra = "corpus_lib[reference]" if package in ("langcodes", "wordfreq") else "wordfreq[cjk]"
        return float, f"{general} needs {package}, which is not installed: install {extra}."
    return partial(word_frequency, lang=code), ""


def general_english_rates(
    tokens: Tokens, *, min_frequency: int = 5, simple_maths_k: float = 100, language: str = "en"
) -> pd.DataFrame:
    r"""Rates of a corpus beside those of general English, or of another language in general (wordfreq): effect sizes only.

    Parameters
    ----------
    tokens
        The corpus.
    min_frequency
        Rarer words are left out: without a size of the reference nothing says how uncertain their ratios are.
    simple_maths_k
        Added to both rates in `simple_maths` (Kilgarriff 2009), so that rare words do not lead.
    language
        Code of the corpus's language; wordfreq has more than forty.

    Returns
    -------
    DataFrame
        Index `token`; `frequency`, `per_million`, `per_million_english` (`per_million_general` for other languages), `log_ratio`, `simple_maths`; the largest
        `simple_maths` first. Words with a hyphen, an apostrophe or a full stop are left out, since wordfreq divides them. Empty, with a note in `attrs`,
        where wordfreq is not installed or does not have the language.

    Notes
    -----
    wordfreq gives rates without counts and joins many sources; a measure of evidence (G², p) would need a size that does not exist. Its data end in
    about 2021.

    References
    ----------
    .. [1] Speer (2022), wordfreq, version 3.
    """
    general = "per_million_english" if language == "en" else "per_million_general"
    columns = ["frequency", "per_million", general, "log_ratio", "simple_maths"]
    listed, note = _general_rates(language)
    if note:
        empty = pd.DataFrame(columns=columns, index=pd.Index([], name="token"))
        empty.attrs["notes"] = [note]
        return empty
    table = tokens.frequencies().table.query("frequency >= @min_frequency")
    letters = [all(unicodedata.category(sign)[0] in "LM" for sign in word) for word in table.index]
    table = table.loc[np.array(letters, dtype=bool), ["frequency", "per_million"]]
    rates = np.array([listed(word) * 1e6 for word in table.index], dtype=np.float64)
    log_ratio = np.log2(table["per_million"] / np.where(rates > 0, rates, np.nan))
    table = table.assign(**{general: rates, "log_ratio": log_ratio})
    table["simple_maths"] = (table["per_million"] + simple_maths_k) / (rates + simple_maths_k)
    return table.iloc[np.lexsort([table.index.to_numpy(dtype=object).astype(str), -table["simple_maths"]])][columns]
