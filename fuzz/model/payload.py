"""What a body breaks and where the documents are silent on it, judged on the body as sent, never by how it was made.

Three qualities follow: a body that breaks nothing and is not silent is *allowed* (the table of states applies to the
letter), a *broken* one must be refused, and on a *silent* one the documents leave acceptance or refusal to the service.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from fuzz.model.dates import read_date
from fuzz.model.exchange import Circumstances, Token
from fuzz.model.state import Named
from swagger.contract import Contract, FieldRule, Json

LONGEST_PLAIN_TEXT = 255
"""Characters. The documents set no limit; up to the commonest column width a refusal would surprise."""

MOST_PLAIN_ITEMS = 500

SHORTEST_PLAIN_SPAN, LONGEST_PLAIN_SPAN = 60.0, 366 * 86_400.0
"""Seconds from an item's start to its end. A service may keep minutes, or bound what a calendar shows."""

ITEMS = "external_items[]"
SENT_BEFORE = "external_id sent before"


@dataclass(frozen=True, slots=True)
class Quality:
    """`breaks`: ids of the clauses that a body breaks, in the contract's order. `silent`: features, sorted. Frozen."""

    breaks: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.breaks and not self.silent


_IS_TYPE: dict[str, Callable[[Json], bool]] = {
    "string": lambda value: isinstance(value, str),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}


def named_by(body: Json) -> Named:
    """The provider and account that a body names, exactly as they stand there; None where it names none."""
    sync = body.get("calendar_sync") if isinstance(body, dict) else None
    if not isinstance(sync, dict):
        return Named(None, None)
    return Named(sync.get("provider"), sync.get("account"))


def breaks(contract: Contract, body: Json) -> tuple[str, ...]:
    """Ids of the documented rules that the body breaks, in the contract's order; empty for a body that keeps them all.

    Of a body with both item forms where the documents describe only one at a time, a rule counts as broken only if
    no form is whole: which form a service reads is its own affair.
    """
    found = set(_broken_at(contract, "", body))
    found.update(_broken_items(contract, body))
    if len(found) < 2:
        return tuple(found)
    order = {clause.id: place for place, clause in enumerate(contract.clauses)}
    return tuple(sorted(found, key=lambda clause: order.get(clause, len(order))))


def silent_on(contract: Contract, body: Json, circumstances: Circumstances) -> tuple[str, ...]:
    """Features of the body on which the documents say nothing, sorted: `empty string: external_id`, `empty list`, …"""
    features = {f"{circumstances.token} token"} if circumstances.token in (Token.OTHER_STAFF, Token.ADMIN) else set()
    if isinstance(body, dict):
        features.update(_silent_fields(contract, "", [body]))
        features.update(_silent_whole(contract, body, circumstances))
    return tuple(sorted(features))


def silent_names(contract: Contract, provider: str, account: str) -> tuple[str, ...]:
    """Where the documents are silent on the provider and account that a sibling operation names, sorted."""
    features = set(_silent_fields(contract, "calendar_sync", [{"provider": provider, "account": account}]))
    return tuple(sorted(features | set(_silent_account(account))))


def judge_payload(contract: Contract, body: Json, circumstances: Circumstances) -> Quality:
    """Both judgements of one body as sent."""
    return Quality(breaks(contract, body), silent_on(contract, body, circumstances))


def _broken_at(contract: Contract, parent: str, value: Json) -> Iterator[str]:
    """Rules for the fields of one object, and of the objects within it, items left to `_broken_items`."""
    fields = value if isinstance(value, dict) else {}
    for rule in contract.promised_in(parent).values():
        if rule.type == "array":
            continue
        yield from _broken_field(rule, [fields])
        if rule.type == "object" and isinstance(fields.get(rule.name), dict):
            yield from _broken_at(contract, rule.path, fields[rule.name])


