"""The conformance words: the documented machine's test suite, isolation scenarios and ageing words.

Each is made concrete with names and bodies. A word that compares two accounts gets near accounts; another seed draws
others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from fuzz.automaton.ageing import ageing_words
from fuzz.automaton.alphabet import Alphabet, InputKind
from fuzz.automaton.concretise import Steps, alone, concretise_steps, interleave
from fuzz.automaton.isolation import isolation_scenarios
from fuzz.automaton.mealy import Mealy, documented_machine
from fuzz.automaton.unspecified_words import words_through_unspecified
from fuzz.automaton.word_order import likeliest_first
from fuzz.automaton.wp_method import suite, words_after_recreations
from fuzz.cases.names import ScenarioNames, compared_accounts
from fuzz.oracle.actions import Action
from fuzz.oracle.verdict import SUCCESS
from fuzz.target.capabilities import Capabilities
from strategies.mutations.rotation import rotated
from strategies.valid.fields import listed_providers
from swagger.contract import Json

FIRST = 40
"""Number of words that every run begins with, whatever its seed: they kill most mutants of the machine."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the suite goes. Frozen.

    `depth`: the extra states that it allows for. `recreations`: whether each re-creation from each state is an access
    word, too.
    """

    depth: int = 0
    recreations: bool = False


SMALLEST = Extent()


@dataclass(frozen=True, slots=True)
class ConformanceWord:
    """The actions of a word, the same with the simplest bodies, and whether it belongs to the suite that the guarantee
    rests on. Frozen.
    """

    actions: tuple[Action, ...]
    plain: tuple[Action, ...]
    of_suite: bool = False

    def __len__(self) -> int:
        return len(self.actions)


def alphabet_for(capabilities: Capabilities) -> Alphabet:
    """The inputs that a target offers."""
    providers = min(2, len(listed_providers(capabilities.contract)))
    return Alphabet(providers=providers, moves=capabilities.moves, is_judged=capabilities.only_documented)


def machine_for(capabilities: Capabilities) -> Mealy:
    """The documented machine over the inputs that a target offers."""
    return documented_machine(capabilities.contract, alphabet_for(capabilities))


def conformance_words(capabilities: Capabilities, *, seed: int) -> tuple[list[ConformanceWord], ...]:
    """The words in three lists: the suite of depth 0, likeliest finders first; isolation scenarios; ageing words.

    The seed says where the rest of a list begins: a run that is cut off tries other words than the one before.
    """
    alphabet, machine = alphabet_for(capabilities), machine_for(capabilities)
    of_suite = set(suite(machine))
    words = likeliest_first(machine, [*suite(machine), *words_through_unspecified(machine)])
    every = _Concrete(capabilities, machine, seed)
    return (
        [
            every.word(alone(word), of_suite=word in of_suite)
            for word in (*words[:FIRST], *rotated(words[FIRST:], seed))
        ],
        [every.word(steps) for steps in rotated(_with_two_staff(capabilities, machine), seed)],
        [every.word(alone(word)) for word in rotated(ageing_words(alphabet), seed)],
    )


def further_words(capabilities: Capabilities, *, seed: int, extent: Extent) -> Iterator[ConformanceWord]:
    """The words that a greater extent than the smallest adds. Lazy: there may be very many."""
    machine = machine_for(capabilities)
    known, every = set(suite(machine)), _Concrete(capabilities, machine, seed)
    words = (word for word in suite(machine, depth=extent.depth) if word not in known) if extent.depth else ()
    after_recreations = words_after_recreations(machine) if extent.recreations else ()
    return (every.word(alone(word), of_suite=True) for word in chain(after_recreations, words))


def _with_two_staff(capabilities: Capabilities, machine: Mealy) -> list[Steps]:
    if not capabilities.has_two_staff:
        return []
    longest = list(suite(machine))[-4:]
    return [*isolation_scenarios(machine), interleave(*longest[:2]), interleave(*longest[2:])]


class _Concrete:
    """Makes words concrete with names and bodies of one run. Mutable: each word gets the next ones."""

    def __init__(self, capabilities: Capabilities, machine: Mealy, seed: int) -> None:
        self._machine = machine
        self._names = ScenarioNames(capabilities.contract, seed)
        self._providers = alphabet_for(capabilities).providers

    def word(self, steps: Steps, *, of_suite: bool = False) -> ConformanceWord:
        """The word with the next names. What its requests send is of the covering array."""
        naming = self._names.next(list(compared_accounts(self._machine, steps)))
        naming = replace(naming, providers=naming.providers[: self._providers])
        accepted = iter(self._accepted(steps))

        def payload(provider: str, account: str) -> Json | str:
            return self._names.covering_payload(provider, account, accepted=next(accepted))

        plain = concretise_steps(steps, naming, self._names.payload)
        return ConformanceWord(concretise_steps(steps, naming, payload), plain, of_suite)

    def _accepted(self, steps: Steps) -> Iterator[bool]:
        """For each request with new items whether it is accepted, as far as the documents say."""
        states = {staff: self._machine.initial for staff, _ in steps}
        for staff, symbol in steps:
            answer, states[staff] = self._machine.table.get((states[staff], symbol), ("", states[staff]))
            if symbol.kind is InputKind.SEND and not symbol.again:
                yield answer == SUCCESS
