"""Faults by which one staff member's calls change what another one is answered."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox.fault_rows import Inherited, Rows, instead_of, with_service
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.faults.states.effects import (
    always,
    changes_others,
    drops,
    errs_for_another,
    is_disabled,
    of_same_account,
    of_same_provider,
    others,
    sets,
)
from fuzz.sandbox.requests import Call, Operation
from fuzz.sandbox.responses import Due, StateError
from fuzz.sandbox.service import Behaviour, Outcome
from fuzz.sandbox.store import Sync

fault = Rows(FaultKind.LEAK)

disable_leaks = fault(
    "Disabling one staff member's sync disables everyone's of the same provider.",
    changes_others(Operation.DISABLE, of_same_provider, sets(disabled=True)),
)
disconnect_leaks = fault(
    "Disconnecting one staff member's sync drops every sync of the same provider.",
    changes_others(Operation.DISCONNECT, of_same_provider, drops),
)


@fault.by(instead_of(Behaviour.commit))
def first_account_leaks(
    service: Behaviour, inherited: Inherited[None], call: Call, before: Sync | None, outcome: Outcome
) -> None:
    """A first account is stored in every fresh sync of the same provider."""
    inherited(call, before, outcome)
    if before is None or before.account is not None or outcome.sync is None or outcome.sync.account is None:
        return
    for sync in others(service, call):
        if sync.account is None and sync.provider == outcome.sync.provider:
            service.store.save(replace(sync, account=outcome.sync.account))


@fault.mixin
class LastAccountCached(Behaviour):
    """Accounts are compared with the one that was stored last, by whomever."""

    last: str | None = None

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(given, self.last or kept)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if outcome.sync is not None and outcome.sync.account is not None and outcome.sync != before:
            self.last = outcome.sync.account


@fault.by(with_service(Behaviour.state_error))
def account_is_unique(service: Behaviour, error: Due, call: Call, sync: Sync | None) -> Due:
    """An account that another staff member's sync has cannot be bound."""
    if error is not None or sync is None or sync.account is not None:
        return error
    taken = any(other.account == call.account for other in others(service, call))
    return StateError.ALREADY_EXISTS if taken else None


@fault.by(with_service(Behaviour.state_error))
def lookup_by_account(service: Behaviour, error: Due, call: Call, sync: Sync | None) -> Due:
    """Whoever has no sync is judged by the one that has the named provider and account."""
    if error is not StateError.MISSING or call.operation is Operation.DISCONNECT:
        return error
    named = (call.provider, call.account)
    found = any((other.provider, other.account) == named and not other.disabled for other in others(service, call))
    return None if found else error


disabled_account_is_global = fault(
    "An account that is disabled for one staff member is disabled for all.",
    errs_for_another(StateError.INVALID, lambda call, other: is_disabled(call, other) and of_same_account(call, other)),
)
creation_enables_others = fault(
    "Creating a sync for one staff member enables everyone's.",
    changes_others(Operation.CREATE, always, sets(disabled=False)),
)
