"""No request is begun when the time is over, and nothing is waited for that comes after its end."""

from __future__ import annotations

import math
import time
from types import SimpleNamespace

import pytest

from fuzz.oracle.actions import Create
from fuzz.sandbox.launcher import Sandbox
from fuzz.target.http.client import Client, TimeOver
from fuzz.target.http.rate_limit import Limit
from tests.run.runs import profile_for, session_against
from tests.target.http.noise import answer
from tests.target.http.servers import saying, server
from tests.target.http.test_client import GOOD, http_request


def test_nothing_is_sent_when_the_time_is_over() -> None:
    received: list[bytes] = []
    client = Client(run="t", timeout=1.0, time_left=lambda: 0.0)

    with server(lambda connection, request: received.append(request)) as address, pytest.raises(TimeOver):
        client.deliver(http_request(address))
    client.close()

    assert ([], 0) == (received, client.requests_sent)


def test_nothing_is_sent_that_the_rate_limit_allows_only_after_the_end() -> None:
    client = Client(run="t", timeout=1.0, limiter=Limit(1 / 60), time_left=lambda: 0.05)

    with server(saying(GOOD)) as address:
        client.deliver(http_request(address))
        with pytest.raises(TimeOver):
            client.deliver(http_request(address))
    client.close()

    assert 1 == client.requests_sent


@pytest.mark.parametrize(("left", "attempts", "paused"), [(30.0, 1, []), (31.0, 2, [30.0])])
def test_a_lost_request_is_sent_again_only_if_the_pause_before_that_ends_in_time(
    left: float, attempts: int, paused: list[float]
) -> None:
    pauses: list[float] = []
    client = Client(run="t", timeout=1.0, sleep=pauses.append, time_left=lambda: left)

    with server(saying(answer(503, b"<html>", "Retry-After: 30"), GOOD)) as address:
        delivery = client.deliver(http_request(address))
    client.close()

    assert (attempts, paused) == (delivery.attempts, pauses)
    assert (attempts == 1) is (delivery.answer is None)


def test_a_request_that_was_lost_before_the_time_was_over_is_delivered_as_lost() -> None:
    times = iter([9.0, 9.0, 0.0])
    client = Client(run="t", timeout=1.0, sleep=lambda _seconds: None, time_left=lambda: next(times))

    with server(saying(answer(503, b"<html>"))) as address:
        delivery = client.deliver(http_request(address))
    client.close()

    assert (None, 1, "status 503") == (delivery.answer, delivery.attempts, delivery.why)


def test_late_requests_are_waited_for_until_the_time_is_over_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    clock = SimpleNamespace(sleep=slept.append, monotonic=time.monotonic, time_ns=time.time_ns)
    monkeypatch.setattr("fuzz.session.session.time", clock)
    with Sandbox() as sandbox, server(saying(answer(504, b"<html>"))) as address:
        profile = profile_for(sandbox, request_timeout=30.0)
        left = [1000.0]
        session = session_against(
            profile.model_copy(update={"base_url": address, "fallback_url": address}),
            sleep=lambda _seconds: None,
            time_left=lambda: left[0],
        )
        session.wait_for_late_requests()
        session.start_scenario("test").perform(Create(0, "google_v3"))
        session.wait_for_late_requests()
        left[0] = 2.5
        session.wait_for_late_requests()
        session.close()

    long, rest = (each for each in slept if each)
    assert (30, 2.5) == (math.ceil(long), rest)
    assert [
        "a request got no answer in time, and the service may still carry it out: after each of these the run waits up"
        " to 30 s (--request-timeout)"
    ] == session.journal.summary.troubles
