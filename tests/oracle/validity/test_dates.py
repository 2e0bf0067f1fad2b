"""Dates: a table of what is plain, unusual and broken, and the standard library as a witness where it can be one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fuzz.oracle.validity.dates import BROKEN, DateReading, read_date
from fuzz.oracle.validity.feature_names import Feature

TEN = datetime(2030, 1, 1, 10, tzinfo=UTC)
ISO = "ISO 8601 but not RFC 3339"

PLAIN = [
    ("2030-01-01T10:00:00Z", TEN),
    ("2030-01-01T10:00:00+00:00", TEN),
    ("2030-01-01T12:30:00+02:30", TEN),
    ("2030-01-01T07:30:00-02:30", TEN),
    ("2030-01-02T00:00:00+14:00", TEN),
    ("2029-12-31T20:00:00-14:00", TEN),
    ("2030-01-01T10:00:00.000Z", TEN),
    ("2030-01-01T10:00:00.5Z", TEN + timedelta(milliseconds=500)),
    ("2030-01-01T10:00:00.123456789Z", TEN + timedelta(microseconds=123456)),
    ("2000-02-29T00:00:00Z", datetime(2000, 2, 29, tzinfo=UTC)),
    ("2000-01-01T00:00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
    ("2099-12-31T23:59:59Z", datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "instant"), PLAIN)
def test_a_date_that_rfc_3339_and_iso_8601_both_allow_is_plain(text: str, instant: datetime) -> None:
    assert DateReading(broken=False, unspecified=None, instant=instant) == read_date(text)


UNUSUAL = [
    ("1999-12-31T23:59:59Z", "year far away", datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("2100-01-01T00:00:00Z", "year far away", datetime(2100, 1, 1, tzinfo=UTC)),
    ("0000-02-29T10:00:00Z", "year far away", None),
    ("0001-01-01T00:00:00+01:00", "year far away", None),
    ("0002-01-01T10:00:00Z", "year far away", datetime(2, 1, 1, 10, tzinfo=UTC)),
    ("9998-12-31T10:00:00Z", "year far away", datetime(9998, 12, 31, 10, tzinfo=UTC)),
    ("9999-12-31T23:59:59-01:00", "year far away", None),
    ("2030-01-01t10:00:00Z", "lower-case t or z", TEN),
    ("2030-01-01T10:00:00z", "lower-case t or z", TEN),
    ("2030-01-01 10:00:00Z", "space for T", TEN),
    ("2030-01-01T10:00:00-00:00", "offset -00:00", TEN),
    ("2030-01-02T00:01:00+14:01", "offset beyond 14 hours", TEN),
    ("2029-12-31T10:01:00-23:59", "offset beyond 14 hours", TEN),
    ("2030-01-01T10:00:00+24:00", "offset that there is not", None),
    ("2030-01-01T10:00:00-02:60", "offset that there is not", None),
    ("２０３０-01-01T10:00:00Z", "digits of another script", None),
    ("2030-01-01T10:00:00.1234567891Z", "very long fraction", TEN + timedelta(microseconds=123456)),
    ("2030-01-01T24:00:00Z", "hour 24", None),
    ("2016-12-31T23:59:60Z", "leap second", None),
    ("2030-01-01T10:00:60+02:00", "leap second", None),
    (" 2030-01-01T10:00:00Z", "white space around it", None),
    ("2030-01-01T10:00:00Z\n", "white space around it", None),
    *(
        (text, ISO, None)
        for text in (
            "2030", "20", "2030-01", "203001", "2030-01-01", "20300101", "--01-01", "--0101", "+12030-01-01",
            "-2030-01-01",
            "2030-W01", "2030-W53-7", "2030W017", "2030-001", "2030-366", "2030300", "2030-010",
            "10:00", "10:00:00Z", "T1000", "T24", "100000Z", "10:00:00,5",
            "2030-01-01T10:00:00", "2030-01-01T10:00Z", "2030-01-01T10Z", "2030-01-01T10:00:00+0200",
            "2030-01-01T10:00:00+02", "2030-01-01T10:00:00−02:00", "2030-01-01T10:00:00,5Z", "2030-01-01T10.5Z",
            "2030-01-01_10:00", "2030-01-01t10:00", "2030-01-01T10:00:60", "20300101T100000Z",
            "2030-W01-2T10:00:00Z", "+12030-01-01T10:00:00Z",
            "2024-02-29", "20240229T10", "2030-001T10:00:00Z",
            "P1Y2M3DT4H5M6.5S", "PT1H", "P1,5W", "2030-01-01/2030-01-02", "2030-01-01--P1D", "P1D/2030-01-01",
            "R/2030-01-01/P1D", "R5/PT1H",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "unusual", "instant"), UNUSUAL)
def test_a_date_that_only_iso_8601_allows_or_few_write_is_unspecified(
    text: str, unusual: str, instant: datetime | None
) -> None:
    assert DateReading(broken=False, unspecified=Feature(f"date, {unusual}"), instant=instant) == read_date(text)


BROKEN_TEXTS = [
    "", " ", "tomorrow", "P", "PT", "PP", "P/P", "P1", "R/", "R5/foo", "R2", "0", "203", "20301", "2030-1-1",
    "1/1/2030", "31.12.2030",
    "2030-00-01T10:00:00Z", "2030-13-01T10:00:00Z", "2030-01-00T10:00:00Z", "2030-01-32T10:00:00Z",
    "2026-02-29T10:00:00Z", "1900-02-29T10:00:00Z", "2030-02-30T10:00:00Z", "2030-04-31T10:00:00Z",
    "2030-13-01", "2030-00-01", "2030-01-00", "2030-01-32", "2026-02-29", "20260230", "2026-02-29T10:00",
    "2030-06-31T10:00:00",
    "2030-01-01/2026-02-29", "2030-W00", "2030-W54", "2030-W01-0", "2030-W01-8", "2030-000", "2030-367", "2030-990",
    "2030-01-01T25:00:00Z", "2030-01-01T10:60:00Z", "2030-01-01T10:00:61Z", "2030-01-01T24:00:01Z",
    "2030-01-01T24:01:00Z",
    "2030-01-01T25:00", "2030-01-01T10:60", "2030-01-01T10:00:61", "2030-01-01T10:00:00+2400",
    "2030-01-01T10:60:60Z", "2030-01-01T10:00:00ZZ", "2030-01-01T10:00:00.Z", "2030-01-01TT10:00:00Z",
    "2030-01-01T10:00:00Zx",
    "on 2030-01-01T10:00:00Z", "2030-01-01T10:00:00Z[Europe/Paris]", "2030-01-01T10:00:00 Europe/Paris",
    "1893492000", "1893492000000", "12030-01-01", "null", " tomorrow ",
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN_TEXTS)
def test_a_text_that_neither_allows_is_no_date(text: str) -> None:
    assert BROKEN == read_date(text)


def _two(start: int, end: int) -> st.SearchStrategy[str]:
    return st.integers(start, end).map("{:02}".format)


TEXTS = st.builds(
    "{}-{}-{}T{}:{}:{}{}{}".format,
    st.integers(2, 9998).map("{:04}".format), _two(0, 13), _two(0, 32), _two(0, 23), _two(0, 61), _two(0, 59),
    st.sampled_from(["", ".5", ".123", ".000001"]),
    st.sampled_from(["Z", "+00:00", "+05:45", "-14:00", "+23:59"]),
)  # fmt: skip


@given(TEXTS)
@example("2024-02-29T00:00:00Z")
def test_a_full_date_time_is_broken_where_the_standard_library_refuses_it_and_means_the_same_instant(text: str) -> None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        assert BROKEN == read_date(text)
    else:
        reading = read_date(text)
        assert (False, instant) == (reading.broken, reading.instant)


@given(st.dates(min_value=datetime(2, 1, 1).date()), st.sampled_from(["", "T10:00", "T10:00:00"]))
def test_a_day_of_the_calendar_is_never_broken(day: object, clock: str) -> None:
    assert Feature.DATE_NOT_RFC_3339 is read_date(f"{day}{clock}").unspecified


@given(st.text(max_size=12))
def test_any_text_is_read(text: str) -> None:
    reading = read_date(text)
    assert not (reading.broken and (reading.unspecified or reading.instant))
