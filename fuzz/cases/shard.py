"""A shard: one worker's share of a phase's scenarios. Each scenario belongs to exactly one shard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shard:
    """Every `count`-th scenario from the `index`-th on. Frozen."""

    index: int = 0
    count: int = 1

    def of(self, scenarios: Iterable[T]) -> Iterator[T]:
        """This shard's part, in order."""
        return islice(scenarios, self.index, None, self.count)


WHOLE = Shard()
