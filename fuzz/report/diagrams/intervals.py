"""Two requests at once as bars on one axis of time, each from when it was sent to when it was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fuzz.events.types import TraceStep


@dataclass(frozen=True, slots=True)
class Bar:
    """The time of one step. Frozen. `left`, `width`: percent of the axis; `says`: its ends in milliseconds."""

    step: int
    left: float
    width: float
    says: str


def bars(steps: Sequence[TraceStep]) -> tuple[Bar, ...]:
    """A bar for each step whose times are known. The axis begins where the first of them was sent."""
    times = {
        step["step"]: (step["sent"], step["sent"] + answer["seconds"])
        for step in steps
        if "sent" in step and (answer := step["answer"])
    }
    if not times:
        return ()
    start, end = min(sent for sent, _ in times.values()), max(answered for _, answered in times.values())
    scale = 100 / max(end - start, 1e-6)
    return tuple(
        Bar(
            step=number,
            left=round((sent - start) * scale, 2),
            width=round((answered - sent) * scale, 2),
            says=f"{(sent - start) * 1000:.1f} to {(answered - start) * 1000:.1f} ms",
        )
        for number, (sent, answered) in times.items()
    )
