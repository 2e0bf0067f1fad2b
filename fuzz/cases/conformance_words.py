"""The scenarios of the conformance phase: the documented machine's test suite, isolation scenarios and ageing words.

Each is made concrete with names and bodies. A scenario that compares two accounts gets near accounts; another seed
draws others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import merge
from itertools import takewhile

from fuzz.automaton.ageing import ageing_words
from fuzz.automaton.alphabet import Alphabet
from fuzz.automaton.concretise import Steps, alone, concretise_steps, interleave
from fuzz.automaton.isolation import isolation_scenarios
from fuzz.automaton.mealy import Mealy, documented_machine
from fuzz.automaton.unspecified_words import words_through_unspecified
from fuzz.automaton.wp_method import suite
from fuzz.cases.names import ScenarioNames, compared_accounts
from fuzz.oracle.actions import Action
from fuzz.target.capabilities import Capabilities
from strategies.mutations.rotation import rotated
from strategies.valid.fields import listed_providers

SHORT = 4
"""Maximum inputs of the words that every run begins with: short words find most failures."""


@dataclass(frozen=True, slots=True)
class AbstractScenario:
    """Inputs of the alphabet, and whether they belong to the suite that the guarantee rests on. Frozen."""

    steps: Steps
    of_suite: bool = False


@dataclass(frozen=True, slots=True)
class ConformanceScenario:
    """The actions of a scenario, and whether it belongs to the suite that the guarantee rests on. Frozen."""

    actions: tuple[Action, ...]
    of_suite: bool


def alphabet_for(capabilities: Capabilities) -> Alphabet:
    """The inputs that a target offers."""
    providers = min(2, len(listed_providers(capabilities.contract)))
    return Alphabet(providers=providers, moves=capabilities.moves, is_judged=capabilities.only_documented)


def machine_for(capabilities: Capabilities) -> Mealy:
    """The documented machine over the inputs that a target offers."""
    return documented_machine(capabilities.contract, alphabet_for(capabilities))


def conformance_scenarios(capabilities: Capabilities, *, seed: int, depth: int) -> Iterator[ConformanceScenario]:
    """Every scenario in order, made concrete."""
    alphabet, machine = alphabet_for(capabilities), machine_for(capabilities)
    names = ScenarioNames(capabilities.contract, seed)
    for scenario in abstract_scenarios(machine, alphabet, depth, two_staff=capabilities.has_two_staff, seed=seed):
        naming = names.next(list(compared_accounts(machine, scenario.steps)))
        naming = replace(naming, providers=naming.providers[: alphabet.providers])
        yield ConformanceScenario(concretise_steps(scenario.steps, naming, names.varied_payload), scenario.of_suite)


def abstract_scenarios(
    machine: Mealy, alphabet: Alphabet, depth: int, *, two_staff: bool, seed: int
) -> Iterator[AbstractScenario]:
    """The inputs of every scenario: the short words, then the others from a place that the seed gives, then those of a
    greater depth.
    """
    scenarios = list(_of_depth_0(machine, alphabet, two_staff=two_staff))
    short = list(takewhile(lambda scenario: len(scenario.steps) <= SHORT, scenarios))
    yield from (*short, *rotated(scenarios[len(short) :], seed))
    if depth:
        known = set(suite(machine))
        deeper = (word for word in suite(machine, depth=depth) if word not in known)
        yield from (AbstractScenario(alone(word), of_suite=True) for word in deeper)


def _of_depth_0(machine: Mealy, alphabet: Alphabet, *, two_staff: bool) -> Iterator[AbstractScenario]:
    words = list(suite(machine))
    of_suite = (AbstractScenario(alone(word), of_suite=True) for word in words)
    unspecified = (AbstractScenario(alone(word)) for word in words_through_unspecified(machine))
    yield from merge(of_suite, unspecified, key=lambda scenario: len(scenario.steps))
    if two_staff:
        yield from map(AbstractScenario, isolation_scenarios(machine))
        longest = words[-4:]
        yield from (
            AbstractScenario(interleave(one, other)) for one, other in zip(longest[::2], longest[1::2], strict=False)
        )
    yield from (AbstractScenario(alone(word)) for word in ageing_words(alphabet))
