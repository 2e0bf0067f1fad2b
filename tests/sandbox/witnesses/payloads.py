"""Witnesses of the faults of what a body carries."""

from __future__ import annotations

from fuzz.sandbox.faults import Fault
from tests.sandbox.scenarios import (
    ADA,
    GOOGLE,
    MOCK,
    OUTLOOK,
    Step,
    connect,
    create,
    item,
    items,
    send,
    send_item,
    send_one,
)
from tests.sandbox.witnesses.witness import FRESH, LONG, OK, OTHER, REFUSED, witness

PAYLOADS = {
    Fault.EXTERNAL_ID_OPTIONAL: witness(REFUSED, OK, *FRESH, send_item(without="external_id")),
    Fault.CALENDAR_UID_OPTIONAL: witness(REFUSED, OK, *FRESH, send_item(without="external_calendar_uid")),
    Fault.START_DATE_OPTIONAL: witness(REFUSED, OK, *FRESH, send_item(without="start_date")),
    Fault.END_DATE_OPTIONAL: witness(REFUSED, OK, *FRESH, send_item(without="end_date")),
    Fault.LAST_MODIFICATION_OPTIONAL: witness(REFUSED, OK, *FRESH, send_item(without="last_modification")),
    Fault.FIRST_OF_SEVERAL_NOT_CHECKED: witness(
        REFUSED, OK, *FRESH, send(external_items=[item(1, without="end_date"), item(2)])
    ),
    Fault.ONLY_FIRST_ITEM_CHECKED: witness(
        REFUSED, OK, *FRESH, send(external_items=[item(1), item(2, without="end_date")])
    ),
    Fault.SINGLE_ITEM_NOT_CHECKED: witness(REFUSED, OK, *FRESH, send_one(without="start_date")),
    Fault.CALENDAR_UID_OPTIONAL_IN_SINGLE_ITEM: witness(REFUSED, OK, *FRESH, send_one(without="external_calendar_uid")),
    Fault.EXTERNAL_ID_MAY_BE_NUMBER: witness(REFUSED, OK, *FRESH, send_item(external_id=7)),
    Fault.TITLE_MAY_BE_ANYTHING: witness(REFUSED, OK, *FRESH, send_item(external_title=["Meeting"])),
    Fault.CALENDAR_UID_MAY_BE_NULL: witness(REFUSED, OK, *FRESH, send_item(external_calendar_uid=None)),
    Fault.DATES_MAY_BE_NUMBERS: witness(REFUSED, OK, *FRESH, send_item(start_date=1767225600)),
    Fault.PROVIDER_OPTIONAL: witness(REFUSED, OK, *FRESH, send(calendar_sync={"account": ADA})),
    Fault.ACCOUNT_OPTIONAL: witness(REFUSED, OK, *FRESH, send(calendar_sync={"provider": GOOGLE})),
    Fault.ITEMS_OPTIONAL: witness(REFUSED, OK, *FRESH, Step(send().operation, connect().body)),
    Fault.ITEMS_MAY_BE_NO_LIST: witness(REFUSED, OK, *FRESH, send(external_items={"0": item()})),
    Fault.BROKEN_ITEMS_SKIPPED: witness(
        REFUSED, OK, *FRESH, send(external_items=[item(1, without="end_date"), item(2)])
    ),
    Fault.OUTLOOK_ITEMS_NOT_CHECKED: witness(
        REFUSED, OK, create(OUTLOOK), send(ADA, OUTLOOK, external_items=[item(without="end_date")])
    ),
    Fault.BROKEN_ITEM_SAID_DISABLED: witness(REFUSED, "invalid", *FRESH, send_item(without="end_date")),
    Fault.MISSING_FIELD_SAID_MISSING: witness(REFUSED, "missing", *FRESH, send_item(without="end_date")),
    Fault.WRONG_FORMAT_SAID_MISMATCH: witness(REFUSED, OTHER, *FRESH, send_item(end_date="soon")),
    Fault.BROKEN_CALENDAR_SYNC_SAID_MISMATCH: witness(REFUSED, OTHER, *FRESH, send(calendar_sync={"provider": GOOGLE})),
    Fault.REPEATED_ID_SAID_MISMATCH: witness(OK, OTHER, *FRESH, send(external_items=[item(), item()])),
    Fault.EMPTY_LIST_SAID_MISSING: witness(OK, "missing", *FRESH, send(external_items=[])),
    Fault.STALE_CALENDAR_SAID_MISMATCH: witness(OK, OTHER, *FRESH, send()),
}
CRASHES = {
    Fault.CRASH_ON_MISSING_TITLE: witness(OK, "500", *FRESH, send_item(without="external_title")),
    Fault.CRASH_ON_MISSING_ID: witness(REFUSED, "500", *FRESH, send_item(without="external_id")),
    Fault.CRASH_ON_BAD_DATE: witness(REFUSED, "500", *FRESH, send_item(start_date="soon")),
    Fault.CRASH_ON_NULL: witness(REFUSED, "500", *FRESH, send_item(external_title=None)),
    Fault.CRASH_ON_NO_OBJECT: witness(REFUSED, "500", *FRESH, send(external_items=["item"])),
    Fault.CRASH_ON_SINGLE_ITEM: witness(OK, "500", *FRESH, send_one()),
    Fault.CRASH_ON_EMPTY_LIST: witness(OK, "500", *FRESH, send(external_items=[])),
    Fault.CRASH_ON_LONG_LIST: witness(OK, "500", *FRESH, send(**items(count=101))),
    Fault.CRASH_ON_REPEATED_ID: witness(OK, "500", *FRESH, send(external_items=[item(), item()])),
    Fault.CRASH_ON_LONG_TITLE: witness(OK, "500", *FRESH, send_item(external_title=LONG)),
    Fault.CRASH_ON_MISSING_STAFF: witness(REFUSED, "500", *FRESH, send(staff_uid=None)),
    Fault.CRASH_ON_CALENDAR_SYNC_TEXT: witness(REFUSED, "500", *FRESH, send(calendar_sync=GOOGLE)),
    Fault.CRASH_ON_MOCK_CREATION: witness(OK, "500", create(MOCK)),
    Fault.CRASH_ON_EMPTY_STAFF: witness("refused 403", "500", *FRESH, send(staff_uid="")),
}
DATES = {
    Fault.LEAP_DAY_REFUSED: witness(OK, REFUSED, *FRESH, send_item(start_date="2028-02-29T10:00:00Z")),
    Fault.OFFSET_REFUSED: witness(OK, REFUSED, *FRESH, send_item(start_date="2026-03-02T10:00:00+02:00")),
    Fault.NEGATIVE_OFFSET_REFUSED: witness(OK, REFUSED, *FRESH, send_item(end_date="2026-03-02T11:00:00-05:00")),
    Fault.HALF_HOUR_OFFSET_REFUSED: witness(OK, REFUSED, *FRESH, send_item(end_date="2026-03-02T21:00:00+05:30")),
    Fault.FRACTION_REFUSED: witness(OK, REFUSED, *FRESH, send_item(last_modification="2026-03-01T09:00:00.123Z")),
    Fault.CRASH_ON_FRACTION: witness(OK, "500", *FRESH, send_item(last_modification="2026-03-01T09:00:00.5Z")),
    Fault.CRASH_ON_LEAP_DAY: witness(OK, "500", *FRESH, send_item(start_date="2028-02-29T10:00:00Z")),
    Fault.CRASH_ON_YEAR_END: witness(OK, "500", *FRESH, send_item(end_date="2026-12-31T23:59:59Z")),
    Fault.ANY_DATE_ACCEPTED: witness(REFUSED, OK, *FRESH, send_item(start_date="soon")),
    Fault.LAST_MODIFICATION_NOT_READ: witness(REFUSED, OK, *FRESH, send_item(last_modification="just now")),
    Fault.NUMBERS_OF_DATES_NOT_READ: witness(REFUSED, OK, *FRESH, send_item(start_date="2026-02-30T10:00:00Z")),
}
ENCODINGS = {
    Fault.NON_ASCII_TITLE_REFUSED: witness(OK, REFUSED, *FRESH, send_item(external_title="Besprechung für zwei")),
    Fault.ASTRAL_TITLE_CRASHES: witness(OK, "500", *FRESH, send_item(external_title="🎉")),
    Fault.APOSTROPHE_CRASHES: witness(OK, "500", *FRESH, send_item(external_title="Ada's")),
    Fault.PERCENT_IN_TITLE_CRASHES: witness(OK, "500", *FRESH, send_item(external_title="100 %")),
    Fault.NUL_IN_TITLE_CRASHES: witness(OK, "500", *FRESH, send_item(external_title="a\x00b")),
    Fault.SLASH_IN_ID_REFUSED: witness(OK, REFUSED, *FRESH, send_item(external_id="a/b")),
    Fault.APOSTROPHE_IN_ACCOUNT_CRASHES: witness(OK, "500", *FRESH, send("o'brien@example.com")),
    Fault.MARKUP_REFUSED: witness(OK, "refused 403", *FRESH, send_item(external_title="a < b")),
    Fault.BODY_READ_AS_ASCII: witness(OK, "refused 400", *FRESH, send_item(external_title="für")),
    Fault.NON_ASCII_ACCOUNT_MANGLED: witness(OK, OTHER, *FRESH, send("zoë@example.com"), send("zoë@example.com")),
    Fault.PLUS_READ_AS_SPACE: witness(OK, OTHER, *FRESH, send("ada+x@example.com"), send("ada+x@example.com")),
    Fault.ACCOUNT_STORED_COMPOSED: witness(
        OK, OTHER, *FRESH, send("zoe\u0308@example.com"), send("zoe\u0308@example.com")
    ),
    Fault.ACCOUNT_STORED_DECOMPOSED: witness(
        OK, OTHER, *FRESH, send("zo\u00eb@example.com"), send("zo\u00eb@example.com")
    ),
    Fault.ACCOUNT_STORED_WITHOUT_LAST_DOT: witness(OK, OTHER, *FRESH, send(f"{ADA}."), send(f"{ADA}.")),
}
