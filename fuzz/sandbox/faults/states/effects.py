"""The parts from which faults of the state are composed: conditions on call and sync, effects, and overrides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fuzz.sandbox.fault_rows import Inherited, Override, after, before, instead_of, with_service
from fuzz.sandbox.requests import Call, Operation
from fuzz.sandbox.responses import Due, StateError
from fuzz.sandbox.service import Behaviour, Outcome
from fuzz.sandbox.store import Store, Sync

Condition = Callable[[Call, Sync | None], bool]
Effect = Callable[[Call, Sync], Sync | None]


def always(call: Call, sync: Sync | None) -> bool:
    """Holds for every call."""
    return True


def is_fresh(call: Call, sync: Sync | None) -> bool:
    """There is a sync, and it has no account yet."""
    return sync is not None and sync.account is None


def is_disabled(call: Call, sync: Sync | None) -> bool:
    """There is a sync, and it is disabled."""
    return sync is not None and sync.disabled


def names_other_provider(call: Call, sync: Sync | None) -> bool:
    """There is a sync, and the call names another provider."""
    return sync is not None and call.provider != sync.provider


def names_other_account(call: Call, sync: Sync | None) -> bool:
    """There is a sync with an account, and the call names another one."""
    return sync is not None and sync.account not in (None, call.account)


def names_both_others(call: Call, sync: Sync | None) -> bool:
    """There is a sync with an account, and the call names another provider and another account."""
    return names_other_provider(call, sync) and names_other_account(call, sync)


def is_single(call: Call, sync: Sync | None) -> bool:
    """The item comes as `external_item`."""
    return call.single


def is_(operation: Operation) -> Condition:
    """The call is of this operation."""
    return lambda call, sync: call.operation is operation


def takes_account(call: Call, sync: Sync) -> Sync:
    """The sync has the account that the call names."""
    return replace(sync, account=call.account)


def takes_provider(call: Call, sync: Sync) -> Sync:
    """The sync has the provider that the call names."""
    return replace(sync, provider=call.provider)


def drops(call: Call, sync: Sync) -> None:
    """There is no sync any more."""


def sets(**fields: Any) -> Effect:
    """Fields of the sync have these values."""
    return lambda call, sync: replace(sync, **fields)


def finds_none(when: Condition) -> Override:
    """The state is checked as if there were no sync."""
    return instead_of(Behaviour.state_error)(
        lambda service, inherited, call, sync: inherited(call, None if when(call, sync) else sync)
    )


def turns(due: StateError, into: Due, when: Condition = always) -> Override:
    """Another state error, or none, takes the place of the one that is due."""
    return after(Behaviour.state_error)(lambda error, call, sync: into if error is due and when(call, sync) else error)


def matches(when: Condition) -> Override:
    """The call counts as matching the sync."""
    return before(Behaviour.matches)(lambda call, sync: when(call, sync))


def stores_no_account(when: Condition) -> Override:
    """The account that the call names is not stored."""
    return instead_of(Behaviour.bind_account)(
        lambda service, inherited, call, sync: sync if when(call, sync) else inherited(call, sync)
    )


def on_refusal(when: Condition, effect: Effect) -> Override:
    """A call that is refused changes the sync."""
    return after(Behaviour.sync_after_refusal)(
        lambda kept, call, sync: effect(call, kept) if kept is not None and when(call, kept) else kept
    )


def on_state_error(due: StateError, effect: Effect) -> Override:
    """A call that is refused with this state error changes the sync."""

    def sync_after_refusal(service: Behaviour, kept: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
        return effect(call, kept) if kept is not None and service.state_error(call, sync) is due else kept

    return with_service(Behaviour.sync_after_refusal)(sync_after_refusal)


def on_success(when: Condition, effect: Effect) -> Override:
    """A call that is accepted changes the sync otherwise, if there is one afterwards."""
    return after(Behaviour.sync_after_success)(
        lambda changed, call, sync: effect(call, changed) if changed is not None and when(call, sync) else changed
    )


def changes_others(operation: Operation, whose: Condition, effect: Effect, *, accepted: bool = True) -> Override:
    """A call of this operation that is accepted (or refused) changes syncs of other staff members."""

    def commit(
        service: Behaviour, inherited: Inherited[None], call: Call, before: Sync | None, outcome: Outcome
    ) -> None:
        inherited(call, before, outcome)
        if call.operation is operation and accepted == (outcome.answer.status == 200):
            for sync in others(service, call):
                if whose(call, sync):
                    _replace_in(service.store, sync, effect(call, sync))

    return instead_of(Behaviour.commit)(commit)


def errs_for_another(error: StateError, whose: Condition) -> Override:
    """A call that is in order meets this state error because of another staff member's sync."""

    def state_error(service: Behaviour, due: Due, call: Call, sync: Sync | None) -> Due:
        return due or (error if any(whose(call, other) for other in others(service, call)) else None)

    return with_service(Behaviour.state_error)(state_error)


def others(service: Behaviour, call: Call) -> list[Sync]:
    """The syncs of all other staff members."""
    return [sync for sync in service.store.syncs() if sync.staff_uid != call.staff_uid]


def of_same_provider(call: Call, sync: Sync | None) -> bool:
    """The sync has the provider that the call names."""
    return sync is not None and sync.provider == call.provider


def of_same_account(call: Call, sync: Sync | None) -> bool:
    """The sync has the account that the call names."""
    return sync is not None and sync.account == call.account


def _replace_in(store: Store, sync: Sync, changed: Sync | None) -> None:
    if changed is None:
        store.destroy(sync.staff_uid)
    else:
        store.save(changed)
