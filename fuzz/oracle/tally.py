"""Finds the clause that a verdict names, and the clauses whose tallies an answer adds to.

A clause is due when its answer was the only one allowed: only then can the request fail it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from http import HTTPStatus
from typing import NamedTuple

from fuzz.oracle.actions import UNAUTHORISED, Create, SendItems
from fuzz.oracle.request import Request
from fuzz.oracle.state import Mismatch, Situation
from fuzz.oracle.validity.feature_names import Feature, Unspecified
from fuzz.oracle.verdict import SERVER_ERROR, SUCCESS, ReadAnswer, Tally, Verdict, VerdictKind
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
    due: Collection[str],
) -> str:
    """The clause that a verdict names: the one that was due, or for a failure the one that the answer violates.

    `due`: codes of the state errors that are due. `outcomes`: all allowed outcomes.
    """
    if not passed and seen is not None:
        if seen.outcome == SERVER_ERROR:
            return NO_SERVER_ERROR
        if request.token in UNAUTHORISED:
            return TOKEN
        surplus = seen.names - set(outcomes)
        if surplus and not due and not isinstance(request.action, Create):
            return min(surplus)
        if SUCCESS in outcomes and seen.status < HTTPStatus.BAD_REQUEST and not isinstance(request.action, Create):
            return SUCCESS
    return _due(request, due)


def _due(request: Request, due: Collection[str]) -> str:
    if isinstance(request.action, Create):
        return CREATE
    if request.token in UNAUTHORISED:
        return TOKEN
    if due:
        return min(due)
    return request.validity.violations[0] if request.validity.violations else SUCCESS


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
    passed = verdict.kind is VerdictKind.PASS
    created = isinstance(request.action, Create)
    for error in contract.state_errors:
        named = seen.outcome == error.code or error.code in seen.names
        yield _Row(error.code, only == error.code, error.code not in verdict.allowed and not created, named)
    yield _Row(NO_SERVER_ERROR, True, False, seen.outcome != SERVER_ERROR)
    yield _Row(CREATE, created, not created, created and passed)
    if isinstance(request.action, SendItems):
        yield from _rows_of_send(contract, request, verdict, only, seen, ready)
    elif request.token in UNAUTHORISED:
        yield _Row(TOKEN, True, False, passed)


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
