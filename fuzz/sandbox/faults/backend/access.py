"""Faults of access to records: a refused call changes one, or one is found by the wrong column."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox.fault_rows import Rows, after, before, with_service
from fuzz.sandbox.faults.backend.tokens import ActsOnRefusedTokens
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.faults.states.effects import changes_others, drops, errs_for_another, of_same_account, takes_account
from fuzz.sandbox.requests import Call, Operation
from fuzz.sandbox.responses import StateError
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.store import Sync

refused_token = Rows(FaultKind.TOKEN, base=ActsOnRefusedTokens)
storing = Rows(FaultKind.STORING)
leak = Rows(FaultKind.LEAK)
near_miss = Rows(FaultKind.NEAR_MISS)
after_refused_token = after(ActsOnRefusedTokens.sync_after_refused_token)

refused_token_replaces_account = refused_token(
    "A call without a good token is refused, but its account takes the stored one's place.",
    after_refused_token(lambda kept, call, sync: takes_account(call, kept) if kept.account is not None else kept),
)
refused_token_forgets_account = refused_token(
    "A call without a good token is refused, and costs the sync its account.",
    after_refused_token(lambda kept, call, sync: replace(kept, account=None)),
)
refused_token_enables = refused_token(
    "A call without a good token is refused, but enables a disabled sync.",
    after_refused_token(lambda kept, call, sync: replace(kept, disabled=False)),
)


@storing.by(with_service(Behaviour.sync_after_refusal))
def broken_mismatch_replaces_provider(
    service: Behaviour, kept: Sync | None, call: Call, sync: Sync | None
) -> Sync | None:
    """A call that names another provider, and whose payload is broken as well, makes the sync one of that provider."""
    mismatched = service.state_error(call, sync) is StateError.ALREADY_EXISTS
    broken = kept is not None and mismatched and service.check_payload(call, sync) is not None
    return replace(kept, provider=call.provider) if kept is not None and broken else kept


refused_disconnect_drops_owner = leak(
    "A disconnect that is refused drops the sync of whoever has the named account.",
    changes_others(Operation.DISCONNECT, of_same_account, drops, accepted=False),
)
lookup_by_calendar_uid = leak(
    "The sync is looked up by the calendar that the items name, so that another staff member's is not found.",
    errs_for_another(
        StateError.MISSING,
        lambda call, other: any(other and item.get("external_calendar_uid") == other.uid for item in call.item_objects),
    ),
)
account_in_ascii = near_miss(
    "Accounts are compared in a column of ASCII, where every other letter is a question mark.",
    before(Behaviour.same_account)(
        lambda given, kept: given.encode("ascii", "replace") == kept.encode("ascii", "replace")
    ),
)
