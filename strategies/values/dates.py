"""Date-times: valid ones (RFC 3339), unspecified ones (other spellings of ISO 8601), and texts that are no date.

Many valid ones are where calendars and clocks go wrong: ends of months and years, leap days, hours that a change to
summer time skips or repeats, midnight, offsets of half and quarter hours, fractions of one to nine digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from strategies.byte_choices import Picks
from strategies.values.samples import Group, Sample

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""The first and last day of the years that every service must accept."""

_SIMPLEST_DAY = date(2030, 1, 1)
_NOTABLE_DAYS = (
    _SIMPLEST_DAY,
    *(date(year, 2, 29) for year in (2000, 2024, 2028, 2032, 2096)),
    *(date(year, 2, 28) for year in (2026, 2027, 2028)),
    *(date(2027, month, day) for month, day in ((1, 31), (3, 1), (4, 30), (5, 31), (6, 30), (9, 30), (11, 30))),
    *(date(year, 12, 31) for year in (2000, 2025, 2026, 2027, 2037, 2099)),
    *(date(year, 1, 1) for year in (2000, 2001, 2026, 2027, 2038, 2099)),
    *(date(2026, month, day) for month, day in ((3, 8), (3, 27), (3, 29), (10, 25), (11, 1))),
    date(2038, 1, 19),
    date(2038, 1, 20),
)
_NOTABLE_TIMES = (
    time(10),
    time(0),
    time(23, 59, 59),
    time(0, 0, 1),
    time(1, 30),
    time(2, 0),
    time(2, 30),
    time(3, 0),
    time(3, 14, 7),
    time(12, 0),
    time(12, 30),
    time(23, 0),
)
_ZONES = (
    "Z",
    *("+00:00", "+01:00", "-01:00", "+02:00", "-05:00", "-08:00", "+09:00"),
    *("+05:30", "-03:30", "-09:30", "+05:45", "+08:45", "+12:45"),
    *("+00:30", "-00:30", "-11:00", "-12:00", "+13:00", "+14:00", "-14:00"),
)
_FRACTIONS = (
    *("", "", "", "", "", ".0", ".5", ".9", ".12", ".000", ".001", ".123", ".999", ".1234", ".12345"),
    *(".000001", ".123456", ".999999", ".1234567", ".12345678", ".000000001", ".123456789", ".999999999"),
)
_LENGTHS = (
    timedelta(hours=1),
    timedelta(minutes=30),
    timedelta(minutes=1),
    timedelta(minutes=1, microseconds=1),
    timedelta(minutes=1, milliseconds=1),
    timedelta(hours=23, minutes=59, seconds=59),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=31),
    timedelta(days=366),
)
_SECONDS_OF_A_YEAR = 365 * 86_400
_DAYS = (LAST_DAY - FIRST_DAY).days + 1


