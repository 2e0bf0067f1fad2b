"""What the tests of bundles share: a session for a sandbox, and a failure found there and kept."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import yaml

from fuzz.failures.failure import Failure
from fuzz.failures.failure_event import failure_event
from fuzz.failures.identity import Identity
from fuzz.failures.keeping.store import FailureStore, load_bundle
from fuzz.failures.replays.bundle_replay import replay
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
from tests.bundle.hurl import failing_line

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


def run_script(
    script: Path, *sandboxes: Sandbox, folder: Path = Path("/"), **variables: str
) -> subprocess.CompletedProcess[str]:
    """`repro.sh` run by bash, with the last sandbox as its target if any is given."""
    return _run(["bash", str(script)], sandboxes, variables, folder)


def run_pytest(
    test: Path, *sandboxes: Sandbox, folder: Path = Path("/"), **variables: str
) -> subprocess.CompletedProcess[str]:
    """`test_failure.py` run by a pytest that knows nothing of this project."""
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--rootdir", str(test.parent)]
    return _run([*command, str(test)], sandboxes, variables, folder)


def run_hurl(hurl: Path, sandbox: Sandbox) -> str:
    """The first line of `failure.hurl` that is not true of the sandbox's answers."""
    text = hurl.read_text(encoding="utf-8")
    sources = dict(re.findall(r'--secret (\w+)="\$(\w+)"', text))
    variables = {name: sandbox.env[source] for name, source in sources.items()}
    variables |= re.findall(r'--variable (staff\w*)="\$\{\w+:-(\w+)\}"', text)
    urls = {"base": sandbox.base_url, "fallback": sandbox.fallback_url}
    return failing_line(text, {**urls, **variables, "now": str(time.time_ns())})


def run_test_here(test: Path, **variables: str) -> object:
    """`test_failure.py` run in this process, which is quicker: pytest's exit code, or `skipped`."""
    module: dict[str, Any] = {"__name__": "emitted", "__file__": str(test)}
    with patch.dict(os.environ, variables), redirect_stdout(io.StringIO()):
        for name in [name for name in os.environ if name.startswith("CALFUZZ") and name not in variables]:
            del os.environ[name]
        exec(compile(test.read_text(encoding="utf-8"), str(test), "exec"), module)
        (do,) = (value for name, value in module.items() if name.startswith("test_"))
        try:
            do()
        except pytest.skip.Exception:
            return "skipped"
        except (AssertionError, KeyError, TypeError, ValueError):
            return 1
    return 0


def in_every_form(path: Path, target: Sandbox) -> tuple[object, ...]:
    """What comes of a bundle on a target: the exit codes of `repro.sh` and of the test, the outcome of our replay."""
    script = run_script(path / "repro.sh", target)
    test = run_test_here(path / "test_failure.py", **target.env, CALFUZZ_BASE_URL=target.base_url)
    session = session_for(target)
    outcome = replay(load_bundle(path), session).outcome
    session.close()
    return script.returncode, test, outcome.value


BROKEN, FIXED = (1, 1, "FAILED"), (0, 0, "FIXED")


def _run(
    command: list[str], sandboxes: Sequence[Sandbox], variables: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CALFUZZ")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for sandbox in sandboxes:
        environment |= {**sandbox.env, "CALFUZZ_BASE_URL": sandbox.base_url}
    return subprocess.run(
        command, env=environment | variables, capture_output=True, text=True, timeout=120, check=False, cwd=folder
    )
