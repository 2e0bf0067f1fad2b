"""Reads date fields: RFC 3339 is valid, other spellings of ISO 8601 are unspecified, everything else is invalid.

The document says "ISO 8601", the swagger `format: date-time` (RFC 3339, section 5.6). A date that both allow must be
accepted, one that neither allows must be refused. One that only ISO 8601 allows, or that RFC 3339 calls unusual, may be
accepted or refused.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from fuzz.oracle.validity.feature_names import Feature

_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)([Tt ])(\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

_YEAR = r"(?:[+-]\d{4,6}|\d{4})"
_MONTH, _DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_WEEK, _DAY_OF_YEAR = r"W(?:0[1-9]|[1-4]\d|5[0-3])", r"(?!000)(?:[0-2]\d\d|3[0-5]\d|36[0-6])"
_HOUR, _MINUTE, _SECOND = r"(?:[01]\d|2[0-4])", r"[0-5]\d", r"(?:[0-5]\d|60)"
_IN_A_YEAR = rf"(?:{_MONTH}(?:-?{_DAY})?|{_WEEK}(?:-?[1-7])?|{_DAY_OF_YEAR})"
_DATE = rf"(?:{_YEAR}(?:-?{_IN_A_YEAR})?|\d\d|--{_MONTH}-?{_DAY})"
_TIME = rf"(?:{_HOUR}(?::?{_MINUTE}(?::?{_SECOND})?)?(?:[.,]\d+)?)"
_ZONE = rf"(?:[Zz]|[+\-−](?:[01]\d|2[0-3])(?::?{_MINUTE})?)"
_MOMENT = rf"(?:{_DATE}(?:[Tt _]{_TIME}{_ZONE}?)?|T?{_TIME}{_ZONE}?)"
_DURATION = r"P(?=[\dT])(?:\d+(?:[.,]\d+)?[YMWD])*(?:T(?:\d+(?:[.,]\d+)?[HMS])+)?"
_SPAN = rf"(?:{_MOMENT}|{_DURATION})(?:(?:/|--)(?:{_MOMENT}|{_DURATION}))?"
_ISO8601 = re.compile(rf"(?:R\d*/)?{_SPAN}", re.ASCII)
_CALENDAR_DATE = re.compile(r"(?<![\d.,P])(\d{4})-?(\d\d)-?(\d\d)(?!\d)", re.ASCII)

PLAIN_YEARS = range(2000, 2100)
"""Years that every service must accept. Other years are far away, and unspecified."""

LARGEST_PLAIN_OFFSET = timedelta(hours=14)
LARGEST_PLAIN_FRACTION = 9


@dataclass(frozen=True, slots=True)
class DateReading:
    """One date as read. Frozen.

    `broken`: it is not ISO 8601. `unspecified`: the unspecified feature of its spelling, if any. `instant`: the moment
    that it names, in UTC, if known.
    """

    broken: bool
    unspecified: Feature | None = None
    instant: datetime | None = None


BROKEN = DateReading(broken=True)


@lru_cache(maxsize=4096)
def read_date(text: str) -> DateReading:
    """Reads one date field. Source: RFC 3339 sections 5.6 and 5.7; ISO 8601-1:2019 for the looser grammar."""
    if text != text.strip():
        return (
            BROKEN
            if read_date(text.strip()).broken
            else DateReading(broken=False, unspecified=Feature.DATE_WHITE_SPACE)
        )
    matched = _RFC3339.fullmatch(text)
    if matched is None:
        return _read_iso(text)
    offset = _offset(matched[9])
    year, month, day, hour, minute, second = (int(matched[n]) for n in (1, 2, 3, 5, 6, 7))
    if not _on_the_calendar(year, month, day) or minute > 59:
        return BROKEN
    if offset is None:
        # There is no such offset, but common parsers (Python's among them) accept it.
        return DateReading(broken=False, unspecified=Feature.DATE_OFFSET_IMPOSSIBLE)
    if hour == 24 and minute == second == 0:
        return DateReading(broken=False, unspecified=Feature.DATE_HOUR_24)
    if hour > 23 or second > 60:
        return BROKEN
    if second == 60:
        return DateReading(broken=False, unspecified=Feature.DATE_LEAP_SECOND)
    return _read_plain(matched, datetime(year or 4, month, day, hour, minute, second, tzinfo=UTC), offset)


def _read_plain(matched: re.Match[str], local: datetime, offset: timedelta) -> DateReading:
    unspecified = _unspecified(matched, offset)
    if int(matched[1]) in (0, 1, 9999):
        return DateReading(broken=False, unspecified=unspecified)
    fraction = timedelta(microseconds=int((matched[8] or "0")[:6].ljust(6, "0")))
    return DateReading(broken=False, unspecified=unspecified, instant=local + fraction - offset)


def _unspecified(matched: re.Match[str], offset: timedelta) -> Feature | None:
    reasons = {
        Feature.DATE_YEAR_FAR_AWAY: int(matched[1]) not in PLAIN_YEARS,
        Feature.DATE_LOWER_CASE: matched[4] == "t" or matched[9] == "z",
        Feature.DATE_SPACE_FOR_T: matched[4] == " ",
        Feature.DATE_OFFSET_MINUS_ZERO: matched[9] == "-00:00",
        Feature.DATE_OFFSET_BEYOND_14_HOURS: abs(offset) > LARGEST_PLAIN_OFFSET,
        Feature.DATE_LONG_FRACTION: len(matched[8] or "") > LARGEST_PLAIN_FRACTION,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _offset(text: str) -> timedelta | None:
    if text in ("Z", "z"):
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:
        return None
    return timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)


def _on_the_calendar(year: int, month: int, day: int) -> bool:
    # The year 0000 is a leap year in the proleptic calendar, but monthrange refuses it.
    return 1 <= month <= 12 and 1 <= day <= monthrange(year or 4, month)[1]


def _read_iso(text: str) -> DateReading:
    dates = _CALENDAR_DATE.findall(text)
    if _ISO8601.fullmatch(text) is None or not all(_on_the_calendar(*map(int, date)) for date in dates):
        return _read_other_digits(text)
    return DateReading(broken=False, unspecified=Feature.DATE_NOT_RFC_3339)


def _read_other_digits(text: str) -> DateReading:
    """Reads a text that is a date in the digits of another script: common parsers accept those."""
    latin = "".join(str(unicodedata.digit(char, char)) for char in text)
    if latin == text or read_date(latin).broken:
        return BROKEN
    return DateReading(broken=False, unspecified=Feature.DATE_OTHER_DIGITS)
