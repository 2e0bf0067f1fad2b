"""Honest variants that refuse what the documents neither allow nor forbid."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from fuzz.sandbox import responses, rules
from fuzz.sandbox.fault_rows import Inherited, Override, Rows, after, also, instead_of, with_service
from fuzz.sandbox.requests import Answer, Arrival, Call, Refusal
from fuzz.sandbox.rules import DATE_FIELDS, Rule
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.store import Sync

variant = Rows()
MAX_TEXT_LENGTH = 255
MAX_BODY_BYTES = 48 * 1024
ODD_CHARACTER = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
LISTED_PROVIDERS = ("google_v3", "outlook_v1.0")
TOP_FIELDS = {"staff_uid", "calendar_sync", "external_items", "external_item"}
SYNC_FIELDS = {"provider", "account"}
ITEM_FIELDS = {rule.field for rule in rules.ITEM}


def refuses_texts(reason: str, is_refused: Callable[[str], bool]) -> tuple[Override, Override]:
    """Some texts are refused, in items and as accounts."""

    def check_item(call: Call, position: int, item: object) -> Refusal:
        values = item.values() if isinstance(item, dict) else ()
        return _refused("item", reason, when=any(isinstance(text, str) and is_refused(text) for text in values))

    def check_calendar_sync(call: Call) -> Refusal:
        return _refused("account", reason, when=is_refused(call.account))

    return also(Behaviour.check_item)(check_item), also(Behaviour.check_calendar_sync)(check_calendar_sync)


@variant.by(also(Behaviour.check_items))
def repeated_ids_refused(call: Call, sync: Sync | None) -> Refusal:
    """Two items of one call may not have the same external id."""
    return _refused("external_id", "is repeated", when=len(call.external_ids) != len(set(call.external_ids)))


@variant.by(with_service(Behaviour.check_items))
def resent_ids_refused(service: Behaviour, refusal: Refusal, call: Call, sync: Sync | None) -> Refusal:
    """An item that was sent before may not be sent again."""
    if refusal is not None or sync is None:
        return refusal
    resent = any(service.store.has_item(sync.staff_uid, external_id) for external_id in call.external_ids)
    return _refused("external_id", "has been taken", when=resent)


@variant.by(also(Behaviour.check_item_forms))
def empty_list_refused(call: Call) -> Refusal:
    """A call must carry at least one item."""
    return _refused("external_items", "must not be empty", when=not call.items)


@variant.by(also(Behaviour.check_item_forms))
def both_forms_refused(call: Call) -> Refusal:
    """A call may carry a list of items or a single item, not both."""
    both = "external_items" in call.body and "external_item" in call.body
    return _refused("external_item", "must stand alone", when=both)


@variant.mixin
class UnknownFieldsRefused(Behaviour):
    """Fields that the documents do not name are refused, at the top and in items."""

    def check_item_forms(self, call: Call) -> Refusal:
        in_sync = not SYNC_FIELDS.issuperset(call.body["calendar_sync"])
        unknown = in_sync or not TOP_FIELDS.issuperset(call.body)
        return super().check_item_forms(call) or _refused("body", "has unknown fields", when=unknown)

    def check_item(self, call: Call, position: int, item: object) -> Refusal:
        unknown = isinstance(item, dict) and not ITEM_FIELDS.issuperset(item)
        return super().check_item(call, position, item) or _refused("item", "has unknown fields", when=unknown)


@variant.by(also(Behaviour.check_items))
def stale_calendar_refused(call: Call, sync: Sync | None) -> Refusal:
    """An item must name the uid of the sync as it is now."""
    stale = sync is not None and any(item["external_calendar_uid"] != sync.uid for item in call.items)
    return _refused("external_calendar_uid", "is not the sync's", when=stale)


@variant.by(also(Behaviour.check_calendar_sync))
def unlisted_provider_refused(call: Call) -> Refusal:
    """A provider that the document does not list is refused before anything is looked up."""
    return _refused("provider", "is not supported", when=call.provider not in LISTED_PROVIDERS)


@variant.by(after(Behaviour.item_rules))
def strict_dates(documented: tuple[Rule, ...], call: Call, position: int) -> tuple[Rule, ...]:
    """Dates must be RFC 3339 date-times, spelled with capitals and without a leap second."""
    return tuple(
        replace(rule, accepts=rules.is_plain_rfc_3339) if rule.field in DATE_FIELDS else rule for rule in documented
    )


@variant.by(also(Behaviour.check_item))
def far_years_refused(call: Call, position: int, item: object) -> Refusal:
    """Dates must lie between 1970 and 2100."""
    fields = item if isinstance(item, dict) else {}
    far = any(not "1970" <= fields[field][:4] <= "2100" for field in DATE_FIELDS if field in fields)
    return _refused("start_date", "is out of range", when=far)


@variant.by(also(Behaviour.check_item))
def end_before_start_refused(call: Call, position: int, item: object) -> Refusal:
    """An item may not end before it starts, which is judged where both dates have the same offset."""
    if not isinstance(item, dict):
        return None
    start, end = item["start_date"].upper(), item["end_date"].upper()
    return _refused("end_date", "is before start_date", when=start[19:] == end[19:] and end[:19] < start[:19])


long_texts_refused = variant(
    "Texts of more than 255 characters are refused.",
    *refuses_texts("is too long", lambda text: len(text) > MAX_TEXT_LENGTH),
)
control_characters_refused = variant(
    "Texts with control characters or lone surrogates are refused.",
    *refuses_texts("has odd characters", lambda text: ODD_CHARACTER.search(text) is not None),
)


@variant.by(instead_of(Behaviour.respond))
async def large_bodies_refused(service: Behaviour, inherited: Inherited[Awaitable[Answer]], arrival: Arrival) -> Answer:
    """A body of more than 48 KiB is refused with 413."""
    large = len(arrival.raw) > MAX_BODY_BYTES
    return responses.too_large() if large else await inherited(arrival)


@variant.by(instead_of(Behaviour.respond))
async def repeated_keys_refused(
    service: Behaviour, inherited: Inherited[Awaitable[Answer]], arrival: Arrival
) -> Answer:
    """A body in which a key comes twice in one object is refused."""
    refused = responses.unreadable("a key comes twice")
    return refused if arrival.has_repeated_key else await inherited(arrival)


empty_texts_refused = variant("Texts may not be empty.", *refuses_texts("must not be empty", lambda text: not text))


def _refused(field: str, reason: str, *, when: bool) -> Refusal:
    return responses.wrong_format(field, reason) if when else None
