"""A trial: one run of the fuzzer over HTTP against a sandbox with one fault, variant or deployment, and its result."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz.errors import ExitCode
from fuzz.events.failures import FailureEvent
from fuzz.oracle.scenario import from_json
from fuzz.run.options import RunOptions
from fuzz.run.run import Run
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.embedded_sandbox import target_of
from fuzz.run.setup.session_setup import secrets_for
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from fuzz.selftest.shortest import UNKNOWN, Shortest, find_shortest
from fuzz.selftest.subjects import Subject
from fuzz.session.journal import Journal
from fuzz.target.profile import Profile, load_profile
from swagger.contract import Contract

SYSTEMATIC_PHASES = ("preflight", "systematic")
ALL_PHASES = (*SYSTEMATIC_PHASES, "race", "random")
SECONDS_IF_INTERMITTENT = 60.0
REQUESTS_TO_FIND = 2500
"""The number of requests within which a deterministic fault must be found."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of one trial. Frozen.

    `phase` to `intermittent` are those of the first failure; `phase` is empty if there was none. `trouble`: what
    disturbed the run, and why it is inconclusive.
    """

    subject: Subject
    phase: str = ""
    clause: str = ""
    observed: str = ""
    requests_to_find: int = 0
    steps: int = 0
    intermittent: bool = False
    shortest: Shortest = UNKNOWN
    requests: int = 0
    seconds: float = 0.0
    exit_code: int = int(ExitCode.PASS)
    trouble: str = ""

    @property
    def found(self) -> bool:
        """Whether a failure was found; for a deterministic fault, within `REQUESTS_TO_FIND`."""
        return bool(self.phase) and (not self.subject.deterministic or self.requests_to_find <= REQUESTS_TO_FIND)

    @property
    def good(self) -> bool:
        """Whether a fault was found, or an honest subject was silent."""
        if not self.subject.honest:
            return self.found
        silent = {ExitCode.PASS, ExitCode.INCONCLUSIVE} if self._cannot_reach_a_state else {ExitCode.PASS}
        return not self.phase and self.exit_code in silent

    @property
    def _cannot_reach_a_state(self) -> bool:
        """Whether the subject lacks a sibling, or has one that does not do what its name says: no run can pass then."""
        staging = self.subject.staging
        return "was not reached" in self.trouble or (staging is not None and staging.deployment.off is not None)

    @property
    def longer(self) -> bool:
        """Whether the scenario is longer than the shortest one."""
        return self.shortest.steps is not None and self.steps > self.shortest.steps


def run_trial(subject: Subject, *, search: bool = True, phases: Sequence[str] = ()) -> Trial:
    """Runs the fuzzer against one subject. `search`: also searches for the shortest scenario, which takes seconds."""
    began = time.monotonic()
    contract = read_contract(None, None)
    with _target_of(subject) as profile:
        run = _run(subject, contract, profile, tuple(phases))
        conclusion = run.go()
    trial = Trial(
        subject,
        requests=run.journal.summary.total,
        seconds=time.monotonic() - began,
        exit_code=conclusion.exit_code,
        trouble="; ".join((*run.journal.summary.troubles, *conclusion.reasons)),
    )
    failure = _first_failure(run.journal.summary.failures.values())
    return trial if failure is None else _with_failure(trial, failure, contract, search=search)


@contextmanager
def _target_of(subject: Subject) -> Iterator[Profile]:
    """The profile of a sandbox that is this subject, as long as the block."""
    if subject.staging is None:
        faults, variants = ((), (subject.name,)) if subject.honest else ((subject.name,), ())
        with target_of(RunOptions(command="selftest"), faults=faults, variants=variants, say=io.StringIO()) as profile:
            yield profile
        return
    with Sandbox(staging=subject.name) as sandbox, TemporaryDirectory() as folder:
        os.environ.update(sandbox.env)
        path = Path(folder) / "staging.yaml"
        path.write_text(profile_yaml(sandbox), encoding="utf-8")
        yield load_profile(path)


def _first_failure(failures: Iterable[FailureEvent]) -> FailureEvent | None:
    """The failure that was found first: a confirmed one, or if there is none, one that was only seen."""
    return min(
        failures, key=lambda failure: (failure["status"] != "confirmed", failure["requests_to_find"]), default=None
    )


def _run(subject: Subject, contract: Contract, profile: Profile, phases: tuple[str, ...]) -> Run:
    options = RunOptions(
        command="run",
        seed=subject.seed,
        phases=phases or (SYSTEMATIC_PHASES if subject.deterministic else ALL_PHASES),
        max_time=None if subject.deterministic else SECONDS_IF_INTERMITTENT,
        max_failures=1,
        progress=False,
    )
    secrets = secrets_for(profile)
    return Run(options, contract, profile, secrets, Journal(None, secrets))


def _with_failure(trial: Trial, failure: FailureEvent, contract: Contract, *, search: bool) -> Trial:
    """The trial with its first failure and, if `search`, the shortest scenario."""
    trial = replace(
        trial,
        phase=failure["phase"],
        clause=failure["clause"],
        observed=failure["observed"],
        requests_to_find=failure["requests_to_find"],
        steps=failure["steps"],
        intermittent=failure["intermittent"],
    )
    if not search or not trial.subject.deterministic or trial.subject.honest:
        return trial
    actions = tuple(map(from_json, failure["actions"]))
    shortest = find_shortest(contract, trial.subject.name, actions, (trial.clause, trial.observed))
    return replace(trial, shortest=shortest)
