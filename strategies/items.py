"""Items that the documents allow, built from the contract's rules: required fields always, optional ones now and then,
and an end that lies after its start.
"""

from __future__ import annotations

from hypothesis import strategies as st

from strategies.dates import span
from strategies.fields import value_for
from strategies.layout import Layout, layout_of
from strategies.picks import Picks, picked
from strategies.texts import external_id
from swagger.contract import Contract, FieldRule, Json

START, END, ID = "start_date", "end_date", "external_id"

ITEM_BYTES = 16


def items(contract: Contract) -> st.SearchStrategy[dict[str, Json]]:
    """Single items."""
    layout = layout_of(contract)
    return picked(lambda picks: item(layout, picks, serial=picks.number(1 << 24)), size=ITEM_BYTES)


def item(layout: Layout, picks: Picks, *, serial: int = 0, place: int = 1) -> dict[str, Json]:
    """One item. `serial` and `place` number its id: see `external_id`."""
    start, end = span(picks.stretched())
    known = {START: start, END: end, ID: external_id(picks, serial=serial, place=place)}
    return {rule.name: _value(rule, picks, known) for rule in layout.items if rule.required or picks.one_in(2)}


def _value(rule: FieldRule, picks: Picks, known: dict[str, str]) -> Json:
    if rule.type == "string" and rule.name in known:
        return known[rule.name]
    return value_for(rule)(picks.stretched())
