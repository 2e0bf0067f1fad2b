"""What machines share: the places that `--database` names, the failures in them, and the rate limit."""

from __future__ import annotations

import io
import math
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis.database import InMemoryExampleDatabase

from fuzz.commands.command_line.option_sets import options_of
from fuzz.commands.run import run_and_report
from fuzz.errors import UsageError
from fuzz.events.summary import Summary
from fuzz.failures.keeping.shared_store import KEY, DatabaseLocation, SharedFailures, location_of, shared_failures
from fuzz.oracle.actions import Create, SendItems
from fuzz.run.options import RunOptions
from fuzz.target.http.client import Unreachable
from fuzz.target.http.rate_limit import Limit, SharedLimit, rate_of
from fuzz.target.http.redis_server import PASSWORD, redis_at
from tests.cluster.processes import Redis, free_port

CREATE = {"do": "create", "staff": 0, "provider": "google_v3"}
SEND = {"do": "send", "staff": 0, "token": "staff", "body": {}}


def confirmed(*actions: dict[str, Any], fingerprint: str = "missing-none-200-1", **fields: Any) -> dict[str, Any]:
    """The event of a confirmed failure, as far as it matters here."""
    event = {"event": "failure", "status": "confirmed", "fingerprint": fingerprint, "accepted": None}
    return {**event, "actions": list(actions), **fields}


def test_a_database_is_a_directory_a_redis_server_or_a_repository() -> None:
    assert DatabaseLocation() == location_of(None)
    assert DatabaseLocation(Path("state")) == location_of("state")
    assert DatabaseLocation(redis="redis://there:6379/1") == location_of("redis://there:6379/1")
    assert DatabaseLocation(github=("owner", "some.repo")) == location_of("github://owner/some.repo/")
    assert Path("state/failures") == location_of("state").failures


@pytest.mark.parametrize(
    "text",
    [
        "redis://",
        "redis:///0",
        "redis://host:port/0",
        "redis://host:0/0",
        "redis://host/name",
        "redis://:password@host/0",
        "github://owner",
        "github://owner/repo/more",
        "github:///",
        "postgres://host/db",
        "://",
    ],
)
def test_a_text_that_names_no_database_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="--database"):
        location_of(text)


def test_a_password_in_the_address_is_refused_and_not_printed() -> None:
    with pytest.raises(UsageError) as raised:
        location_of("redis://:hunter2-and-more@host/0")
    assert "hunter2" not in str(raised.value)
    assert PASSWORD in str(raised.value)


def test_a_redis_server_that_does_not_answer_is_a_usage_error_within_seconds() -> None:
    began = time.monotonic()
    with pytest.raises(UsageError, match="cannot be used"):
        shared_failures(DatabaseLocation(redis=f"redis://127.0.0.1:{free_port()}/0"))
    assert time.monotonic() - began < 10


def test_a_confirmed_failure_is_shared_and_one_that_is_only_found_or_accepted_is_not() -> None:
    shared = SharedFailures(InMemoryExampleDatabase())
    shared.listen(confirmed(CREATE, SEND, status="found"), Summary())
    shared.listen(confirmed(CREATE, SEND, accepted={"reason": "known"}), Summary())
    assert [] == list(shared.scenarios())
    shared.listen(confirmed(CREATE, SEND), Summary())
    assert [("missing-none-200-1", (Create(0, "google_v3"), SendItems(0, {})))] == list(shared.scenarios())


def test_of_a_failure_the_shortest_scenario_is_kept() -> None:
    shared = SharedFailures(InMemoryExampleDatabase())
    for actions in ((CREATE, SEND, SEND), (CREATE, SEND), (CREATE, SEND, SEND, SEND)):
        shared.listen(confirmed(*actions), Summary())
    shared.listen(confirmed(CREATE, fingerprint="other"), Summary())
    assert {"missing-none-200-1": 2, "other": 1} == {name: len(actions) for name, actions in shared.scenarios()}


def test_values_that_cannot_be_read_are_left_out() -> None:
    database = InMemoryExampleDatabase()
    for value in (b"\xff", b"[]", b"{}", b'{"version":2}', b'{"version":1,"fingerprint":"x","actions":[{"do":1}]}'):
        database.save(KEY, value)
    assert [] == list(SharedFailures(database).scenarios())


def test_a_database_that_fails_is_a_problem_and_raises_nothing() -> None:
    class Failing(InMemoryExampleDatabase):
        def fetch(self, key: bytes) -> Any:
            raise ConnectionError("gone")

    shared = SharedFailures(Failing())
    shared.listen(confirmed(CREATE), Summary())
    assert [] == list(shared.scenarios())
    assert 2 == len(shared.problems)


