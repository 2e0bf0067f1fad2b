"""The abstract inputs of the documented machine: actions on one staff member, with numbers in place of names.

An input means the same in every state (`send p0 a1`), unlike a situation (`mismatched`), whose meaning depends on it.
Accounts are shared by the providers, so that a request can differ in the provider, in the account, or in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from fuzz.oracle.actions import Move


class InputKind(StrEnum):
    """What an input does. Words are tried in this order: those that are easy to understand come first."""

    CREATE = "create"
    SEND = "send"
    CONNECT = "connect"
    DISABLE = "disable"
    DISCONNECT = "disconnect"


@dataclass(frozen=True, slots=True)
class Input:
    """One abstract request. Frozen. `account` is None for `create` alone, which names none.

    `again` marks a `send` with the same items as the scenario's last one that named the same account; to the machine it
    is a `send` like any other.
    """

    kind: InputKind
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
    """The word that `write_word` has written. ValueError for a text that is no input."""
    return tuple(_read_input(text) for text in texts)


def _read_input(text: str) -> Input:
    kind, *named = text.split()
    again = named[-1:] == ["again"]
    numbers = [int(name[1:]) for name in named[: len(named) - again]]
    return Input(InputKind(kind), numbers[0], numbers[1] if len(numbers) > 1 else None, again)


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The alphabet of a machine: providers, accounts, and the moves that the target offers. Frozen.

    With two of each, every kind of mismatch occurs. `send` names every pair. The moves, which are not under test, name
    p0 a0; `disable` names p1 a1, too, so that syncs of both providers are disabled. What a move that names another sync
    does is not documented. `moves_name_all` lets them name every pair. `is_judged` is False if the moves are steps of
    the target profile: then neither their answers nor their names matter.

    ValueError for a single account: with one, a bound sync answers as a fresh one does.
    """

    providers: int = 2
    accounts: int = 2
    moves: tuple[Move, ...] = (Move.CONNECT, Move.DISABLE, Move.DISCONNECT)
    moves_name_all: bool = False
    is_judged: bool = True

    def __post_init__(self) -> None:
        if self.providers < 1 or self.accounts < 2:
            raise ValueError(f"an alphabet needs a provider and two accounts, not {self.providers} and {self.accounts}")

    def creates(self) -> tuple[Input, ...]:
        """One `create` for each provider; every word begins with one of these."""
        return tuple(Input(InputKind.CREATE, provider) for provider in range(self.providers))

    def inputs(self) -> tuple[Input, ...]:
        """All inputs, `send` first: it is the endpoint under test, and tells states apart."""
        every = tuple(product(range(self.providers), range(self.accounts)))
        sends = tuple(Input(InputKind.SEND, *pair) for pair in every)
        named = {move: every if self.moves_name_all else self._named_by(move) for move in self.moves}
        moves = (Input(InputKind(move), *pair) for move, pairs in named.items() for pair in pairs)
        return (*sends, *self.creates(), *moves)

    def _named_by(self, move: Move) -> tuple[tuple[int, int], ...]:
        count = max(self.providers, self.accounts) if self.is_judged and move is Move.DISABLE else 1
        return tuple((place % self.providers, place % self.accounts) for place in range(count))
