"""Opens the session of the fixtures: with the target of a profile, or with a sandbox that lives as long."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from fuzz.failures.handler import FailureHandler
from fuzz.phases import preflight
from fuzz.pytest_plugin import target_of
from fuzz.run.options import RunOptions
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.embedded_sandbox import target_of as target_for
from fuzz.run.setup.rate_source import limiter_for
from fuzz.run.setup.session_setup import auth_file_of, open_session, secrets_for
from fuzz.session.journal import Journal
from fuzz.session.session import Session


@contextmanager
def session_for(config: pytest.Config, folder: Path) -> Iterator[Session]:
    """A session for the block. `folder`: where its journal lies."""
    target, contract = target_of(config), read_contract(None, None)
    options = RunOptions(command="pytest", target=target, max_time=None, progress=False)
    with target_for(options, faults=config.getoption("--calfuzz-fault"), say=io.StringIO()) as profile:
        secrets = secrets_for(profile, auth_file_of(target, profile))
        limiter = limiter_for(options, profile, contract, sandbox=target is None)
        journal = Journal(folder / "events.ndjson", secrets)
        with closing(journal):
            opened = open_session(contract, profile, secrets, journal, run="pytest", options=options, limiter=limiter)
            with closing(opened) as session:
                preflight.run(FailureHandler(session))
                yield session
