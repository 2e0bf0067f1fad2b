"""The preflight phase: checks that the target answers, takes the tokens, and passes the document's own example.

It also finds out which sibling operations the target has, and on which gateway. The later phases use only these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus

from fuzz.cases.concurrent_pairs import Scenario
from fuzz.failures.handler import FailureHandler
from fuzz.oracle.actions import Create, Move, MoveSync, SendItems, Token
from fuzz.oracle.validity.violations import named_by
from fuzz.oracle.verdict import Verdict, VerdictKind
from fuzz.phases.quotation import quoted
from fuzz.session.exchange import Exchange
from fuzz.session.session import ScenarioRun, Session
from fuzz.target.authorisation import may_refuse_the_token, not_served
from fuzz.target.http.attempt import HttpAnswer
from fuzz.target.http.client import Unreachable
from fuzz.target.http.statuses import ACCESS_REFUSED
from fuzz.target.lifecycle import STATE_OF
from fuzz.target.request_builder import APP_CODES
from fuzz.target.templates import dates
from strategies.valid.bodies import plain_payload
from strategies.valid.fields import unlisted_providers
from swagger.contract import Contract, Json
from swagger.workflow.templates import fill_known

PHASE = "preflight"
ONLY_WAY = (Move.DISABLE, Move.DISCONNECT)
"""The siblings that alone lead to their state."""


def run(handler: FailureHandler) -> None:
    """Performs the document's prerequisite and test request as written, then tries the sibling operations."""
    session = handler.session
    example = _example(session.contract)
    run = _run_example(handler, 0, example)
    for exchange, whose in zip(run.exchanges, ("admin", "staff"), strict=False):
        _check_token(exchange.verdict, whose)
    for place in range(len(session.staff)):
        if place:
            _check_staff(handler, place, example)
    for move in (Move.CONNECT, Move.DISABLE, Move.DISCONNECT):
        if session.lifecycle.can(move) and move.value not in session.lifecycle.custom:
            _try_sibling(handler, move)
    if "create" not in session.lifecycle.custom:
        session.lifecycle.add_creatable(_creatable(handler, unlisted_providers(session.contract)))


def _run_example(handler: FailureHandler, place: int, example: Json) -> ScenarioRun:
    """Performs the document's own example for one staff member. Unreachable if the very first create is refused."""
    session = handler.session
    actions = _example_scenario(session.contract, place, example)
    return handler.run(actions, PHASE, check=partial(_check_first_answer, session, place))


def _example_scenario(contract: Contract, place: int, example: Json) -> Scenario:
    return Create(place, _example_provider(contract)), SendItems(place, example)


def planned_scenarios(contract: Contract) -> Iterator[Scenario]:
    """The scenario that is performed for each staff member: the document's own example."""
    yield _example_scenario(contract, 0, _example(contract))


def _check_first_answer(session: Session, place: int, exchange: Exchange) -> None:
    """Unreachable for a first answer that tells of the target profile, and of no contract."""
    if isinstance(exchange.action, SendItems):
        _check_route(session, exchange)
    else:
        _check_first_create(session, place, exchange)


def _check_route(session: Session, exchange: Exchange) -> None:
    """A 404 or 405 tells of the address, if a request without a token is answered so, too: a service that is there
    would refuse the token.
    """
    if not _is_no_route(exchange):
        return
    assert isinstance(exchange.action, SendItems)
    probe = session.start_scenario(PHASE)
    probe.perform(replace(exchange.action, token=Token.NONE))
    if not _is_no_route(probe.exchanges[-1]):
        return
    http, answer, fallback = exchange.sent.http, exchange.delivery.answer, session.profile.fallback_url
    assert answer is not None
    field = "the path of fallback_url" if fallback else "whether the profile needs a fallback_url"
    raise Unreachable(
        f"the document's example is answered {quoted(session.secrets, answer)}, also without a token: most likely"
        f" nothing is served at {http.method} {http.url}. Check {field}, and the path of base_url"
    )


def _is_no_route(exchange: Exchange) -> bool:
    answer = exchange.delivery.answer
    return answer is not None and answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)


