"""The judge: which answers the documents allow in each believed state, and which states an answer leaves believable.

`step(contract, belief, request, seen) -> Verdict` is a pure function. It fails an answer only if no believed state
explains it. DESIGN's table of states stands in `expected`; what the quality of a payload adds to it in `_allowed_send`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from fuzz.model import tally
from fuzz.model.exchange import UNAUTHORISED, Circumstances, Create, Move, MoveSync, SendItems, Token
from fuzz.model.payload import SENT_BEFORE, Quality, items_of, judge_payload, named_by, silent_names
from fuzz.model.state import (
    PREDICATES,
    Belief,
    CalendarSync,
    Named,
    Situation,
    SyncState,
    alike,
    bind,
    mismatch,
    names_another_sync,
    situation,
)
from fuzz.model.verdict import MALFORMED, OTHER, REFUSAL, SUCCESS, Kind, Seen, Verdict
from swagger.contract import Contract, Json

FEW_ITEMS = 50

Allowed = Mapping[str, frozenset[SyncState]]
"""The outcomes that one state allows, and the states that each may leave."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as sent, with what the judgement needs of it. `action` tells its kind; `body` is the JSON as sent.

    `trusted` is False for a step of the target's own lifecycle: its answers move the state, and are not judged. Frozen.
    """

    action: Create | SendItems | MoveSync
    named: Named
    quality: Quality = Quality()
    token: Token = Token.STAFF
    trusted: bool = True


def request_of(
    contract: Contract, action: Create | SendItems | MoveSync, body: Json, circumstances: Circumstances
) -> Request:
    """The request that an action became: `body` is what was really sent (`NOT_JSON` if it does not parse)."""
    if isinstance(action, SendItems):
        quality = judge_payload(contract, body, circumstances)
        return Request(action, named_by(body), quality, circumstances.token)
    silent = silent_names(contract, action.provider, action.account) if isinstance(action, MoveSync) else ()
    return Request(action, named_of(action), Quality(silent=silent), circumstances.token)


def named_of(action: Create | MoveSync) -> Named:
    """The provider and account that a create or a sibling operation names."""
    return Named(action.provider, action.account if isinstance(action, MoveSync) else None)


def expected(contract: Contract, state: SyncState, named: Named) -> str:
    """What a well-formed request with the right token is answered in a state: a state error's code, or `success`."""
    for error in contract.state_errors:
        if PREDICATES[error.code](state, named):
            return error.code
    return SUCCESS


def allowed(contract: Contract, state: SyncState, request: Request) -> Allowed:
    """Every outcome that the documents allow to a request in one state, with the states that each may leave."""
    action = request.action
    if isinstance(action, Create):
        fresh = frozenset[SyncState]({CalendarSync(action.provider)})
        return {SUCCESS: fresh} if request.trusted else {SUCCESS: fresh, REFUSAL: fresh | {state}}
    if request.token in UNAUTHORISED:
        return {REFUSAL: frozenset({state})}
    if isinstance(action, MoveSync):
        return _allowed_move(contract, state, action, request)
    return _allowed_send(contract, state, request)


def _allowed_move(contract: Contract, state: SyncState, action: MoveSync, request: Request) -> Allowed:
    if not request.trusted:
        after = _moved_unchecked(state, action)
        return {SUCCESS: after, REFUSAL: after | {state}}
    readings = [request.named]
    if state is not None and _may_be_the_same(state, request.named):
        readings.append(Named(state.provider, state.account))
    outcomes: dict[str, frozenset[SyncState]] = {}
    if request.quality.silent or len(readings) > 1:
        outcomes[REFUSAL] = _after_refusal(contract, state, request.named)
    for named in readings:
        outcome = expected(contract, state, named)
        outcomes[outcome] = frozenset({state}) if state is None or outcome != SUCCESS else moved(state, action)
    for outcome, after in _left_open(contract, state, action).items():
        outcomes[outcome] = outcomes.get(outcome, frozenset()) | after
    return outcomes


def _left_open(contract: Contract, state: SyncState, action: MoveSync) -> Allowed:
    """What the facts do not settle about the sibling operations: one that has nothing left to do, or meets a sync
    without an account or a disabled one, may be refused or be carried out.

    "They share the three documented state errors" is all that is said of their answers.
    """
    named, unchanged = named_of(action), frozenset({state})
    if state is None:
        done = {SUCCESS: unchanged} if action.move is Move.DISCONNECT else {}
        return {REFUSAL: unchanged, **done}
    if names_another_sync(state, named):
        return {}
    if state.disabled:
        enabled = moved(replace(state, disabled=False), action)
        return {REFUSAL: unchanged, SUCCESS: enabled | unchanged if action.move is Move.CONNECT else enabled}
    if state.account is None:
        differing = replace(state, account=f"not {action.account}")
        return {REFUSAL: unchanged | {bind(state, named)}, expected(contract, differing, named): unchanged}
    return {REFUSAL: unchanged} if action.move is Move.CONNECT else {}


