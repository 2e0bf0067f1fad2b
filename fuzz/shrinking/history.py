"""Histories: actions before a scenario, for a failure that does not come without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fuzz.oracle.actions import Create, Move, MoveSync, SendItems
from fuzz.oracle.scenario import singles
from fuzz.shrinking.candidate import Actions, staff_in
from fuzz.shrinking.simplify.names import canonical_accounts
from strategies.valid.bodies import plain_payload
from strategies.valid.fields import listed_providers
from swagger.contract import Contract

KNOWN_GOOD_ACCOUNT = "known.good@example.com"
HISTORY_LENGTHS = (1, 2, 4, 8, 16, 24)
"""Numbers of last scenarios that are tried as a history."""


def with_history(history: Sequence[Actions], scenario: Actions) -> Iterator[Actions]:
    """The scenario after the last scenarios of a history, fewest first."""
    for length in dict.fromkeys(min(length, len(history)) for length in HISTORY_LENGTHS):
        if length:
            yield tuple(action for actions in history[-length:] for action in actions) + scenario


def likely_histories(contract: Contract, scenario: Actions) -> Iterator[Actions]:
    """Short histories that leave a scenario's staff members in other states, roughly shortest first, and of those that
    are as short the documented ones.

    After it they are: created for another provider; bound, disabled or disconnected, with the scenario's account or
    another one; as the scenario itself leaves them; or unchanged, with somebody else bound to their account.
    """
    staff = staff_in(scenario)
    provider = next(single.provider for single in singles(scenario[0]) if isinstance(single, Create))
    own = next(iter(canonical_accounts(scenario)), KNOWN_GOOD_ACCOUNT)

    def bound(account: str, staff: Sequence[int] = staff) -> Actions:
        body = plain_payload(contract, provider=provider, account=account)
        return tuple(action for index in staff for action in (Create(index, provider), SendItems(index, body)))

    def moved(move: Move, account: str) -> Actions:
        return tuple(MoveSync(index, move, provider, account) for index in staff)

    created = tuple(Create(index, provider) for index in staff)
    for other in listed_providers(contract):
        if other != provider:
            yield tuple(Create(index, other) for index in staff)
    yield from (bound(KNOWN_GOOD_ACCOUNT), bound(own), bound(own, tuple({0, 1} - set(staff))))
    yield created + moved(Move.DISABLE, own)
    for account in dict.fromkeys((KNOWN_GOOD_ACCOUNT, own)):
        yield bound(account) + moved(Move.DISABLE, account)
    yield bound(own) + moved(Move.DISCONNECT, own)
    yield scenario
    yield bound(own) + bound(KNOWN_GOOD_ACCOUNT)
