"""What the tests of bundles share: a session for a sandbox, and a failure found there and kept."""

from __future__ import annotations

import os
import subprocess
import sys
import weakref
from collections.abc import Sequence
from pathlib import Path

import yaml

from fuzz.engine.documents import read_contract
from fuzz.engine.failures import Failure, failure_event
from fuzz.engine.journal import Journal
from fuzz.engine.keep import Keeper
from fuzz.engine.profile import Profile
from fuzz.engine.secrets import Secrets
from fuzz.engine.session import Play, Session
from fuzz.engine.transport import Transport
from fuzz.model.exchange import Action, Create, SendItems
from fuzz.sandbox.server import Sandbox, profile_yaml
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


def session_for(sandbox: Sandbox) -> Session:
    """A session with the sandbox as its target; its tokens go into the environment."""
    os.environ.update(sandbox.env)
    profile = Profile.model_validate(yaml.safe_load(profile_yaml(sandbox)))
    secrets = Secrets()
    transport = Transport(run="test", timeout=10.0)
    session = Session(read_contract(None, None), profile, secrets, transport, Journal(None, secrets))
    weakref.finalize(session, transport.close)
    return session


def played(session: Session, actions: Sequence[Action]) -> Play:
    """The actions done."""
    play = session.play("conformance")
    for member in play.staff:
        member.forget()
    for action in actions:
        play.perform(action)
    return play


def performed(session: Session, actions: Sequence[Action]) -> Failure:
    """The actions done, as a failure, whatever came of them."""
    return as_failure(played(session, actions))


def as_failure(play: Play) -> Failure:
    """A play as a failure that was confirmed."""
    actions = tuple(play.actions)
    failure = Failure("already_exists-mismatched-200-0000", "conformance", 3, actions, play.performed)
    failure.reproduced = (3, 3)
    return failure


def kept(sandbox: Sandbox, directory: Path, actions: Sequence[Action]) -> Path:
    """The folder of the bundle of these actions, done on the sandbox."""
    session = session_for(sandbox)
    failure = performed(session, actions)
    keeper = Keeper(directory, session, FOUND, calfuzz="0.1.0", seed=7)
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
