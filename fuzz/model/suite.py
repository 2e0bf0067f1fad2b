"""Test suites that prove a machine equal to the documented one, if it has at most `depth` states more: the Wp-method.

W-method: T. S. Chow, "Testing software design modeled by finite-state machines", IEEE TSE 4(3), 1978. Wp: S. Fujiwara
et al., "Test selection based on finite state models", IEEE TSE 17(6), 1991. With Q a state cover, X the inputs, I(s) an
identifier of the state s and U the union of them all, the suite is Q·X^j·U for j up to `depth`, and w·I(state after w)
for every w in Q·X^(depth+1). For the documented machine that is two thirds of the requests of the W-method, and four
fifths of those of the HSI-method (Petrenko, Yevtushenko and others, 1993).

The guarantee is over the alphabet of the machine and under a reset: that each of its `starts` brings the target into
the same state whatever was done before. For the documented machine that is the promise of `create`. The suite tries
`create` in every state as a transition like any other, but a target whose `create` remembers more than the suite's
words show can escape. It also holds only as far as the documents decide: what they leave open, the oracle accepts
either way (both of the readings of `disable` on a fresh sync are served by one suite, and tested to be).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from fuzz.model.alphabet import Word
from fuzz.model.automaton import Mealy, State
from fuzz.model.identify import Numbered, Path, extends, identifiers, number, without_prefixes


@dataclass(frozen=True, slots=True)
class SuiteSize:
    """How many words a suite has, and how many requests they are in all. Frozen."""

    words: int
    requests: int


def suite(machine: Mealy, *, depth: int = 0) -> Iterator[Word]:
    """The words of the suite, no one a prefix of another, each deterministic in place and content.

    First come the words of depth 0, those ahead which together meet every state and input, shortest first; then, for a
    greater depth, the words that this adds, shortest first and drawn lazily, as there are some inputs^depth times more.
    """
    plan = _plan(machine)
    opening = _in_order(plan, _words(plan, 0))
    yield from (_named(machine, path) for path in opening)
    if depth:
        done = {path[:length] for path in opening for length in range(len(path) + 1)}
        yield from (_named(machine, path) for path in _words(plan, depth) if path not in done)


def suite_size(machine: Mealy, *, depth: int = 0) -> SuiteSize:
    """Counts the suite. Takes as long as drawing it: a second at depth 2 and a minute at depth 3."""
    words = requests = 0
    for word in suite(machine, depth=depth):
        words += 1
        requests += len(word)
    return SuiteSize(words, requests)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a suite is made of. `every` is the union of all `identifiers`, in order. Frozen."""

    machine: Numbered
    identifiers: tuple[tuple[Path, ...], ...]
    every: tuple[Path, ...]
    places: dict[Path, int]

    def endings(self, state: int, between: int, depth: int) -> tuple[Path, ...]:
        """What follows a path of the cover and `between` further inputs that lead to a state."""
        return self.every if between <= depth else self.identifiers[state]


def _plan(machine: Mealy) -> _Plan:
    numbered = number(machine)
    overhead = 1 + sum(map(len, numbered.cover)) / len(numbered.cover)
    told = identifiers(numbered, overhead)
    paths = sorted({path for paths in told for path in paths}, key=lambda path: (len(path), path))
    return _Plan(
        machine=numbered,
        identifiers=told,
        every=tuple(without_prefixes(paths)),
        places={path: state for state, path in enumerate(numbered.cover)},
    )


def state_identifiers(machine: Mealy) -> dict[State, tuple[Word, ...]]:
    """For each state, words that no other state answers as it does."""
    plan = _plan(machine)
    words = [tuple(_named(machine, path) for path in paths) for paths in plan.identifiers]
    return dict(zip(plan.machine.states, words, strict=True))


def _words(plan: _Plan, depth: int) -> Iterator[Path]:
    """Every word of the Wp suite once, shortest first, without those that another one extends."""
    longest_cover = max(map(len, plan.machine.cover))
    longest_ending = max(map(len, plan.every))
    for length in range(longest_cover + depth + 1 + longest_ending + 1):
        for path, parts in _of_length(plan, depth, length):
            if parts == next(_decompositions(plan, depth, path)) and not _is_extended(plan, depth, path):
                yield path


_Parts = tuple[int, int]
"""How a word is put together: the state whose cover path it begins with, and the number of inputs in between."""


def _of_length(plan: _Plan, depth: int, length: int) -> Iterator[tuple[Path, _Parts]]:
    endings = {len(path) for paths in (plan.every, *plan.identifiers) for path in paths}
    for state, begin in enumerate(plan.machine.cover):
        for between in range(depth + 2):
            wanted = length - len(begin) - between
            # What is no longer than a middle part is one, and a longer word begins with it.
            if wanted not in endings or 0 < wanted <= depth + 1 - between:
                continue
            for middle in _middles(plan, begin, between):
                for ending in plan.endings(plan.machine.walk(state, middle), between, depth):
                    if len(ending) == wanted:
                        yield (*begin, *middle, *ending), (state, between)


def _middles(plan: _Plan, begin: Path, length: int) -> Iterator[Path]:
    """Inputs of that number which leave the cover at once; others are a shorter middle part further along the cover."""
    symbols = range(len(plan.machine.after[0]))
    if not length:
        yield ()
        return
    for first in symbols:
        if (*begin, first) not in plan.places:
            yield from ((first, *rest) for rest in product(symbols, repeat=length - 1))


def _splits(plan: _Plan, depth: int, path: Path) -> Iterator[tuple[_Parts, Path, tuple[Path, ...]]]:
    """Every way to cut a path into cover path (longest first), middle and rest, with the endings possible there."""
    for begin in reversed(range(len(path) + 1)):
        state = plan.places.get(path[:begin])
        if state is None:
            continue
        here = state
        for between in range(min(depth + 1, len(path) - begin) + 1):
            yield (state, between), path[begin + between :], plan.endings(here, between, depth)
            if begin + between < len(path):
                here = plan.machine.after[here][path[begin + between]]


def _decompositions(plan: _Plan, depth: int, path: Path) -> Iterator[_Parts]:
    return (parts for parts, rest, endings in _splits(plan, depth, path) if rest in endings)


def _is_extended(plan: _Plan, depth: int, path: Path) -> bool:
    """Another word of the suite begins with this one, so that it need not be tried alone."""
    if any(extends(begin, path) for begin in plan.machine.cover):
        return True
    return any(
        (not rest and between <= depth) or any(extends(ending, rest) for ending in endings)
        for (_, between), rest, endings in _splits(plan, depth, path)
    )


def _in_order(plan: _Plan, paths: Iterator[Path]) -> list[Path]:
    """Ahead those that meet a state and input which none before meets, then the others; shortest first in both."""
    ahead: list[Path] = []
    rest: list[Path] = []
    met: set[tuple[int, int]] = set()
    for path in paths:
        new = set(_meets(plan, path)) - met
        (ahead if new else rest).append(path)
        met |= new
    return ahead + rest


def _meets(plan: _Plan, path: Path) -> Iterator[tuple[int, int]]:
    """The states and inputs that a path meets, from the first one on that a start has led to."""
    state, begin = _begin(plan, path)
    for symbol in path[begin:]:
        yield state, symbol
        state = plan.machine.after[state][symbol]


def _begin(plan: _Plan, path: Path) -> tuple[int, int]:
    """The shortest cover path that a path begins with: its state and its length."""
    return next((plan.places[path[:n]], n) for n in range(len(path) + 1) if path[:n] in plan.places)


def _named(machine: Mealy, path: Path) -> Word:
    return tuple(machine.inputs[symbol] for symbol in path)
