"""No request is begun when the time is over, and nothing is waited for that comes after its end."""

from __future__ import annotations

import math
import socket
import threading
import time
from contextlib import suppress
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
    end = time.monotonic() + 1.0
    client = Client(run="t", timeout=1.0, limiter=Limit(1 / 60), time_left=lambda: end - time.monotonic())

    with server(saying(GOOD)) as address:
        client.deliver(http_request(address))
        with pytest.raises(TimeOver):
            client.deliver(http_request(address))
    client.close()

    assert 1 == client.requests_sent


@pytest.mark.parametrize(("left", "attempts", "paused"), [(30.0, 1, 0.0), (31.0, 2, 30.0)])
def test_a_lost_request_is_sent_again_only_if_the_pause_before_that_ends_in_time(
    left: float, attempts: int, paused: float
) -> None:
    pauses: list[float] = []
    client = Client(run="t", timeout=1.0, sleep=pauses.append, time_left=lambda: left)

    with server(saying(answer(503, b"<html>", "Retry-After: 30"), GOOD)) as address:
        delivery = client.deliver(http_request(address))
    client.close()

    assert (attempts, paused) == (delivery.attempts, sum(pauses))
    assert (attempts == 1) is (delivery.answer is None)


def test_a_request_that_was_lost_before_the_time_was_over_is_delivered_as_lost() -> None:
    slept: list[float] = []
    client = Client(run="t", timeout=1.0, sleep=slept.append, time_left=lambda: 0.0 if slept else 9.0)

    with server(saying(answer(503, b"<html>"))) as address:
        delivery = client.deliver(http_request(address))
    client.close()

    assert (None, 1, "status 503") == (delivery.answer, delivery.attempts, delivery.why)


@pytest.mark.parametrize("drips", [False, True])
def test_an_answer_is_waited_for_no_longer_than_the_run_lasts(drips: bool) -> None:
    def never_whole(connection: socket.socket, _request: bytes) -> None:
        with suppress(OSError):
            while True:
                connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n" if drips else b"")
                time.sleep(0.01)

    began = time.monotonic()
    client = Client(run="t", timeout=600.0, time_left=lambda: began + 1.0 - time.monotonic())
    with server(never_whole) as address:
        delivery = client.deliver(http_request(address))
        client.close()

    assert (None, 1, True) == (delivery.answer, delivery.attempts, delivery.may_have_acted)


def test_an_answer_is_waited_for_no_longer_once_another_thread_has_ended_the_run() -> None:
    ended = threading.Event()
    client = Client(run="t", timeout=600.0, time_left=lambda: 0.0 if ended.is_set() else 600.0)

    def answer_later(connection: socket.socket, _request: bytes) -> None:
        ended.set()
        time.sleep(3)
        connection.sendall(GOOD)

    with server(answer_later) as address:
        delivery = client.deliver(http_request(address))
        client.close()

    assert (None, 1) == (delivery.answer, delivery.attempts)


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
