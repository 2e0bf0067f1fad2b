"""Isolation scenarios: show whether an action on one staff member changes another one's state.

The suite uses one staff member at a time. A service may share or cache what belongs to one staff member, or store it
by account.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from fuzz.automaton.alphabet import Input, Word
from fuzz.automaton.concretise import Steps, alone
from fuzz.automaton.mealy import Mealy, State, cover
from fuzz.automaton.wp_method import state_identifiers
from fuzz.oracle.verdict import SUCCESS


def isolation_scenarios(machine: Mealy) -> tuple[Steps, ...]:
    """Scenarios that bring staff 1 and staff 0 into states, change staff 1's state by one input, and check staff 0's.

    Staff 0 comes into each kind of state, naming p0 and a0 only, as the documents treat all names alike. Staff 1's
    input names the same account, or another one. Every kind of input that changes a state occurs. Shortest first; 40
    scenarios with fewer than 300 requests in all over the default alphabet.
    """
    reached = {state: word for state, word in cover(machine).items() if word and not _ends_unspecified(machine, word)}
    observed = [(state, word) for state, word in reached.items() if not any(x.provider or x.account for x in word)]
    identifiers = state_identifiers(machine)
    scenarios = (
        (*alone(before, staff=1), *alone(begin), (1, symbol), *alone(_check(machine, identifiers[state], state, after)))
        for (before, symbol, after), (state, begin) in product(_changes(machine, reached), observed)
    )
    return tuple(sorted(scenarios, key=len))


def _ends_unspecified(machine: Mealy, word: Word) -> bool:
    """Whether it is not known which state a word leads to: no answer after its last unspecified point tells it."""
    return bool(word) and (machine.after(word[:-1]), word[-1]) in machine.unspecified


def _changes(machine: Mealy, reached: dict[State, Word]) -> Iterator[tuple[Word, Input, State]]:
    """For each input that names p0 a0 or p1 a1: a shortest word after which it changes the state, and the new state.

    Rather where its effect is specified.
    """
    for symbol in machine.inputs:
        if symbol.account not in (None, symbol.provider):
            continue
        places = [
            (word, symbol, machine.step(state, symbol)[1], (state, symbol) in machine.unspecified)
            for state, word in reached.items()
            if machine.step(state, symbol)[0] == SUCCESS and machine.step(state, symbol)[1] != state
        ]
        yield from (place[:3] for place in sorted(places, key=lambda place: place[3])[:1])


def _check(machine: Mealy, words: tuple[Word, ...], state: State, other: State) -> Word:
    """The first identifying word of a state that the other state answers differently; the first one if none does."""
    here, there = replace(machine, initial=state), replace(machine, initial=other)
    return next((word for word in words if here.outputs(word) != there.outputs(word)), words[0])
