"""Faults of storing: an account that is kept when the call was refused, lost when it was accepted, or altered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fuzz.sandbox.fault_rows import Inherited, Override, Rows, after, instead_of
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.faults.states.effects import (
    always,
    is_disabled,
    is_fresh,
    is_single,
    names_both_others,
    names_other_provider,
    on_refusal,
    on_state_error,
    sets,
    stores_no_account,
    takes_account,
    takes_provider,
)
from fuzz.sandbox.requests import Call
from fuzz.sandbox.responses import StateError
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.store import Sync

fault = Rows(FaultKind.STORING)


def stores_account_as(alter: Callable[[str], str]) -> Override:
    """The account is altered before it is stored."""
    return after(Behaviour.bind_account)(
        lambda bound, call, sync: replace(bound, account=bound.account and alter(bound.account))
    )


def names_first_account_wrongly(call: Call, sync: Sync | None) -> bool:
    """The sync is fresh, and the call names another provider."""
    return is_fresh(call, sync) and names_other_provider(call, sync)


def names_bound_provider(call: Call, sync: Sync | None) -> bool:
    """The sync has an account and is enabled, and the call names its provider."""
    usable = sync is not None and sync.account is not None and not sync.disabled
    return usable and not names_other_provider(call, sync)


account_not_stored = fault("The first accepted call does not store its account.", stores_no_account(always))
single_item_stores_no_account = fault(
    "A first call with `external_item` does not store its account.", stores_no_account(is_single)
)
several_items_store_no_account = fault(
    "A first call with two or more items does not store its account.",
    stores_no_account(lambda call, sync: len(call.items) > 1),
)


@fault.by(instead_of(Behaviour.bind_account))
def empty_list_forgets_account(service: Behaviour, inherited: Inherited[Sync], call: Call, sync: Sync) -> Sync:
    """A matching call with an empty list is accepted, and the sync loses its account."""
    empty = call.body.get("external_items") == [] and not call.items
    return replace(sync, account=None) if empty and sync.account else inherited(call, sync)


mismatch_stores_first_account = fault(
    "A call with the wrong provider on a fresh sync is refused, but its account is stored.",
    on_refusal(names_first_account_wrongly, takes_account),
)
mismatch_replaces_account = fault(
    "A call with another account is refused, but its account takes the place of the stored one.",
    on_refusal(names_bound_provider, takes_account),
)
mismatch_replaces_provider = fault(
    "A call with another provider is refused, but its provider takes the place of the stored one.",
    on_refusal(always, takes_provider),
)
mismatch_forgets_account = fault(
    "A call that differs in provider and account is refused, and the stored account is lost.",
    on_refusal(names_both_others, sets(account=None)),
)
disabled_mismatch_replaces_account = fault(
    "A mismatched call on a disabled sync is refused, but its account takes the place of the stored one.",
    on_refusal(is_disabled, takes_account),
)
disabled_mismatch_enables = fault(
    "A mismatched call on a disabled sync is refused, and enables it.",
    on_state_error(StateError.ALREADY_EXISTS, sets(disabled=False)),
)
disabled_forgets_account = fault(
    "To say `invalid` costs the sync its account.", on_state_error(StateError.INVALID, sets(account=None))
)
account_stored_in_lower_case = fault(
    "The account is stored in lower case and compared exactly, so capitals no longer match themselves.",
    stores_account_as(str.lower),
)
account_stored_cut = fault(
    "The column is 40 characters wide, so a longer account no longer matches itself.",
    stores_account_as(lambda account: account[:40]),
)


@fault.mixin
class LastAccountWins(Behaviour):
    """On a bound sync any account of the right provider is accepted once and takes the stored one's place."""

    def matches(self, call: Call, sync: Sync) -> bool:
        return super().matches(call, sync) or self.same_provider(call.provider, sync.provider)

    def bind_account(self, call: Call, sync: Sync) -> Sync:
        return replace(super().bind_account(call, sync), account=call.account)
