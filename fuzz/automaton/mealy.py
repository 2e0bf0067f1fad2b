"""The documented Mealy machine, derived from the oracle over an abstract alphabet, and its differences from another.

The machine only decides which words are tried. The answers to them are judged by the oracle, with belief, so a word
through an unspecified point may show less, but never a wrong failure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from fuzz.automaton.alphabet import Alphabet, Input, InputKind, Word
from fuzz.oracle.actions import Create, Move, MoveSync, SendItems
from fuzz.oracle.allowed import allowed, documented_outcome, state_after
from fuzz.oracle.request import Request
from fuzz.oracle.state import CalendarSync, Named, SyncState, names_another_sync
from swagger.contract import Contract

State = Hashable


class Machine(Protocol):
    """A machine that answers inputs and moves between its states."""

    @property
    def initial(self) -> Any: ...

    def step(self, state: Any, symbol: Input, /) -> tuple[str, Any]:
        """The output, and the next state."""


@dataclass(frozen=True, slots=True)
class Mealy:
    """A complete, deterministic Mealy machine. Frozen.

    `table`: output and next state of each state and input. `starts`: every word that is tried begins with one of these
    (the creates, or the empty word for a machine that is reset otherwise). `unspecified`: for each state and input
    whose next state is not specified, the allowed states besides the one in `table`. `permitted`: for each state and
    input every output that is allowed, with the states that each may leave; empty: those of the table alone.
    `undocumented`: pairs of state and input on which the documents say nothing at all.
    """

    initial: State
    inputs: tuple[Input, ...]
    table: Mapping[tuple[State, Input], tuple[str, State]]
    starts: tuple[Word, ...] = ((),)
    unspecified: Mapping[tuple[State, Input], frozenset[State]] = field(default_factory=dict)
    permitted: Mapping[tuple[State, Input], Mapping[str, frozenset[State]]] = field(default_factory=dict)
    undocumented: frozenset[tuple[State, Input]] = frozenset()

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
        """The answers to the inputs of a word."""
        return tuple(output for _, output, _ in self.trace(word))

    def trace(self, word: Word) -> Iterator[tuple[State, str, State]]:
        """State, output and next state, input by input."""
        state = self.initial
        for symbol in word:
            output, after = self.table[state, symbol]
            yield state, output, after
            state = after

    def explains(self, state: State, symbol: Input, output: str) -> frozenset[State]:
        """The states that an answer may leave, if it is allowed in a state; else none."""
        documented, after = self.table[state, symbol]
        outcomes = self.permitted.get((state, symbol), {documented: frozenset({after})})
        return outcomes.get(output, frozenset())

    @property
    def states(self) -> tuple[State, ...]:
        """Every reachable state, those with the shortest words first."""
        return tuple(cover(self))


def believed_after(machine: Mealy, belief: frozenset[State], symbol: Input, output: str) -> frozenset[State]:
    """What may be believed after an answer, of what was believed before it; empty if the answer is not permitted."""
    return frozenset[State]().union(*(machine.explains(state, symbol, output) for state in belief))


def documented_machine(contract: Contract, alphabet: Alphabet, *, disable_stores: bool = False) -> Mealy:
    """The machine that the documents describe, over an alphabet. States are `SyncState`s with numbers for names.

    It is not specified whether `disable` on a fresh sync stores the account. By default it does not: that machine has
    one state more for each provider (disabled, without an account), so its suite is valid for services of both kinds.
    """
    table: dict[tuple[State, Input], tuple[str, State]] = {}
    unspecified: dict[tuple[State, Input], frozenset[State]] = {}
    permitted: dict[tuple[State, Input], Mapping[str, frozenset[State]]] = {}
    ahead: list[SyncState] = [None]
    met: set[SyncState] = {None}
    while ahead:
        state = ahead.pop()
        for symbol in alphabet.inputs():
            request = _request(symbol, is_judged=alphabet.is_judged)
            output = documented_outcome(contract, state, request)
            chosen = state_after(contract, state, request, output, with_account=disable_stores)
            outcomes = allowed(contract, state, request)
            table[state, symbol] = (output, chosen)
            permitted[state, symbol] = outcomes
            if len(outcomes[output]) > 1:
                unspecified[state, symbol] = outcomes[output] - {chosen}
            new = {chosen}.union(*outcomes.values()) - met
            met |= new
            ahead += sorted(new, key=repr)
    starts = tuple((create,) for create in alphabet.creates())
    silent = frozenset(pair for pair in table if alphabet.is_judged and _is_undocumented(*pair))
    return Mealy(None, alphabet.inputs(), table, starts, unspecified, permitted, silent)


def _is_undocumented(state: State, symbol: Input) -> bool:
    """Whether no document says anything of an input: a sibling that names another sync, or `disconnect` without one."""
    if symbol.kind in (InputKind.CREATE, InputKind.SEND):
        return False
    if not isinstance(state, CalendarSync):
        return symbol.kind is InputKind.DISCONNECT
    return names_another_sync(state, Named(f"p{symbol.provider}", f"a{symbol.account}"))


def _request(symbol: Input, *, is_judged: bool) -> Request:
    """A well-formed request with the right token, naming what the input names."""
    provider = f"p{symbol.provider}"
    account = None if symbol.account is None else f"a{symbol.account}"
    named = Named(provider, account)
    if symbol.kind is InputKind.CREATE:
        return Request(Create(0, provider), named)
    if symbol.kind is InputKind.SEND:
        return Request(SendItems(0, None), named)
    return Request(MoveSync(0, Move(symbol.kind), provider, str(account)), named, is_judged=is_judged)


def cover(machine: Mealy) -> dict[State, Word]:
    """The state cover Q: for each state a shortest word that reaches it, without unspecified points if possible.

    Otherwise the word goes on until the answers have shown which state the service is in.
    """
    reached: dict[State, Word] = {}
    for through_unspecified in (False, True):
        ahead = deque(reached.values() or machine.starts)
        while ahead:
            word = ahead.popleft()
            state = machine.after(word)
            if reached.setdefault(state, word) != word:
                continue
            left_out = () if through_unspecified else machine.unspecified
            ahead.extend((*word, x) for x in machine.inputs if (state, x) not in left_out)
    return {state: _settled(machine, word) for state, word in reached.items()}


def _settled(machine: Mealy, word: Word) -> Word:
    """Extends a word that ends at an unspecified point by an input that shows which state the service is in."""
    possible = machine.unspecified.get((machine.after(word[:-1]), word[-1]), ()) if word else ()
    others = [other for other in possible if (other, machine.inputs[0]) in machine.table]
    state = machine.after(word)
    for symbol in machine.inputs if others else ():
        output, after = machine.step(state, symbol)
        if after == state and all(machine.step(other, symbol)[0] != output for other in others):
            return (*word, symbol)
    return word


@dataclass(frozen=True, slots=True)
class Difference:
    """A documented state and input that another machine answers differently, with a shortest word to it. Frozen."""

    word: Word
    state: State
    documented: str
    observed: str


def differences(machine: Mealy, other: Machine) -> tuple[Difference, ...]:
    """The documented states and inputs to which the other machine gives an answer that is not permitted.

    Shortest words first. The search is breadth first over pairs: what may be believed after a word, which is a set of
    states where the documents leave something open, and the other machine's state. It stops at differing answers. One
    that is listed for a single state is not listed again for a set with that state.
    """
    found: dict[tuple[State, Input], Difference] = {}
    disagreements = list(_disagreements(machine, other))
    for word, states, observed in sorted(disagreements, key=lambda found: len(found[1]) > 1):
        if not any((state, word[-1]) in found for state in states):
            documented = " or ".join(sorted({machine.step(state, word[-1])[0] for state in states}))
            state = min(states, key=repr)
            found[state, word[-1]] = Difference(word, state, documented, observed)
    return tuple(sorted(found.values(), key=lambda difference: len(difference.word)))


def shortest_difference(machine: Mealy, other: Machine) -> Word | None:
    """A shortest word that the two machines answer differently; None if they are equivalent."""
    return next((word for word, *_ in _disagreements(replace(machine, permitted={}), other)), None)


def _disagreements(machine: Mealy, other: Machine) -> Iterator[tuple[Word, frozenset[State], str]]:
    """Words, what is believed before their last input, and the answer to it that no believed state permits."""
    begin = frozenset({machine.initial})
    # Without the first pair: only the opening inputs are tried on it.
    met: set[tuple[frozenset[State], Any]] = set()
    ahead: deque[tuple[Word, frozenset[State], Any]] = deque([((), begin, other.initial)])
    opening = {start[0] for start in machine.starts if start}
    while ahead:
        word, states, counterpart = ahead.popleft()
        for symbol in machine.inputs:
            if not word and opening and symbol not in opening:
                continue
            observed, counterpart_after = other.step(counterpart, symbol)
            after = frozenset[State]().union(*(machine.explains(state, symbol, observed) for state in states))
            if not after:
                yield (*word, symbol), states, observed
            elif (after, counterpart_after) not in met:
                met.add((after, counterpart_after))
                ahead.append(((*word, symbol), after, counterpart_after))
