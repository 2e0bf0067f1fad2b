"""The conformance phase: the test suite of the documented machine, leak scenarios, and long words, each made concrete.

The suite proves, for its alphabet, that the target's machine is the documented one if it has at most `depth` states
more. Where a scenario tells two accounts apart they are near each other, so that two seeds try different near misses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import takewhile

from fuzz.engine.campaign import Campaign
from fuzz.engine.namings import Namings, accounts_met
from fuzz.engine.session import Session
from fuzz.engine.shard import WHOLE, Shard
from fuzz.engine.turns import from_a_place_on
from fuzz.model.alphabet import Alphabet
from fuzz.model.automaton import Mealy, documented_machine
from fuzz.model.exchange import Action, Move
from fuzz.model.leaks import leak_scenarios
from fuzz.model.long_words import long_words
from fuzz.model.naming import Naming, Steps, alone, concretise_steps, interleave
from fuzz.model.open_words import open_words
from fuzz.model.suite import suite
from fuzz.model.verdict import Kind
from strategies.fields import listed_providers

PHASE = "conformance"
SHORT = 4
"""Inputs of a word that every run begins with: the short ones find most."""


def alphabet_for(session: Session) -> Alphabet:
    """The inputs that this target offers."""
    moves = tuple(move for move in Move if session.lifecycle.can(move))
    providers = min(2, len(listed_providers(session.contract)))
    return Alphabet(providers=providers, moves=moves, trusted=not session.lifecycle.custom)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What came of a shard of the suite. Frozen."""

    complete: bool
    failed: int
    lost: int


def run(campaign: Campaign, *, number: int, depth: int, shard: Shard = WHOLE) -> Coverage:
    """Runs a shard of the phase's scenarios. Stops early only when the campaign's time is over."""
    session = campaign.session
    alphabet = alphabet_for(session)
    machine = documented_machine(session.contract, alphabet)
    namings = Namings(session.contract, number)
    failed = lost = 0
    complete = True
    for actions, of_suite in shard.of(scenarios(session, machine, alphabet, namings, depth)):
        if campaign.time_left() <= 0:
            complete = False
            break
        play = campaign.run(actions, PHASE)
        kinds = {each.verdict.kind for each in play.performed}
        failed += Kind.FAIL in kinds and of_suite
        lost += Kind.INCONCLUSIVE in kinds and of_suite
    return Coverage(complete, failed, lost)


def scenarios(
    session: Session, machine: Mealy, alphabet: Alphabet, namings: Namings, depth: int
) -> Iterator[tuple[tuple[Action, ...], bool]]:
    """Every scenario in order, and whether it belongs to the suite that the guarantee rests on."""
    two_staff = len(session.staff) > 1
    for each, of_suite in steps(machine, alphabet, depth, two_staff=two_staff, number=namings.number):
        naming = namings.next(list(accounts_met(machine, each)))
        if len(naming.providers) > alphabet.providers:
            naming = Naming(naming.providers[: alphabet.providers], naming.accounts)
        yield concretise_steps(each, naming, namings.varied_payload), of_suite


def steps(
    machine: Mealy, alphabet: Alphabet, depth: int, *, two_staff: bool, number: int
) -> Iterator[tuple[Steps, bool]]:
    """The inputs of every scenario in order, and whether it belongs to the suite: the short words, then the rest from
    where the seed says, and what only a greater depth asks for.
    """
    every = list(_steps(machine, alphabet, two_staff=two_staff))
    short = list(takewhile(lambda each: len(each[0]) <= SHORT, every))
    yield from (*short, *from_a_place_on(every[len(short) :], number))
    if depth:
        known = set(suite(machine))
        yield from ((alone(word), True) for word in suite(machine, depth=depth) if word not in known)


def _steps(machine: Mealy, alphabet: Alphabet, *, two_staff: bool) -> Iterator[tuple[Steps, bool]]:
    words = list(suite(machine))
    of_suite = ((word, True) for word in words)
    beside = ((word, False) for word in open_words(machine))
    for word, counts in merge(of_suite, beside, key=lambda each: len(each[0])):
        yield alone(word), counts
    if two_staff:
        yield from ((leak, False) for leak in leak_scenarios(machine))
        longest = words[-4:]
        yield from ((interleave(one, other), False) for one, other in zip(longest[::2], longest[1::2], strict=False))
    yield from ((alone(word), False) for word in long_words(alphabet))


def established(session: Session, depth: int, coverage: Sequence[Coverage]) -> str:
    """What all shards of the phase have shown, in a sentence; or why they have shown nothing so strong."""
    machine = documented_machine(session.contract, alphabet_for(session))
    states = len(machine.states) + depth
    failed, lost = sum(each.failed for each in coverage), sum(each.lost for each in coverage)
    if failed:
        return f"does not conform to the documented machine: {failed} scenarios of the suite failed"
    if not all(each.complete for each in coverage):
        return "the suite was not completed: the time was over"
    if lost:
        return f"conformance is not established: answers were lost in {lost} scenarios"
    sentence = (
        f"conforms to the documented machine among all machines with at most {states} states over this alphabet"
        f" ({len(machine.inputs)} inputs), if create resets and accounts are all treated alike"
    )
    missing = [reason for kind, reason in sorted(session.lifecycle.impossible.items()) if kind != "create"]
    return f"{sentence}; left out: {'; '.join(missing)}" if missing else sentence
