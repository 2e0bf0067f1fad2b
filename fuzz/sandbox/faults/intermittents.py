"""Faults that show now and then: a die is cast whenever one could show, seeded, so that a run repeats itself."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from fuzz.sandbox import answers
from fuzz.sandbox.answers import StateError
from fuzz.sandbox.calls import Answer, Call, Operation
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.people import People
from fuzz.sandbox.store import Store, Sync

SEED = 20


class Intermittent(Dishonesty):
    """A mistake that is made once in a number of times."""

    kind = Kind.INTERMITTENT
    deterministic = False

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._dice = Random(SEED)

    def once_in(self, times: int) -> bool:
        """Whether this is the time."""
        return self._dice.randrange(times) == 0


class MismatchAcceptedOnceIn7(Intermittent):
    """One mismatched call in 7 is accepted."""

    def object_to_state(self, call: Call, sync: Sync | None) -> Answer | None:
        objection = super().object_to_state(call, sync)
        due = objection is not None and self.state_error(call, sync) is StateError.ALREADY_EXISTS
        return None if due and self.once_in(7) else objection


class DisabledAcceptedOnceIn20(Intermittent):
    """One call in 20 to a disabled sync is accepted."""

    def object_to_state(self, call: Call, sync: Sync | None) -> Answer | None:
        objection = super().object_to_state(call, sync)
        due = call.operation is Operation.SEND and self.state_error(call, sync) is StateError.INVALID
        return None if due and self.once_in(20) else objection


class MatchSaidMissingOnceIn20(Intermittent):
    """One matching call in 20 is answered `missing`, as if read from a replica that lags."""

    def object_to_state(self, call: Call, sync: Sync | None) -> Answer | None:
        objection = super().object_to_state(call, sync)
        due = objection is None and call.operation is Operation.SEND
        return self.say(call, StateError.MISSING) if due and self.once_in(20) else objection


class CrashOnceIn15(Intermittent):
    """One accepted call in 15 is answered 500."""

    def last_word(self, call: Call, before: Sync | None, answer: Answer) -> Answer:
        answer = super().last_word(call, before, answer)
        due = call.operation is Operation.SEND and answer.status == 200
        return answers.crash() if due and self.once_in(15) else answer


class AccountLostOnceIn7(Intermittent):
    """One first account in 7 is not stored."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        after = super().bound(call, sync)
        return replace(after, account=None) if sync.account is None and self.once_in(7) else after
