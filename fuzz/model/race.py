"""Two requests at once, judged by all orders: the pair passes if some order of the two explains both answers.
Those for two staff members are judged apart, as neither can be what explains the other's answer.

The answers of a pair say nothing about how often a clause was due, so they add nothing to the tallies. Source:
linearizability (Herlihy and Wing 1990), for histories of two concurrent operations.
"""

from __future__ import annotations

from fuzz.model import oracle
from fuzz.model.exchange import Create, SendItems
from fuzz.model.oracle import Request
from fuzz.model.payload import items_of
from fuzz.model.state import Belief
from fuzz.model.tally import clause_of
from fuzz.model.verdict import Kind, Seen, Verdict
from swagger.contract import Contract

ORDERS = ((0, 1), (1, 0))
AT_ONCE = "at once"
"""How the detail of a verdict ends that is on one of two requests at once."""

Pair = tuple[Request, Request]
SeenPair = tuple[Seen | None, Seen | None]


def orders_that_explain(
    contract: Contract, belief: Belief, requests: Pair, seen: SeenPair
) -> dict[tuple[int, int], Belief]:
    """The orders of the two requests that explain both answers, each with the states it leaves. None: a lost answer."""
    found = {}
    for order in ORDERS:
        states = belief
        first, second = order
        states = _after(contract, states, requests[first], seen[first])
        states = _after(contract, states, as_second(contract, requests[first], requests[second]), seen[second])
        if states:
            found[order] = states
    return found


def as_second(contract: Contract, first: Request, second: Request) -> Request:
    """The second request as it is to be judged if the first went before it: its calendar or its items may be old."""
    if not isinstance(second.action, SendItems):
        return second
    if isinstance(first.action, Create):
        return oracle.silent_also(second, "another calendar's uid")
    if isinstance(first.action, SendItems) and not _ids(contract, first).isdisjoint(_ids(contract, second)):
        return oracle.sent_again(second)
    return second


def _ids(contract: Contract, request: Request) -> set[str]:
    body = request.action.body if isinstance(request.action, SendItems) else None
    return {str(item.get("external_id")) for item in items_of(contract, body)}


def _after(contract: Contract, belief: Belief, request: Request, seen: Seen | None) -> Belief:
    if seen is None:
        return oracle.after_unknown(contract, belief, request)
    return frozenset(state for believed in belief for state in oracle.explain(contract, believed, request, seen))


def judge_pair(contract: Contract, belief: Belief, requests: Pair, seen: SeenPair) -> tuple[Verdict, Verdict]:
    """The verdicts on both requests. If no order explains the pair, the one that is least explained has failed."""
    found = orders_that_explain(contract, belief, requests, seen)
    requests = as_second(contract, requests[1], requests[0]), as_second(contract, *requests)
    after = frozenset(state for states in found.values() for state in states)
    wide = [oracle.after_unknown(contract, belief, request) for request in requests]
    if not after:
        after = oracle.after_unknown(contract, wide[0], requests[1]) | oracle.after_unknown(
            contract, wide[1], requests[0]
        )
    culprit = None if found else _culprit(contract, belief, requests, seen)
    first, second = (
        _verdict(contract, belief, wide[1 - place], requests[place], seen[place], after, failed=place == culprit)
        for place in (0, 1)
    )
    return first, second


def judge_apart(contract: Contract, belief: Belief, request: Request, seen: Seen | None) -> Verdict:
    """The verdict on a request that came at once with one for another staff member."""
    after = _after(contract, belief, request, seen)
    left = after or oracle.after_unknown(contract, belief, request)
    return _verdict(contract, belief, belief, request, seen, left, failed=not after)


def _culprit(contract: Contract, belief: Belief, requests: Pair, seen: SeenPair) -> int:
    """The request whose answer no state explains, whichever went first; else the second."""
    for place in (0, 1):
        states = belief | oracle.after_unknown(contract, belief, requests[1 - place])
        if not _after(contract, states, requests[place], seen[place]):
            return place
    return 1


def _verdict(
    contract: Contract,
    belief: Belief,
    wide: Belief,
    request: Request,
    seen: Seen | None,
    after: Belief,
    *,
    failed: bool,
) -> Verdict:
    believed = belief | wide
    outcomes = tuple(sorted({outcome for state in believed for outcome in oracle.allowed(contract, state, request)}))
    due = oracle.codes_due(contract, believed, request)
    situation, detail = oracle.meeting(belief, request)
    kind = Kind.FAIL if failed else Kind.INCONCLUSIVE if seen is None else Kind.PASS
    return Verdict(
        kind=kind,
        clause=clause_of(request, outcomes, seen, passed=not failed, due=due),
        situation=situation,
        detail=f"{detail} {AT_ONCE}".strip(),
        was=belief,
        belief=after,
        allowed=outcomes,
        seen=seen,
        breaks=request.quality.breaks,
        silent=request.quality.silent,
    )
