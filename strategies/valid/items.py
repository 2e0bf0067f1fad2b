"""Valid items, built from the contract's rules: all required fields, some optional ones, and an end after the start."""

from __future__ import annotations

from strategies.body_layout import Layout
from strategies.byte_choices import Picks
from strategies.valid.fields import value_for
from strategies.values.dates import span
from strategies.values.texts import external_id
from swagger.contract import FieldRule, Json

START, END, ID = "start_date", "end_date", "external_id"

ITEM_BYTES = 16


def item(layout: Layout, picks: Picks, *, serial: int = 0, place: int = 1) -> dict[str, Json]:
    """One item. `serial` and `place` number its id: see `external_id`."""
    start, end = span(picks.stretched())
    known = {START: start, END: end, ID: external_id(picks, serial=serial, place=place)}
    return {rule.name: _value(rule, picks, known) for rule in layout.items if rule.required or picks.one_in(2)}


def _value(rule: FieldRule, picks: Picks, known: dict[str, str]) -> Json:
    if rule.type == "string" and rule.name in known:
        return known[rule.name]
    return value_for(rule)(picks.stretched())


def copy_with_own_id(item: Json, suffix: str = "2") -> Json:
    """A copy of an item with the suffix added to its external id, if it has one."""
    return {**item, ID: f"{item[ID]}-{suffix}"} if isinstance(item.get(ID), str) else dict(item)
