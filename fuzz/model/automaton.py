"""The documented Mealy machine, derived from the oracle over an abstract alphabet, and how another one differs from it.

The machine is the oracle's own table asked in each reachable state, never typed again. The oracle judges real runs with
belief sets, so the machine only decides what is worth trying: a word through an open point proves less, never wrongly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from fuzz.model.alphabet import Alphabet, Input, Kind, Word
from fuzz.model.exchange import Create, Move, MoveSync, SendItems
from fuzz.model.oracle import Request, allowed, expected
from fuzz.model.state import Named, SyncState
from fuzz.model.verdict import SUCCESS
from swagger.contract import Contract

State = Hashable


class Machine(Protocol):
    """Anything that answers inputs and moves between states of its own."""

    @property
    def initial(self) -> Any: ...

    def step(self, state: Any, symbol: Input, /) -> tuple[str, Any]:
        """The output, and the next state."""


@dataclass(frozen=True, slots=True)
class Mealy:
    """A complete, deterministic Mealy machine. Frozen.

    `table` holds output and next state of each state and input. A word that is tried begins with one of `starts`:
    the creates, or the empty word for a machine that has a reset of its own. `open` holds, for each state and input
    whose next state the documents leave open, the states that are allowed besides the one in `table`; `permitted`, for
    each whose answer is left open, the other outputs, each with its next state.
    """

    initial: State
    inputs: tuple[Input, ...]
    table: Mapping[tuple[State, Input], tuple[str, State]]
    starts: tuple[Word, ...] = ((),)
    open: Mapping[tuple[State, Input], frozenset[State]] = field(default_factory=dict)
    permitted: Mapping[tuple[State, Input], Mapping[str, State]] = field(default_factory=dict)

    def step(self, state: State, symbol: Input, /) -> tuple[str, State]:
        """The output, and the next state."""
        return self.table[state, symbol]

    def after(self, word: Word) -> State:
        """The state that a word leads to."""
        state = self.initial
        for symbol in word:
            state = self.table[state, symbol][1]
        return state

    def outputs(self, word: Word) -> tuple[str, ...]:
        """What the inputs of a word are answered."""
        return tuple(output for _, output, _ in self.trace(word))

    def trace(self, word: Word) -> Iterator[tuple[State, str, State]]:
        """State, output and next state, input by input."""
        state = self.initial
        for symbol in word:
            output, after = self.table[state, symbol]
            yield state, output, after
            state = after

    @property
    def states(self) -> tuple[State, ...]:
        """Every state that some word reaches, in the order of the shortest ones."""
        return tuple(cover(self))


def documented_machine(contract: Contract, alphabet: Alphabet, *, disable_stores: bool = False) -> Mealy:
    """The machine that the documents describe, over an alphabet. States are `SyncState`s whose names are the numbers.

    Whether `disable` on a fresh sync stores the account it names is left open. The default, that it does not, has one
    state more for each provider (disabled, without an account), so that its suite serves services of either kind.
    """
    table: dict[tuple[State, Input], tuple[str, State]] = {}
    left_open: dict[tuple[State, Input], frozenset[State]] = {}
    permitted: dict[tuple[State, Input], Mapping[str, State]] = {}
    ahead: list[SyncState] = [None]
    met: set[SyncState] = {None}
    while ahead:
        state = ahead.pop()
        for symbol in alphabet.inputs():
            outcomes = allowed(contract, state, _request(symbol, trusted=alphabet.trusted))
            trusted = alphabet.trusted or symbol.kind is Kind.SEND
            output = _documented_output(contract, state, symbol) if trusted else SUCCESS
            after = outcomes[output]
            choices = {each: _choose(states, disable_stores=disable_stores) for each, states in outcomes.items()}
            chosen = choices.pop(output)
            table[state, symbol] = (output, chosen)
            permitted[state, symbol] = choices
            if len(after) > 1:
                left_open[state, symbol] = after - {chosen}
            if chosen not in met:
                met.add(chosen)
                ahead.append(chosen)
    starts = tuple((create,) for create in alphabet.creates())
    return Mealy(None, alphabet.inputs(), table, starts, left_open, permitted)


def _documented_output(contract: Contract, state: SyncState, symbol: Input) -> str:
    return SUCCESS if symbol.kind is Kind.CREATE else expected(contract, state, _request(symbol, trusted=True).named)


def _request(symbol: Input, *, trusted: bool) -> Request:
    """A well-formed request with the right token, naming what the input names."""
    provider = f"p{symbol.provider}"
    account = None if symbol.account is None else f"a{symbol.account}"
    named = Named(provider, account)
    if symbol.kind is Kind.CREATE:
        return Request(Create(0, provider), named)
    if symbol.kind is Kind.SEND:
        return Request(SendItems(0, None), named)
    return Request(MoveSync(0, Move(symbol.kind), provider, str(account)), named, trusted=trusted)


def _choose(states: frozenset[SyncState], *, disable_stores: bool) -> SyncState:
    """Of the states left open: a sync rather than none, with an account or without as asked; else the first by name."""
    return min(
        states,
        key=lambda state: (
            state is None,
            (state is not None and state.account is not None) is not disable_stores,
            repr(state),
        ),
    )


def cover(machine: Mealy) -> dict[State, Word]:
    """For each state a shortest word that reaches it (the state cover Q), without open points where there is one.

    Where there is none, the word goes on until the answers have shown that the open point went this way.
    """
    reached: dict[State, Word] = {}
    for through_open in (False, True):
        ahead = deque(reached.values() or machine.starts)
        while ahead:
            word = ahead.popleft()
            state = machine.after(word)
            if reached.setdefault(state, word) != word:
                continue
            ahead.extend((*word, x) for x in machine.inputs if through_open or (state, x) not in machine.open)
    return {state: _settled(machine, word) for state, word in reached.items()}


def _settled(machine: Mealy, word: Word) -> Word:
    """A word whose end is open goes on with an input that stays in the state and that the others answer otherwise."""
    left_open = machine.open.get((machine.after(word[:-1]), word[-1]), ()) if word else ()
    others = [other for other in left_open if (other, machine.inputs[0]) in machine.table]
    state = machine.after(word)
    for symbol in machine.inputs if others else ():
        output, after = machine.step(state, symbol)
        if after == state and all(machine.step(other, symbol)[0] != output for other in others):
            return (*word, symbol)
    return word


@dataclass(frozen=True, slots=True)
class Difference:
    """A documented state and input that another machine answers otherwise, at the end of a shortest word. Frozen."""

    word: Word
    state: State
    documented: str
    observed: str


def differences(machine: Mealy, other: Machine) -> tuple[Difference, ...]:
    """Each documented state and input that the other answers as is not permitted, with a shortest word, shortest first.

    The product of both is searched breadth first, along answers on which they agree. What only a word through a
    differing answer reaches is not listed, as the states there correspond to nothing.
    """
    found: dict[tuple[State, Input], Difference] = {}
    for word, state, documented, observed in _disagreements(machine, other, machine.permitted):
        found.setdefault((state, word[-1]), Difference(word, state, documented, observed))
    return tuple(found.values())


def shortest_difference(machine: Mealy, other: Machine) -> Word | None:
    """A shortest word that the two machines answer differently; None if they are equivalent."""
    return next((word for word, *_ in _disagreements(machine, other, {})), None)


def _disagreements(
    machine: Mealy, other: Machine, permitted: Mapping[tuple[State, Input], Mapping[str, State]]
) -> Iterator[tuple[Word, State, str, str]]:
    met = set()
    ahead: deque[tuple[Word, State, Any]] = deque()
    opening = {start[0] for start in machine.starts if start}
    ahead.append(((), machine.initial, other.initial))
    while ahead:
        word, state, counterpart = ahead.popleft()
        for symbol in machine.inputs:
            if not word and opening and symbol not in opening:
                continue
            output, after = machine.step(state, symbol)
            observed, counterpart_after = other.step(counterpart, symbol)
            longer = (*word, symbol)
            likewise = {**permitted.get((state, symbol), {}), output: after}
            if observed not in likewise:
                yield longer, state, output, observed
            elif (likewise[observed], counterpart_after) not in met:
                met.add((likewise[observed], counterpart_after))
                ahead.append((longer, likewise[observed], counterpart_after))
