"""How far apart the last bytes of two requests at once come to the target."""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing.connection import Connection
from statistics import median, quantiles

from fuzz.session.concurrent import SendsOnce, send_at_once
from fuzz.target.authorisation import AuthorisedClient
from fuzz.target.http.client import Client, Delivery
from fuzz.target.http.deadline import HoldLastByte
from fuzz.target.http.request import HttpRequest
from fuzz.target.request_builder import SentRequest
from fuzz.target.secrets import Secrets
from tests.benchmarks.tables import table

SMALL, LARGE = b"{}", b'{"title": "' + 100_000 * b"x" + b'"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def measure(*, quick: bool) -> str:
    """The table."""
    pairs = 50 if quick else 200
    rows = []
    for bodies, (one, other) in {"small, small": (SMALL, SMALL), "100 kB, small": (LARGE, SMALL)}.items():
        together, held = _apart(one, other, pairs, held=False), _apart(one, other, pairs, held=True)
        rows.append((bodies, "sent together", *_figures(together), ""))
        nearer = f"{median(together) / median(held):.1f} ×"
        rows.append((bodies, "the last byte held back", *_figures(held), nearer))
    return table(f"Milliseconds between two requests at once, {pairs} pairs", HEAD, rows)


HEAD = ("bodies", "how", "first pair", "median", "p90", "nearer by")


def _figures(apart: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{1000 * each:.3f}" for each in (apart[0], median(apart), quantiles(apart, n=10)[-1]))


def _apart(one: bytes, other: bytes, pairs: int, *, held: bool) -> list[float]:
    """Seconds between the last bytes of each pair, as the target sees them."""
    with _target() as (address, results), ThreadPoolExecutor(2) as threads:
        authorised = AuthorisedClient(Client(run="apart", timeout=10.0), Secrets())
        client: SendsOnce = authorised if held else _AllAfterTheMeeting(authorised)
        for _ in range(pairs):
            send_at_once(client, threads, (_request(address, one), _request(address, other)))
        authorised.send_as_it_is(_request(address, b""))
        authorised.close()
        times: list[float] = results.recv()
    return [later - earlier for earlier, later in list(pairwise(times))[::2]]


class _AllAfterTheMeeting:
    """A client that sends no byte before the meeting, as two threads do that begin at once."""

    def __init__(self, client: AuthorisedClient) -> None:
        self._client = client

    def send_as_it_is(self, sent: SentRequest, hold_last_byte: HoldLastByte) -> Delivery:
        hold_last_byte(lambda: None)
        return self._client.send_as_it_is(sent)


def _request(address: str, content: bytes) -> SentRequest:
    return SentRequest(HttpRequest("PUT", f"{address}/path", {}, {}, content), content.decode(), "/path", None, {})


@contextmanager
def _target() -> Iterator[tuple[str, Connection]]:
    """A target in a process of its own: its address, and where it tells the times, once it gets an empty body."""
    listener = socket.create_server(("127.0.0.1", 0))
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(listener, there), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", here
    finally:
        process.join(5)
        listener.close()


def _serve(listener: socket.socket, results: Connection) -> None:
    """Answers requests in one thread and notes when each was complete, until one has an empty body."""
    times: list[float] = []
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        unfinished: dict[socket.socket, bytes] = {}
        while True:
            for key, _ in selector.select():
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                if connection is listener:
                    selector.register(listener.accept()[0], selectors.EVENT_READ)
                    continue
                received = connection.recv(1 << 20)
                now = time.perf_counter()
                if not received:
                    selector.unregister(connection)
                    continue
                request = unfinished.pop(connection, b"") + received
                if not _is_complete(request):
                    unfinished[connection] = request
                    continue
                times.append(now)
                connection.sendall(ANSWER)
                if request.endswith(b"\r\n\r\n"):
                    results.send(times)
                    return


def _is_complete(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return bool(end) and len(body) == int(lengths[0])
