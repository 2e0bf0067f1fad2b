"""Our minimiser against Hypothesis's shrinker, from the same failing example: length reached, requests spent.

Hypothesis finds the example with our own machine and shrinks it as it does in a test. The same example, as a list of
actions, then goes to our minimiser with its budget of 100 requests. Both judge on the same service, which is called
without a socket: requests are what counts.
"""

from __future__ import annotations

import json
import unittest
from dataclasses import dataclass
from statistics import median

from hypothesis import HealthCheck, Phase, seed, settings

from fuzz.failures.handler import FailureHandler
from fuzz.oracle.actions import Action
from fuzz.oracle.scenario import to_json
from fuzz.oracle.verdict import Verdict, VerdictKind
from fuzz.phases.machine_base import AssertingListener
from fuzz.phases.state_machine import state_machine_for
from fuzz.sandbox.faults import Fault
from fuzz.selftest.in_process import InProcess
from fuzz.session.session import ScenarioRun
from tests.benchmarks.subjects import CONTRACT
from tests.benchmarks.tables import table

FAULTS = (
    Fault.MISMATCH_NEVER_SAID,
    Fault.DISABLED_SAID_MISSING,
    Fault.ACCOUNT_WITHOUT_DOMAIN,
    Fault.ACCOUNT_NOT_STORED,
    Fault.RECREATION_KEEPS_DISABLED,
    Fault.DISABLE_DOES_NOTHING,
    Fault.DISABLE_LEAKS,
    Fault.ANY_DATE_ACCEPTED,
    Fault.ONLY_FIRST_ITEM_CHECKED,
    Fault.CRASH_ON_FRACTION,
    Fault.ASTRAL_TITLE_CRASHES,
    Fault.SIXTH_CALL_TAKES_ANY_ACCOUNT,
)
EXAMPLES = 400
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=16,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    print_blob=False,
    report_multiple_bugs=False,
)


@dataclass(slots=True)
class Watching(AssertingListener):
    """Remembers the first failing example, the last one, and the requests sent until the first. Mutable."""

    service: InProcess
    first: tuple[Action, ...] = ()
    last: tuple[Action, ...] = ()
    sent_to_first: int = 0

    def on_verdict(self, run: ScenarioRun, verdict: Verdict) -> bool:
        """Notes a failure, and raises it."""
        if verdict.kind is VerdictKind.FAIL:
            self.last = tuple(run.actions)
            if not self.first:
                self.first, self.sent_to_first = self.last, self.service.session.client.requests_sent
        return AssertingListener.on_verdict(self, run, verdict)


@dataclass(frozen=True, slots=True)
class Small:
    """What became of an example: steps, bytes of its JSON, requests spent. Frozen."""

    steps: int
    size: int
    requests: int


def measure(*, quick: bool) -> str:
    """The table."""
    rows = [_row(fault) for fault in FAULTS[:: 3 if quick else 1]]
    head = ("fault", "steps found", "ours: steps", "bytes", "requests", "Hypothesis: steps", "bytes", "requests")
    cells = [
        (name, found, *(getattr(each, part) for each in pair for part in Small.__slots__))
        for name, found, *pair in rows
    ]
    times = median(theirs.requests / ours.requests for _, _, ours, theirs in rows)
    longer = sum(ours.steps > theirs.steps for _, _, ours, theirs in rows)
    note = f"\nHypothesis spends {times:.0f} times as many in the median; of ours {longer} are longer.\n"
    return table("A failure made small", head, cells) + note


def _row(fault: Fault) -> tuple[str, int, Small, Small]:
    watching = Watching(InProcess.of(CONTRACT, fault=fault.value))
    theirs = _by_hypothesis(watching)
    return fault.value, len(watching.first), _by_ours(fault, watching.first), theirs


def _by_hypothesis(watching: Watching) -> Small:
    machine = state_machine_for(watching.service.session, watching)
    seed(7)(machine)
    case = machine.TestCase
    case.settings = SETTINGS
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(unittest.TestResult())
    if not watching.first:
        raise ValueError(f"Hypothesis found nothing in {EXAMPLES} examples")
    return _small(watching.last, watching.service.session.client.requests_sent - watching.sent_to_first)


def _by_ours(fault: Fault, found: tuple[Action, ...]) -> Small:
    handler = FailureHandler(InProcess.of(CONTRACT, fault=fault.value).session)
    handler.run(found, "random")
    (failure,) = handler.registry.failures.values()
    return _small(failure.actions, failure.requests_to_shrink)


def _small(actions: tuple[Action, ...], requests: int) -> Small:
    return Small(len(actions), len(json.dumps([to_json(action) for action in actions])), requests)