def _broken_field(rule: FieldRule, objects: Sequence[dict[str, Json]]) -> Iterator[str]:
    """Rules that one field breaks in any of the objects."""
    values = [each[rule.name] for each in objects if rule.name in each]
    if rule.required and len(values) < len(objects):
        yield f"required:{rule.path}"
    for value in _different(values):
        if value is None and not rule.required:
            continue
        if not _IS_TYPE.get(rule.type, lambda _: True)(value):
            yield f"type:{rule.path}"
        elif rule.format == "date-time" and value.strip() and read_date(value).broken:
            yield f"format:{rule.path}"


def _different(values: Sequence[Json]) -> Collection[Json]:
    """The values, a text that comes again only once: of many items most fields are alike."""
    if len(values) < 2:
        return values
    return {value if isinstance(value, str) else id(value): value for value in values}.values()


def _broken_items(contract: Contract, body: Json) -> set[str]:
    broken: set[str] = set()
    fields = body if isinstance(body, dict) else {}
    for rule in contract.promised_in("").values():
        if rule.type != "array":
            continue
        forms = [_broken_list(contract, rule, fields[rule.name])] if fields.get(rule.name) is not None else []
        if rule.alternative and fields.get(rule.alternative) is not None:
            forms.append(_broken_single(contract, rule, fields[rule.alternative]))
        if not forms:
            broken.update(_broken_absent(rule, fields))
        elif all(forms):
            broken.update(*forms)
    return broken


def _broken_absent(rule: FieldRule, fields: dict[str, Json]) -> Iterator[str]:
    if rule.required:
        yield f"type:{rule.path}" if rule.name in fields else f"required:{rule.path}"


def _broken_list(contract: Contract, rule: FieldRule, value: Json) -> set[str]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return {f"type:{rule.path}"}
    rules = contract.promised_in(f"{rule.path}[]").values()
    return {clause for each in rules for clause in _broken_field(each, value)}


def _broken_single(contract: Contract, rule: FieldRule, value: Json) -> set[str]:
    if not isinstance(value, dict):
        return {f"alternative:{rule.alternative}"}
    return _broken_list(contract, rule, [value])


def items_of(contract: Contract, body: Json) -> list[dict[str, Json]]:
    """The items of a body, in both forms, those that are objects."""
    if not isinstance(body, dict):
        return []
    found: list[Json] = []
    for rule in contract.promised_in("").values():
        if rule.type == "array":
            listed = body.get(rule.name)
            found.extend(listed if isinstance(listed, list) else [])
            found.append(body.get(rule.alternative or ""))
    return [item for item in found if isinstance(item, dict)]


def _silent_fields(contract: Contract, parent: str, objects: Sequence[dict[str, Json]]) -> Iterator[str]:
    """Features of the fields of objects that stand in the same place."""
    rules = contract.promised_in(parent)
    for name in set().union(*objects):
        rule = rules.get(name)
        if rule is None:
            if all(name != other.alternative for other in rules.values()):
                yield "unknown field" if contract.field(_join(parent, name)) is None else f"undocumented field: {name}"
            continue
        for value in _different([each[name] for each in objects if name in each]):
            if value is None and not rule.required:
                yield f"null: {rule.name}"
            elif isinstance(value, str):
                yield from _silent_text(rule, value)
            elif rule.type == "object" and isinstance(value, dict):
                yield from _silent_fields(contract, rule.path, [value])


def _join(parent: str, name: str) -> str:
    return f"{parent}.{name}" if parent else name


def _silent_text(rule: FieldRule, text: str) -> Iterator[str]:
    if not text.strip():
        yield f"{'blank' if text else 'empty'} string: {rule.name}"
        return
    if rule.format == "date-time":
        unusual = read_date(text).unusual
        if unusual:
            yield f"date, {unusual}: {rule.name}"
        return
    if len(text) > LONGEST_PLAIN_TEXT:
        yield f"very long text: {rule.name}"
    if not text.isascii() and any(unicodedata.category(char) in _ODD_CATEGORIES for char in text):
        yield f"unassigned or control characters: {rule.name}"
    elif text.isascii() and not text.isprintable():
        yield f"control characters: {rule.name}"
    if rule.listed and text not in rule.listed:
        yield f"unlisted value: {rule.name}"


