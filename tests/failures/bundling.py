"""What the tests of bundles share: a session for a sandbox, and a failure found there and kept."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from fuzz.failures.failure import Failure
from fuzz.failures.failure_event import failure_event
from fuzz.failures.identity import Identity
from fuzz.failures.keeping.store import FailureStore
from fuzz.oracle.actions import Action, Create, SendItems
from fuzz.run.setup.documents import read_contract
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from fuzz.session.journal import Journal
from fuzz.session.session import ScenarioRun, Session
from fuzz.shrinking.reproducer import Shrunk
from fuzz.target.http.client import Client
from fuzz.target.profile import Profile
from fuzz.target.secrets import Secrets
from swagger.contract import Json

FOUND = "2026-11-22"
FAULT = "account-not-compared"
"""A fault that the scenario `another_account` shows."""


def body(account: str = "a@example.com", *, title: str = "a title", number: int = 1) -> Json:
    """A body that the documents allow. Two of one scenario need numbers of their own."""
    item = {
        "external_id": f"item-{{{{now_timestamp}}}}-{number}",
        "external_title": title,
        "external_calendar_uid": "{{calendar_sync_uid}}",
        "start_date": "2030-01-01T10:00:00Z",
        "end_date": "2030-01-01T11:00:00Z",
        "last_modification": "2030-01-01T10:00:00Z",
    }
    sync = {"provider": "google_v3", "account": account}
    return {"staff_uid": "{{staff_id}}", "calendar_sync": sync, "external_items": [item]}


def another_account(*, staff: int = 0) -> tuple[Action, ...]:
    """Binds one account and sends another: 422 already_exists is due."""
    return (
        Create(staff, "google_v3"),
        SendItems(staff, body("a@example.com")),
        SendItems(staff, body("b@example.com", number=2)),
    )


def session_for(sandbox: Sandbox, *, sleep: Callable[[float], None] = time.sleep) -> Session:
    """A session with the sandbox as its target; its tokens go into the environment."""
    os.environ.update(sandbox.env)
    profile = Profile.model_validate(yaml.safe_load(profile_yaml(sandbox)))
    secrets = Secrets()
    client = Client(run="test", timeout=10.0, sleep=sleep)
    session = Session(read_contract(None, None), profile, secrets, client, Journal(None, secrets))
    weakref.finalize(session, client.close)
    return session


def played(session: Session, actions: Sequence[Action]) -> ScenarioRun:
    """The actions done."""
    run = session.start_scenario("conformance")
    for member in run.staff:
        member.forget()
    for action in actions:
        run.perform(action)
    return run


def performed(session: Session, actions: Sequence[Action]) -> Failure:
    """The actions done, as a failure, whatever came of them."""
    return as_failure(played(session, actions))


def as_failure(run: ScenarioRun) -> Failure:
    """A play as a failure that was confirmed."""
    actions = tuple(run.actions)
    name = "already_exists-mismatched-200-0000"
    scenario = Shrunk(actions, tuple(run.exchanges), reproduced=(3, 3))
    return Failure(name, Identity(name, frozenset(), name), "conformance", 3, scenario)


def kept(sandbox: Sandbox, directory: Path, actions: Sequence[Action]) -> Path:
    """The folder of the bundle of these actions, done on the sandbox."""
    session = session_for(sandbox)
    failure = performed(session, actions)
    keeper = FailureStore(directory, session, FOUND, calfuzz="0.1.0", seed=7)
    keeper.keep(failure, failure_event(session, failure, "confirmed"))
    session.close()
    return directory / failure.fingerprint


def run_script(script: Path, *sandboxes: Sandbox, **variables: str) -> subprocess.CompletedProcess[str]:
    """`repro.sh` run by bash, with the last sandbox as its target if any is given."""
    return _run(["bash", str(script)], sandboxes, variables)


def run_pytest(test: Path, *sandboxes: Sandbox, **variables: str) -> subprocess.CompletedProcess[str]:
    """`test_failure.py` run by a pytest that knows nothing of this project."""
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--rootdir", str(test.parent)]
    return _run([*command, str(test)], sandboxes, variables)


def _run(
    command: list[str], sandboxes: Sequence[Sandbox], variables: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CALFUZZ")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for sandbox in sandboxes:
        environment |= {**sandbox.env, "CALFUZZ_BASE_URL": sandbox.base_url}
    return subprocess.run(
        command, env=environment | variables, capture_output=True, text=True, timeout=120, check=False, cwd="/"
    )