def moved(state: CalendarSync, action: MoveSync) -> frozenset[SyncState]:
    """The states after an accepted sibling operation. Whether `disable` stores a first account is left open."""
    bound = bind(state, Named(action.provider, action.account))
    if action.move is Move.CONNECT:
        return frozenset({bound})
    if action.move is Move.DISABLE:
        return frozenset({replace(bound, disabled=True), replace(state, disabled=True)})
    return frozenset({None})


def _moved_unchecked(state: SyncState, action: MoveSync) -> frozenset[SyncState]:
    """What steps of the target's own may do: no more is known of them than the state they are meant to lead to."""
    if action.move is Move.CONNECT:
        named = CalendarSync(action.provider, action.account)
        return frozenset({named, None if state is None else bind(state, named_of(action))})
    return frozenset({None}) if state is None else moved(state, action)


def _allowed_send(contract: Contract, state: SyncState, request: Request) -> Allowed:
    named, quality = request.named, request.quality
    table = _table(contract, state, named)
    if quality.allowed and not _may_be_the_same(state, named):
        return table
    outcomes = {outcome: set(states) for outcome, states in table.items()}
    _open_the_state_check(contract, state, request, outcomes)
    if quality.breaks:
        outcomes.pop(SUCCESS, None)
    elif SUCCESS in outcomes and _need_not_store(request):
        outcomes[SUCCESS].add(state)
    outcomes.setdefault(REFUSAL, set()).update(_after_refusal(contract, state, named))
    return {outcome: frozenset(states) for outcome, states in outcomes.items()}


_STORES_NOTHING = frozenset({"empty list", "null item", "both item forms"})
_NO_ACCOUNT = ("empty string", "blank string", "control characters", "unassigned or control characters")


