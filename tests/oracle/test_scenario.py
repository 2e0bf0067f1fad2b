"""Scenarios as JSON: the exact objects, there and back, and what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.oracle.actions import UNAUTHORISED, Action, AtOnce, Create, Move, MoveSync, SendItems, Token
from fuzz.oracle.scenario import Scenario, ScenarioError, from_json, kind_of, singles, to_json
from swagger.contract import Json
from tests.oracle.documented import A, G, body

KNOWN: list[tuple[Action, Json]] = [
    (Create(0, G), {"do": "create", "staff": 0, "provider": G}),
    (SendItems(1, {"a": "{{staff_id}}"}), {"do": "send", "staff": 1, "token": "staff", "body": {"a": "{{staff_id}}"}}),
    (SendItems(0, None, Token.OTHER_STAFF), {"do": "send", "staff": 0, "token": "other staff", "body": None}),
    (SendItems(0, None, raw="{"), {"do": "send", "staff": 0, "token": "staff", "raw": "{"}),
    (SendItems(0, None, raw=""), {"do": "send", "staff": 0, "token": "staff", "raw": ""}),
    (MoveSync(2, Move.DISABLE, G, A), {"do": "disable", "staff": 2, "provider": G, "account": A}),
    (
        MoveSync(0, Move.CONNECT, G, A, Token.NONE),
        {"do": "connect", "staff": 0, "provider": G, "account": A, "token": "none"},
    ),
    (
        AtOnce(Create(0, G), MoveSync(1, Move.CONNECT, G, A)),
        {
            "do": "at_once",
            "first": {"do": "create", "staff": 0, "provider": G},
            "second": {"do": "connect", "staff": 1, "provider": G, "account": A},
        },
    ),
]


@pytest.mark.parametrize(("action", "written"), KNOWN)
def test_an_action_is_written_as_this_object_and_read_back(action: Action, written: Json) -> None:
    assert written == to_json(action)
    assert action == from_json(written)


TEXTS, JSON = (
    st.text(max_size=5),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), st.lists),
)
SINGLES = st.one_of(
    st.builds(Create, st.integers(0, 9), TEXTS),
    st.builds(SendItems, st.integers(0, 9), JSON, st.sampled_from(Token)),
    st.builds(SendItems, st.integers(0, 9), st.none(), st.sampled_from(Token), TEXTS),
    st.builds(MoveSync, st.integers(0, 9), st.sampled_from(Move), TEXTS, TEXTS),
    st.builds(MoveSync, st.integers(0, 9), st.sampled_from(Move), TEXTS, TEXTS, st.sampled_from(sorted(UNAUTHORISED))),
)


@given(SINGLES | st.builds(AtOnce, SINGLES, SINGLES))
def test_any_action_comes_back_from_its_json_text(action: Action) -> None:
    assert action == from_json(json.loads(json.dumps(to_json(action))))


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "create",
        [],
        {},
        {"do": "create"},
        {"do": "create", "staff": 0},
        {"do": "create", "staff": -1, "provider": G},
        {"do": "create", "staff": "0", "provider": G},
        {"do": "create", "staff": True, "provider": G},
        {"do": "create", "staff": 0, "provider": None},
        {"do": "dance", "staff": 0, "provider": G, "account": A},
        {"do": [], "staff": 0, "provider": G, "account": A},
        {"do": "disable", "staff": 0, "provider": G},
        {"do": "disable", "staff": 0, "provider": G, "account": 5},
        {"do": "disable", "staff": 0, "provider": 5, "account": A},
        {"do": "disable", "staff": 0, "provider": G, "account": A, "token": "other staff"},
        {"do": "disable", "staff": 0, "provider": G, "account": A, "token": "mine"},
        {"do": "send", "staff": 0, "body": {}},
        {"do": "send", "staff": 0, "token": "mine", "body": {}},
        {"do": "send", "staff": 0, "token": "staff", "raw": 5},
        {"do": "at_once", "first": {"do": "create", "staff": 0, "provider": G}},
        {"do": "at_once", "first": to_json(KNOWN[-1][0]), "second": to_json(KNOWN[0][0])},
        {"do": "at_once", "staff": 0, "first": to_json(KNOWN[0][0]) | {"staff": None}, "second": to_json(KNOWN[0][0])},
    ],
    ids=str,
)
def test_anything_else_is_refused_with_a_reason(value: Json) -> None:
    with pytest.raises(ScenarioError, match="not an action: "):
        from_json(value)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (
            {"do": "create", "staff": -1},
            "not an action: ValueError('staff is not an index') in {'do': 'create', 'staff': -1}",
        ),
        (
            {"do": "create", "staff": 0, "provider": 5},
            "not an action: ValueError('not a text') in {'do': 'create', 'staff': 0, 'provider': 5}",
        ),
        ({"x": "y" * 99}, "not an action: KeyError('do') in {'x': '" + "y" * 73),
    ],
)
def test_a_refusal_shows_what_was_refused_cut_short(value: Json, says: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        from_json(value)
    assert says == str(caught.value)


def test_a_scenario_knows_its_staff_its_requests_and_its_kinds() -> None:
    scenario = Scenario(tuple(action for action, _ in KNOWN))
    assert frozenset({0, 1, 2}) == scenario.staff
    assert 9 == scenario.requests
    first, *_, pair = scenario.actions
    assert (first,) == singles(first)
    assert ["create", "connect"] == [kind_of(single) for single in singles(pair)]
    assert "send" == kind_of(SendItems(0, body()))
