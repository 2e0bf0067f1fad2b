"""Reads from a replica that lags: the sync as it was some milliseconds ago, while writes land at once.

A call is checked on the sync that was read. One that would change the sync is decided again on the sync as it is now if
that is another one, as a conditional update of a database has it: so nothing is overwritten, and only answers are old.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from random import Random

from fuzz.sandbox.requests import Answer, Call, Operation
from fuzz.sandbox.service import Behaviour, Outcome
from fuzz.sandbox.staff import People
from fuzz.sandbox.store import Store, Sync

MIN_LAG, MAX_LAG = 0.03, 0.2
"""Seconds. Each staff member's replica has a lag of its own in between, which does not change."""

SEED = 20


class ReadsReplica(Behaviour):
    """A behaviour in which all calls but a creation read the staff member's sync from a replica."""

    one_read_in = 1

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._random = Random(SEED)
        self._replaced: defaultdict[str, deque[tuple[float, Sync | None]]] = defaultdict(deque)

    async def perform(self, call: Call) -> Answer:
        with self.store.transaction():
            before = self.find_sync(call)
            outcome = self.decide(call, before)
            now = self.store.sync_of(call.staff_uid)
            if outcome.sync != before and before != now:
                before, outcome = now, self.decide(call, now)
            self.commit(call, before, outcome)
        return self.finalise(call, before, outcome.answer)

    def find_sync(self, call: Call) -> Sync | None:
        sync = super().find_sync(call)
        stale = call.operation is not Operation.CREATE and self._random.randrange(self.one_read_in) == 0
        return self._as_it_was(call.staff_uid, sync) if stale else sync

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        replaced = self.store.sync_of(call.staff_uid)
        super().commit(call, before, outcome)
        if self.store.sync_of(call.staff_uid) != replaced:
            self._replaced[call.staff_uid].append((time.monotonic(), replaced))

    def _as_it_was(self, staff_uid: str, now: Sync | None) -> Sync | None:
        replaced, seen = self._replaced[staff_uid], time.monotonic() - lag_of(staff_uid)
        while replaced and replaced[0][0] <= seen:
            replaced.popleft()
        return replaced[0][1] if replaced else now


class ReadsReplicaNowAndThen(ReadsReplica):
    """A behaviour in which one read in forty comes from a replica."""

    one_read_in = 40


def lag_of(staff_uid: str) -> float:
    """The lag of a staff member's replica, in seconds."""
    return Random(staff_uid).uniform(MIN_LAG, MAX_LAG)
