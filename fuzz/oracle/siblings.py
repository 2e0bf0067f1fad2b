"""Judges the sibling operations, each by its own documents alone.

What these do not say of an operation is not judged: any answer but a 5xx is an observation, after which the sync may be
unchanged or moved in whatever way the operation's name suggests. What bulk_create answers next narrows that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from fuzz.oracle.actions import AUTHORISED, UNAUTHORISED, Answer, Move, MoveSync
from fuzz.oracle.answers.bodies import contrasts_with_example, covers
from fuzz.oracle.request import Request, named_of
from fuzz.oracle.state import CalendarSync, SyncState, bind, names_another_sync
from fuzz.oracle.validity.feature_names import Feature
from fuzz.oracle.verdict import MALFORMED, OTHER, REFUSAL, SERVER_ERROR, SUCCESS, ReadAnswer
from swagger.contract import ClauseKind, Contract, Json, SiblingPromises

CONTRADICTS = "a boolean of the documented record is the other one"
RECORD_KEY = "data"
"""A record stands at the top of a body, or under this key: the documents name the record, and not its place."""


def read_move(contract: Contract, move: Move, answer: Answer) -> ReadAnswer:
    """Reads an answer of a sibling operation by what its own documents promise.

    A success is one with the documented keys and types. Where its documents promise no body, the status is enough.
    """
    promises = contract.promised_by(move)
    status = answer.status
    error = promises.without_sync
    if error is not None and status == error.status and covers(answer.body, error.body):
        clause = promises.clause_of_kind(ClauseKind.STATE_ERROR)
        if clause is not None:
            return ReadAnswer(clause.id, status, label=f"{status} {clause.id.partition('.')[2]}")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ReadAnswer(SERVER_ERROR, status, label=str(status))
    if status == promises.success_status:
        return _read_success(promises, answer)
    outcome = REFUSAL if status >= HTTPStatus.BAD_REQUEST else OTHER
    return ReadAnswer(outcome, status, label=f"{status} refusal" if outcome == REFUSAL else str(status))


def _read_success(promises: SiblingPromises, answer: Answer) -> ReadAnswer:
    status, documented = answer.status, promises.success_body
    if documented is None:
        return ReadAnswer(SUCCESS, status, label=str(status))
    record = record_in(answer.body, documented)
    wrong = next(map(str, contrasts_with_example(record, documented)), "")
    if wrong:
        form = CONTRADICTS if contradicts(record, documented) else ""
        return ReadAnswer(MALFORMED, status, label=f"{status} malformed", why=wrong, form=form)
    return ReadAnswer(SUCCESS, status, label=str(status), account=record.get("account") if record else None)


def record_in(body: Json, documented: Json) -> Json:
    """The record in the body of a success: what stands under `data`, if the body itself is not as documented."""
    inner = body.get(RECORD_KEY) if isinstance(body, dict) else None
    is_inside = isinstance(inner, dict) and any(True for _ in contrasts_with_example(body, documented))
    return inner if is_inside else body


def contradicts(record: Json, example: Json) -> bool:
    """Whether a record has a boolean of the example with the other value."""
    both = isinstance(record, dict) and isinstance(example, dict)
    return both and any(isinstance(value, bool) and record.get(key) is (not value) for key, value in example.items())


def _move_of(request: Request) -> Move:
    assert isinstance(request.action, MoveSync)
    return request.action.move


def due_of_move(contract: Contract, state: SyncState, request: Request) -> str | None:
    """The outcome that a sibling's documents promise in a state; None where they promise none.

    They speak of the staff member without a sync, and of one whose sync was just created. A provider of which they do
    not speak may be refused by its name.
    """
    action, promises = request.action, contract.promised_by(_move_of(request))
    assert isinstance(action, MoveSync)
    unspecified = {found.feature for found in request.validity.unspecified} - {Feature.UNLISTED_VALUE}
    if request.token not in AUTHORISED or unspecified or action.provider not in promises.providers:
        return None
    if state is None:
        error = promises.clause_of_kind(ClauseKind.STATE_ERROR)
        return None if error is None else error.id
    is_new = state.account is None and not state.disabled and state.provider == action.provider
    return SUCCESS if is_new and promises.success_body is not None else None


def allowed_move(contract: Contract, state: SyncState, request: Request) -> Mapping[str, frozenset[SyncState]]:
    """The outcomes that a sibling's documents allow in a state, and the states that each may leave."""
    promises = contract.promised_by(_move_of(request))
    if request.token in UNAUTHORISED and promises.clause_of_kind(ClauseKind.TOKEN) is not None:
        return {REFUSAL: frozenset({state})}
    action = request.action
    assert isinstance(action, MoveSync)
    after = possibly_moved(state, action)
    due = due_of_move(contract, state, request)
    if due is not None:
        return {due: after if due == SUCCESS else frozenset({state})}
    outcomes = dict.fromkeys((SUCCESS, REFUSAL, OTHER, MALFORMED), after)
    if promises.success_body is not None:
        outcomes[SUCCESS] = _as_shown(promises, state, action) or after
    error = promises.clause_of_kind(ClauseKind.STATE_ERROR)
    if error is not None:
        outcomes[error.id] = after
    return outcomes


