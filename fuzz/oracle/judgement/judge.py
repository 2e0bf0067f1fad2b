"""Judges an answer: whether some believed state allows it, and which states are believed after it.

`judge_answer(contract, belief, request, seen) -> Verdict` is a pure function. An answer fails only if no believed state
explains it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from http import HTTPStatus

from fuzz.oracle.actions import UNAUTHORISED, Create, MoveSync, SendItems
from fuzz.oracle.allowed import after_refusal, allowed, expected, filled, may_be_the_same, would_succeed
from fuzz.oracle.judgement.tally import clause_of, tally
from fuzz.oracle.request import Request
from fuzz.oracle.siblings import explain_move
from fuzz.oracle.state import Belief, Mismatch, Named, Situation, SyncState, mismatch, situation
from fuzz.oracle.validity.feature_names import Feature, Unspecified, in_order
from fuzz.oracle.validity.violations import Validity, items_of
from fuzz.oracle.verdict import MALFORMED, OTHER, REFUSAL, SUCCESS, ReadAnswer, Verdict, VerdictKind
from swagger.contract import Contract

FEW_ITEMS = 25
"""Items of one body that every service takes; one may refuse more."""


def explain(contract: Contract, state: SyncState, request: Request, seen: ReadAnswer) -> frozenset[SyncState]:
    """The states after an answer, if `state` was the true one; empty if `state` does not explain the answer."""
    if isinstance(request.action, MoveSync) and request.is_judged:
        return explain_move(contract, state, request, seen)
    outcomes = allowed(contract, state, request)
    if REFUSAL in outcomes and _is_a_refusal(seen):
        # A refusal may also name the state error that is due, but none that is not due.
        return outcomes[REFUSAL] if seen.names <= outcomes.keys() else frozenset()
    if _is_too_large(contract, request, seen):
        return after_refusal(contract, state, request.named)
    if seen.outcome in (MALFORMED, OTHER) and _may_be_answered_otherwise(request.validity):
        return outcomes[SUCCESS] | {state} if SUCCESS in outcomes else frozenset()
    return outcomes.get(seen.outcome, frozenset())


def _may_be_answered_otherwise(validity: Validity) -> bool:
    """Whether the body of a success is not specified, either. An id sent again alone does not change it."""
    return not validity.violations and bool(set(validity.unspecified) - {Unspecified(Feature.ID_SENT_BEFORE)})


def _is_too_large(contract: Contract, request: Request, seen: ReadAnswer) -> bool:
    """Whether the answer is a refusal of many items: services and gateways limit a batch, and the documents give no
    limit.
    """
    if seen.outcome != REFUSAL or seen.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    if not isinstance(request.action, SendItems) or request.token in UNAUTHORISED:
        return False
    return len(items_of(contract, request.action.body)) > FEW_ITEMS


def _is_a_refusal(seen: ReadAnswer) -> bool:
    """Whether the answer is a 4xx that is not exactly a documented state error."""
    return 400 <= seen.status < 500 and seen.outcome in (REFUSAL, MALFORMED)


def judge_answer(contract: Contract, belief: Belief, request: Request, seen: ReadAnswer) -> Verdict:
    """Judges one answer. A pass narrows belief to the states that explain it; a failure leaves every possible state."""
    after = frozenset[SyncState]().union(*(explain(contract, state, request, seen) for state in belief))
    verdict = verdict_on(
        contract,
        belief,
        request,
        seen,
        after=after or after_unknown(contract, belief, request),
        kind=VerdictKind.PASS if after else VerdictKind.FAIL,
    )
    ready = all(would_succeed(contract, state, request.named) for state in belief)
    return replace(verdict, tally=tally(contract, request, verdict, ready=ready))


def judge_lost(contract: Contract, belief: Belief, request: Request, *, may_have_acted: bool, why: str) -> Verdict:
    """The inconclusive verdict on a request without an answer. Belief widens if the service may have acted on it."""
    after = after_unknown(contract, belief, request) if may_have_acted else belief
    verdict = verdict_on(contract, belief, request, None, after=after, kind=VerdictKind.INCONCLUSIVE)
    return replace(verdict, why=why)


def verdict_on(
    contract: Contract,
    belief: Belief,
    request: Request,
    seen: ReadAnswer | None,
    *,
    after: Belief,
    kind: VerdictKind,
    possible: Belief | None = None,
) -> Verdict:
    """A verdict without tallies. `possible`: the states in which the request may have been handled, if not `belief`."""
    states = possible or belief
    too_large = {REFUSAL} if seen is not None and _is_too_large(contract, request, seen) else frozenset[str]()
    outcomes = tuple(sorted(too_large.union(*(allowed(contract, state, request) for state in states))))
    situation, mismatched = situation_of(belief, request)
    due = codes_due(contract, states, request)
    return Verdict(
        kind=kind,
        clause=clause_of(request, outcomes, seen, passed=kind is not VerdictKind.FAIL, due=due),
        situation=situation,
        mismatch=mismatched,
        was=belief,
        belief=after,
        allowed=outcomes,
        seen=seen,
        violations=request.validity.violations,
        unspecified=unspecified_features(contract, belief, request),
    )


def after_unknown(contract: Contract, belief: Belief, request: Request) -> Belief:
    """Every state that is possible after a lost answer: each believed state, unchanged or with any possible effect."""
    effects = [states for state in belief for states in allowed(contract, state, request).values()]
    return belief.union(*effects)


def codes_due(contract: Contract, belief: Belief, request: Request) -> tuple[str, ...]:
    """The endpoint's state errors that are due in some believed state, without regard to the payload: first those that
    are due in most of the states, then in the document's order.
    """
    found = Counter(expected(contract, state, filled(state, request.named)) for state in belief)
    codes = (error.code for error in contract.state_errors if error.code in found)
    return tuple(sorted(codes, key=lambda code: -found[code]))


def unspecified_features(contract: Contract, belief: Belief, request: Request) -> tuple[Unspecified, ...]:
    """The unspecified features of a request: those of its body, and those that depend on the believed states.

    Of these there are two: its account may be the stored one; no document says what a sibling answers.
    """
    found, action = request.validity.unspecified, request.action
    if isinstance(action, Create):
        return found
    if isinstance(action, MoveSync):
        says_nothing = request.is_judged and all(len(allowed(contract, state, request)) > 1 for state in belief)
        return (Unspecified(Feature.SIBLING, action.move),) if says_nothing else ()
    may_be = any(may_be_the_same(state, request.named) for state in belief)
    return in_order((*found, Unspecified(Feature.ACCOUNT_MAY_MATCH))) if may_be else found


def situation_of(belief: Belief, request: Request) -> tuple[Situation, Mismatch]:
    """The situation that a request meets in each believed state, and what is mismatched; `uncertain` if they differ."""
    if isinstance(request.action, Create):
        names = {situation(state, named_in(state)) for state in belief}
        return (names.pop() if len(names) == 1 else Situation.UNCERTAIN), Mismatch.NONE
    met = {(situation(state, request.named), mismatch(state, request.named)) for state in belief}
    return met.pop() if len(met) == 1 else (Situation.UNCERTAIN, Mismatch.NONE)


def named_in(state: SyncState) -> Named:
    """The provider and account that match a state."""
    return Named(None, None) if state is None else Named(state.provider, state.account)
