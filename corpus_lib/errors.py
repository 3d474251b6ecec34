"""The library's errors: one base class, one shape of message.

Every message says what was expected, what was found and what to do; an argument stands in backticks and a value as its `repr`.
Each error is also of the built-in kind a programmer would catch (`ValueError`, `LookupError`, …).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = [
    "CorpusLibError",
    "InvalidType",
    "InvalidValue",
    "MissingFile",
    "NotFound",
    "OutputError",
    "WorkerLost",
    "check_option",
    "raise_all",
]


class CorpusLibError(Exception):
    """Base class of every error that the library raises on purpose."""


class InvalidValue(CorpusLibError, ValueError):
    """An argument or an input has the right kind and a wrong value."""


class InvalidType(CorpusLibError, TypeError):
    """An argument has the wrong kind."""


class NotFound(CorpusLibError, LookupError):
    """A name that was asked for (document, word, topic, column) is not there."""


class MissingFile(CorpusLibError, FileNotFoundError):
    """A file or folder that was named does not exist or cannot be read."""


class OutputError(CorpusLibError, OSError):
    """A result could not be written; what was there before is unchanged."""


class WorkerLost(CorpusLibError, RuntimeError):
    """A worker that was given a part of the work ended without an answer."""


def check_option(name: str, value: object, options: Sequence[object]) -> None:
    """Raise `InvalidValue` unless `value` is one of `options`; the message lists all of them."""
    if value not in options:
        listed = ", ".join(repr(option) for option in options)
        raise InvalidValue(f"`{name}` must be one of {listed}; found {value!r}. Choose one of these.")


def raise_all(subject: str, problems: Iterable[str]) -> None:
    """Raise one `InvalidValue` that lists every problem of `subject`; do nothing when there is none."""
    found = list(problems)
    if found:
        raise InvalidValue(
            "\n".join([f"{subject}: {len(found)} problem{'s' * (len(found) > 1)}", *(f"- {p}" for p in found)])
        )
