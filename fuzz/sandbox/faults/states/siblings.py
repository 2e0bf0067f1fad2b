"""Faults of connect, disable and disconnect: they answer otherwise than their own documents say, or do not do it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

from fuzz.sandbox import responses
from fuzz.sandbox.fault_rows import Inherited, Override, Rows, after, before, instead_of
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.faults.states.effects import Condition, drops, is_, is_fresh, on_success, sets, turns
from fuzz.sandbox.requests import Answer, Call, Operation
from fuzz.sandbox.responses import StateError
from fuzz.sandbox.service import Behaviour, Outcome
from fuzz.sandbox.staff import People
from fuzz.sandbox.store import Store, Sync

MISSING = StateError.MISSING
fault = Rows(FaultKind.SIBLING)
crash = Rows(FaultKind.CRASH)
connects, disables, disconnects = is_(Operation.CONNECT), is_(Operation.DISABLE), is_(Operation.DISCONNECT)


def answers_record(operation: Operation, change: Callable[[dict[str, object]], dict[str, object]]) -> Override:
    """The record that an accepted call of this operation answers is changed."""

    def render_success(answer: Answer, call: Call, before: Sync | None, after: Sync | None) -> Answer:
        changes = call.operation is operation and "uid" in answer.body
        return replace(answer, body=change(answer.body)) if changes else answer

    return after(Behaviour.render_success)(render_success)


def answers_missing(operation: Operation, answer: Answer) -> Override:
    """This answer says that there is no sync for this operation."""
    return after(Behaviour.render_state_error)(
        lambda honest, call, error: answer if call.operation is operation and error is MISSING else honest
    )


def crashes(when: Condition) -> Override:
    """Some calls make the server fall over."""
    return before(Behaviour.check_state)(lambda call, sync: responses.server_error() if when(call, sync) else None)


says_disabled = answers_record(Operation.DISABLE, lambda record: {**record, "enabled": False})

disable_does_nothing = fault(
    "Disabling answers a record that is disabled, and does not disable.",
    on_success(disables, sets(disabled=False)),
    says_disabled,
)
disable_disconnects = fault(
    "Disabling answers a record that is disabled, and drops the sync.", on_success(disables, drops), says_disabled
)


@fault.mixin
class DisconnectLeavesAccount(Behaviour):
    """The account of a disconnected sync is there again in the next one that is created."""

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._left: dict[str, str | None] = {}

    def create_sync(self, call: Call, sync: Sync | None) -> Sync:
        created = super().create_sync(call, sync)
        left = self._left.pop(call.staff_uid, None)
        return created if left is None else replace(created, account=left)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.DISCONNECT and before is not None and outcome.sync is None:
            self._left[call.staff_uid] = before.account


connect_without_uid = fault(
    "The record that connecting answers has no uid.",
    answers_record(Operation.CONNECT, lambda record: {key: record[key] for key in record if key != "uid"}),
)
connect_missing_as_bulk_create = fault(
    "Connecting without a sync is answered `missing` in bulk_create's envelope.",
    answers_missing(Operation.CONNECT, responses.state_error(MISSING)),
)


@fault.by(instead_of(Behaviour.find_sync))
def connect_creates(service: Behaviour, inherited: Inherited[Sync | None], call: Call) -> Sync | None:
    """Connecting without a sync creates one, and answers 200."""
    sync = inherited(call)
    if sync is not None or call.operation is not Operation.CONNECT:
        return sync
    return Sync(staff_uid=call.staff_uid, uid=secrets.token_hex(8), provider=call.provider)


connect_fresh_said_missing = fault(
    "Connecting a fresh sync is answered as if there were none.",
    before(Behaviour.state_error)(
        lambda call, sync: MISSING if connects(call, sync) and is_fresh(call, sync) else None
    ),
)
disable_says_enabled = fault(
    "Disabling answers a record that is enabled.",
    answers_record(Operation.DISABLE, lambda record: {**record, "enabled": True}),
)
disable_missing_accepted = fault("Disabling without a sync is answered 200.", turns(MISSING, None, disables))
disable_missing_in_other_words = fault(
    "Disabling without a sync is answered with another message.",
    answers_missing(Operation.DISABLE, responses.failure(422, code="missing", message="calendar sync is missing")),
)
crash_on_connect = crash(
    "Connecting a fresh sync makes the server fall over.",
    crashes(lambda call, sync: connects(call, sync) and is_fresh(call, sync)),
)
crash_on_disable = crash(
    "Disabling a fresh sync makes the server fall over.",
    crashes(lambda call, sync: disables(call, sync) and is_fresh(call, sync)),
)
crash_on_disconnect = crash(
    "Disconnecting without a sync makes the server fall over.",
    crashes(lambda call, sync: disconnects(call, sync) and sync is None),
)
