"""What is done while an answer is waited for: the journal is written, once for each request, and nothing is lost."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path

import pytest

from fuzz.session.journal import Journal
from fuzz.target.http.client import Client
from fuzz.target.secrets import Secrets
from tests.target.http.noise import answer
from tests.target.http.servers import saying, server
from tests.target.http.test_client import GOOD, http_request

SECONDS = 5.0


def trouble(what: str) -> dict[str, str]:
    return {"event": "trouble", "what": what}


def written(path: Path) -> list[str]:
    return [json.loads(line)["what"] for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def client() -> Client:
    return Client(run="t", timeout=SECONDS, sleep=lambda _seconds: None)


def test_it_is_done_after_the_request_has_come_and_before_its_answer(client: Client) -> None:
    came, done = threading.Event(), threading.Event()

    def handle(connection: socket.socket, _request: bytes) -> None:
        came.set()
        if done.wait(SECONDS):
            connection.sendall(GOOD)

    def while_waiting() -> None:
        if came.wait(SECONDS):
            done.set()

    with server(handle) as address:
        delivery = client.deliver(http_request(address), while_waiting)
    client.close()

    assert (1, 0) == (delivery.attempts, delivery.lost_attempts)


def test_it_is_done_once_however_often_the_request_is_sent(client: Client) -> None:
    times: list[int] = []

    with server(saying(answer(502, b"<html>"), answer(503, b"<html>"), GOOD)) as address:
        delivery = client.deliver(http_request(address), lambda: times.append(1))
        client.deliver(http_request(address))
    client.close()

    assert (3, [1]) == (delivery.attempts, times)


def test_it_is_not_done_for_the_next_request_where_nothing_could_be_sent(client: Client) -> None:
    times: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    client.deliver(http_request(f"http://127.0.0.1:{port}"), lambda: times.append(1))
    with server(saying(GOOD)) as address:
        client.deliver(http_request(address))
    client.close()

    assert [] == times


def test_an_event_for_later_stands_before_the_next_and_is_there_for_whoever_reads(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    journal = Journal(path, Secrets())

    journal.emit_later(lambda: trouble("first"))
    assert [] == written(path)
    journal.emit_later(lambda: trouble("second"))
    assert ["first"] == written(path)
    journal.emit(trouble("third"))
    assert ["first", "second", "third"] == written(path)
    journal.emit_later(lambda: trouble("fourth"))
    assert ["first", "second", "third", "fourth"] == journal.summary.troubles
    journal.emit_later(lambda: trouble("fifth"))
    journal.close()
    assert ["first", "second", "third", "fourth", "fifth"] == written(path)
