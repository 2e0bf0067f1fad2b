"""`calfuzz replay`: runs kept failures and workflow documents again, against a target or the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from fuzz.bundle.failure_json import Bundle
from fuzz.errors import ExitCode
from fuzz.failures.keeping.store import load_bundle
from fuzz.failures.replays.bundle_replay import Outcome, ReplayResult, as_text, replay
from fuzz.failures.replays.workflow_replay import replay_workflow
from fuzz.run.options import RunOptions
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.embedded_sandbox import target_of
from fuzz.run.setup.rate_source import limiter_for
from fuzz.run.setup.session_setup import auth_file_of, open_session, secrets_for
from fuzz.session.journal import Journal
from fuzz.session.session import Session
from fuzz.target.http.client import Unreachable


@dataclass(frozen=True, slots=True)
class Replay:
    """What the command was asked to replay, how often, and with which options. Frozen."""

    paths: Sequence[Path]
    times: int | None
    options: RunOptions

    def read(self) -> list[tuple[Path, Bundle | None]]:
        """Each path with its bundle, None for a workflow document. UsageError for a bundle that cannot be used."""
        return [(path, None if path.suffix == ".md" else load_bundle(path)) for path in self.paths]


def replay_all(wanted: Replay, *, faults: Sequence[str], variants: Sequence[str], stdout: TextIO) -> int:
    """Replays every path and prints a table for each. Exit code: 1 reproduced, 3 cannot tell, 0 fixed."""
    options = wanted.options
    contract = read_contract(options.workflow, options.swagger, options.documents)
    kept = wanted.read()
    outcomes = []
    with target_of(options, faults=faults, variants=variants, say=stdout) as profile:
        secrets = secrets_for(profile, auth_file_of(options.target, profile))
        limiter = limiter_for(options, profile, contract, sandbox=options.target is None)
        for path, bundle in kept:
            journal, name = Journal(None, secrets), uuid4().hex[:8]
            session = open_session(contract, profile, secrets, journal, run=name, options=options, limiter=limiter)
            try:
                result = _replay(path, bundle, session, wanted.times)
            finally:
                session.close()
            stdout.write(secrets.redact(as_text(result)))
            stdout.writelines(f"        trouble: {trouble}\n" for trouble in journal.summary.troubles)
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
