"""Short words through an unspecified point to an answer that is due in every state that may follow.

At an unspecified point the documents allow several next states. The suite first finds out which one the service is in,
which costs an input. If all of them give the same answer, a shorter word leads to that answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.automaton.alphabet import Word
from fuzz.automaton.mealy import Mealy, cover


def words_through_unspecified(machine: Mealy) -> Iterator[Word]:
    """For each unspecified point that a shortest word reaches, one word for each answer that is due in every state."""
    reached = cover(machine)
    for (state, symbol), others in machine.unspecified.items():
        word = (*reached[state], symbol)
        if machine.after(word[:-1]) != state or len(word) > _shortest(machine):
            continue
        answers: set[str] = set()
        for further in machine.inputs:
            after = {machine.table[state, symbol][1], *others}
            outputs = {machine.step(possible, further)[0] for possible in after}
            if len(outputs) == 1 and not outputs <= answers:
                answers |= outputs
                yield (*word, further)


def _shortest(machine: Mealy) -> int:
    """The length of the shortest word that meets an unspecified point."""
    reached = cover(machine)
    return min((len(reached[state]) + 1 for state, _ in machine.unspecified), default=0)
