"""Puts inputs, words and states of an abstract machine into words: names in place of the numbers of a naming."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from fuzz.automaton.alphabet import Input, Word
from fuzz.automaton.concretise import Naming
from fuzz.automaton.mealy import State
from fuzz.oracle.state import CalendarSync, describe, legible


@dataclass(frozen=True, slots=True)
class Wording:
    """Texts with the names of a naming. Frozen."""

    naming: Naming

    def input(self, symbol: Input) -> str:
        """One input: `create google_v3`, `send google_v3, a@example.com`."""
        return self.inputs((symbol,))

    def inputs(self, symbols: Sequence[Input]) -> str:
        """Several inputs, those with the same names together: `send and connect google_v3, a@example.com`."""
        kinds: dict[str, list[str]] = defaultdict(list)
        for kind in dict.fromkeys(symbol.kind for symbol in symbols):
            kinds[self._names([symbol for symbol in symbols if symbol.kind is kind])].append(kind.value)
        return "; ".join(f"{' and '.join(alike)} {named}" for named, alike in kinds.items())

    def _names(self, symbols: Sequence[Input]) -> str:
        """The names of inputs of one kind: `google_v3, a@example.com or b@example.com | outlook_v1.0, …`."""
        accounts: dict[int, list[str]] = defaultdict(list)
        for symbol in symbols:
            accounts[symbol.provider].extend(self._account(symbol))
        named = ((self._provider(number), " or ".join(given)) for number, given in accounts.items())
        return " | ".join(", ".join(filter(None, pair)) for pair in named)

    def _provider(self, number: int) -> str:
        return legible(self.naming.providers[number])

    def _account(self, symbol: Input) -> tuple[str, ...]:
        return () if symbol.account is None else (legible(self.naming.account(symbol.account)),)

    def word(self, word: Word) -> str:
        """The inputs of a word in their order."""
        return " · ".join(map(self.input, word))

    def state(self, state: State) -> str:
        """A documented state: `bound (google_v3, a@example.com)`."""
        if not isinstance(state, CalendarSync):
            return describe(None)
        account = None if state.account is None else self.naming.account(_number(state.account))
        return describe(CalendarSync(self.naming.providers[_number(state.provider)], account, state.disabled))


def _number(name: str) -> int:
    """The number in a name of the abstract machine: 1 of `p1`."""
    return int(name[1:])
