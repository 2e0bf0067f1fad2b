"""Short words through an unspecified point to an answer that every state that may follow allows, or forbids.

At an unspecified point the documents allow several next states. The suite first finds out which one the service is in,
which costs an input. If all of them give the same answer, or none of them accepts, a shorter word tests that.
"""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.automaton.alphabet import InputKind, Word
from fuzz.automaton.mealy import Mealy, cover
from fuzz.oracle.verdict import SUCCESS


def words_through_unspecified(machine: Mealy) -> Iterator[Word]:
    """For each unspecified point that a shortest word reaches by a move of its own sync, one word for each `send` that
    all states after it answer alike, or none of them accepts.
    """
    reached = cover(machine)
    for (state, symbol), others in machine.unspecified.items():
        word = (*reached.get(state, ()), symbol)
        if machine.after(word[:-1]) != state or len(word) > _shortest(machine):
            continue
        output, moved = machine.table[state, symbol]
        after = {moved, *others}
        met: set[frozenset[str]] = set()
        for further in machine.inputs if output == SUCCESS else ():
            outputs = frozenset(machine.step(possible, further)[0] for possible in after)
            is_due = len(outputs) == 1 or SUCCESS not in outputs
            if further.kind is InputKind.SEND and is_due and outputs not in met:
                met.add(outputs)
                yield (*word, further)


def _shortest(machine: Mealy) -> int:
    """The length of the shortest word that meets an unspecified point."""
    reached = cover(machine)
    return min((len(reached[state]) + 1 for state, _ in machine.unspecified if state in reached), default=0)
