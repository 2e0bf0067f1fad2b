"""Faults of connect, disable and disconnect: they do what they should not, or leave undone what they should do."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox.behaviour import Outcome
from fuzz.sandbox.calls import Call, Operation
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.people import People
from fuzz.sandbox.store import Store, Sync


class Sibling(Dishonesty):
    """A sibling operation that is wrong; what it did wrong shows in bulk_create."""

    kind = Kind.SIBLING


class ConnectReplacesAccount(Sibling):
    """Connecting with another account puts it in place of the stored one."""

    def matches(self, call: Call, sync: Sync) -> bool:
        connecting = call.operation is Operation.CONNECT and call.provider == sync.provider
        return connecting or super().matches(call, sync)

    def bound(self, call: Call, sync: Sync) -> Sync:
        connecting = call.operation is Operation.CONNECT
        return super().bound(call, replace(sync, account=None) if connecting else sync)


class ConnectStoresNoAccount(Sibling):
    """Connecting a fresh sync does not store the account."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        return sync if call.operation is Operation.CONNECT else super().bound(call, sync)


class DisableWithoutMatching(Sibling):
    """A disable that names another provider or account disables all the same."""

    def matches(self, call: Call, sync: Sync) -> bool:
        return call.operation is Operation.DISABLE or super().matches(call, sync)


class DisableRefusedButDone(Sibling):
    """A disable that names another account is refused, and disables all the same."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        return replace(after, disabled=True) if after and call.operation is Operation.DISABLE else after


class DisableForgetsAccount(Sibling):
    """Disabling a bound sync loses its account."""

    def after_success(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_success(call, sync)
        bound = sync is not None and sync.account is not None and call.operation is Operation.DISABLE
        return replace(after, account=None) if after is not None and bound else after


class DisableDoesNothing(Sibling):
    """Disabling is accepted and does not disable."""

    def after_success(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_success(call, sync)
        return replace(after, disabled=False) if after and call.operation is Operation.DISABLE else after


class DisableDisconnects(Sibling):
    """Disabling drops the sync."""

    def after_success(self, call: Call, sync: Sync | None) -> Sync | None:
        return None if call.operation is Operation.DISABLE else super().after_success(call, sync)


class DisconnectDoesNothing(Sibling):
    """Disconnecting is accepted, and the sync stays."""

    def after_success(self, call: Call, sync: Sync | None) -> Sync | None:
        return sync if call.operation is Operation.DISCONNECT else super().after_success(call, sync)


class DisconnectDisables(Sibling):
    """Disconnecting disables the sync instead of dropping it."""

    def after_success(self, call: Call, sync: Sync | None) -> Sync | None:
        if call.operation is not Operation.DISCONNECT or sync is None:
            return super().after_success(call, sync)
        return replace(self.bound(call, sync), disabled=True)


class DisconnectWithoutMatching(Sibling):
    """A disconnect that names another provider or account drops the sync all the same."""

    def matches(self, call: Call, sync: Sync) -> bool:
        return call.operation is Operation.DISCONNECT or super().matches(call, sync)


class DisconnectLeavesAccount(Sibling):
    """The account of a disconnected sync is there again in the next one that is created."""

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._left: dict[str, str | None] = {}

    def created(self, call: Call, sync: Sync | None) -> Sync:
        created = super().created(call, sync)
        left = self._left.pop(call.staff_uid, None)
        return created if left is None else replace(created, account=left)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.DISCONNECT and before is not None and outcome.sync is None:
            self._left[call.staff_uid] = before.account
