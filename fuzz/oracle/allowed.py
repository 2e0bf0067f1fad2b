"""The outcomes that the documents allow to a request in one state, and the states that each outcome may leave.

`expected` is DESIGN's table of states. `allowed` adds what the body's validity and the token change in it. The sibling
operations are judged by documents of their own, in `siblings.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from fuzz.oracle.actions import UNAUTHORISED, Create, Move, MoveSync, Token
from fuzz.oracle.request import Request, named_of
from fuzz.oracle.siblings import allowed_move, moved
from fuzz.oracle.state import PREDICATES, CalendarSync, Named, SyncState, bind, may_match, names_another_sync
from fuzz.oracle.validity.feature_names import Feature, Unspecified
from fuzz.oracle.verdict import REFUSAL, SUCCESS
from swagger.contract import ClauseKind, Contract, field_clause_id

Allowed = Mapping[str, frozenset[SyncState]]
"""The outcomes that one state allows, and the states that each may leave."""


def expected(contract: Contract, state: SyncState, named: Named) -> str:
    """The outcome of a well-formed request with the right token in a state: a state error's code, or `success`."""
    for error in contract.state_errors:
        if PREDICATES[error.code](state, named):
            return error.code
    return SUCCESS


def allowed(contract: Contract, state: SyncState, request: Request) -> Allowed:
    """Every outcome that the documents allow to a request in one state, with the states that each may leave."""
    action = request.action
    if isinstance(action, Create):
        fresh = frozenset[SyncState]({CalendarSync(action.provider)})
        if not action.is_documented:
            return {SUCCESS: fresh | {state}, REFUSAL: frozenset({state})}
        return {SUCCESS: fresh} if request.is_judged else {SUCCESS: fresh, REFUSAL: fresh | {state}}
    if isinstance(action, MoveSync):
        return allowed_move(contract, state, request) if request.is_judged else _moved_by_steps(state, action)
    if request.token in UNAUTHORISED:
        return {REFUSAL: frozenset({state})}
    return _allowed_send(contract, state, request)


def _moved_by_steps(state: SyncState, action: MoveSync) -> Allowed:
    """The outcomes of a step of the target profile: only the kind of state that it leads to is known."""
    if action.move is Move.CONNECT:
        stored = None if state is None else bind(state, named_of(action))
        after = frozenset({CalendarSync(action.provider, action.account), stored})
    else:
        after = frozenset(moved(state, action, with_account=stores) for stores in (False, True))
    return {SUCCESS: after, REFUSAL: after | {state}}


def _allowed_send(contract: Contract, state: SyncState, request: Request) -> Allowed:
    named, validity = request.named, request.validity
    table = _table(contract, state, named)
    if validity.is_valid and not may_be_the_same(state, named):
        return table
    outcomes = {outcome: set(states) for outcome, states in table.items()}
    _open_the_state_check(contract, state, request, outcomes)
    if validity.violations:
        outcomes.pop(SUCCESS, None)
    elif SUCCESS in outcomes and _need_not_store(request):
        outcomes[SUCCESS].add(state)
    outcomes.setdefault(REFUSAL, set()).update(after_refusal(contract, state, named))
    return {outcome: frozenset(states) for outcome, states in outcomes.items()}


_MAY_STORE_NOTHING = frozenset(
    {
        *map(Unspecified, (Feature.EMPTY_LIST, Feature.NULL_ITEM, Feature.BOTH_ITEM_FORMS)),
        Unspecified(Feature.EMPTY_STRING, "account"),
        Unspecified(Feature.BLANK_STRING, "account"),
        Unspecified(Feature.CONTROL_CHARACTERS, "account"),
        Unspecified(Feature.UNASSIGNED_CHARACTERS, "account"),
    }
)
"""Features with which a service may store no account: the body has no items, or the account may count as none."""


def _need_not_store(request: Request) -> bool:
    """Whether an accepted request may leave its account unstored.

    It may if the body has no items or no real account, or if it is not clear for whom the request is.
    """
    return (
        not _MAY_STORE_NOTHING.isdisjoint(request.validity.unspecified)
        or _owner_is_ambiguous(request)
        or request.token is Token.ADMIN
    )


def _table(contract: Contract, state: SyncState, named: Named) -> dict[str, frozenset[SyncState]]:
    outcome = expected(contract, state, named)
    if outcome == SUCCESS and state is not None:
        return {SUCCESS: frozenset({bind(state, named)})}
    return {outcome: frozenset({state})}


