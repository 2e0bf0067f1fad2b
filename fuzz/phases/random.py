"""The random phase: rounds of the Hypothesis state machine until the time is over or all examples were run.

All settings are explicit: where `CI` is set, Hypothesis loads a derandomized profile, and a nightly run would explore
nothing new.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from fuzz.cases.shard import WHOLE, Shard
from fuzz.failures.handler import FailureHandler
from fuzz.oracle.actions import SendItems
from fuzz.oracle.state import Situation
from fuzz.oracle.verdict import Verdict
from fuzz.phases.state_machine import Goal, state_machine_for
from fuzz.session.session import ScenarioRun
from fuzz.target.http.client import Ending, TimeOver
from strategies.schemathesis_bodies import schema_bodies
from swagger.contract import Contract

PHASE = "random"
SOURCELESS = "calfuzz.machine"
STEPS = 16
EXAMPLES_A_ROUND = 25
SECONDS_FOR_SWAGGER_BODIES = 15.0
"""What the phase must have left to make bodies from the swagger: that takes up to five seconds, in one piece."""

FINDS_CONSTANTS = "_get_local_constants"
"""The function of Hypothesis that reads the source; a Hypothesis without it is only slower."""

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


def run(
    handler: FailureHandler, *, seed: int, examples: int | None, shard: Shard = WHOLE, swagger_bodies: bool = True
) -> None:
    """Runs a shard's part of `examples`; if that is None, examples until the time is over. `swagger_bodies`: whether
    bodies made from the swagger are sent, too.
    """
    if examples is not None:
        examples = len(range(shard.index, examples, shard.count))
    first_seed = seed + shard.index * APART
    steering = Steering(handler)
    machine = state_machine_for(
        handler.session,
        steering,
        phase=PHASE,
        seldom_first=steering.seldom_first,
        swagger_bodies=swagger_bodies,
    )
    # Hypothesis parses a class's source for a key of its database, which is not used here. CPython's parser fails when
    # several threads do that at once ("AST constructor recursion depth mismatch"): let Hypothesis find no source.
    machine.__module__ = SOURCELESS
    done = 0
    while handler.time_left() > 0 and (examples is None or done < examples):
        count = EXAMPLES_A_ROUND if examples is None else min(EXAMPLES_A_ROUND, examples - done)
        hypothesis.seed(first_seed + done)(machine)
        with suppress(TimeOver):
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


@contextmanager
def no_constants_of_the_source() -> Iterator[None]:
    """Within the block Hypothesis does not look for constants in the source of the modules that are imported.

    That takes a second or two. And the same seed would give other examples after an edit of the source, and where
    calfuzz is installed in another way, since Hypothesis reads no installed package.
    """
    before = getattr(providers, FINDS_CONSTANTS, Constants)
    setattr(providers, FINDS_CONSTANTS, Constants)
    try:
        yield
    finally:
        setattr(providers, FINDS_CONSTANTS, before)


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
