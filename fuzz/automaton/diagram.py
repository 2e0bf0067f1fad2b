"""Makes the diagram of a learned machine, compared with the documented one: nodes and edges, without a file format.

To keep the diagram readable, parallel edges are one edge, an input that does the same in every state is one edge from
"any state", and an input that stays in a state is written into the state.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

from fuzz.automaton.alphabet import Input
from fuzz.automaton.mealy import Mealy, State, believed_after
from fuzz.automaton.wording import Wording

MAX_SPELT_OUT = 3
LONGEST_LINE = 44
ANYWHERE = "any state"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: inputs and their common answer. `differs`: it is not the documented answer. Frozen."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A state. `lines` are the inputs that stay in it; `known`: it has a documented counterpart. Frozen."""

    id: str
    name: str
    lines: tuple[Line, ...] = ()
    known: bool = True
    initial: bool = False

    @property
    def differs(self) -> bool:
        """Whether anything in the state is not as documented."""
        return not self.known or any(line.differs for line in self.lines)


@dataclass(frozen=True, slots=True)
class Edge:
    """All inputs that lead from one state to another, as one arrow. Frozen."""

    start: str
    end: str
    lines: tuple[Line, ...]

    @property
    def differs(self) -> bool:
        """Whether one of its inputs is not answered as documented."""
        return any(line.differs for line in self.lines)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A diagram to be drawn. `legend` says what it holds for. Frozen."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    legend: tuple[str, ...] = ()


def draw(documented: Mealy, learned: Mealy, wording: Wording, legend: Sequence[str] = ()) -> Drawing:
    """The diagram of a learned machine, with its differences from the documented one."""
    return _DiagramMaker(documented, learned, wording).drawing(tuple(legend))


def counterparts(documented: Mealy, learned: Mealy) -> dict[State, tuple[State, ...]]:
    """For each learned state the documented states that the same words reach, as long as both machines agree.

    A service that does not distinguish two documented states has one state for both.
    """
    exact = replace(documented, permitted={})
    reached = beliefs(exact, learned)
    return {state: tuple(known for belief in reached[state] for known in belief) for state in reached}


def beliefs(documented: Mealy, learned: Mealy) -> dict[State, list[frozenset[State]]]:
    """For each learned state what may be believed after the words that reach it, as long as all answers are permitted.

    A belief has several documented states where the documents leave something open. One that has another as a part is
    left out: it forbids nothing more.
    """
    start = frozenset({documented.initial})
    found = {learned.initial: [start]}
    ahead = deque([(learned.initial, start)])
    while ahead:
        here, belief = ahead.popleft()
        for symbol in learned.inputs:
            output, after = learned.step(here, symbol)
            left = believed_after(documented, belief, symbol, output)
            if left and left not in found.setdefault(after, []):
                found[after].append(left)
                ahead.append((after, left))
    return {state: _narrowest(known) for state, known in found.items() if known}


def _narrowest(known: list[frozenset[State]]) -> list[frozenset[State]]:
    return [belief for belief in known if not any(other < belief for other in known)]


class _DiagramMaker:
    """Makes the diagram of one learned machine, state by state."""

    def __init__(self, documented: Mealy, learned: Mealy, wording: Wording) -> None:
        self._documented, self._learned, self._wording = documented, learned, wording
        self._known, self._beliefs = counterparts(documented, learned), beliefs(documented, learned)
        self._ids = {state: f"s{index}" for index, state in enumerate(learned.states)}
        self._names = self._named()
        self._everywhere = {symbol: end for symbol in learned.inputs if (end := self._same_end(symbol)) is not None}

    def drawing(self, legend: tuple[str, ...]) -> Drawing:
        """The whole diagram."""
        nodes = [self._node(state) for state in self._ids]
        edges = [edge for state in self._ids for edge in self._edges(state)]
        return Drawing((*self._from_anywhere(), *nodes), (*self._edges_from_anywhere(), *edges), legend)

    def _named(self) -> dict[State, str]:
        names: dict[State, str] = {}
        for state, place in self._ids.items():
            known = self._known.get(state, ())
            name = " = ".join(map(self._wording.state, known)) or f"undocumented {place}"
            alike = sum(given.rstrip("′") == name for given in names.values())
            names[state] = name + "′" * alike
        return names

    def _same_end(self, symbol: Input) -> State | None:
        """The one state that an input leads to from every state, as documented; None if there is no such state."""
        steps = {self._learned.step(state, symbol) for state in self._ids}
        differs = any(self._said(state, symbol) for state in self._ids)
        return next(iter(steps))[1] if len(steps) == 1 and not differs and len(self._ids) > 1 else None

    def _said(self, state: State, symbol: Input) -> str:
        """The documented answer to an input, if the target gives another one that is not permitted; else empty."""
        output = self._learned.step(state, symbol)[0]
        believed = self._beliefs.get(state, ())
        forbidding = [each for each in believed if not believed_after(self._documented, each, symbol, output)]
        said = {self._documented.step(known, symbol)[0] for belief in forbidding for known in belief}
        return " or ".join(sorted(said - {output}))

    def _node(self, state: State) -> Node:
        staying = [x for x in self._inputs() if self._learned.step(state, x)[1] == state]
        lines = tuple(self._lines(state, staying))
        return Node(
            self._ids[state], self._names[state], lines, state in self._known, initial=state == self._learned.initial
        )

    def _edges(self, state: State) -> Iterator[Edge]:
        leading: dict[State, list[Input]] = defaultdict(list)
        for symbol in self._inputs():
            leading[self._learned.step(state, symbol)[1]].append(symbol)
        for after, symbols in leading.items():
            if after != state:
                yield Edge(self._ids[state], self._ids[after], tuple(self._lines(state, symbols)))

    def _inputs(self) -> list[Input]:
        return [symbol for symbol in self._learned.inputs if symbol not in self._everywhere]

    def _lines(self, state: State, symbols: Sequence[Input]) -> Iterator[Line]:
        """One line for each answer, undocumented answers first. Many inputs with one documented answer are counted."""
        alike: dict[tuple[str, str], list[Input]] = defaultdict(list)
        for symbol in symbols:
            alike[self._said(state, symbol), self._learned.step(state, symbol)[0]].append(symbol)
        for (said, output), members in sorted(alike.items(), key=lambda item: (not item[0][0], len(item[1]))):
            few = bool(said) or len(members) <= MAX_SPELT_OUT
            text = f"{self._wording.inputs(members) if few else f'{len(members)} others'} → {output}"
            for line in wrap(f"{text}, documented {said}" if said else text, LONGEST_LINE):
                yield Line(line, bool(said))

    def _from_anywhere(self) -> Iterator[Node]:
        if self._everywhere:
            yield Node(ANYWHERE, ANYWHERE)

    def _edges_from_anywhere(self) -> Iterator[Edge]:
        for symbol, end in self._everywhere.items():
            output = self._learned.step(self._learned.initial, symbol)[0]
            yield Edge(ANYWHERE, self._ids[end], (Line(f"{self._wording.input(symbol)} → {output}"),))
