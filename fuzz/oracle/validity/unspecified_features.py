"""Finds the unspecified features of a body, on the body as sent."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence

from fuzz.oracle.actions import RequestContext, Token
from fuzz.oracle.validity.dates import read_date
from fuzz.oracle.validity.feature_names import Feature, Unspecified, in_order
from fuzz.oracle.validity.violations import distinct, items_of, named_by
from swagger.contract import Contract, FieldRule, Json, ids_of

LONGEST_PLAIN_TEXT = 255
"""Characters. The documents set no limit. 255 is the most common column width: a shorter text should be accepted."""

MAX_PLAIN_ITEMS = 500

SHORTEST_PLAIN_SPAN, LONGEST_PLAIN_SPAN = 60.0, 366 * 86_400.0
"""Seconds from an item's start to its end. A service may store whole minutes, or limit the length of an event."""

ITEMS = "external_items[]"
_TOKEN_FEATURES = {Token.OTHER_STAFF: Feature.OTHER_STAFF_TOKEN, Token.ADMIN: Feature.ADMIN_TOKEN}


def unspecified_in(contract: Contract, body: Json, context: RequestContext) -> tuple[Unspecified, ...]:
    """The unspecified features of a body and of the token that it is sent with."""
    features = {Unspecified(_TOKEN_FEATURES[context.token])} if context.token in _TOKEN_FEATURES else set()
    if isinstance(body, dict):
        features.update(_unspecified_fields(contract, "", [body]))
        features.update(_unspecified_whole(contract, body, context))
    return in_order(features)


def unspecified_in_text(text: str | None) -> tuple[Unspecified, ...]:
    """The unspecified feature of a JSON text that its value does not show: RFC 8259, section 4, says of a key that
    comes twice in an object only that software differs.
    """
    return (Unspecified(Feature.REPEATED_KEY),) if text is not None and _has_repeated_key(text) else ()


def _has_repeated_key(text: str) -> bool:
    found: list[int] = []

    def count(pairs: list[tuple[str, Json]]) -> None:
        found.append(len(pairs) - len({name for name, _ in pairs}))

    try:
        json.loads(text, object_pairs_hook=count)
    except (ValueError, RecursionError):
        return False
    return any(found)


def unspecified_names(contract: Contract, provider: str, account: str) -> tuple[Unspecified, ...]:
    """The unspecified features of the provider and account that a sibling operation names."""
    sync = {"provider": provider, "account": account}
    return in_order((*_unspecified_fields(contract, "calendar_sync", [sync]), *_unspecified_account(account)))


def _unspecified_fields(contract: Contract, parent: str, objects: Sequence[dict[str, Json]]) -> Iterator[Unspecified]:
    """The features of the fields of objects in the same place, such as all items."""
    rules = contract.promised_in(parent)
    for name in set().union(*objects):
        rule = rules.get(name)
        if rule is None:
            if all(name != other.alternative for other in rules.values()):
                yield _unpromised_field(contract, parent, name)
            continue
        for value in distinct([fields[name] for fields in objects if name in fields]):
            if value is None and not rule.required:
                yield Unspecified(Feature.NULL, rule.name)
            elif isinstance(value, str):
                yield from _unspecified_text(rule, value)
            elif rule.type == "object" and isinstance(value, dict):
                yield from _unspecified_fields(contract, rule.path, [value])


def _unpromised_field(contract: Contract, parent: str, name: str) -> Unspecified:
    if contract.field(f"{parent}.{name}" if parent else name) is None:
        return Unspecified(Feature.UNKNOWN_FIELD)
    return Unspecified(Feature.UNDOCUMENTED_FIELD, name)


def _unspecified_text(rule: FieldRule, text: str) -> Iterator[Unspecified]:
    if not text.strip():
        yield Unspecified(Feature.BLANK_STRING if text else Feature.EMPTY_STRING, rule.name)
        return
    if rule.format == "date-time":
        spelling = read_date(text).unspecified
        if spelling is not None:
            yield Unspecified(spelling, rule.name)
        return
    if len(text) > LONGEST_PLAIN_TEXT:
        yield Unspecified(Feature.VERY_LONG_TEXT, rule.name)
    if not text.isascii() and any(unicodedata.category(char) in _ODD_CATEGORIES for char in text):
        yield Unspecified(Feature.UNASSIGNED_CHARACTERS, rule.name)
    elif text.isascii() and not text.isprintable():
        yield Unspecified(Feature.CONTROL_CHARACTERS, rule.name)
    if rule.listed and text not in rule.listed:
        yield Unspecified(Feature.UNLISTED_VALUE, rule.name)


