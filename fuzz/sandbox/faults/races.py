"""Faults that two calls at once bring about: what was decided is written later, in a transaction of its own.

Only the calls that a fault is about are split like that; alone, each of them is answered as it should be.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from fuzz.sandbox import answers
from fuzz.sandbox.behaviour import Outcome
from fuzz.sandbox.calls import Answer, Arrival, Call, Operation
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.store import Sync

SECONDS_BETWEEN_CHECK_AND_STORE = 0.02


class Race(Dishonesty):
    """A check and a store with time in between."""

    kind = Kind.RACE
    deterministic = False

    async def perform(self, call: Call) -> Answer:
        with self.store.transaction():
            before = self.lookup(call)
            outcome = self.decide(call, before)
            split = outcome.answer.status == 200 and self.splits(call, before)
            if not split:
                self.commit(call, before, outcome)
        if split:
            await asyncio.sleep(SECONDS_BETWEEN_CHECK_AND_STORE)
            with self.store.transaction():
                self.commit(call, before, outcome)
                self.write_late(call, before, outcome)
        return self.last_word(call, before, outcome.answer)

    def splits(self, call: Call, before: Sync | None) -> bool:  # noqa: ARG002
        """Whether this call is checked and stored in two transactions."""
        return False

    def write_late(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        """Writes over what was written meanwhile."""


class TwoFirstAccountsAccepted(Race):
    """Two calls at once with different first accounts are both accepted, and the later one's is kept."""

    def splits(self, call: Call, before: Sync | None) -> bool:
        first = call.operation is Operation.SEND and before is not None and before.account is None
        return first or super().splits(call, before)


class DisableLostToSend(Race):
    """A call that was being stored when the sync was disabled enables it again."""

    def splits(self, call: Call, before: Sync | None) -> bool:
        return call.operation is Operation.SEND or super().splits(call, before)

    def write_late(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().write_late(call, before, outcome)
        now = self.store.sync_of(call.staff_uid)
        if call.operation is Operation.SEND and now and outcome.sync and now.uid == outcome.sync.uid and now.disabled:
            self.store.save(outcome.sync)


class CreationLostToSend(Race):
    """A call that was being stored when the sync was re-created brings the old sync back."""

    def splits(self, call: Call, before: Sync | None) -> bool:
        return call.operation is Operation.SEND or super().splits(call, before)

    def write_late(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().write_late(call, before, outcome)
        now = self.store.sync_of(call.staff_uid)
        if call.operation is Operation.SEND and now and outcome.sync and now.uid != outcome.sync.uid:
            self.store.save(outcome.sync)


class DisconnectLostToSend(Race):
    """A call that was being stored when the sync was disconnected brings it back."""

    def splits(self, call: Call, before: Sync | None) -> bool:
        return call.operation is Operation.SEND or super().splits(call, before)

    def write_late(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().write_late(call, before, outcome)
        gone = self.store.sync_of(call.staff_uid) is None
        if call.operation is Operation.SEND and gone and outcome.sync:
            self.store.save(outcome.sync)


class CreationLostToDisable(Race):
    """A disable that was being stored when the sync was re-created brings the old sync back, disabled."""

    def splits(self, call: Call, before: Sync | None) -> bool:
        return call.operation is Operation.DISABLE or super().splits(call, before)

    def write_late(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().write_late(call, before, outcome)
        if call.operation is Operation.DISABLE and outcome.sync:
            self.store.save(outcome.sync)


class CreationLostToDisconnect(Race):
    """A disconnect that was being stored when the sync was re-created drops the new sync."""

    def splits(self, call: Call, before: Sync | None) -> bool:
        return call.operation is Operation.DISCONNECT or super().splits(call, before)


class NoTokenWhileAnotherCalls(Race):
    """A call without a token is let in as whoever else is calling at the time."""

    calling: str | None = None

    async def perform(self, call: Call) -> Answer:
        self.calling = call.token
        await asyncio.sleep(SECONDS_BETWEEN_CHECK_AND_STORE)
        self.calling = None
        return await super().perform(call)

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        token = arrival.token or self.calling
        return super().refuse_token(replace(arrival, token=token))

    def refuse_owner(self, call: Call) -> Answer | None:
        return super().refuse_owner(replace(call, token=call.token or self.calling))


class TwoDisablesCrash(Race):
    """A disable that comes while another one is at work makes the server fall over."""

    disabling = False

    async def perform(self, call: Call) -> Answer:
        if call.operation is not Operation.DISABLE:
            return await super().perform(call)
        if self.disabling:
            return answers.crash()
        self.disabling = True
        await asyncio.sleep(SECONDS_BETWEEN_CHECK_AND_STORE)
        self.disabling = False
        return await super().perform(call)


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


class AccountMixedUpAtOnce(Race):
    """Of two first calls at once, for whomever, the account of the later one is stored for both."""

    named = ""

    def splits(self, call: Call, before: Sync | None) -> bool:
        first = call.operation is Operation.SEND and before is not None and before.account is None
        if first:
            self.named = call.account
        return first or super().splits(call, before)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        first = call.operation is Operation.SEND and before is not None and before.account is None
        if first and outcome.sync is not None and outcome.sync.account == call.account:
            outcome = replace(outcome, sync=replace(outcome.sync, account=self.named))
        super().commit(call, before, outcome)
