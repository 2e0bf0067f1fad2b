"""Learning the target's machine: AALpy's adaptive L# with the documented machine as its reference.

Adaptive L#: Kruger, Junges and Rot, "State matching and multiple references in adaptive active automata learning", FM
2024. The equivalence oracle is our own: the suites of the documented and the supposed machine, long words and random
walks.
What is learned is compared with the documented machine; each difference is asked again before it is reported.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace

from aalpy.automata import MealyMachine
from aalpy.base import Oracle
from aalpy.learning_algs import run_adaptive_Lsharp

from fuzz.engine.conformance import alphabet_for
from fuzz.engine.learn_target import (
    Answers,
    Asking,
    LostError,
    OutvotedError,
    SpentError,
    Target,
    TwoAnswersError,
    outcome_of,
)
from fuzz.engine.namings import Namings
from fuzz.engine.session import Performed, Session
from fuzz.model.alphabet import Alphabet, Input, Word
from fuzz.model.alphabet import Kind as InputKind
from fuzz.model.automaton import Difference, Mealy, differences, documented_machine
from fuzz.model.long_words import long_words
from fuzz.model.naming import Naming
from fuzz.model.suite import suite
from fuzz.model.verdict import Kind
from strategies.fields import listed_providers
from swagger.contract import Contract

ACCOUNTS = ("a@example.com", "b@example.com")
WALKS = 40
LONGEST_WALK = 12
TIMES_TO_BEGIN = 5
MORE_TO_CONFIRM = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """A difference as it was seen on the target: every request and answer of the word, the reset first. Frozen."""

    difference: Difference
    performed: tuple[Performed, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned. Frozen.

    `machine` is None if nothing could be supposed yet. `complete`: no more words would have been tried. `found` are
    the differences to `documented`, which is the reading of the documents that the target is nearest to.
    """

    documented: Mealy
    machine: Mealy | None
    complete: bool
    words: int
    requests: int
    outvoted: int
    naming: Naming
    found: tuple[Found, ...] = ()
    two_answers: TwoAnswersError | None = None
    why: str = ""

    @property
    def equivalent(self) -> bool:
        """The machine is complete and answers as documented."""
        return self.complete and not self.found and self.two_answers is None


def learn(session: Session, *, most: int, number: int = 0) -> Learned:
    """Learns the target's machine with at most so many requests. `number` is the seed of the random walks."""
    alphabet = alphabet_for(session)
    naming = Naming(listed_providers(session.contract)[: alphabet.providers], ACCOUNTS)
    asking = Asking(session, alphabet.creates()[0], naming, Namings(session.contract, number).payload, most)
    readings = documented_readings(session.contract, alphabet, asking.reset)
    learner = _Learner(asking, readings, dwelling_words(alphabet), number)
    for _ in range(TIMES_TO_BEGIN):
        try:
            return learner.learn()
        except OutvotedError:
            continue
    return learner.result(complete=False, why="the answers were too noisy: votes overturned them again and again")


def documented_readings(contract: Contract, alphabet: Alphabet, reset: Input) -> tuple[Mealy, ...]:
    """The documented machine after the reset, in both readings of what the documents leave open."""
    readings = (documented_machine(contract, alphabet, disable_stores=stores) for stores in (False, True))
    return tuple(replace(each, initial=each.after((reset,)), starts=((),)) for each in readings)


def dwelling_words(alphabet: Alphabet) -> tuple[Word, ...]:
    """The long words that name nothing beyond the alphabet, without the create that resets."""
    plain = (tuple(replace(symbol, again=False) for symbol in word) for word in long_words(alphabet))
    known = set(alphabet.inputs())
    return tuple(word[1:] for word in plain if known.issuperset(word) and word[0] == alphabet.creates()[0])


