"""Faults that show now and then, by a seeded random generator, so that a run repeats itself."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from fuzz.sandbox import responses
from fuzz.sandbox.fault_rows import Rows, with_service
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.requests import Answer, Call, Operation, Refusal
from fuzz.sandbox.responses import StateError
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.staff import People
from fuzz.sandbox.store import Store, Sync

SEED = 20


class Intermittent(Behaviour):
    """A behaviour with a random generator. It is asked only where the fault could show."""

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._random = Random(SEED)

    def once_in(self, times: int) -> bool:
        """True once in so many times."""
        return self._random.randrange(times) == 0


fault = Rows(FaultKind.INTERMITTENT, base=Intermittent)


@fault.by(with_service(Behaviour.check_state))
def mismatch_accepted_once_in_7(service: Intermittent, refusal: Refusal, call: Call, sync: Sync | None) -> Refusal:
    """One mismatched call in 7 is accepted."""
    due = refusal is not None and service.state_error(call, sync) is StateError.ALREADY_EXISTS
    return None if due and service.once_in(7) else refusal


@fault.by(with_service(Behaviour.check_state))
def disabled_accepted_once_in_20(service: Intermittent, refusal: Refusal, call: Call, sync: Sync | None) -> Refusal:
    """One call in 20 to a disabled sync is accepted."""
    due = call.operation is Operation.SEND and service.state_error(call, sync) is StateError.INVALID
    return None if due and service.once_in(20) else refusal


@fault.by(with_service(Behaviour.check_state))
def match_said_missing_once_in_20(service: Intermittent, refusal: Refusal, call: Call, sync: Sync | None) -> Refusal:
    """One matching call in 20 is answered `missing`, as if read from a replica that lags."""
    due = refusal is None and call.operation is Operation.SEND
    return service.render_state_error(call, StateError.MISSING) if due and service.once_in(20) else refusal


@fault.by(with_service(Behaviour.finalise))
def crash_once_in_15(service: Intermittent, final: Answer, call: Call, before: Sync | None, answer: Answer) -> Answer:
    """One accepted call in 15 is answered 500."""
    due = call.operation is Operation.SEND and final.status == 200
    return responses.server_error() if due and service.once_in(15) else final


@fault.by(with_service(Behaviour.bind_account))
def account_lost_once_in_7(service: Intermittent, bound: Sync, call: Call, sync: Sync) -> Sync:
    """One first account in 7 is not stored."""
    return replace(bound, account=None) if sync.account is None and service.once_in(7) else bound
