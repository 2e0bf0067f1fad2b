"""Two requests at once meet: neither is whole at the target before the other one can be, too."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Queue

import pytest

from fuzz.session.concurrent import SECONDS_TO_MEET, send_at_once
from fuzz.target.http.client import Delivery
from fuzz.target.http.deadline import HoldLastByte
from fuzz.target.http.request import HttpRequest
from fuzz.target.request_builder import SentRequest

LOST = Delivery(None, "calfuzz-t-1", 4, 4, may_have_acted=False, why="ConnectError")
SECONDS = 5.0


def request(name: str) -> SentRequest:
    return SentRequest(HttpRequest("PUT", "http://127.0.0.1/path", {}, {}, b"{}"), "{}", name, None, {})


PAIR = (request("one"), request("other"))


@dataclass(slots=True)
class Recording:
    """A client that notes when it has come to the last byte of a request, and when that is sent. Mutable."""

    unreachable: str = ""
    waits_for_last: str = ""
    noted: list[str] = field(default_factory=list)
    _both: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))
    _came: threading.Event = field(default_factory=threading.Event)

    def send_as_it_is(self, sent: SentRequest, hold_last_byte: HoldLastByte) -> Delivery:
        self._both.wait(SECONDS)
        if sent.path == self.waits_for_last:
            self._came.wait(SECONDS)
        if sent.path == self.unreachable:
            return LOST
        self.noted.append(f"{sent.path} came")
        self._came.set()
        hold_last_byte(self._sending(sent))
        return Delivery(None, sent.path, 1, 1, may_have_acted=True)

    def _sending(self, sent: SentRequest) -> Callable[[], None]:
        return lambda: self.noted.append(f"{sent.path} sent")


def sent_by(client: Recording, lead: float = 0.0) -> tuple[Delivery, Delivery]:
    with ThreadPoolExecutor(2) as threads:
        return send_at_once(client, threads, PAIR, lead=lead)


@pytest.mark.parametrize("last", ["one", "other"])
def test_both_last_bytes_are_sent_once_both_requests_have_come_to_them(last: str) -> None:
    client = Recording(waits_for_last=last)
    sent_by(client)

    first = "other" if last == "one" else "one"
    assert [f"{first} came", f"{last} came", f"{first} sent", f"{last} sent"] == client.noted


@pytest.mark.parametrize("last", ["one", "other"])
@pytest.mark.parametrize(("lead", "order"), [(0.001, ["one sent", "other sent"]), (-0.001, ["other sent", "one sent"])])
def test_the_one_that_leads_is_sent_first_whichever_came_first(last: str, lead: float, order: list[str]) -> None:
    client = Recording(waits_for_last=last)
    sent_by(client, lead)

    assert order == client.noted[2:]


@pytest.mark.parametrize("unreachable", ["one", "other"])
def test_a_request_does_not_wait_for_one_that_cannot_be_sent(unreachable: str) -> None:
    client = Recording(unreachable=unreachable, waits_for_last=unreachable)
    done = Queue[tuple[Delivery, Delivery]]()
    threading.Thread(target=lambda: done.put(sent_by(client)), daemon=True).start()
    deliveries = done.get(timeout=SECONDS_TO_MEET / 2)

    there = "other" if unreachable == "one" else "one"
    assert {LOST.request_id, there} == {delivery.request_id for delivery in deliveries}
    assert [f"{there} came"] == client.noted
