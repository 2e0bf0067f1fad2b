"""The Wp-method: test suites that prove a machine equal to the documented one, if it has at most `depth` states more.

W-method: T. S. Chow, "Testing software design modeled by finite-state machines", IEEE TSE 4(3), 1978. Wp: S. Fujiwara
et al., "Test selection based on finite state models", IEEE TSE 17(6), 1991. With Q a state cover, X the inputs, I(s) an
identifier of the state s and U the union of them all, the suite is Q·X^j·U for j up to `depth`, and w·I(state after w)
for every w in Q·X^(depth+1). For the documented machine that is two thirds of the requests of the W-method, and four
fifths of those of the HSI-method (Petrenko, Yevtushenko and others, 1993).

The suite is k-A-complete for A the state cover and k the depth (F. Vaandrager and I. Melse, "Completeness of FSM test
suites reconsidered", CONCUR 2025): it also finds every wrong machine, of whatever size, each of whose states is reached
by a word of the cover and at most `depth` inputs more.

The guarantee is over the alphabet of the machine, and assumes a reset: each of its `starts` brings the target into the
same state whatever was done before. The documents promise that of `create`. The suite tests `create` in every state
like any other transition, but does not find a target whose `create` remembers more than the suite's words show;
`words_after_recreations` look for that. The oracle accepts every answer that the documents do not specify (one suite is
valid for both readings of `disable` on a fresh sync, which is tested). Where the documents say nothing at all of an
input in a state, the machine is partial: no word goes through such a pair, and the guarantee is one of
quasi-equivalence (Petrenko and Yevtushenko, 2005).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from fuzz.automaton.alphabet import Word
from fuzz.automaton.identification import IndexedMealy, Path, extends, identifiers, index_states, without_prefixes
from fuzz.automaton.mealy import Mealy, State


def suite(machine: Mealy, *, depth: int = 0) -> Iterator[Word]:
    """The words of the suite in a fixed order; none is a prefix of another.

    First the words of depth 0, then those that a greater depth adds; each shortest first. The latter are made lazily,
    as there are about inputs^depth times as many.
    """
    plan = _plan(machine)
    flat = list(_words(plan, 0))
    yield from (_word(machine, path) for path in flat)
    if depth:
        done = {path[:length] for path in flat for length in range(len(path) + 1)}
        yield from (_word(machine, path) for path in _words(plan, depth) if path not in done)


def words_after_recreations(machine: Mealy) -> Iterator[Word]:
    """The words that verify every transition once more after each re-creation from each state, with that re-creation as
    the access word: for a target whose `create` remembers the state that it ends. None is in the suite of depth 0.
    """
    plan = _plan(machine)
    symbols = {symbol: place for place, symbol in enumerate(machine.inputs)}
    creates = [symbols[start[0]] for start in machine.starts if start]
    known = {path[:length] for path in _words(plan, 0) for length in range(len(path) + 1)}
    begins = {
        (*path, create): plan.machine.after[state][create]
        for path, state in plan.places.items()
        if path
        for create in creates
    }
    found = (
        (*begin, symbol, *ending)
        for begin, state in begins.items()
        for symbol, after in enumerate(plan.machine.after[state])
        if (state, symbol) not in plan.machine.undocumented
        for ending in plan.identifiers[after]
    )
    return (_word(machine, path) for path in dict.fromkeys(found) if path not in known)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The parts of a suite: the machine, its identifiers, their union `every`, the cover's paths by state. Frozen."""

    machine: IndexedMealy
    identifiers: tuple[tuple[Path, ...], ...]
    every: tuple[Path, ...]
    places: dict[Path, int]

    def endings(self, state: int, between: int, depth: int) -> tuple[Path, ...]:
        """The paths to add after a path of the cover and `between` further inputs that have reached a state."""
        return self.every if between <= depth else self.identifiers[state]


def _plan(machine: Mealy) -> _Plan:
    indexed = index_states(machine)
    overhead = 1 + sum(map(len, indexed.cover)) / len(indexed.cover)
    of_states = identifiers(indexed, overhead)
    paths = sorted({path for paths in of_states for path in paths}, key=lambda path: (len(path), path))
    return _Plan(
        machine=indexed,
        identifiers=of_states,
        every=tuple(without_prefixes(paths)),
        places={path: state for state, path in enumerate(indexed.cover)},
    )


def state_identifiers(machine: Mealy) -> dict[State, tuple[Word, ...]]:
    """For each state, words whose answers together no other state gives."""
    plan = _plan(machine)
    words = [tuple(_word(machine, path) for path in paths) for paths in plan.identifiers]
    return dict(zip(plan.machine.states, words, strict=True))


def _words(plan: _Plan, depth: int) -> Iterator[Path]:
    """Every word of the Wp suite once, shortest first, without prefixes of other words."""
    longest_cover = max(map(len, plan.machine.cover))
    longest_ending = max(map(len, plan.every))
    for length in range(longest_cover + depth + 1 + longest_ending + 1):
        for path, parts in _of_length(plan, depth, length):
            if parts == next(_decompositions(plan, depth, path)) and not _is_extended(plan, depth, path):
                yield path


_Parts = tuple[int, int]
"""The parts of a word: the state whose cover path it begins with, and the number of inputs in the middle."""


def _of_length(plan: _Plan, depth: int, length: int) -> Iterator[tuple[Path, _Parts]]:
    endings = {len(path) for paths in (plan.every, *plan.identifiers) for path in paths}
    for state, begin in enumerate(plan.machine.cover):
        for between in range(depth + 2):
            wanted = length - len(begin) - between
            # A rest that is no longer than a middle part is one itself: a longer word begins with it.
            if wanted not in endings or 0 < wanted <= depth + 1 - between:
                continue
            for middle in _middles(plan, begin, between):
                if _meets_undocumented(plan.machine, state, middle):
                    continue
                for ending in plan.endings(plan.machine.walk(state, middle), between, depth):
                    if len(ending) == wanted:
                        yield (*begin, *middle, *ending), (state, between)


def _meets_undocumented(machine: IndexedMealy, state: int, path: Path) -> bool:
    """Whether a path meets an input in a state of which the documents say nothing: there is nothing to verify then."""
    for symbol in path:
        if (state, symbol) in machine.undocumented:
            return True
        state = machine.after[state][symbol]
    return False


def _middles(plan: _Plan, begin: Path, length: int) -> Iterator[Path]:
    """Middle parts of a length that leave the cover at once. Others are shorter middles after a longer cover path."""
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
    """Whether another word of the suite begins with this one, which need not be tried alone then."""
    if any(extends(begin, path) for begin in plan.machine.cover):
        return True
    return any(
        (not rest and between <= depth) or any(extends(ending, rest) for ending in endings)
        for (_, between), rest, endings in _splits(plan, depth, path)
    )


def _word(machine: Mealy, path: Path) -> Word:
    return tuple(machine.inputs[symbol] for symbol in path)
