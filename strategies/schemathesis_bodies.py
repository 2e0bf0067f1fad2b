"""Bodies that schemathesis makes from the contract's JSON schema, valid and invalid, for cases without a mutation.

schemathesis takes 20 to 40 ms for a body, a hundred times as long as we do. So a few are made when the strategy is
built, and draws choose among them. The schema is made from the merged contract.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from strategies.body_layout import Layout, layout_of
from strategies.byte_choices import Picks, picked
from strategies.valid.fields import CALENDAR_SYNC_UID, STAFF_ID
from strategies.valid.items import ID
from swagger.contract import Contract, FieldRule, Json

if TYPE_CHECKING:
    from schemathesis import GenerationMode

SEED = 0
VALID, INVALID = 10, 16
"""Maximum numbers of bodies that keep the schema, and that violate it."""


def schema_bodies(contract: Contract) -> st.SearchStrategy[Json]:
    """A strategy for schemathesis's bodies with templates, shortest first; mostly with the real staff and calendar.

    It takes most of a second to build, once for a contract.
    """
    return _schema_bodies(layout_of(contract))


@lru_cache(maxsize=8)
def _schema_bodies(layout: Layout) -> st.SearchStrategy[Json]:
    from schemathesis import GenerationMode

    made = [
        *_made(layout, GenerationMode.POSITIVE, VALID),
        *_made(layout, GenerationMode.NEGATIVE, INVALID),
    ]
    bodies = sorted(made, key=lambda body: len(json.dumps(body)))
    return picked(lambda picks: _symbolic(layout, picks.of(bodies), picks), size=8)


def _made(layout: Layout, mode: GenerationMode, count: int) -> list[Json]:
    """At most `count` different bodies. Hypothesis runs with our own settings, not with the loaded profile."""
    found: dict[str, Json] = {}

    @seed(SEED)
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
    """The operation for schemathesis. Our own configuration prevents that a `schemathesis.toml` is read."""
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
    """The value without any text that could be read as a template."""
    if isinstance(value, str):
        return value.replace("{{", "{ {")
    if isinstance(value, list):
        return [_without_templates(entry) for entry in value]
    if isinstance(value, dict):
        return {_without_templates(key): _without_templates(entry) for key, entry in value.items()}
    return value


def _symbolic(layout: Layout, body: Json, picks: Picks) -> Json:
    """The body with ids that no other scenario uses, mostly for the staff member who sends it."""
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
        return [_items(entry, real_calendar) for entry in value]
    if not isinstance(value, dict):
        return value
    item = dict(value)
    if isinstance(item.get(ID), str):
        item[ID] = f"{item[ID]}-{{{{now_timestamp}}}}"
    if isinstance(item.get("external_calendar_uid"), str) and real_calendar:
        item["external_calendar_uid"] = CALENDAR_SYNC_UID
    return item
