"""An answer that comes twice on a connection is not taken for the answer to the next request."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from fuzz.target.http.client import Client
from tests.target.http.noise import answer
from tests.target.http.servers import read_request
from tests.target.http.test_client import http_request


@contextmanager
def counting_server(*, times: int) -> Iterator[str]:
    """The address of a server that keeps connections open, and gives the number of each request so many times."""
    listener, numbers = socket.create_server(("127.0.0.1", 0)), iter(range(100))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    def talk(connection: socket.socket) -> None:
        with suppress(OSError, ValueError), connection:
            while True:
                read_request(connection)
                connection.sendall(answer(200, f"{next(numbers)}".encode()).replace(b"close", b"keep-alive") * times)

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(("times", "overruns"), [(1, 0), (2, 4)])
def test_each_request_gets_its_own_answer(times: int, overruns: int) -> None:
    client = Client(run="t", timeout=5.0)
    with counting_server(times=times) as address:
        answers = [client.deliver(http_request(address)).answer for _ in range(4)]
        client.close()

    assert ["0", "1", "2", "3"] == [found.text for found in answers if found]
    assert overruns == client.overruns
