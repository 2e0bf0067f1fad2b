"""What is said of failures that are easily taken for something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fuzz.bundle.argument import argue
from fuzz.bundle.texts import payload_line
from fuzz.oracle.actions import Answer, Move, Token
from fuzz.oracle.answers.answer import all_but
from fuzz.oracle.judgement.concurrency import judge_apart, judge_pair
from fuzz.oracle.request import Request
from fuzz.oracle.validity.feature_names import Feature, Unspecified
from fuzz.oracle.verdict import Verdict
from tests.bundle.described import account as account_description
from tests.oracle.documented import (
    CREATED,
    FRESH,
    MESSAGES,
    OK,
    A,
    B,
    create,
    item,
    judge,
    move,
    read,
    send,
    state_error,
    the_contract,
)

UNAUTHORISED = Answer(401, {"success": False})
CREATION = (create(), judge(None, create(), CREATED))


def refused(account: str, token: Token = Token.NONE) -> tuple[Request, Verdict]:
    request = send(account=account, token=token)
    return request, judge(FRESH, request, UNAUTHORISED)


def failed(account: str, answer: Answer) -> tuple[Request, Verdict]:
    request = send(account=account)
    return request, judge(FRESH, request, answer)


@pytest.mark.parametrize(
    ("token", "says"),
    [(Token.NONE, "no token"), (Token.UNKNOWN, "an unknown token"), (Token.CUT, "a token that is cut short")],
)
def test_a_request_without_a_good_token_that_changed_something_is_named(token: Token, says: str) -> None:
    steps = [CREATION, refused(B, token), failed(A, state_error("already_exists"))]
    assert argue(steps).endswith(f" Step 2 carries {says}: refused, it must have changed nothing, and it did.")


@pytest.mark.parametrize(("kind", "code"), [(Move.DISABLE, "invalid"), (Move.DISCONNECT, "missing")])
def test_a_sibling_operation_without_a_good_token_that_was_carried_out_is_named(kind: Move, code: str) -> None:
    request = move(kind, token=Token.UNKNOWN)
    steps = [CREATION, (request, judge(FRESH, request, UNAUTHORISED)), failed(A, state_error(code))]
    assert argue(steps).endswith(" Step 2 carries an unknown token: refused, it must have changed nothing, and it did.")


@pytest.mark.parametrize(
    "steps",
    [
        [CREATION, refused(A), failed(A, state_error("already_exists"))],
        [CREATION, refused(B), failed(A, state_error("invalid"))],
        [CREATION, failed(A, state_error("already_exists"))],
    ],
    ids=["it names the same account", "another answer would be due", "every token is good"],
)
def test_a_refused_request_that_explains_nothing_is_not_named(steps: list[tuple[Request, Verdict]]) -> None:
    assert "changed nothing" not in argue(steps)


def test_of_somebody_elses_refused_request_nothing_is_said() -> None:
    request, verdict = refused(B)
    other = replace(request, action=replace(request.action, staff=1)), verdict
    assert "changed nothing" not in argue([CREATION, other, failed(A, state_error("already_exists"))])


def pair(first: Answer, second: Answer) -> list[tuple[Request, Verdict]]:
    requests = send(account=A), send(account=B)
    seen = read(requests[0], first), read(requests[1], second)
    verdicts = judge_pair(the_contract(), frozenset({FRESH}), requests, seen)
    return [*zip(requests, verdicts, strict=True)]


@pytest.mark.parametrize("answers", [(OK, OK), (Answer(500, {}), OK)], ids=["the second failed", "the first failed"])
def test_two_requests_at_once_are_explained_by_neither_order(answers: tuple[Answer, Answer]) -> None:
    says = "Steps 2 and 3 were sent at once, and neither order of the two explains both answers."
    assert says in argue([CREATION, *pair(*answers)])


def test_of_two_pairs_the_one_that_failed_is_named() -> None:
    good, bad = pair(OK, state_error("already_exists")), pair(OK, OK)
    assert "Steps 4 and 5 were sent at once" in argue([CREATION, *good, *bad])


def test_of_two_staff_members_at_once_neither_explains_the_other() -> None:
    one, other = send(account=A), send(account=B)
    other = replace(other, action=replace(other.action, staff=1))
    judged = [
        judge_apart(the_contract(), frozenset({FRESH}), each, read(each, answer))
        for each, answer in ((one, state_error("missing")), (other, OK))
    ]
    says = argue([CREATION, *zip((one, other), judged, strict=True)])
    assert says.endswith("Steps 2 and 3 were sent at once, for two staff members.")


def test_one_request_after_the_other_is_no_pair() -> None:
    steps = [CREATION, *pair(OK, state_error("already_exists")), failed(A, state_error("missing"))]
    assert "at once" not in argue(steps)


ALMOST = [
    (state_error("already_exists", message="no"), ("already_exists",), "422 already_exists with another message"),
    (state_error("already_exists", message=[5]), ("already_exists",), "422 already_exists with another message"),
    (state_error("already_exists", message="no"), ("success",), ""),
    (state_error("missing", message="no"), ("already_exists",), ""),
    (Answer(400, state_error("invalid", message="no").body), ("invalid",), ""),
    (Answer(422, {"errors": "invalid"}), ("invalid",), ""),
    (Answer(422, {"errors": ["invalid", {"code": ["invalid"]}]}), ("invalid",), ""),
    (Answer(422, [MESSAGES["invalid"]]), ("invalid",), ""),
]


@pytest.mark.parametrize(("answer", "codes", "says"), ALMOST, ids=range(len(ALMOST)))
def test_a_refusal_that_is_all_but_the_error_that_was_due_is_called_so(
    answer: Answer, codes: tuple[str, ...], says: str
) -> None:
    assert says == all_but(the_contract(), answer, codes)


def test_an_id_without_text_is_not_also_one_that_was_sent_before() -> None:
    request = send(sent_ids=frozenset({"", " "}), external_items=[item(external_id=" ")])
    assert (Unspecified(Feature.BLANK_STRING, "external_id"),) == request.validity.unspecified
    assert (Unspecified(Feature.ID_SENT_BEFORE),) == send(sent_ids=frozenset({"ext_item_1"})).validity.unspecified


PAYLOADS = [
    ({}, ""),
    ({"features": [], "payload": []}, ""),
    ({"features": ["empty list"]}, "the payload: empty list"),
    ({"features": ["a", "b"], "payload": ['c is "100 %"']}, 'the payload: a, b, c is "100 %"'),
]


@pytest.mark.parametrize(("failure", "line"), PAYLOADS, ids=range(len(PAYLOADS)))
def test_all_that_there_is_to_know_of_a_payload_stands_in_one_line(failure: dict[str, list[str]], line: str) -> None:
    assert line == payload_line(failure)
    assert (
        f"After step 2 the account is a@example.com; step 3 names b@example.com. {line}".strip()
        == (account_description(payload=line).headline[-1])
    )
