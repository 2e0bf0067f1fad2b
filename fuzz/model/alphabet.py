"""The abstract inputs of the documented machine: what can be done to one staff member, with numbers in place of names.

An input means the same in every state (`send p0 a1`), unlike a situation (`mismatched`), whose meaning depends on it.
Accounts are shared by the providers, so that a request can differ in the provider, in the account, or in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from fuzz.model.exchange import Move


class Kind(StrEnum):
    """What an input does. The order is the order in which words are tried: what is cheap to understand comes first."""

    CREATE = "create"
    SEND = "send"
    CONNECT = "connect"
    DISABLE = "disable"
    DISCONNECT = "disconnect"


@dataclass(frozen=True, slots=True)
class Input:
    """One abstract request. Frozen. `account` is None for `create` alone, which names none.

    `again` marks a `send` that repeats, item for item, the last one of its scenario that named the same account; to
    the machine it is a `send` like any other.
    """

    kind: Kind
    provider: int
    account: int | None = None
    again: bool = False

    def __str__(self) -> str:
        named = f"p{self.provider}" if self.account is None else f"p{self.provider} a{self.account}"
        return f"{self.kind} {named}{' again' if self.again else ''}"


Word = tuple[Input, ...]
"""A sequence of inputs for one staff member; those of a suite begin with a `create`."""


def write_word(word: Word) -> list[str]:
    """A word as JSON: `["create p0", "send p0 a1"]`."""
    return [str(symbol) for symbol in word]


def read_word(texts: list[str]) -> Word:
    """The inverse of `write_word`; ValueError for a text that is no input."""
    return tuple(_read_input(text) for text in texts)


def _read_input(text: str) -> Input:
    kind, *named = text.split()
    again = named[-1:] == ["again"]
    numbers = [int(name[1:]) for name in named[: len(named) - again]]
    return Input(Kind(kind), numbers[0], numbers[1] if len(numbers) > 1 else None, again)


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The inputs a machine is derived over: providers, accounts, and the moves that the target offers. Frozen.

    Two of each is the least at which every kind of mismatch occurs. Every pair is sent. The moves, which are not under
    test, name the diagonal alone (p0 a0 and p1 a1): over all bound states that still meets them matched, and
    mismatched in provider, in account and in both. `moves_name_all` lets them name every pair, for three quarters more
    requests. `trusted` is False for a target whose moves are steps of its own profile: their answers say nothing, and
    what they name changes nothing.

    ValueError for a single account, over which a bound sync is no different from a fresh one.
    """

    providers: int = 2
    accounts: int = 2
    moves: tuple[Move, ...] = (Move.CONNECT, Move.DISABLE, Move.DISCONNECT)
    moves_name_all: bool = False
    trusted: bool = True

    def __post_init__(self) -> None:
        if self.providers < 1 or self.accounts < 2:
            raise ValueError(f"an alphabet needs a provider and two accounts, not {self.providers} and {self.accounts}")

    def creates(self) -> tuple[Input, ...]:
        """One `create` for each provider: with these every word begins."""
        return tuple(Input(Kind.CREATE, provider) for provider in range(self.providers))

    def inputs(self) -> tuple[Input, ...]:
        """All inputs, `send` first: it is what tells states apart, and the endpoint under test."""
        every = tuple(product(range(self.providers), range(self.accounts)))
        sends = tuple(Input(Kind.SEND, *pair) for pair in every)
        pairs = every if self.moves_name_all else self._diagonal()
        return (*sends, *self.creates(), *(Input(Kind(move), *pair) for move in self.moves for pair in pairs))

    def _diagonal(self) -> tuple[tuple[int, int], ...]:
        longest = max(self.providers, self.accounts) if self.trusted else 1
        return tuple((place % self.providers, place % self.accounts) for place in range(longest))
