"""The first phase: is the target there, does it take the tokens, and does it do what the document's own example says.

It also finds out which sibling operations the target has, and on which gateway, so that what cannot be done there is
known and named before the other phases count on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from fuzz.engine.campaign import Campaign
from fuzz.engine.session import Session
from fuzz.engine.templates import dates, fill_known
from fuzz.engine.transport import Unreachable
from fuzz.engine.wire import APP_CODES
from fuzz.model.exchange import Create, Move, MoveSync, SendItems
from fuzz.model.payload import named_by
from fuzz.model.verdict import Kind, Verdict
from strategies.fields import unlisted_providers
from strategies.payloads import plain_payload
from swagger.contract import Json

PHASE = "preflight"
NOT_THERE = frozenset({401, 403, 404, 405, 501})


def run(campaign: Campaign) -> None:
    """Performs the document's prerequisite and test request as written, then tries the sibling operations."""
    session = campaign.session
    example = _example(session)
    play = campaign.run((Create(0, _example_provider(session)), SendItems(0, example)), PHASE)
    for performed, whose in zip(play.performed, ("admin", "staff"), strict=False):
        _check_token(performed.verdict, whose)
    for place in range(len(session.staff)):
        if place:
            _check_staff(campaign, place, example)
    for move in (Move.CONNECT, Move.DISABLE, Move.DISCONNECT):
        if session.lifecycle.can(move) and move.value not in session.lifecycle.custom:
            _try_sibling(campaign, move)
    if "create" not in session.lifecycle.custom:
        session.lifecycle.unlisted = tuple(_creatable(campaign, unlisted_providers(session.contract)))


def _creatable(campaign: Campaign, providers: Iterable[str]) -> Iterator[str]:
    """The providers of which a create makes a sync, among those that have an app. A service may refuse to make one, and
    may not break over it.
    """
    session = campaign.session
    for provider in providers:
        if provider in APP_CODES:
            play, create = session.play(PHASE), Create(0, provider)
            status = session.probe(play, create)
            if status == session.contract.success_status:
                yield provider
            play.staff[0].forget()
            if status == HTTPStatus.INTERNAL_SERVER_ERROR:
                campaign.run((create,), PHASE)


def _example_provider(session: Session) -> str:
    body = session.contract.create_step.body
    named = named_by(session.contract.test_request.body).provider
    provider = body.get("provider", named) if isinstance(body, dict) else named
    return str(provider)


def _example(session: Session) -> Json:
    """The test request's body with its dates filled in; the run's own variables stay for the session to fill."""
    return fill_known(session.contract.test_request.body, dates(datetime.now(UTC)))


def _check_token(verdict: Verdict, whose: str) -> None:
    if verdict.seen is not None and verdict.seen.status in (401, 403):
        raise Unreachable(f"the target answers {verdict.seen.status} to the {whose} token")
    if verdict.seen is None:
        raise Unreachable(f"the target does not answer the document's own example: {verdict.why}")


def _check_staff(campaign: Campaign, place: int, example: Json) -> None:
    play = campaign.run((Create(place, _example_provider(campaign.session)), SendItems(place, example)), PHASE)
    for performed in play.performed:
        if performed.verdict.seen is not None and performed.verdict.seen.status in (401, 403):
            uid = campaign.session.staff[place].uid
            raise Unreachable(f"the target answers {performed.verdict.seen.status} for the staff member {uid}")


def _try_sibling(campaign: Campaign, move: Move) -> None:
    """Tries an operation in the matched situation: on the gateway the documents name, else on the other one."""
    session = campaign.session
    operation = session.wire.siblings[move.value]
    candidates = [operation]
    if session.profile.fallback_url:
        candidates.append(replace(operation, use_fallback=not operation.use_fallback))
    status = None
    for candidate in candidates:
        session.wire.siblings[move.value] = candidate
        status = _status_of(session, move)
        if status is None or status not in NOT_THERE:
            return
    session.wire.siblings[move.value] = operation
    session.lifecycle.impossible[move.value] = f"the target answers {status} to {move}"
    campaign.session.journal.emit(
        {"event": "trouble", "what": f"the target answers {status} to {move}: give lifecycle steps in the profile"}
    )


def _status_of(session: Session, move: Move) -> int | None:
    """The status that the operation answers with; None if no answer came. The answer is judged by no clause yet."""
    play = session.play(PHASE)
    provider = _example_provider(session)
    account = "preflight@example.com"
    for action in (
        Create(0, provider),
        SendItems(0, plain_payload(session.contract, provider=provider, account=account)),
    ):
        if play.perform(action).kind is Kind.FAIL:
            return None
    status = session.probe(play, MoveSync(0, move, provider, account))
    play.staff[0].forget()
    return status


def reasons(session: Session) -> list[str]:
    """Why something could not be exercised on this target."""
    return sorted(session.lifecycle.impossible.values())
