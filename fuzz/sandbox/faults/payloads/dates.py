"""Faults of dates: a date that exists is refused or makes the server crash, or one that does not exist is accepted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from fuzz.sandbox import responses
from fuzz.sandbox.fault_rows import Override, Rows, also
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.faults.payloads.checks import any_text, with_rules
from fuzz.sandbox.faults.payloads.wrong_answers import CRASH
from fuzz.sandbox.requests import Answer
from fuzz.sandbox.rules import DATE_FIELDS, Rule
from fuzz.sandbox.service import Behaviour

fault = Rows(FaultKind.DATE)
LOOKS_LIKE_A_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII)


def good_date(answer: Answer) -> Callable[[Callable[[str], bool]], Override]:
    """Overrides from conditions: an item in order with a date that meets the condition gets this answer."""
    return lambda is_met: also(Behaviour.check_item)(
        lambda call, position, item: answer if any(map(is_met, _dates(item))) else None
    )


def _dates(item: object) -> list[str]:
    fields = item if isinstance(item, dict) else {}
    return [str(fields[field]) for field in DATE_FIELDS if field in fields]


def _is_leap_day(date: str) -> bool:
    return date[4:10] == "-02-29"


def _has_offset(date: str) -> bool:
    return date[-6:-5] in ("+", "-")


def _has_fraction(date: str) -> bool:
    return "." in date


def date_by_pattern(rule: Rule) -> Rule:
    """The rule, but the field may also hold a date whose numbers are out of range."""

    def accepts(value: object) -> bool:
        looks = isinstance(value, str) and LOOKS_LIKE_A_DATE.fullmatch(value) is not None
        return looks or rule.accepts(value)

    return replace(rule, accepts=accepts)


refused, crashes = good_date(responses.wrong_format("start_date", "is not a date")), good_date(CRASH)
leap_day_refused = fault("The 29th of February is refused in every year.", refused(_is_leap_day))
offset_refused = fault("A date with an offset other than Z is refused.", refused(_has_offset))
negative_offset_refused = fault("A date with a negative offset is refused.", refused(lambda date: date[-6:-5] == "-"))
half_hour_offset_refused = fault(
    "A date whose offset is not in whole hours is refused.",
    refused(lambda date: _has_offset(date) and date[-2:] != "00"),
)
fraction_refused = fault("A date with a fraction of a second is refused.", refused(_has_fraction))
crash_on_fraction = fault("A date with a fraction of a second makes the server fall over.", crashes(_has_fraction))
crash_on_leap_day = fault("The 29th of February makes the server fall over.", crashes(_is_leap_day))
crash_on_year_end = fault(
    "The 31st of December makes the server fall over.", crashes(lambda date: date[4:10] == "-12-31")
)
any_date_accepted = fault("Any text is accepted as a date.", with_rules(any_text, *DATE_FIELDS))
last_modification_not_read = fault(
    "Any text is accepted as `last_modification`.", with_rules(any_text, "last_modification")
)
numbers_of_dates_not_read = fault(
    "The numbers of a date are not looked at, so the 30th of February and a thirteenth month are accepted.",
    with_rules(date_by_pattern, *DATE_FIELDS),
)
