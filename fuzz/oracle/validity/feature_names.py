"""The unspecified features of a request, by name. Events, pins and fingerprints hold these texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Feature(StrEnum):
    """A feature of a request that the documents neither allow nor forbid. The value is the text that is written."""

    EMPTY_LIST = "empty list"
    VERY_MANY_ITEMS = "very many items"
    NULL_ITEM = "null item"
    BOTH_ITEM_FORMS = "both item forms"
    REPEATED_ID = "repeated external_id"
    IDS_ALIKE_BUT_FOR_CASE = "external_ids alike but for case"
    ID_SENT_BEFORE = "external_id sent before"
    END_BEFORE_START = "end before start"
    END_EQUALS_START = "end equals start"
    SHORT_SPAN = "end less than a minute after start"
    LONG_SPAN = "end more than a year after start"

    ADMIN_TOKEN = "admin token"
    OTHER_STAFF_TOKEN = "other staff token"
    OTHER_STAFF_UID = "staff_uid of somebody else"
    OTHER_CALENDAR_UID = "another calendar's uid"
    NO_EMAIL_ADDRESS = "account is no email address"
    ACCOUNT_MAY_MATCH = "account differs in case, white space or Unicode form"

    REPEATED_KEY = "one key twice in an object"
    UNKNOWN_FIELD = "unknown field"
    UNDOCUMENTED_FIELD = "undocumented field"
    NULL = "null"
    EMPTY_STRING = "empty string"
    BLANK_STRING = "blank string"
    VERY_LONG_TEXT = "very long text"
    CONTROL_CHARACTERS = "control characters"
    UNASSIGNED_CHARACTERS = "unassigned or control characters"
    UNLISTED_VALUE = "unlisted value"

    CREATE_TOKEN = "create without the admin token"
    SIBLING = "sibling operation, where its documents say nothing"

    DATE_NOT_RFC_3339 = "date, ISO 8601 but not RFC 3339"
    DATE_WHITE_SPACE = "date, white space around it"
    DATE_OTHER_DIGITS = "date, digits of another script"
    DATE_YEAR_FAR_AWAY = "date, year far away"
    DATE_LOWER_CASE = "date, lower-case t or z"
    DATE_SPACE_FOR_T = "date, space for T"
    DATE_HOUR_24 = "date, hour 24"
    DATE_LEAP_SECOND = "date, leap second"
    DATE_LONG_FRACTION = "date, very long fraction"
    DATE_OFFSET_MINUS_ZERO = "date, offset -00:00"
    DATE_OFFSET_BEYOND_14_HOURS = "date, offset beyond 14 hours"
    DATE_OFFSET_IMPOSSIBLE = "date, offset that there is not"


@dataclass(frozen=True, slots=True)
class Unspecified:
    """One unspecified feature of a request. Frozen. `field`: the field that has it, empty if it is not of one field.

    As text: `empty list`, `empty string: external_id`.
    """

    feature: Feature
    field: str = ""

    def __str__(self) -> str:
        return f"{self.feature}: {self.field}" if self.field else self.feature.value


def in_order(features: Iterable[Unspecified]) -> tuple[Unspecified, ...]:
    """The features, each once, sorted by their texts."""
    return tuple(sorted(set(features), key=str))
