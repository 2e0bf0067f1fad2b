"""Scenarios that show leaks: one staff member is brought into a state, another is acted on, the first is checked.

The suite speaks of one staff member at a time. That what is done to one changes nothing for another is a promise of its
own, and a service that shares, caches or keys by account what belongs to a staff member breaks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from fuzz.model.alphabet import Input, Word
from fuzz.model.automaton import Mealy, State, cover
from fuzz.model.naming import Steps, alone
from fuzz.model.suite import state_identifiers
from fuzz.model.verdict import SUCCESS


def leak_scenarios(machine: Mealy) -> tuple[Steps, ...]:
    """Staff 1 and then staff 0 are brought into a state, one input changes staff 1's state, and staff 0's is checked.

    Staff 0 comes into each kind of state, naming p0 and a0 alone, as the documents treat all names alike; staff 1's
    input names the same account, and another one. Every kind of input that changes a state occurs. Shortest first; over
    the default alphabet 40 scenarios of fewer than 300 requests in all.
    """
    reached = {state: word for state, word in cover(machine).items() if word and not _meets_open(machine, word)}
    observed = [(state, word) for state, word in reached.items() if not any(x.provider or x.account for x in word)]
    told = state_identifiers(machine)
    scenarios = (
        (*alone(before, staff=1), *alone(begin), (1, symbol), *alone(_check(machine, told[state], state, leaked)))
        for (before, symbol, leaked), (state, begin) in product(_changes(machine, reached), observed)
    )
    return tuple(sorted(scenarios, key=len))


def _meets_open(machine: Mealy, word: Word) -> bool:
    steps = zip(machine.trace(word), word, strict=True)
    return any((state, symbol) in machine.open for (state, _, _), symbol in steps)


def _changes(machine: Mealy, reached: dict[State, Word]) -> Iterator[tuple[Word, Input, State]]:
    """For each input that names p0 a0 or p1 a1: a shortest word after which it is accepted, and what it then leaves."""
    for symbol in machine.inputs:
        if symbol.account not in (None, symbol.provider):
            continue
        for state, word in reached.items():
            output, after = machine.step(state, symbol)
            if output == SUCCESS and after != state and (state, symbol) not in machine.open:
                yield word, symbol, after
                break


def _check(machine: Mealy, words: tuple[Word, ...], state: State, leaked: State) -> Word:
    """Of the words that identify a state, one that tells it from the state that may have leaked; else the first."""

    def answers(start: State, word: Word) -> list[str]:
        outputs = []
        for symbol in word:
            output, start = machine.step(start, symbol)
            outputs.append(output)
        return outputs

    return next((word for word in words if answers(state, word) != answers(leaked, word)), words[0])
