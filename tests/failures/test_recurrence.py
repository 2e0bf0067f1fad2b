"""Failures that come and go, stale reads, and somebody else's moves are told from failures by running them again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from fuzz.failures.failure import Failure
from fuzz.failures.identity import Identity
from fuzz.failures.other_people import moves_by_itself
from fuzz.failures.recurrence import PAUSE, Recurrence, identity_by_time, identity_of_the_rare
from fuzz.failures.registry import FailureRegistry, Sighting
from fuzz.oracle.actions import Create, SendItems
from fuzz.sandbox.launcher import Sandbox
from fuzz.sandbox.serving.app import SIBLINGS_PATH
from fuzz.shrinking.reproducer import Shrunk
from tests.failures.bundling import FAULT, another_account, body, session_for
from tests.run.runs import CONTRACT, profile_for, run_against


@dataclass
class Repeater:
    """Answers what a reproducer would find out, and notes what it was asked."""

    passes: bool
    fails_after: int | None = None
    asked: list[int] = field(default_factory=list)

    def passes_with_a_pause(self, pause: float, times: int) -> bool:
        assert pause == PAUSE
        self.asked.append(times)
        return self.passes

    def runs_to_fail(self, times: int) -> int | None:
        self.asked.append(times)
        return self.fails_after


@pytest.fixture(scope="module")
def mismatch() -> Failure:
    """A mismatch that was answered 200: a state that the sync was in before explains it."""
    with Sandbox(fault=FAULT) as sandbox:
        session = session_for(sandbox)
        run = session.start_scenario("test")
        for action in another_account():
            run.perform(action)
        session.close()
    identity = Identity("kind", frozenset(), "name")
    return Failure("name", identity, "test", 1, Shrunk(tuple(run.actions), tuple(run.exchanges)))


def after(failure: Failure, came: int, times: int) -> Failure:
    shrunk = Shrunk(failure.actions, failure.evidence, (came, times))
    return Failure(failure.fingerprint, failure.identity, failure.phase, 1, shrunk)


def test_what_always_comes_is_a_stale_read_only_if_a_pause_cures_it(mismatch: Failure) -> None:
    cured, lasting = Repeater(passes=True), Repeater(passes=False)
    found = identity_by_time(after(mismatch, 3, 3), cured, CONTRACT)
    assert found is not None
    assert "stale read: gone with a pause of 0.2 s" == found.cause
    assert identity_by_time(after(mismatch, 3, 3), lasting, CONTRACT) is None
    assert [3] == cured.asked == lasting.asked


def test_what_comes_and_goes_is_one_failure_of_its_clause_and_a_stale_read_needs_many_runs(mismatch: Failure) -> None:
    cured, lasting = Repeater(passes=True), Repeater(passes=False)
    found = identity_by_time(after(mismatch, 2, 20), lasting, CONTRACT)
    assert found is not None
    assert "intermittent: already_exists" == found.cause
    stale = identity_by_time(after(mismatch, 2, 20), cured, CONTRACT)
    assert stale is not None
    assert stale.is_stale_read
    assert [50] == cured.asked
    few = identity_by_time(after(mismatch, 1, 3), cured, CONTRACT)
    assert few is not None
    assert not few.is_stale_read, "its rate is not known well enough"


def test_what_never_comes_back_has_no_identity_unless_many_runs_show_it(mismatch: Failure) -> None:
    assert identity_by_time(after(mismatch, 0, 20), Repeater(passes=True), CONTRACT) is None
    assert identity_of_the_rare(mismatch, Repeater(passes=False), CONTRACT) is None
    rare = identity_of_the_rare(mismatch, Repeater(passes=False, fails_after=40), CONTRACT)
    assert rare is not None
    assert "intermittent: already_exists" == rare.cause
    assert 120 == Recurrence(1, 40).runs_with_a_pause


def test_a_sighting_joins_a_failure_and_is_known_from_then_on() -> None:
    registry = FailureRegistry()
    one = registry.claim(Identity("a", frozenset(), "a"), "missing in none")
    other = registry.claim(Identity("b", frozenset(), "b"), "invalid in disabled")
    assert one is not None
    assert other is not None
    entry = Failure("entry", Identity.of_cause("intermittent: missing", "missing"), "test", 1, Shrunk((), ()))
    registry.confirm(one, entry)
    registry.sighted.append(Sighting(entry, other))
    registry.join("entry", other)
    assert registry.claim(Identity("b", frozenset(), "b"), "invalid in disabled") is None
    assert 3 == registry.count("entry")
    assert {"invalid in disabled": 2, "missing in none": 1} == registry.situations("entry")


def test_reads_that_lag_are_one_failure_and_the_run_says_what_to_write() -> None:
    with Sandbox(staging="reads-lag") as sandbox:
        profile = profile_for(sandbox, settle=None)
        lagging = run_against(profile, phases=("preflight", "conformance"), max_time=120.0, max_failures=1)
    causes = [event["cause"] for event in lagging.summary.failures.values()]
    assert ["stale read: gone with a pause of 0.2 s"] == causes
    assert any("settle: 200ms" in trouble for trouble in lagging.summary.troubles)


@contextmanager
def somebody_else(sandbox: Sandbox) -> Iterator[None]:
    """Somebody who goes on naming another account for the first staff member."""
    uid, token = sandbox.staff[0]
    sync = {"provider": "google_v3", "account": "somebody.else@example.com"}
    over = threading.Event()

    def go_on() -> None:
        with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {token}"}) as client:
            while not over.wait(0.1):
                client.put(
                    f"{sandbox.base_url}{SIBLINGS_PATH}/bulk_create",
                    json={"staff_uid": uid, "calendar_sync": sync, "external_items": []},
                )

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_somebody_elses_moves_show_while_a_sync_is_left_alone() -> None:
    with Sandbox() as sandbox:
        session = session_for(sandbox)
        assert not moves_by_itself(session)
        with somebody_else(sandbox):
            assert moves_by_itself(session)
        session.close()


def test_a_server_that_remembers_an_earlier_sync_is_not_taken_for_somebody_else() -> None:
    with Sandbox(fault="recreation-keeps-account") as sandbox:
        session = session_for(sandbox)
        run = session.start_scenario("test")
        for action in (Create(0, "google_v3"), SendItems(0, body())):
            run.perform(action)
        assert not moves_by_itself(session)
        session.close()
