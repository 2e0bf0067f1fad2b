"""Faults of the state check: a state error that is never reported, or in the wrong state, or in the wrong order."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox.fault_rows import Rows, after, also, before
from fuzz.sandbox.faults.answers import state_error_answer
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.faults.states.effects import (
    always,
    finds_none,
    is_,
    is_disabled,
    is_fresh,
    is_single,
    matches,
    names_both_others,
    names_other_account,
    names_other_provider,
    on_state_error,
    sets,
    turns,
)
from fuzz.sandbox.requests import Call, Operation
from fuzz.sandbox.responses import StateError, server_error
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.store import Sync

MISSING, ALREADY_EXISTS, INVALID = StateError
fault = Rows(FaultKind.STATE_CHECK)
crash = Rows(FaultKind.CRASH)
sends = is_(Operation.SEND)

missing_never_said = fault("A staff member without a sync is answered 200.", turns(MISSING, None))
mismatch_never_said = fault("A call that names another provider or account is answered 200.", matches(always))
disabled_never_said = fault("A disabled sync takes items.", turns(INVALID, None))
disabled_before_mismatch = fault(
    "On a disabled sync, `invalid` is said before provider and account are compared.",
    before(Behaviour.state_error)(lambda call, sync: INVALID if is_disabled(call, sync) else None),
)
disabled_said_missing = fault("A disabled sync counts as none.", finds_none(is_disabled))
disabled_said_mismatch = fault(
    "A disabled sync that matches is answered `already_exists`.", turns(INVALID, ALREADY_EXISTS)
)
fresh_said_disabled = fault(
    "A sync without an account counts as disabled.",
    also(Behaviour.state_error)(lambda call, sync: INVALID if is_fresh(call, sync) else None),
)
fresh_said_missing = fault("A sync without an account counts as none.", finds_none(is_fresh))
fresh_said_mismatch = fault(
    "A sync without an account matches no account.",
    after(Behaviour.matches)(lambda matched, call, sync: matched and not is_fresh(call, sync)),
)
other_provider_said_missing = fault(
    "The sync is looked up by staff member and provider, so another provider finds none.",
    finds_none(names_other_provider),
)
other_account_said_missing = fault(
    "The sync is looked up by staff member and account, so another account finds none.",
    finds_none(names_other_account),
)
mismatch_of_both_accepted = fault(
    "Provider and account are compared by an exclusive or, so a call that differs in both is accepted.",
    matches(names_both_others),
)
either_is_enough = fault(
    "A call matches if its provider or its account is right.",
    before(Behaviour.matches)(lambda call, sync: call.provider == sync.provider or call.account == sync.account),
)
fresh_takes_any_provider = fault("Before an account is stored, the provider is not compared.", matches(is_fresh))


@fault.mixin
class FreshAdoptsProvider(Behaviour):
    """The first call's provider takes the place of the one that the sync was created with."""

    def matches(self, call: Call, sync: Sync) -> bool:
        return sync.account is None or super().matches(call, sync)

    def bind_account(self, call: Call, sync: Sync) -> Sync:
        adopted = replace(sync, provider=call.provider) if sync.account is None else sync
        return super().bind_account(call, adopted)


disabled_said_once = fault("To say `invalid` enables the sync again.", on_state_error(INVALID, sets(disabled=False)))
single_item_into_disabled = fault(
    "A call with `external_item` is not checked for a disabled sync.", turns(INVALID, None, is_single)
)
recurring_item_into_disabled = fault(
    "A call with an `rrule` is not checked for a disabled sync.",
    turns(INVALID, None, lambda call, sync: any("rrule" in item for item in call.item_objects)),
)
crash_when_disabled = crash(
    "Instead of `invalid`, the server falls over.", state_error_answer(INVALID, lambda answer, call: server_error())
)
crash_when_both_differ = crash(
    "The server falls over when provider and account both differ.",
    before(Behaviour.check_state)(
        lambda call, sync: server_error() if sends(call, sync) and names_both_others(call, sync) else None
    ),
)
