"""Codes of languages: ISO 639-1, read from tags ("en-GB"), codes of three letters and names."""

import difflib
import re

from corpus_lib.files import packaged_table

TABLE = packaged_table("corpus_lib.languages", "codes.toml")
NAMES: dict[str, str] = TABLE["names"]
CODES: dict[str, str] = {**TABLE["three_letters"], **dict(zip(NAMES, NAMES, strict=True))}
MEANT: dict[str, str] = {**{name.lower(): code for code, name in NAMES.items()}, **TABLE["own_names"], **CODES}


def code_of(tag: object) -> str:
    """The code that a tag, a code of three letters or a name stands for; another text in small letters, '' for what is missing.

    Examples
    --------
    >>> code_of("en-GB"), code_of("deu"), code_of("German"), code_of("tlh"), code_of(None)
    ('en', 'de', 'de', 'tlh', '')
    """
    plain = re.split("[-_]", tag.strip().lower())[0] if isinstance(tag, str) else ""
    return MEANT.get(plain, plain)


def language_name(code: str) -> str:
    """The English name of a language with its code.

    Examples
    --------
    >>> language_name("ar"), language_name("tlh")
    ('Arabic (ar)', 'tlh')
    """
    return f"{NAMES[code]} ({code})" if code in NAMES else code


def code_problem(value: str) -> str:
    """What is wrong with a language that is no code, behind the name of the argument, with the codes that are near; '' for a code, or a tag that begins with one.

    Examples
    --------
    >>> code_problem("de-AT"), code_problem("deutsch").partition("; ")[0]
    ('', ' must be a code of ISO 639')
    """
    if re.split("[-_]", value.strip().lower())[0] in CODES:
        return ""
    near = dict.fromkeys(MEANT[word] for word in difflib.get_close_matches(value.lower(), MEANT, 3)) or ("en", "zh")
    return f" must be a code of ISO 639; found {value!r}. Near it: {', '.join(map(language_name, near))}"