def _check_first_create(session: Session, place: int, exchange: Exchange) -> None:
    """A create that is refused before any has passed tells of the target profile, most likely, and of no contract.

    A refused token is told apart, and more exactly, by whoever sees it.
    """
    answer = exchange.delivery.answer
    if answer is None or not isinstance(exchange.action, Create) or exchange.verdict.kind is not VerdictKind.FAIL:
        return
    if not 400 <= answer.status < 500 or may_refuse_the_token(exchange.delivery):
        return
    http, uid = exchange.sent.http, session.staff[place].uid
    raise Unreachable(
        f"the first create for the staff member {uid} is answered {quoted(session.secrets, answer)}: most likely"
        f" the target profile is wrong. Check the path of base_url ({http.method} {http.url} was sent),"
        f" staff[{place}].uid, and that the admin token is of the same business"
    )


def _creatable(handler: FailureHandler, providers: Iterable[str]) -> Iterator[str]:
    """The providers, among those that have an app code, for which a create succeeds. A refusal is no failure."""
    session = handler.session
    for provider in providers:
        if provider in APP_CODES:
            run, create = session.start_scenario(PHASE), Create(0, provider)
            answer = session.try_out(run, create).answer
            status = answer.status if answer else None
            if status == session.contract.success_status:
                yield provider
            run.staff[0].forget()
            if status == HTTPStatus.INTERNAL_SERVER_ERROR:
                handler.run((create,), PHASE)


def _example_provider(contract: Contract) -> str:
    body = contract.create_step.body
    named = named_by(contract.test_request.body).provider
    provider = body.get("provider", named) if isinstance(body, dict) else named
    return str(provider)


def _example(contract: Contract) -> Json:
    """The test request's body with its dates filled in. The session fills the other variables."""
    return fill_known(contract.test_request.body, dates(datetime.now(UTC)))


def _check_token(verdict: Verdict, whose: str) -> None:
    if verdict.seen is not None and verdict.seen.status in ACCESS_REFUSED:
        raise Unreachable(f"the target answers {verdict.seen.status} to the {whose} token")
    if verdict.seen is None:
        raise Unreachable(f"the target does not answer the document's own example: {verdict.why}")


def _check_staff(handler: FailureHandler, place: int, example: Json) -> None:
    for exchange in _run_example(handler, place, example).exchanges:
        if exchange.verdict.seen is not None and exchange.verdict.seen.status in ACCESS_REFUSED:
            uid = handler.session.staff[place].uid
            raise Unreachable(f"the target answers {exchange.verdict.seen.status} for the staff member {uid}")


def _try_sibling(handler: FailureHandler, move: Move) -> None:
    """Tries an operation in the matched situation. One that no gateway serves is left out of the run."""
    session = handler.session
    answer = _answer_of(session, move)
    if answer is None:
        return
    why = f"{move} answers {quoted(session.secrets, answer)}"
    why += f": the state `{STATE_OF[move]}` cannot be reached" if move in ONLY_WAY else ": it cannot be tested"
    session.lifecycle.rule_out(move.value, why)
    advice = f"give lifecycle steps for `{STATE_OF[move]}` in the profile, or have the target serve {move}"
    session.journal.emit({"event": "trouble", "what": f"{why}: {advice}"})


def _answer_of(session: Session, move: Move) -> HttpAnswer | None:
    """The answer of an operation that the target does not serve; None if it does, or if that is not known."""
    run = session.start_scenario(PHASE)
    provider = _example_provider(session.contract)
    account = "preflight@example.com"
    for action in (
        Create(0, provider),
        SendItems(0, plain_payload(session.contract, provider=provider, account=account)),
    ):
        if run.perform(action).kind is VerdictKind.FAIL:
            return None
    delivery = session.try_out(run, MoveSync(0, move, provider, account))
    run.staff[0].forget()
    return delivery.answer if not_served(delivery) else None


def reasons(session: Session) -> list[str]:
    """The reasons why something could not be exercised on this target."""
    return sorted(session.lifecycle.impossible.values())
