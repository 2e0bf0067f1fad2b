"""Learns a machine from the words of a journal with AALpy's EDSM, without a request.

EDSM: Lang, Pearlmutter and Price, "Results of the Abbadingo One DFA learning competition", ICGI 1998. It merges states
as long as no answer contradicts: with few words it merges too much, and its machine differs where nothing was seen. So
a machine counts only if every input was tried in each of its states, and each of its differences from the documented
machine was seen.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aalpy.learning_algs import run_EDSM

from fuzz.automaton.alphabet import Input, Word
from fuzz.automaton.mealy import Mealy, State, differences
from fuzz.learning.journalled_words import JournalledWords
from fuzz.learning.learner import documented_readings

MAX_WORDS = 2_000
"""Maximum words for EDSM, the shortest ones: its time grows faster than their number."""


@dataclass(frozen=True, slots=True)
class LearnedPassively:
    """What the words of a journal show. Frozen. `machine`: one that gives all answers; None with a reason, `why`."""

    documented: Mealy
    reset: Input
    machine: Mealy | None
    why: str = ""
    twice: Word = ()
    """The shortest word that got two answers, if any did."""


def learn_passively(words: JournalledWords) -> LearnedPassively:
    """Learns from words, of which there is at least one."""
    alphabet = words.alphabet()
    reset = alphabet.creates()[0]
    nothing = LearnedPassively(documented_readings(words.contract, alphabet, reset)[0], reset, None)
    answers = words.in_every_naming()
    twice = min((word for word, given in answers.items() if len(given) > 1), key=len, default=())
    if twice:
        return replace(nothing, twice=twice, why="the same inputs got different answers")
    machine = _merged(answers, reset, nothing.documented.inputs)
    if machine is None:
        return replace(nothing, why="not every input was tried in every state")
    seen = {(failure.word[-1].kind, answer) for (_, answer), failure in words.failures.items()}
    if not seen.issuperset((found.word[-1].kind, found.observed) for found in differences(nothing.documented, machine)):
        return replace(nothing, why="the machine that AALpy makes of them differs where nothing was seen")
    return replace(nothing, machine=machine)


def _merged(answers: Mapping[Word, Mapping[str, int]], reset: Input, inputs: tuple[Input, ...]) -> Mealy | None:
    """The machine that EDSM makes of words and answers, from the reset on; None if it lacks an input in some state."""
    shortest = sorted(answers, key=len)[:MAX_WORDS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that inputs are lacking
        merged = run_EDSM([(word, next(iter(answers[word]))) for word in shortest], "mealy", print_info=False)
    ahead = [merged.initial_state.transitions[reset]] if reset in merged.initial_state.transitions else []
    table: dict[tuple[State, Input], tuple[str, State]] = {}
    for state in ahead:
        if not state.transitions.keys() >= set(inputs):
            return None
        for symbol in inputs:
            after = state.transitions[symbol]
            table[state.state_id, symbol] = (state.output_fun[symbol], after.state_id)
            if after not in ahead:
                ahead.append(after)
    return Mealy(ahead[0].state_id, inputs, table) if ahead else None
