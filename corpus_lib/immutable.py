"""Frames of immutable types: handed out as shallow copies, so that a reader who adds a column changes no corpus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["hands_out_copies", "has_read_only_arrays", "later"]

T = TypeVar("T")


class _Shared:
    """A field that holds a frame and gives a shallow copy of it; under copy-on-write that costs no copy of the data."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        try:
            frame: pd.DataFrame = instance.__dict__[self.name]
        except KeyError:
            raise AttributeError(f"{owner.__name__!r} object has no attribute {self.name!r}") from None
        return frame.copy(deep=False)

    def __set__(self, instance: Any, value: pd.DataFrame) -> None:
        instance.__dict__[self.name] = value


def hands_out_copies(cls: type[T]) -> type[T]:
    """Make every field of a frozen dataclass that is annotated as a DataFrame give a shallow copy of its frame.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import pandas as pd
    >>> @hands_out_copies
    ... @dataclass(frozen=True)
    ... class Held:
    ...     table: pd.DataFrame
    >>> held = Held(pd.DataFrame({"a": [1]}))
    >>> table = held.table
    >>> table["b"] = 2
    >>> held.table.columns.tolist()
    ['a']
    """
    for one in fields(cls):  # type: ignore[arg-type]  # it is applied to dataclasses only
        if one.type == "pd.DataFrame":
            setattr(cls, one.name, _Shared(one.name))
    return cls


def later(make: Callable[[], np.ndarray]) -> np.ndarray:
    """What stands for the array of a field until somebody asks for it."""
    return _Later(make)  # type: ignore[return-value]  # the field gives the array


class _Later:
    """An array that nobody has asked for yet."""

    def __init__(self, make: Callable[[], np.ndarray]) -> None:
        self.make = make


class _ReadOnly:
    """A field that holds an array, or what `later` gave until somebody asks for it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        held = instance.__dict__.get(self.name)
        if held is None:
            raise AttributeError(f"{owner.__name__!r} object has no attribute {self.name!r}")
        if isinstance(held, _Later):
            held = held.make()
            self.__set__(instance, held)
        return held

    def __set__(self, instance: Any, value: np.ndarray | _Later) -> None:
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        instance.__dict__[self.name] = value


def has_read_only_arrays(cls: type[T]) -> type[T]:
    """Make every field of a frozen dataclass that is annotated as an array read-only, and let it be given by `later`.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @has_read_only_arrays
    ... @dataclass(frozen=True)
    ... class Held:
    ...     values: np.ndarray
    >>> Held(later(lambda: np.arange(3))).values
    array([0, 1, 2])
    """
    for one in fields(cls):  # type: ignore[arg-type]  # it is applied to dataclasses only
        if one.type == "np.ndarray":
            setattr(cls, one.name, _ReadOnly(one.name))
    return cls
