"""Performs two actions at once, on two connections, and judges them: as a pair if they are for one staff member.

A pair cannot be repeated, as the first try has moved the state. So an answer that may be a gateway's counts as lost.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from fuzz.oracle.judgement.concurrency import judge_apart, judge_pair
from fuzz.oracle.judgement.judge import after_unknown
from fuzz.oracle.state import Belief
from fuzz.oracle.verdict import ReadAnswer, Verdict
from fuzz.session.exchange import Exchange
from fuzz.session.judging import read
from fuzz.session.lost_answers import may_come_from_gateway
from fuzz.session.sending import Sending
from fuzz.target.authorisation import AuthorisedClient, unauthorised
from fuzz.target.http.client import Delivery
from fuzz.target.http.statuses import CONFLICTS
from swagger.contract import Contract

SECONDS_TO_MEET = 10.0
LEADS = (0.0, 0.0, 0.002, -0.002, 0.008, -0.008)
"""Seconds by which the first request is ahead (below zero: behind), so that each comes first at times."""

Pair = tuple[Sending, Sending]


@dataclass(frozen=True, slots=True)
class _Half:
    """One of the two requests with its delivery. Frozen."""

    sending: Sending
    delivery: Delivery

    def after(self, contract: Contract, belief: Belief) -> Belief:
        """The states that are possible when the answer is made: an attempt that was lost may have been carried out."""
        return after_unknown(contract, belief, self.sending.request) if self.delivery.may_have_acted else belief

    def answer(self, contract: Contract) -> ReadAnswer | None:
        """The answer, read by the contract; None if it cannot be judged."""
        delivery, request = self.delivery, self.sending.request
        # Of a request that was sent twice, one may have been carried out before the other of the pair and one after it.
        if delivery.answer is None or delivery.may_have_acted or may_come_from_gateway(delivery):
            return None
        if (unauthorised(delivery) and request.validity.is_valid) or delivery.answer.status in CONFLICTS:
            return None
        return read(contract, request, self.sending.sent, delivery.answer)


def perform_pair(
    contract: Contract, client: AuthorisedClient, threads: ThreadPoolExecutor, pair: Pair, *, lead: float
) -> tuple[Exchange, Exchange]:
    """Sends both at once and judges them. `lead`: the seconds that the first is ahead, or behind if below zero."""
    one, other = (_Half(*sent) for sent in zip(pair, _send_at_once(client, threads, pair, lead=lead), strict=True))
    same_staff = one.sending.context.staff_uid == other.sending.context.staff_uid
    verdicts = _judge(contract, one, other) if same_staff else _judge_apart(contract, one, other)
    first, second = (
        Exchange(half.sending.action, half.sending.sent, half.delivery, half.sending.request, verdict)
        for half, verdict in zip((one, other), verdicts, strict=True)
    )
    return first, second


def _send_at_once(
    client: AuthorisedClient, threads: ThreadPoolExecutor, pair: Pair, *, lead: float
) -> tuple[Delivery, Delivery]:
    """Starts both requests at a barrier."""
    barrier = threading.Barrier(2)

    def send(sending: Sending, delay: float) -> Delivery:
        barrier.wait(SECONDS_TO_MEET)
        time.sleep(max(0.0, delay))
        return client.send_as_it_is(sending.sent)

    one, other = threads.map(send, pair, (-lead, lead))
    return one, other


def _judge(contract: Contract, one: _Half, other: _Half) -> tuple[Verdict, Verdict]:
    belief = other.after(contract, one.after(contract, one.sending.belief))
    requests = (one.sending.request, other.sending.request)
    return judge_pair(contract, belief, requests, (one.answer(contract), other.answer(contract)))


def _judge_apart(contract: Contract, one: _Half, other: _Half) -> tuple[Verdict, Verdict]:
    first, second = (
        judge_apart(contract, half.after(contract, half.sending.belief), half.sending.request, half.answer(contract))
        for half in (one, other)
    )
    return first, second
