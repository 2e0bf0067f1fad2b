"""Makes actions of abstract words: numbers become names, and words for several staff members are interleaved.

The words of a suite are always the same. The names are drawn for each run, so that two seeds try different near names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from fuzz.automaton.alphabet import Input, InputKind, Word
from fuzz.oracle.actions import Action, Create, Move, MoveSync, SendItems
from swagger.contract import Json

Payload = Callable[[str, str], Json | str]
"""Makes a valid body that names a provider and an account, with new items at every call; or its JSON text."""

Steps = tuple[tuple[int, Input], ...]
"""Inputs for several staff members in one order, each with the index of its staff member."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The names for the numbers of providers and accounts. Frozen. ValueError if two are the same.

    Further accounts, for ageing words, are made from those listed.
    """

    providers: tuple[str, ...]
    accounts: tuple[str, ...]

    def __post_init__(self) -> None:
        for names in (self.providers, self.accounts):
            if not names or len(set(names)) < len(names):
                raise ValueError(f"names must be different ones, and at least one: {names!r}")

    def account(self, number: int) -> str:
        """The account of a number. If it is not listed, a listed one with a prefix."""
        listed = self.accounts[number % len(self.accounts)]
        return listed if number < len(self.accounts) else f"n{number}.{listed}"


def concretise(word: Word, naming: Naming, payload: Payload, *, staff: int = 0) -> tuple[Action, ...]:
    """The actions of a word for one staff member."""
    return concretise_steps(alone(word, staff=staff), naming, payload)


def concretise_steps(steps: Steps, naming: Naming, payload: Payload) -> tuple[Action, ...]:
    """The actions of steps for several staff members. IndexError for a provider that the naming does not have."""
    sent: dict[tuple[int, int, int], Json | str] = {}
    return tuple(_action(staff, symbol, naming, payload, sent) for staff, symbol in steps)


def _action(
    staff: int, symbol: Input, naming: Naming, payload: Payload, sent: dict[tuple[int, int, int], Json | str]
) -> Action:
    provider = naming.providers[symbol.provider]
    if symbol.account is None:
        return Create(staff, provider)
    account = naming.account(symbol.account)
    if symbol.kind is not InputKind.SEND:
        return MoveSync(staff, Move(symbol.kind), provider, account)
    key = (staff, symbol.provider, symbol.account)
    if not symbol.again or key not in sent:
        sent[key] = payload(provider, account)
    body = sent[key]
    return SendItems(staff, None, raw=body) if isinstance(body, str) else SendItems(staff, body)


def alone(word: Word, *, staff: int = 0) -> Steps:
    """A word as steps of one staff member."""
    return tuple((staff, symbol) for symbol in word)


def interleave(*words: Word) -> Steps:
    """Words as steps, one word for each staff member, one input of each in turn."""
    return tuple(_in_turn(words))


def _in_turn(words: Iterable[Word]) -> Iterator[tuple[int, Input]]:
    for inputs in zip_longest(*words):
        yield from ((staff, symbol) for staff, symbol in enumerate(inputs) if symbol is not None)