def explain_move(contract: Contract, state: SyncState, request: Request, seen: ReadAnswer) -> frozenset[SyncState]:
    """The states after an answer of a sibling, if `state` was the true one; empty if `state` does not explain it."""
    action = request.action
    assert isinstance(action, MoveSync)
    outcomes = allowed_move(contract, state, request)
    if set(outcomes) == {REFUSAL} and HTTPStatus.BAD_REQUEST <= seen.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return outcomes[REFUSAL]
    after = outcomes.get(seen.outcome, frozenset())
    if seen.form == CONTRADICTS and _is_the_one_named(state, action):
        return frozenset()
    if seen.outcome == SUCCESS and state is not None and seen.account != state.account:
        # The record does not show the account: whether it is kept is not said.
        return possibly_moved(state, action) if after else after
    return after


def _is_the_one_named(state: SyncState, action: MoveSync) -> bool:
    """Whether the sync is enabled, and is the one that is named: a documented success is a success of that."""
    return state is not None and not state.disabled and not names_another_sync(state, named_of(action))


def _as_shown(promises: SiblingPromises, state: SyncState, action: MoveSync) -> frozenset[SyncState]:
    """The states after a documented answer whose record shows the sync disabled, with its account; else empty.

    A fresh sync's record says `enabled: false`, too, so it shows nothing there.
    """
    shows = isinstance(promises.success_body, dict) and promises.success_body.get("enabled") is False
    if not shows or state is None or state.account is None or names_another_sync(state, named_of(action)):
        return frozenset()
    return frozenset({replace(state, disabled=True)})


def possibly_moved(state: SyncState, action: MoveSync) -> frozenset[SyncState]:
    """Every state after a sibling operation of whose effect nothing is said: unchanged, or moved."""
    named = CalendarSync(action.provider, action.account)
    if state is None:
        created = {CalendarSync(action.provider), named} if action.move is Move.CONNECT else set()
        return frozenset({None, *created})
    stored = bind(state, named_of(action))
    if action.move is Move.CONNECT:
        enabled = replace(stored, disabled=False)
        gone = {None} if names_another_sync(state, named_of(action)) else set()
        return frozenset({state, stored, enabled, named, replace(enabled, account=action.account), *gone})
    disabled = {replace(each, disabled=True) for each in (state, stored, replace(state, account=None))}
    if action.move is Move.DISABLE:
        return frozenset({state, *disabled})
    return frozenset({state, stored, None, CalendarSync(state.provider), *disabled})


def moved(state: SyncState, action: MoveSync, *, with_account: bool = False) -> SyncState:
    """The one state that the operation's name says: connected, disabled, or without a sync. For scenarios, which need
    a likely state. `with_account`: whether `disable` stores a first account.
    """
    if state is None or action.move is Move.DISCONNECT:
        return None
    bound = bind(state, named_of(action))
    if action.move is Move.CONNECT:
        return replace(bound, disabled=False)
    return replace(bound if with_account else state, disabled=True)
