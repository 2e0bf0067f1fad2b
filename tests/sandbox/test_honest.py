"""The honest server keeps to the documented table, row by row; the rows are copied by hand from the documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fuzz.sandbox.requests import Operation
from tests.sandbox.scenarios import (
    ADA,
    BOB,
    GOOGLE,
    OUTLOOK,
    Step,
    answers_to,
    connect,
    create,
    disable,
    disconnect,
    item,
    items,
    responses,
    send,
    send_item,
    send_one,
)

STATES = {
    "none": [],
    "fresh": [create()],
    "bound": [create(), send()],
    "disabled": [create(), disable()],
}
NOT_REGISTERED = "staff is not registered to any calendar sync"
REQUIRED_FIELDS = ["external_id", "external_calendar_uid", "start_date", "end_date", "last_modification"]
TABLE = [
    ("none", send(), "missing"),
    ("none", send(BOB, OUTLOOK), "missing"),
    ("fresh", send(), "200"),
    ("fresh", send(BOB), "200"),
    ("fresh", send(ADA, OUTLOOK), "already_exists"),
    ("bound", send(), "200"),
    ("bound", send(BOB), "already_exists"),
    ("bound", send(ADA, OUTLOOK), "already_exists"),
    ("bound", send(BOB, OUTLOOK), "already_exists"),
    ("disabled", send(), "invalid"),
    ("disabled", send(BOB), "already_exists"),
    ("disabled", send(ADA, OUTLOOK), "already_exists"),
    ("disabled", send(BOB, OUTLOOK), "already_exists"),
]


@pytest.mark.parametrize(("state", "step", "answer"), TABLE)
def test_sending_items_is_answered_as_the_table_says(state: str, step: Step, answer: str) -> None:
    assert answers_to([*STATES[state], step])[-1] == answer


@pytest.mark.parametrize(("state", "step", "answer"), TABLE)
@pytest.mark.parametrize("sibling", [connect, disable, disconnect])
def test_the_siblings_answer_mismatches_as_bulk_create_does(state: str, step: Step, answer: str, sibling: Any) -> None:
    sync = step.body["calendar_sync"]
    assert answers_to([*STATES[state], sibling(sync["account"], sync["provider"])])[-1] == answer


@pytest.mark.parametrize("state", STATES)
def test_creating_makes_every_state_fresh(state: str) -> None:
    assert answers_to([*STATES[state], create(OUTLOOK), send(BOB, OUTLOOK)])[-2:] == ["200", "200"]


@pytest.mark.parametrize("first", [send, connect, disable])
def test_the_first_accepted_call_stores_its_account(first: Any) -> None:
    assert answers_to([create(), first(), send(BOB)])[-1] == "already_exists"


def test_a_refused_call_stores_nothing() -> None:
    refused = [send(ADA, OUTLOOK), send_item(without="end_date"), send(token="wrong")]
    assert answers_to([create(), *refused, send(BOB)]) == ["200", "already_exists", "refused 422", "refused 401", "200"]


def test_a_disconnected_sync_is_gone() -> None:
    assert answers_to([create(), send(), disconnect(), send()])[-1] == "missing"


def test_staff_members_are_independent() -> None:
    steps = [create(), create(who=1), send(), send(BOB, who=1), disable(who=1, account=BOB), send(), send(who=2)]
    assert answers_to(steps)[-2:] == ["200", "missing"]


def test_the_bodies_are_the_documented_ones() -> None:
    found = [response.json() for response in responses([send(), create(), send()])]
    entry = {"code": "missing", "message": "staff is not registered to any calendar sync"}
    assert found[0] == {"success": False, "errors": [entry]}
    assert found[1]["provider"] == GOOGLE
    assert found[1]["account"] is None
    assert found[1]["enabled"] is False
    assert found[2] == {"success": True, "data": {"success": True}}


def test_the_siblings_answer_the_bodies_of_their_own_documents() -> None:
    created, connected, disabled = (answer.json() for answer in responses([create(), connect(), disable()]))
    assert connected == {**created, "account": ADA, "enabled": True}
    assert disabled == {**connected, "enabled": False}
    assert responses([create(), disconnect()])[-1].json() == {"success": True}


@pytest.mark.parametrize(
    ("step", "body"),
    [
        (connect(), {"status": "Error", "errors": [{"code": "missing", "field": "staff", "message": NOT_REGISTERED}]}),
        (disable(), {"success": False, "errors": [{"code": "missing", "message": NOT_REGISTERED}]}),
        (
            Step(Operation.DISABLE, {**disable().body, "staff_uid": "nobody"}),
            {"success": False, "errors": [{"code": "missing", "message": "staff is not exists"}]},
        ),
    ],
)
def test_a_sibling_without_a_sync_or_a_staff_member_says_so_in_its_own_envelope(step: Step, body: object) -> None:
    (response,) = responses([step])
    assert (response.status_code, response.json()) == (422, body)


@pytest.mark.parametrize(
    "step",
    [
        send(external_items=[]),
        send(**items(count=500)),
        send(external_item=item(1), external_items=[item(2)]),
        send(external_items=[item(1), item(1)]),
        send_one(without="external_title"),
        send_item(external_title=""),
        send_item(external_title="\ud800 \0 🎉 ' < \u202e"),
        send_item(external_title="x" * 1_000_000),
        send_item(end_date="1969-01-01T00:00:00Z"),
        send_item(colour="blue", rrule=["FREQ=DAILY"]),
        send(colour="blue"),
        send("\ud800\0ada"),
        send(""),
    ],
)
def test_what_the_documents_do_not_forbid_is_accepted(step: Step) -> None:
    assert answers_to([create(), step, step])[-2:] == ["200", "200"]


@pytest.mark.parametrize(
    "field", ["external_id", "external_calendar_uid", "start_date", "end_date", "last_modification"]
)
@pytest.mark.parametrize("value", [None, 7, 1e300, [], {}, True, "absent"])
def test_a_broken_field_is_refused_in_every_item_and_form(field: str, value: Any) -> None:
    broken = item(2, without=field) if value == "absent" else item(2, **{field: value})
    forms = [{"external_items": [broken]}, {"external_items": [item(1), broken]}, {"external_item": broken}]
    assert answers_to([create(), *(send(**form) for form in forms)])[1:] == ["refused 422"] * 3


@pytest.mark.parametrize(
    "body",
    [
        {"staff_uid": None},
        {"staff_uid": 7},
        {"calendar_sync": None},
        {"calendar_sync": []},
        {"calendar_sync": {"provider": GOOGLE}},
        {"calendar_sync": {"provider": GOOGLE, "account": None}},
        {"calendar_sync": {"account": ADA}},
        {"calendar_sync": {"account": ADA, "provider": 3}},
        {"external_items": None},
        {"external_items": {}},
        {"external_items": [None]},
        {"external_item": None},
        {"external_item": [item()]},
    ],
)
def test_a_broken_envelope_is_refused(body: dict[str, Any]) -> None:
    assert answers_to([create(), send(**body)])[-1] == "refused 422"


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        (b"", "refused 400"),
        (b"{", "refused 400"),
        (b"[]", "refused 400"),
        (b"null", "refused 400"),
        (b'"text"', "refused 400"),
        (b"\xff\xfe", "refused 400"),
        (b'{"staff_uid": NaN}', "refused 400"),
        (b'{"staff_uid": ' + b"9" * 5000 + b"}", "refused 400"),
        (b"[" * 100_000, "refused 400"),
        (b'{"a":' * 100_000, "refused 400"),
        (b"{}", "refused 422"),
        (b'{"staff_uid": "\\ud800", "calendar_sync": {"provider": "", "account": ""}}', "refused 403"),
        (b" " * (8 * 1024 * 1024 + 1), "refused 413"),
    ],
)
@pytest.mark.parametrize("operation", Operation)
def test_no_body_makes_the_server_fall_over(operation: Operation, raw: bytes, answer: str) -> None:
    token = "admin" if operation is Operation.CREATE else "own"
    seen = answers_to([Step(operation, token=token, raw=raw)])[-1]
    says_unknown = operation in (Operation.CREATE, Operation.DISABLE)
    assert seen == answer or (says_unknown and seen == "refused 422")


def test_deep_nesting_in_an_unknown_field_is_no_matter() -> None:
    whole = json.dumps({"staff_uid": "{{uid}}", **send().body})[:-1].encode()
    raw = whole + b', "deep": ' + b"[" * 200 + b"]" * 200 + b"}"
    assert answers_to([create(), Step(Operation.SEND, raw=raw)])[-1] == "200"


@pytest.mark.parametrize(
    ("token", "answer"),
    [(None, "refused 401"), ("wrong", "refused 401"), ("others", "refused 403"), ("admin", "refused 403")],
)
@pytest.mark.parametrize("state", STATES)
def test_the_wrong_token_is_refused_in_every_state_and_changes_nothing(
    state: str, token: str | None, answer: str
) -> None:
    before = answers_to([*STATES[state], send()])[-1]
    assert answers_to([*STATES[state], send(token=token), send()])[-2:] == [answer, before]


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        (create(token="own"), "refused 403"),
        (create(token=None), "refused 401"),
        (create(app_code_name="icloudwaysync"), "refused 422"),
        (create(app_code_name=["googlewaysync"]), "refused 422"),
        (create(provider=OUTLOOK, app_code_name="googlewaysync"), "refused 422"),
        (create(staff_uid="nobody"), "refused 404"),
        (create(should_import="yes"), "refused 422"),
        (create("mock_provider", should_import=True, is_private_import=False), "200"),
    ],
)
def test_creating_is_refused_for_what_cannot_be_created(step: Step, answer: str) -> None:
    assert answers_to([step]) == [answer]


def test_the_token_comes_before_the_payload_and_the_state_before_the_items() -> None:
    broken = {"external_items": [item(without="end_date")]}
    assert answers_to([send(**broken, token="wrong"), send(**broken)]) == ["refused 401", "missing"]
    assert answers_to([*STATES["bound"], send(BOB, **broken)])[-1] == "already_exists"
