"""The random phase: rounds of the Hypothesis state machine until the time is over or all examples were run.

All settings are explicit: where `CI` is set, Hypothesis loads a derandomized profile, and a nightly run would explore
nothing new.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from fuzz.cases.shard import WHOLE, Shard
from fuzz.failures.handler import FailureHandler, TimeOver
from fuzz.oracle.actions import SendItems
from fuzz.oracle.state import Situation
from fuzz.oracle.verdict import Verdict
from fuzz.phases.state_machine import Goal, state_machine_for
from fuzz.session.session import ScenarioRun
from fuzz.target.http.client import Ending
from strategies.schemathesis_bodies import schema_bodies
from swagger.contract import Contract

PHASE = "random"
SOURCELESS = "calfuzz.machine"
STEPS = 16
EXAMPLES_A_ROUND = 25
APART = 1_000_003
"""Difference between the seeds of two workers: large, so that no two workers run the same examples."""


@dataclass(slots=True)
class Steering:
    """Passes verdicts to the failure handler, and counts how often each goal was met and each clause due. Mutable."""

    handler: FailureHandler
    met: Counter[str] = field(default_factory=Counter)

    def on_verdict(self, run: ScenarioRun, verdict: Verdict) -> bool:
        """Counts the goal and the clauses, passes the verdict on, and raises TimeOver when the time is over."""
        if isinstance(run.exchanges[-1].action, SendItems) and len(verdict.allowed) == 1:
            self.met[_goal(verdict)] += 1
        self.met.update(verdict.tally.due)
        failed = self.handler.on_verdict(run, verdict)
        if self.handler.time_left() <= 0:
            raise TimeOver
        return failed

    def on_scenario_end(self, run: ScenarioRun) -> None:
        """Passes the end of an example on."""
        self.handler.on_scenario_end(run)

    def seldom_first(self, names: Sequence[str]) -> Sequence[str]:
        """The goals or clauses, the least often met first."""
        return sorted(names, key=lambda name: self.met[name])


def _goal(verdict: Verdict) -> str:
    if verdict.situation is Situation.MISMATCHED:
        disabled = any(state is not None and state.disabled for state in verdict.was)
        is_account = verdict.detail == Goal.ANOTHER_ACCOUNT
        return Goal.DISABLED_ANOTHER_ACCOUNT.value if disabled and is_account else verdict.detail
    return verdict.situation.value


def run(handler: FailureHandler, *, seed: int, examples: int | None, shard: Shard = WHOLE) -> None:
    """Runs a shard's part of `examples`; if that is None, examples until the time is over."""
    if examples is not None:
        examples = len(range(shard.index, examples, shard.count))
    first_seed = seed + shard.index * APART
    steering = Steering(handler)
    machine = state_machine_for(handler.session, steering, phase=PHASE, seldom_first=steering.seldom_first)
    # Hypothesis parses a class's source for a key of its database, which is not used here. CPython's parser fails when
    # several threads do that at once ("AST constructor recursion depth mismatch"): let Hypothesis find no source.
    machine.__module__ = SOURCELESS
    done = 0
    while handler.time_left() > 0 and (examples is None or done < examples):
        count = EXAMPLES_A_ROUND if examples is None else min(EXAMPLES_A_ROUND, examples - done)
        hypothesis.seed(first_seed + done)(machine)
        _generate(machine, count)
        done += count


def warm_up(contract: Contract) -> None:
    """Builds the strategy that takes long to build, before several workers need it at once."""
    schema_bodies(contract)


@contextmanager
def nothing_old_collected() -> Iterator[None]:
    """Within the block the garbage collector skips the objects that exist already.

    Hypothesis makes so many new objects that it would otherwise search all of them every few hundred requests.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _generate(machine: type[RuleBasedStateMachine], count: int) -> None:
    """Runs examples. Raises the ending that stops one, also where Hypothesis raises an error in its place.

    Hypothesis may take an example that was cut short for one that draws differently each time.
    """
    try:
        run_state_machine_as_test(machine, settings=_settings(count))
    except FlakyStrategyDefinition as error:
        cause = error.__context__
        while cause is not None and not isinstance(cause, (Ending, KeyboardInterrupt)):
            cause = cause.__context__
        raise cause or error from None


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        # Failures are kept as our own scenarios: Hypothesis's keys change whenever a rule is edited.
        database=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
    )
