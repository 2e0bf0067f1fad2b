"""A learned machine as something to draw: states under documented names, parallel edges as one, differences marked.

What an input does from every state alike is drawn once, and what stays in a state is written into it: so a machine of
ten states and a dozen inputs has edges that an eye can follow.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from fuzz.model.alphabet import Input
from fuzz.model.automaton import Mealy, State
from fuzz.model.state import CalendarSync, name_of

MOST_SPELT_OUT = 3
LONGEST_LINE = 36
ANYWHERE = "any state"


@dataclass(frozen=True, slots=True)
class Line:
    """Inputs that are answered alike. `differs`: the documents say otherwise, as the text then tells. Frozen."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A state. `lines` are the inputs that stay in it; `known` is False if no documented state is like it. Frozen."""

    id: str
    name: str
    lines: tuple[Line, ...] = ()
    known: bool = True
    initial: bool = False

    @property
    def differs(self) -> bool:
        """Something in the state is otherwise than documented."""
        return not self.known or any(line.differs for line in self.lines)


@dataclass(frozen=True, slots=True)
class Edge:
    """All inputs that lead from one state to another. Frozen."""

    start: str
    end: str
    lines: tuple[Line, ...]

    @property
    def differs(self) -> bool:
        """One of its inputs is answered otherwise than documented."""
        return any(line.differs for line in self.lines)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A machine to be drawn. `legend` says what the numbers in it stand for. Frozen."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    legend: tuple[str, ...] = ()


def draw(documented: Mealy, learned: Mealy, legend: Sequence[str] = ()) -> Drawing:
    """The learned machine beside the documented one."""
    return _Draughtsman(documented, learned).drawing(tuple(legend))


def counterparts(documented: Mealy, learned: Mealy) -> dict[State, tuple[State, ...]]:
    """For each learned state the documented ones that the same words lead to, along answers on which both agree.

    A service that does not tell two documented states apart has one state for both.
    """
    found: dict[State, list[State]] = {learned.initial: [documented.initial]}
    ahead = deque([(learned.initial, documented.initial)])
    while ahead:
        here, there = ahead.popleft()
        for symbol in learned.inputs:
            output, after = learned.step(here, symbol)
            said, documented_after = documented.step(there, symbol)
            if output == said and documented_after not in found.setdefault(after, []):
                found[after].append(documented_after)
                ahead.append((after, documented_after))
    return {state: tuple(states) for state, states in found.items() if states}


class _Draughtsman:
    """Goes over the learned machine, state by state."""

    def __init__(self, documented: Mealy, learned: Mealy) -> None:
        self._documented, self._learned = documented, learned
        self._known = counterparts(documented, learned)
        self._ids = {state: f"s{number}" for number, state in enumerate(learned.states)}
        self._names = self._named()
        self._everywhere = {symbol: end for symbol in learned.inputs if (end := self._same_end(symbol)) is not None}

    def drawing(self, legend: tuple[str, ...]) -> Drawing:
        nodes = [self._node(state) for state in self._ids]
        edges = [edge for state in self._ids for edge in self._edges(state)]
        return Drawing((*self._from_anywhere(), *nodes), (*self._edges_from_anywhere(), *edges), legend)

    def _named(self) -> dict[State, str]:
        names: dict[State, str] = {}
        for state, place in self._ids.items():
            known = self._known.get(state, ())
            name = " = ".join(state_name(each) for each in known) or f"undocumented {place}"
            alike = sum(given.rstrip("′") == name for given in names.values())
            names[state] = name + "′" * alike
        return names

    def _same_end(self, symbol: Input) -> State | None:
        """Where an input leads from every state, answered alike and as documented; None if it depends."""
        steps = {self._learned.step(state, symbol) for state in self._ids}
        differs = any(self._said(state, symbol) for state in self._ids)
        return next(iter(steps))[1] if len(steps) == 1 and not differs and len(self._ids) > 1 else None

    def _said(self, state: State, symbol: Input) -> str:
        """What the documents say to an input, where the target says otherwise."""
        output = self._learned.step(state, symbol)[0]
        said = (self._documented.step(each, symbol)[0] for each in self._known.get(state, ()))
        return " or ".join(sorted({each for each in said if each != output}))

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
        """Answer by answer, what is not as documented first; many inputs answered as documented are counted."""
        alike: dict[tuple[str, str], list[Input]] = defaultdict(list)
        for symbol in symbols:
            alike[self._said(state, symbol), self._learned.step(state, symbol)[0]].append(symbol)
        for (said, output), members in sorted(alike.items(), key=lambda item: (not item[0][0], len(item[1]))):
            few = bool(said) or len(members) <= MOST_SPELT_OUT
            text = f"{spelt(members) if few else f'{len(members)} others'} → {output}"
            for line in wrap(f"{text}, documented {said}" if said else text, LONGEST_LINE):
                yield Line(line, bool(said))

    def _from_anywhere(self) -> Iterator[Node]:
        if self._everywhere:
            yield Node(ANYWHERE, ANYWHERE)

    def _edges_from_anywhere(self) -> Iterator[Edge]:
        for symbol, end in self._everywhere.items():
            output = self._learned.step(self._learned.initial, symbol)[0]
            yield Edge(ANYWHERE, self._ids[end], (Line(f"{symbol} → {output}"),))


def state_name(state: State) -> str:
    """A documented state in short: `bound p0 a1`."""
    if not isinstance(state, CalendarSync):
        return "none"
    return " ".join(part for part in (name_of(state), state.provider, state.account) if part)


def spelt(inputs: Sequence[Input]) -> str:
    """Inputs in short: kinds that name the same together, `send, connect p0 a0 | p1 a1`."""
    names: dict[str, list[str]] = defaultdict(list)
    for symbol in inputs:
        names[symbol.kind.value].append(str(symbol).removeprefix(f"{symbol.kind} "))
    kinds: dict[str, list[str]] = defaultdict(list)
    for kind, named in names.items():
        kinds[" | ".join(named)].append(kind)
    return "; ".join(f"{', '.join(alike)} {named}" for named, alike in kinds.items())