def _open_the_state_check(
    contract: Contract, state: SyncState, request: Request, outcomes: dict[str, set[SyncState]]
) -> None:
    """Adds the state errors that may be due besides the table's, if it is not clear which sync a request means."""
    named = request.named
    if state is not None and may_be_the_same(state, named):
        same = Named(state.provider, state.account)
        outcomes.setdefault(expected(contract, state, same), set()).add(state)
    if state is not None and not named.complete:
        for outcome in _codes_when_incomplete(contract, state, named):
            outcomes.setdefault(outcome, set()).add(state)
    if _owner_is_ambiguous(request):
        for error in contract.state_errors:
            outcomes.setdefault(error.code, set()).add(state)


def _codes_when_incomplete(contract: Contract, state: CalendarSync, named: Named) -> list[str]:
    """The state errors due for a request without provider or account: if the missing name is compared, and if not."""
    both = (expected(contract, state, named), expected(contract, state, filled(state, named)))
    return [code for code in both if code != SUCCESS]


def would_succeed(contract: Contract, state: SyncState, named: Named) -> bool:
    """Whether what a request names matches, so that only its payload can be a reason to refuse it."""
    return expected(contract, state, filled(state, named)) == SUCCESS


def filled(state: SyncState, named: Named) -> Named:
    """What a request names; a name that is missing is taken from the sync."""
    if state is None:
        return named
    return Named(
        named.provider if isinstance(named.provider, str) else state.provider,
        named.account if isinstance(named.account, str) else state.account,
    )


_NO_STAFF = frozenset(field_clause_id(kind, "staff_uid") for kind in (ClauseKind.REQUIRED, ClauseKind.TYPE))
_SOMEBODY_ELSE = frozenset(
    {
        Unspecified(Feature.OTHER_STAFF_UID),
        Unspecified(Feature.EMPTY_STRING, "staff_uid"),
        Unspecified(Feature.BLANK_STRING, "staff_uid"),
    }
)


def _owner_is_ambiguous(request: Request) -> bool:
    """Whether it is not specified whose sync is meant: the token or the staff_uid is somebody else's, or missing."""
    return (
        request.token is Token.OTHER_STAFF
        or not _NO_STAFF.isdisjoint(request.validity.violations)
        or not _SOMEBODY_ELSE.isdisjoint(request.validity.unspecified)
    )


def may_be_the_same(state: SyncState, named: Named) -> bool:
    """Whether the account differs from the stored one only in a way for which the documents do not define "match"."""
    if state is None or state.account is None or filled(state, named).provider != state.provider:
        return False
    return isinstance(named.account, str) and may_match(named.account, state.account)


def after_refusal(contract: Contract, state: SyncState, named: Named) -> frozenset[SyncState]:
    """The states after a refused body: on a fresh sync the account may have been stored before the body was refused."""
    if state is None or not would_succeed(contract, state, named):
        return frozenset({state})
    return frozenset({state, bind(state, named)})


def documented_outcome(contract: Contract, state: SyncState, request: Request) -> str:
    """The outcome of the table of states, or a refusal if the body or the token does not allow it."""
    if isinstance(request.action, Create) and not request.action.is_documented:
        return REFUSAL
    if isinstance(request.action, Create) or not request.is_judged:
        return SUCCESS
    if isinstance(request.action, MoveSync):
        return _likely_outcome(contract, state, request)
    outcome = expected(contract, state, request.named)
    return outcome if outcome in allowed(contract, state, request) else REFUSAL


def _likely_outcome(contract: Contract, state: SyncState, request: Request) -> str:
    """The documented outcome of a sibling operation, else a success if it names the sync that is there."""
    outcomes = allowed(contract, state, request)
    if len(outcomes) == 1:
        return next(iter(outcomes))
    return REFUSAL if state is None or names_another_sync(state, request.named) else SUCCESS


def state_after(
    contract: Contract, state: SyncState, request: Request, outcome: str, *, with_account: bool
) -> SyncState:
    """The likeliest of the states that an allowed outcome may leave. `with_account`: rather one with an account."""
    action = request.action
    if isinstance(action, MoveSync):
        return moved(state, action, with_account=with_account) if outcome == SUCCESS else state
    return choose_state(allowed(contract, state, request)[outcome], with_account=with_account)


def choose_state(states: Collection[SyncState], *, with_account: bool) -> SyncState:
    """One of several allowed states: rather a sync than none, with an account or without as asked; else by name."""
    return min(
        states,
        key=lambda state: (
            state is None,
            (state is not None and state.account is not None) is not with_account,
            repr(state),
        ),
    )
