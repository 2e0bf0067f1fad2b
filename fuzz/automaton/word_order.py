"""The order of words: those first that kill most first-order mutants of the documented machine a request.

A mutant is the documented machine with one wrong answer (an output fault) or one wrong next state (a transfer fault),
the fault model of T. S. Chow, "Testing software design modeled by finite-state machines", IEEE TSE 4(3), 1978. A word
kills a mutant if no documented machine may give its answers. The order is greedy: the next word is the one that kills
most a request among those that are left, after one that shows each answer at its shortest: an answer may be wrong
wherever it is due. A kill with more inputs than another word needs counts for less, since the failure that it shows has
more steps; so does a mutant that differs from a killed one only in its names, which the documents treat all alike.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from fuzz.automaton.alphabet import Input, InputKind, Word
from fuzz.automaton.mealy import Mealy, State
from fuzz.oracle.state import CalendarSync

LONGER_COUNTS = 0.25
"""What a kill counts that needs more inputs than the mutant's shortest; one at its shortest counts 1."""
SAME_KIND_COUNTS = 0.1
"""What a mutant counts; its kind, which is the mutant without its names, counts 1 once."""
ANSWER_COUNTS = 1000.0
"""What an answer of the endpoint counts where it is shown at its shortest: more than all mutants of a word."""

Worth = Mapping[Hashable, float]
"""What each mutant, and each kind of mutants, that a word kills counts."""


def likeliest_first(machine: Mealy, words: Iterable[Word]) -> list[Word]:
    """The words in greedy order; those that add nothing come last, in the order in which they came."""
    words, mutants = list(words), _Mutants.of(machine)
    found = [dict(mutants.killed_by(word)) for word in words]
    shortest: dict[Hashable, int] = {}
    for lengths in found:
        for mutant, length in lengths.items():
            shortest[mutant] = min(length, shortest.get(mutant, length))
    costs, worth = [len(word) for word in words], [mutants.worth(lengths, shortest) for lengths in found]
    return [words[place] for place in _greedy(costs, worth)]


def _greedy(costs: Sequence[int], worth: Sequence[Worth]) -> Iterator[int]:
    """Places in greedy order. Lazy: a gain can only fall, so the last known one is a bound."""
    had: dict[Hashable, float] = {}

    def gain(place: int) -> float:
        return sum(max(0.0, value - had.get(target, 0.0)) for target, value in worth[place].items())

    ahead = [(-gain(place) / cost, place) for place, cost in enumerate(costs)]
    heapify(ahead)
    while ahead:
        _, place = heappop(ahead)
        now = -gain(place) / costs[place]
        if ahead and (now, place) > ahead[0]:
            heappush(ahead, (now, place))
            continue
        yield place
        for target, value in worth[place].items():
            had[target] = max(had.get(target, 0.0), value)


_Mutant = tuple[int, int, int | str]
"""The indexes of a state and an input, and the wrong answer there or the index of the wrong next state."""


@dataclass(frozen=True, slots=True)
class _Mutants:
    """The first-order mutants of a machine, with indexes for states and inputs, for speed. Frozen.

    `steps`: answer and next state. `allowed`: the next states that the documents allow after an answer.
    """

    states: tuple[State, ...]
    symbols: Mapping[Input, int]
    initial: int
    steps: Mapping[tuple[int, int], tuple[str, int]]
    allowed: Mapping[tuple[int, int, str], frozenset[int]]
    answers: frozenset[str]

    @classmethod
    def of(cls, machine: Mealy) -> _Mutants:
        """The mutants of a machine."""
        states = tuple(dict.fromkeys(state for state, _ in machine.table))
        places = {state: place for place, state in enumerate(states)}
        symbols = {symbol: place for place, symbol in enumerate(machine.inputs)}
        answers = frozenset(answer for answer, _ in machine.table.values())
        pairs = {(places[state], symbols[symbol]): (state, symbol) for state, symbol in machine.table}
        steps = {at: (machine.table[pair][0], places[machine.table[pair][1]]) for at, pair in pairs.items()}
        allowed = {
            (*at, answer): frozenset(places[after] for after in machine.explains(*pair, answer))
            for at, pair in pairs.items()
            for answer in answers
        }
        return cls(states, symbols, places[machine.initial], steps, allowed, answers)

    def killed_by(self, word: Word) -> Iterator[tuple[_Mutant | str, int]]:
        """The mutants that a word kills, and the endpoint's answers that it shows, each with the number of inputs up to
        the answer that shows it.
        """
        path = [self.symbols[symbol] for symbol in word]
        state, met, shown = self.initial, set[tuple[int, int]](), set[str]()
        for place, symbol in enumerate(path):
            answer, after = self.steps[state, symbol]
            if word[place].kind is InputKind.SEND and answer not in shown:
                shown.add(answer)
                yield answer, place + 1
            if (state, symbol) not in met:
                met.add((state, symbol))
                wrong = (other for other in self.answers if not self.allowed[state, symbol, other])
                yield from (((state, symbol, other), place + 1) for other in wrong)
                yield from self._transfers(path, place, state)
            state = after

    def _transfers(self, path: Sequence[int], place: int, state: int) -> Iterator[tuple[_Mutant, int]]:
        symbol = path[place]
        believed = self.allowed[state, symbol, self.steps[state, symbol][0]]
        for other in range(len(self.states)):
            length = 0 if other in believed else self._shown_at(path, place, (state, symbol, other), believed)
            if length:
                yield (state, symbol, other), length

    def _shown_at(self, path: Sequence[int], place: int, mutant: tuple[int, int, int], believed: frozenset[int]) -> int:
        """The number of inputs after which an answer shows a wrong next state; 0 if none does."""
        *at, other = mutant
        here = other
        for length, symbol in enumerate(path[place + 1 :], start=place + 2):
            answer, after = self.steps[here, symbol]
            believed = frozenset[int]().union(*(self.allowed[each, symbol, answer] for each in believed))
            if not believed:
                return length
            here = other if [here, symbol] == at else after
        return 0

    def worth(self, lengths: Mapping[_Mutant | str, int], shortest: Mapping[Hashable, int]) -> Worth:
        """What the kills of a word count: for each mutant, and for each kind the most that a mutant of it counts."""
        found: dict[Hashable, float] = {}
        for mutant, length in lengths.items():
            if isinstance(mutant, str):
                found[mutant] = ANSWER_COUNTS if length == shortest[mutant] else 0.0
                continue
            value = 1.0 if length == shortest[mutant] else LONGER_COUNTS
            kind = self._kind(mutant)
            found[mutant] = SAME_KIND_COUNTS * value
            found[kind] = max(value, found.get(kind, 0.0))
        return found

    def _kind(self, mutant: _Mutant) -> str:
        """The mutant with its names numbered as they come: those of one kind differ only in their names."""
        state, symbol, wrong = mutant
        names: dict[str, int] = {}
        given = list(self.symbols)[symbol]
        account = None if given.account is None else f"a{given.account}"
        shown = (self.states[state], CalendarSync(f"p{given.provider}", account))
        there = wrong if isinstance(wrong, str) else self.states[wrong]
        return repr((given.kind, *(_without_names(each, names) for each in (*shown, there))))


def _without_names(state: State, names: dict[str, int]) -> object:
    """A state whose names are numbers, in the order in which `names` has met them."""
    if not isinstance(state, CalendarSync):
        return state
    named = (None if name is None else names.setdefault(name, len(names)) for name in (state.provider, state.account))
    return (*named, state.disabled)
