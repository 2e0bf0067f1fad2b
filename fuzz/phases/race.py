"""The race phase: scenarios with two requests at once, which are judged by both orders, in many rounds."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.cases.concurrent_pairs import Scenario, concurrent_pairs
from fuzz.cases.names import ScenarioNames
from fuzz.cases.shard import WHOLE, Shard
from fuzz.failures.handler import FailureHandler
from fuzz.phases.capabilities import capabilities_of
from fuzz.target.capabilities import Capabilities

PHASE = "race"
ROUNDS = 24


def planned_scenarios(capabilities: Capabilities, *, seed: int, rounds: int = ROUNDS) -> Iterator[Scenario]:
    """The scenarios of `rounds` rounds."""
    names = ScenarioNames(capabilities.contract, seed)
    return (scenario for _ in range(rounds) for scenario in concurrent_pairs(capabilities, names))


def run(handler: FailureHandler, *, seed: int, rounds: int = ROUNDS, shard: Shard = WHOLE) -> None:
    """Runs a shard of each round until all rounds are done or the time is over."""
    capabilities = capabilities_of(handler.session)
    names = ScenarioNames(capabilities.contract, seed)
    for _ in range(rounds):
        for scenario in shard.of(concurrent_pairs(capabilities, names)):
            if handler.time_left() <= 0:
                return
            handler.run(scenario, PHASE)
