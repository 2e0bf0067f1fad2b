"""Short words through what the documents leave open: inputs that each state which may follow answers alike.

A suite settles first in which of them the service is, which costs an input. Where all of them give one answer, that one
is due at once, and a service that gives another is caught by a word as short as there is.
"""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.model.alphabet import Word
from fuzz.model.automaton import Mealy, cover


def open_words(machine: Mealy) -> Iterator[Word]:
    """For each open point that a shortest word reaches directly, one word for each answer that is due in any case."""
    reached = cover(machine)
    for (state, symbol), others in machine.open.items():
        word = (*reached[state], symbol)
        if machine.after(word[:-1]) != state or len(word) > _shortest(machine):
            continue
        answers: set[str] = set()
        for further in machine.inputs:
            after = {machine.table[state, symbol][1], *others}
            outputs = {machine.step(each, further)[0] for each in after}
            if len(outputs) == 1 and not outputs <= answers:
                answers |= outputs
                yield (*word, further)


def _shortest(machine: Mealy) -> int:
    """The length of the shortest word that meets an open point."""
    reached = cover(machine)
    return min((len(reached[state]) + 1 for state, _ in machine.open), default=0)
