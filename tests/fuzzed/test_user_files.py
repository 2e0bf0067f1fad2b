"""The files that a user writes, damaged in any way: read, or refused in a line. Nothing else is ever raised."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from fuzz.commands.init import init
from fuzz.errors import UsageError
from fuzz.failures.keeping.baseline import Named, load_baseline
from fuzz.oracle.actions import Create, Move, MoveSync, SendItems
from fuzz.run.observations import changes, load_pin
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.session_setup import auth_file_of, open_session, secrets_for
from fuzz.session.journal import Journal
from fuzz.target.http.client import Ending
from fuzz.target.profile import load_profile
from tests.failures.bundling import body
from tests.fuzzed.damage import SETTINGS, check_refusal, files, written
from tests.report.runs import FAILURE, broken_run
from tests.target.http.servers import saying, server

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

PROFILE: dict[str, Any] = {
    "name": "here",
    "base_url": "http://127.0.0.1:9/apigw",
    "fallback_url": "http://127.0.0.1:9/api2",
    "tokens": {"admin": {"env": "FUZZED_TOKEN", "scheme": "Admin"}},
    "staff": [
        {"uid": "0a1b", "token": {"env": "FUZZED_TOKEN"}},
        {"uid": "2c3d", "token": {"auth": "me"}},
    ],
    "rate_limit": "8/s",
    "request_timeout": 3,
    "settle": "1ms",
    "headers": {"X-On-Behalf-Of": "1a2b3c", "X-Key": {"env": "FUZZED_TOKEN"}},
    "proxy": "http://127.0.0.1:9",
    "auth_file": "auth.yaml",
    "business_id": "7",
    "disposable_staff": False,
    "verify_tls": True,
    "lifecycle": {
        "disabled": [
            {
                "id": "off",
                "description": "turn it off",
                "method": "PUT",
                "path": "/x/{{staff_id}}",
                "token": "admin",
                "params": {"a": "{{provider}}"},
                "headers": {"X-A": "b"},
                "body": {"account": "{{account}}"},
                "extract": {"x": "$.data.uid"},
                "expect": {"status": [200, 204]},
            }
        ]
    },
}
AUTH = {"auth": [{"name": "me", "fixedHeaders": [{"name": "Authorization", "value": "Bearer a-token-of-mine"}]}]}
TOKENS = {
    "tokens": {"admin": "a-token-of-admin", "staff": "a-token-of-staff"},
    "params": {"business_id": "7", "staff_id": "0a1b"},
}
ACCEPTED = {"fingerprint": FAILURE["fingerprint"], "reason": "r", "first_seen": "2026-01-01", "expires": "2026-02-01"}
BASELINE = {"version": 1, "accepted": [ACCEPTED]}
PIN = {"version": 1, "observations": {"empty list: external_items": {"matched": ["200"]}}}


@pytest.fixture(autouse=True)
def _at_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUZZED_TOKEN", "a-token-of-the-tests")
    monkeypatch.chdir(tmp_path_factory.mktemp("fuzzed"))


def kept(name: str, content: bytes) -> Path:
    path = Path(name)
    path.write_bytes(content)
    return path


def use_profile(path: Path, url: str) -> None:
    """All that a run does with a profile, up to the answers to the actions that its steps perform."""
    profile = load_profile(path)
    secrets = secrets_for(profile, auth_file_of(path, profile))
    here = profile.model_copy(update={"base_url": url, "fallback_url": url, "proxy": None, "request_timeout": 1.0})
    session = open_session(read_contract(None, None), here, secrets, Journal(None, secrets), run="fuzzed")
    session.client._sleep = lambda _seconds: None
    try:
        run = session.start_scenario("preflight")
        for action in (Create(0, "google_v3"), SendItems(0, body()), MoveSync(0, Move.DISABLE, "google_v3", "a@x.y")):
            if not isinstance(action, MoveSync) or session.lifecycle.can(action.move):
                run.perform(action)
    except Ending:
        pass
    finally:
        session.close()


OK = b'HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\n{"success":true,"uid":"0a1b2c"}'


@SETTINGS
@given(content=files(PROFILE))
def test_any_profile_is_used_or_refused(content: bytes) -> None:
    kept("auth.yaml", written(AUTH))
    with server(saying(OK)) as url:
        try:
            use_profile(kept("p.yaml", content), url)
        except UsageError as error:
            check_refusal(error)


@SETTINGS
@given(content=files(AUTH))
def test_any_auth_file_is_used_or_refused(content: bytes) -> None:
    path = kept("p.yaml", written(PROFILE))
    try:
        secrets_for(load_profile(path), kept("auth.yaml", content))
    except UsageError as error:
        check_refusal(error)


@SETTINGS
@given(content=files(TOKENS))
def test_any_token_file_makes_a_profile_or_is_refused(content: bytes) -> None:
    printed = io.StringIO()
    try:
        init(kept("tokens.json", content), None, stdout=printed, stderr=io.StringIO())
    except UsageError as error:
        check_refusal(error)
    printed.getvalue().encode()


@SETTINGS
@given(content=files(BASELINE))
def test_any_baseline_is_used_or_refused(content: bytes) -> None:
    summary = broken_run().summary
    try:
        baseline = load_baseline(kept("b.yaml", content))
        baseline.standing(Named(FAILURE["fingerprint"], "already_exists", "mismatched", "", ""), date(2026, 1, 15))
        baseline.gone(summary)
        baseline.update(summary.failures, date(2026, 1, 15))
        baseline.prune(summary)
        baseline.save()
    except UsageError as error:
        check_refusal(error)
    else:
        load_baseline(Path("b.yaml"))


@SETTINGS
@given(content=files(PIN))
def test_any_pin_is_used_or_refused(content: bytes) -> None:
    summary = broken_run().summary
    summary.observations["empty list: external_items", "matched"]["422 missing"] += 1
    try:
        list(changes(load_pin(kept("pin.yaml", content)) or {}, summary))
    except UsageError as error:
        check_refusal(error)
