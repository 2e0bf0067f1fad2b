"""Performs two actions at once, on two connections, and judges them: as a pair if they are for one staff member.

The last byte of each request is held back until the other has come as far (Kettle 2023, "Smashing the state machine":
last-byte synchronisation). So the two meet at the target, however long connecting and sending took.

A pair cannot be repeated, as the first try has moved the state. So an answer that may be a gateway's counts as lost.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol

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
from fuzz.target.http.deadline import HoldLastByte
from fuzz.target.http.statuses import CONFLICTS
from fuzz.target.request_builder import SentRequest
from swagger.contract import Contract

SECONDS_TO_MEET = 10.0
"""How long one request waits for the other, which may be connecting still."""

LEADS = (0.0, 0.0, 0.002, -0.002, 0.008, -0.008)
"""Seconds by which the first request's last byte is ahead (below zero: behind), so that each comes first at times."""

Pair = tuple[Sending, Sending]


class SendsOnce(Protocol):
    """What is needed of a client."""

    def send_as_it_is(self, sent: SentRequest, hold_last_byte: HoldLastByte) -> Delivery: ...


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
    deliveries = send_at_once(client, threads, (pair[0].sent, pair[1].sent), lead=lead)
    one, other = (_Half(*delivered) for delivered in zip(pair, deliveries, strict=True))
    same_staff = one.sending.context.staff_uid == other.sending.context.staff_uid
    verdicts = _judge(contract, one, other) if same_staff else _judge_apart(contract, one, other)
    first, second = (
        Exchange(half.sending.action, half.sending.sent, half.delivery, half.sending.request, verdict)
        for half, verdict in zip((one, other), verdicts, strict=True)
    )
    return first, second


def send_at_once(
    client: SendsOnce, threads: ThreadPoolExecutor, pair: tuple[SentRequest, SentRequest], *, lead: float = 0.0
) -> tuple[Delivery, Delivery]:
    """Sends both requests, each in a thread. `lead`: the seconds that the first one's last byte is ahead, or behind if
    below zero.
    """
    meeting = _Meeting(lead)

    def send(place: int) -> Delivery:
        try:
            return client.send_as_it_is(pair[place], partial(meeting.hold, place))
        finally:
            meeting.end()

    one, other = threads.map(send, (0, 1))
    return one, other


class _Meeting:
    """Where the last bytes of two requests wait for each other. Mutable: it holds what sends them.

    One thread sends both: until a second one wakes up, a target has often answered the first request.
    """

    def __init__(self, lead: float) -> None:
        self._lead = lead
        self._held: dict[int, Callable[[], None]] = {}
        self._both_are_here = threading.Barrier(2, self._send_both, SECONDS_TO_MEET)

    def hold(self, place: int, send_last_byte: Callable[[], None]) -> None:
        """Returns when both last bytes are sent, or when the other one does not come."""
        self._held[place] = send_last_byte
        with suppress(threading.BrokenBarrierError):
            self._both_are_here.wait()

    def _send_both(self) -> None:
        first, second = sorted(self._held, reverse=self._lead < 0) if self._lead else self._held
        self._held[first]()
        if self._lead:
            time.sleep(abs(self._lead))
        self._held[second]()

    def end(self) -> None:
        """One of the two has got its answer, or never will: the other need not wait for it."""
        self._both_are_here.abort()


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
