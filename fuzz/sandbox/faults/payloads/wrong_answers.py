"""Faults of the answers to payloads: a state error although the state is in order, or a crash."""

from __future__ import annotations

from collections.abc import Callable

from fuzz.sandbox import responses
from fuzz.sandbox.fault_rows import Override, Rows, after, also, before
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.requests import Answer, Call, JsonObject, Operation
from fuzz.sandbox.responses import StateError
from fuzz.sandbox.rules import DATE_FIELDS, is_iso_date
from fuzz.sandbox.service import Behaviour

CRASH = responses.server_error()
MISSING, ALREADY_EXISTS, INVALID = (responses.state_error(error) for error in StateError)
error = Rows(FaultKind.PAYLOAD_ERROR)
crash = Rows(FaultKind.CRASH)
after_check = after(Behaviour.check_payload)


def envelope_crashes(is_fatal: Callable[[Call], bool]) -> Override:
    """Some calls are answered 500 before their envelope is checked."""
    return before(Behaviour.check_envelope)(lambda call: CRASH if is_fatal(call) else None)


def payload_crashes(is_fatal: Callable[[Call], bool]) -> Override:
    """Some calls are answered 500 before their payload is checked."""
    return before(Behaviour.check_payload)(lambda call, sync: CRASH if is_fatal(call) else None)


def item_crashes(is_fatal: Callable[[JsonObject], bool]) -> Override:
    """Some items that are objects are answered 500 before they are checked."""
    return before(Behaviour.check_item)(
        lambda call, position, item: CRASH if isinstance(item, dict) and is_fatal(item) else None
    )


def good_payload(answer: Answer) -> Callable[[Callable[[Call], bool]], Override]:
    """Overrides from conditions: a payload in order that meets the condition gets this answer."""
    return lambda is_met: also(Behaviour.check_payload)(lambda call, sync: answer if is_met(call) else None)


def has_empty_list(call: Call) -> bool:
    """Whether the list of items is there, and empty."""
    return call.body.get("external_items") == []


def has_repeated_ids(call: Call) -> bool:
    """Whether two items have the same external id."""
    return len(call.external_ids) != len(set(call.external_ids))


broken_item_said_disabled = error(
    "A broken item is answered like a disabled account.", after_check(lambda refusal, call, sync: refusal and INVALID)
)
missing_field_said_missing = error(
    "A missing field of an item is answered like a missing sync.",
    after_check(lambda refusal, call, sync: MISSING if refusal and _code(refusal) == "missing" else refusal),
)
wrong_format_said_mismatch = error(
    "A field of the wrong format is answered like another sync.",
    after_check(
        lambda refusal, call, sync: ALREADY_EXISTS if refusal and _code(refusal) == "wrong_format" else refusal
    ),
)
broken_calendar_sync_said_mismatch = error(
    "A `calendar_sync` without a provider or an account is answered like another sync.",
    after(Behaviour.check_calendar_sync)(
        lambda refusal, call: ALREADY_EXISTS if refusal and call.operation is Operation.SEND else refusal
    ),
)
repeated_id_said_mismatch = error(
    "Two items with one id are answered like another sync.", good_payload(ALREADY_EXISTS)(has_repeated_ids)
)
empty_list_said_missing = error(
    "An empty list of items is answered like a missing sync.",
    good_payload(MISSING)(lambda call: call.operation is Operation.SEND and has_empty_list(call) and not call.items),
)
stale_calendar_said_mismatch = error(
    "An item that names another calendar than the sync's is answered like another sync.",
    also(Behaviour.check_payload)(
        lambda call, sync: ALREADY_EXISTS if sync is not None and _calendars(call) - {sync.uid} else None
    ),
)
crash_on_missing_title = crash(
    "An item without the optional `external_title` makes the server fall over.",
    item_crashes(lambda item: "external_title" not in item),
)
crash_on_missing_id = crash(
    "An item without `external_id` makes the server fall over.", item_crashes(lambda item: "external_id" not in item)
)
crash_on_bad_date = crash(
    "A text that is no date makes the server fall over.",
    item_crashes(lambda item: any(isinstance(date, str) and not is_iso_date(date) for date in _dates(item))),
)
crash_on_null = crash("A null in an item makes the server fall over.", item_crashes(lambda item: None in item.values()))
crash_on_no_object = crash(
    "An item that is no object makes the server fall over.",
    before(Behaviour.check_item)(lambda call, position, item: None if isinstance(item, dict) else CRASH),
)
crash_on_single_item = crash(
    "Any `external_item` makes the server fall over.", payload_crashes(lambda call: call.single)
)
crash_on_empty_list = crash("An empty list of items makes the server fall over.", payload_crashes(has_empty_list))
crash_on_long_list = crash(
    "A list of more than 100 items makes the server fall over.", payload_crashes(lambda call: len(call.items) > 100)
)
crash_on_repeated_id = crash("Two items with one id make the server fall over.", payload_crashes(has_repeated_ids))
crash_on_long_title = crash(
    "A title of more than 255 characters makes the server fall over.",
    payload_crashes(lambda call: any(len(title) > 255 for title in call.titles)),
)
crash_on_missing_staff = crash(
    "A body without `staff_uid` makes the server fall over.",
    envelope_crashes(lambda call: call.operation is Operation.SEND and "staff_uid" not in call.body),
)
crash_on_calendar_sync_text = crash(
    "A `calendar_sync` that is no object makes the server fall over.",
    envelope_crashes(lambda call: not isinstance(call.body.get("calendar_sync", {}), dict)),
)
crash_on_mock_creation = crash(
    "Creating a sync for an app that is not among the listed providers' makes the server fall over.",
    envelope_crashes(
        lambda call: call.operation is Operation.CREATE and call.body.get("app_code_name") == "mockcalendarwaysync"
    ),
)
crash_on_empty_staff = crash(
    "A `staff_uid` of no characters makes the server fall over.",
    envelope_crashes(lambda call: call.operation is Operation.SEND and call.body.get("staff_uid") == ""),
)


def _dates(item: JsonObject) -> list[object]:
    return [item[field] for field in DATE_FIELDS if field in item]


def _code(refusal: Answer) -> object:
    return refusal.body["errors"][0]["code"]


def _calendars(call: Call) -> set[str]:
    return {str(item.get("external_calendar_uid")) for item in call.item_objects}
