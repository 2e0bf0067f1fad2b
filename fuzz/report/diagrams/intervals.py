"""Two requests at once as bars on one axis of time, each from when it was sent to when it was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fuzz.events.failures import TraceStep


@dataclass(frozen=True, slots=True)
class Bar:
    """The time of one step. Frozen. `left`, `width`: percent of the axis; `says`: its ends in milliseconds; `failed`:
    whether its answer broke the contract.
    """

    step: int
    left: float
    width: float
    says: str
    failed: bool


def bars(steps: Sequence[TraceStep]) -> tuple[Bar, ...]:
    """A bar for each step whose times are known. The axis begins where the first of them was sent."""
    known = [(step, step["sent"], answer["seconds"]) for step in steps if "sent" in step and (answer := step["answer"])]
    start = min((sent for _, sent, _ in known), default=0.0)
    scale = 100 / max(1e-6, *(sent + seconds - start for _, sent, seconds in known), 0.0)
    return tuple(
        Bar(
            step=step["step"],
            left=round((sent - start) * scale, 2),
            width=round(seconds * scale, 2),
            says=f"{(sent - start) * 1000:.1f} to {(sent + seconds - start) * 1000:.1f} ms",
            failed=step["kind"] == "fail",
        )
        for step, sent, seconds in known
    )
