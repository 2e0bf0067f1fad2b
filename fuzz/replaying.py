"""`calfuzz replay`: kept failures and workflow documents run again against a target, or against the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from fuzz.engine.documents import read_contract
from fuzz.engine.journal import Journal
from fuzz.engine.keep import load_bundle
from fuzz.engine.options import RunOptions
from fuzz.engine.rates import limiter_for
from fuzz.engine.replay import Outcome, ReplayResult, as_text, replay
from fuzz.engine.session import Session
from fuzz.engine.step_runner import replay_workflow
from fuzz.engine.transport import Transport, Unreachable
from fuzz.errors import ExitCode
from fuzz.model.bundle import Bundle
from fuzz.running import secrets_for, target_of


@dataclass(frozen=True, slots=True)
class Replay:
    """What is to be run again: each path with its bundle, or None for a workflow document. Frozen."""

    paths: Sequence[Path]
    times: int | None
    options: RunOptions

    def read(self) -> list[tuple[Path, Bundle | None]]:
        """Reads every bundle before anything is sent; UsageError for the first one that cannot be used."""
        return [(path, None if path.suffix == ".md" else load_bundle(path)) for path in self.paths]


def replay_all(wanted: Replay, *, faults: Sequence[str], variants: Sequence[str], stdout: TextIO) -> int:
    """Replays everything that was named and prints a table for each. Exit code: 1 reproduced, 3 cannot tell, 0
    fixed.
    """
    options = wanted.options
    contract = read_contract(options.workflow, options.swagger)
    kept = wanted.read()
    outcomes = []
    with target_of(options.target, faults=faults, variants=variants, say=stdout) as profile:
        secrets = secrets_for(options.target, profile)
        limiter = limiter_for(options, profile, contract, sandbox=options.target is None)
        timeout = options.request_timeout or profile.request_timeout
        for path, bundle in kept:
            transport = Transport(run=uuid4().hex[:8], timeout=timeout, limiter=limiter, verify_tls=profile.verify_tls)
            session = Session(contract, profile, secrets, transport, Journal(None, secrets))
            try:
                result = _replay(path, bundle, session, wanted.times)
            finally:
                session.close()
            stdout.write(secrets.clean(as_text(result)))
            outcomes.append(result.outcome)
    return int(_worst(outcomes))


def _replay(path: Path, bundle: Bundle | None, session: Session, times: int | None) -> ReplayResult:
    try:
        if bundle is None:
            return replay_workflow(path, session, times=times or 1)
        return replay(bundle, session, times=times)
    except Unreachable as ending:
        return ReplayResult(path.name, Outcome.CANNOT_TELL, str(ending), (), 0, 0)


def _worst(outcomes: Sequence[Outcome]) -> ExitCode:
    for outcome in (Outcome.FAILED, Outcome.CANNOT_TELL):
        if outcome in outcomes:
            return outcome.exit_code
    return ExitCode.PASS
