"""Edits of a body: each returns a new one."""

from __future__ import annotations

import pytest

from strategies.body_edits import Form, change, drop, forms, in_form, put
from strategies.body_layout import layout_of
from strategies.valid.bodies import plain_payload
from strategies.valid.items import copy_with_own_id
from swagger.contract import Contract, Json
from tests.strategies.sent import NAMES, with_rule


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        ({"a": 1}, (), 9),
        ({"a": 1}, ("a",), {"a": 9}),
        ({"a": 1}, ("b",), {"a": 1, "b": 9}),
        ({"a": {"b": 1}}, ("a", "b"), {"a": {"b": 9}}),
        ({"a": [1, {"b": 1}]}, ("a", 1, "b"), {"a": [1, {"b": 9}]}),
        ([1, 2], (0,), [9, 2]),
    ],
)
def test_a_value_is_put_at_a_path(body: Json, path: tuple[str | int, ...], expected: Json) -> None:
    assert expected == put(body, path, 9)


def test_a_value_is_changed_and_a_missing_one_is_none() -> None:
    assert change({"a": 1}, ("a",), lambda value: value + 1) == {"a": 2}
    assert change({}, ("a",), str) == {"a": "None"}


def test_a_field_is_dropped_and_the_old_body_keeps_it() -> None:
    body = {"a": [{"b": 1, "c": 2}]}

    assert drop(body, ("a", 0, "b")) == {"a": [{"c": 2}]}
    assert body == {"a": [{"b": 1, "c": 2}]}


def test_a_body_is_brought_into_each_form_and_back(contract: Contract) -> None:
    layout = layout_of(contract)
    body = plain_payload(contract, **NAMES)
    item = body["external_items"][0]

    single, single_path = in_form(layout, body, Form.SINGLE)
    later, later_path = in_form(layout, single, Form.LATER)

    assert (("external_item",), item) == (single_path, single["external_item"])
    assert "external_items" not in single
    assert (("external_items", 1), [item, copy_with_own_id(item)]) == (later_path, later["external_items"])
    assert (body, ("external_items", 0)) == in_form(layout, single, Form.FIRST)


def test_a_list_without_items_gets_one(contract: Contract) -> None:
    layout = layout_of(contract)
    empty = {**plain_payload(contract, **NAMES), "external_items": []}

    assert plain_payload(contract, **NAMES) == in_form(layout, empty, Form.FIRST)[0]


def test_a_copy_of_an_item_has_an_id_of_its_own_where_the_item_has_one() -> None:
    assert copy_with_own_id({"external_id": "a"}) == {"external_id": "a-2"}
    assert copy_with_own_id({"external_id": "a"}, "x") == {"external_id": "a-x"}
    assert copy_with_own_id({"external_id": 1}) == {"external_id": 1}
    assert copy_with_own_id({}) == {}


def test_the_forms_are_those_that_the_contract_describes(contract: Contract) -> None:
    without = with_rule(contract, "external_items", alternative=None)

    assert tuple(Form) == forms(layout_of(contract))
    assert forms(layout_of(without)) == (Form.FIRST, Form.LATER)