_ODD_CATEGORIES = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})


def _silent_whole(contract: Contract, body: dict[str, Json], circumstances: Circumstances) -> Iterator[str]:
    staff_uid = body.get("staff_uid")
    own_token = circumstances.token in (Token.STAFF, Token.ADMIN)
    if isinstance(staff_uid, str) and staff_uid != circumstances.staff_uid and own_token:
        yield "staff_uid of somebody else"
    yield from _silent_account(named_by(body).account)
    items = items_of(contract, body)
    yield from _silent_forms(contract, body, items)
    yield from _silent_ids(items, circumstances)
    yield from _silent_fields(contract, ITEMS, items)
    yield from _silent_items(items, circumstances)


def _silent_account(account: Json) -> Iterator[str]:
    if isinstance(account, str) and not is_plain_email(account):
        yield "account is no email address"


_PLAIN_EMAIL = re.compile(
    r"(?=.{3,254}\Z)[A-Za-z0-9_+-](?:[.%']?[A-Za-z0-9_+-]){0,63}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}",
    re.ASCII,
)


def is_plain_email(account: str) -> bool:
    """An address that every service takes for one: the common part of RFC 5321's grammar, no quotes, no bare host."""
    local = account.partition("@")[0]
    return len(local) <= 64 and _PLAIN_EMAIL.fullmatch(account) is not None


def _silent_forms(contract: Contract, body: dict[str, Json], items: list[dict[str, Json]]) -> Iterator[str]:
    for rule in contract.promised_in("").values():
        if rule.type != "array":
            continue
        if body.get(rule.name) == []:
            yield "empty list"
        if rule.alternative and rule.name in body and rule.alternative in body:
            yield "both item forms"
        elif rule.alternative in body and body[rule.alternative] is None:
            yield "null item"
    if len(items) > MOST_PLAIN_ITEMS:
        yield "very many items"


def _silent_ids(items: list[dict[str, Json]], circumstances: Circumstances) -> Iterator[str]:
    ids = [item["external_id"] for item in items if isinstance(item.get("external_id"), str)]
    if len(set(ids)) < len(ids):
        yield "repeated external_id"
    elif len({each.casefold() for each in ids}) < len(ids):
        yield "external_ids alike but for case"
    # An id without any text in it is unusual by itself, and no scenario has one of its own.
    if not circumstances.sent_ids.isdisjoint(filter(str.strip, ids)):
        yield SENT_BEFORE


def _silent_items(items: Sequence[dict[str, Json]], circumstances: Circumstances) -> Iterator[str]:
    own = circumstances.calendar_uid
    uids = (item.get("external_calendar_uid", own) for item in items)
    if own is not None and any(uid != own and isinstance(uid, str) for uid in uids):
        yield "another calendar's uid"
    dates = [(item.get("start_date"), item.get("end_date")) for item in items]
    for start, end in {(start, end) for start, end in dates if isinstance(start, str) and isinstance(end, str)}:
        begins, ends = read_date(start).instant, read_date(end).instant
        if begins is not None and ends is not None:
            yield from _silent_span((ends - begins).total_seconds())


def _silent_span(seconds: float) -> Iterator[str]:
    """How long an item may last is promised nowhere, nor how finely a service tells its end from its start."""
    if seconds < 0:
        yield "end before start"
    elif seconds == 0:
        yield "end equals start"
    elif seconds < SHORTEST_PLAIN_SPAN:
        yield "end less than a minute after start"
    elif seconds > LONGEST_PLAIN_SPAN:
        yield "end more than a year after start"
