"""Reads choices from drawn bytes, so that a whole body costs Hypothesis one draw instead of fifty.

A draw costs about as much as building a dozen dates, and an item has some twenty choices. So one block of bytes is
drawn, and functions read their choices from it. Zero and missing bytes choose the first option, so that Hypothesis,
when it shrinks the bytes, reaches the simplest value. Each byte has a cost, too: a field that needs many bytes
stretches a few, and then shrinks as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import shake_128
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Picks:
    """A cursor over drawn bytes. Mutable: each choice moves it."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes = b"") -> None:
        self._data = data
        self._at = 0

    def number(self, limit: int) -> int:
        """A number from 0 to `limit` - 1, nearly uniform (within 1 %)."""
        size = 1 if limit <= 4 else 2 if limit <= 512 else 4
        start = self._at
        self._at = start + size
        return int.from_bytes(self._data[start : self._at], "big") % limit

    def of(self, options: Sequence[T]) -> T:
        """One of the options; the first is the simplest."""
        return options[self.number(len(options))]

    def one_in(self, times: int) -> bool:
        """True once in `times` times; never for zero bytes."""
        return self.number(times) == times - 1

    def stretched(self) -> Picks:
        """A new cursor whose bytes are made from the next three bytes."""
        start = self._at
        self._at = start + STRETCHED_FROM
        few = self._data[start : self._at]
        return Picks(shake_128(few).digest(_STRETCHED_TO) if any(few) else SIMPLEST)


STRETCHED_FROM = 3
_STRETCHED_TO = 64

SIMPLEST = b""
"""The bytes that choose the first option everywhere."""


def picked(function: Callable[[Picks], T], *, size: int) -> st.SearchStrategy[T]:
    """A strategy for the values that the function makes of `size` drawn bytes; the simplest is made of no bytes."""
    return st.binary(min_size=size, max_size=size).map(lambda data: function(Picks(data)))
