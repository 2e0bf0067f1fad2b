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
from fuzz.oracle.state import Belief, CalendarSync
from fuzz.oracle.validity.feature_names import Feature, Unspecified
from fuzz.oracle.verdict import Verdict, VerdictKind
from tests.bundle.described import account as account_description
from tests.oracle.documented import (
    CREATED,
    FRESH,
    MESSAGES,
    OK,
    A,
    B,
    G,
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
AS_IF_CARRIED_OUT = (
    "refused, it must have changed nothing, and the answer to step 3 is the one due if it was carried out."
)
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
    assert argue(the_contract(), steps).endswith(f" Step 2 carries {says}: {AS_IF_CARRIED_OUT}")


@pytest.mark.parametrize(("kind", "code"), [(Move.DISABLE, "invalid"), (Move.DISCONNECT, "missing")])
def test_a_sibling_operation_without_a_good_token_that_was_carried_out_is_named(kind: Move, code: str) -> None:
    request = move(kind, token=Token.UNKNOWN)
    steps = [CREATION, (request, judge(FRESH, request, UNAUTHORISED)), failed(A, state_error(code))]
    assert argue(the_contract(), steps).endswith(f" Step 2 carries an unknown token: {AS_IF_CARRIED_OUT}")


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
    assert "changed nothing" not in argue(the_contract(), steps)


def test_of_somebody_elses_refused_request_nothing_is_said() -> None:
    request, verdict = refused(B)
    other = replace(request, action=replace(request.action, staff=1)), verdict
    assert "changed nothing" not in argue(the_contract(), [CREATION, other, failed(A, state_error("already_exists"))])


def pair(first: Answer, second: Answer) -> list[tuple[Request, Verdict]]:
    requests = send(account=A), send(account=B, external_items=[item(external_id="other")])
    seen = read(requests[0], first), read(requests[1], second)
    verdicts = judge_pair(the_contract(), frozenset({FRESH}), requests, seen)
    return [*zip(requests, verdicts, strict=True)]


BY_ORDERS = [
    (
        (OK, OK),
        "if step 2 came first, step 3 must be answered 422 already_exists;"
        " if step 3 came first, step 2 must be answered 422 already_exists; seen: both 200.",
    ),
    (
        (Answer(500, {}), OK),
        "if step 2 came first, step 2 must be answered 200;"
        " if step 3 came first, step 2 must be answered 422 already_exists; seen: 500 at step 2.",
    ),
    (
        (state_error("already_exists"), state_error("missing")),
        "if step 2 came first, step 2 must be answered 200; if step 3 came first, step 3 must be answered 200;"
        " seen: 422 already_exists at step 2, 422 missing at step 3.",
    ),
]


@pytest.mark.parametrize(("answers", "says"), BY_ORDERS, ids=range(len(BY_ORDERS)))
def test_of_two_requests_at_once_is_said_what_each_order_would_have_allowed(
    answers: tuple[Answer, Answer], says: str
) -> None:
    both = "Steps 2 and 3 were sent at the same time, and neither order of the two explains both answers"
    assert argue(the_contract(), [CREATION, *pair(*answers)]).endswith(f" {both}: {says}")


def test_of_two_pairs_both_are_named_and_the_orders_are_those_of_the_one_that_failed() -> None:
    good, bad = pair(OK, state_error("already_exists")), pair(OK, OK)
    says = argue(the_contract(), [CREATION, *good, *bad])
    assert " Steps 2 and 3 were sent at the same time. Steps 4 and 5 were sent at the same time, and " in says
    says = argue(the_contract(), [CREATION, *good, *good, *bad])
    assert " Steps 2 and 3; steps 4 and 5 were sent at the same time. Steps 6 and 7 were " in says


def after_a_pair(belief: Belief, account: str, answer: Answer) -> tuple[Request, Verdict]:
    request = send(account=account, external_items=[item(external_id="later")])
    return request, judge(belief, request, answer)


def test_a_request_after_two_at_once_is_told_what_each_order_leads_to() -> None:
    """Which of the two was refused is lost, so either account may be stored."""
    first, second = send(account=A), send(account=B, external_items=[item(external_id="other")])
    verdicts = judge_pair(the_contract(), frozenset({FRESH}), (first, second), (None, None))
    both = [*zip((first, second), verdicts, strict=True)]
    left = frozenset({CalendarSync(G, A), CalendarSync(G, B)})
    assert argue(the_contract(), [CREATION, *both, after_a_pair(left, A, state_error("missing"))]).endswith(
        " Steps 2 and 3 were sent at the same time:"
        " if step 2 came first, step 4 must be answered 422 already_exists or 200;"
        " if step 3 came first, step 4 must be answered 422 already_exists or 200; seen: 422 missing at step 4."
    )


def test_an_order_that_a_later_answer_rules_out_is_told_with_that_answer() -> None:
    good = pair(OK, state_error("already_exists"))
    says = argue(the_contract(), [CREATION, *good, after_a_pair(good[1][1].belief, A, state_error("missing"))])
    assert says.endswith(
        " Steps 2 and 3 were sent at the same time: if step 2 came first, step 4 must be answered 200;"
        " if step 3 came first, step 3 must be answered 200; seen: 422 already_exists at step 3, 422 missing at step 4."
    )


def test_where_neither_order_reaches_the_step_that_failed_nothing_is_said_of_orders() -> None:
    """An answer between may have been explained by a request that was sent twice, of which the steps know nothing."""
    good, bound = pair(OK, state_error("already_exists")), frozenset({CalendarSync(G, B)})
    between, last = after_a_pair(bound, B, OK), after_a_pair(bound, A, OK)
    says = argue(the_contract(), [CREATION, *good, between, last])
    assert says.endswith(" Steps 2 and 3 were sent at the same time.")


def test_without_a_failure_nothing_is_said_of_orders() -> None:
    says = argue(the_contract(), [CREATION, *pair(OK, state_error("already_exists"))])
    assert says.endswith(" Steps 2 and 3 were sent at the same time.")


def test_of_two_staff_members_at_once_neither_explains_the_other() -> None:
    one, other = send(account=A), send(account=B)
    other = replace(other, action=replace(other.action, staff=1))
    judged = [
        judge_apart(the_contract(), frozenset({FRESH}), each, read(each, answer))
        for each, answer in ((one, state_error("missing")), (other, OK))
    ]
    says = argue(the_contract(), [CREATION, *zip((one, other), judged, strict=True)])
    assert says.endswith("Steps 2 and 3 (for two staff members) were sent at the same time.")


def test_of_two_that_failed_at_once_the_argument_is_for_the_first_as_everything_else_that_is_told() -> None:
    one, other = send(account=A), send(account=B)
    other = replace(other, action=replace(other.action, staff=1))
    judged = [
        judge_apart(the_contract(), frozenset({FRESH}), each, read(each, state_error("missing")))
        for each in (one, other)
    ]
    says = argue(the_contract(), [CREATION, *zip((one, other), judged, strict=True)])
    assert says.startswith("After step 1 the google_v3 sync is fresh")


def test_two_at_once_for_another_staff_member_alone_are_only_named() -> None:
    others = [(replace(each, action=replace(each.action, staff=1)), verdict) for each, verdict in pair(OK, OK)]
    others = [(request, replace(verdict, kind=VerdictKind.PASS)) for request, verdict in others]
    says = argue(the_contract(), [CREATION, *others, failed(A, state_error("missing"))])
    assert says.endswith(" Steps 2 and 3 were sent at the same time.")


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
