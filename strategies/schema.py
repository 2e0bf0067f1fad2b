"""Bodies that schemathesis makes of the contract's JSON schema, in keeping with it and against it: a source of oddities
that nobody thought of.

One such body takes schemathesis 20 to 40 ms, a hundred times one of ours, so a few are made when the strategy is built,
from a seed, and draws choose among them. The schema is the merged contract's, since a run may read another swagger than
the packaged one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from strategies.fields import CALENDAR_SYNC_UID, STAFF_ID
from strategies.items import ID
from strategies.layout import Layout, layout_of
from strategies.picks import Picks, picked
from swagger.contract import Contract, FieldRule, Json

if TYPE_CHECKING:
    from schemathesis import GenerationMode

IN_KEEPING, AGAINST = 10, 16
"""How many bodies of each kind are made, at most."""


def schema_bodies(contract: Contract, *, from_seed: int = 0) -> st.SearchStrategy[Json]:
    """Symbolic bodies of schemathesis, the shortest first; staff and calendar are mostly the real ones.

    Building the strategy takes most of a second, once for a contract and a seed.
    """
    return _schema_bodies(layout_of(contract), from_seed)


@lru_cache(maxsize=8)
def _schema_bodies(layout: Layout, from_seed: int) -> st.SearchStrategy[Json]:
    from schemathesis import GenerationMode

    made = [
        *_made(layout, GenerationMode.POSITIVE, IN_KEEPING, from_seed),
        *_made(layout, GenerationMode.NEGATIVE, AGAINST, from_seed),
    ]
    bodies = sorted(made, key=lambda body: len(json.dumps(body)))
    return picked(lambda picks: _symbolic(layout, picks.of(bodies), picks), size=8)


def _made(layout: Layout, mode: GenerationMode, count: int, from_seed: int) -> list[Json]:
    """At most so many different bodies. Hypothesis runs by settings of our own, whatever profile is loaded."""
    found: dict[str, Json] = {}

    @seed(from_seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_operation(layout).as_strategy(generation_mode=mode))
    def collect(case: Any) -> None:
        body = _without_templates(case.body)
        if not isinstance(body, bytes):
            found[json.dumps(body)] = body

    collect()
    return list(found.values())


def _operation(layout: Layout) -> Any:
    """The endpoint as schemathesis knows one; our own configuration keeps a stray `schemathesis.toml` out of it."""
    from schemathesis.config import SchemathesisConfig
    from schemathesis.openapi import from_dict

    return from_dict(swagger_of(layout), config=SchemathesisConfig())["/bodies"]["PUT"]


def swagger_of(layout: Layout) -> dict[str, Any]:
    """A swagger with one operation that takes the layout's bodies."""
    parameter = {"name": "body", "in": "body", "required": True, "schema": _object(layout, "")}
    return {
        "swagger": "2.0",
        "info": {"title": "bodies", "version": "1"},
        "paths": {
            "/bodies": {
                "put": {
                    "consumes": ["application/json"],
                    "parameters": [parameter],
                    "responses": {"200": {"description": "taken"}},
                }
            }
        },
    }


def _object(layout: Layout, parent: str) -> dict[str, Any]:
    rules = [rule for rule in (*layout.promised, *layout.unpromised) if rule.parent == parent]
    properties = {rule.name: _schema(layout, rule) for rule in rules}
    required = [rule.name for rule in rules if rule.required]
    if not parent and layout.single is not None:
        properties[layout.single] = _object(layout, layout.entry)
        required.remove(layout.listing.name)
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _schema(layout: Layout, rule: FieldRule) -> dict[str, Any]:
    if rule.type == "object":
        return _object(layout, rule.path)
    if rule.type == "array":
        inner = _object(layout, f"{rule.path}[]")
        return {"type": "array", "items": inner if inner["properties"] else {"type": "string"}}
    return {"type": rule.type, **({"format": rule.format} if rule.format else {})}


def _without_templates(value: Json) -> Json:
    """The value with no text in it that could be read as a template."""
    if isinstance(value, str):
        return value.replace("{{", "{ {")
    if isinstance(value, list):
        return [_without_templates(each) for each in value]
    if isinstance(value, dict):
        return {_without_templates(key): _without_templates(each) for key, each in value.items()}
    return value


def _symbolic(layout: Layout, body: Json, picks: Picks) -> Json:
    """The body for the staff member who sends it, more often than not, with ids that no other scenario uses."""
    if not isinstance(body, dict):
        return body
    whole = dict(body)
    if isinstance(whole.get("staff_uid"), str) and not picks.one_in(4):
        whole["staff_uid"] = STAFF_ID
    real_calendar = not picks.one_in(4)
    for name, value in _item_places(layout, whole):
        whole[name] = _items(value, real_calendar)
    return whole


def _item_places(layout: Layout, body: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    return ((name, body[name]) for name in (layout.listing.name, layout.single) if name in body)


def _items(value: Json, real_calendar: bool) -> Json:
    if isinstance(value, list):
        return [_items(each, real_calendar) for each in value]
    if not isinstance(value, dict):
        return value
    item = dict(value)
    if isinstance(item.get(ID), str):
        item[ID] = f"{item[ID]}-{{{{now_timestamp}}}}"
    if isinstance(item.get("external_calendar_uid"), str) and real_calendar:
        item["external_calendar_uid"] = CALENDAR_SYNC_UID
    return item