_ODD_CATEGORIES = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})


def _unspecified_whole(contract: Contract, body: dict[str, Json], context: RequestContext) -> Iterator[Unspecified]:
    staff_uid = body.get("staff_uid")
    own_token = context.token in (Token.STAFF, Token.ADMIN)
    if isinstance(staff_uid, str) and staff_uid != context.staff_uid and own_token:
        yield Unspecified(Feature.OTHER_STAFF_UID)
    yield from _unspecified_account(named_by(body).account)
    items = items_of(contract, body)
    yield from _unspecified_forms(contract, body, items)
    yield from _unspecified_ids(items, context)
    yield from _unspecified_fields(contract, ITEMS, items)
    yield from _unspecified_items(items, context)


def _unspecified_account(account: Json) -> Iterator[Unspecified]:
    if isinstance(account, str) and not is_plain_email(account):
        yield Unspecified(Feature.NO_EMAIL_ADDRESS)


_PLAIN_EMAIL = re.compile(
    r"(?=.{3,254}\Z)[A-Za-z0-9_+-](?:[.%']?[A-Za-z0-9_+-]){0,63}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}",
    re.ASCII,
)


def is_plain_email(account: str) -> bool:
    """Whether every service accepts this as an address: the common part of RFC 5321, without quotes or bare hosts."""
    local = account.partition("@")[0]
    return len(local) <= 64 and _PLAIN_EMAIL.fullmatch(account) is not None


def _unspecified_forms(
    contract: Contract, body: dict[str, Json], items: list[dict[str, Json]]
) -> Iterator[Unspecified]:
    for rule in contract.promised_in("").values():
        if rule.type != "array":
            continue
        if body.get(rule.name) == []:
            yield Unspecified(Feature.EMPTY_LIST)
        if rule.alternative and rule.name in body and rule.alternative in body:
            yield Unspecified(Feature.BOTH_ITEM_FORMS)
        elif rule.alternative in body and body[rule.alternative] is None:
            yield Unspecified(Feature.NULL_ITEM)
    if len(items) > MAX_PLAIN_ITEMS:
        yield Unspecified(Feature.VERY_MANY_ITEMS)


def _unspecified_ids(items: list[dict[str, Json]], context: RequestContext) -> Iterator[Unspecified]:
    ids = ids_of(items)
    if len(set(ids)) < len(ids):
        yield Unspecified(Feature.REPEATED_ID)
    elif len({item_id.casefold() for item_id in ids}) < len(ids):
        yield Unspecified(Feature.IDS_ALIKE_BUT_FOR_CASE)
    # An id of white space only is another feature, and many scenarios send the same one.
    if not context.sent_ids.isdisjoint(filter(str.strip, ids)):
        yield Unspecified(Feature.ID_SENT_BEFORE)


def _unspecified_items(items: Sequence[dict[str, Json]], context: RequestContext) -> Iterator[Unspecified]:
    own = context.calendar_uid
    uids = (item.get("external_calendar_uid", own) for item in items)
    if own is not None and any(uid != own and isinstance(uid, str) for uid in uids):
        yield Unspecified(Feature.OTHER_CALENDAR_UID)
    dates = [(item.get("start_date"), item.get("end_date")) for item in items]
    for start, end in {(start, end) for start, end in dates if isinstance(start, str) and isinstance(end, str)}:
        begins, ends = read_date(start).instant, read_date(end).instant
        if begins is not None and ends is not None:
            yield from _unspecified_span((ends - begins).total_seconds())


def _unspecified_span(seconds: float) -> Iterator[Unspecified]:
    """The features of the time from an item's start to its end, which the documents do not limit."""
    if seconds < 0:
        yield Unspecified(Feature.END_BEFORE_START)
    elif seconds == 0:
        yield Unspecified(Feature.END_EQUALS_START)
    elif seconds < SHORTEST_PLAIN_SPAN:
        yield Unspecified(Feature.SHORT_SPAN)
    elif seconds > LONGEST_PLAIN_SPAN:
        yield Unspecified(Feature.LONG_SPAN)
