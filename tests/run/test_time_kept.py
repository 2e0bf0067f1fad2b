"""After a run's time is over no request is begun, and whatever had no turn is named. Time is counted in requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from fuzz.events.failures import FailureEvent
from fuzz.events.gate import left_undone
from fuzz.failures.handler import FailureHandler
from fuzz.oracle.actions import Action, AtOnce, Create, SendItems
from fuzz.phases import random as random_phase
from fuzz.report.summary_text import summary_text
from fuzz.run.phase_list import phase_names
from fuzz.run.run import Run
from fuzz.run.time_budget import TimeBudget
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox
from fuzz.session.journal import Journal
from fuzz.target.secrets import Secrets
from tests.failures.bundling import another_account, body
from tests.run.runs import CONTRACT, OPTIONS, Ran, profile_for, session_against
from tests.target.http.noise import NoisyProxy

FAULT = Fault.ACCOUNT_NOT_COMPARED
AT_ONCE = (Create(0, "google_v3"), AtOnce(SendItems(0, body()), SendItems(0, body("b@example.com", number=2))))


@pytest.fixture(scope="module")
def faulty() -> Iterator[Sandbox]:
    with Sandbox(fault=FAULT.value) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def racing() -> Iterator[Sandbox]:
    with Sandbox(fault=Fault.TWO_FIRST_ACCOUNTS_ACCEPTED.value) as sandbox:
        yield sandbox


def run_for(requests: int, sandbox: Sandbox, **changed: object) -> tuple[Ran, int]:
    """A run in which each request that the target gets takes a second, and how many it got."""
    secrets = Secrets()
    with NoisyProxy(sandbox.address) as proxy:
        profile = profile_for(sandbox, proxy.address, request_timeout=10.0)
        options = replace(OPTIONS, max_time=float(requests), **changed)
        run = Run(options, CONTRACT, profile, secrets, Journal(None, secrets), clock=lambda: float(proxy.requests))
        conclusion = run.go()
        return Ran(run.journal.summary, conclusion), proxy.requests


@pytest.mark.parametrize("requests", [1, 9, 30, 33, 36, 40, 60, 100, 170])
def test_no_request_is_begun_when_the_time_is_over_whatever_is_being_done(faulty: Sandbox, requests: int) -> None:
    # Two requests at once begin together: a race that has one second left sends both.
    phases = tuple(name for name in phase_names() if name != "race")
    ran, received = run_for(requests, faulty, phases=phases)

    assert (requests, requests) == (received, ran.summary.total)


def failures_of(
    scenario: Sequence[Action], sandbox: Sandbox, last: int, **settings: int
) -> tuple[int, list[FailureEvent]]:
    """How many requests a scenario and its failures took, with the time for so many, and the failures."""

    def time_left() -> float:
        return float(last - session.client.requests_sent)

    session = session_against(profile_for(sandbox, request_timeout=10.0), time_left=time_left)
    FailureHandler(session, time_left=time_left, **settings).run(scenario, "test")
    session.close()
    return session.client.requests_sent, list(session.journal.summary.failures.values())


@pytest.mark.parametrize("last", range(3, 40, 3))
def test_a_failure_is_kept_however_far_its_shrinking_got(faulty: Sandbox, last: int) -> None:
    sent, (failure,) = failures_of((*another_account(), SendItems(0, body(number=3))), faulty, last)

    assert last >= sent
    assert ("already_exists", "200") == (failure["clause"], failure["observed"])


def test_a_failure_that_could_not_be_run_again_says_so(faulty: Sandbox) -> None:
    _, (failure,) = failures_of(another_account(), faulty, 3)

    assert "not run again: the run ended first" == failure["reproduced"]


def test_how_often_it_came_back_until_the_time_was_over_is_kept(faulty: Sandbox) -> None:
    found = [failures_of(another_account(), faulty, last, shrink_requests=0)[1][0] for last in range(12, 44)]

    assert {"1/1", "2/2", "3/3"} <= {failure["reproduced"] for failure in found}


def test_the_run_has_time_left_when_a_phases_share_of_it_is_over() -> None:
    now = [0.0]
    budget = TimeBudget(100.0, lambda: now[0])
    budget.share, now[0] = 0.25, 40.0

    assert (-15.0, 60.0) == (budget.left(), budget.left_of_run())
    budget.halt()
    assert (0.0, 0.0) == (budget.left(), budget.left_of_run())


@pytest.mark.parametrize("last", [3, 4, 5, 6])
def test_a_failure_of_two_requests_at_once_is_kept_without_the_time_to_try_them_in_turn(
    racing: Sandbox, last: int
) -> None:
    sent, failures = failures_of(AT_ONCE, racing, last)

    assert last >= sent
    assert 1 == len(failures)


def test_the_race_has_its_turn_also_with_several_workers(faulty: Sandbox) -> None:
    ran, _ = run_for(400, faulty, phases=("preflight", "random", "race"), workers=2)

    assert {} == left_undone(ran.summary)
    assert ran.summary.phases["race"]["requests"] > 0


def test_phases_that_had_no_turn_are_named(faulty: Sandbox) -> None:
    ran, _ = run_for(6, faulty, phases=("preflight", "random", "race"))

    assert {"did not finish": ["preflight"], "had no turn": ["random", "race"]} == left_undone(ran.summary)
    assert "preflight did not finish, random and race had no turn" in summary_text(ran.summary)


@pytest.mark.parametrize(("seconds", "times"), [(14, 0), (60, 1)])
def test_bodies_are_made_from_the_swagger_only_where_they_can_be_used(
    faulty: Sandbox, monkeypatch: pytest.MonkeyPatch, seconds: int, times: int
) -> None:
    made: list[object] = []
    monkeypatch.setattr(random_phase, "warm_up", made.append)
    run_for(seconds, faulty, phases=("random",))

    assert times == len(made)
