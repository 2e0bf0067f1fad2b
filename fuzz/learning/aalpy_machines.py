"""Converts Mealy machines to AALpy's form and back."""

from __future__ import annotations

from aalpy.automata import MealyMachine

from fuzz.automaton.alphabet import Input
from fuzz.automaton.mealy import Mealy


def to_aalpy(machine: Mealy) -> MealyMachine:
    """The machine in AALpy's form; its states are numbered in the order of their shortest words."""
    states = machine.states
    ids = {state: f"s{index}" for index, state in enumerate(states)}
    setup = {}
    for state in states:
        steps = ((symbol, machine.step(state, symbol)) for symbol in machine.inputs)
        setup[ids[state]] = {symbol: (output, ids[after]) for symbol, (output, after) in steps}
    learned = MealyMachine.from_state_setup(setup)
    learned.compute_prefixes()
    return learned


def from_aalpy(machine: MealyMachine, inputs: tuple[Input, ...]) -> Mealy:
    """The machine in our form."""
    table = {
        (state.state_id, symbol): (state.output_fun[symbol], state.transitions[symbol].state_id)
        for state in machine.states
        for symbol in inputs
    }
    return Mealy(machine.initial_state.state_id, inputs, table)
