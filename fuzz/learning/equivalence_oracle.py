"""The equivalence oracle of the learner: searches for a word on which the hypothesis and the target disagree.

It tries the suites of the documented machine and of the hypothesis, ageing words and random walks. Words that have a
place for near names are asked with these first, and with the learner's own names only if the answers differ.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aalpy.automata import MealyMachine
from aalpy.base import Oracle

from fuzz.automaton.alphabet import Input, Word
from fuzz.automaton.mealy import Mealy
from fuzz.automaton.wp_method import suite
from fuzz.learning.aalpy_machines import from_aalpy
from fuzz.learning.membership_oracle import Answers, Target
from fuzz.learning.near_names import NearNames

WALKS = 40
LONGEST_WALK = 12


@dataclass(frozen=True, slots=True)
class EquivalenceWords:
    """The words to try. Frozen. `readings`: the documented machine in each reading of what is not specified."""

    readings: tuple[Mealy, ...]
    ageing: tuple[Word, ...]
    seed: int

    def of(self, hypothesis: Mealy) -> Iterator[Word]:
        """Every word for a hypothesis: suites, ageing words, random walks."""
        for machine in (*self.readings, hypothesis):
            yield from suite(machine)
        yield from self.ageing
        walks = random.Random(self.seed)
        for _ in range(WALKS):
            yield tuple(walks.choices(hypothesis.inputs, k=walks.randint(2, LONGEST_WALK)))


class EquivalenceOracle(Oracle):  # type: ignore[misc] # AALpy is not typed
    """The words as an equivalence oracle of AALpy. `suppose` is told of every hypothesis."""

    def __init__(
        self, target: Target, words: EquivalenceWords, near_names: NearNames, suppose: Callable[[Mealy], None]
    ) -> None:
        inputs: list[Input] = list(words.readings[0].inputs)
        super().__init__(inputs, target)
        self._words, self._near_names, self._suppose = words, near_names, suppose

    def find_cex(self, hypothesis: MealyMachine) -> Word | None:
        """A counterexample: a word up to the first answer that differs from the hypothesis; None if there is none."""
        machine = from_aalpy(hypothesis, tuple(self.alphabet))
        self._suppose(machine)
        for word in self._words.of(machine):
            expected = machine.outputs(word)
            if not self.sul.knows(word) and self._near_names.agree(word, expected):
                continue
            wrong = first_difference(expected, tuple(self.sul.query(word)))
            if wrong is not None:
                return word[: wrong + 1]
        return None


def first_difference(one: Answers, other: Answers) -> int | None:
    """The place of the first answer that differs."""
    return next((place for place, pair in enumerate(zip(one, other, strict=True)) if len(set(pair)) > 1), None)