def _offset(zone: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
    return -size if zone[0] == "-" else size


_OFFSETS = {zone: _offset(zone) for zone in _ZONES}


@dataclass(frozen=True, slots=True)
class Moment:
    """A date-time as written, with its local time to the microsecond and its instant in UTC. Frozen."""

    text: str
    local: datetime
    zone: str

    @property
    def instant(self) -> datetime:
        return self.local - _OFFSETS[self.zone]


def moment(picks: Picks) -> Moment:
    """A valid date-time."""
    day = picks.of(_NOTABLE_DAYS) if not picks.one_in(2) else FIRST_DAY + timedelta(days=picks.number(_DAYS))
    clock = picks.of(_NOTABLE_TIMES) if not picks.one_in(3) else _clock(picks.number(86_400))
    fraction, zone = picks.of(_FRACTIONS), picks.of(_ZONES)
    local = datetime.combine(day, clock)
    text = f"{local.isoformat()}{fraction}{zone}"
    return Moment(text, local.replace(microsecond=int(fraction[1:7].ljust(6, "0"))), zone)


def _clock(second: int) -> time:
    return time(second // 3600, second // 60 % 60, second % 60)


def date_time(picks: Picks) -> str:
    """The text of a valid date-time."""
    return moment(picks).text


def span(picks: Picks) -> tuple[str, str]:
    """A start and a later end: by a notable length in the same zone, or by any length up to a year in another zone."""
    first = moment(picks)
    if picks.one_in(3):
        length, zone = timedelta(seconds=60 + picks.number(_SECONDS_OF_A_YEAR)), picks.of(_ZONES)
        return _ordered(first, _at_a_distance(first, length, zone))
    return _ordered(first, _at_a_distance(first, picks.of(_LENGTHS), first.zone))


def _at_a_distance(first: Moment, length: timedelta, zone: str) -> Moment:
    """The moment that is `length` later, in a zone; earlier if a later one would leave the century."""
    shift = _OFFSETS[zone] - _OFFSETS[first.zone]
    local = first.local + length + shift
    if local.year > LAST_DAY.year:
        local = first.local - length + shift
    return Moment(f"{local.isoformat()}{zone}", local, zone)


def _ordered(first: Moment, second: Moment) -> tuple[str, str]:
    return (first.text, second.text) if first.instant < second.instant else (second.text, first.text)


UNUSUAL_DATES = (
    Sample("lower-case t", "2030-01-01t10:00:00Z", typical=True),
    Sample("lower-case z", "2030-01-01T10:00:00z"),
    Sample("space for T", "2030-01-01 10:00:00Z"),
    Sample("leap second that was", "2016-12-31T23:59:60Z"),
    Sample("leap second that never was", "2030-01-01T10:00:60Z"),
    Sample("offset -00:00", "2030-01-01T10:00:00-00:00"),
    Sample(
        "other digits", "".join(chr(0x966 + int(char)) if char.isdigit() else char for char in "2030-01-01T10:00:00Z")
    ),
    Sample("offset beyond 14 hours", "2030-01-01T10:00:00+23:59"),
    Sample("offset of 24 hours", "2030-01-01T10:00:00+24:00"),
    Sample("offset of 60 minutes", "2030-01-01T10:00:00+02:60"),
    Sample("hour 24", "2030-01-01T24:00:00Z"),
    Sample("ten digits of fraction", "2030-01-01T10:00:00.1234567891Z"),
    Sample("forty digits of fraction", f"2030-01-01T10:00:00.{'1234567890' * 4}Z"),
    Sample("decimal comma", "2030-01-01T10:00:00,5Z"),
    Sample("year 0000", "0000-01-01T10:00:00Z"),
    Sample("year 0001", "0001-01-01T00:00:00Z"),
    Sample("before 1900", "1899-12-31T23:59:59Z"),
    Sample("the epoch", "1970-01-01T00:00:00Z"),
    Sample("before the epoch", "1969-12-31T23:59:59Z"),
    Sample("year 2100", "2100-02-28T10:00:00Z"),
    Sample("year 9999", "9999-12-31T23:59:59Z", typical=True),
    Sample("year of five digits", "+12030-01-01T10:00:00Z"),
    Sample("negative year", "-2030-01-01T10:00:00Z"),
    Sample("date only", "2030-01-01"),
    Sample("local time", "2030-01-01T10:00:00"),
    Sample("no seconds", "2030-01-01T10:00Z"),
    Sample("hour only", "2030-01-01T10Z"),
    Sample("offset without colon", "2030-01-01T10:00:00+0200"),
    Sample("offset of hours", "2030-01-01T10:00:00+02"),
    Sample("basic format", "20300101T100000Z"),
    Sample("week date", "2030-W01-2T10:00:00Z"),
    Sample("day of the year", "2030-001T10:00:00Z"),
    Sample("year and month", "2030-01"),
    Sample("year only", "2030"),
    Sample("time only", "10:00:00Z"),
    Sample("interval", "2030-01-01T10:00:00Z/2030-01-01T11:00:00Z"),
    Sample("duration", "PT1H"),
)
"""Dates of ISO 8601 in spellings that the documents do not specify."""

BROKEN_DATES = (
    Sample("a word", "tomorrow", Group.WORD_FOR_DATE),
    Sample("month 13", "2030-13-01T10:00:00Z", Group.MONTH),
    Sample("month 00", "2030-00-01T10:00:00Z", Group.MONTH),
    Sample("day 00", "2030-01-00T10:00:00Z", Group.DAY),
    Sample("day 32", "2030-01-32T10:00:00Z", Group.DAY),
    Sample("unpadded", "2030-1-1T10:00:00Z"),
    Sample("year of two digits", "30-01-01T10:00:00Z"),
    Sample("year of five digits and no sign", "12030-01-01T10:00:00Z"),
    Sample("offset without digits", "2030-01-01T10:00:00+", Group.OFFSET),
    Sample("offset of one digit", "2030-01-01T10:00:00+2:00", Group.OFFSET),
    Sample("seconds since the epoch", "1893492000", Group.NUMBER_FOR_DATE),
    Sample("milliseconds since the epoch", "1893492000000", Group.NUMBER_FOR_DATE),
    Sample("JSON of .NET", "/Date(1893492000000)/", Group.NUMBER_FOR_DATE),
    Sample("leap day of a century", "2100-02-29T10:00:00Z"),
    Sample("30 February", "2026-02-30T10:00:00Z"),
    Sample("leap day of a common year", "2026-02-29T10:00:00Z"),
    Sample("31 April", "2030-04-31T10:00:00Z"),
    Sample("hour 25", "2030-01-01T25:00:00Z", Group.HOUR),
    Sample("after hour 24", "2030-01-01T24:05:00Z", Group.HOUR),
    Sample("minute 60", "2030-01-01T10:60:00Z", Group.MINUTE_OR_SECOND),
    Sample("second 61", "2030-01-01T10:00:61Z", Group.MINUTE_OR_SECOND),
    Sample("two zones", "2030-01-01T10:00:00ZZ", Group.ZONE),
    Sample("name of a zone", "2030-01-01T10:00:00[Europe/Paris]", Group.ZONE),
    Sample("all zeros", "0000-00-00T00:00:00Z", Group.MONTH),
    Sample("day first", "31/12/2030 10:00:00", Group.DAY_AND_MONTH_IN_DIGITS),
    Sample("month first", "12/31/2030 10:00 AM", Group.DAY_AND_MONTH_IN_DIGITS),
    Sample("dots", "31.12.2030 10:00", Group.DAY_AND_MONTH_IN_DIGITS),
    Sample("slashes", "2030/12/31 10:00:00", Group.DAY_AND_MONTH_IN_DIGITS),
    Sample("e-mail date", "Tue, 01 Jan 2030 10:00:00 GMT", Group.MONTH_WRITTEN_OUT),
    Sample("name of a month", "1 January 2030", Group.MONTH_WRITTEN_OUT),
    Sample("trailing rubbish", "2030-01-01T10:00:00Z; DROP TABLE items"),
    Sample("leading rubbish", "on 2030-01-01T10:00:00Z"),
    Sample("unfilled pattern", "YYYY-MM-DDTHH:mm:ssZ"),
    Sample("text of a null", "null", Group.WORD_FOR_DATE),
    Sample("text of a failed reading", "Invalid Date", Group.WORD_FOR_DATE),
)
"""Texts that are no date of ISO 8601."""
