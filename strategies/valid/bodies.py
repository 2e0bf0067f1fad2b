"""Valid whole bodies, in both item forms, from the simplest one to several hundred items."""

from __future__ import annotations

from functools import lru_cache

from hypothesis import strategies as st

from strategies.body_layout import Layout, layout_of
from strategies.byte_choices import SIMPLEST, Picks, picked
from strategies.valid.fields import ACCOUNT_PATH, PROVIDER_PATH, value_for
from strategies.valid.items import ID, ITEM_BYTES, item
from swagger.contract import Contract, FieldRule, Json

SYNC, PROVIDER, ACCOUNT = "calendar_sync", "provider", "account"

MAX_ITEMS = 300

_FEW = (1, 1, 1, 1, 2, 2, 3)
_MANY = (50, 100, 101, 150, 200, 256, 300)
_ONE_IN_MANY = 64
_DRAWN_ITEMS = max(_FEW)
_BODY_BYTES = 10 + _DRAWN_ITEMS * ITEM_BYTES


def payloads(
    contract: Contract, *, provider: str, account: str, max_items: int = MAX_ITEMS
) -> st.SearchStrategy[dict[str, Json]]:
    """A strategy for bodies that name a provider and an account. Mostly 1 to 3 items; one body in 64 has 50 to 300."""
    return _payloads(layout_of(contract), provider, account, max_items)


@lru_cache(maxsize=1024)
def _payloads(layout: Layout, provider: str, account: str, max_items: int) -> st.SearchStrategy[dict[str, Json]]:
    return picked(lambda picks: body(layout, picks, provider, account, max_items), size=_BODY_BYTES)


def plain_payload(contract: Contract, *, provider: str, account: str, serial: int = 0) -> dict[str, Json]:
    """The simplest body: one item with only the required fields. Another `serial` gives another external id."""
    layout = layout_of(contract)
    return _body(layout, Picks(SIMPLEST), provider, account, {layout.listing.name: [plain_item(layout, serial)]})


def plain_item(layout: Layout, serial: int = 0) -> dict[str, Json]:
    """The simplest item."""
    return item(layout, Picks(SIMPLEST), serial=serial)


def with_sync(body: Json, provider: str, account: str) -> Json:
    """The body with another provider and account; a body that names none stays as it is."""
    if not isinstance(body, dict) or not isinstance(body.get(SYNC), dict):
        return body
    names = {PROVIDER: provider, ACCOUNT: account}
    return {**body, SYNC: {**body[SYNC], **{name: names[name] for name in names if name in body[SYNC]}}}


def body(layout: Layout, picks: Picks, provider: str, account: str, max_items: int) -> dict[str, Json]:
    """The body that the picks choose."""
    serial = picks.number(1 << 24)
    if layout.single is not None and picks.one_in(4):
        return _body(layout, picks, provider, account, {layout.single: item(layout, picks, serial=serial)})
    return _body(layout, picks, provider, account, {layout.listing.name: _items(layout, picks, serial, max_items)})


def _items(layout: Layout, picks: Picks, serial: int, max_items: int) -> list[dict[str, Json]]:
    count = min(max_items, picks.of(_MANY) if picks.one_in(_ONE_IN_MANY) else picks.of(_FEW))
    drawn = [item(layout, picks, serial=serial, place=place + 1) for place in range(min(count, _DRAWN_ITEMS))]
    copies = range(_DRAWN_ITEMS, count)
    return drawn + [_numbered(drawn[place % _DRAWN_ITEMS], place + 1) for place in copies]


def _numbered(item: dict[str, Json], place: int) -> dict[str, Json]:
    """A copy of an item with another place at the end of its id."""
    if not isinstance(item.get(ID), str):
        return item
    return {**item, ID: f"{item[ID].rpartition('-')[0]}-{place}"}


def _body(layout: Layout, picks: Picks, provider: str, account: str, listing: dict[str, Json]) -> dict[str, Json]:
    """The body with its fields in the documents' order."""
    names = {PROVIDER_PATH: provider, ACCOUNT_PATH: account}
    whole: dict[str, Json] = {}
    for rule in layout.within(""):
        if rule is layout.listing:
            whole.update(listing)
        elif rule.required or (rule.type != "object" and picks.one_in(2)):
            whole[rule.name] = _value(layout, rule, picks, names)
    return whole


def _value(layout: Layout, rule: FieldRule, picks: Picks, names: dict[str, str]) -> Json:
    if rule.path in names:
        return names[rule.path]
    if rule.type != "object":
        return value_for(rule)(picks)
    return {inner.name: _value(layout, inner, picks, names) for inner in layout.within(rule.path) if inner.required}
