"""Faults of payload checks: a documented rule that is not checked, or only in some items or in one form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fuzz.sandbox import payload
from fuzz.sandbox.calls import Answer, Call
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.payload import Rule
from fuzz.sandbox.store import Sync


class Payload(Dishonesty):
    """A body that breaks the contract and is accepted."""

    kind = Kind.PAYLOAD


class ExternalIdOptional(Payload):
    """An item without `external_id` is accepted."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return optional(super().item_rules(call, position), "external_id")


class CalendarUidOptional(Payload):
    """An item without `external_calendar_uid` is accepted, as the swagger has it."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return optional(super().item_rules(call, position), "external_calendar_uid")


class StartDateOptional(Payload):
    """An item without `start_date` is accepted."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return optional(super().item_rules(call, position), "start_date")


class EndDateOptional(Payload):
    """An item without `end_date` is accepted."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return optional(super().item_rules(call, position), "end_date")


class LastModificationOptional(Payload):
    """An item without `last_modification` is accepted."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return optional(super().item_rules(call, position), "last_modification")


class FirstOfSeveralNotChecked(Payload):
    """The first of several items is not checked."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return () if position == 0 and len(call.items) > 1 else super().item_rules(call, position)


class OnlyFirstItemChecked(Payload):
    """The items after the first are not checked."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return () if position else super().item_rules(call, position)


class SingleItemNotChecked(Payload):
    """An `external_item` is not checked."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return () if call.single else super().item_rules(call, position)


class CalendarUidOptionalInSingleItem(Payload):
    """An `external_item` without `external_calendar_uid` is accepted."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        rules = super().item_rules(call, position)
        return optional(rules, "external_calendar_uid") if call.single else rules


class ExternalIdMayBeNumber(Payload):
    """`external_id` may be a number."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return accepting(super().item_rules(call, position), "external_id", (str, int, float))


class TitleMayBeAnything(Payload):
    """The type of `external_title` is not checked."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return accepting(super().item_rules(call, position), "external_title", object)


class CalendarUidMayBeNull(Payload):
    """`external_calendar_uid` may be null."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return accepting(super().item_rules(call, position), "external_calendar_uid", (str, type(None)))


class DatesMayBeNumbers(Payload):
    """Dates may be numbers, as seconds since 1970."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return tuple(_or_number(rule) for rule in super().item_rules(call, position))


class ProviderOptional(Payload):
    """A call without a provider is taken to mean the right one."""

    def calendar_sync_rules(self) -> tuple[Rule, ...]:
        return optional(super().calendar_sync_rules(), "provider")

    def same_provider(self, given: str, kept: str) -> bool:
        return given == "None" or super().same_provider(given, kept)


class AccountOptional(Payload):
    """A call without an account is taken to mean the right one."""

    def calendar_sync_rules(self) -> tuple[Rule, ...]:
        return optional(super().calendar_sync_rules(), "account")

    def same_account(self, given: str, kept: str) -> bool:
        return given == "None" or super().same_account(given, kept)


class ItemsOptional(Payload):
    """A call without any form of items is accepted."""

    def object_to_forms(self, call: Call) -> Answer | None:
        neither = "external_items" not in call.body and "external_item" not in call.body
        return None if neither else super().object_to_forms(call)


class ItemsMayBeNoList(Payload):
    """`external_items` may be something other than a list, which counts as no items."""

    def object_to_forms(self, call: Call) -> Answer | None:
        return None if "external_items" in call.body else super().object_to_forms(call)


class BrokenItemsSkipped(Payload):
    """Broken items are left out in silence, if another one is good."""

    def object_to_items(self, call: Call, sync: Sync | None) -> Answer | None:
        good = any(self.object_to_item(call, position, item) is None for position, item in enumerate(call.items))
        return None if good else super().object_to_items(call, sync)


class OutlookItemsNotChecked(Payload):
    """The items of a sync whose provider is `outlook_v1.0` are not checked."""

    def object_to_items(self, call: Call, sync: Sync | None) -> Answer | None:
        unchecked = sync is not None and sync.provider == "outlook_v1.0"
        return None if unchecked else super().object_to_items(call, sync)


def optional(rules: Iterable[Rule], field: str) -> tuple[Rule, ...]:
    """The rules, but the field need not be there."""
    return tuple(replace(rule, required=False) if rule.field == field else rule for rule in rules)


def accepting(rules: Iterable[Rule], field: str, types: type | tuple[type, ...]) -> tuple[Rule, ...]:
    """The rules, but the field may be of any of these types."""
    return tuple(
        replace(rule, accepts=lambda value: isinstance(value, types)) if rule.field == field else rule for rule in rules
    )


def any_text(rules: Iterable[Rule], *fields: str) -> tuple[Rule, ...]:
    """The rules, but these fields may hold any text."""
    return tuple(replace(rule, accepts=payload.is_text) if rule.field in fields else rule for rule in rules)


def _or_number(rule: Rule) -> Rule:
    if rule.field not in payload.DATE_FIELDS:
        return rule
    return replace(rule, accepts=lambda value: isinstance(value, int) or rule.accepts(value))
