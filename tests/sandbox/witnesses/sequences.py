"""Witnesses of the faults that need a history, another staff member, chance, or two calls at once."""

from __future__ import annotations

from fuzz.sandbox.faults import Fault
from tests.sandbox.scenarios import (
    ADA,
    BOB,
    OUTLOOK,
    connect,
    create,
    disable,
    disconnect,
    items,
    send,
    send_item,
    together,
)
from tests.sandbox.witnesses.witness import BOUND, DISABLED, FRESH, OK, OTHER, witness

DEEP_SEQUENCES = {
    Fault.DISABLED_TWICE_STAYS_DISABLED: witness(OK, "invalid", *DISABLED, *DISABLED, create(), send()),
    Fault.THIRD_CREATION_KEEPS_ACCOUNT: witness(OK, OTHER, *BOUND, *BOUND, create(), send(BOB)),
    Fault.FOURTH_ALTERNATION_KEEPS_PROVIDER: witness(
        OK, OTHER, create(), create(OUTLOOK), create(), create(OUTLOOK), send(ADA, OUTLOOK)
    ),
    Fault.CONNECT_RESURRECTS: witness("missing", OK, create(), disconnect(), create(), disconnect(), connect(), send()),
    Fault.TWICE_DISCONNECTED_IS_GONE: witness(
        OK, "missing", create(), disconnect(), create(), disconnect(), create(), send()
    ),
    Fault.THREE_MISMATCHES_LOCK: witness(OK, "invalid", *BOUND, send(BOB), send(BOB), send(BOB), send()),
    Fault.SIXTH_CALL_TAKES_ANY_ACCOUNT: witness(OTHER, OK, create(), *[send()] * 5, send(BOB)),
    Fault.THIRD_TRY_IS_ACCEPTED: witness(OTHER, OK, *BOUND, send(BOB), send(BOB), send(BOB)),
    Fault.DISABLED_THRICE_ENABLES: witness("invalid", OK, *DISABLED, disable(), disable(), send()),
    Fault.INVALID_MISMATCH_INVALID: witness("invalid", OK, *DISABLED, send(), send(BOB), send()),
    Fault.DISABLE_LOST_BETWEEN_CONNECTS: witness(
        "invalid", OK, create(), connect(), send(), connect(), disable(), send()
    ),
    Fault.ACCOUNT_SWAPS_AFTER_CONNECT: witness(
        OK, OTHER, create(), send(), connect(), send(), create(OUTLOOK), send(BOB, OUTLOOK)
    ),
}
SLOW_BURNS = {
    Fault.THIRTY_CALLS_TAKE_ANY_ACCOUNT: witness(OTHER, OK, create(), *[send()] * 30, send(BOB)),
    Fault.TWENTY_CALLS_FORGET_ACCOUNT: witness(OTHER, OK, create(), *[send()] * 20, send(BOB)),
    Fault.TWO_HUNDRED_ITEMS_FULL: witness(OK, "invalid", create(), *[send(**items(count=50))] * 4, send()),
    Fault.TEN_CREATIONS_KEEP_ACCOUNT: witness(OK, OTHER, *[create()] * 9, send(), create(), send(BOB)),
    Fault.TWENTY_REFUSALS_DISABLE: witness(OK, "invalid", *BOUND, *[send(BOB)] * 20, send()),
    Fault.RETURNING_ACCOUNT_REFUSED: witness(OK, OTHER, *BOUND, create(), send(BOB), create(), send()),
}
LEAKS = {
    Fault.DISABLE_LEAKS: witness(OK, "invalid", *FRESH, create(who=1), disable(who=1), send()),
    Fault.DISCONNECT_LEAKS: witness(OK, "missing", *FRESH, create(who=1), disconnect(who=1), send()),
    Fault.FIRST_ACCOUNT_LEAKS: witness(OK, OTHER, *FRESH, create(who=1), send(BOB, who=1), send()),
    Fault.LAST_ACCOUNT_CACHED: witness(OK, OTHER, *BOUND, create(who=1), send(BOB, who=1), send()),
    Fault.ACCOUNT_IS_UNIQUE: witness(OK, OTHER, *FRESH, create(who=1), send(who=1), send()),
    Fault.LOOKUP_BY_ACCOUNT: witness("missing", OK, create(who=1), send(who=1), send()),
    Fault.DISABLED_ACCOUNT_IS_GLOBAL: witness(OK, "invalid", *FRESH, create(who=1), disable(who=1), send()),
    Fault.CREATION_ENABLES_OTHERS: witness("invalid", OK, *DISABLED, create(who=1), send()),
    Fault.LOOKUP_BY_CALENDAR_UID: witness(
        OK, "missing", *BOUND, create(who=1), send_item(external_calendar_uid="{{calendar of the second}}")
    ),
    Fault.REFUSED_DISCONNECT_DROPS_OWNER: witness(
        OK, "missing", *BOUND, create(who=1), send(BOB, who=1), disconnect(who=1), send()
    ),
}
RACES = {
    Fault.TWO_FIRST_ACCOUNTS_ACCEPTED: witness(OTHER, OK, *FRESH, together(send(), send(BOB))),
    Fault.NO_TOKEN_WHILE_ANOTHER_CALLS: witness("refused 401", OK, *BOUND, together(send(), send(token=None))),
    Fault.TWO_DISABLES_CRASH: witness("invalid", "500", *BOUND, together(disable(), disable())),
    Fault.DISABLE_LOST_TO_SEND: witness("invalid", OK, *BOUND, together(send(), disable()), send()),
    Fault.CREATION_LOST_TO_SEND: witness(OK, OTHER, *BOUND, together(send(), create(OUTLOOK)), send(ADA, OUTLOOK)),
    Fault.CREATION_LOST_TO_DISABLE: witness(
        OK, OTHER, *BOUND, together(disable(), create(OUTLOOK)), send(ADA, OUTLOOK)
    ),
    Fault.STAFF_MIXED_UP_AT_ONCE: witness(
        OK, OTHER, *BOUND, create(who=1), send(BOB, who=1), together(send(BOB, who=1), send())
    ),
    Fault.ACCOUNT_MIXED_UP_AT_ONCE: witness(
        OK, OTHER, *FRESH, create(who=1), together(send(), send(BOB, who=1)), send()
    ),
}
# The last step of these is repeated until the fault shows.
INTERMITTENTS = {
    Fault.MISMATCH_ACCEPTED_ONCE_IN_7: witness(OTHER, OK, *BOUND, send(BOB)),
    Fault.DISABLED_ACCEPTED_ONCE_IN_20: witness("invalid", OK, *DISABLED, send()),
    Fault.MATCH_SAID_MISSING_ONCE_IN_20: witness(OK, "missing", *BOUND, send()),
    Fault.CRASH_ONCE_IN_15: witness(OK, "500", *BOUND, send()),
    Fault.ACCOUNT_LOST_ONCE_IN_7: witness(OTHER, OK, *FRESH, send(), send(BOB)),
}
