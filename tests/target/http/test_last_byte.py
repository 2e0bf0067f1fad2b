"""A request's last byte can be held back: all the others are at the target by then, whatever lies in between."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue

import pytest
import trustme

from fuzz.target.http.client import Client, Delivery
from fuzz.target.http.deadline import HoldLastByte, idle
from fuzz.target.http.request import HttpRequest
from tests.target.http.noise import answer
from tests.target.http.relays import proxy
from tests.target.http.servers import saying, server
from tests.target.http.test_client import GOOD, http_request

SECONDS = 5.0
LARGE = b"x" * 100_000 + b"y!"


@contextmanager
def telling(came: Queue[bytes], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a server that reads one request and tells each piece of it at once."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with tls.wrap_socket(connection, server_side=True) if tls else connection as reading:
            read = b""
            while not is_whole(read):
                piece = reading.recv(65536)
                read += piece
                came.put(piece)
            reading.sendall(GOOD)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        thread.join(SECONDS)
        listener.close()


def is_whole(read: bytes) -> bool:
    """Whether a request is at its end: an exclamation mark, or a blank line if it has no body."""
    return read.endswith(b"\r\n\r\n" if b"Content-Length: 0" in read else b"!")


def read_until(came: Queue[bytes], *ends: bytes) -> bytes:
    """What came, up to the first piece that ends so. `queue.Empty` if none does."""
    read = b""
    while not read.endswith(ends):
        read += came.get(timeout=SECONDS)
    return read


def delivered(address: str, content: bytes, hold: HoldLastByte, **settings: str) -> Delivery:
    client = Client(run="t", timeout=SECONDS, sleep=lambda _seconds: None, **settings)
    delivery = client.deliver(HttpRequest("PUT", f"{address}/path", {}, {}, content), idle, hold)
    client.close()
    return delivery


@pytest.mark.parametrize("way", ["plain", "TLS", "TLS through a proxy"])
def test_all_other_bytes_are_at_the_target_before_and_only_the_last_one_comes_after(way: str, tmp_path: Path) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    came, before, after = Queue[bytes](), list[bytes](), list[bytes]()

    def hold(send_last_byte: Callable[[], None]) -> None:
        before.append(read_until(came, b"y", b"!"))
        send_last_byte()
        after.append(read_until(came, b"!"))

    with ExitStack() as servers:
        settings = {} if way == "plain" else {"verify_tls": str(tmp_path / "ca.pem")}
        if "proxy" in way:
            settings["proxy"] = servers.enter_context(server(proxy([])))
        address = servers.enter_context(telling(came, None if way == "plain" else tls))
        delivery = delivered(address, LARGE, hold, **settings)

    assert delivery.answer is not None
    assert [LARGE[:-1]] == [read.partition(b"\r\n\r\n")[2] for read in before]
    assert [b"!"] == after


def test_without_a_body_the_last_byte_is_that_of_the_headers() -> None:
    came, before = Queue[bytes](), list[bytes]()

    with telling(came) as address:
        delivery = delivered(address, b"", lambda _send: before.append(read_until(came, b"\r\n\r", b"\n")))

    assert delivery.answer is not None
    assert before[0].endswith(b"\r\n\r")


def test_it_is_sent_once_and_in_any_case() -> None:
    requests: list[bytes] = []

    def handle(connection: socket.socket, request: bytes) -> None:
        requests.append(request)
        saying(GOOD)(connection, request)

    holds: tuple[HoldLastByte, ...] = (lambda send: send(), lambda _send: None)
    for hold in holds:
        with server(handle) as address:
            assert delivered(address, LARGE, hold).answer is not None

    assert [LARGE, LARGE] == [request.partition(b"\r\n\r\n")[2] for request in requests]


def test_it_is_held_back_once_however_often_the_request_is_sent() -> None:
    held: list[int] = []

    with server(saying(answer(502, b"<html>"), GOOD)) as address:
        delivery = delivered(address, LARGE, lambda _send: held.append(1))

    assert (2, [1]) == (delivery.attempts, held)


def test_it_is_not_held_back_of_the_next_request_where_nothing_could_be_sent() -> None:
    held: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    client = Client(run="t", timeout=SECONDS, sleep=lambda _seconds: None)

    client.deliver(http_request(f"http://127.0.0.1:{port}"), idle, lambda _send: held.append(1))
    with server(saying(GOOD)) as address:
        client.deliver(http_request(address))
    client.close()

    assert [] == held


def test_the_time_for_an_answer_begins_with_the_last_byte() -> None:
    client = Client(run="t", timeout=1.0, attempts=1)

    with server(saying(GOOD)) as address:
        delivery = client.deliver(http_request(address), idle, lambda _send: time.sleep(1.1))
    client.close()

    assert delivery.answer is not None
    assert delivery.answer.seconds < 1.0
