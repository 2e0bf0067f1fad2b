"""Items and whole bodies: allowed as sent, of every shape, and led by the contract."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import find

from fuzz.oracle.validity.violations import Validity
from strategies.body_layout import Layout, is_of_type, json_type, layout_of
from strategies.valid.bodies import MAX_ITEMS, body, payloads, plain_payload, with_sync
from strategies.valid.items import item
from swagger.contract import Contract, ContractError, Json
from tests.strategies.sent import ACCOUNT, NAMES, PROVIDER, drawn, filled, judged, made, with_rule, without_rules

ITEM = "external_items[]"


def listed(body: dict[str, Any]) -> list[dict[str, Json]]:
    return body["external_items"] if "external_items" in body else [body["external_item"]]


def many_bodies(contract: Contract, count: int, max_items: int = MAX_ITEMS) -> list[dict[str, Any]]:
    return made(lambda picks: body(layout_of(contract), picks, PROVIDER, ACCOUNT, max_items), count)


def test_the_plain_payload_is_written_out_here(contract: Contract) -> None:
    expected = {
        "staff_uid": "{{staff_id}}",
        "calendar_sync": {"provider": PROVIDER, "account": ACCOUNT},
        "external_items": [
            {
                "external_id": "item-{{now_timestamp}}-1",
                "external_calendar_uid": "{{calendar_sync_uid}}",
                "start_date": "2030-01-01T10:00:00Z",
                "end_date": "2030-01-01T11:00:00Z",
                "last_modification": "2030-01-01T10:00:00Z",
            }
        ],
    }

    assert expected == plain_payload(contract, **NAMES)
    assert expected == find(payloads(contract, **NAMES), lambda _: True)
    assert Validity() == judged(contract, expected)


def test_another_serial_gives_another_id(contract: Contract) -> None:
    body = plain_payload(contract, **NAMES, serial=7)

    assert body["external_items"][0]["external_id"] == "item-{{now_timestamp}}-7-1"


def test_every_payload_is_allowed_as_sent(contract: Contract) -> None:
    for drawn_body in (*drawn(payloads(contract, **NAMES), 150), *many_bodies(contract, 1000)):
        assert Validity() == judged(contract, drawn_body), drawn_body


def test_payloads_come_in_both_forms_and_many_sizes(contract: Contract) -> None:
    bodies = many_bodies(contract, 2000)
    sizes = [len(listed(body)) for body in bodies]

    assert {("external_items",), ("external_item",)} == {tuple(body)[2:] for body in bodies}
    assert {1, 2, 3} <= set(sizes)
    assert 50 <= max(sizes) <= MAX_ITEMS
    assert sum(size <= 3 for size in sizes) > 0.9 * len(sizes)


def test_ids_are_distinct_within_a_body_and_nearly_always_between_bodies(contract: Contract) -> None:
    bodies = many_bodies(contract, 500)
    ids = [[item["external_id"] for item in listed(filled(body))] for body in bodies]

    assert all(len(set(one)) == len(one) for one in ids)
    assert len({one[0] for one in ids}) > 0.9 * len(ids)


def test_no_more_items_than_asked_for(contract: Contract) -> None:
    for max_items in (1, 2, 60):
        sizes = {len(listed(body)) for body in many_bodies(contract, 400, max_items)}

        assert max(sizes) <= max_items


def test_items_have_optional_fields_or_not_and_required_ones_always(contract: Contract) -> None:
    drawn_items = made(partial(item, layout_of(contract)), 150)
    required = {rule.name for rule in contract.item_rules() if rule.required and rule.promised}

    assert all(required <= set(drawn_item) for drawn_item in drawn_items)
    assert {True, False} == {"external_title" in drawn_item for drawn_item in drawn_items}
    assert "rrule" not in {name for drawn_item in drawn_items for name in drawn_item}


def test_a_field_that_becomes_required_is_always_present(contract: Contract) -> None:
    changed = with_rule(contract, f"{ITEM}.external_title", required=True)

    assert all("external_title" in drawn_item for drawn_item in made(partial(item, layout_of(changed)), 50))
    assert plain_payload(changed, **NAMES)["external_items"][0]["external_title"] == "Meeting"


def test_a_field_that_becomes_optional_is_sometimes_absent(contract: Contract) -> None:
    changed = with_rule(contract, f"{ITEM}.external_id", required=False)
    bodies = many_bodies(changed, 500)

    assert {True, False} == {"external_id" in item for body in bodies for item in listed(body)}
    assert all(judged(changed, body).is_valid for body in bodies)


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        (f"{ITEM}.location", {"type": "string"}),
        (f"{ITEM}.created", {"type": "string", "format": "date-time"}),
        (f"{ITEM}.status", {"type": "string", "listed": ("busy", "free")}),
        (f"{ITEM}.priority", {"type": "integer"}),
        (f"{ITEM}.external_id", {"type": "integer"}),
        ("source", {"type": "string"}),
        ("source", {"type": "string", "required": False}),
        ("calendar_sync.region", {"type": "boolean"}),
        ("origin", {"type": "object"}),
        ("origin", {"type": "object", "required": False}),
    ],
)
def test_bodies_of_a_changed_contract_are_allowed_by_it(contract: Contract, path: str, changes: dict[str, Any]) -> None:
    changed = with_rule(contract, path, **changes)

    for valid in [plain_payload(changed, **NAMES), *many_bodies(changed, 150)]:
        assert judged(changed, valid).is_valid, valid


def test_without_the_alternative_there_is_only_the_list(contract: Contract) -> None:
    changed = with_rule(contract, "external_items", alternative=None)

    assert all("external_items" in body for body in many_bodies(changed, 200))


def test_the_names_of_a_body_can_be_changed(contract: Contract) -> None:
    body = plain_payload(contract, provider="", account="")

    assert plain_payload(contract, **NAMES) == with_sync(body, PROVIDER, ACCOUNT)


@pytest.mark.parametrize("body", [[], None, {"calendar_sync": []}, {"staff_uid": "x"}, {"calendar_sync": {}}])
def test_a_body_that_names_no_sync_keeps_its_names(body: Json) -> None:
    assert body == with_sync(body, PROVIDER, ACCOUNT)


def test_a_contract_without_a_list_of_items_is_refused(contract: Contract) -> None:
    changed = without_rules(contract, "external_items")

    with pytest.raises(ContractError, match="no list of items") as refused:
        payloads(changed, **NAMES)
    assert "document a field of type array" in refused.value.next


def test_the_layout_tells_promised_fields_from_others(contract: Contract) -> None:
    layout: Layout = layout_of(contract)

    assert tuple(rule.name for rule in layout.unpromised) == ("rrule",)
    assert tuple(rule.name for rule in layout.within("")) == ("staff_uid", "calendar_sync", "external_items")
    assert (layout.entry, layout.single) == ("external_items[]", "external_item")


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "null"), (True, "boolean"), (1, "integer"), (0.5, "number"), ("", "string"), ([], "array"), ({}, "object")],
)
def test_every_json_value_has_a_type(value: Json, kind: str) -> None:
    assert kind == json_type(value)
    assert is_of_type(value, kind)


def test_a_whole_number_is_a_number_and_a_boolean_is_none() -> None:
    assert is_of_type(1, "number")
    assert not is_of_type(True, "number")
    assert not is_of_type(0.5, "integer")
