"""The answers that are expected to a request, and whether an answer is one of them."""

from __future__ import annotations

import pytest

from fuzz.oracle.actions import NOT_JSON, Answer, Move
from fuzz.oracle.expectations import Expectation, NamedError, expectations, keeps, matches
from fuzz.oracle.request import Request
from fuzz.oracle.validity.feature_names import Feature, Unspecified
from fuzz.oracle.validity.violations import Validity
from fuzz.oracle.verdict import REFUSAL, SUCCESS
from tests.oracle.documented import CONNECT_MISSING, MESSAGES, create, move, read, send, state_error, the_contract

ODD = (Unspecified(Feature.UNKNOWN_FIELD),)
OTHER = "b@example.com"
EXISTS: Expectation = {
    "outcome": "already_exists",
    "says": "422 already_exists",
    "status": ["422"],
    "body": {"success": False, "errors": [{"code": "already_exists", "message": MESSAGES["already_exists"]}]},
}
OK: Expectation = {
    "outcome": "success",
    "says": "200",
    "status": ["200"],
    "body": {"success": True, "data": {"success": True}},
}
HOLDS: Expectation = {"outcome": "success", "says": "200", "status": ["200"], "holds": ["$.uid"]}
ANYTHING: Expectation = {"outcome": "success", "says": "anything but a 5xx", "status": ["1xx", "2xx", "3xx"]}


def never(*codes: str) -> Expectation:
    errors: list[NamedError] = [{"status": "422", "code": code, "message": MESSAGES[code]} for code in codes]
    return {"outcome": "refusal", "says": "a refusal (4xx)", "status": ["4xx"], "never": errors}


def test_each_allowed_outcome_is_an_expectation() -> None:
    assert [EXISTS, OK] == expectations(the_contract(), send(), iter(("already_exists", SUCCESS)))


def test_a_refusal_names_no_state_error_that_is_not_allowed() -> None:
    assert [never("missing", "already_exists", "invalid")] == expectations(the_contract(), send(), (REFUSAL,))
    assert [EXISTS, never("missing", "invalid")] == expectations(the_contract(), send(), ("already_exists", REFUSAL))


def test_after_a_create_what_its_step_extracts_is_expected() -> None:
    step = the_contract().create_step
    statuses = [str(status) for status in step.expect_status]
    created = {"says": " or ".join(statuses), "status": statuses, "holds": list(step.extract.values())}
    assert [{"outcome": "success", **created}] == expectations(the_contract(), create(), (SUCCESS,))


def test_of_a_sibling_only_what_its_own_documents_promise_is_expected() -> None:
    def of(kind: Move, *outcomes: str) -> list[Expectation]:
        return expectations(the_contract(), move(kind), outcomes)

    record = the_contract().promised_by(Move.CONNECT).success_body
    ok = {"outcome": "success", "says": "200", "status": ["200"], "record": record}
    assert ([ok], ["uid", "staff_uid", "provider", "account"]) == (of(Move.CONNECT, SUCCESS), list(record))
    assert [{"outcome": "refusal", "says": "a refusal (4xx)", "status": ["4xx"]}] == of(Move.DISCONNECT, REFUSAL)
    missing = {"outcome": "connect.missing", "says": "422 missing", "status": ["422"], "body": CONNECT_MISSING.body}
    assert [missing] == of(Move.CONNECT, "connect.missing")
    anything = {"outcome": "success", "says": "anything but a 5xx", "status": ["1xx", "2xx", "3xx", "4xx"]}
    assert [anything] == of(Move.DISABLE, SUCCESS, REFUSAL)


@pytest.mark.parametrize(
    ("validity", "outcomes", "found"),
    [
        (Validity(unspecified=ODD), (SUCCESS,), [OK, ANYTHING]),
        (Validity(unspecified=ODD), ("already_exists",), [EXISTS]),
        (Validity(unspecified=ODD, violations=("title",)), (SUCCESS,), [OK]),
        (Validity(), (SUCCESS,), [OK]),
    ],
)
def test_to_an_unspecified_body_any_answer_but_a_server_error_is_expected(
    validity: Validity, outcomes: tuple[str, ...], found: list[Expectation]
) -> None:
    request = send()
    assert found == expectations(the_contract(), Request(request.action, request.named, validity), outcomes)


def test_a_pattern_has_as_many_digits_as_a_status() -> None:
    with pytest.raises(ValueError, match="zip"):
        matches("42", 422)


REFUSED_BY_NAME = state_error("missing")
AMONG_OTHERS = Answer(422, {"errors": [{"code": "x"}, {**REFUSED_BY_NAME.body["errors"][0], "more": 1}]})
NEARLY_MISSING = [
    Answer(422, None),
    Answer(422, "missing"),
    Answer(422, {"errors": None}),
    Answer(422, {"errors": "missing"}),
    Answer(422, {"errors": 1}),
    Answer(422, {"errors": ["missing"]}),
    state_error("missing", message="m"),
    state_error("missing", code="c"),
    Answer(400, REFUSED_BY_NAME.body),
]


@pytest.mark.parametrize(
    ("request_", "expectation", "answer", "kept"),
    [
        (send(), OK, Answer(200, {**OK["body"], "more": 1}), True),
        (send(), OK, Answer(200, {"success": True}), False),
        (send(), OK, Answer(201, OK["body"]), False),
        (send(), EXISTS, state_error("already_exists"), True),
        (send(), EXISTS, state_error("missing"), False),
        (send(), EXISTS, Answer(422, NOT_JSON), False),
        (send(), ANYTHING, Answer(204, None), True),
        (send(), ANYTHING, Answer(399, None), True),
        (send(), ANYTHING, Answer(400, None), False),
        (create(), HOLDS, Answer(200, {}, {"calendar_sync_uid": "a uid"}), True),
        (create(), HOLDS, Answer(200, {}, {"calendar_sync_uid": 0}), True),
        (create(), HOLDS, Answer(200, {}, {"calendar_sync_uid": None}), False),
        (create(), HOLDS, Answer(200, {}, {"calendar_sync_uid": ""}), False),
        *((send(), never("missing"), answer, True) for answer in NEARLY_MISSING),
        (send(), never("missing"), Answer(200, OK["body"]), False),
        (send(), never("missing"), Answer(500, None), False),
        (send(), never("missing"), REFUSED_BY_NAME, False),
        (send(), never("invalid", "missing"), REFUSED_BY_NAME, False),
        (send(), never("invalid"), REFUSED_BY_NAME, True),
        (send(), never("missing"), AMONG_OTHERS, False),
    ],
)
def test_an_answer_keeps_an_expectation_if_it_says_all_of_it(
    request_: Request, expectation: Expectation, answer: Answer, kept: bool
) -> None:
    due = [error["code"] for error in expectation.get("never", ())]
    outcomes = [REFUSAL, *(code for code in MESSAGES if code not in due)]
    assert kept is keeps(expectation, read(request_, answer), outcomes)
