"""Honest variants of connect, disable and disconnect, in what no document of theirs says.

Those that race are here too: a disconnect may do nothing, so its order among calls at once cannot be told.
"""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox import responses
from fuzz.sandbox.fault_rows import Inherited, Override, Rows, after, instead_of, with_service
from fuzz.sandbox.faults.sequences.races import Race, overwrites, splits
from fuzz.sandbox.faults.states.effects import is_, is_fresh, matches, on_refusal, on_success, sets, stores_no_account
from fuzz.sandbox.requests import Answer, Call, Operation
from fuzz.sandbox.responses import StateError
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.store import Sync

variant = Rows()
race = Rows(base=Race)
SIBLINGS = frozenset({Operation.CONNECT, Operation.DISABLE, Operation.DISCONNECT})


def answers_mismatches(answer: Answer) -> Override:
    """A sibling that meets another provider or account, or a disabled sync, gives this answer and does nothing."""
    return after(Behaviour.render_state_error)(
        lambda honest, call, error: answer if call.operation in SIBLINGS and error is not StateError.MISSING else honest
    )


@variant.mixin
class ConnectReplacesAccount(Behaviour):
    """Connecting with another account puts it in place of the stored one."""

    def matches(self, call: Call, sync: Sync) -> bool:
        connecting = call.operation is Operation.CONNECT and call.provider == sync.provider
        return connecting or super().matches(call, sync)

    def bind_account(self, call: Call, sync: Sync) -> Sync:
        connecting = call.operation is Operation.CONNECT
        return super().bind_account(call, replace(sync, account=None) if connecting else sync)


@variant.by(with_service(Behaviour.sync_after_refusal))
def connect_elsewhere_drops(service: Behaviour, kept: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
    """A connect that names another account is refused, and drops the sync."""
    drops = call.operation is Operation.CONNECT and kept is not None and not service.matches(call, kept)
    return None if drops else kept


connect_stores_no_account = variant(
    "Connecting a fresh sync does not store the account.", stores_no_account(is_(Operation.CONNECT))
)
disable_without_matching = variant(
    "A disable that names another provider or account disables all the same.", matches(is_(Operation.DISABLE))
)
disable_refused_but_done = variant(
    "A disable that names another account is refused, and disables all the same.",
    on_refusal(is_(Operation.DISABLE), sets(disabled=True)),
)
disable_forgets_account = variant(
    "Disabling a bound sync loses its account, as its record shows.",
    on_success(
        lambda call, sync: call.operation is Operation.DISABLE and sync is not None and sync.account is not None,
        sets(account=None),
    ),
)


@variant.by(after(Behaviour.sync_after_success))
def disable_leaves_fresh(changed: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
    """Disabling a fresh sync, which is not enabled yet, does nothing."""
    return sync if call.operation is Operation.DISABLE and is_fresh(call, sync) else changed


@variant.by(after(Behaviour.sync_after_success))
def disconnect_does_nothing(changed: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
    """Disconnecting is accepted, and the sync stays."""
    return sync if call.operation is Operation.DISCONNECT else changed


@variant.by(after(Behaviour.sync_after_success))
def disconnect_forgets_account(changed: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
    """Disconnecting only forgets the account."""
    disconnecting = call.operation is Operation.DISCONNECT and sync is not None
    return replace(sync, account=None) if disconnecting and sync is not None else changed


@variant.by(with_service(Behaviour.sync_after_success))
def disconnect_disables(service: Behaviour, changed: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
    """Disconnecting disables the sync instead of dropping it."""
    if call.operation is not Operation.DISCONNECT or sync is None:
        return changed
    return replace(service.bind_account(call, sync), disabled=True)


disconnect_without_matching = variant(
    "A disconnect that names another provider or account drops the sync all the same.",
    matches(is_(Operation.DISCONNECT)),
)
sibling_mismatches_are_200 = variant(
    "A sibling that meets another sync or a disabled one answers 200, and does nothing.",
    answers_mismatches(Answer(200, {"success": True})),
)
sibling_mismatches_are_400 = variant(
    "A sibling that meets another sync or a disabled one answers 400.",
    answers_mismatches(responses.failure(400, code="bad_request", message="not this calendar sync")),
)
sibling_mismatches_are_404 = variant(
    "A sibling that meets another sync or a disabled one answers 404.",
    answers_mismatches(responses.failure(404, code="not_found", message="no such calendar sync")),
)
sibling_mismatches_are_flat = variant(
    "A sibling that meets another sync or a disabled one answers 422 with a text in place of entries.",
    answers_mismatches(Answer(422, {"status": "Error", "error": "staff already registered to other calendar sync"})),
)


@variant.by(instead_of(Behaviour.render_success))
def siblings_wrap_record(
    service: Behaviour, inherited: Inherited[Answer], call: Call, before: Sync | None, after: Sync | None
) -> Answer:
    """Where no document speaks, which is on a sync that is not fresh, siblings wrap the record in `data`."""
    answer = inherited(call, before, after)
    wraps = "uid" in answer.body and not is_fresh(call, before)
    return replace(answer, body={"success": True, "data": answer.body}) if wraps else answer


disconnect_lost_to_send = race(
    "A call that was being stored when the sync was disconnected brings it back.",
    *overwrites(Operation.SEND, lambda now, decided: now is None),
)
creation_lost_to_disconnect = race(
    "A disconnect that was being stored when the sync was re-created drops the new sync.", splits(Operation.DISCONNECT)
)
