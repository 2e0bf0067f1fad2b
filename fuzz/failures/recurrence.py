"""Tells by repetition what kind of failure one is: always there, a stale read, one that comes and goes, or never again.

What never comes back is no verdict of its own. It joins a failure that comes and goes, or leaves the run in doubt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from fuzz.failures.failure import Failure
from fuzz.failures.identity import Identity, of_intermittent, of_stale_read
from fuzz.oracle.actions import Create
from fuzz.oracle.answers.forms import cause_of
from fuzz.oracle.judgement.judge import explain
from fuzz.session.exchange import failing_exchange
from fuzz.shrinking.reproducer import TIMES_WHEN_INTERMITTENT
from swagger.contract import Contract

PAUSE = 0.2
"""Seconds. Replicas lag by tens of milliseconds; what a pause of so much does not cure is no stale read."""

RUNS_WITH_A_PAUSE = 3
CONFIDENCE = 5.0
"""How often a failure of a known rate would have come in the runs with a pause: by chance all pass with e^-5, 1 %."""

MOST_RUNS = 120
SIGHTINGS_TO_PROBE = 3
"""After so many failures that did not come back, a scenario is run often enough to see what comes rarely."""


class Repeater(Protocol):
    """Runs the smallest scenario of a failure again."""

    def passes_with_a_pause(self, pause: float, times: int) -> bool: ...

    def runs_to_fail(self, times: int) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often a failure came back when it was run again. Frozen."""

    came: int
    times: int

    @property
    def always(self) -> bool:
        return self.came == self.times > 0

    @property
    def runs_with_a_pause(self) -> int:
        """In how many runs with a pause it must pass to count as gone."""
        if self.always:
            return RUNS_WITH_A_PAUSE
        return min(MOST_RUNS, math.ceil(CONFIDENCE * self.times / max(1, self.came)))


def identity_by_time(failure: Failure, repeater: Repeater, contract: Contract) -> Identity | None:
    """The identity of a failure that depends on time; None if it is always there, or was never seen again."""
    came, times = failure.scenario.reproduced or (0, 0)
    recurrence = Recurrence(came, times)
    if not came:
        return None
    well_known = recurrence.always or times >= TIMES_WHEN_INTERMITTENT
    stale = well_known and may_be_stale(contract, failure)
    if stale and repeater.passes_with_a_pause(PAUSE, recurrence.runs_with_a_pause):
        return of_stale_read(PAUSE)
    return None if recurrence.always else of_intermittent(contract, failure.verdict)


def identity_of_the_rare(failure: Failure, repeater: Repeater, contract: Contract) -> Identity | None:
    """The identity of a failure that was sighted, after many more runs; None if it never comes back."""
    first = repeater.runs_to_fail(MOST_RUNS)
    if first is None:
        return None
    runs = Recurrence(1, first).runs_with_a_pause
    if may_be_stale(contract, failure) and repeater.passes_with_a_pause(PAUSE, runs):
        return of_stale_read(PAUSE)
    return of_intermittent(contract, failure.verdict)


def may_be_stale(contract: Contract, failure: Failure) -> bool:
    """Whether a state that the staff member was in before explains the answer."""
    exchange = failing_exchange(failure.evidence)
    verdict, seen = exchange.verdict, exchange.verdict.seen
    if seen is None or isinstance(exchange.action, Create) or verdict.at_once or cause_of(verdict):
        return False
    return any(explain(contract, state, exchange.request, seen) for state in exchange.past)


def never_again(failure: Failure) -> str:
    """A failure that was sighted, in words: `already_exists in mismatched: 200`, and how often it was tried again."""
    verdict = failure.verdict
    _, times = failure.scenario.reproduced or (0, 0)
    seen = verdict.seen.label if verdict.seen else "no answer"
    return f"{verdict.clause} in {verdict.situation}: {seen}, and not in {times} runs of the same steps"
