"""Finds out whether the target refuses a token everywhere, before a 401 counts as a failure of the contract."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.events.summary import SHRINKING
from fuzz.oracle.actions import Action, Create, SendItems
from fuzz.session.exchange import Exchange
from fuzz.session.session import Session
from fuzz.target.authorisation import may_refuse_the_token
from strategies.valid.bodies import plain_payload
from strategies.valid.fields import listed_providers


def end_if_token_is_refused(session: Session, exchange: Exchange) -> None:
    """Raises Unreachable if the target refuses the token of this exchange in every situation."""
    source = exchange.sent.source
    if source is None or not may_refuse_the_token(exchange.delivery):
        return
    if not _is_taken_somewhere(session, exchange):
        raise session.client.refused(source, exchange.delivery)


def _is_taken_somewhere(session: Session, exchange: Exchange) -> bool:
    """Whether some plain request with the same token gets an answer that does not refuse the token."""
    probe = session.start_scenario(SHRINKING)
    with session.client.token_known_good():
        for action in _plain_requests(session, exchange.action.staff):
            probe.perform(action)
            tried = probe.exchanges[-1]
            answered = tried.delivery.answer is not None and not may_refuse_the_token(tried.delivery)
            if answered and tried.sent.source == exchange.sent.source:
                return True
        return False


def _plain_requests(session: Session, staff: int) -> Iterator[Action]:
    """Requests in a fresh, a matched and a mismatched situation, for each listed provider."""
    for provider in listed_providers(session.contract):
        one, other = (
            SendItems(staff, plain_payload(session.contract, provider=provider, account=account))
            for account in ("a@example.com", "b@example.com")
        )
        yield from (Create(staff, provider), one, one, other)
