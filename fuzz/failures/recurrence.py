"""Tells by repetition what kind of failure one is: always there, a stale read, one that comes and goes, or never again.

What never comes back is no verdict of its own. It joins a failure that comes and goes, or leaves the run in doubt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from fuzz.failures.failure import Failure
from fuzz.failures.identity import Identity, of_intermittent, of_stale_read
from fuzz.oracle.actions import SendItems
from fuzz.oracle.forms import cause_of
from fuzz.oracle.judge import explain
from fuzz.oracle.state import SyncState
from fuzz.oracle.verdict import SUCCESS, Verdict
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

    def fails_with_a_pause(self, pause: float, times: int) -> bool: ...

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
    stale = well_known and may_be_stale(contract, failure) and explained_by_the_past(contract, failure)
    if stale and not repeater.fails_with_a_pause(PAUSE, recurrence.runs_with_a_pause):
        return of_stale_read(PAUSE)
    return None if recurrence.always else of_intermittent(failure.verdict)


def identity_of_the_rare(failure: Failure, repeater: Repeater, contract: Contract) -> Identity | None:
    """The identity of a failure that was sighted, after many more runs; None if it never comes back."""
    first = repeater.runs_to_fail(MOST_RUNS)
    if first is None:
        return None
    runs = Recurrence(1, first).runs_with_a_pause
    if may_be_stale(contract, failure) and not repeater.fails_with_a_pause(PAUSE, runs):
        return of_stale_read(PAUSE)
    return of_intermittent(failure.verdict)


def may_be_stale(contract: Contract, failure: Failure) -> bool:
    """Whether the answer is one that the table of states knows, so that an older state could explain it."""
    exchange = failing_exchange(failure.evidence)
    verdict = exchange.verdict
    outcomes = {SUCCESS, *(error.code for error in contract.state_errors)}
    return (
        isinstance(exchange.action, SendItems)
        and verdict.seen is not None
        and verdict.seen.outcome in outcomes
        and not verdict.at_once
        and not cause_of(verdict)
    )


def explained_by_the_past(contract: Contract, failure: Failure) -> bool:
    """Whether an older state of the same scenario explains the answer. When it runs again, no other state is older."""
    exchange = failing_exchange(failure.evidence)
    of_staff = (each for each in failure.evidence if each.action.staff == exchange.action.staff)
    seen = exchange.verdict.seen
    past = frozenset[SyncState]().union(*(each.verdict.belief for each in of_staff))
    return seen is not None and any(explain(contract, state, exchange.request, seen) for state in past)


def tells_of_another_state(contract: Contract, verdict: Verdict) -> str:
    """The state error that was answered and is not due: it tells of a state that is not believed. Empty if none was."""
    seen = verdict.seen
    codes = {error.code for error in contract.state_errors}
    return seen.outcome if seen is not None and seen.outcome in codes - set(verdict.allowed) else ""


def never_again(failure: Failure) -> str:
    """A failure that was sighted, in words: `already_exists in mismatched: 200`, and how often it was tried again."""
    verdict = failure.verdict
    _, times = failure.scenario.reproduced or (0, 0)
    seen = verdict.seen.label if verdict.seen else "no answer"
    return f"{verdict.clause} in {verdict.situation}: {seen}, and not in {times} runs of the same steps"
