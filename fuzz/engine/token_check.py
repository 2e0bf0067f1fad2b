"""A refused token or a refused request: asked of the target before a 401 counts as a failure of the contract."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.engine.authorised import may_refuse_the_token
from fuzz.engine.judged import Performed
from fuzz.engine.session import Session
from fuzz.model.events import SHRINKING
from fuzz.model.exchange import Action, Create, SendItems
from strategies.fields import listed_providers
from strategies.payloads import plain_payload


def end_if_token_is_refused(session: Session, performed: Performed) -> None:
    """Raises Unreachable if the target refuses the token of a refused request in every situation."""
    source = performed.wired.source
    if source is None or not may_refuse_the_token(performed.delivery):
        return
    if not _is_taken_somewhere(session, performed):
        raise session.authorised.refused(source, performed.delivery)


def _is_taken_somewhere(session: Session, performed: Performed) -> bool:
    """Some plain request with the same token is answered, and not with a refusal of the token."""
    probe = session.play(SHRINKING)
    session.authorised.forgiving = True
    try:
        for action in _plain_requests(session, performed.action.staff):
            probe.perform(action)
            tried = probe.performed[-1]
            answered = tried.delivery.incoming is not None and not may_refuse_the_token(tried.delivery)
            if answered and tried.wired.source == performed.wired.source:
                return True
        return False
    finally:
        session.authorised.forgiving = False


def _plain_requests(session: Session, staff: int) -> Iterator[Action]:
    """A fresh, a matched and a mismatched situation, for each listed provider."""
    for provider in listed_providers(session.contract):
        one, other = (
            SendItems(staff, plain_payload(session.contract, provider=provider, account=account))
            for account in ("a@example.com", "b@example.com")
        )
        yield from (Create(staff, provider), one, one, other)
