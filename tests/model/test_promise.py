"""What the documents promise of a request, and whether an answer keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from fuzz.model.exchange import Create, Move, MoveSync
from fuzz.model.oracle import Request
from fuzz.model.payload import Quality
from fuzz.model.promise import keeps, matches, promises, together
from fuzz.model.state import CalendarSync, Named
from fuzz.model.verdict import REFUSAL, SUCCESS
from swagger.contract import Json
from tests.model.documented import MESSAGES, A, G, create, move, send, the_contract

OTHER = "b@example.com"
EXISTS = {
    "outcome": "already_exists",
    "says": "422 already_exists",
    "status": ["422"],
    "body": {"success": False, "errors": [{"code": "already_exists", "message": MESSAGES["already_exists"]}]},
}
OK = {
    "outcome": "success",
    "says": "200",
    "status": ["200"],
    "body": {"success": True, "data": {"success": True}},
}
ANYTHING = {"outcome": "success", "says": "anything but a 5xx", "status": ["1xx", "2xx", "3xx"]}


def never(*codes: str) -> dict[str, Any]:
    errors = [{"status": "422", "code": code, "message": MESSAGES[code]} for code in codes]
    return {"outcome": "refusal", "says": "a refusal (4xx)", "status": ["4xx"], "never": errors}


def test_each_allowed_outcome_is_a_promise() -> None:
    assert [EXISTS, OK] == promises(the_contract(), send(), iter(("already_exists", SUCCESS)))


def test_a_refusal_names_no_state_error_that_is_not_allowed() -> None:
    assert [never("missing", "already_exists", "invalid")] == promises(the_contract(), send(), (REFUSAL,))
    assert [EXISTS, never("missing", "invalid")] == promises(the_contract(), send(), ("already_exists", REFUSAL))


def test_a_create_promises_what_its_step_extracts() -> None:
    step = the_contract().create_step
    statuses = [str(status) for status in step.expect_status]
    created = {"says": " or ".join(statuses), "status": statuses, "holds": list(step.extract.values())}
    assert [{"outcome": "success", **created}] == promises(the_contract(), create(), (SUCCESS,))


def test_a_move_promises_only_that_it_succeeded() -> None:
    moved = {"outcome": "success", "says": "200", "status": ["200"], "body": {"success": True}}
    assert [moved] == promises(the_contract(), move(Move.DISABLE), (SUCCESS,))


@pytest.mark.parametrize(
    ("quality", "outcomes", "found"),
    [
        (Quality(silent=("odd",)), (SUCCESS,), [OK, ANYTHING]),
        (Quality(silent=("odd",)), ("already_exists",), [EXISTS]),
        (Quality(silent=("odd",), breaks=("title",)), (SUCCESS,), [OK]),
        (Quality(), (SUCCESS,), [OK]),
    ],
)
def test_where_the_documents_are_silent_anything_but_a_crash_is_promised(
    quality: Quality, outcomes: tuple[str, ...], found: list[Json]
) -> None:
    request = send()
    assert found == promises(the_contract(), Request(request.action, request.named, quality), outcomes)


def test_a_pattern_has_as_many_digits_as_a_status() -> None:
    with pytest.raises(ValueError, match="zip"):
        matches("42", 422)


@pytest.mark.parametrize(
    ("promise", "status", "body", "extracted", "kept"),
    [
        (OK, 200, {"success": True, "data": {"success": True}, "more": 1}, (), True),
        (OK, 200, {"success": True}, (), False),
        (OK, 201, OK["body"], (), False),
        (ANYTHING, 204, None, (), True),
        (ANYTHING, 400, None, (), False),
        ({"status": ["200", "201"], "holds": ["$.uid"]}, 201, {}, ("a uid", 0), True),
        ({"status": ["200"], "holds": ["$.uid"]}, 200, {}, ("a uid", None), False),
        ({"status": ["200"], "holds": ["$.uid"]}, 200, {}, ("",), False),
        (never("missing"), 422, None, (), True),
        (never("missing"), 422, "missing", (), True),
        (never("missing"), 422, {"errors": None}, (), True),
        (never("missing"), 422, {"errors": "missing"}, (), True),
        (never("missing"), 422, {"errors": 1}, (), True),
        (never("missing"), 422, {"errors": ["missing"]}, (), True),
        (never("missing"), 422, {"errors": [{"code": "missing", "message": "m"}]}, (), True),
        (never("missing"), 422, {"errors": [{"code": "c", "message": MESSAGES["missing"]}]}, (), True),
        (never("missing"), 400, {"errors": [{"code": "missing", "message": MESSAGES["missing"]}]}, (), True),
        (never("missing"), 422, {"errors": [{"code": "missing", "message": MESSAGES["missing"]}]}, (), False),
        (
            never("invalid", "missing"),
            422,
            {"errors": [{"code": "missing", "message": MESSAGES["missing"]}]},
            (),
            False,
        ),
    ],
)
def test_an_answer_keeps_a_promise_if_it_says_all_of_it(
    promise: dict[str, Any], status: int, body: Json, extracted: tuple[Json, ...], kept: bool
) -> None:
    assert kept is keeps(promise, status, body, extracted)


def test_outcomes_of_two_at_once_are_those_of_some_order() -> None:
    fresh = frozenset({CalendarSync(G)})
    found = together(the_contract(), fresh, (send(account=A), send(account=OTHER)))
    assert {("success", "already_exists"), ("already_exists", "success")} <= found
    assert ("success", "success") not in found


def test_outcomes_of_two_at_once_are_in_the_order_of_the_requests() -> None:
    moved = Request(MoveSync(0, Move.DISCONNECT, G, A), Named(G, A))
    created = Request(Create(0, G), Named(G, None))
    found = together(the_contract(), frozenset({None}), (moved, created))
    assert {("missing", "success"), ("success", "success")} <= found
    assert {"success"} == {second for _, second in found}


def test_every_believed_state_is_asked() -> None:
    belief = frozenset({None, CalendarSync(G, A)})
    found = together(the_contract(), belief, (send(account=A), send(account=A)))
    assert {("missing", "missing"), ("success", "success")} <= found
