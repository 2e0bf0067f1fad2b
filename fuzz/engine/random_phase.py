"""The random phase: rounds of the Hypothesis state machine until the time or the examples are spent.

All settings are explicit. Hypothesis loads a derandomized, database-less profile of its own when it sees `CI`, and a
nightly run that was built on that would explore nothing new.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from fuzz.engine.campaign import Campaign, TimeOver
from fuzz.engine.machine import against
from fuzz.engine.session import Play
from fuzz.engine.transport import Ending
from fuzz.model.exchange import SendItems
from fuzz.model.state import Situation
from fuzz.model.verdict import Verdict
from strategies.schema import schema_bodies
from swagger.contract import Contract

PHASE = "random"
SOURCELESS = "calfuzz.machine"
STEPS = 16
EXAMPLES_A_ROUND = 25
APART = 1_000_003
"""How far the seeds of two workers lie apart: no worker comes to examples of another one in a run."""


@dataclass(slots=True)
class Steering:
    """Attends to the machine for a campaign, and counts how often each goal was met and each clause due. Mutable."""

    campaign: Campaign
    examples_left: int | None = None
    met: Counter[str] = field(default_factory=Counter)

    def attend(self, play: Play, verdict: Verdict) -> bool:
        """Counts what was met or due, hands failures on, and ends the phase when its time is over."""
        if isinstance(play.performed[-1].action, SendItems) and len(verdict.allowed) == 1:
            self.met[_goal(verdict)] += 1
        self.met.update(verdict.tally.due)
        failed = self.campaign.attend(play, verdict)
        if self.campaign.time_left() <= 0:
            raise TimeOver
        return failed

    def remember(self, play: Play) -> None:
        """An example has ended."""
        self.campaign.remember(play)

    def seldom_first(self, names: Sequence[str]) -> Sequence[str]:
        """The goals or clauses, those met least often first."""
        return sorted(names, key=lambda name: self.met[name])


def _goal(verdict: Verdict) -> str:
    if verdict.situation is Situation.MISMATCHED:
        disabled = any(state is not None and state.disabled for state in verdict.was)
        return "disabled account" if disabled and verdict.detail == "account" else verdict.detail
    return verdict.situation.value


def run(campaign: Campaign, *, number: int, examples: int | None) -> None:
    """Runs examples until the campaign's time is over, or so many were run. `number` is the run's seed."""
    steering = Steering(campaign)
    machine = against(campaign.session, steering, phase=PHASE, seldom_first=steering.seldom_first)
    # Hypothesis parses a class's source for a key of its database, which is not used here. Several workers' threads at
    # once are too much for CPython's parser ("AST constructor recursion depth mismatch"), so that it shall find none.
    machine.__module__ = SOURCELESS
    done = 0
    while campaign.time_left() > 0 and (examples is None or done < examples):
        count = EXAMPLES_A_ROUND if examples is None else min(EXAMPLES_A_ROUND, examples - done)
        seed(number + done)(machine)
        _generate(machine, count)
        done += count


def warm_up(contract: Contract) -> None:
    """Makes, in one thread, the one strategy that is costly to make; the workers then find it made."""
    schema_bodies(contract)


@contextmanager
def nothing_old_collected() -> Iterator[None]:
    """Keeps the garbage collector from what is there already. Hypothesis leaves so much behind that all that was
    imported and read would be looked through every few hundred requests, to find that it is still in use.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _generate(machine: type[RuleBasedStateMachine], count: int) -> None:
    """Runs examples. Hypothesis may take an example that an ending cuts short for one that draws differently each
    time, and raise that in the ending's place.
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
        # Failures are kept as scenarios of our own: Hypothesis's keys change whenever a rule is edited.
        database=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
    )
