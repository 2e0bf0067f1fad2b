"""Learns the target's machine with AALpy's adaptive L#; the documented machine is the reference.

Adaptive L#: Kruger, Junges and Rot, "State matching and multiple references in adaptive active automata learning", FM
2024. The learned machine is compared with the documented one, and every difference is confirmed. Then come variations
that the learner's alphabet cannot say.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace

from aalpy.learning_algs import run_adaptive_Lsharp

from fuzz.automaton.ageing import ageing_words
from fuzz.automaton.alphabet import Alphabet, Input, Word
from fuzz.automaton.concretise import Naming, Steps
from fuzz.automaton.isolation import isolation_scenarios
from fuzz.automaton.mealy import Difference, Mealy, differences, documented_machine
from fuzz.cases.conformance_words import alphabet_for
from fuzz.cases.names import ScenarioNames
from fuzz.learning.aalpy_machines import to_aalpy
from fuzz.learning.equivalence_oracle import EquivalenceOracle, EquivalenceWords
from fuzz.learning.membership_oracle import (
    AnswerLostError,
    BudgetSpentError,
    MembershipOracle,
    NondeterministicTargetError,
    OutvotedError,
    Target,
    outcome_of,
)
from fuzz.learning.near_names import NearNames
from fuzz.learning.variations import FailedVariation, Variation, confirmed
from fuzz.oracle.verdict import VerdictKind
from fuzz.phases.capabilities import capabilities_of
from fuzz.session.exchange import Exchange
from fuzz.session.session import Session
from strategies.valid.fields import listed_providers
from swagger.contract import Contract

ACCOUNTS = ("a@example.com", "b@example.com")
MAX_STARTS = 5
REQUESTS_TO_CONFIRM = 1_000


@dataclass(frozen=True, slots=True)
class ConfirmedDifference:
    """A difference confirmed on the target, with the exchanges of its word, the reset first. Frozen."""

    difference: Difference
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """The number of variations that were tried, of each kind. Frozen."""

    near_accounts: int = 0
    near_providers: int = 0
    with_two_staff: int = 0


@dataclass(frozen=True, slots=True)
class Learned:
    """The result of learning. Frozen.

    `machine` is None if there was no hypothesis yet. `complete`: every word of the equivalence oracle was tried.
    `found` are the differences from `documented`, the documented machine with all that the documents permit.
    `varied`: failures with near names or two staff members that the machine does not show. `tried`: how many of these
    there were. `nondeterministic`: the target gave different answers to one word, so it has no machine.
    """

    documented: Mealy
    machine: Mealy | None
    complete: bool
    words: int
    requests: int
    outvoted: int
    naming: Naming
    reset: Input
    tried: Tried
    found: tuple[ConfirmedDifference, ...] = ()
    varied: tuple[FailedVariation, ...] = ()
    nondeterministic: NondeterministicTargetError | None = None
    why: str = ""

    @property
    def equivalent(self) -> bool:
        """The machine is complete and answers as documented, with near names and beside another staff member, too."""
        return self.complete and not self.found and not self.varied and self.nondeterministic is None


def learn(session: Session, *, max_requests: int, seed: int = 0) -> Learned:
    """Learns the target's machine with at most `max_requests`. `seed` is for the random walks, names and bodies."""
    capabilities = capabilities_of(session)
    alphabet = alphabet_for(capabilities)
    naming = Naming(listed_providers(session.contract)[: alphabet.providers], ACCOUNTS)
    oracle = MembershipOracle(
        session, alphabet.creates()[0], naming, ScenarioNames(session.contract, seed).payload, max_requests
    )
    words = EquivalenceWords(
        documented_readings(session.contract, alphabet, oracle.reset), ageing_words_after_reset(alphabet), seed
    )
    isolation = (
        isolation_scenarios(documented_machine(session.contract, alphabet)) if capabilities.has_two_staff else ()
    )
    learner = _Learner(oracle, words, NearNames(oracle, words.readings[0], seed), isolation)
    for _ in range(MAX_STARTS):
        try:
            return learner.learn()
        except OutvotedError:
            continue
    learner.hypothesis = None
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
    words: EquivalenceWords
    near_names: NearNames
    isolation: Sequence[Steps]
    isolated: list[Variation] = field(default_factory=list)
    hypothesis: Mealy | None = None

    @property
    def documented(self) -> Mealy:
        """The documented machine, with all that the documents permit."""
        return self.words.readings[0]

    def learn(self) -> Learned:
        """Runs L# until no counterexample is found, the budget is spent, or the target cannot be learned."""
        try:
            self._run_lsharp()
            self._vary()
            return self.result(complete=True)
        except BudgetSpentError:
            return self.result(complete=False, why=f"the budget of {self.oracle.max_requests:,} requests is spent")
        except AnswerLostError as lost:
            return self.result(complete=False, why=str(lost))
        except NondeterministicTargetError as error:
            return replace(self.result(complete=False), nondeterministic=error)

    def _run_lsharp(self) -> None:
        target = Target(self.oracle)
        references = [to_aalpy(reading) for reading in self.words.readings]
        equivalence = EquivalenceOracle(target, self.words, self.near_names, self._suppose)
        with redirect_stdout(io.StringIO()):
            run_adaptive_Lsharp(
                equivalence.alphabet,
                target,
                references,
                equivalence,
                "mealy",
                cache_and_non_det_check=False,
                print_level=0,
            )

    def _suppose(self, hypothesis: Mealy) -> None:
        self.hypothesis = hypothesis

    def _vary(self) -> None:
        """Tries what the alphabet cannot say. Not where the machine differs already: the same would show again."""
        if self.hypothesis is not None and next(self._confirmed(self.hypothesis), None) is not None:
            return
        self.near_names.ask_the_rest()
        for steps in self.isolation[len(self.isolated) :]:
            self.isolated.append(Variation.performed(self.oracle, steps, self.oracle.naming))

    def result(self, *, complete: bool, why: str = "") -> Learned:
        """The result so far. Confirms every difference on the target, beyond the budget if need be."""
        oracle = self.oracle
        oracle.max_requests = max(oracle.max_requests, oracle.spent + REQUESTS_TO_CONFIRM)
        found = tuple(self._confirmed(self.hypothesis)) if self.hypothesis else ()
        varied = confirmed(oracle, self._failed_variations())
        return Learned(
            documented=self.documented,
            machine=self.hypothesis,
            complete=complete,
            words=oracle.words,
            requests=oracle.spent,
            outvoted=oracle.outvoted,
            naming=oracle.naming,
            reset=oracle.reset,
            tried=self._tried(),
            found=found,
            varied=varied,
            why=why,
        )

    def _tried(self) -> Tried:
        namings = [variation.naming for variation in self.near_names.tried]
        providers = {provider for naming in namings for provider in naming.providers}
        accounts = {naming.accounts for naming in namings} - {self.oracle.naming.accounts}
        return Tried(len(accounts), len(providers - {*self.oracle.naming.providers}), len(self.isolated))

    def _confirmed(self, hypothesis: Mealy) -> Iterator[ConfirmedDifference]:
        for difference in differences(self.documented, hypothesis):
            exchanges = self.oracle.perform(self.oracle.steps(difference.word), self.oracle.naming)
            if outcome_of(exchanges[-1]) != difference.observed:
                self.oracle.forget(difference.word)
                raise OutvotedError
            # An answer may show more than the alphabet says, such as the account of a record, and so allow another one.
            if exchanges[-1].verdict.kind is VerdictKind.FAIL:
                yield ConfirmedDifference(difference, tuple(exchanges))

    def _failed_variations(self) -> Iterator[Variation]:
        machine = self.hypothesis or self.documented
        yield from (each for each in self.near_names.tried if each.failed and not each.is_answer_of(machine))
        yield from (each for each in self.isolated if each.failed)
