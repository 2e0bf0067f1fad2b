"""Faults of two calls at once: what was decided is written later, in a transaction of its own.

Only the calls that a fault is about are split like that; alone, each of them is answered as it should be.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from fuzz.sandbox import responses
from fuzz.sandbox.fault_rows import Inherited, Override, Rows, before, instead_of
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.requests import Answer, Arrival, Call, Operation, Refusal
from fuzz.sandbox.service import Behaviour, Outcome
from fuzz.sandbox.store import Sync

SECONDS_BETWEEN_CHECK_AND_STORE = 0.02


class Race(Behaviour):
    """A behaviour that checks and stores some calls in two transactions, with time in between."""

    async def perform(self, call: Call) -> Answer:
        with self.store.transaction():
            before = self.find_sync(call)
            outcome = self.decide(call, before)
            split = outcome.answer.status == 200 and self.splits(call, before)
            if not split:
                self.commit(call, before, outcome)
        if split:
            await asyncio.sleep(SECONDS_BETWEEN_CHECK_AND_STORE)
            with self.store.transaction():
                self.commit(call, before, outcome)
                self.write_late(call, before, outcome)
        return self.finalise(call, before, outcome.answer)

    def splits(self, call: Call, before: Sync | None) -> bool:
        """Whether this call is checked and stored in two transactions."""
        return False

    def write_late(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        """Writes again, over what was written in between."""


fault = Rows(FaultKind.RACE, base=Race)
Overwrite = Callable[[Sync | None, Sync], bool]


def is_first(call: Call, before: Sync | None) -> bool:
    """Whether the call may name the sync's first account."""
    return call.operation is Operation.SEND and before is not None and before.account is None


def splits(operation: Operation) -> Override:
    """Calls of this operation are checked and stored in two transactions."""
    return before(Race.splits)(lambda call, before: call.operation is operation)


def overwrites(operation: Operation, when: Overwrite) -> tuple[Override, Override]:
    """Calls of this operation are split, and write their sync over the one of now, if `when` says so of the two."""

    def write_late(
        service: Race, inherited: Inherited[None], call: Call, before: Sync | None, outcome: Outcome
    ) -> None:
        inherited(call, before, outcome)
        now = service.store.sync_of(call.staff_uid)
        if call.operation is operation and outcome.sync and when(now, outcome.sync):
            service.store.save(outcome.sync)

    return splits(operation), instead_of(Race.write_late)(write_late)


two_first_accounts_accepted = fault(
    "Two calls at once with different first accounts are both accepted, and the later one's is kept.",
    before(Race.splits)(is_first),
)


@fault.mixin
class NoTokenWhileAnotherCalls(Race):
    """A call without a token is let in as whoever else is calling at the time."""

    calling: str | None = None

    async def perform(self, call: Call) -> Answer:
        self.calling = call.token
        await asyncio.sleep(SECONDS_BETWEEN_CHECK_AND_STORE)
        self.calling = None
        return await super().perform(call)

    def check_token(self, arrival: Arrival) -> Refusal:
        token = arrival.token or self.calling
        return super().check_token(replace(arrival, token=token))

    def check_owner(self, call: Call) -> Refusal:
        return super().check_owner(replace(call, token=call.token or self.calling))


@fault.mixin
class TwoDisablesCrash(Race):
    """A disable that comes while another one is at work makes the server fall over."""

    disabling = False

    async def perform(self, call: Call) -> Answer:
        if call.operation is not Operation.DISABLE:
            return await super().perform(call)
        if self.disabling:
            return responses.server_error()
        self.disabling = True
        await asyncio.sleep(SECONDS_BETWEEN_CHECK_AND_STORE)
        self.disabling = False
        return await super().perform(call)


disable_lost_to_send = fault(
    "A call that was being stored when the sync was disabled enables it again.",
    *overwrites(Operation.SEND, lambda now, decided: now is not None and now.uid == decided.uid and now.disabled),
)
creation_lost_to_send = fault(
    "A call that was being stored when the sync was re-created brings the old sync back.",
    *overwrites(Operation.SEND, lambda now, decided: now is not None and now.uid != decided.uid),
)
creation_lost_to_disable = fault(
    "A disable that was being stored when the sync was re-created brings the old sync back, disabled.",
    *overwrites(Operation.DISABLE, lambda now, decided: True),
)


@fault.mixin
class StaffMixedUpAtOnce(Race):
    """Of two calls at once, the second is carried out for the first's staff member: who calls is kept in one place for
    all.
    """

    calling = ""

    async def perform(self, call: Call) -> Answer:
        self.calling = self.calling or call.staff_uid
        meant = replace(call, body={**call.body, "staff_uid": self.calling})
        await asyncio.sleep(SECONDS_BETWEEN_CHECK_AND_STORE)
        answer = await super().perform(meant)
        self.calling = ""
        return answer


@fault.mixin
class AccountMixedUpAtOnce(Race):
    """Of two first calls at once, for whomever, the account of the later one is stored for both."""

    named = ""

    def splits(self, call: Call, before: Sync | None) -> bool:
        first = is_first(call, before)
        if first:
            self.named = call.account
        return first or super().splits(call, before)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        if is_first(call, before) and outcome.sync is not None and outcome.sync.account == call.account:
            outcome = replace(outcome, sync=replace(outcome.sync, account=self.named))
        super().commit(call, before, outcome)
