"""Date-times, read back by the oracle."""

from __future__ import annotations

import re
from datetime import datetime

from hypothesis import find

from fuzz.oracle.validity.dates import read_date
from fuzz.oracle.validity.unspecified_features import LONGEST_PLAIN_SPAN, SHORTEST_PLAIN_SPAN
from strategies.byte_choices import Picks, picked
from strategies.values.dates import BROKEN_DATES, FIRST_DAY, LAST_DAY, UNUSUAL_DATES, date_time, span
from tests.strategies.sent import drawn, made

SPANS = picked(span, size=40)
DATE_TIMES = picked(date_time, size=16)


def test_the_simplest_date_time_is_a_plain_morning() -> None:
    assert find(DATE_TIMES, lambda _: True) == "2030-01-01T10:00:00Z"


def test_every_date_time_is_plainly_allowed() -> None:
    for text in (*drawn(DATE_TIMES, 100), *made(date_time, 3000)):
        reading = read_date(text)

        assert (reading.broken, reading.unspecified) == (False, None), text


def test_date_times_reach_what_calendars_and_clocks_break_on() -> None:
    texts = made(date_time, 3000)
    kinds = {
        "leap day": r".*-02-29T.*",
        "end of a year": r".*-12-31T.*",
        "end of a month": r".*-04-30T.*",
        "midnight": r".*T00:00:00.*",
        "last second": r".*T23:59:59.*",
        "skipped hour": r".*-03-(08|29)T02:30.*",
        "half-hour offset": r".*[+-]\d\d:30",
        "negative offset": r".*-\d\d:\d\d",
        "quarter-hour offset": r".*:45",
        "first year": r"2000-.*",
        "last year": r"2099-.*",
        **{f"{digits} digits of fraction": rf".*:\d\d\.\d{{{digits}}}(Z|[+-].*)" for digits in range(1, 10)},
    }

    assert [kind for kind, pattern in kinds.items() if not any(re.fullmatch(pattern, text) for text in texts)] == []


def test_date_times_are_of_many_days_and_seconds() -> None:
    assert len(set(drawn(DATE_TIMES, 200))) > 180


def test_the_simplest_span_is_an_hour() -> None:
    assert span(Picks()) == ("2030-01-01T10:00:00Z", "2030-01-01T11:00:00Z")


def test_every_span_is_plainly_allowed_and_ends_after_it_starts() -> None:
    for texts in (*drawn(SPANS, 100), *made(span, 3000)):
        start, end = (read_date(text) for text in texts)

        assert (start.broken, start.unspecified, end.broken, end.unspecified) == (False, None, False, None), texts
        assert instant(start.instant) < instant(end.instant), texts


def test_spans_reach_the_shortest_the_longest_and_different_zones() -> None:
    spans = made(span, 3000)
    ends = [(read_date(start).instant, read_date(end).instant) for start, end in spans]
    lengths = [(end - start).total_seconds() for start, end in ends if start and end]

    assert SHORTEST_PLAIN_SPAN == min(lengths)
    assert any(SHORTEST_PLAIN_SPAN < length < SHORTEST_PLAIN_SPAN + 0.001 for length in lengths)
    assert LONGEST_PLAIN_SPAN == max(lengths)
    assert any(start[-6:] != end[-6:] for start, end in spans)


def test_a_span_stays_in_the_century_when_it_starts_on_the_last_day() -> None:
    late = [texts for texts in made(span, 3000) if texts[1].startswith(str(LAST_DAY))]

    assert late
    assert all(str(FIRST_DAY.year) <= start[:4] for start, _ in late)


def test_two_equal_moments_are_told_apart() -> None:
    zeros = [bytes(length) + b"\x02" + bytes(40) for length in range(24)]

    starts_and_ends = {span(Picks(data)) for data in zeros}

    assert all(instant(read_date(start).instant) < instant(read_date(end).instant) for start, end in starts_and_ends)


def test_every_unusual_date_is_iso_8601_and_unspecified() -> None:
    for sample in UNUSUAL_DATES:
        reading = read_date(sample.value)

        assert (reading.broken, reading.unspecified is not None) == (False, True), sample


def test_unusual_dates_are_of_every_kind_that_the_oracle_tells_apart() -> None:
    reasons = {read_date(sample.value).unspecified for sample in UNUSUAL_DATES}

    assert reasons == {
        "date, year far away",
        "date, lower-case t or z",
        "date, space for T",
        "date, offset -00:00",
        "date, offset beyond 14 hours",
        "date, offset that there is not",
        "date, digits of another script",
        "date, very long fraction",
        "date, hour 24",
        "date, leap second",
        "date, ISO 8601 but not RFC 3339",
    }


def test_every_broken_date_is_no_date() -> None:
    assert [sample for sample in BROKEN_DATES if not read_date(sample.value).broken] == []


def test_no_date_and_no_name_of_one_is_there_twice() -> None:
    for pool in (UNUSUAL_DATES, BROKEN_DATES):
        assert len(pool) == len({sample.label for sample in pool}) == len({sample.value for sample in pool})


def instant(moment: datetime | None) -> float:
    assert moment is not None
    return moment.timestamp()
