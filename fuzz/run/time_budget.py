"""The time that a run and each of its phases have: the run's limit, the phase's share of it, and an early halt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class TimeBudget:
    """The time that is left for the run and for its current phase; shared by all workers. Mutable.

    `max_time`: seconds of the whole run, None for no limit. `share`: the part of it by which the phase must end.
    """

    max_time: float | None
    clock: Callable[[], float] = time.monotonic
    share: float = 1.0
    began: float = field(init=False)
    _halted: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def begin_now(self) -> None:
        """The time of the run begins now: what was waited for before is not part of it."""
        self.began = self.clock()

    @property
    def spent(self) -> float:
        """Seconds since the run began."""
        return self.clock() - self.began

    def left(self) -> float:
        """Seconds until the phase must end."""
        return self._left_of(self.share)

    def left_of_run(self) -> float:
        """Seconds until the run must end: after that no request is sent."""
        return self._left_of(1.0)

    def _left_of(self, share: float) -> float:
        if self._halted.is_set():
            return 0.0
        return float("inf") if self.max_time is None else self.max_time * share - self.spent

    def halt(self) -> None:
        """Leaves no time to this phase and to all that follow."""
        self._halted.set()
