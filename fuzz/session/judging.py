"""Turns an answer into a verdict: reads it by the contract, and has the oracle judge it."""

from __future__ import annotations

from dataclasses import replace

from fuzz.oracle.actions import NOT_JSON, Answer, Create, MoveSync
from fuzz.oracle.answers.answer import read_answer, read_create
from fuzz.oracle.judgement.judge import after_unknown, judge_answer, judge_lost
from fuzz.oracle.request import Request, named_of, sent_again
from fuzz.oracle.siblings import read_move
from fuzz.oracle.state import Belief
from fuzz.oracle.verdict import ReadAnswer, Verdict, VerdictKind
from fuzz.session.exchange import Exchange
from fuzz.session.lost_answers import may_come_from_gateway
from fuzz.target.http.attempt import HttpAnswer
from fuzz.target.http.client import Delivery
from fuzz.target.request_builder import SentRequest, extract, parse
from swagger.contract import Contract


def judge(contract: Contract, request: Request, sent: SentRequest, delivery: Delivery, belief: Belief) -> Verdict:
    """The verdict on a delivery. A lost attempt that may have been carried out widens belief before that."""
    if delivery.may_have_acted:
        belief = after_unknown(contract, belief, request)
        request = sent_again(request)
    if delivery.answer is None:
        return judge_lost(contract, belief, request, may_have_acted=delivery.may_have_acted, why=delivery.why)
    verdict = judge_answer(contract, belief, request, read(contract, request, sent, delivery.answer))
    if verdict.kind is VerdictKind.PASS and may_come_from_gateway(delivery):
        # The refusal may be a gateway's: what the service itself did is then not known.
        return replace(verdict, belief=verdict.belief | after_unknown(contract, belief, request))
    return verdict


def read(contract: Contract, request: Request, sent: SentRequest, http_answer: HttpAnswer) -> ReadAnswer:
    """The answer read against the contract, by the kind of its action."""
    body = parse(http_answer.text) if http_answer.text else NOT_JSON
    answer = Answer(http_answer.status, body, extract(body, sent.extract) if sent.extract else {})
    if isinstance(request.action, Create):
        return read_create(contract, answer)
    if isinstance(request.action, MoveSync):
        return read_move(contract, request.action.move, answer)
    return read_answer(contract, answer)


def unjudged_exchange(
    contract: Contract,
    action: Create | MoveSync,
    sent: SentRequest,
    delivery: Delivery,
    belief: Belief,
    answer: ReadAnswer | None,
) -> Exchange:
    """The exchange of an action whose answer, read as `answer`, moves belief and never fails.

    For actions that are only tried, and for those done by steps of the target profile.
    """
    request = Request(action, named_of(action), is_judged=False)
    if answer is None:
        verdict = judge_lost(contract, belief, request, may_have_acted=True, why=delivery.why)
    else:
        verdict = judge_answer(contract, belief, request, answer)
    return Exchange(action, sent, delivery, request, verdict)
