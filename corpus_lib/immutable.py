"""Fields of immutable types: a frame is handed out as a shallow copy, an array is read-only, and either may be made when it is first asked for."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
import pandas as pd

T = TypeVar("T")
# The annotations of such fields, evaluated or as they are written.
HELD = (pd.DataFrame, np.ndarray, "pd.DataFrame", "np.ndarray")


def later(make: Callable[[], T]) -> T:
    """What stands for the frame or the array of a field until somebody asks for it."""
    return _Later(make)  # type: ignore[return-value]  # the field gives what it makes


class _Later:
    """What nobody has asked for yet."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


class _Held:
    """A field that holds a frame or an array, or what `later` gave; under copy-on-write a shallow copy costs no copy of the data."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        try:
            held = instance.__dict__[self.name]
        except KeyError:
            raise AttributeError(f"{owner.__name__!r} object has no attribute {self.name!r}") from None
        if isinstance(held, _Later):
            self.__set__(instance, held.make())
            held = instance.__dict__[self.name]
        return held.copy(deep=False) if isinstance(held, pd.DataFrame) else held

    def __set__(self, instance: Any, value: Any) -> None:
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        instance.__dict__[self.name] = value


def immutable(cls: type[T]) -> type[T]:
    """Make every field of a frozen dataclass that is annotated as a frame or an array unable to change what it holds.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @immutable
    ... @dataclass(frozen=True)
    ... class Held:
    ...     table: pd.DataFrame
    ...     values: np.ndarray
    >>> held = Held(pd.DataFrame({"a": [1]}), later(lambda: np.arange(3)))
    >>> table = held.table
    >>> table["b"] = 2
    >>> held.table.columns.tolist(), held.values, held.values.flags.writeable
    (['a'], array([0, 1, 2]), False)
    """
    for one in fields(cls):  # type: ignore[arg-type]  # it is applied to dataclasses only
        if one.type in HELD:
            setattr(cls, one.name, _Held(one.name))
    return cls
