"""What a well-formed body is: the field rules as values, and the reading of a body against them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fuzz.sandbox.answers import ill_formed, lacks
from fuzz.sandbox.calls import Answer, JsonObject
from fuzz.sandbox.dates import is_date

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
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


@dataclass(frozen=True, slots=True)
class Rule:
    """One field: whether it must be there, and what it may hold."""

    field: str
    accepts: Callable[[object], bool]
    reason: str
    required: bool = True

    def objection(self, holder: JsonObject) -> Answer | None:
        """The refusal, if the field of this object breaks the rule."""
        if self.field not in holder:
            return lacks(self.field) if self.required else None
        return None if self.accepts(holder[self.field]) else ill_formed(self.field, self.reason)


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


def first_objection(rules: Iterable[Rule], holder: JsonObject) -> Answer | None:
    """The refusal by the first rule that the object breaks."""
    for rule in rules:
        refusal = rule.objection(holder)
        if refusal is not None:
            return refusal
    return None


def object_to_forms(body: JsonObject) -> Answer | None:
    """The refusal of a body that has neither form of items, or has a list that is none."""
    if "external_items" in body:
        listed = isinstance(body["external_items"], list)
        return None if listed else ill_formed("external_items", "must be an array")
    return None if "external_item" in body else lacks("external_items")


def object_to_creation(body: JsonObject) -> Answer | None:
    """The refusal of a body that asks for a sync which cannot be created."""
    refusal = first_objection(CREATION, body)
    if refusal is not None:
        return refusal
    provider = PROVIDERS.get(body["app_code_name"])
    if provider is None:
        return ill_formed("app_code_name", "is not known")
    return None if body.get("provider", provider) == provider else ill_formed("provider", "is not the app's")
