"""For each fault a scenario that shows it, with two answers to its last step: the honest one and the fault's."""

from __future__ import annotations

from fuzz.sandbox.faults import Fault
from tests.sandbox.backend_witnesses import GATEWAY, RECORDS
from tests.sandbox.payload_witnesses import CRASHES, DATES, ENCODINGS, PAYLOADS, TOKENS
from tests.sandbox.scenarios import (
    ADA,
    BOB,
    MOCK,
    OUTLOOK,
    connect,
    create,
    disable,
    disconnect,
    items,
    send,
    send_item,
    send_one,
    together,
)
from tests.sandbox.witness import BOUND, DISABLED, FRESH, LONG, OK, OTHER, REFUSED, Witness, bound_to, witness

STATE_CHECKS = {
    Fault.MISSING_NEVER_SAID: witness("missing", OK, send()),
    Fault.MISMATCH_NEVER_SAID: witness(OTHER, OK, *BOUND, send(BOB)),
    Fault.DISABLED_NEVER_SAID: witness("invalid", OK, *DISABLED, send()),
    Fault.DISABLED_BEFORE_MISMATCH: witness(OTHER, "invalid", *DISABLED, send(BOB)),
    Fault.DISABLED_SAID_MISSING: witness("invalid", "missing", *DISABLED, send()),
    Fault.DISABLED_SAID_MISMATCH: witness("invalid", OTHER, *DISABLED, send()),
    Fault.FRESH_SAID_DISABLED: witness(OK, "invalid", *FRESH, send()),
    Fault.FRESH_SAID_MISSING: witness(OK, "missing", *FRESH, send()),
    Fault.FRESH_SAID_MISMATCH: witness(OK, OTHER, *FRESH, send()),
    Fault.OTHER_PROVIDER_SAID_MISSING: witness(OTHER, "missing", *FRESH, send(ADA, OUTLOOK)),
    Fault.OTHER_ACCOUNT_SAID_MISSING: witness(OTHER, "missing", *BOUND, send(BOB)),
    Fault.MISMATCH_OF_BOTH_ACCEPTED: witness(OTHER, OK, *BOUND, send(BOB, OUTLOOK)),
    Fault.EITHER_IS_ENOUGH: witness(OTHER, OK, *BOUND, send(BOB)),
    Fault.FRESH_TAKES_ANY_PROVIDER: witness(OTHER, OK, *FRESH, send(ADA, OUTLOOK)),
    Fault.FRESH_ADOPTS_PROVIDER: witness(OTHER, OK, *FRESH, send(ADA, OUTLOOK)),
    Fault.DISABLED_SAID_ONCE: witness("invalid", OK, *DISABLED, send(), send()),
    Fault.SINGLE_ITEM_INTO_DISABLED: witness("invalid", OK, *DISABLED, send_one()),
    Fault.RECURRING_ITEM_INTO_DISABLED: witness("invalid", OK, *DISABLED, send_item(rrule=["RRULE:FREQ=DAILY"])),
    Fault.CRASH_WHEN_DISABLED: witness("invalid", "500", *DISABLED, send()),
    Fault.CRASH_WHEN_BOTH_DIFFER: witness(OTHER, "500", *BOUND, send(BOB, OUTLOOK)),
}
NEAR_MISSES = {
    Fault.PROVIDER_NOT_COMPARED: witness(OTHER, OK, *FRESH, send(ADA, OUTLOOK)),
    Fault.PROVIDER_IGNORES_CASE: witness(OTHER, OK, *FRESH, send(ADA, "Google_V3")),
    Fault.PROVIDER_TRIMMED: witness(OTHER, OK, *FRESH, send(ADA, "google_v3 ")),
    Fault.PROVIDER_BY_PREFIX: witness(OTHER, OK, *FRESH, send(ADA, "google_v3x")),
    Fault.PROVIDER_CUT_SHORT: witness(OTHER, OK, *FRESH, send(ADA, "google_v")),
    Fault.PROVIDER_BY_FAMILY: witness(OTHER, OK, *FRESH, send(ADA, "google_v2")),
    Fault.ACCOUNT_NOT_COMPARED: witness(OTHER, OK, *BOUND, send(BOB)),
    Fault.ACCOUNT_BY_PREFIX: witness(OTHER, OK, *BOUND, send(ADA + "x")),
    Fault.ACCOUNT_BY_SUFFIX: witness(OTHER, OK, *BOUND, send("x" + ADA)),
    Fault.ACCOUNT_CUT_SHORT: witness(OTHER, OK, *BOUND, send(ADA[:-1])),
    Fault.ACCOUNT_WITHOUT_DOMAIN: witness(OTHER, OK, *BOUND, send("ada@example.org")),
    Fault.ACCOUNT_IN_ASCII: witness(OTHER, OK, *bound_to("müller@example.com", then="möller@example.com")),
    Fault.ACCOUNT_DOMAIN_ONLY: witness(OTHER, OK, *BOUND, send(BOB)),
    Fault.ACCOUNT_FIRST_20: witness(OTHER, OK, *bound_to(LONG[:20], then=LONG[:20] + "b")),
    Fault.ACCOUNT_FIRST_32: witness(OTHER, OK, *bound_to(LONG[:32], then=LONG[:32] + "b")),
    Fault.ACCOUNT_FIRST_64: witness(OTHER, OK, *bound_to(LONG[:64], then=LONG[:64] + "b")),
    Fault.ACCOUNT_FIRST_255: witness(OTHER, OK, *bound_to(LONG[:255], then=LONG[:255] + "b")),
    Fault.ACCOUNT_TAG_IGNORED: witness(OTHER, OK, *BOUND, send("ada+calendar@example.com")),
    Fault.ACCOUNT_DOTS_IGNORED: witness(OTHER, OK, *BOUND, send("a.da@example.com")),
    Fault.GOOGLEMAIL_IS_GMAIL: witness(OTHER, OK, *bound_to("ada@gmail.com", then="ada@googlemail.com")),
    Fault.ACCOUNT_UNDERSCORE_IS_ANY_LETTER: witness(
        OTHER, OK, *bound_to("ada_l@example.com", then="adaxl@example.com")
    ),
    Fault.ACCOUNT_DOT_IS_ANY_LETTER: witness(OTHER, OK, *bound_to("ada.l@example.com", then="adaxl@example.com")),
    Fault.ACCOUNT_DASHES_ALIKE: witness(OTHER, OK, *bound_to("ada_l@example.com", then="ada-l@example.com")),
    Fault.ACCOUNT_QUOTES_DOUBLED: witness(OTHER, OK, *bound_to("o'brien@example.com", then="o''brien@example.com")),
    Fault.PROVIDER_BY_APP_NAME: witness(OTHER, OK, *BOUND, send(ADA, "googlewaysync")),
    Fault.SINGLE_ITEM_FOR_ANY_PROVIDER: witness(OTHER, OK, *BOUND, send_one(provider=OUTLOOK)),
    Fault.MANY_ITEMS_FOR_ANY_PROVIDER: witness(OTHER, OK, *BOUND, send(ADA, OUTLOOK, **items(count=10))),
    Fault.MOCK_TAKES_ANY_ACCOUNT: witness(OTHER, OK, create(MOCK), send(ADA, MOCK), send(BOB, MOCK)),
}
STORING = {
    Fault.ACCOUNT_NOT_STORED: witness(OTHER, OK, *BOUND, send(BOB)),
    Fault.SINGLE_ITEM_STORES_NO_ACCOUNT: witness(OTHER, OK, *FRESH, send_one(), send(BOB)),
    Fault.SEVERAL_ITEMS_STORE_NO_ACCOUNT: witness(OTHER, OK, *FRESH, send(**items(count=2)), send(BOB)),
    Fault.EMPTY_LIST_FORGETS_ACCOUNT: witness(OTHER, OK, *BOUND, send(external_items=[]), send(BOB)),
    Fault.MISMATCH_STORES_FIRST_ACCOUNT: witness(OK, OTHER, *FRESH, send(BOB, OUTLOOK), send()),
    Fault.MISMATCH_REPLACES_ACCOUNT: witness(OK, OTHER, *BOUND, send(BOB), send()),
    Fault.MISMATCH_REPLACES_PROVIDER: witness(OK, OTHER, *FRESH, send(ADA, OUTLOOK), send()),
    Fault.MISMATCH_FORGETS_ACCOUNT: witness(OTHER, OK, *BOUND, send(BOB, OUTLOOK), send(BOB)),
    Fault.DISABLED_MISMATCH_REPLACES_ACCOUNT: witness("invalid", OTHER, *DISABLED, send(BOB), send()),
    Fault.DISABLED_MISMATCH_ENABLES: witness("invalid", OK, *DISABLED, send(BOB), send()),
    Fault.DISABLED_FORGETS_ACCOUNT: witness(OTHER, "invalid", *DISABLED, send(), send(BOB)),
    Fault.ACCOUNT_STORED_IN_LOWER_CASE: witness(OK, OTHER, *FRESH, send("Ada"), send("Ada")),
    Fault.ACCOUNT_STORED_CUT: witness(OK, OTHER, *FRESH, send(LONG[:41]), send(LONG[:41])),
    Fault.LAST_ACCOUNT_WINS: witness(OTHER, OK, *BOUND, send(BOB)),
    Fault.BROKEN_MISMATCH_REPLACES_PROVIDER: witness(OK, OTHER, *BOUND, send(ADA, OUTLOOK, external_items=[5]), send()),
}
RECREATIONS = {
    Fault.RECREATION_KEEPS_ACCOUNT: witness(OK, OTHER, *BOUND, create(OUTLOOK), send(BOB, OUTLOOK)),
    Fault.RECREATION_KEEPS_ACCOUNT_OF_SAME_PROVIDER: witness(OK, OTHER, *BOUND, create(), send(BOB)),
    Fault.RECREATION_KEEPS_DISABLED: witness(OK, "invalid", *DISABLED, create(), send()),
    Fault.RECREATION_KEEPS_PROVIDER: witness(OK, OTHER, *FRESH, create(OUTLOOK), send(ADA, OUTLOOK)),
    Fault.RECREATION_KEEPS_ENABLED_SYNC: witness(OK, OTHER, *BOUND, create(), send(BOB)),
    Fault.RECREATION_ONLY_DESTROYS: witness(OK, "missing", *FRESH, create(), send()),
    Fault.RECREATION_REFUSED: witness(OK, OTHER, *BOUND, create()),
    Fault.RECREATION_FORGETS_EVERYONE: witness(OK, "missing", *FRESH, create(who=1), send()),
    Fault.RECREATION_REMEMBERS_DISABLED_ACCOUNT: witness(OK, "invalid", *DISABLED, create(), send()),
    Fault.CREATION_IGNORES_APP: witness(OK, OTHER, create(OUTLOOK), send(ADA, OUTLOOK)),
    Fault.CREATION_WITHOUT_UID: witness(OK, "odd 200", create()),
    Fault.CREATION_WRAPS_RECORD: witness(OK, "odd 200", create()),
    Fault.CREATION_ANSWERS_201: witness(OK, "odd 201", create()),
}
SIBLINGS = {
    Fault.CONNECT_REPLACES_ACCOUNT: witness(OK, OTHER, *BOUND, connect(BOB), send()),
    Fault.CONNECT_STORES_NO_ACCOUNT: witness(OTHER, OK, *FRESH, connect(), send(BOB)),
    Fault.DISABLE_WITHOUT_MATCHING: witness(OK, "invalid", *BOUND, disable(BOB), send()),
    Fault.DISABLE_REFUSED_BUT_DONE: witness(OK, "invalid", *BOUND, disable(BOB), send()),
    Fault.DISABLE_FORGETS_ACCOUNT: witness(OTHER, "invalid", *BOUND, disable(), send(BOB)),
    Fault.DISABLE_DOES_NOTHING: witness("invalid", OK, *DISABLED, send()),
    Fault.DISABLE_DISCONNECTS: witness("invalid", "missing", *DISABLED, send()),
    Fault.DISCONNECT_DOES_NOTHING: witness("missing", OK, *FRESH, disconnect(), send()),
    Fault.DISCONNECT_DISABLES: witness("missing", "invalid", *FRESH, disconnect(), send()),
    Fault.DISCONNECT_WITHOUT_MATCHING: witness(OK, "missing", *BOUND, disconnect(BOB), send()),
    Fault.DISCONNECT_LEAVES_ACCOUNT: witness(OK, OTHER, *BOUND, disconnect(), create(), send(BOB)),
}
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
MESSAGES = {
    Fault.MISSING_CODE_NOT_FOUND: witness("missing", REFUSED, send()),
    Fault.MISSING_MESSAGE_IS_SWAGGERS: witness("missing", REFUSED, send()),
    Fault.MISSING_IS_404: witness("missing", "refused 404", send()),
    Fault.MISMATCH_CODE_CONFLICT: witness(OTHER, REFUSED, *FRESH, send(ADA, OUTLOOK)),
    Fault.MISMATCH_MESSAGE_NAMES_ACCOUNT: witness(OTHER, REFUSED, *FRESH, send(ADA, OUTLOOK)),
    Fault.MISMATCH_IS_409: witness(OTHER, "refused 409", *FRESH, send(ADA, OUTLOOK)),
    Fault.MISMATCH_SAYS_MISSING: witness(OTHER, REFUSED, *FRESH, send(ADA, OUTLOOK)),
    Fault.DISABLED_CODE_IS_DISABLED: witness("invalid", REFUSED, *DISABLED, send()),
    Fault.DISABLED_MESSAGE_HAS_FULL_STOP: witness("invalid", REFUSED, *DISABLED, send()),
    Fault.DISABLED_IS_403: witness("invalid", "refused 403", *DISABLED, send()),
    Fault.CODES_IN_CAPITALS: witness("missing", REFUSED, send()),
    Fault.STATE_ERRORS_ARE_200: witness("missing", "odd 200", send()),
}
BODY_SHAPES = {
    Fault.ERROR_SAYS_SUCCESS: witness("missing", REFUSED, send()),
    Fault.ERROR_WITHOUT_FLAG: witness("missing", REFUSED, send()),
    Fault.ERROR_AS_IN_SWAGGER: witness("missing", REFUSED, send()),
    Fault.TWO_ERRORS: witness("missing", REFUSED, send()),
    Fault.ERRORS_ARE_NO_LIST: witness("missing", REFUSED, send()),
    Fault.ERROR_PAGE: witness("missing", REFUSED, send()),
    Fault.ERROR_WITHOUT_BODY: witness("missing", REFUSED, send()),
    Fault.SUCCESS_AS_IN_SWAGGER: witness(OK, "odd 200", *BOUND),
    Fault.SUCCESS_WITHOUT_DATA: witness(OK, "odd 200", *BOUND),
    Fault.SUCCESS_SAYS_FALSE: witness(OK, "odd 200", *BOUND),
    Fault.SUCCESS_DATA_SAYS_FALSE: witness(OK, "odd 200", *BOUND),
    Fault.SUCCESS_WITH_ERROR: witness(OK, "odd 200", *BOUND),
    Fault.SUCCESS_IS_201: witness(OK, "odd 201", *BOUND),
    Fault.MISMATCH_CUT_SHORT: witness(OTHER, REFUSED, *BOUND, send(BOB)),
    Fault.DISABLED_PAGE: witness("invalid", REFUSED, *DISABLED, send()),
    Fault.SUCCESS_IS_204: witness(OK, "odd 204", *BOUND),
}
RACES = {
    Fault.TWO_FIRST_ACCOUNTS_ACCEPTED: witness(OTHER, OK, *FRESH, together(send(), send(BOB))),
    Fault.NO_TOKEN_WHILE_ANOTHER_CALLS: witness("refused 401", OK, *BOUND, together(send(), send(token=None))),
    Fault.TWO_DISABLES_CRASH: witness("invalid", "500", *BOUND, together(disable(), disable())),
    Fault.DISABLE_LOST_TO_SEND: witness("invalid", OK, *BOUND, together(send(), disable()), send()),
    Fault.CREATION_LOST_TO_SEND: witness(OK, OTHER, *BOUND, together(send(), create(OUTLOOK)), send(ADA, OUTLOOK)),
    Fault.DISCONNECT_LOST_TO_SEND: witness("missing", OK, *BOUND, together(send(), disconnect()), send()),
    Fault.CREATION_LOST_TO_DISABLE: witness(
        OK, OTHER, *BOUND, together(disable(), create(OUTLOOK)), send(ADA, OUTLOOK)
    ),
    Fault.CREATION_LOST_TO_DISCONNECT: witness(
        OK, "missing", *BOUND, together(disconnect(), create(OUTLOOK)), send(ADA, OUTLOOK)
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
SURE_WITNESSES: dict[Fault, Witness] = {
    **STATE_CHECKS,
    **NEAR_MISSES,
    **STORING,
    **RECREATIONS,
    **SIBLINGS,
    **DEEP_SEQUENCES,
    **SLOW_BURNS,
    **LEAKS,
    **MESSAGES,
    **BODY_SHAPES,
    **PAYLOADS,
    **CRASHES,
    **DATES,
    **ENCODINGS,
    **TOKENS,
    **RACES,
    **GATEWAY,
    **RECORDS,
}
