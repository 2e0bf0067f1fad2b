"""Verdicts beside pass and fail: clause, situation, lost answers, steps of the target's own, bad tokens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fuzz.oracle.actions import NOT_JSON, Answer, Move, Token
from fuzz.oracle.judgement.judge import judge_answer, judge_lost, situation_of
from fuzz.oracle.request import Request, sent_again
from fuzz.oracle.state import Belief, CalendarSync, Named, Situation, SyncState
from fuzz.oracle.validity.violations import Validity
from fuzz.oracle.verdict import ReadAnswer, Tally, Verdict, VerdictKind
from tests.oracle.documented import (
    BOUND,
    CONNECTED,
    CRASHED,
    CREATED,
    DISABLED,
    DISABLED_FRESH,
    FRESH,
    OK,
    REFUSED,
    A,
    B,
    G,
    O,
    create,
    item,
    judge,
    move,
    send,
    sending,
    state_error,
    the_contract,
)

INVALID = send(external_items=[item(external_id=5)])


def texts(judged: Verdict | Validity) -> tuple[str, ...]:
    return tuple(map(str, judged.unspecified))


UNCERTAIN = frozenset({FRESH, BOUND})
TYPE_ID = "type:external_items[].external_id"


@pytest.mark.parametrize(
    ("state", "request_", "answer", "clause"),
    [
        (None, send(), OK, "missing"),
        (BOUND, send(G, B), OK, "already_exists"),
        (DISABLED, send(), OK, "invalid"),
        (BOUND, send(), REFUSED, "success"),
        (BOUND, send(), OK, "success"),
        (BOUND, send(), CRASHED, "no_server_error"),
        (BOUND, send(token=Token.NONE), CRASHED, "no_server_error"),
        (BOUND, send(token=Token.NONE), OK, "token"),
        (BOUND, send(token=Token.UNKNOWN), state_error("missing"), "token"),
        (BOUND, send(token=Token.NONE), Answer(401, NOT_JSON), "token"),
        (BOUND, INVALID, OK, TYPE_ID),
        (BOUND, INVALID, REFUSED, TYPE_ID),
        (None, INVALID, OK, "missing"),
        (BOUND, send(None, A), OK, "required:calendar_sync.provider"),
        (BOUND, send(G, None), OK, "required:calendar_sync.account"),
        (BOUND, send(calendar_sync=None), OK, "required:calendar_sync"),
        (BOUND, send(staff_uid=None), OK, "required:staff_uid"),
        (DISABLED, send(G, None), OK, "invalid"),
        (BOUND, send(None, B), OK, "already_exists"),
        (BOUND, sending([]), OK, "required:staff_uid"),
        # A state error that is not due is the fault, unless another one was due in its place.
        (BOUND, send(), state_error("missing"), "missing"),
        (BOUND, send(), state_error("invalid"), "invalid"),
        (FRESH, send(), state_error("already_exists"), "already_exists"),
        (BOUND, INVALID, state_error("missing"), "missing"),
        (BOUND, send(G, B), state_error("missing"), "already_exists"),
        (None, send(), state_error("invalid"), "missing"),
        (DISABLED, send(), state_error("missing"), "invalid"),
        (BOUND, send(G, None), state_error("missing"), "missing"),
        (None, send(token=Token.OTHER_STAFF), OK, "missing"),
        (DISABLED, send(token=Token.OTHER_STAFF), OK, "invalid"),
        (BOUND, create(), state_error("missing"), "create"),
        (BOUND, create(), CREATED, "create"),
        (BOUND, move(Move.DISABLE), CONNECTED, "disable.success"),
        (FRESH, move(Move.DISABLE), REFUSED, "disable.success"),
        (None, move(Move.CONNECT), CONNECTED, "connect.missing"),
        (BOUND, move(Move.DISCONNECT), CRASHED, "disconnect.no_server_error"),
        (BOUND, create(), CRASHED, "create"),
        (UNCERTAIN, send(G, B), CRASHED, "no_server_error"),
        (UNCERTAIN, send(G, B), REFUSED, "already_exists"),
        (UNCERTAIN, send(G, B), Answer(400, NOT_JSON), "already_exists"),
        (UNCERTAIN, send(G, B), Answer(200, NOT_JSON), "success"),
        (BOUND, send(G, A.upper()), OK, "already_exists"),
        (BOUND, create(), Answer(200, NOT_JSON), "create"),
        (frozenset({BOUND, DISABLED}), send(), REFUSED, "invalid"),
    ],
)
def test_a_verdict_names_the_clause_that_was_due_or_is_violated(
    state: SyncState | Belief, request_: Request, answer: Answer, clause: str
) -> None:
    assert clause == judge(state, request_, answer).clause


def test_of_two_state_errors_that_are_not_due_the_first_is_named() -> None:
    entries = [
        {"code": code, "message": state_error(code).body["errors"][0]["message"]} for code in ("missing", "invalid")
    ]
    verdict = judge(BOUND, send(), Answer(422, {"success": False, "errors": entries}))
    assert ("invalid", {"missing", "invalid"}) == (verdict.clause, verdict.tally.surplus)


@pytest.mark.parametrize(
    ("belief", "request_", "met", "detail"),
    [
        ({None}, send(), Situation.NONE, ""),
        ({BOUND}, send(O, B), Situation.MISMATCHED, "both"),
        ({BOUND, DISABLED}, send(G, B), Situation.MISMATCHED, "account"),
        ({BOUND, DISABLED}, send(), Situation.UNCERTAIN, ""),
        ({BOUND, FRESH}, send(O, B), Situation.UNCERTAIN, ""),
        ({None}, create(), Situation.NONE, ""),
        ({FRESH}, create(O), Situation.FRESH, ""),
        ({BOUND}, create(O), Situation.MATCHED, ""),
        ({DISABLED, DISABLED_FRESH}, create(), Situation.DISABLED, ""),
        ({BOUND, None}, create(), Situation.UNCERTAIN, ""),
    ],
)
def test_the_situation_is_the_one_met_in_every_believed_state(
    belief: set[SyncState], request_: Request, met: Situation, detail: str
) -> None:
    verdict = judge(frozenset(belief), request_, CRASHED)
    assert (met, detail, detail) == (verdict.situation, verdict.mismatch, verdict.detail)
    assert (met, detail) == situation_of(frozenset(belief), request_)
    lost = judge_lost(the_contract(), frozenset(belief), request_, may_have_acted=False, why="x")
    assert (met, detail, False) == (lost.situation, lost.detail, lost.at_once)


def test_a_verdict_keeps_what_it_was_judged_from() -> None:
    sent = send(G, "A@EXAMPLE.COM", external_items=[item(external_id=""), item(external_id=5)])
    verdict = judge(UNCERTAIN, sent, REFUSED)
    loud = CalendarSync(G, "A@EXAMPLE.COM")
    assert (VerdictKind.PASS, UNCERTAIN, {FRESH, BOUND, loud}) == (verdict.kind, verdict.was, verdict.belief)
    assert ("already_exists", "refusal") == verdict.allowed
    assert "422 refusal" == (verdict.seen.label if verdict.seen else None)
    assert (TYPE_ID,) == verdict.violations
    assert ("account differs in case, white space or Unicode form", "empty string: external_id") == texts(verdict)
    assert verdict.observed
    assert not judge(UNCERTAIN, sent, OK).observed
    assert not judge(BOUND, send(), OK).observed
    assert ("sibling operation, where its documents say nothing: connect",) == texts(
        judge(BOUND, move(Move.CONNECT, G, A.upper()), CONNECTED)
    )
    assert () == judge(BOUND, create(), CREATED).unspecified
    assert () == judge(BOUND, send(O, A.upper()), CRASHED).unspecified


def test_a_request_is_made_of_what_was_sent_and_by_whom() -> None:
    sent = send(G, B, token=Token.OTHER_STAFF, external_items=[])
    assert (Named(G, B), Token.OTHER_STAFF, True) == (sent.named, sent.token, sent.is_judged)
    assert ((), ("empty list", "other staff token")) == (sent.validity.violations, texts(sent.validity))
    moved = move(Move.DISABLE, "caldav", "testuser")
    assert (Named("caldav", "testuser"), Token.STAFF) == (moved.named, moved.token)
    assert ("account is no email address", "unlisted value: provider") == texts(moved.validity)
    made = create("caldav")
    assert (Named("caldav", None), Validity(), Token.STAFF) == (made.named, made.validity, made.token)


@pytest.mark.parametrize(
    ("request_", "left"),
    [
        (send(G, A), {BOUND}),
        (send(G, "testuser"), {CalendarSync(G, "testuser")}),
        (send(G, ""), {FRESH, CalendarSync(G, "")}),
        (send(G, " "), {FRESH, CalendarSync(G, " ")}),
        (send(G, "\x00@example.com"), {FRESH, CalendarSync(G, "\x00@example.com")}),
        (send(G, "é\x00@example.com"), {FRESH, CalendarSync(G, "é\x00@example.com")}),
        (send(external_items=[]), {FRESH, BOUND}),
        (send(external_item=item(external_id="2")), {FRESH, BOUND}),
        (send(token=Token.ADMIN), {FRESH, BOUND}),
        (send(token=Token.OTHER_STAFF), {FRESH, BOUND}),
        (send(staff_uid="nobody"), {FRESH, BOUND}),
        (send(staff_uid=""), {FRESH, BOUND}),
        (send(external_items=[item(external_title="")]), {BOUND}),
        (send(sent_ids=frozenset({"ext_item_1"})), {BOUND}),
    ],
)
def test_an_accepted_request_stores_the_account_unless_it_names_or_brings_nothing(
    request_: Request, left: set[SyncState]
) -> None:
    verdict = judge(FRESH, request_, OK)
    assert (VerdictKind.PASS, left) == (verdict.kind, verdict.belief)


TOO_LARGE = Answer(413, NOT_JSON)


def many(count: int) -> Request:
    return send(external_items=[item(external_id=str(number)) for number in range(count)])


@pytest.mark.parametrize("state", [None, FRESH, BOUND, DISABLED])
def test_more_than_25_items_may_be_too_many_which_is_a_refusal(state: SyncState) -> None:
    for answer in (TOO_LARGE, Answer(422, {"detail": "too many items"})):
        verdict = judge(state, many(26), answer)
        left = {FRESH, BOUND} if state == FRESH else {state}
        assert (VerdictKind.PASS, left) == (verdict.kind, verdict.belief)
        assert {"no_server_error"} == verdict.tally.due
        assert VerdictKind.FAIL is judge(state, many(25), answer).kind
    assert VerdictKind.FAIL is judge(state, many(26), Answer(500, NOT_JSON)).kind
    assert VerdictKind.FAIL is judge(state, create(), TOO_LARGE).kind


def test_a_lost_answer_is_inconclusive_and_widens_belief_if_the_service_may_have_acted() -> None:
    sent = send(external_items=[item(external_id="")])
    lost = judge_lost(the_contract(), frozenset({FRESH}), sent, may_have_acted=True, why="timeout")
    assert (VerdictKind.INCONCLUSIVE, "success", "timeout", None) == (lost.kind, lost.clause, lost.why, lost.seen)
    assert ({FRESH}, {FRESH, BOUND}) == (lost.was, lost.belief)
    assert (("refusal", "success"), (), ("empty string: external_id",)) == (
        lost.allowed,
        lost.violations,
        texts(lost),
    )
    assert Tally() == lost.tally
    unsent = judge_lost(the_contract(), frozenset({FRESH}), sent, may_have_acted=False, why="refused")
    assert {FRESH} == unsent.belief
    assert (TYPE_ID, (TYPE_ID,)) == (
        judge_lost(the_contract(), frozenset({BOUND}), INVALID, may_have_acted=True, why="").clause,
        judge_lost(the_contract(), frozenset({BOUND}), INVALID, may_have_acted=True, why="").violations,
    )
    assert "missing" == judge_lost(the_contract(), frozenset({None}), send(), may_have_acted=True, why="").clause


def test_a_request_sent_again_may_be_refused_for_its_ids_and_a_move_may_not() -> None:
    assert VerdictKind.FAIL is judge(BOUND, send(), REFUSED).kind
    again = sent_again(send(external_items=[]))
    assert ("empty list", "external_id sent before") == texts(again.validity)
    assert VerdictKind.PASS is judge(BOUND, sent_again(send()), REFUSED).kind
    assert move(Move.CONNECT) == sent_again(move(Move.CONNECT))
    assert create() == sent_again(create())


def not_judged(request: Request) -> Request:
    return replace(request, is_judged=False)


LED = CalendarSync(O, B)


@pytest.mark.parametrize(
    ("state", "request_", "done", "refused"),
    [
        (None, create(), {FRESH}, {FRESH, None}),
        (BOUND, create(), {FRESH}, {FRESH, BOUND}),
        (None, move(Move.CONNECT, O, B), {LED, None}, {LED, None}),
        (FRESH, move(Move.CONNECT), {BOUND}, {BOUND, FRESH}),
        (DISABLED, move(Move.CONNECT), {BOUND, DISABLED}, {BOUND, DISABLED}),
        (BOUND, move(Move.CONNECT, O, B), {LED, BOUND}, {LED, BOUND}),
        (BOUND, move(Move.DISABLE, O, B), {DISABLED}, {DISABLED, BOUND}),
        (FRESH, move(Move.DISABLE), {DISABLED, DISABLED_FRESH}, {DISABLED, DISABLED_FRESH, FRESH}),
        (None, move(Move.DISABLE), {None}, {None}),
        (BOUND, move(Move.DISCONNECT), {None}, {None, BOUND}),
        (None, move(Move.DISCONNECT), {None}, {None}),
    ],
)
def test_steps_of_the_targets_own_move_the_state_and_are_not_judged(
    state: SyncState, request_: Request, done: set[SyncState], refused: set[SyncState]
) -> None:
    for outcome, status, left in (("success", 200, done), ("refusal", 404, refused), ("refusal", 500, refused)):
        verdict = judge_answer(the_contract(), frozenset({state}), not_judged(request_), ReadAnswer(outcome, status))
        assert (VerdictKind.PASS, left, Tally()) == (verdict.kind, verdict.belief, verdict.tally)


def test_after_a_failure_every_possible_state_is_believed() -> None:
    assert {FRESH, BOUND} == judge(FRESH, send(), CRASHED).belief
    assert {BOUND, FRESH} == judge(BOUND, create(), REFUSED).belief
    assert {BOUND, None} < judge(BOUND, move(Move.DISCONNECT), CRASHED).belief


@pytest.mark.parametrize("state", [None, FRESH, BOUND, DISABLED])
@pytest.mark.parametrize("kind", Move)
@pytest.mark.parametrize("token", [Token.NONE, Token.UNKNOWN])
def test_a_sibling_operation_without_a_good_token_is_refused_and_changes_nothing(
    state: SyncState, kind: Move, token: Token
) -> None:
    refused, done = (judge(state, move(kind, token=token), answer) for answer in (Answer(401, NOT_JSON), OK))

    clause = f"{kind}.token"
    assert (VerdictKind.PASS, frozenset({state}), clause) == (refused.kind, refused.belief, refused.clause)
    assert (VerdictKind.FAIL, clause) == (done.kind, done.clause)
    assert (clause in refused.tally.due, clause in refused.tally.seen) == (True, True)
    assert (clause in done.tally.due, clause in done.tally.seen) == (True, False)
