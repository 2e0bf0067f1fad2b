"""The conformance phase: the test suite of the documented machine, isolation scenarios and ageing words.

If the target's machine has at most `depth` states more than the documented one, the suite proves over its alphabet that
the two are equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fuzz.cases.conformance_words import conformance_scenarios, machine_for
from fuzz.cases.shard import WHOLE, Shard
from fuzz.failures.handler import FailureHandler
from fuzz.oracle.actions import Action
from fuzz.oracle.verdict import VerdictKind
from fuzz.phases.capabilities import capabilities_of
from fuzz.session.session import Session
from fuzz.target.capabilities import Capabilities

PHASE = "conformance"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The result of a shard of the suite: whether it was completed, scenarios that failed or lost answers. Frozen."""

    complete: bool
    failed: int
    lost: int


def planned_scenarios(capabilities: Capabilities, *, seed: int, depth: int) -> Iterator[tuple[Action, ...]]:
    """The phase's scenarios in order."""
    return (scenario.actions for scenario in conformance_scenarios(capabilities, seed=seed, depth=depth))


def run(handler: FailureHandler, *, seed: int, depth: int, shard: Shard = WHOLE) -> Coverage:
    """Runs a shard of the phase's scenarios: all of them, unless the time is over."""
    failed = lost = 0
    scenarios = conformance_scenarios(capabilities_of(handler.session), seed=seed, depth=depth)
    for scenario in shard.of(scenarios):
        if handler.time_left() <= 0:
            return Coverage(False, failed, lost)
        run = handler.run(scenario.actions, PHASE)
        kinds = {exchange.verdict.kind for exchange in run.exchanges}
        failed += VerdictKind.FAIL in kinds and scenario.of_suite
        lost += VerdictKind.INCONCLUSIVE in kinds and scenario.of_suite
    return Coverage(True, failed, lost)


def established(session: Session, depth: int, coverage: Sequence[Coverage]) -> str:
    """What all shards of the phase have shown, in a sentence; or why conformance is not established."""
    machine = machine_for(capabilities_of(session))
    states = len(machine.states) + depth
    failed, lost = sum(shard.failed for shard in coverage), sum(shard.lost for shard in coverage)
    if failed:
        return f"does not conform to the documented machine: {failed} scenarios of the suite failed"
    if not all(shard.complete for shard in coverage):
        return "the suite was not completed: the time was over"
    if lost:
        return f"conformance is not established: answers were lost in {lost} scenarios"
    sentence = (
        f"conforms to the documented machine among all machines with at most {states} states over this alphabet"
        f" ({len(machine.inputs)} inputs), if create resets and accounts are all treated alike"
    )
    missing = [reason for kind, reason in sorted(session.lifecycle.impossible.items()) if kind != "create"]
    return f"{sentence}; left out: {'; '.join(missing)}" if missing else sentence
