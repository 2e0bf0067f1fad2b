"""Searches for the shortest failing scenario: breadth first over words, on the faulty service in this process.

The words are made of the names, bodies and staff members of the scenario that was found, and of all actions with those
names. The session performs them, and the oracle judges the answers. Every word gets a new service, so its answers
depend only on the word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from fuzz.oracle.actions import Action, AtOnce, Create, Move, MoveSync, SendItems, Single, Token
from fuzz.oracle.validity.violations import items_of, named_by
from fuzz.selftest.in_process import ClauseAndLabel, InProcess
from strategies.valid.bodies import plain_payload
from strategies.valid.fields import listed_providers
from strategies.valid.items import ID
from swagger.contract import Contract, Json

MAX_REQUESTS = 6_000
MAX_NAMES = 2
"""Maximum providers in the alphabet, and maximum accounts."""

ACCOUNTS = ("a@example.com", "b@example.com")


@dataclass(frozen=True, slots=True)
class Shortest:
    """The result of the search. Frozen. `steps`: those of the shortest scenario, None if not known. `note`: why."""

    steps: int | None
    note: str


UNKNOWN = Shortest(None, "not searched for")


def find_shortest(
    contract: Contract,
    fault: str,
    found: Sequence[Action],
    failure: ClauseAndLabel,
    *,
    max_requests: int = MAX_REQUESTS,
) -> Shortest:
    """Searches for a word shorter than the scenario found that ends in the same failure."""
    symbols = alphabet(contract, found)
    if symbols is None:
        return Shortest(None, "n/a: two requests at once")
    service = InProcess.of(contract, fault=fault)
    if service.first_failure(found) != failure:
        return Shortest(None, "n/a: on a service without a past the scenario does not fail")
    spent = 0
    for length in range(1, len(found)):
        for word in words(symbols, length):
            spent += length
            if spent > max_requests:
                return Shortest(None, f"none up to {length - 1} steps; the search ends at {max_requests:,} requests")
            if service.first_failure(word) == failure:
                return Shortest(length, "breadth-first search")
    return Shortest(len(found), "breadth-first search")


def words(symbols: Sequence[Single], length: int) -> Iterator[tuple[Single, ...]]:
    """Every word of a length in which the first action on each staff member is a create."""
    creates = [symbol for symbol in symbols if isinstance(symbol, Create)]
    yield from _extended((), frozenset(), symbols, creates, length)


def _extended(
    word: tuple[Single, ...], created: frozenset[int], symbols: Sequence[Single], creates: Sequence[Single], length: int
) -> Iterator[tuple[Single, ...]]:
    """Every word of a length that begins with this one. `created`: the staff members with a create in it."""
    if len(word) == length:
        yield word
        return
    for symbol in symbols:
        if symbol.staff in created or symbol in creates:
            yield from _extended((*word, symbol), created | {symbol.staff}, symbols, creates, length)


def alphabet(contract: Contract, found: Sequence[Action]) -> tuple[Single, ...] | None:
    """All actions with the names in a scenario, and its own unusual requests; None for a race."""
    actions = [action for action in found if not isinstance(action, AtOnce)]
    if len(actions) < len(found):
        return None
    providers = _names([_named(action)[0] for action in actions], listed_providers(contract))
    accounts = _names([_named(action)[1] for action in actions], ACCOUNTS)
    creatable = {*listed_providers(contract), *(action.provider for action in actions if isinstance(action, Create))}
    symbols: list[Single] = []
    for staff in sorted({action.staff for action in actions}):
        symbols += [Create(staff, provider) for provider in providers if provider in creatable]
        symbols += _sends(contract, staff, providers, accounts)
        symbols += [MoveSync(staff, move, *names) for move in Move for names in zip(providers, accounts, strict=True)]
    unusual = [action for action in actions if isinstance(action, SendItems) and not _is_canonical(contract, action)]
    return tuple(symbols + [action for place, action in enumerate(unusual) if action not in unusual[:place]])


def _sends(contract: Contract, staff: int, providers: Sequence[str], accounts: Sequence[str]) -> Iterator[SendItems]:
    for provider, account in product(providers, accounts):
        yield SendItems(staff, plain_payload(contract, provider=provider, account=account))


def _names(named: Sequence[Json], others: Sequence[str]) -> tuple[str, ...]:
    """At most `MAX_NAMES` names: those of a scenario, then others."""
    texts = [name for name in named if isinstance(name, str) and name]
    return tuple(dict.fromkeys((*texts, *others)))[:MAX_NAMES]


def _named(action: Single) -> tuple[Json, Json]:
    """The provider and the account that an action names; None for what it does not name."""
    if isinstance(action, Create):
        return action.provider, None
    if isinstance(action, MoveSync):
        return action.provider, action.account
    named = named_by(action.body)
    return named.provider, named.account


def _is_canonical(contract: Contract, action: SendItems) -> bool:
    """Whether the request has the simplest body that names the same sync, apart from the items' ids."""
    named = named_by(action.body)
    if action.raw is not None or action.token is not Token.STAFF or not named.complete:
        return False
    canonical = plain_payload(contract, provider=str(named.provider), account=str(named.account))
    return bool(_without_ids(contract, action.body) == _without_ids(contract, canonical))


def _without_ids(contract: Contract, body: Json) -> Json:
    rest = {name: value for name, value in body.items() if not isinstance(value, list)}
    return [rest, [{**item, ID: ""} for item in items_of(contract, body)]]
