"""Which words tell the states of a machine apart: identifiers, one set of words for each state.

An identifier of a state is a set of words such that every other state answers one of them otherwise (Fujiwara 1991).
Where one word alone does it (a unique input/output sequence, Sabnani and Dahbura 1988), that word is taken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from fuzz.model.automaton import Mealy, State, cover

Path = tuple[int, ...]
"""A word as places in the machine's `inputs`."""

MOST_NODES = 20_000
"""Nodes searched for one state's words: to find a single one is PSPACE-complete in general, small ones need tens."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A Mealy machine with states and inputs as places, because its words are walked millions of times. Frozen.

    `output` and `after` are rows by state, `open` pairs of state and input, `cover` a shortest path to each state.
    """

    states: tuple[State, ...]
    output: tuple[tuple[str, ...], ...]
    after: tuple[tuple[int, ...], ...]
    open: frozenset[tuple[int, int]]
    cover: tuple[Path, ...]

    def walk(self, state: int, path: Path) -> int:
        """The state that a path leads to."""
        for symbol in path:
            state = self.after[state][symbol]
        return state


def number(machine: Mealy) -> Numbered:
    """The machine with its reachable states and its inputs as places."""
    reached = cover(machine)
    place = {state: n for n, state in enumerate(reached)}
    symbols = {symbol: n for n, symbol in enumerate(machine.inputs)}
    steps = [[machine.table[state, symbol] for symbol in machine.inputs] for state in reached]
    return Numbered(
        states=tuple(reached),
        output=tuple(tuple(output for output, _ in row) for row in steps),
        after=tuple(tuple(place[after] for _, after in row) for row in steps),
        open=frozenset((place[state], symbols[x]) for state, x in machine.open if state in place),
        cover=tuple(tuple(symbols[x] for x in word) for word in reached.values()),
    )


@lru_cache(maxsize=8)
def identifiers(machine: Numbered, overhead: float) -> tuple[tuple[Path, ...], ...]:
    """For each state the words that tell it from every other; `((),)` where there is no other.

    `overhead` is the number of requests that a further word costs besides its own. ValueError for a machine with two
    equivalent states, which no word can tell apart, and for one too large to be searched.
    """
    return tuple(_identifier(machine, state, overhead) for state in range(len(machine.after)))


def _identifier(machine: Numbered, state: int, overhead: float) -> tuple[Path, ...]:
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
    """Words that together tell the others apart, chosen greedily by what each costs per state; None if they do not."""
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
    """The paths that no other one extends, in their order."""
    return [path for path in paths if not any(extends(other, path) for other in paths)]


def extends(longer: Path, path: Path) -> bool:
    """The one begins with the other and goes on."""
    return len(longer) > len(path) and longer[: len(path)] == path


_Alike = tuple[int, tuple[tuple[int, int], ...]]
"""Where a state is after a path, and which others have answered as it did so far, each with where that one is."""


def _telling_words(machine: Numbered, state: int) -> Iterator[tuple[Path, frozenset[int]]]:
    """Paths with the states that each tells from `state`, shortest first; each tells something new or moves on."""
    others = frozenset(range(len(machine.after))) - {state}
    start: _Alike = (state, tuple((other, other) for other in sorted(others)))
    met = {start}
    ahead: deque[tuple[Path, _Alike]] = deque([((), start)])
    while ahead and len(met) < MOST_NODES:
        path, (here, alike) = ahead.popleft()
        for symbol in range(len(machine.after[state])):
            if any((there, symbol) in machine.open for there in (here, *(there for _, there in alike))):
                continue
            node = _advance(machine, here, alike, symbol)
            if node not in met:
                met.add(node)
                yield (*path, symbol), others - {other for other, _ in node[1]}
                ahead.append(((*path, symbol), node))


def _advance(machine: Numbered, here: int, alike: tuple[tuple[int, int], ...], symbol: int) -> _Alike:
    """One more input: where the state is now, and where those others are that have answered as it did so far.

    Another that has come together with the state answers as it does for ever; it stays in the list, never told apart.
    """
    output = machine.output[here][symbol]
    still = tuple(
        (other, machine.after[there][symbol]) for other, there in alike if machine.output[there][symbol] == output
    )
    return machine.after[here][symbol], still
