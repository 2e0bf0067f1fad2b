"""From words over the abstract alphabet to actions: numbers become names, and words for several staff are interleaved.

The words of a suite are always the same; the names are drawn for each run, so that two seeds try different near misses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from fuzz.model.alphabet import Input, Kind, Word
from fuzz.model.exchange import Action, Create, Move, MoveSync, SendItems
from swagger.contract import Json

Payload = Callable[[str, str], Json]
"""Makes an allowed body that names a provider and an account, with items of its own at every call."""

Steps = tuple[tuple[int, Input], ...]
"""Inputs for several staff members in one order: each with the index of the staff member whom it is for."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The names that the numbers of providers and accounts stand for. Frozen. ValueError if two are the same.

    Accounts beyond those listed are made from them, as a few long scenarios use many.
    """

    providers: tuple[str, ...]
    accounts: tuple[str, ...]

    def __post_init__(self) -> None:
        for names in (self.providers, self.accounts):
            if not names or len(set(names)) < len(names):
                raise ValueError(f"names must be different ones, and at least one: {names!r}")

    def account(self, number: int) -> str:
        """The account of that number; one not listed differs from a listed one at its beginning."""
        listed = self.accounts[number % len(self.accounts)]
        return listed if number < len(self.accounts) else f"n{number}.{listed}"


def concretise(word: Word, naming: Naming, payload: Payload, *, staff: int = 0) -> tuple[Action, ...]:
    """The actions of a word for one staff member."""
    return concretise_steps(alone(word, staff=staff), naming, payload)


def concretise_steps(steps: Steps, naming: Naming, payload: Payload) -> tuple[Action, ...]:
    """The actions of steps for several staff members. IndexError for a provider that the naming does not list."""
    sent: dict[tuple[int, int, int], Json] = {}
    return tuple(_action(staff, symbol, naming, payload, sent) for staff, symbol in steps)


def _action(
    staff: int, symbol: Input, naming: Naming, payload: Payload, sent: dict[tuple[int, int, int], Json]
) -> Action:
    provider = naming.providers[symbol.provider]
    if symbol.account is None:
        return Create(staff, provider)
    account = naming.account(symbol.account)
    if symbol.kind is not Kind.SEND:
        return MoveSync(staff, Move(symbol.kind), provider, account)
    key = (staff, symbol.provider, symbol.account)
    if not symbol.again or key not in sent:
        sent[key] = payload(provider, account)
    return SendItems(staff, sent[key])


def alone(word: Word, *, staff: int = 0) -> Steps:
    """A word as steps of one staff member."""
    return tuple((staff, symbol) for symbol in word)


def interleave(*words: Word) -> Steps:
    """Words for as many staff members, one input of each in turn, so that a leak from one shows in another's answer."""
    return tuple(_in_turn(words))


def _in_turn(words: Iterable[Word]) -> Iterator[tuple[int, Input]]:
    for inputs in zip_longest(*words):
        yield from ((staff, symbol) for staff, symbol in enumerate(inputs) if symbol is not None)
