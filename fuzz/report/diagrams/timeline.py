"""The axis on which the page shows when each failure was found: the requests of a run, and its phases below them."""

from __future__ import annotations

from dataclasses import dataclass

from fuzz.events.summary import Summary


@dataclass(frozen=True, slots=True)
class PhaseOnAxis:
    """A phase's part of the axis, in percent. Frozen."""

    name: str
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The axis, from the first request to the last. Frozen."""

    requests: int
    phases: tuple[PhaseOnAxis, ...]

    @classmethod
    def of(cls, summary: Summary) -> Timeline | None:
        """The axis of a run; None for a run that has sent nothing."""
        latest = max((failure["requests_to_find"] for failure in summary.failures.values()), default=0)
        total = max(latest, summary.total)
        if not total:
            return None
        phases, sent = list[PhaseOnAxis](), 0
        for figures in summary.phases.values():
            share = min(figures["requests"], total - sent)
            if share > 0:
                phases.append(PhaseOnAxis(figures["phase"], _percent(sent, total), _percent(share, total)))
            sent += max(0, share)
        return cls(total, tuple(phases))

    def place(self, requests: int) -> float:
        """Where a failure that was found after so many requests stands, in percent from the left."""
        return _percent(max(0, min(requests, self.requests)), self.requests)


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2)
