"""Faults by which one staff member's calls change what another one is answered."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox.answers import StateError
from fuzz.sandbox.behaviour import Outcome
from fuzz.sandbox.calls import Call, Operation
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.people import People
from fuzz.sandbox.store import Store, Sync


class Leak(Dishonesty):
    """A mistake that couples staff members who should be independent."""

    kind = Kind.LEAK

    def others(self, call: Call) -> list[Sync]:
        """Every other staff member's sync."""
        return [sync for sync in self.store.syncs() if sync.staff_uid != call.staff_uid]


class DisableLeaks(Leak):
    """Disabling one staff member's sync disables everyone's of the same provider."""

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.DISABLE and outcome.answer.status == 200:
            for sync in self.others(call):
                if sync.provider == call.provider:
                    self.store.save(replace(sync, disabled=True))


class DisconnectLeaks(Leak):
    """Disconnecting one staff member's sync drops every sync of the same provider."""

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.DISCONNECT and outcome.answer.status == 200:
            for sync in self.others(call):
                if sync.provider == call.provider:
                    self.store.destroy(sync.staff_uid)


class FirstAccountLeaks(Leak):
    """A first account is stored in every fresh sync of the same provider."""

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if before is None or before.account is not None or outcome.sync is None or outcome.sync.account is None:
            return
        for sync in self.others(call):
            if sync.account is None and sync.provider == outcome.sync.provider:
                self.store.save(replace(sync, account=outcome.sync.account))


class LastAccountCached(Leak):
    """Accounts are compared with the one that was stored last, by whomever."""

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._last: str | None = None

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(given, self._last or kept)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if outcome.sync is not None and outcome.sync.account is not None and outcome.sync != before:
            self._last = outcome.sync.account


class AccountIsUnique(Leak):
    """An account that another staff member's sync has cannot be bound."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        error = super().state_error(call, sync)
        if error is not None or sync is None or sync.account is not None:
            return error
        taken = any(other.account == call.account for other in self.others(call))
        return StateError.ALREADY_EXISTS if taken else None


class LookupByAccount(Leak):
    """Whoever has no sync is judged by the one that has the named provider and account."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        error = super().state_error(call, sync)
        if error is not StateError.MISSING or call.operation is Operation.DISCONNECT:
            return error
        named = (call.provider, call.account)
        found = any((other.provider, other.account) == named and not other.disabled for other in self.others(call))
        return None if found else error


class DisabledAccountIsGlobal(Leak):
    """An account that is disabled for one staff member is disabled for all."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        error = super().state_error(call, sync)
        if error is not None:
            return error
        barred = any(other.disabled and other.account == call.account for other in self.others(call))
        return StateError.INVALID if barred else None


class CreationEnablesOthers(Leak):
    """Creating a sync for one staff member enables everyone's."""

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.CREATE:
            for sync in self.others(call):
                self.store.save(replace(sync, disabled=False))


class RefusedDisconnectDropsOwner(Leak):
    """A disconnect that is refused drops the sync of whoever has the named account."""

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.DISCONNECT and outcome.answer.status != 200:
            for sync in self.others(call):
                if sync.account == call.account:
                    self.store.destroy(sync.staff_uid)


class LookupByCalendarUid(Leak):
    """The sync is looked up by the calendar that the items name, so that another staff member's is not found."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        named = [item.get("external_calendar_uid") for item in call.items if isinstance(item, dict)]
        astray = any(other.uid in named for other in self.others(call))
        return super().state_error(call, sync) or (StateError.MISSING if astray else None)
