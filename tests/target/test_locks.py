"""Two commands never use one staff member at once: the second one says who uses it, and sends nothing."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fuzz.cli import main
from fuzz.errors import UsageError
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from fuzz.target.http.redis_server import redis_at
from fuzz.target.locking import redis_locks
from fuzz.target.locking.locks import staff_in_use
from fuzz.target.profile import Profile, Staff, Tokens, TokenSource
from swagger.load import WORKFLOW
from tests.cluster.processes import Redis, wait_until

ROOT = Path(__file__).parent.parent.parent
NOWHERE = """\
name: here
base_url: http://127.0.0.1:9
tokens: {admin: {env: LOCK_TOKEN}}
staff: [{uid: a, token: {env: LOCK_TOKEN}}, {uid: b, token: {env: LOCK_TOKEN}}]
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCK_TOKEN", "a-token-of-the-tests")
    Path("p.yaml").write_text(NOWHERE, encoding="utf-8")


def target(*uids: str, base_url: str = "http://127.0.0.1:9") -> Profile:
    token = TokenSource(env="LOCK_TOKEN")
    staff = [Staff(uid=uid, token=token) for uid in uids]
    return Profile(name="here", base_url=base_url, tokens=Tokens(admin=token), staff=staff)


@contextmanager
def used(*uids: str, redis: str | None = None, base_url: str = "http://127.0.0.1:9") -> Iterator[io.StringIO]:
    """Staff members in use by `calfuzz run`; yields what it has said."""
    said = io.StringIO()
    with staff_in_use(target(*uids, base_url=base_url), "run", redis=redis, say=said):
        yield said


def calfuzz(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize(
    "command", [["run"], ["gate"], ["learn"], ["replay", str(WORKFLOW)]], ids=["run", "gate", "learn", "replay"]
)
def test_the_second_command_says_who_uses_the_staff_member_and_sends_nothing(command: list[str]) -> None:
    with used("b", "c"):
        result = calfuzz(*command, "--target", "p.yaml")

    assert 2 == result.exit_code, result.output
    said, advice = result.stderr.splitlines()
    assert said.startswith("error: staff member b of http://127.0.0.1:9 is in use by `calfuzz run` (")
    assert f", pid {os.getpid()}) since 20" in said
    assert advice.startswith("  next: wait until that has ended")
    assert 2 != calfuzz(*command, "--target", "p.yaml").exit_code, "it has ended"


def test_a_dry_run_takes_no_lock() -> None:
    with used("a"):
        assert 0 == calfuzz("run", "--dry-run", "--target", "p.yaml").exit_code


def test_other_staff_members_and_other_targets_are_free() -> None:
    with used("a"), used("b"), used("a", base_url="http://127.0.0.1:8"):
        pass


def test_a_killed_run_leaves_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox() as sandbox:
        Path("p.yaml").write_text(f"{profile_yaml(sandbox)}rate_limit: 5/s\n", encoding="utf-8")
        command = [sys.executable, "-m", "fuzz", "run", "--target", "p.yaml", "--report-dir", "held", "--no-progress"]
        environment = {**os.environ, **sandbox.env, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as holder:
            journal = Path("held/events.ndjson")
            wait_until(lambda: journal.exists() and '"exchange"' in journal.read_text("utf-8"), "a request is sent")
            for name, value in sandbox.env.items():
                monkeypatch.setenv(name, value)
            refused = calfuzz("run", "--target", "p.yaml", "--phases", "preflight")
            holder.send_signal(signal.SIGKILL)
        after = calfuzz("run", "--target", "p.yaml", "--phases", "preflight", "--no-progress")

    assert 2 == refused.exit_code
    assert f", pid {holder.pid}) since" in refused.stderr
    assert 3 == after.exit_code, after.output
    assert "never due" in after.output


def test_where_there_can_be_no_lock_it_is_said_and_the_command_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")

    with used("a", "b") as said:
        (warning,) = said.getvalue().splitlines()

    assert warning.startswith("warning: no locks (")


def test_a_lock_whose_holder_cannot_be_read_is_a_lock(tmp_path: Path) -> None:
    with used("a"):
        (lock,) = tmp_path.glob("cache/calfuzz/locks/*.lock")
        lock.write_text("?", encoding="utf-8")
        with pytest.raises(UsageError, match="in use by another calfuzz"), used("a"):
            pass


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A Redis server that machines share; each machine has lock files of its own."""
    machines = iter(range(100))
    monkeypatch.setattr("fuzz.target.locking.locks._folder", lambda: tmp_path / f"machine-{next(machines)}")
    with Redis() as server:
        yield server.url


def test_another_machine_is_told_who_uses_the_staff_member_until_that_ends(redis: str) -> None:
    with used("a", "b", redis=redis):
        says = r"staff member b of .* is in use by `calfuzz run` \("
        with pytest.raises(UsageError, match=says), used("c", "b", redis=redis):
            pass
        assert 2 == len(redis_at(redis).keys("calfuzz:lock:*")), "c was let go"
        assert 2 == calfuzz("gate", "--target", "p.yaml", "--database", redis).exit_code

    assert [] == redis_at(redis).keys("calfuzz:lock:*")


def test_a_lock_in_redis_is_renewed_for_as_long_as_it_is_held(redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_locks, "SECONDS_TO_EXPIRE", 1.0)
    with used("a", redis=redis):
        time.sleep(2.0)
        (key,) = redis_at(redis).keys("calfuzz:lock:*")
        assert 0 < redis_at(redis).pttl(key) <= 1000, "gone in a second if this process is killed"


def test_a_lock_that_redis_has_forgotten_is_taken_again_and_one_that_another_has_is_told(
    redis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_locks, "SECONDS_TO_EXPIRE", 0.6)
    server = redis_at(redis)
    with used("a", redis=redis) as said:
        (key,) = server.keys("calfuzz:lock:*")
        server.delete(key)
        wait_until(lambda: bool(server.exists(key)), "the lock is there again")
        assert "" == said.getvalue()
        server.set(key, "another")
        wait_until(lambda: "another run uses staff member a" in said.getvalue(), "a warning")

    assert b"another" == server.get(key)
