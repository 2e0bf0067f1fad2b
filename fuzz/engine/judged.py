"""From an answer to a verdict: reading it by the contract, and what a lost or doubtful answer leaves believable."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass, replace

from fuzz.engine.attempt import Incoming
from fuzz.engine.transport import Delivery
from fuzz.engine.wire import Wired, extract, parse
from fuzz.model import oracle
from fuzz.model.answer import read_answer, read_create, read_move
from fuzz.model.exchange import NOT_JSON, Answer, Create, MoveSync, Single
from fuzz.model.oracle import Request
from fuzz.model.state import Belief
from fuzz.model.verdict import SERVER_ERROR, Kind, Seen, Verdict
from swagger.contract import Contract


@dataclass(slots=True)
class Performed:
    """One action on one staff member as it went: what was sent, what came of it, and the verdict. Mutable in making
    only.
    """

    action: Single
    wired: Wired
    delivery: Delivery
    request: Request
    verdict: Verdict
    suspect: bool = False
    """The failure may be the network's or a gateway's after all: it counts only if it comes back."""


def doubtful(delivery: Delivery) -> bool:
    """The answer may come from a gateway that stands before the service: its body is not JSON. A 500 is the service's
    in whatever words.
    """
    incoming = delivery.incoming
    return incoming is not None and incoming.status != 500 and parse(incoming.text) is NOT_JSON


def judge(contract: Contract, request: Request, wired: Wired, delivery: Delivery, belief: Belief) -> Verdict:
    """The verdict on what came of a request. An attempt that was lost and may have acted widens belief beforehand."""
    if delivery.may_have_acted:
        belief = oracle.after_unknown(contract, belief, request)
        request = oracle.sent_again(request)
    if delivery.incoming is None:
        return oracle.lost(contract, belief, request, may_have_acted=delivery.may_have_acted, why=delivery.why)
    verdict = oracle.step(contract, belief, request, read(contract, request, wired, delivery.incoming))
    if verdict.kind is Kind.PASS and doubtful(delivery):
        # A refusal in a gateway's words may stand in the place of the service's own answer.
        return replace(verdict, belief=verdict.belief | oracle.after_unknown(contract, belief, request))
    return verdict


def read(contract: Contract, request: Request, wired: Wired, incoming: Incoming) -> Seen:
    """Reads an answer against the contract, by the kind of action it answers."""
    body = parse(incoming.text) if incoming.text else NOT_JSON
    answer = Answer(incoming.status, body, extract(body, wired.extract) if wired.extract else {})
    if isinstance(request.action, Create):
        return read_create(contract, answer)
    if isinstance(request.action, MoveSync):
        return read_move(contract, answer)
    return read_answer(contract, answer)


def after_late(contract: Contract, belief: Belief, requests: Collection[Request]) -> Belief:
    """Every state that may hold while these requests may yet be carried out, any of them, in any order."""
    for request in itertools.chain(requests, requests):
        belief = oracle.after_unknown(contract, belief, request)
    return belief


def died(contract: Contract, performed: Performed) -> Verdict:
    """The verdict on a request that gets no good answer each time while others do: the server dies of it."""
    seen = Seen(SERVER_ERROR, 502, label="no answer each time", why=performed.delivery.why)
    return oracle.step(contract, performed.verdict.was, performed.request, seen)
