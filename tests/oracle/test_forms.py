"""Which documented answer an answer is in another form, and the one cause that many situations then share."""

from __future__ import annotations

import pytest

from fuzz.oracle.actions import NOT_JSON, Answer
from fuzz.oracle.answers.answer import read_answer
from fuzz.oracle.answers.forms import SWAGGERS, cause_of
from fuzz.oracle.request import Request
from fuzz.oracle.state import SyncState
from fuzz.oracle.verdict import VerdictKind
from swagger.contract import Json
from tests.oracle.documented import (
    BOUND,
    CREATED,
    DISABLED,
    FRESH,
    MESSAGES,
    NONE,
    OK,
    REFUSED,
    B,
    G,
    O,
    create,
    judge,
    send,
    state_error,
    the_contract,
)

RECORD = the_contract().swagger_bodies[200]
STATES: list[tuple[SyncState, Request, str]] = [
    (NONE, send(), "missing"),
    (FRESH, send(O), "already_exists"),
    (BOUND, send(G, B), "already_exists"),
    (DISABLED, send(O), "already_exists"),
    (DISABLED, send(), "invalid"),
]


def as_the_swagger(code: str) -> Answer:
    entry = {"code": code, "field": "staff", "message": MESSAGES[code]}
    return Answer(422, {"status": "Error", "errors": [entry]})


def without_success(code: str) -> Answer:
    return Answer(422, {"errors": state_error(code).body["errors"]})


def flat(code: str) -> Answer:
    return Answer(422, {"success": False, "code": code, "message": MESSAGES[code]})


def codeless(code: str) -> Answer:
    return Answer(422, {"success": False, "errors": [{"message": MESSAGES[code]}]})


@pytest.mark.parametrize(
    ("form", "causes"),
    [
        (as_the_swagger, {SWAGGERS}),
        (without_success, {"$.success is lacking"}),
        (flat, {"$.errors is lacking"}),
        (lambda code: Answer(400, state_error(code).body), {"status 400 in place of 422"}),
        (lambda code: state_error(code, message="no"), {f"{code}: another message" for code in MESSAGES}),
        (lambda code: state_error(code, code="error"), {f"{code}: another code" for code in MESSAGES}),
        (codeless, {"$.errors[0].code is lacking"}),
    ],
)
def test_one_wrong_form_of_the_errors_is_one_cause_in_each_situation(form: object, causes: set[str]) -> None:
    found = set()
    for state, request, code in STATES:
        verdict = judge(state, request, form(code))  # type: ignore[operator]
        assert VerdictKind.FAIL is verdict.kind
        found.add(cause_of(verdict))
    assert causes == found


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (RECORD, SWAGGERS),
        ({"success": True}, "200: $.data is lacking"),
        ({"success": True, "data": {"success": False}}, "200: $.data.success is not as documented"),
        (NOT_JSON, "200: the body is not JSON"),
    ],
)
def test_one_wrong_form_of_the_success_is_one_cause(body: Json, cause: str) -> None:
    causes = {cause_of(judge(state, send(), Answer(200, body))) for state in (FRESH, BOUND)}
    assert {cause} == causes


def test_another_status_of_the_success_is_a_cause() -> None:
    assert "status 201 in place of 200" == cause_of(judge(BOUND, send(), Answer(201, OK.body)))


@pytest.mark.parametrize(
    ("state", "request_", "answer"),
    [
        (BOUND, send(), as_the_swagger("missing")),
        (BOUND, send(G, B), as_the_swagger("missing")),
        (BOUND, send(G, B), OK),
        (BOUND, send(), REFUSED),
        (NONE, send(), Answer(500, as_the_swagger("missing").body)),
        (NONE, send(), Answer(404, NOT_JSON)),
        (BOUND, create(), state_error("missing")),
    ],
)
def test_a_wrong_answer_that_is_not_the_due_one_in_another_form_has_no_such_cause(
    state: SyncState, request_: Request, answer: Answer
) -> None:
    verdict = judge(state, request_, answer)
    assert (VerdictKind.FAIL, "") == (verdict.kind, cause_of(verdict))


def test_a_create_without_its_uid_has_one_cause_in_each_state() -> None:
    causes = {cause_of(judge(state, create(), Answer(200, {}))) for state in (NONE, FRESH, BOUND, DISABLED)}
    assert {"create: nothing at $.uid"} == causes


def test_a_good_answer_has_no_cause() -> None:
    good = [(BOUND, send(), OK), (BOUND, create(), CREATED), (NONE, send(), state_error("missing"))]
    for state, request, answer in good:
        assert "" == cause_of(judge(state, request, answer))


def test_the_swaggers_form_says_so() -> None:
    seen = read_answer(the_contract(), as_the_swagger("missing"))
    assert "the body is the swagger's for 422, and not the workflow document's (see the drift)" == seen.why
