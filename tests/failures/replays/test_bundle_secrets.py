"""What the scripts of a bundle show of a hostile target's answers and of secrets, in their output and to `ps`."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from fuzz.failures.failure_event import failure_event
from fuzz.failures.keeping.store import FailureStore
from fuzz.oracle.actions import Action, SendItems, Token
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.session_setup import open_session, secrets_for
from fuzz.session.journal import Journal
from fuzz.target.profile import Profile
from tests.failures.bundling import another_account, as_failure, body, run_pytest, run_script
from tests.target.http.servers import Handler, server

pytestmark = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="curl or jq is not there")

ADMIN, STAFF, KEY = "the-admin's-token/42", "a-staff-token-of-24-chars", "the-api-key-of-calfuzz"
PROFILE = """\
name: here
base_url: {url}
tokens: {{admin: {{env: THE_ADMIN}}}}
staff: [{{uid: 0a1b, token: {{command: printf %s "$THE_STAFF"}}}}]
headers: {{X-Key: {{env: THE_KEY}}, X-Plain: seen}}
proxy: {{env: THE_PROXY}}
disposable_staff: true
"""
HOSTILE = "\x1b[2J\n::error::gone\r\n"


def echoing(seen: list[bytes]) -> Handler:
    """A server that grants everything, and repeats all that it was sent. What it answers to the last of three is no
    JSON: it holds raw control characters, and goes on behind its end.
    """

    def handle(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        headers = request.partition(b"\r\n\r\n")[0].decode()
        said = {"success": True, "uid": "x", "data": {"uid": "x", "success": True}, "code": HOSTILE, "message": headers}
        content = json.dumps(said).replace("/", "\\/").encode()
        if len(seen) % 3 == 0:
            content = content.replace(b"\\u001b", b"\x1b") + f"\n{HOSTILE}".encode()
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(content)
        connection.sendall(head + content)

    return handle


@pytest.fixture
def seen() -> list[bytes]:
    return []


@pytest.fixture
def target(seen: list[bytes]) -> Iterator[str]:
    with server(echoing(seen)) as url:
        yield url


def bundle_of(actions: tuple[Action, ...], folder: Path, url: str) -> Path:
    profile = Profile.model_validate(yaml.safe_load(PROFILE.format(url=url)))
    secrets = secrets_for(profile)
    session = open_session(read_contract(None, None), profile, secrets, Journal(None, secrets), run="test")
    run = session.start_scenario("conformance")
    for member in run.staff:
        member.forget()
    for action in actions:
        run.perform(action)
    failure = as_failure(run)
    FailureStore(folder, session, "2026-12-01").keep(failure, failure_event(session, failure, "confirmed"))
    session.close()
    return folder / failure.fingerprint


@pytest.fixture
def environment(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The secrets, and a curl that writes down its arguments."""
    wrapper = tmp_path / "bin" / "curl"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/bash\nprintf "%s\\n" "$@" >>{tmp_path}/arguments\nexec {shutil.which("curl")} "$@"\n')
    wrapper.chmod(0o755)
    proxy = target.replace("//", "//me:word-of-the-proxy@")
    secrets = {
        "THE_ADMIN": ADMIN,
        "THE_STAFF": STAFF,
        "CALFUZZ_TOKEN_STAFF_1": STAFF,
        "THE_KEY": KEY,
        "THE_PROXY": proxy,
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    return {**secrets, "PATH": f"{wrapper.parent}:{os.environ['PATH']}"}


def check(output: str) -> None:
    """Only what calfuzz knows to be harmless is printed."""
    assert not [secret for secret in (ADMIN, STAFF, KEY, "word-of-the-proxy", STAFF[:12]) if secret in output], output
    assert "\x1b" not in output
    assert not [line for line in output.splitlines() if line.startswith("::")]


CREATE, BIND, ANOTHER = another_account()
SCENARIOS = [(CREATE, BIND, ANOTHER), (CREATE, BIND, SendItems(0, body(number=3), Token.CUT))]
scenarios = pytest.mark.parametrize("actions", SCENARIOS, ids=["whole tokens", "a token cut short"])


@scenarios
def test_a_script_shows_no_secret_in_its_output_nor_in_the_arguments_of_curl(
    actions: tuple[Action, ...], target: str, environment: dict[str, str], seen: list[bytes], tmp_path: Path
) -> None:
    bundle = bundle_of(actions, tmp_path / "failures", target)
    seen.clear()
    done = run_script(bundle / "repro.sh", **environment)
    assert 1 == done.returncode, done.stdout + done.stderr
    check(done.stdout + done.stderr)
    assert '"code": "\\u001b[2J\\n::error::gone' in done.stdout
    assert "Authorization: Admin ***" in done.stdout
    check((tmp_path / "arguments").read_text("utf-8"))
    assert 3 == len(seen)
    assert all(f"X-Key: {KEY}\r\n".encode() in each and b"X-Plain: seen\r\n" in each for each in seen)
    assert all(b"Proxy-Authorization: Basic " in each for each in seen)
    assert f"Authorization: Admin {ADMIN}\r\n".encode() in seen[0]
    assert f"Authorization: Bearer {STAFF}\r\n".encode() in seen[1]


@scenarios
def test_a_test_shows_no_secret(
    actions: tuple[Action, ...], target: str, environment: dict[str, str], tmp_path: Path
) -> None:
    bundle = bundle_of(actions, tmp_path / "failures", target)
    done = run_pytest(bundle / "test_failure.py", **environment)
    assert 1 == done.returncode, done.stdout
    check(done.stdout + done.stderr)
    assert "Authorization: Admin ***" in done.stdout
