"""Judges two requests at once: the pair passes if some order of the two explains both answers.

Two for different staff members are judged apart, as neither can explain the other's answer.

The answers of a pair say nothing about how often a clause was due, so they add nothing to the tallies. Source:
linearizability (Herlihy and Wing 1990), for histories of two concurrent operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from fuzz.oracle.actions import Create, SendItems
from fuzz.oracle.allowed import allowed
from fuzz.oracle.judgement.judge import after_unknown, explain, verdict_on
from fuzz.oracle.request import Request, sent_again, unspecified_also
from fuzz.oracle.state import Belief
from fuzz.oracle.validity.feature_names import Feature, Unspecified
from fuzz.oracle.validity.violations import items_of
from fuzz.oracle.verdict import ReadAnswer, Verdict, VerdictKind
from swagger.contract import Contract, ids_of

ORDERS = ((0, 1), (1, 0))

Pair = tuple[Request, Request]
ReadAnswers = tuple[ReadAnswer | None, ReadAnswer | None]


def orders_that_explain(
    contract: Contract, belief: Belief, requests: Pair, seen: ReadAnswers
) -> dict[tuple[int, int], Belief]:
    """The orders of the two requests that explain both answers, with the states after each. None: a lost answer."""
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
    """The second request as it is judged if the first came before it: its calendar's uid or its ids may be old then."""
    if not isinstance(second.action, SendItems):
        return second
    if isinstance(first.action, Create):
        return unspecified_also(second, Unspecified(Feature.OTHER_CALENDAR_UID))
    if isinstance(first.action, SendItems) and not _ids(contract, first).isdisjoint(_ids(contract, second)):
        return sent_again(second)
    return second


def _ids(contract: Contract, request: Request) -> set[str]:
    body = request.action.body if isinstance(request.action, SendItems) else None
    return set(ids_of(items_of(contract, body)))


def _after(contract: Contract, belief: Belief, request: Request, seen: ReadAnswer | None) -> Belief:
    if seen is None:
        return after_unknown(contract, belief, request)
    return frozenset(state for believed in belief for state in explain(contract, believed, request, seen))


Turn = tuple[Request, ReadAnswer | None]
"""A request and its answer, None if that was lost."""


class Refuted(NamedTuple):
    """The first answer that an order of two requests at once does not explain. `first`: the index of the request that
    came first in that order; `place`: the index of the answer; `allowed`: the outcomes that would have been allowed.
    """

    first: int
    place: int
    allowed: tuple[str, ...]


def refuted_orders(contract: Contract, belief: Belief, turns: Sequence[Turn]) -> tuple[Refuted, ...]:
    """What each order of two requests at once, the first two `turns`, would have allowed where it explains an answer
    no more. The other turns came after them, for the same staff member. Without an order that explains all answers.
    """
    found = (_refuted(contract, belief, turns, order) for order in ORDERS)
    return tuple(refuted for refuted in found if refuted is not None)


def _refuted(contract: Contract, belief: Belief, turns: Sequence[Turn], order: tuple[int, int]) -> Refuted | None:
    first, second = order
    later = as_second(contract, turns[first][0], turns[second][0])
    in_turn = ((first, turns[first][0]), (second, later), *((place, turns[place][0]) for place in range(2, len(turns))))
    states = belief
    for place, request in in_turn:
        after = _after(contract, states, request, turns[place][1])
        if not after:
            outcomes = {outcome for state in states for outcome in allowed(contract, state, request)}
            return Refuted(first, place, tuple(sorted(outcomes)))
        states = after
    return None


def judge_pair(contract: Contract, belief: Belief, requests: Pair, seen: ReadAnswers) -> tuple[Verdict, Verdict]:
    """The verdicts on both requests. If no order explains the pair, one of the two fails (see `_culprit`)."""
    found = orders_that_explain(contract, belief, requests, seen)
    requests = as_second(contract, requests[1], requests[0]), as_second(contract, *requests)
    wide = [after_unknown(contract, belief, request) for request in requests]
    after = frozenset(state for states in found.values() for state in states)
    if not after:
        after = after_unknown(contract, wide[0], requests[1]) | after_unknown(contract, wide[1], requests[0])
    culprit = None if found else _culprit(contract, belief, requests, seen)
    first, second = (
        _verdict(contract, belief, request, answer, after, possible=belief | wide[1 - place], failed=place == culprit)
        for place, (request, answer) in enumerate(zip(requests, seen, strict=True))
    )
    return first, second


def judge_apart(contract: Contract, belief: Belief, request: Request, seen: ReadAnswer | None) -> Verdict:
    """The verdict on a request that was sent together with one for another staff member."""
    after = _after(contract, belief, request, seen)
    left = after or after_unknown(contract, belief, request)
    return _verdict(contract, belief, request, seen, left, possible=belief, failed=not after)


def _culprit(contract: Contract, belief: Belief, requests: Pair, seen: ReadAnswers) -> int:
    """The index of the request that fails: the one whose answer no state explains in either order, else the second."""
    for place in (0, 1):
        states = belief | after_unknown(contract, belief, requests[1 - place])
        if not _after(contract, states, requests[place], seen[place]):
            return place
    return 1


def _verdict(
    contract: Contract,
    belief: Belief,
    request: Request,
    seen: ReadAnswer | None,
    after: Belief,
    *,
    possible: Belief,
    failed: bool,
) -> Verdict:
    kind = VerdictKind.FAIL if failed else VerdictKind.INCONCLUSIVE if seen is None else VerdictKind.PASS
    verdict = verdict_on(contract, belief, request, seen, after=after, kind=kind, possible=possible)
    # The account that the request meets is not known here, so only the features of the body itself count.
    return replace(verdict, at_once=True, unspecified=request.validity.unspecified)
