"""The shortest scenario there is: breadth first over all words against the faulty application, in this process.

The words are made of the names, bodies and staff members of the scenario that was found, and of everything that can be
done with those names; our own session sends them and our oracle judges them. Nothing goes over a socket, and every
word meets an application of its own, so an answer depends on nothing but the word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from fuzz.model.exchange import Action, AtOnce, Create, Move, MoveSync, SendItems, Single
from fuzz.model.payload import items_of, named_by
from fuzz.selftest.in_process import Goal, InProcess
from strategies.fields import listed_providers
from strategies.payloads import plain_payload
from swagger.contract import Contract, Json

MOST_REQUESTS = 6_000
NAMES_OF_EACH = 2
OTHER_ACCOUNT = "b@example.com"


@dataclass(frozen=True, slots=True)
class Shortest:
    """`steps` of the shortest failing scenario, None if it is not known; `note` says how far was looked. Frozen."""

    steps: int | None
    note: str


UNKNOWN = Shortest(None, "not searched for")


def shortest(
    contract: Contract, fault: str, found: Sequence[Action], goal: Goal, *, most: int = MOST_REQUESTS
) -> Shortest:
    """Looks for a word shorter than the one found that fails the same clause with the same answer."""
    symbols = alphabet(contract, found)
    if symbols is None:
        return Shortest(None, "n/a: two requests at once")
    service = InProcess.of(contract, fault=fault)
    if service.fails(found) != goal:
        return Shortest(None, "n/a: on a service without a past the scenario does not fail")
    spent = 0
    for length in range(1, len(found)):
        for word in words(symbols, length):
            spent += length
            if spent > most:
                return Shortest(None, f"none up to {length - 1} steps; the search ends at {most:,} requests")
            if service.fails(word) == goal:
                return Shortest(length, "breadth-first search")
    return Shortest(len(found), "breadth-first search")


def words(symbols: Sequence[Single], length: int) -> Iterator[tuple[Single, ...]]:
    """Every word of a length in which each staff member's first action is a create."""
    creates = [symbol for symbol in symbols if isinstance(symbol, Create)]
    yield from _grown((), frozenset(), symbols, creates, length)


def _grown(
    word: tuple[Single, ...], met: frozenset[int], symbols: Sequence[Single], creates: Sequence[Single], length: int
) -> Iterator[tuple[Single, ...]]:
    if len(word) == length:
        yield word
        return
    for symbol in symbols:
        if symbol.staff in met or symbol in creates:
            yield from _grown((*word, symbol), met | {symbol.staff}, symbols, creates, length)


def alphabet(contract: Contract, found: Sequence[Action]) -> tuple[Single, ...] | None:
    """Everything that can be done with the names in a scenario, and its own unusual requests; None for a race."""
    actions = [action for action in found if not isinstance(action, AtOnce)]
    if len(actions) < len(found):
        return None
    providers = _names([_named(action)[0] for action in actions], listed_providers(contract))
    accounts = _names([_named(action)[1] for action in actions], ("a@example.com", OTHER_ACCOUNT))
    creatable = {*listed_providers(contract), *(action.provider for action in actions if isinstance(action, Create))}
    symbols: list[Single] = []
    for staff in sorted({action.staff for action in actions}):
        symbols += [Create(staff, provider) for provider in providers if provider in creatable]
        symbols += _sends(contract, staff, providers, accounts)
        symbols += [MoveSync(staff, move, *names) for move in Move for names in zip(providers, accounts, strict=True)]
    unusual = [action for action in actions if isinstance(action, SendItems) and not is_plain(contract, action)]
    return tuple(symbols + [action for place, action in enumerate(unusual) if action not in unusual[:place]])


def _sends(contract: Contract, staff: int, providers: Sequence[str], accounts: Sequence[str]) -> Iterator[SendItems]:
    for provider, account in product(providers, accounts):
        yield SendItems(staff, plain_payload(contract, provider=provider, account=account))


def _names(named: Sequence[Json], others: Sequence[str]) -> tuple[str, ...]:
    texts = [name for name in named if isinstance(name, str) and name]
    return tuple(dict.fromkeys((*texts, *others)))[:NAMES_OF_EACH]


def _named(action: Single) -> tuple[Json, Json]:
    if isinstance(action, Create):
        return action.provider, None
    if isinstance(action, MoveSync):
        return action.provider, action.account
    named = named_by(action.body)
    return named.provider, named.account


def is_plain(contract: Contract, action: SendItems) -> bool:
    """The request is the plainest that names what it names, but for its items' ids."""
    named = named_by(action.body)
    if action.raw is not None or action.token.value != "staff" or not named.complete:
        return False
    plain = plain_payload(contract, provider=str(named.provider), account=str(named.account))
    return bool(_without_ids(contract, action.body) == _without_ids(contract, plain))


def _without_ids(contract: Contract, body: Json) -> Json:
    rest = {name: value for name, value in body.items() if not isinstance(value, list)}
    return [rest, [{**item, "external_id": ""} for item in items_of(contract, body)]]
