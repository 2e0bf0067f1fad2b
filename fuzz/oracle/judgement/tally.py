"""Finds the clause that a verdict names, and the clauses whose tallies an answer adds to.

A clause is due when its answer was the only one allowed: only then can the request fail it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import NamedTuple

from fuzz.oracle.actions import UNAUTHORISED, Create, MoveSync, SendItems
from fuzz.oracle.request import Request
from fuzz.oracle.state import Mismatch, Situation
from fuzz.oracle.validity.feature_names import Feature, Unspecified
from fuzz.oracle.verdict import REFUSAL, SERVER_ERROR, SUCCESS, ReadAnswer, Tally, Verdict, VerdictKind
from swagger.contract import Clause, ClauseKind, Contract

NO_SERVER_ERROR = "no_server_error"
CREATE = "create"
TOKEN = "token"
ACCOUNT_STORED = "account_stored"


def clause_of(
    request: Request,
    outcomes: tuple[str, ...],
    seen: ReadAnswer | None,
    *,
    passed: bool,
    due: Sequence[str],
) -> str:
    """The clause that a verdict names: the one that was due, or for a failure the one that the answer violates.

    `due`: codes of the state errors that are due, the likeliest first. `outcomes`: all allowed outcomes.
    """
    if isinstance(request.action, Create):
        return CREATE
    if isinstance(request.action, MoveSync):
        return _clause_of_move(request.action, request, outcomes, seen, passed=passed)
    if not passed and seen is not None:
        if seen.outcome == SERVER_ERROR:
            return NO_SERVER_ERROR
        if request.token in UNAUTHORISED:
            return TOKEN
        surplus = seen.names - set(outcomes)
        if surplus and not due:
            return min(surplus)
        if SUCCESS in outcomes and seen.status < HTTPStatus.BAD_REQUEST:
            return SUCCESS
    if request.token in UNAUTHORISED:
        return TOKEN
    if due:
        return due[0]
    return request.validity.violations[0] if request.validity.violations else SUCCESS


def _clause_of_move(
    action: MoveSync, request: Request, outcomes: tuple[str, ...], seen: ReadAnswer | None, *, passed: bool
) -> str:
    """The clause of a sibling's own documents: verdicts on it never name one of the endpoint's."""
    no_server_error = f"{action.move}.{NO_SERVER_ERROR}"
    if not request.is_judged or (not passed and seen is not None and seen.outcome == SERVER_ERROR):
        return no_server_error
    if outcomes == (REFUSAL,):
        return f"{action.move}.{TOKEN}"
    of_errors = [outcome for outcome in outcomes if outcome.startswith(f"{action.move}.")]
    if len(outcomes) > 1 and not passed:
        return f"{action.move}.{SUCCESS}"
    if len(outcomes) == 1:
        return of_errors[0] if of_errors else f"{action.move}.{SUCCESS}"
    return no_server_error


def tally(contract: Contract, request: Request, verdict: Verdict, *, ready: bool) -> Tally:
    """What one judged answer adds to the tallies. `ready`: only its payload can be a reason to refuse the request."""
    seen = verdict.seen
    if seen is None or not request.is_judged:
        return Tally()
    rows = tuple(_rows(contract, request, verdict, seen, ready))
    due = frozenset(row.clause for row in rows if row.due)
    not_due = frozenset(row.clause for row in rows if row.not_due)
    came = frozenset(row.clause for row in rows if row.came)
    return Tally(due, due & came, not_due, not_due & came)


class _Row(NamedTuple):
    """One clause and one answer: whether the clause's answer was the only one allowed, was not allowed, came."""

    clause: str
    due: bool
    not_due: bool
    came: bool


def _rows(contract: Contract, request: Request, verdict: Verdict, seen: ReadAnswer, ready: bool) -> Iterator[_Row]:
    only = verdict.allowed[0] if len(verdict.allowed) == 1 else None
    if isinstance(request.action, Create):
        yield _Row(CREATE, request.action.is_documented, False, verdict.kind is VerdictKind.PASS)
    elif isinstance(request.action, MoveSync):
        yield from _rows_of_move(contract, request.action, verdict, seen, only)
    else:
        for error in contract.state_errors:
            named = seen.outcome == error.code or error.code in seen.names
            yield _Row(error.code, only == error.code, error.code not in verdict.allowed, named)
        yield _Row(NO_SERVER_ERROR, True, False, seen.outcome != SERVER_ERROR)
        yield from _rows_of_send(contract, request, verdict, only, seen, ready)


def _rows_of_move(
    contract: Contract, action: MoveSync, verdict: Verdict, seen: ReadAnswer, only: str | None
) -> Iterator[_Row]:
    """The rows of a sibling's own clauses."""
    passed = verdict.kind is VerdictKind.PASS
    for clause in contract.promised_by(action.move).clauses:
        if clause.kind is ClauseKind.NO_SERVER_ERROR:
            yield _Row(clause.id, True, False, seen.outcome != SERVER_ERROR)
        elif clause.kind is ClauseKind.TOKEN:
            yield _Row(clause.id, only == REFUSAL, False, passed)
        elif clause.kind is ClauseKind.SUCCESS:
            yield _Row(clause.id, only == SUCCESS, False, passed)
        else:
            not_due = only == SUCCESS or (only is None and clause.id not in verdict.allowed)
            yield _Row(clause.id, only == clause.id, not_due, seen.outcome == clause.id)


def _rows_of_send(
    contract: Contract, request: Request, verdict: Verdict, only: str | None, seen: ReadAnswer, ready: bool
) -> Iterator[_Row]:
    passed = verdict.kind is VerdictKind.PASS
    unauthorised = request.token in UNAUTHORISED
    succeeded = seen.outcome == SUCCESS
    yield _Row(SUCCESS, only == SUCCESS, SUCCESS not in verdict.allowed, succeeded)
    yield _Row(TOKEN, unauthorised, not unauthorised and only == SUCCESS, unauthorised and passed)
    tells = _tells_the_account(verdict, only)
    yield _Row(ACCOUNT_STORED, tells, verdict.situation in (Situation.NONE, Situation.FRESH), tells and passed)
    violations = request.validity.violations
    alone = violations[0] if len(violations) == 1 and ready and not unauthorised else None
    for clause in contract.clauses:
        if clause.kind in (ClauseKind.REQUIRED, ClauseKind.TYPE, ClauseKind.FORMAT):
            kept = clause.id not in violations and only == SUCCESS
            yield _Row(clause.id, clause.id == alone, kept, clause.id == alone and passed)
        elif clause.kind is ClauseKind.LISTED:
            yield _Row(clause.id, only == SUCCESS, _is_unlisted(verdict, clause), succeeded and only == SUCCESS)
        elif clause.kind is ClauseKind.ALTERNATIVE:
            single = _uses_the_alternative(request, clause)
            yield _Row(clause.id, single and only == SUCCESS, not single and only == SUCCESS, single and succeeded)


def _tells_the_account(verdict: Verdict, only: str | None) -> bool:
    """Whether the answer depends only on the account that an earlier call has stored."""
    if verdict.situation is Situation.MATCHED:
        return only == SUCCESS
    return verdict.situation is Situation.MISMATCHED and verdict.mismatch is Mismatch.ACCOUNT and only is not None


def _is_unlisted(verdict: Verdict, clause: Clause) -> bool:
    return Unspecified(Feature.UNLISTED_VALUE, clause.path.rpartition(".")[2]) in verdict.unspecified


def _uses_the_alternative(request: Request, clause: Clause) -> bool:
    body = request.action.body if isinstance(request.action, SendItems) else None
    return isinstance(body, dict) and clause.path in body