@dataclass(slots=True)
class _Learner:
    """One course of learning. Mutable: it supposes a machine, and a better one after each counterexample."""

    asking: Asking
    readings: tuple[Mealy, ...]
    dwelling: tuple[Word, ...]
    number: int
    supposed: Mealy | None = None

    def learn(self) -> Learned:
        inputs = list(self.readings[0].inputs)
        target = Target(self.asking)
        references = [to_aalpy(reading) for reading in self.readings]
        try:
            with redirect_stdout(io.StringIO()):
                machine = run_adaptive_Lsharp(
                    inputs,
                    target,
                    references,
                    Words(inputs, target, self),
                    "mealy",
                    cache_and_non_det_check=False,
                    print_level=0,
                )
            self.supposed = from_aalpy(machine, self.readings[0].inputs)
            return self.result(complete=True)
        except SpentError:
            return self.result(complete=False, why=f"the budget of {self.asking.most:,} requests is spent")
        except LostError as lost:
            return self.result(complete=False, why=str(lost))
        except TwoAnswersError as two:
            return replace(self.result(complete=False), two_answers=two)

    def result(self, *, complete: bool, why: str = "") -> Learned:
        """What is known now. Asks the target once more for each difference, beyond the budget if need be."""
        nearest = self._nearest()
        asking = self.asking
        asking.most = max(asking.most, asking.spent + MORE_TO_CONFIRM)
        found = tuple(self._confirmed(nearest)) if self.supposed else ()
        return Learned(
            documented=nearest,
            machine=self.supposed,
            complete=complete,
            words=asking.words,
            requests=asking.spent,
            outvoted=asking.outvoted,
            naming=asking.naming,
            found=found,
            why=why,
        )

    def _nearest(self) -> Mealy:
        if self.supposed is None:
            return self.readings[0]
        supposed = self.supposed
        return min(self.readings, key=lambda reading: len(differences(reading, supposed)))

    def _confirmed(self, documented: Mealy) -> Iterator[Found]:
        assert self.supposed is not None
        for difference in differences(documented, self.supposed):
            performed = self.asking.perform(difference.word)
            if outcome_of(performed[-1]) == difference.documented:
                self.asking.forget(difference.word)
                raise OutvotedError
            told = bound_before(difference.word)
            if performed[-1].verdict.kind is not Kind.FAIL and told != difference.word:
                # Under the other reading of the documents the answer is in order; not so once an account is stored.
                again = self.asking.perform(told)
                if again[-1].verdict.kind is Kind.FAIL:
                    difference, performed = replace(difference, word=told), again
            yield Found(difference, tuple(performed))


def bound_before(word: Word) -> Word:
    """The word with an account stored before each disable, where none is stored yet."""
    whole: list[Input] = []
    stored = False
    for symbol in word:
        if symbol.kind is InputKind.DISABLE and not stored:
            whole.append(replace(symbol, kind=InputKind.SEND))
        stored = symbol.kind is not InputKind.CREATE
        whole.append(symbol)
    return tuple(whole)


class Words(Oracle):  # type: ignore[misc] # AALpy is not typed
    """The equivalence oracle: words on which the supposed machine and the target may disagree."""

    def __init__(self, inputs: list[Input], target: Target, learner: _Learner) -> None:
        super().__init__(inputs, target)
        self._learner = learner

    def find_cex(self, hypothesis: MealyMachine) -> Word | None:
        """A word up to the first answer that the supposed machine gives otherwise; None if there is none."""
        supposed = from_aalpy(hypothesis, tuple(self.alphabet))
        self._learner.supposed = supposed
        for word in self._words(supposed):
            wrong = first_difference(supposed.outputs(word), tuple(self.sul.query(word)))
            if wrong is not None:
                return word[: wrong + 1]
        return None

    def _words(self, supposed: Mealy) -> Iterator[Word]:
        for machine in (*self._learner.readings, supposed):
            yield from suite(machine)
        yield from self._learner.dwelling
        walks = random.Random(self._learner.number)
        for _ in range(WALKS):
            yield tuple(walks.choices(self.alphabet, k=walks.randint(2, LONGEST_WALK)))


def first_difference(one: Answers, other: Answers) -> int | None:
    """The place of the first answer that differs."""
    return next((place for place, pair in enumerate(zip(one, other, strict=True)) if len(set(pair)) > 1), None)


def to_aalpy(machine: Mealy) -> MealyMachine:
    """The machine in AALpy's form; its states are numbers in the order of shortest words."""
    states = machine.states
    numbers = {state: f"s{number}" for number, state in enumerate(states)}
    setup = {}
    for state in states:
        steps = ((symbol, machine.step(state, symbol)) for symbol in machine.inputs)
        setup[numbers[state]] = {symbol: (output, numbers[after]) for symbol, (output, after) in steps}
    learned = MealyMachine.from_state_setup(setup)
    learned.compute_prefixes()
    return learned


def from_aalpy(machine: MealyMachine, inputs: tuple[Input, ...]) -> Mealy:
    """A machine of AALpy's in ours."""
    table = {
        (state.state_id, symbol): (state.output_fun[symbol], state.transitions[symbol].state_id)
        for state in machine.states
        for symbol in inputs
    }
    return Mealy(machine.initial_state.state_id, inputs, table)
