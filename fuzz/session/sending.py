"""Sends one action and judges the answer. If a gateway may have answered, the request is sent again.

While the target works, the previous exchange is written to the journal and the validity of the request is computed
(`Sender.use_the_wait`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial

from fuzz.oracle.actions import RequestContext, Single
from fuzz.oracle.request import Request, request_of, sent_again
from fuzz.oracle.state import Belief
from fuzz.oracle.verdict import VerdictKind
from fuzz.session.exchange import Exchange
from fuzz.session.journal import Journal
from fuzz.session.judging import judge
from fuzz.session.lost_answers import may_come_from_gateway
from fuzz.target.authorisation import AuthorisedClient, may_refuse_the_token
from fuzz.target.request_builder import SentRequest
from swagger.contract import Contract

GATEWAY_RETRIES = 2
"""How often a request is sent again if its failing answer may be a gateway's."""


@dataclass(frozen=True)
class Sending:
    """One action ready to be sent, with the belief before it and the context that its body is judged in. Frozen.

    `is_resent`: the request was sent before, and may have been carried out then.
    """

    contract: Contract
    action: Single
    sent: SentRequest
    context: RequestContext
    belief: Belief
    is_resent: bool = False

    @cached_property
    def request(self) -> Request:
        """The request as the oracle judges it, with its validity. Computed at its first use."""
        request = request_of(self.contract, self.action, self.sent.body, self.context)
        return sent_again(request) if self.is_resent else request

    def should_pass(self) -> bool:
        """Whether nothing in the request itself is a reason to refuse it."""
        return self.request.validity.is_valid


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends the actions of one worker and judges what is answered. Frozen."""

    contract: Contract
    client: AuthorisedClient
    journal: Journal

    def send(self, sending: Sending) -> Exchange:
        """Sends an action, again (at most `GATEWAY_RETRIES` times) while its failing answer may be a gateway's."""
        first = self._send_once(sending)
        if first.verdict.kind is not VerdictKind.FAIL or not may_come_from_gateway(first.delivery):
            return first
        return self._send_with_gateway_retries(sending, first)

    def _send_with_gateway_retries(self, sending: Sending, first: Exchange) -> Exchange:
        exchange = first
        for _ in range(GATEWAY_RETRIES):
            again = self._send_once(replace(sending, belief=exchange.verdict.belief, is_resent=True))
            exchange = replace(again, delivery=again.delivery.after(exchange.delivery))
            if not may_come_from_gateway(exchange.delivery):
                return exchange
        # The answer came back each time, so it is hardly a gateway's. The first verdict counts: before it nothing had
        # been sent twice.
        return replace(exchange, verdict=first.verdict, request=first.request, needs_confirmation=True)

    def _send_once(self, sending: Sending) -> Exchange:
        delivery = self.client.send(sending.sent, sending.should_pass, partial(self.use_the_wait, sending))
        verdict = judge(self.contract, sending.request, sending.sent, delivery, sending.belief)
        may_be_the_networks = may_come_from_gateway(delivery) or may_refuse_the_token(delivery)
        needs_confirmation = delivery.upstream_failed or (verdict.kind is VerdictKind.FAIL and may_be_the_networks)
        return Exchange(sending.action, sending.sent, delivery, sending.request, verdict, needs_confirmation)

    def use_the_wait(self, sending: Sending) -> None:
        """The work that is done while the target works."""
        self.journal.write_pending()
        sending.should_pass()
