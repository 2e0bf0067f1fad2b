"""The race phase: a sequential prefix, then two requests at once, judged by both orders; repeated enough to matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fuzz.engine.campaign import Campaign
from fuzz.engine.namings import Namings
from fuzz.engine.session import Session
from fuzz.engine.shard import WHOLE, Shard
from fuzz.model.exchange import Action, AtOnce, Create, Move, MoveSync, SendItems, Token
from fuzz.model.naming import Naming
from strategies.payloads import with_sync

PHASE = "race"
ROUNDS = 24


def run(campaign: Campaign, *, number: int, rounds: int | None = None, shard: Shard = WHOLE) -> None:
    """Runs rounds of all race scenarios until the time is over: `ROUNDS` of them if nothing else is said."""
    namings = Namings(campaign.session.contract, number)
    for _ in range(rounds or ROUNDS):
        for actions in shard.of(scenarios(campaign.session, namings)):
            if campaign.time_left() <= 0:
                return
            campaign.run(actions, PHASE)


def scenarios(session: Session, namings: Namings) -> Iterator[tuple[Action, ...]]:
    """One round. What follows the pair tells the states apart that the orders may leave."""
    naming = namings.next()
    provider = naming.providers[0]
    one, other = naming.accounts[:2]

    def send(account: str) -> SendItems:
        return SendItems(0, namings.payload(provider, account))

    def move(move: Move, account: str) -> MoveSync:
        return MoveSync(0, move, provider, account)

    create, check = Create(0, provider), (send(one), send(other), send(one))
    bound = (create, send(one))
    same = send(one)
    yield (create, AtOnce(send(one), send(other)), *check)
    yield (create, AtOnce(send(one), send(one)), *check)
    yield (*bound, AtOnce(same, same), *check)
    yield (*bound, AtOnce(send(one), send(other)), *check)
    if len(session.staff) > 1:
        yield from _of_two(session, namings, naming)
    yield (*bound, AtOnce(replace(send(other), token=Token.NONE), send(one)), *check)
    yield (*bound, AtOnce(_broken(send(one)), send(one)), *check)
    if session.lifecycle.custom:
        return
    renew = Create(0, naming.providers[-1])
    yield (*bound, AtOnce(create, send(other)), *check)
    yield (*bound, AtOnce(renew, send(one)), *check)
    yield (*bound, AtOnce(create, send(one)), send(other), send(one))
    yield (create, AtOnce(create, renew), *check)
    if session.lifecycle.can(Move.DISABLE):
        yield (*bound, AtOnce(move(Move.DISABLE, one), send(one)), *check)
        yield (*bound, AtOnce(move(Move.DISABLE, one), move(Move.DISABLE, one)), *check)
        yield (*bound, AtOnce(move(Move.DISABLE, one), renew), send(one), send(other))
        yield (create, AtOnce(move(Move.DISABLE, one), send(other)), *check)
    if session.lifecycle.can(Move.DISCONNECT):
        yield (*bound, AtOnce(move(Move.DISCONNECT, one), send(one)), *check)
        yield (*bound, AtOnce(move(Move.DISCONNECT, one), move(Move.DISCONNECT, one)), *check)
        yield (*bound, AtOnce(move(Move.DISCONNECT, one), renew), send(other), send(one))
    if session.lifecycle.can(Move.CONNECT):
        yield (create, AtOnce(move(Move.CONNECT, one), send(other)), *check)
        yield (create, AtOnce(move(Move.CONNECT, one), move(Move.CONNECT, other)), *check)


def _broken(send: SendItems) -> SendItems:
    """The same without its staff member."""
    return replace(send, body={name: value for name, value in send.body.items() if name != "staff_uid"})


def _of_two(session: Session, namings: Namings, naming: Naming) -> Iterator[tuple[Action, ...]]:
    """Two staff members at once: neither may be taken for the other, or change what the other is."""
    accounts = naming.accounts[:2]
    providers = (naming.providers[0], naming.providers[-1])

    def send(staff: int, *, whose: int | None = None) -> SendItems:
        named = staff if whose is None else whose
        return SendItems(staff, namings.payload(providers[named], accounts[named]))

    def own(staff: int) -> tuple[Action, ...]:
        return (send(staff), send(staff, whose=1 - staff))

    create = (Create(0, providers[0]), Create(1, providers[1]))
    bound = (*create, send(0), send(1))
    yield (*create, AtOnce(send(0), send(1)), *own(0), *own(1))
    yield (*bound, AtOnce(send(0), send(1)), AtOnce(send(0, whose=1), send(1)), *own(0), *own(1))
    refused, mine = replace(send(0), token=Token.NONE), send(0)
    theirs = SendItems(1, with_sync(mine.body, providers[1], accounts[1]))
    yield (*bound, AtOnce(refused, send(1)), AtOnce(mine, theirs), *own(0), *own(1))
    if session.lifecycle.custom:
        return
    yield (AtOnce(*create), AtOnce(send(1), send(0)), *own(0), *own(1))
    for move in (Move.DISABLE, Move.DISCONNECT):
        if session.lifecycle.can(move):
            gone = MoveSync(0, move, providers[0], accounts[0])
            yield (*bound, AtOnce(gone, send(1)), send(0), *own(1))
