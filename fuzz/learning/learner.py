"""Learns the target's machine with AALpy's adaptive L#; the documented machine is the reference.

Adaptive L#: Kruger, Junges and Rot, "State matching and multiple references in adaptive active automata learning", FM
2024. The equivalence oracle is our own: the suites of the documented machine and of the hypothesis, ageing words and
random walks. The learned machine is compared with the documented one, and every difference is confirmed.
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

from fuzz.automaton.ageing import ageing_words
from fuzz.automaton.alphabet import Alphabet, Input, Word
from fuzz.automaton.concretise import Naming
from fuzz.automaton.mealy import Difference, Mealy, differences, documented_machine
from fuzz.automaton.wp_method import suite
from fuzz.cases.conformance_words import alphabet_for
from fuzz.cases.names import ScenarioNames
from fuzz.learning.membership_oracle import (
    AnswerLostError,
    Answers,
    BudgetSpentError,
    MembershipOracle,
    NondeterministicTargetError,
    OutvotedError,
    Target,
    outcome_of,
)
from fuzz.phases.capabilities import capabilities_of
from fuzz.session.exchange import Exchange
from fuzz.session.session import Session
from strategies.valid.fields import listed_providers
from swagger.contract import Contract

ACCOUNTS = ("a@example.com", "b@example.com")
WALKS = 40
LONGEST_WALK = 12
MAX_STARTS = 5
REQUESTS_TO_CONFIRM = 1_000


@dataclass(frozen=True, slots=True)
class ConfirmedDifference:
    """A difference confirmed on the target, with the exchanges of its word, the reset first. Frozen."""

    difference: Difference
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """The result of learning. Frozen.

    `machine` is None if there was no hypothesis yet. `complete`: every word of the equivalence oracle was tried.
    `found` are the differences from `documented`, the documented machine with all that the documents permit.
    `nondeterministic`: the target gave different answers to one word, so it has no machine.
    """

    documented: Mealy
    machine: Mealy | None
    complete: bool
    words: int
    requests: int
    outvoted: int
    naming: Naming
    found: tuple[ConfirmedDifference, ...] = ()
    nondeterministic: NondeterministicTargetError | None = None
    why: str = ""

    @property
    def equivalent(self) -> bool:
        """The machine is complete and answers as documented."""
        return self.complete and not self.found and self.nondeterministic is None


def learn(session: Session, *, max_requests: int, seed: int = 0) -> Learned:
    """Learns the target's machine with at most `max_requests`. `seed` is for the random walks and the bodies."""
    alphabet = alphabet_for(capabilities_of(session))
    naming = Naming(listed_providers(session.contract)[: alphabet.providers], ACCOUNTS)
    oracle = MembershipOracle(
        session, alphabet.creates()[0], naming, ScenarioNames(session.contract, seed).payload, max_requests
    )
    readings = documented_readings(session.contract, alphabet, oracle.reset)
    learner = _Learner(oracle, readings, ageing_words_after_reset(alphabet), seed)
    for _ in range(MAX_STARTS):
        try:
            return learner.learn()
        except OutvotedError:
            continue
    return learner.result(complete=False, why="the answers were too noisy: votes overturned them again and again")


def documented_readings(contract: Contract, alphabet: Alphabet, reset: Input) -> tuple[Mealy, ...]:
    """The documented machine after the reset, in both readings of what the documents do not specify."""
    readings = (documented_machine(contract, alphabet, disable_stores=stores) for stores in (False, True))
    return tuple(replace(machine, initial=machine.after((reset,)), starts=((),)) for machine in readings)


def ageing_words_after_reset(alphabet: Alphabet) -> tuple[Word, ...]:
    """The ageing words that name nothing beyond the alphabet, without their first create."""
    plain = (tuple(replace(symbol, again=False) for symbol in word) for word in ageing_words(alphabet))
    known = set(alphabet.inputs())
    return tuple(word[1:] for word in plain if known.issuperset(word) and word[0] == alphabet.creates()[0])


@dataclass(slots=True)
class _Learner:
    """Runs the learning of one target. Mutable: every counterexample replaces the hypothesis."""

    oracle: MembershipOracle
    readings: tuple[Mealy, ...]
    ageing: tuple[Word, ...]
    seed: int
    hypothesis: Mealy | None = None

    def learn(self) -> Learned:
        """Runs L# until no counterexample is found, the budget is spent, or the target cannot be learned."""
        inputs = list(self.readings[0].inputs)
        target = Target(self.oracle)
        references = [to_aalpy(reading) for reading in self.readings]
        try:
            with redirect_stdout(io.StringIO()):
                machine = run_adaptive_Lsharp(
                    inputs,
                    target,
                    references,
                    SuiteEquivalenceOracle(inputs, target, self),
                    "mealy",
                    cache_and_non_det_check=False,
                    print_level=0,
                )
            self.hypothesis = from_aalpy(machine, self.readings[0].inputs)
            return self.result(complete=True)
        except BudgetSpentError:
            return self.result(complete=False, why=f"the budget of {self.oracle.max_requests:,} requests is spent")
        except AnswerLostError as lost:
            return self.result(complete=False, why=str(lost))
        except NondeterministicTargetError as error:
            return replace(self.result(complete=False), nondeterministic=error)

    def result(self, *, complete: bool, why: str = "") -> Learned:
        """The result so far. Confirms every difference on the target, beyond the budget if need be."""
        oracle = self.oracle
        oracle.max_requests = max(oracle.max_requests, oracle.spent + REQUESTS_TO_CONFIRM)
        found = tuple(self._confirmed(self.hypothesis)) if self.hypothesis else ()
        return Learned(
            documented=self.readings[0],
            machine=self.hypothesis,
            complete=complete,
            words=oracle.words,
            requests=oracle.spent,
            outvoted=oracle.outvoted,
            naming=oracle.naming,
            found=found,
            why=why,
        )

    def _confirmed(self, hypothesis: Mealy) -> Iterator[ConfirmedDifference]:
        for difference in differences(self.readings[0], hypothesis):
            exchanges = self.oracle.perform(difference.word)
            if outcome_of(exchanges[-1]) != difference.observed:
                self.oracle.forget(difference.word)
                raise OutvotedError
            yield ConfirmedDifference(difference, tuple(exchanges))


class SuiteEquivalenceOracle(Oracle):  # type: ignore[misc] # AALpy is not typed
    """Searches suites, ageing words and random walks for a word on which hypothesis and target disagree."""

    def __init__(self, inputs: list[Input], target: Target, learner: _Learner) -> None:
        super().__init__(inputs, target)
        self._learner = learner

    def find_cex(self, hypothesis: MealyMachine) -> Word | None:
        """A counterexample: a word up to the first answer that differs from the hypothesis; None if there is none."""
        machine = from_aalpy(hypothesis, tuple(self.alphabet))
        self._learner.hypothesis = machine
        for word in self._words(machine):
            wrong = first_difference(machine.outputs(word), tuple(self.sul.query(word)))
            if wrong is not None:
                return word[: wrong + 1]
        return None

    def _words(self, hypothesis: Mealy) -> Iterator[Word]:
        for machine in (*self._learner.readings, hypothesis):
            yield from suite(machine)
        yield from self._learner.ageing
        walks = random.Random(self._learner.seed)
        for _ in range(WALKS):
            yield tuple(walks.choices(self.alphabet, k=walks.randint(2, LONGEST_WALK)))


def first_difference(one: Answers, other: Answers) -> int | None:
    """The place of the first answer that differs."""
    return next((place for place, pair in enumerate(zip(one, other, strict=True)) if len(set(pair)) > 1), None)


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
