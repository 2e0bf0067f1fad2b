"""Delta debugging: a small part of a sequence that still fails (Zeller and Hildebrandt 2002)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def ddmin(
    parts: tuple[T, ...], attempt: Callable[[tuple[T, ...]], tuple[T, ...] | None], *, max_attempts: float = math.inf
) -> tuple[T, ...]:
    """The fewest parts found that fail. `attempt` returns the parts left of a candidate that fails, else None.

    Removes all parts if it can, then runs of half the length, down to single ones; later ones first.
    """
    attempts = 0
    size = len(parts)
    while size:
        end = len(parts)
        while end and attempts < max_attempts:
            start = max(0, end - size)
            failed = attempt(parts[:start] + parts[end:])
            attempts += 1
            if failed is not None:
                parts = failed
            end = min(start, len(parts))
        size = min(size // 2, (len(parts) + 1) // 2)
    return parts
