"""Faults that need many calls: a pattern in the last ones of a staff member, or a number of calls, items, creations."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox.fault_rows import Rows, with_service
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.faults.sequences.history import History, RemembersCalls, by_history
from fuzz.sandbox.faults.states.siblings import says_disabled
from fuzz.sandbox.requests import Call, Operation
from fuzz.sandbox.responses import Due, StateError
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.store import Sync

CREATE, SEND, CONNECT, DISABLE, DISCONNECT = Operation
deep = Rows(FaultKind.DEEP_SEQUENCE, base=RemembersCalls)
slow_burn = Rows(FaultKind.SLOW_BURN, base=RemembersCalls)


@deep.by(by_history(Behaviour.create_sync))
def disabled_twice_stays_disabled(history: History, created: Sync, call: Call, sync: Sync | None) -> Sync:
    """A sync created after two rounds of create and disable is disabled."""
    twice = history.moves_end_with(CREATE, DISABLE, CREATE, DISABLE)
    return replace(created, disabled=True) if twice else created


@deep.by(by_history(Behaviour.create_sync))
def third_creation_keeps_account(history: History, created: Sync, call: Call, sync: Sync | None) -> Sync:
    """The sync created after two rounds of create and send has the old one's account."""
    third = history.ends_with(CREATE, SEND, CREATE, SEND)
    return replace(created, account=sync.account) if third and sync is not None else created


@deep.by(by_history(Behaviour.create_sync))
def fourth_alternation_keeps_provider(history: History, created: Sync, call: Call, sync: Sync | None) -> Sync:
    """Of four creations in a row, the fourth keeps the provider that the third had."""
    fourth = history.ends_with(CREATE, CREATE, CREATE)
    return replace(created, provider=sync.provider) if fourth and sync is not None else created


@deep.by(by_history(Behaviour.find_sync))
def connect_resurrects(history: History, sync: Sync | None, call: Call) -> Sync | None:
    """After two rounds of create and disconnect, connecting brings the sync back without an error."""
    twice = history.moves_end_with(CREATE, DISCONNECT, CREATE, DISCONNECT)
    if sync is None and call.operation is CONNECT and twice:
        return Sync(staff_uid=call.staff_uid, uid="resurrected", provider=call.provider)
    return sync


@deep.by(by_history(Behaviour.find_sync))
def twice_disconnected_is_gone(history: History, sync: Sync | None, call: Call) -> Sync | None:
    """The sync created after two rounds of create and disconnect is not found."""
    twice = history.moves_end_with(CREATE, DISCONNECT, CREATE, DISCONNECT, CREATE)
    return None if twice and call.operation is not CREATE else sync


@deep.by(with_service(Behaviour.sync_after_refusal))
def three_mismatches_lock(service: RemembersCalls, kept: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
    """Three mismatched calls in a row disable the sync."""
    mismatched = service.state_error(call, sync) is StateError.ALREADY_EXISTS
    third = mismatched and [past.status for past in service.history(call).last(2)] == [422, 422]
    return replace(kept, disabled=True) if third and kept is not None and kept.account else kept


@deep.by(by_history(Behaviour.matches))
def sixth_call_takes_any_account(history: History, matched: bool, call: Call, sync: Sync) -> bool:
    """After five accepted calls in a row any account of the right provider is accepted."""
    five = history.ends_with(*[SEND] * 5) and all(past.accepted for past in history.last(1))
    return matched or (five and call.provider == sync.provider)


@deep.by(by_history(Behaviour.matches))
def third_try_is_accepted(history: History, matched: bool, call: Call, sync: Sync) -> bool:
    """A wrong account that was refused twice in a row is accepted the third time."""
    last = [(past.status, past.account) for past in history.last(2)]
    return matched or (last == [(422, call.account)] * 2 and call.provider == sync.provider)


@deep.by(by_history(Behaviour.sync_after_refusal))
def disabled_thrice_enables(history: History, kept: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
    """Two disables that a disabled sync refused enable it."""
    last = [past.operation for past in history.last(2)]
    thrice = call.operation is DISABLE and last == [DISABLE, DISABLE]
    return replace(kept, disabled=False) if thrice and kept is not None else kept


@deep.by(by_history(Behaviour.state_error))
def invalid_mismatch_invalid(history: History, error: Due, call: Call, sync: Sync | None) -> Due:
    """On a disabled sync a matching, a mismatching and a matching call in a row end in 200."""
    if error is not StateError.INVALID or sync is None:
        return error
    last = history.last(2)
    matched = [(past.provider, past.account) == (sync.provider, sync.account) for past in last]
    return None if matched == [True, False] and all(past.status == 422 for past in last) else error


def _lost_between_connects(history: History, changed: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
    lost = call.operation is DISABLE and history.ends_with(CONNECT, SEND, CONNECT)
    return replace(changed, disabled=False) if lost and changed is not None else changed


disable_lost_between_connects = deep(
    "After connect, send and connect in a row, disabling answers a record that is disabled, and does not disable.",
    by_history(Behaviour.sync_after_success)(_lost_between_connects),
    says_disabled,
)


@deep.by(by_history(Behaviour.create_sync))
def account_swaps_after_connect(history: History, created: Sync, call: Call, sync: Sync | None) -> Sync:
    """After send, connect and send in a row, a sync re-created for another provider has the account still."""
    swaps = history.ends_with(SEND, CONNECT, SEND)
    other = sync is not None and sync.provider != created.provider
    return replace(created, account=sync.account) if swaps and other and sync is not None else created


@slow_burn.by(by_history(Behaviour.matches))
def thirty_calls_take_any_account(history: History, matched: bool, call: Call, sync: Sync) -> bool:
    """After 30 accepted calls on one sync any account of the right provider is accepted."""
    return matched or (history.accepted_by_sync >= 30 and call.provider == sync.provider)


@slow_burn.by(by_history(Behaviour.sync_after_success))
def twenty_calls_forget_account(history: History, changed: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
    """The twentieth accepted call on one sync loses the account."""
    return replace(changed, account=None) if changed is not None and history.accepted_by_sync == 19 else changed


@slow_burn.by(by_history(Behaviour.state_error))
def two_hundred_items_full(history: History, error: Due, call: Call, sync: Sync | None) -> Due:
    """A sync that has taken 200 items says that it is disabled."""
    full = history.items_in_sync >= 200 and call.operation is SEND
    return error or (StateError.INVALID if full else None)


@slow_burn.by(by_history(Behaviour.create_sync))
def ten_creations_keep_account(history: History, created: Sync, call: Call, sync: Sync | None) -> Sync:
    """From a staff member's tenth creation on, the new sync has the old one's account."""
    return replace(created, account=sync.account) if history.creations >= 9 and sync is not None else created


@slow_burn.by(by_history(Behaviour.sync_after_refusal))
def twenty_refusals_disable(history: History, kept: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
    """The twentieth call that one sync refuses disables it."""
    if kept is None or kept.account is None or history.refused_by_sync != 19:
        return kept
    return replace(kept, disabled=True)


@slow_burn.by(by_history(Behaviour.state_error))
def returning_account_refused(history: History, error: Due, call: Call, sync: Sync | None) -> Due:
    """An account that a staff member had in an earlier sync, and left for another one, cannot be bound again."""
    left = history.accounts_left
    returns = call.account in left and len(left) > 1 and sync is not None and sync.account is None
    return error or (StateError.ALREADY_EXISTS if returns else None)
