"""Delta debugging: of many parts that fail together, few that still do (Zeller and Hildebrandt 2002)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def shortest(
    parts: tuple[T, ...], attempt: Callable[[tuple[T, ...]], tuple[T, ...] | None], *, most: int | None = None
) -> tuple[T, ...]:
    """The fewest parts found that fail. `attempt` gives what is left of a candidate that fails, else None.

    All go at once if they can, else runs of half the length, and so on to single ones, later ones first. `most` bounds
    the attempts.
    """
    left = -1 if most is None else most
    size = len(parts)
    while size:
        end = len(parts)
        while end and left:
            start = max(0, end - size)
            failed = attempt(parts[:start] + parts[end:])
            left -= 1
            if failed is not None:
                parts = failed
            end = min(start, len(parts))
        size = min(size // 2, (len(parts) + 1) // 2)
    return parts
