"""The rules for the fields of a body, as values, and which strings are dates.

A date is every RFC 3339 date-time, and the plain ISO 8601 forms without offset, seconds or time.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fuzz.sandbox.requests import JsonObject, Refusal
from fuzz.sandbox.responses import missing_field, wrong_format

ISO_8601 = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?:[Tt](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<fraction>\.[0-9]+)?)?"
    r"(?P<offset>[Zz]|[+-](?P<offset_hour>[0-9]{2}):(?P<offset_minute>[0-9]{2}))?)?"
)
RFC_3339 = re.compile(r"[0-9-]{10}T[0-9:]{8}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})")
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
PROVIDERS = {
    "googlewaysync": "google_v3",
    "outlookwaysync": "outlook_v1.0",
    "mockcalendarwaysync": "mock_provider",
}


def is_text(value: object) -> bool:
    """Whether the value is a string."""
    return isinstance(value, str)


def is_flag(value: object) -> bool:
    """Whether the value is a boolean."""
    return isinstance(value, bool)


def is_object(value: object) -> bool:
    """Whether the value is an object."""
    return isinstance(value, dict)


def is_iso_date(value: object) -> bool:
    """Whether the value is a string and an ISO 8601 date."""
    return isinstance(value, str) and is_date(value)


def is_texts(value: object) -> bool:
    """Whether the value is a list of strings."""
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


@dataclass(frozen=True, slots=True)
class Rule:
    """One field: whether it must be there, and what it may hold. Frozen."""

    field: str
    accepts: Callable[[object], bool]
    reason: str
    required: bool = True

    def check(self, holder: JsonObject) -> Refusal:
        """The refusal, if the field of this object breaks the rule."""
        if self.field not in holder:
            return missing_field(self.field) if self.required else None
        return None if self.accepts(holder[self.field]) else wrong_format(self.field, self.reason)


STAFF_UID = Rule("staff_uid", is_text, "must be a string")
CALENDAR_SYNC = Rule("calendar_sync", is_object, "must be an object")
PROVIDER = Rule("provider", is_text, "must be a string")
ACCOUNT = Rule("account", is_text, "must be a string")
APP_CODE_NAME = Rule("app_code_name", is_text, "must be a string")
CREATION = (
    APP_CODE_NAME,
    Rule("provider", is_text, "must be a string", required=False),
    Rule("should_import", is_flag, "must be a boolean", required=False),
    Rule("is_private_import", is_flag, "must be a boolean", required=False),
)
ITEM = (
    Rule("external_id", is_text, "must be a string"),
    Rule("external_title", is_text, "must be a string", required=False),
    Rule("external_calendar_uid", is_text, "must be a string"),
    Rule("start_date", is_iso_date, "must be an ISO 8601 date"),
    Rule("end_date", is_iso_date, "must be an ISO 8601 date"),
    Rule("last_modification", is_iso_date, "must be an ISO 8601 date"),
    Rule("rrule", is_texts, "must be a list of strings", required=False),
)
DATE_FIELDS = ("start_date", "end_date", "last_modification")


def first_refusal(rules: Iterable[Rule], holder: JsonObject) -> Refusal:
    """The refusal by the first rule that the object breaks."""
    for rule in rules:
        refusal = rule.check(holder)
        if refusal is not None:
            return refusal
    return None


def check_item_forms(body: JsonObject) -> Refusal:
    """The refusal of a body that has neither form of items, or has a list that is none."""
    if "external_items" in body:
        listed = isinstance(body["external_items"], list)
        return None if listed else wrong_format("external_items", "must be an array")
    return None if "external_item" in body else missing_field("external_items")


def check_creation(body: JsonObject) -> Refusal:
    """The refusal of a body that asks for a sync which cannot be created."""
    refusal = first_refusal(CREATION, body)
    if refusal is not None:
        return refusal
    provider = PROVIDERS.get(body["app_code_name"])
    if provider is None:
        return wrong_format("app_code_name", "is not known")
    return None if body.get("provider", provider) == provider else wrong_format("provider", "is not the app's")


def is_date(text: str) -> bool:
    """Whether the text is a date that exists. A leap second is accepted in any minute, since none can be foretold."""
    match = ISO_8601.fullmatch(text)
    if match is None:
        return False
    part = {name: int(digits or 0) for name, digits in match.groupdict().items() if name not in ("fraction", "offset")}
    return (
        1 <= part["month"] <= 12
        and 1 <= part["day"] <= _days_in(part["year"], part["month"])
        and part["hour"] <= 23
        and part["minute"] <= 59
        and part["second"] <= 60
        and part["offset_hour"] <= 23
        and part["offset_minute"] <= 59
    )


def is_plain_rfc_3339(value: object) -> bool:
    """Whether the value is a date-time with an offset, spelled with capitals and without a leap second."""
    if not isinstance(value, str) or RFC_3339.fullmatch(value) is None:
        return False
    return is_date(value) and value[17:19] != "60" and "-00:00" not in value


def _days_in(year: int, month: int) -> int:
    return 29 if month == 2 and isleap(year) else DAYS[month - 1]
