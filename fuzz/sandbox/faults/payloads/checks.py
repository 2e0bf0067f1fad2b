"""Faults of payload checks: a documented rule that is not checked, or only in some items or in one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from fuzz.sandbox import rules
from fuzz.sandbox.fault_rows import Inherited, Override, Rows, after, before, instead_of
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.requests import Call, Refusal
from fuzz.sandbox.rules import DATE_FIELDS, Rule
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.store import Sync

fault = Rows(FaultKind.PAYLOAD)
Rules = tuple[Rule, ...]
after_item_rules = after(Behaviour.item_rules)


def with_rules(change: Callable[[Rule], Rule], *fields: str) -> Override:
    """The rules for these fields of an item are changed."""
    return after_item_rules(lambda documented, call, position: changed(documented, change, *fields))


def changed(rules: Iterable[Rule], change: Callable[[Rule], Rule], *fields: str) -> Rules:
    """The rules, of which those for these fields are changed."""
    return tuple(change(rule) if rule.field in fields else rule for rule in rules)


def optional(rule: Rule) -> Rule:
    """The rule, but the field need not be there."""
    return replace(rule, required=False)


def any_text(rule: Rule) -> Rule:
    """The rule, but the field may hold any text."""
    return replace(rule, accepts=rules.is_text)


def of_type(*types: type) -> Callable[[Rule], Rule]:
    """Changes a rule so that the field may hold anything of these types."""
    return lambda rule: replace(rule, accepts=lambda value: isinstance(value, types))


def or_number(rule: Rule) -> Rule:
    """The rule, but the field may also hold a whole number."""
    return replace(rule, accepts=lambda value: isinstance(value, int) or rule.accepts(value))


def taken_to_be_right(field: str, comparison: Callable[[Behaviour, str, str], bool]) -> tuple[Override, Override]:
    """A field of `calendar_sync` need not be there, and its comparison holds where it is not."""
    return (
        after(Behaviour.calendar_sync_rules)(lambda documented: changed(documented, optional, field)),
        before(comparison)(lambda given, kept: given == str(None)),
    )


external_id_optional = fault("An item without `external_id` is accepted.", with_rules(optional, "external_id"))
calendar_uid_optional = fault(
    "An item without `external_calendar_uid` is accepted, as the swagger has it.",
    with_rules(optional, "external_calendar_uid"),
)
start_date_optional = fault("An item without `start_date` is accepted.", with_rules(optional, "start_date"))
end_date_optional = fault("An item without `end_date` is accepted.", with_rules(optional, "end_date"))
last_modification_optional = fault(
    "An item without `last_modification` is accepted.", with_rules(optional, "last_modification")
)
first_of_several_not_checked = fault(
    "The first of several items is not checked.",
    after_item_rules(lambda documented, call, position: () if position == 0 and len(call.items) > 1 else documented),
)
only_first_item_checked = fault(
    "The items after the first are not checked.",
    after_item_rules(lambda documented, call, position: () if position else documented),
)
single_item_not_checked = fault(
    "An `external_item` is not checked.",
    after_item_rules(lambda documented, call, position: () if call.single else documented),
)
calendar_uid_optional_in_single_item = fault(
    "An `external_item` without `external_calendar_uid` is accepted.",
    after_item_rules(
        lambda documented, call, position: (
            changed(documented, optional, "external_calendar_uid") if call.single else documented
        )
    ),
)
external_id_may_be_number = fault("`external_id` may be a number.", with_rules(of_type(str, int, float), "external_id"))
title_may_be_anything = fault(
    "The type of `external_title` is not checked.", with_rules(of_type(object), "external_title")
)
calendar_uid_may_be_null = fault(
    "`external_calendar_uid` may be null.", with_rules(of_type(str, type(None)), "external_calendar_uid")
)
dates_may_be_numbers = fault("Dates may be numbers, as seconds since 1970.", with_rules(or_number, *DATE_FIELDS))
provider_optional = fault(
    "A call without a provider is taken to mean the right one.",
    *taken_to_be_right("provider", Behaviour.same_provider),
)
account_optional = fault(
    "A call without an account is taken to mean the right one.", *taken_to_be_right("account", Behaviour.same_account)
)
items_optional = fault(
    "A call without any form of items is accepted.",
    after(Behaviour.check_item_forms)(
        lambda refusal, call: refusal if call.body.keys() & {"external_items", "external_item"} else None
    ),
)
items_may_be_no_list = fault(
    "`external_items` may be something other than a list, which counts as no items.",
    after(Behaviour.check_item_forms)(lambda refusal, call: None if "external_items" in call.body else refusal),
)


@fault.by(instead_of(Behaviour.check_items))
def broken_items_skipped(service: Behaviour, inherited: Inherited[Refusal], call: Call, sync: Sync | None) -> Refusal:
    """Broken items are left out in silence, if another one is good."""
    good = any(service.check_item(call, position, item) is None for position, item in enumerate(call.items))
    return None if good else inherited(call, sync)


outlook_items_not_checked = fault(
    "The items of a sync whose provider is `outlook_v1.0` are not checked.",
    after(Behaviour.check_items)(
        lambda refusal, call, sync: None if sync is not None and sync.provider == "outlook_v1.0" else refusal
    ),
)