def test_a_directory_keeps_what_is_shared_beside_the_bundles(tmp_path: Path) -> None:
    shared_failures(DatabaseLocation(tmp_path)).listen(confirmed(CREATE), Summary())
    assert ["missing-none-200-1"] == [name for name, _ in shared_failures(DatabaseLocation(tmp_path)).scenarios()]


def test_a_failure_found_by_one_machine_is_replayed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Redis() as redis:
        for machine, phases in (("one", "preflight,conformance"), ("other", "regressions")):
            (tmp_path / machine).mkdir()
            monkeypatch.chdir(tmp_path / machine)
            assert 1 == _gate(redis.url, phases), machine
            assert list(Path(".calfuzz/failures").glob("already_exists-*")), machine


def _gate(database: str, phases: str) -> int:
    options = RunOptions(
        command="gate",
        max_time=None,
        phases=tuple(phases.split(",")),
        database=database,
        report_dir=Path("report"),
        progress=False,
        max_failures=1,
    )
    faults = ("mismatch-of-both-accepted",)
    return run_and_report(options, faults=faults, variants=(), stdout=io.StringIO(), environ={})


def test_a_rate_that_is_no_whole_number_is_kept_over_longer_intervals() -> None:
    kept = {per_second: (rate_of(per_second).limit, rate_of(per_second).interval) for per_second in (8, 2.5, 0.5)}
    assert {8: (8, 1000), 2.5: (1, 400), 0.5: (1, 2000)} == kept


def test_two_who_share_a_rate_through_redis_send_no_more_than_one() -> None:
    with Redis() as redis:
        sent, seconds = _sent([SharedLimit(20, redis=redis.url, target="here") for _ in range(2)], seconds=3.0)
        assert redis_at(redis.url).ping()
    assert 25 < sent <= _max_requests(20, seconds)


def test_a_rate_limit_of_one_process_is_kept() -> None:
    sent, seconds = _sent([Limit(20)], seconds=2.0)
    assert 20 < sent <= _max_requests(20, seconds)


def _max_requests(per_second: int, seconds: float) -> int:
    """The most requests in so many seconds, with `per_second` in each: only the whole is timed."""
    return per_second * (math.floor(seconds) + 1)


def _sent(limits: list[Any], seconds: float) -> tuple[int, float]:
    """How many all of them were let send, and how long it was until the last one had returned."""
    sent: list[Any] = []
    began = time.monotonic()

    def send(limit: Any) -> None:
        while time.monotonic() - began < seconds:
            limit.wait()
            sent.append(limit)

    threads = [threading.Thread(target=send, args=(limit,)) for limit in limits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(sent), time.monotonic() - began


class _Clock:
    """Milliseconds that pass when they are slept, and some more: a machine that is busy."""

    def __init__(self, *, late: int) -> None:
        self.milliseconds, self._late = 1_000_000, late

    def sleep(self, seconds: float) -> None:
        self.milliseconds += round(seconds * 1000) + self._late


@pytest.mark.parametrize("late", [0, 7, 400, 3000])
def test_no_second_has_more_than_the_rate_however_late_a_sleeper_wakes(
    late: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = _Clock(late=late)
    monkeypatch.setattr("pyrate_limiter.limiter.sleep", clock.sleep)
    limit = Limit(5)
    monkeypatch.setattr(limit.bucket, "now", lambda: clock.milliseconds)
    moments = []
    for _ in range(40):
        limit.wait()
        moments.append(clock.milliseconds)
    assert 5 == max(sum(1 for moment in moments if 0 <= moment - start < 1000) for start in moments)


def test_a_redis_server_that_goes_away_makes_the_target_unreachable_and_no_thread_is_left() -> None:
    before = set(threading.enumerate())
    with Redis() as redis:
        limit = SharedLimit(1000, redis=redis.url, target="here")
        limit.wait()
        assert set(threading.enumerate()) <= before
    with pytest.raises(Unreachable, match="Redis does not answer"):
        limit.wait()


def test_the_command_line_hands_scheduler_and_database_on(tmp_path: Path) -> None:
    from fuzz.cli import run

    context = run.make_context("run", ["--target", "t.yaml", "--scheduler", "tcp://a:1", "--database", "redis://b"])
    options = options_of("run", context.params)
    assert ("tcp://a:1", "redis://b", 1) == (options.scheduler, options.database, options.workers)
