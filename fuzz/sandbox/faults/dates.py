"""Faults of dates: a date that exists is refused or makes the server fall over, or one that does not is accepted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from fuzz.sandbox import answers
from fuzz.sandbox.calls import Answer, Call
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.faults.payloads import any_text
from fuzz.sandbox.payload import DATE_FIELDS, Rule

LOOKS_LIKE_A_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII)


class Date(Dishonesty):
    """A date misread."""

    kind = Kind.DATE


class LeapDayRefused(Date):
    """The 29th of February is refused in every year."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        return super().object_to_item(call, position, item) or refuse(item, lambda date: date[4:10] == "-02-29")


class OffsetRefused(Date):
    """A date with an offset other than Z is refused."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        return super().object_to_item(call, position, item) or refuse(item, lambda date: date[-6:-5] in ("+", "-"))


class NegativeOffsetRefused(Date):
    """A date with a negative offset is refused."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        return super().object_to_item(call, position, item) or refuse(item, lambda date: date[-6:-5] == "-")


class HalfHourOffsetRefused(Date):
    """A date whose offset is not in whole hours is refused."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        def odd(date: str) -> bool:
            return date[-6:-5] in ("+", "-") and date[-2:] != "00"

        return super().object_to_item(call, position, item) or refuse(item, odd)


class FractionRefused(Date):
    """A date with a fraction of a second is refused."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        return super().object_to_item(call, position, item) or refuse(item, lambda date: "." in date)


class CrashOnFraction(Date):
    """A date with a fraction of a second makes the server fall over."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        return super().object_to_item(call, position, item) or crash(item, lambda date: "." in date)


class CrashOnLeapDay(Date):
    """The 29th of February makes the server fall over."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        return super().object_to_item(call, position, item) or crash(item, lambda date: date[4:10] == "-02-29")


class CrashOnYearEnd(Date):
    """The 31st of December makes the server fall over."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        return super().object_to_item(call, position, item) or crash(item, lambda date: date[4:10] == "-12-31")


class AnyDateAccepted(Date):
    """Any text is accepted as a date."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return any_text(super().item_rules(call, position), *DATE_FIELDS)


class LastModificationNotRead(Date):
    """Any text is accepted as `last_modification`."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return any_text(super().item_rules(call, position), "last_modification")


class NumbersOfDatesNotRead(Date):
    """The numbers of a date are not looked at, so the 30th of February and a thirteenth month are accepted."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return tuple(_by_pattern(rule) for rule in super().item_rules(call, position))


def refuse(item: object, faulty: Callable[[str], bool]) -> Answer | None:
    """A refusal, if any date of the item is such a one."""
    return answers.ill_formed("start_date", "is not a date") if any(map(faulty, _dates(item))) else None


def crash(item: object, faulty: Callable[[str], bool]) -> Answer | None:
    """A 500, if any date of the item is such a one."""
    return answers.crash() if any(map(faulty, _dates(item))) else None


def _dates(item: object) -> list[str]:
    fields = item if isinstance(item, dict) else {}
    return [str(fields[field]) for field in DATE_FIELDS if field in fields]


def _by_pattern(rule: Rule) -> Rule:
    if rule.field not in DATE_FIELDS:
        return rule

    def accepts(value: object) -> bool:
        looks = isinstance(value, str) and LOOKS_LIKE_A_DATE.fullmatch(value) is not None
        return looks or rule.accepts(value)

    return replace(rule, accepts=accepts)
