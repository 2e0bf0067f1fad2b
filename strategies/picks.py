"""Choices read from drawn bytes: what makes a whole body cost Hypothesis one choice in place of fifty.

A primitive draw costs about as much as building a dozen dates, and a body has some twenty choices an item. So one block
of bytes is drawn, and plain functions read their choices from it. Zero bytes, and bytes that have run out, choose the
first option, so Hypothesis's way of shrinking bytes leads to the simplest value. Drawing costs by the byte, so a field
that takes many is built from a few that are stretched: it is then shrunk to its simplest value as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import shake_128
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Picks:
    """A cursor over drawn bytes. Mutable: each choice moves it on."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes = b"") -> None:
        self._data = data
        self._at = 0

    def number(self, limit: int) -> int:
        """A number from 0 to `limit` - 1, spread evenly to within a hundredth."""
        size = 1 if limit <= 4 else 2 if limit <= 512 else 4
        start = self._at
        self._at = start + size
        return int.from_bytes(self._data[start : self._at], "big") % limit

    def of(self, options: Sequence[T]) -> T:
        """One of the options; the first is the simplest."""
        return options[self.number(len(options))]

    def one_in(self, times: int) -> bool:
        """True once in so many times; never when the bytes are zero."""
        return self.number(times) == times - 1

    def stretched(self) -> Picks:
        """Choices of their own, as many as are wanted, that hang on the next three bytes together."""
        start = self._at
        self._at = start + STRETCHED_FROM
        few = self._data[start : self._at]
        return Picks(shake_128(few).digest(_STRETCHED_TO) if any(few) else SIMPLEST)


STRETCHED_FROM = 3
_STRETCHED_TO = 64

SIMPLEST = b""
"""The bytes that choose the first option everywhere."""


def picked(function: Callable[[Picks], T], *, size: int) -> st.SearchStrategy[T]:
    """What the function makes of `size` drawn bytes; its simplest value is what it makes of none."""
    return st.binary(min_size=size, max_size=size).map(lambda data: function(Picks(data)))
