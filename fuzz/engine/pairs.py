"""Two actions at once: started together on two connections, judged as a pair by both orders.

A pair cannot be repeated to see whether a doubtful answer comes back, as the first try has moved the state. So an
answer that may be a gateway's counts as lost.
"""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

from fuzz.engine.authorised import unauthorised
from fuzz.engine.judged import Performed, doubtful, read
from fuzz.engine.transport import Delivery
from fuzz.engine.wire import Wired
from fuzz.model import oracle
from fuzz.model.exchange import UNKNOWN_UID, AtOnce, Create
from fuzz.model.oracle import Request
from fuzz.model.race import judge_pair
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


def perform_pair(session: Session, play: Play, action: AtOnce) -> Verdict:
    """Sends both actions at once and judges them. The verdict is the failing one, or the second."""
    member = play.member(action.first)
    belief = session.believed(member)
    singles = (action.first, action.second)
    one, other = (session.wired(play, single) for single in singles)
    requests = (session.request(action.first, one, member), session.request(action.second, other, member))
    deliveries = _at_once(session, (one, other), lead=random.Random(play.number).choice(LEADS))
    verdicts = _judge(session.contract, requests, (one, other), deliveries, belief)
    for single, wired, delivery, request, verdict in zip(
        singles, (one, other), deliveries, requests, verdicts, strict=True
    ):
        session.conclude(play, member, Performed(single, wired, delivery, request, verdict))
    if isinstance(action.first, Create) and isinstance(action.second, Create):
        # Either of the two calendars may be the one that is left.
        member.calendar_uid = UNKNOWN_UID
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


def _judge(
    contract: Contract,
    requests: tuple[Request, Request],
    wired: tuple[Wired, Wired],
    deliveries: tuple[Delivery, Delivery],
    belief: Belief,
) -> tuple[Verdict, Verdict]:
    for request, delivery in zip(requests, deliveries, strict=True):
        if delivery.may_have_acted:
            belief = oracle.after_unknown(contract, belief, request)
    one, other = (_seen(contract, *each) for each in zip(requests, wired, deliveries, strict=True))
    return judge_pair(contract, belief, requests, (one, other))


def _seen(contract: Contract, request: Request, wired: Wired, delivery: Delivery) -> Seen | None:
    # Of a request that was sent twice, one may have been carried out before the other of the pair and one after it.
    if delivery.incoming is None or delivery.may_have_acted or doubtful(delivery):
        return None
    if unauthorised(delivery) and request.quality.allowed:
        return None
    if delivery.incoming.status in CONFLICTS:
        return None
    return read(contract, request, wired, delivery.incoming)
