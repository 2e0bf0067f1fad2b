"""Finds the words that tell the states of a machine apart: one set of words, an identifier, for each state.

An identifier of a state is a set of words such that every other state answers one of them differently (Fujiwara 1991).
If one word is enough (a unique input/output sequence, Sabnani and Dahbura 1988), it is used alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from fuzz.automaton.mealy import Mealy, State, cover

Path = tuple[int, ...]
"""A word as indexes into the machine's `inputs`."""

MAX_NODES = 20_000
"""Maximum nodes searched for one state. The problem is PSPACE-complete in general; small machines need some tens."""


@dataclass(frozen=True, slots=True)
class IndexedMealy:
    """A Mealy machine with indexes for states and inputs, for speed. Frozen.

    `output` and `after` have a row for each state. `unspecified`, `undocumented`: pairs of state and input. `cover`: a
    shortest path to each state.
    """

    states: tuple[State, ...]
    output: tuple[tuple[str, ...], ...]
    after: tuple[tuple[int, ...], ...]
    unspecified: frozenset[tuple[int, int]]
    cover: tuple[Path, ...]
    undocumented: frozenset[tuple[int, int]] = frozenset()

    def walk(self, state: int, path: Path) -> int:
        """The state that a path leads to."""
        for symbol in path:
            state = self.after[state][symbol]
        return state


def index_states(machine: Mealy) -> IndexedMealy:
    """The machine with indexes for its reachable states and its inputs."""
    reached = cover(machine)
    place = {state: n for n, state in enumerate(reached)}
    symbols = {symbol: n for n, symbol in enumerate(machine.inputs)}
    steps = [[machine.table[state, symbol] for symbol in machine.inputs] for state in reached]
    return IndexedMealy(
        states=tuple(reached),
        output=tuple(tuple(output for output, _ in row) for row in steps),
        after=tuple(tuple(place[after] for _, after in row) for row in steps),
        unspecified=frozenset((place[state], symbols[x]) for state, x in machine.unspecified if state in place),
        cover=tuple(tuple(symbols[x] for x in word) for word in reached.values()),
        undocumented=frozenset((place[state], symbols[x]) for state, x in machine.undocumented if state in place),
    )


@lru_cache(maxsize=8)
def identifiers(machine: IndexedMealy, overhead: float) -> tuple[tuple[Path, ...], ...]:
    """For each state the words that tell it from every other state; `((),)` if there is no other.

    `overhead`: the requests that each word costs besides its own inputs. ValueError for a machine with two equivalent
    states, and for one too large to be searched.
    """
    return tuple(_identifier(machine, state, overhead) for state in range(len(machine.after)))


def _identifier(machine: IndexedMealy, state: int, overhead: float) -> tuple[Path, ...]:
    others = frozenset(range(len(machine.after))) - {state}
    if not others:
        return ((),)
    told = list(_telling_words(machine, state))
    sets = [_cheapest_cover(told, others, overhead), *([path] for path, apart in told if apart == others)]
    best = min((paths for paths in sets if paths is not None), key=lambda paths: _cost(paths, overhead), default=None)
    if best is None:
        raise ValueError(
            f"state {machine.states[state]!r} cannot be told from another: the machine is not minimal, or too large"
        )
    return tuple(best)


def _cost(paths: list[Path], overhead: float) -> float:
    return sum(len(path) + overhead for path in paths)


def _cheapest_cover(
    told: list[tuple[Path, frozenset[int]]], others: frozenset[int], overhead: float
) -> list[Path] | None:
    """Words that together tell all other states apart, chosen greedily by cost per state; None if there are none."""
    chosen: list[Path] = []
    left = others
    while left:
        useful = (entry for entry in told if entry[1] & left)
        best = max(useful, key=lambda entry: len(entry[1] & left) / (len(entry[0]) + overhead), default=None)
        if best is None:
            return None
        chosen.append(best[0])
        left -= best[1]
    return without_prefixes(chosen)


def without_prefixes(paths: list[Path]) -> list[Path]:
    """The paths that are no prefix of another one, in their order."""
    return [path for path in paths if not any(extends(other, path) for other in paths)]


def extends(longer: Path, path: Path) -> bool:
    """Whether `longer` begins with `path` and is longer."""
    return len(longer) > len(path) and longer[: len(path)] == path


_Alike = tuple[int, tuple[tuple[int, int], ...]]
"""The state reached after a path, and (start, state reached) of the other states with the same answers so far."""


def _telling_words(machine: IndexedMealy, state: int) -> Iterator[tuple[Path, frozenset[int]]]:
    """Paths, shortest first, each with the states that it tells from `state`."""
    others = frozenset(range(len(machine.after))) - {state}
    start: _Alike = (state, tuple((other, other) for other in sorted(others)))
    met = {start}
    ahead: deque[tuple[Path, _Alike]] = deque([((), start)])
    while ahead and len(met) < MAX_NODES:
        path, (here, alike) = ahead.popleft()
        for symbol in range(len(machine.after[state])):
            if any((there, symbol) in machine.unspecified for there in (here, *(there for _, there in alike))):
                continue
            node = _advance(machine, here, alike, symbol)
            if node not in met:
                met.add(node)
                yield (*path, symbol), others - {other for other, _ in node[1]}
                ahead.append(((*path, symbol), node))


def _advance(machine: IndexedMealy, here: int, alike: tuple[tuple[int, int], ...], symbol: int) -> _Alike:
    """Adds one input: the state reached now, and the other states that still have the same answers.

    A state that has reached the same state as `here` is never told apart; it stays in the list.
    """
    output = machine.output[here][symbol]
    still = tuple(
        (other, machine.after[there][symbol]) for other, there in alike if machine.output[there][symbol] == output
    )
    return machine.after[here][symbol], still
