"""One trial: a sandbox with one fault, a run of the fuzzer against it over HTTP, and what came of it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fuzz.engine.documents import read_contract
from fuzz.engine.journal import Journal
from fuzz.engine.options import RunOptions
from fuzz.engine.profile import Profile
from fuzz.engine.run import Run
from fuzz.engine.secrets import Secrets
from fuzz.errors import ExitCode
from fuzz.model.events import Event
from fuzz.model.exchange import Action
from fuzz.model.scenario import from_json
from fuzz.running import target_of
from fuzz.selftest.shortest import UNKNOWN, Shortest, shortest
from fuzz.selftest.subjects import Subject
from swagger.contract import Contract

SYSTEMATIC = ("preflight", "conformance", "payloads")
WHOLE = ("preflight", "conformance", "payloads", "race", "random")
SECONDS_FOR_CHANCE = 60.0
REQUESTS_TO_FIND = 2500


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one trial. Frozen. `found` is the first failure, None if there was none."""

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
        """A failure was found, and within the budget where there is one."""
        return bool(self.phase) and (not self.subject.deterministic or self.requests_to_find <= REQUESTS_TO_FIND)

    @property
    def good(self) -> bool:
        """A fault was found, or a variant was not taken for one."""
        if self.subject.honest:
            return not self.phase and self.exit_code == ExitCode.PASS
        return self.found

    @property
    def longer(self) -> bool:
        """The scenario is known not to be the shortest."""
        return self.shortest.steps is not None and self.steps > self.shortest.steps


def attempt(subject: Subject, *, search: bool = True, phases: Sequence[str] = ()) -> Trial:
    """Tries one subject. `search` looks for the shortest scenario as well, which costs seconds for long ones."""
    began = time.monotonic()
    contract = read_contract(None, None)
    faults, variants = ((), (subject.name,)) if subject.honest else ((subject.name,), ())
    with target_of(None, faults=faults, variants=variants, say=io.StringIO()) as profile:
        run = _run(subject, contract, profile, tuple(phases))
        conclusion = run.go()
    trial = Trial(
        subject,
        requests=run.journal.summary.total,
        seconds=time.monotonic() - began,
        exit_code=conclusion.exit_code,
        trouble="; ".join((*run.journal.summary.troubles, *conclusion.reasons)),
    )
    failure = _first(run.journal.summary.failures.values())
    return trial if failure is None else _with_failure(trial, failure, contract, search=search)


def _first(failures: Iterable[Event]) -> Event | None:
    """The failure that was found first; as it was confirmed, not as it was first seen under another name."""
    return min(
        failures, key=lambda failure: (failure["status"] != "confirmed", failure["requests_to_find"]), default=None
    )


def _run(subject: Subject, contract: Contract, profile: Profile, phases: tuple[str, ...]) -> Run:
    options = RunOptions(
        command="run",
        seed=subject.seed,
        phases=phases or (SYSTEMATIC if subject.deterministic else WHOLE),
        max_time=None if subject.deterministic else SECONDS_FOR_CHANCE,
        max_failures=1,
        progress=False,
    )
    secrets = Secrets()
    for source in (profile.tokens.admin, *(member.token for member in profile.staff)):
        secrets.token(source)
    return Run(options, contract, profile, secrets, Journal(None, secrets))


def _with_failure(trial: Trial, failure: Event, contract: Contract, *, search: bool) -> Trial:
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
    actions = _actions(failure["actions"])
    return replace(trial, shortest=shortest(contract, trial.subject.name, actions, (trial.clause, trial.observed)))


def _actions(described: list[Any]) -> tuple[Action, ...]:
    return tuple(from_json(each) for each in described)
