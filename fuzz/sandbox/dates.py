"""Which strings are dates: every RFC 3339 date-time, and the plain ISO 8601 forms without offset, seconds or time."""

from __future__ import annotations

import re
from calendar import isleap

ISO_8601 = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?:[Tt](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<fraction>\.[0-9]+)?)?"
    r"(?P<offset>[Zz]|[+-](?P<offset_hour>[0-9]{2}):(?P<offset_minute>[0-9]{2}))?)?"
)
RFC_3339 = re.compile(r"[0-9-]{10}T[0-9:]{8}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})")
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_date(text: str) -> bool:
    """Whether the text is a date that exists. A leap second is accepted in any minute, since none can be foretold."""
    match = ISO_8601.fullmatch(text)
    if match is None:
        return False
    part = {name: int(digits or 0) for name, digits in match.groupdict().items() if name not in ("fraction", "offset")}
    return (
        1 <= part["month"] <= 12
        and 1 <= part["day"] <= days_in(part["year"], part["month"])
        and part["hour"] <= 23
        and part["minute"] <= 59
        and part["second"] <= 60
        and part["offset_hour"] <= 23
        and part["offset_minute"] <= 59
    )


def is_plain_rfc_3339(text: str) -> bool:
    """Whether the text is a date-time with an offset, spelled with capitals and without a leap second."""
    return RFC_3339.fullmatch(text) is not None and is_date(text) and text[17:19] != "60" and "-00:00" not in text


def days_in(year: int, month: int) -> int:
    """How many days the month has."""
    return 29 if month == 2 and isleap(year) else DAYS[month - 1]
