"""Faults of connect, disable and disconnect: they do what they should not, or do not do what they should."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox.fault_rows import Rows, after, with_service
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.faults.states.effects import drops, is_, matches, on_refusal, on_success, sets, stores_no_account
from fuzz.sandbox.requests import Call, Operation
from fuzz.sandbox.service import Behaviour, Outcome
from fuzz.sandbox.staff import People
from fuzz.sandbox.store import Store, Sync

fault = Rows(FaultKind.SIBLING)


@fault.mixin
class ConnectReplacesAccount(Behaviour):
    """Connecting with another account puts it in place of the stored one."""

    def matches(self, call: Call, sync: Sync) -> bool:
        connecting = call.operation is Operation.CONNECT and call.provider == sync.provider
        return connecting or super().matches(call, sync)

    def bind_account(self, call: Call, sync: Sync) -> Sync:
        connecting = call.operation is Operation.CONNECT
        return super().bind_account(call, replace(sync, account=None) if connecting else sync)


connect_stores_no_account = fault(
    "Connecting a fresh sync does not store the account.", stores_no_account(is_(Operation.CONNECT))
)
disable_without_matching = fault(
    "A disable that names another provider or account disables all the same.", matches(is_(Operation.DISABLE))
)
disable_refused_but_done = fault(
    "A disable that names another account is refused, and disables all the same.",
    on_refusal(is_(Operation.DISABLE), sets(disabled=True)),
)
disable_forgets_account = fault(
    "Disabling a bound sync loses its account.",
    on_success(
        lambda call, sync: call.operation is Operation.DISABLE and sync is not None and sync.account is not None,
        sets(account=None),
    ),
)
disable_does_nothing = fault(
    "Disabling is accepted and does not disable.", on_success(is_(Operation.DISABLE), sets(disabled=False))
)
disable_disconnects = fault("Disabling drops the sync.", on_success(is_(Operation.DISABLE), drops))
disconnect_does_nothing = fault(
    "Disconnecting is accepted, and the sync stays.",
    after(Behaviour.sync_after_success)(
        lambda changed, call, sync: sync if call.operation is Operation.DISCONNECT else changed
    ),
)


@fault.by(with_service(Behaviour.sync_after_success))
def disconnect_disables(service: Behaviour, changed: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
    """Disconnecting disables the sync instead of dropping it."""
    if call.operation is not Operation.DISCONNECT or sync is None:
        return changed
    return replace(service.bind_account(call, sync), disabled=True)


disconnect_without_matching = fault(
    "A disconnect that names another provider or account drops the sync all the same.",
    matches(is_(Operation.DISCONNECT)),
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
