"""The tables of words, columns and weights that stand beside the code as TOML files."""

import re
from typing import Any

from corpus_lib import files


def packaged_table(name: str) -> dict[str, Any]:
    """What a TOML file of this room says.

    Parameters
    ----------
    name
        The file's path inside the room.

    Returns
    -------
    dict
        The tables, in the order of the file.

    Examples
    --------
    >>> packaged_table("lexicons.toml")["en"]["name"]
    'English'
    """
    return files.packaged_table(__package__, name)


def patterns(module: str) -> list[re.Pattern[str]]:
    """The regular expressions of a module, in the order of `patterns.toml`.

    Examples
    --------
    >>> patterns("labels")[2].findall("Home | News")
    ['|']
    """
    return list(map(re.compile, packaged_table("patterns.toml")[module].values()))
