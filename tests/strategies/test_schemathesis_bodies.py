"""Bodies that schemathesis makes of the contract."""

from __future__ import annotations

import json

from hypothesis import find

from strategies.body_layout import layout_of
from strategies.byte_choices import Picks
from strategies.schemathesis_bodies import _symbolic, _without_templates, schema_bodies, swagger_of
from strategies.valid.fields import CALENDAR_SYNC_UID, STAFF_ID
from swagger.contract import Contract, Json
from tests.strategies.sent import drawn, judged, with_rule


def test_bodies_are_symbolic_json_of_every_quality(contract: Contract) -> None:
    bodies = drawn(schema_bodies(contract), 200)
    qualities = [judged(contract, body) for body in bodies]

    assert any(validity.violations for validity in qualities)
    assert any(not validity.violations for validity in qualities)
    assert len({json.dumps(body, sort_keys=True) for body in bodies}) > 15
    assert any(isinstance(body, dict) and body.get("staff_uid") == "{{staff_id}}" for body in bodies)


def test_the_shortest_body_comes_first_and_building_twice_gives_the_same(contract: Contract) -> None:
    strategy = schema_bodies(contract)
    shortest = find(strategy, lambda _: True)

    assert strategy is schema_bodies(contract)
    assert _length(shortest) <= min(_length(body) for body in drawn(strategy, 100))


def _length(body: Json) -> int:
    """The uids of the target count for nothing: they stand in for what schemathesis made."""
    return len(json.dumps(body).replace(STAFF_ID, "").replace(CALENDAR_SYNC_UID, ""))


def test_the_schema_is_the_merged_contract(contract: Contract) -> None:
    schema = swagger_of(layout_of(contract))["paths"]["/bodies"]["put"]["parameters"][0]["schema"]
    item = schema["properties"]["external_items"]["items"]

    assert schema["required"] == ["staff_uid", "calendar_sync"]
    assert item == schema["properties"]["external_item"]
    assert "external_calendar_uid" in item["required"]
    assert item["properties"]["start_date"] == {"type": "string", "format": "date-time"}
    assert item["properties"]["rrule"] == {"type": "array", "items": {"type": "string"}}


def test_the_schema_follows_the_contract(contract: Contract) -> None:
    changed = with_rule(contract, "external_items", alternative=None)
    changed = with_rule(changed, "options", type="object", required=False)
    schema = swagger_of(layout_of(changed))["paths"]["/bodies"]["put"]["parameters"][0]["schema"]

    assert schema["required"] == ["staff_uid", "calendar_sync", "external_items"]
    assert schema["properties"]["options"] == {"type": "object", "properties": {}}


def test_text_that_looks_like_a_template_is_taken_apart() -> None:
    assert _without_templates({"a{{": ["{{x}}", 1]}) == {"a{ {": ["{ {x}}", 1]}


def test_staff_calendar_and_ids_are_made_ours_where_they_are_texts(contract: Contract) -> None:
    layout = layout_of(contract)
    item = {"external_id": "a", "external_calendar_uid": "b"}
    body = {"staff_uid": "c", "external_items": [item, 1], "external_item": None}
    ours = {"external_id": "a-{{now_timestamp}}", "external_calendar_uid": "{{calendar_sync_uid}}"}
    strangers = {"external_id": "a-{{now_timestamp}}", "external_calendar_uid": "b"}

    assert {"staff_uid": "{{staff_id}}", "external_items": [ours, 1], "external_item": None} == _symbolic(
        layout, body, Picks()
    )
    assert {**body, "external_items": [strangers, 1]} == _symbolic(layout, body, Picks(b"\x03\x03"))
    assert _symbolic(layout, {"staff_uid": 1, "external_items": [{}]}, Picks()) == {
        "staff_uid": 1,
        "external_items": [{}],
    }
    assert _symbolic(layout, [], Picks()) == []
