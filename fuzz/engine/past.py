"""What came before a scenario: pasts that a failure may need, and how to leave none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from fuzz.engine.minimise import Actions
from fuzz.engine.plainer import canonical_accounts
from fuzz.engine.session import Session
from fuzz.model.events import SHRINKING
from fuzz.model.exchange import Create, Move, MoveSync, SendItems
from fuzz.model.scenario import singles
from strategies.fields import listed_providers
from strategies.payloads import plain_payload
from swagger.contract import Contract

KNOWN_GOOD_ACCOUNT = "known.good@example.com"
LENGTHS_OF_PAST = (1, 2, 4, 8, 16, 24)


def with_past(past: Sequence[Actions], scenario: Actions) -> Iterator[Actions]:
    """The scenario after the last ones of a past, fewest first."""
    for length in dict.fromkeys(min(length, len(past)) for length in LENGTHS_OF_PAST):
        if length:
            yield tuple(action for actions in past[-length:] for action in actions) + scenario


def likely_pasts(contract: Contract, scenario: Actions) -> Iterator[Actions]:
    """Short pasts, shortest first: the ways to be left behind for a scenario's staff members (created for another
    provider, bound, disabled, disconnected, as by the scenario itself) with its account or another, and somebody else
    who is bound as they are.
    """
    staff = tuple(dict.fromkeys(single.staff for action in scenario for single in singles(action)))
    provider = next(single.provider for single in singles(scenario[0]) if isinstance(single, Create))
    own = next(iter(canonical_accounts(scenario)), KNOWN_GOOD_ACCOUNT)

    def bound(account: str, staff: Sequence[int] = staff) -> Actions:
        body = plain_payload(contract, provider=provider, account=account)
        return tuple(action for number in staff for action in (Create(number, provider), SendItems(number, body)))

    def moved(move: Move, account: str) -> Actions:
        return tuple(MoveSync(number, move, provider, account) for number in staff)

    created = tuple(Create(number, provider) for number in staff)
    for other in listed_providers(contract):
        if other != provider:
            yield tuple(Create(number, other) for number in staff)
    yield from (bound(KNOWN_GOOD_ACCOUNT), created + moved(Move.DISABLE, own), bound(own))
    yield bound(own, tuple({0, 1} - set(staff)))
    for account in dict.fromkeys((KNOWN_GOOD_ACCOUNT, own)):
        yield bound(account) + moved(Move.DISABLE, account)
    yield bound(own) + moved(Move.DISCONNECT, own)
    yield scenario
    yield bound(own) + bound(KNOWN_GOOD_ACCOUNT)


def clear(session: Session) -> None:
    """Disconnects the syncs of all staff members, whatever accounts these hold. The answers are not judged."""
    providers = (*listed_providers(session.contract), *session.lifecycle.unlisted)
    for number in range(len(session.staff)):
        play = session.play(SHRINKING)
        create = Create(number, providers[0])
        play.perform(create)
        accounts = dict.fromkeys((KNOWN_GOOD_ACCOUNT, *play.member(create).accounts))
        for account, provider in product(accounts, providers):
            play.perform(MoveSync(number, Move.DISCONNECT, provider, account))
            incoming = play.performed[-1].delivery.incoming
            if incoming is not None and incoming.status == session.contract.success_status:
                break
