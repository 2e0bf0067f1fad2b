"""The states that stay possible after a lost answer.

An answer is lost if none came, or if a gateway may have given it. Belief then holds every state that the request may
have led to.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection

from fuzz.oracle.actions import NOT_JSON
from fuzz.oracle.judgement.judge import after_unknown, judge_answer
from fuzz.oracle.request import Request
from fuzz.oracle.state import Belief
from fuzz.oracle.verdict import SERVER_ERROR, ReadAnswer, Verdict
from fuzz.session.exchange import Exchange
from fuzz.target.http.client import Delivery
from fuzz.target.request_builder import parse
from swagger.contract import Contract


def may_come_from_gateway(delivery: Delivery) -> bool:
    """Whether the answer may be a gateway's: its body is not JSON. A 500 always counts as the service's own."""
    answer = delivery.answer
    return answer is not None and answer.status != 500 and parse(answer.text) is NOT_JSON


def after_late_requests(contract: Contract, belief: Belief, requests: Collection[Request]) -> Belief:
    """Every state that is possible while these requests may still be carried out, in any order or not at all."""
    for request in itertools.chain(requests, requests):
        belief = after_unknown(contract, belief, request)
    return belief


def no_answer_verdict(contract: Contract, exchange: Exchange) -> Verdict:
    """The verdict on a request that never gets an answer while other requests do: a server error."""
    seen = ReadAnswer(SERVER_ERROR, 502, label="no answer each time", why=exchange.delivery.why)
    return judge_answer(contract, exchange.verdict.was, exchange.request, seen)
