"""Honest variants that refuse more: what the documents neither allow nor forbid is refused by these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from fuzz.sandbox import answers, payload
from fuzz.sandbox.behaviour import Behaviour
from fuzz.sandbox.calls import Answer, Arrival, Call
from fuzz.sandbox.dates import is_plain_rfc_3339
from fuzz.sandbox.payload import Rule
from fuzz.sandbox.store import Sync

LONGEST_TEXT = 255
LARGEST_BODY = 48 * 1024
ODD_CHARACTER = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
LISTED_PROVIDERS = ("google_v3", "outlook_v1.0")
TOP_FIELDS = {"staff_uid", "calendar_sync", "external_items", "external_item"}
SYNC_FIELDS = {"provider", "account"}
ITEM_FIELDS = {rule.field for rule in payload.ITEM}


class RepeatedIdsRefused(Behaviour):
    """Two items of one call may not have the same external id."""

    def object_to_items(self, call: Call, sync: Sync | None) -> Answer | None:
        ids = [str(item.get("external_id")) for item in call.items if isinstance(item, dict)]
        repeated = len(ids) != len(set(ids))
        return super().object_to_items(call, sync) or _refused("external_id", "is repeated", when=repeated)


class ResentIdsRefused(Behaviour):
    """An item that was sent before may not be sent again."""

    def object_to_items(self, call: Call, sync: Sync | None) -> Answer | None:
        refusal = super().object_to_items(call, sync)
        if refusal is not None or sync is None:
            return refusal
        resent = any(self.store.has_item(sync.staff_uid, str(item.get("external_id"))) for item in call.items)
        return _refused("external_id", "has been taken", when=resent)


class EmptyListRefused(Behaviour):
    """A call must carry at least one item."""

    def object_to_forms(self, call: Call) -> Answer | None:
        return super().object_to_forms(call) or _refused("external_items", "must not be empty", when=not call.items)


class BothFormsRefused(Behaviour):
    """A call may carry a list of items or a single item, not both."""

    def object_to_forms(self, call: Call) -> Answer | None:
        both = "external_items" in call.body and "external_item" in call.body
        return super().object_to_forms(call) or _refused("external_item", "must stand alone", when=both)


class UnknownFieldsRefused(Behaviour):
    """Fields that the documents do not name are refused, at the top and in items."""

    def object_to_forms(self, call: Call) -> Answer | None:
        in_sync = not SYNC_FIELDS.issuperset(call.body["calendar_sync"])
        unknown = in_sync or not TOP_FIELDS.issuperset(call.body)
        return super().object_to_forms(call) or _refused("body", "has unknown fields", when=unknown)

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        unknown = isinstance(item, dict) and not ITEM_FIELDS.issuperset(item)
        return super().object_to_item(call, position, item) or _refused("item", "has unknown fields", when=unknown)


class StaleCalendarRefused(Behaviour):
    """An item must name the uid of the sync as it is now."""

    def object_to_items(self, call: Call, sync: Sync | None) -> Answer | None:
        refusal = super().object_to_items(call, sync)
        if refusal is not None or sync is None:
            return refusal
        stale = any(item["external_calendar_uid"] != sync.uid for item in call.items)
        return _refused("external_calendar_uid", "is not the sync's", when=stale)


class UnlistedProviderRefused(Behaviour):
    """A provider that the document does not list is refused before anything is looked up."""

    def refuse_calendar_sync(self, call: Call) -> Answer | None:
        refusal = super().refuse_calendar_sync(call)
        return refusal or _refused("provider", "is not supported", when=call.provider not in LISTED_PROVIDERS)


class StrictDates(Behaviour):
    """Dates must be RFC 3339 date-times, spelled with capitals and without a leap second."""

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        return tuple(_strict(rule) for rule in super().item_rules(call, position))


class FarYearsRefused(Behaviour):
    """Dates must lie between 1970 and 2100."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        refusal = super().object_to_item(call, position, item)
        if refusal is not None or not isinstance(item, dict):
            return refusal
        far = any(not "1970" <= item[field][:4] <= "2100" for field in payload.DATE_FIELDS)
        return _refused("start_date", "is out of range", when=far)


class EndBeforeStartRefused(Behaviour):
    """An item may not end before it starts, which is judged where both dates have the same offset."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        refusal = super().object_to_item(call, position, item)
        if refusal is not None or not isinstance(item, dict):
            return refusal
        start, end = item["start_date"].upper(), item["end_date"].upper()
        return _refused("end_date", "is before start_date", when=start[19:] == end[19:] and end[:19] < start[:19])


class LongTextsRefused(Behaviour):
    """Texts of more than 255 characters are refused."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        long = any(len(text) > LONGEST_TEXT for text in _texts(item))
        return super().object_to_item(call, position, item) or _refused("item", "is too long", when=long)

    def refuse_calendar_sync(self, call: Call) -> Answer | None:
        refusal = super().refuse_calendar_sync(call)
        return refusal or _refused("account", "is too long", when=len(call.account) > LONGEST_TEXT)


class ControlCharactersRefused(Behaviour):
    """Texts with control characters or lone surrogates are refused."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        odd = any(_is_odd(text) for text in _texts(item))
        return super().object_to_item(call, position, item) or _refused("item", "has odd characters", when=odd)

    def refuse_calendar_sync(self, call: Call) -> Answer | None:
        refusal = super().refuse_calendar_sync(call)
        return refusal or _refused("account", "has odd characters", when=_is_odd(call.account))


class EmptyTextsRefused(Behaviour):
    """Texts may not be empty."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        empty = "" in _texts(item)
        return super().object_to_item(call, position, item) or _refused("item", "must not be empty", when=empty)

    def refuse_calendar_sync(self, call: Call) -> Answer | None:
        refusal = super().refuse_calendar_sync(call)
        return refusal or _refused("account", "must not be empty", when=not call.account)


def _refused(field: str, reason: str, *, when: bool) -> Answer | None:
    return answers.ill_formed(field, reason) if when else None


def _strict(rule: Rule) -> Rule:
    return replace(rule, accepts=_is_plain_date) if rule.field in payload.DATE_FIELDS else rule


def _is_plain_date(value: object) -> bool:
    return isinstance(value, str) and is_plain_rfc_3339(value)


def _texts(item: object) -> Iterator[str]:
    if isinstance(item, dict):
        yield from (value for value in item.values() if isinstance(value, str))


def _is_odd(text: str) -> bool:
    return ODD_CHARACTER.search(text) is not None


class LargeBodiesRefused(Behaviour):
    """A body of more than 48 KiB is refused with 413."""

    async def respond(self, arrival: Arrival) -> Answer:
        large = len(arrival.raw) > LARGEST_BODY
        return answers.too_large() if large else await super().respond(arrival)
