"""Two actions at once: started together on two connections, judged as a pair by both orders, or apart where they are
for two staff members.

A pair cannot be repeated to see whether a doubtful answer comes back, as the first try has moved the state. So an
answer that may be a gateway's counts as lost.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fuzz.engine.authorised import unauthorised
from fuzz.engine.judged import Performed, doubtful, read
from fuzz.engine.staff import StaffMember
from fuzz.engine.transport import Delivery
from fuzz.engine.wire import Wired
from fuzz.model import oracle
from fuzz.model.exchange import UNKNOWN_UID, AtOnce, Create, Single
from fuzz.model.oracle import Request
from fuzz.model.race import judge_apart, judge_pair
from fuzz.model.state import Belief
from fuzz.model.verdict import Kind, Seen, Verdict
from swagger.contract import Contract

if TYPE_CHECKING:
    from fuzz.engine.session import Play, Session

SECONDS_TO_MEET = 10.0
LEADS = (0.0, 0.0, 0.002, -0.002, 0.008, -0.008)
"""Seconds by which the first of two may be ahead, so that either comes first, and comes while the other is at work."""
CONFLICTS = frozenset({409, 423})
"""What a service may answer to one of two requests that meet: the documents do not say that it must let both wait."""


@dataclass(frozen=True, slots=True)
class _Half:
    """One of the two: what was sent about whom, what was believed before, and what came of it. Frozen."""

    member: StaffMember
    action: Single
    believed: Belief
    wired: Wired
    request: Request
    delivery: Delivery


def perform_pair(session: Session, play: Play, action: AtOnce) -> Verdict:
    """Sends both actions at once and judges them. The verdict is the failing one, or the second."""
    singles = (action.first, action.second)
    one, other = members = tuple(play.member(single) for single in singles)
    believed = [session.believed(member) for member in members]
    wired = (session.wired(play, action.first), session.wired(play, action.second))
    requests = [session.request(*each) for each in zip(singles, wired, members, strict=True)]
    deliveries = _at_once(session, wired, lead=random.Random(play.number).choice(LEADS))
    halves = [_Half(*each) for each in zip(members, singles, believed, wired, requests, deliveries, strict=True)]
    judge = _judge if one is other else _judge_apart
    verdicts = judge(session.contract, *halves)
    for half, verdict in zip(halves, verdicts, strict=True):
        performed = Performed(half.action, half.wired, half.delivery, half.request, verdict)
        session.conclude(play, half.member, performed)
    if one is other and all(isinstance(single, Create) for single in singles):
        # Either of the two calendars may be the one that is left.
        one.calendar_uid = UNKNOWN_UID
    return next((verdict for verdict in verdicts if verdict.kind is Kind.FAIL), verdicts[-1])


def _at_once(session: Session, wired: tuple[Wired, Wired], *, lead: float) -> tuple[Delivery, Delivery]:
    """Starts both by a barrier. `lead`: the seconds that the first is ahead, or behind if fewer than none."""
    barrier = threading.Barrier(2)

    def deliver(each: Wired, late: float) -> Delivery:
        barrier.wait(SECONDS_TO_MEET)
        time.sleep(max(0.0, late))
        return session.transport.deliver(each.outgoing)

    one, other = session.threads.map(deliver, wired, (-lead, lead))
    return one, other


def _judge(contract: Contract, one: _Half, other: _Half) -> tuple[Verdict, Verdict]:
    belief = _before(contract, other, _before(contract, one, one.believed))
    return judge_pair(contract, belief, (one.request, other.request), (_seen(contract, one), _seen(contract, other)))


def _judge_apart(contract: Contract, one: _Half, other: _Half) -> tuple[Verdict, Verdict]:
    first, second = (
        judge_apart(contract, _before(contract, half, half.believed), half.request, _seen(contract, half))
        for half in (one, other)
    )
    return first, second


def _before(contract: Contract, half: _Half, belief: Belief) -> Belief:
    """What may be true when the answer was made. An attempt that was lost may have been carried out."""
    return oracle.after_unknown(contract, belief, half.request) if half.delivery.may_have_acted else belief


def _seen(contract: Contract, half: _Half) -> Seen | None:
    delivery = half.delivery
    # Of a request that was sent twice, one may have been carried out before the other of the pair and one after it.
    if delivery.incoming is None or delivery.may_have_acted or doubtful(delivery):
        return None
    if unauthorised(delivery) and half.request.quality.allowed:
        return None
    if delivery.incoming.status in CONFLICTS:
        return None
    return read(contract, half.request, half.wired, delivery.incoming)
