"""Machines to test the suites on: the documented one, small random ones, and mutants of either."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from aalpy.automata import MealyMachine
from hypothesis import strategies as st

from fuzz.automaton.alphabet import Alphabet, Input, InputKind, Word
from fuzz.automaton.mealy import Mealy, State, documented_machine
from fuzz.automaton.wp_method import suite
from swagger.load import load_contract

Table = dict[tuple[State, Input], tuple[str, State]]


@cache
def documented(*, disable_stores: bool = False, moves_name_all: bool = False) -> Mealy:
    """The documented machine as a complete one: what the documents say nothing of is an input like any other."""
    machine = documented_machine(
        load_contract(), Alphabet(moves_name_all=moves_name_all), disable_stores=disable_stores
    )
    return replace(machine, undocumented=frozenset())


@cache
def words_of(depth: int) -> tuple[Word, ...]:
    return tuple(suite(documented(), depth=depth))


def suite_size(machine: Mealy, *, depth: int = 0) -> tuple[int, int]:
    """How many words a suite has, and how many requests they are in all."""
    words = list(suite(machine, depth=depth))
    return len(words), sum(map(len, words))


def minimal(machine: Mealy) -> Mealy:
    """The machine over classes of equivalent states, by refining the partition until nothing splits (Moore 1956)."""
    block: dict[State, Any] = dict.fromkeys(machine.states, 0)
    while True:
        finer = {state: (block[state], *_signature(machine, block, state)) for state in block}
        places = {signature: place for place, signature in enumerate(dict.fromkeys(finer.values()))}
        numbered = {state: places[signature] for state, signature in finer.items()}
        if len(places) == len(set(block.values())):
            break
        block = numbered
    table = {
        (block[state], x): (machine.table[state, x][0], block[machine.table[state, x][1]])
        for state in block
        for x in machine.inputs
    }
    return Mealy(block[machine.initial], machine.inputs, table)


def _signature(machine: Mealy, block: dict[State, Any], state: State) -> tuple[tuple[str, Any], ...]:
    steps = [machine.table[state, x] for x in machine.inputs]
    return tuple((output, block[after]) for output, after in steps)


@st.composite
def small_machines(draw: st.DrawFn, *, max_states: int = 5) -> Mealy:
    """Minimal machines with a reset of their own, every state reachable."""
    states = range(draw(st.integers(1, max_states)))
    inputs = tuple(Input(InputKind.SEND, 0, account) for account in range(draw(st.integers(2, 3))))
    steps = st.tuples(st.sampled_from(("success", "missing")), st.sampled_from(states))
    table: Table = {(state, x): draw(steps) for state in states for x in inputs}
    return minimal(Mealy(0, inputs, table))


@st.composite
def mutants(draw: st.DrawFn, machine: Mealy, *, extra: int, kinds: frozenset[InputKind] | None = None) -> Mealy:
    """The machine with up to `extra` states copied, and then one to three transitions redirected or answered otherwise.

    Each copy is entered by at least one transition that led to its original. `kinds`: only inputs of these are changed.
    """
    changed = [symbol for symbol in machine.inputs if kinds is None or symbol.kind in kinds]
    table: Table = dict(machine.table)
    states: list[State] = list(machine.states)
    for number in range(draw(st.integers(0, extra))):
        original = draw(st.sampled_from(states))
        copied = ("copy", number, original)
        entries = [at for at, (_, after) in table.items() if after == original]
        table |= {(copied, x): table[original, x] for x in machine.inputs}
        states.append(copied)
        for at in draw(st.lists(st.sampled_from(entries), min_size=1, max_size=3)) if entries else []:
            table[at] = (table[at][0], copied)
    outputs = sorted({output for output, _ in machine.table.values()} | {"server error"})
    for _ in range(draw(st.integers(1, 3))):
        at = (draw(st.sampled_from(states)), draw(st.sampled_from(changed)))
        output, after = table[at]
        redirected = draw(st.booleans())
        table[at] = (output, draw(st.sampled_from(states))) if redirected else (draw(st.sampled_from(outputs)), after)
    return Mealy(machine.initial, machine.inputs, table, machine.starts)


def for_aalpy(machine: Mealy) -> MealyMachine:
    """The same machine in AALpy's classes."""
    states = sorted({state for state, _ in machine.table}, key=lambda state: state != machine.initial)
    return MealyMachine.from_state_setup(
        {str(s): {x: (machine.table[s, x][0], str(machine.table[s, x][1])) for x in machine.inputs} for s in states}
    )
