"""Which clause a verdict speaks of, and what an answer adds to the tallies of the clauses: due, seen, not due, surplus.

A clause is due when its answer was the only one allowed, so that nothing counts as tested that could not have failed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING

from fuzz.model.exchange import UNAUTHORISED, Create, SendItems
from fuzz.model.state import Situation
from fuzz.model.verdict import SERVER_ERROR, SUCCESS, Kind, Seen, Tally, Verdict
from swagger.contract import ClauseKind, Contract

if TYPE_CHECKING:
    from fuzz.model.oracle import Request

NO_SERVER_ERROR = "no_server_error"
CREATE = "create"
TOKEN = "token"
ACCOUNT_STORED = "account_stored"


def clause_of(
    request: Request,
    outcomes: tuple[str, ...],
    seen: Seen | None,
    *,
    passed: bool,
    due: Collection[str],
) -> str:
    """The clause that a verdict speaks of: what was due, or for a failure the one that the answer breaks.

    `due` are the codes of the state errors that the state asks for; `outcomes` also has those that are merely allowed.
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
    return request.quality.breaks[0] if request.quality.breaks else SUCCESS


def tally(contract: Contract, request: Request, verdict: Verdict, *, ready: bool) -> Tally:
    """What one judged answer adds to each clause. `ready`: nothing but its payload can have a request refused."""
    seen = verdict.seen
    if seen is None or not request.trusted:
        return Tally()
    rows = tuple(_entries(contract, request, verdict, seen, ready))
    due = frozenset(clause for clause, is_due, _, _ in rows if is_due)
    not_due = frozenset(clause for clause, _, is_not_due, _ in rows if is_not_due)
    came = frozenset(clause for clause, _, _, has_come in rows if has_come)
    return Tally(due, due & came, not_due, not_due & came)


def _entries(
    contract: Contract, request: Request, verdict: Verdict, seen: Seen, ready: bool
) -> Iterator[tuple[str, bool, bool, bool]]:
    """One row a clause: its id, whether its answer was the only one allowed, was not allowed, and came."""
    only = verdict.allowed[0] if len(verdict.allowed) == 1 else None
    passed = verdict.kind is Kind.PASS
    created = isinstance(request.action, Create)
    for error in contract.state_errors:
        named = seen.outcome == error.code or error.code in seen.names
        yield error.code, only == error.code, error.code not in verdict.allowed and not created, named
    yield NO_SERVER_ERROR, True, False, seen.outcome != SERVER_ERROR
    yield CREATE, created, not created, created and passed
    if isinstance(request.action, SendItems):
        yield from _of_sending(contract, request, verdict, only, seen, ready)
    elif request.token in UNAUTHORISED:
        yield TOKEN, True, False, passed


def _of_sending(
    contract: Contract, request: Request, verdict: Verdict, only: str | None, seen: Seen, ready: bool
) -> Iterator[tuple[str, bool, bool, bool]]:
    passed = verdict.kind is Kind.PASS
    unauthorised = request.token in UNAUTHORISED
    succeeded = seen.outcome == SUCCESS
    yield SUCCESS, only == SUCCESS, SUCCESS not in verdict.allowed, succeeded
    yield TOKEN, unauthorised, not unauthorised and only == SUCCESS, unauthorised and passed
    tells = _tells_the_account(verdict, only)
    yield ACCOUNT_STORED, tells, verdict.situation in (Situation.NONE, Situation.FRESH), tells and passed
    alone = request.quality.breaks[0] if len(request.quality.breaks) == 1 and ready and not unauthorised else None
    for clause in contract.clauses:
        if clause.kind in (ClauseKind.REQUIRED, ClauseKind.TYPE, ClauseKind.FORMAT):
            kept = clause.id not in request.quality.breaks and only == SUCCESS
            yield clause.id, clause.id == alone, kept, clause.id == alone and passed
        elif clause.kind is ClauseKind.LISTED:
            yield clause.id, only == SUCCESS, _is_unlisted(verdict, clause.id), succeeded and only == SUCCESS
        elif clause.kind is ClauseKind.ALTERNATIVE:
            single = _uses_the_alternative(request, clause.id)
            yield clause.id, single and only == SUCCESS, not single and only == SUCCESS, single and succeeded


def _tells_the_account(verdict: Verdict, only: str | None) -> bool:
    """The answer depends on the account that an earlier call stored, and on nothing else."""
    if verdict.situation is Situation.MATCHED:
        return only == SUCCESS
    return verdict.situation is Situation.MISMATCHED and verdict.detail == "account" and only is not None


def _is_unlisted(verdict: Verdict, clause_id: str) -> bool:
    name = clause_id.rpartition(".")[2]
    return f"unlisted value: {name}" in verdict.silent


def _uses_the_alternative(request: Request, clause_id: str) -> bool:
    body = request.action.body if isinstance(request.action, SendItems) else None
    return isinstance(body, dict) and clause_id.partition(":")[2] in body
