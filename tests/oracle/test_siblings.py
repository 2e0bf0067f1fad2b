"""What the siblings' own documents promise, as a table copied by hand; of all else nothing is judged but a 5xx."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest

from fuzz.oracle.actions import NOT_JSON, Answer, Move, Token
from fuzz.oracle.judgement.judge import judge_answer
from fuzz.oracle.request import Request
from fuzz.oracle.siblings import read_move
from fuzz.oracle.state import CalendarSync, SyncState
from fuzz.oracle.verdict import Verdict, VerdictKind
from tests.oracle.documented import (
    BOUND,
    CONNECT_MISSING,
    CRASHED,
    DISABLED,
    DISABLED_FRESH,
    DISABLED_NOW,
    FRESH,
    NONE,
    OK,
    A,
    B,
    G,
    O,
    judge,
    move,
    record,
    send,
    state_error,
    the_contract,
)

UID_LACKING = Answer(200, {key: value for key, value in DISABLED_NOW.body.items() if key != "uid"})
WRAPPED = Answer(200, {"success": True, "data": DISABLED_NOW.body})
ENABLED = record(enabled=True)
NO_ACCOUNT = record(None, enabled=False)
OTHER_MESSAGE = state_error("missing", message="staff is not exists")
DONE = Answer(200, {"success": True})
ANSWERS = {
    "the record, disabled": DISABLED_NOW,
    "the record in data": WRAPPED,
    "the record without an account": NO_ACCOUNT,
    "the record, enabled": ENABLED,
    "the record without uid": UID_LACKING,
    "success alone": DONE,
    "200 that is not JSON": Answer(200, NOT_JSON),
    "204": Answer(204, NOT_JSON),
    "connect's missing": CONNECT_MISSING,
    "disable's missing": state_error("missing"),
    "disable's other message": OTHER_MESSAGE,
    "bulk_create's already_exists": state_error("already_exists"),
    "400": Answer(400, {"success": False}),
    "404": Answer(404, NOT_JSON),
}
ALL = frozenset(ANSWERS)
RECORDS = frozenset(name for name in ANSWERS if name.startswith("the record")) - {"the record without uid"}
SHOWN = RECORDS - {"the record, enabled"}


class Row(NamedTuple):
    state: SyncState
    request: Request
    fine: frozenset[str]
    clause: str = ""


ROWS = [
    # connect.md: "200 with the record" after a create; `missing` where there is no calendar sync record.
    Row(FRESH, move(Move.CONNECT), RECORDS, "connect.success"),
    Row(NONE, move(Move.CONNECT), frozenset({"connect's missing"}), "connect.missing"),
    Row(BOUND, move(Move.CONNECT), ALL),
    Row(FRESH, move(Move.CONNECT, G, "testuser"), ALL),
    Row(BOUND, move(Move.CONNECT, G, B), ALL),
    Row(FRESH, move(Move.CONNECT, O, A), ALL),
    Row(CalendarSync(O), move(Move.CONNECT, O, A), ALL),
    Row(NONE, move(Move.CONNECT, O, A), ALL),
    Row(DISABLED, move(Move.CONNECT), ALL),
    Row(FRESH, move(Move.CONNECT, token=Token.OTHER_STAFF), ALL),
    # disable.md: 200 with a record and `enabled: false` after a create; Staff Not Registered.
    Row(FRESH, move(Move.DISABLE), SHOWN, "disable.success"),
    Row(NONE, move(Move.DISABLE), frozenset({"disable's missing"}), "disable.staff_not_registered"),
    Row(BOUND, move(Move.DISABLE), ALL - {"the record, enabled"}, "disable.success"),
    Row(BOUND, move(Move.DISABLE, O, A), ALL),
    Row(DISABLED, move(Move.DISABLE), ALL),
    # disconnect.md: a test request that accepts 200 and 422, and nothing else.
    *(Row(state, move(Move.DISCONNECT), ALL) for state in (NONE, FRESH, BOUND, DISABLED)),
    Row(BOUND, move(Move.DISCONNECT, G, B), ALL),
]


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_only_what_a_siblings_own_document_promises_can_fail(row: Row) -> None:
    verdicts = {name: judge(row.state, row.request, answer) for name, answer in ANSWERS.items()}
    assert row.fine == {name for name, verdict in verdicts.items() if verdict.kind is VerdictKind.PASS}
    assert {row.clause} - {""} == {verdict.clause for verdict in verdicts.values() if verdict.kind is VerdictKind.FAIL}


@pytest.mark.parametrize("kind", Move)
@pytest.mark.parametrize("state", [NONE, FRESH, BOUND, DISABLED])
def test_a_5xx_of_a_sibling_fails_under_a_clause_of_its_own(kind: Move, state: SyncState) -> None:
    verdict = judge(state, move(kind), CRASHED)
    assert (VerdictKind.FAIL, f"{kind}.no_server_error") == (verdict.kind, verdict.clause)


def test_no_clause_of_a_sibling_speaks_of_another_operation() -> None:
    for name, promises in the_contract().promises.items():
        for clause in promises.clauses:
            assert clause.id.startswith(f"{name}.")
            assert clause.where.file.endswith(f"_{name}.md")


def after(state: SyncState, request: Request, answer: Answer) -> frozenset[SyncState]:
    return judge(state, request, answer).belief


def test_a_documented_disable_of_a_bound_sync_disables_it_and_keeps_the_account_that_is_shown() -> None:
    for shown in (DISABLED_NOW, WRAPPED):
        assert {DISABLED} == after(BOUND, move(Move.DISABLE), shown)
    for other in (NO_ACCOUNT, DONE, Answer(404, NOT_JSON)):
        assert {BOUND, DISABLED, DISABLED_FRESH} == after(BOUND, move(Move.DISABLE), other)


def test_a_disable_that_disables_nothing_shows_in_what_bulk_create_answers() -> None:
    disabled = after(BOUND, move(Move.DISABLE), DISABLED_NOW)
    verdict = judge(disabled, send(), OK)
    assert (VerdictKind.FAIL, "invalid") == (verdict.kind, verdict.clause)
    once = after(BOUND, move(Move.DISABLE), DONE)
    assert VerdictKind.PASS is judge(once, send(), OK).kind
    told = judge(once, send(), state_error("invalid"))
    assert (VerdictKind.PASS, {DISABLED, DISABLED_FRESH}) == (told.kind, told.belief)
    assert VerdictKind.FAIL is judge(told.belief, send(), OK).kind


def test_a_fresh_sync_may_be_disabled_or_not_and_its_account_stored_or_not() -> None:
    assert {FRESH, DISABLED, DISABLED_FRESH} == after(FRESH, move(Move.DISABLE), DISABLED_NOW)
    assert {FRESH, BOUND} <= after(FRESH, move(Move.CONNECT), ENABLED)


def test_whatever_disconnect_answers_anything_may_have_come_of_it_and_bulk_create_tells() -> None:
    for answer in (DONE, state_error("already_exists"), Answer(404, NOT_JSON)):
        left = after(BOUND, move(Move.DISCONNECT), answer)
        assert {BOUND, None, DISABLED, DISABLED_FRESH, FRESH} == left
        assert {None} == judge(left, send(), state_error("missing")).belief
        wrong = judge(left, send(O, A), OK)
        assert (VerdictKind.FAIL, "already_exists") == (wrong.kind, wrong.clause)


def test_an_observation_names_the_sibling_of_which_nothing_is_said() -> None:
    def silent(verdict: Verdict) -> tuple[str, ...]:
        return tuple(map(str, verdict.unspecified))

    assert ("sibling operation, where its documents say nothing: disable",) == silent(
        judge(BOUND, move(Move.DISABLE, G, B), DONE)
    )
    assert () == silent(judge(FRESH, move(Move.DISABLE), DISABLED_NOW))
    assert () == silent(judge(frozenset({FRESH, BOUND}), move(Move.DISABLE), DISABLED_NOW))


def test_a_sibling_without_a_document_promises_nothing_and_its_token_is_not_judged() -> None:
    contract = replace(the_contract(), promises={})
    for state in (NONE, FRESH, BOUND):
        for request in (move(Move.CONNECT), move(Move.DISABLE, token=Token.NONE)):
            for answer in ANSWERS.values():
                seen = read_move(contract, request.action.move, answer)  # type: ignore[union-attr]
                verdict = judge_answer(contract, frozenset({state}), request, seen)
                assert VerdictKind.PASS is verdict.kind


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (UID_LACKING, "$.uid is lacking"),
        (ENABLED, "$.enabled is not false"),
        (record(5, enabled=False), "$.account is not of the documented type"),
        (record(enabled=0), "$.enabled is not false"),
        (record(enabled=None), "$.enabled is not false"),
        (Answer(200, []), "$ is no object"),
        (Answer(200, {"data": {"uid": "1"}}), "$.staff_uid is lacking"),
        (Answer(200, NOT_JSON), "the body is not JSON"),
    ],
)
def test_what_a_record_lacks_is_said(answer: Answer, why: str) -> None:
    seen = read_move(the_contract(), Move.DISABLE, answer)
    assert ("malformed", "200 malformed", why) == (seen.outcome, seen.label, seen.why)