def _need_not_store(request: Request) -> bool:
    """An accepted request leaves open whether it stored the account it names: it brings no items, names nobody's or
    somebody else's calendar, or an account that a service may take for none.
    """
    silent = request.quality.silent
    return (
        not _STORES_NOTHING.isdisjoint(silent)
        or not {f"{feature}: account" for feature in _NO_ACCOUNT}.isdisjoint(silent)
        or _speaks_of_nobody_known(request)
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
    """Adds the state errors that may be due besides the table's, where a request leaves open whose sync it names."""
    named = request.named
    if state is not None and _may_be_the_same(state, named):
        same = Named(state.provider, state.account)
        outcomes.setdefault(expected(contract, state, same), set()).add(state)
    if state is not None and not named.complete:
        for outcome in _codes_when_incomplete(contract, state, named):
            outcomes.setdefault(outcome, set()).add(state)
    if _speaks_of_nobody_known(request):
        for error in contract.state_errors:
            outcomes.setdefault(error.code, set()).add(state)


def _codes_when_incomplete(contract: Contract, state: CalendarSync, named: Named) -> list[str]:
    """A provider or account that is not named at all may be compared as it is, or not be compared."""
    both = (expected(contract, state, named), expected(contract, state, _filled(state, named)))
    return [code for code in both if code != SUCCESS]


def would_succeed(contract: Contract, state: SyncState, named: Named) -> bool:
    """Nothing but the payload stands in a request's way: what it names matches, and what it lacks could be made to."""
    return expected(contract, state, _filled(state, named)) == SUCCESS


def _filled(state: SyncState, named: Named) -> Named:
    """What a request names, with what it does not name at all taken from the sync."""
    if state is None:
        return named
    return Named(
        named.provider if isinstance(named.provider, str) else state.provider,
        named.account if isinstance(named.account, str) else state.account,
    )


_UNCLEAR_STAFF = frozenset({"required:staff_uid", "type:staff_uid"})
_SOMEBODY_ELSE = frozenset({"staff_uid of somebody else", "empty string: staff_uid", "blank string: staff_uid"})


def _speaks_of_nobody_known(request: Request) -> bool:
    quality = request.quality
    return (
        request.token is Token.OTHER_STAFF
        or not _UNCLEAR_STAFF.isdisjoint(quality.breaks)
        or not _SOMEBODY_ELSE.isdisjoint(quality.silent)
    )


def _may_be_the_same(state: SyncState, named: Named) -> bool:
    """The account differs from the stored one only where the documents do not say what "match" means."""
    if state is None or state.account is None or _filled(state, named).provider != state.provider:
        return False
    return isinstance(named.account, str) and alike(named.account, state.account)


def _after_refusal(contract: Contract, state: SyncState, named: Named) -> frozenset[SyncState]:
    """A refused payload on a fresh sync may have stored the account at the check, before it was refused."""
    if state is None or not would_succeed(contract, state, named):
        return frozenset({state})
    return frozenset({state, bind(state, named)})


def explain(contract: Contract, state: SyncState, request: Request, seen: Seen) -> frozenset[SyncState]:
    """The states that an answer may leave, if one state was true; empty if that state does not explain the answer."""
    outcomes = allowed(contract, state, request)
    if REFUSAL in outcomes and _is_a_refusal(seen):
        # A refusal may name what is due beside what it refuses, never a state error that is not due.
        return outcomes[REFUSAL] if seen.names <= outcomes.keys() else frozenset()
    if _is_too_large(contract, request, seen):
        return _after_refusal(contract, state, request.named)
    if seen.outcome in (MALFORMED, OTHER) and _may_be_answered_otherwise(request.quality):
        return outcomes[SUCCESS] | {state} if SUCCESS in outcomes else frozenset()
    return outcomes.get(seen.outcome, frozenset())


def _may_be_answered_otherwise(quality: Quality) -> bool:
    """The documents leave open even how a success looks. That an item comes again changes nothing about its answer."""
    return not quality.breaks and bool(set(quality.silent) - {SENT_BEFORE})


def _is_too_large(contract: Contract, request: Request, seen: Seen) -> bool:
    """Gateways bound the size of a body, and the documents do not say where: 413 to many items says no more than
    that.
    """
    if seen.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE or not isinstance(request.action, SendItems):
        return False
    return len(items_of(contract, request.action.body)) > FEW_ITEMS


def _is_a_refusal(seen: Seen) -> bool:
    """Any other 4xx: one that is no documented state error, to the letter."""
    return 400 <= seen.status < 500 and seen.outcome in (REFUSAL, MALFORMED)


def step(contract: Contract, belief: Belief, request: Request, seen: Seen) -> Verdict:
    """Judges one answer. A pass narrows belief to what explains it; a failure leaves every state that may follow."""
    by_state = {state: allowed(contract, state, request) for state in belief}
    explained = [explain(contract, state, request, seen) for state in belief]
    after = frozenset[SyncState]().union(*explained)
    too_large = {REFUSAL} if _is_too_large(contract, request, seen) else frozenset[str]()
    outcomes = tuple(sorted(too_large.union(*by_state.values())))
    met = meeting(belief, request)
    ready = all(would_succeed(contract, state, request.named) for state in belief)
    due = codes_due(contract, belief, request)
    verdict = Verdict(
        kind=Kind.PASS if after else Kind.FAIL,
        clause=tally.clause_of(request, outcomes, seen, passed=bool(after), due=due),
        situation=met[0],
        detail=met[1],
        was=belief,
        belief=after or after_unknown(contract, belief, request),
        allowed=outcomes,
        seen=seen,
        breaks=request.quality.breaks,
        silent=silent_features(belief, request),
    )
    return replace(verdict, tally=tally.tally(contract, request, verdict, ready=ready))


def lost(contract: Contract, belief: Belief, request: Request, *, may_have_acted: bool, why: str) -> Verdict:
    """The verdict on a request without an answer: inconclusive; belief widens if the service may have acted on it."""
    met = meeting(belief, request)
    outcomes = frozenset[str]().union(*(allowed(contract, state, request) for state in belief))
    due = codes_due(contract, belief, request)
    return Verdict(
        kind=Kind.INCONCLUSIVE,
        clause=tally.clause_of(request, tuple(sorted(outcomes)), None, passed=True, due=due),
        situation=met[0],
        detail=met[1],
        was=belief,
        belief=after_unknown(contract, belief, request) if may_have_acted else belief,
        allowed=tuple(sorted(outcomes)),
        seen=None,
        breaks=request.quality.breaks,
        silent=silent_features(belief, request),
        why=why,
    )


def after_unknown(contract: Contract, belief: Belief, request: Request) -> Belief:
    """Every state that may hold after a request whose answer says nothing: each as it was, and each possible effect."""
    effects = [states for state in belief for states in allowed(contract, state, request).values()]
    return belief.union(*effects)


def codes_due(contract: Contract, belief: Belief, request: Request) -> frozenset[str]:
    """The state errors that some believed state asks for, whatever else its payload leaves open."""
    found = {expected(contract, state, _filled(state, request.named)) for state in belief}
    return frozenset(found - {SUCCESS})


def sent_again(request: Request) -> Request:
    """The request as it is to be judged where an earlier, unanswered sending of it may have been carried out."""
    return silent_also(request, SENT_BEFORE) if isinstance(request.action, SendItems) else request


def silent_also(request: Request, feature: str) -> Request:
    """The request with one more feature on which the documents are silent."""
    silent = tuple(sorted({*request.quality.silent, feature}))
    return replace(request, quality=replace(request.quality, silent=silent))


def silent_features(belief: Belief, request: Request) -> tuple[str, ...]:
    """Where the documents are silent on a request: features of its payload, and of the account it names here."""
    if not isinstance(request.action, Create) and any(_may_be_the_same(state, request.named) for state in belief):
        return tuple(sorted({*request.quality.silent, "account differs in case, white space or Unicode form"}))
    return request.quality.silent


def meeting(belief: Belief, request: Request) -> tuple[Situation, str]:
    """The situation that a request meets in each believed state, and what is mismatched; `uncertain` if they differ."""
    if isinstance(request.action, Create):
        names = {situation(state, named_in(state)) for state in belief}
        return (names.pop() if len(names) == 1 else Situation.UNCERTAIN), ""
    met = {(situation(state, request.named), mismatch(state, request.named)) for state in belief}
    return met.pop() if len(met) == 1 else (Situation.UNCERTAIN, "")


def named_in(state: SyncState) -> Named:
    """What a request names that meets the state matched."""
    return Named(None, None) if state is None else Named(state.provider, state.account)
