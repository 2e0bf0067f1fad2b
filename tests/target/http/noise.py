"""A hostile network of our own: a proxy before a server that fails requests in every way that gateways know.

It runs in a thread. What it does is drawn by its seed, or chosen by a test for each request.
"""

from __future__ import annotations

import asyncio
import email.utils
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from urllib.parse import urlsplit


class Noise(StrEnum):
    """What may happen to one request. `BEFORE` in a name: the service never sees it; `AFTER`: it has acted on it."""

    TOO_MANY_SECONDS = "429, with seconds in Retry-After"
    TOO_MANY_DATE = "429, with a date in Retry-After"
    BAD_GATEWAY_BEFORE = "502 with a page, before the service acted"
    BAD_GATEWAY_AFTER = "502 with a page, after the service acted"
    LOST_GATEWAY_AFTER = "404 with a page that says bad gateway, after the service acted"
    UNAVAILABLE_BEFORE = "503 with a page"
    GATEWAY_TIMEOUT_AFTER = "504 with a page, after the service acted"
    GATEWAY_TIMEOUT_LATE = "504 with a page, and the service acts later"
    BROKEN_BEFORE = "the connection is reset before the service acted"
    BROKEN_AFTER = "the connection is reset after the service acted"
    CLOSED_BEFORE = "the connection is closed without a word, before the service acted"
    TIMEOUT_AFTER = "no answer in time, though the service acted"
    TIMEOUT_LATE = "no answer in time, and the service acts later"
    SLOW = "an answer that is slow, and in time"
    DRIPS = "an answer that comes in small pieces, in time"
    TRUNCATED = "an answer that ends in the middle"
    PAGE_200_BEFORE = "a page in place of the service, with status 200"
    PAGE_200_AFTER = "a page in place of the service's answer, with status 200"
    PAGE_403_BEFORE = "a page in place of the service, with status 403"
    PAGE_404_AFTER = "a page in place of the service's answer, with status 404"
    UNAUTHORISED_BEFORE = "a stray 401"
    UNAUTHORISED_422_BEFORE = "a stray 422 of a gateway that says Unauthorized"
    CLOSED_BEHIND = "a good answer, and the connection closed behind it without notice"


Choose = Callable[[bytes], Noise | None]
"""What to do to a request, given all of it."""

LATE_BY = 0.05
"""Seconds after the client's timeout at which a late request reaches the service."""


@dataclass(frozen=True, slots=True)
class _Upstream:
    host: str
    port: int


class NoisyProxy:
    """Listens on a loopback port while the `with` block lasts. `timeout` is what the client allows an answer."""

    def __init__(
        self,
        address: str,
        *,
        rate: float = 0.0,
        seed: int = 0,
        kinds: Sequence[Noise] = tuple(Noise),
        timeout: float = 0.4,
        choose: Choose | None = None,
        forward: Callable[[bytes], bytes] = lambda request: request,
        rewrite: Callable[[bytes, bytes], bytes] = lambda _request, answer: answer,
    ) -> None:
        parts = urlsplit(address)
        self._upstream = _Upstream(parts.hostname or "", parts.port or 80)
        self._timeout, self._forward, self._rewrite = timeout, forward, rewrite
        self._random, self._rate, self._kinds = random.Random(seed), rate, tuple(kinds)
        self._choose = choose or self._draw
        self.done: Counter[str] = Counter()
        self.requests = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._open: set[asyncio.Task[None]] = set()

    def __enter__(self) -> NoisyProxy:
        self._thread.start()
        self._server = self._wait(asyncio.start_server(self._client, "127.0.0.1", 0, limit=1 << 20))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._wait(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def refuse(self) -> None:
        """From now on connections are refused. For `choose`, which runs in the proxy's own thread."""
        self._server.close()

    async def _stop(self) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _wait(self, coroutine: Awaitable[object]) -> object:
        async def run() -> object:
            return await coroutine

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    def _draw(self, _request: bytes) -> Noise | None:
        return self._random.choice(self._kinds) if self._random.random() < self._rate else None

    # One client's connection.

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        line = _Line(self._upstream)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._serve(await read_message(reader), writer, line):
                    pass
        finally:
            self._open.discard(task)
            line.close()
            writer.transport.abort() if task.cancelling() else writer.close()

    async def _serve(self, request: bytes, writer: asyncio.StreamWriter, line: _Line) -> bool:
        """Answers one request. False: the connection is to be closed."""
        self.requests += 1
        noise = self._choose(request)
        if noise is None:
            writer.write(self._rewrite(request, await line.ask(self._forward(request))))
            return True
        self.done[noise.name] += 1
        return await self._disturb(noise, request, writer, line)

    async def _disturb(self, noise: Noise, request: bytes, writer: asyncio.StreamWriter, line: _Line) -> bool:
        if noise.name.endswith("_LATE"):
            late = asyncio.create_task(self._act_late(request, wait=0.0 if "504" in noise else self._timeout))
            self._open.add(late)
            late.add_done_callback(self._open.discard)
        acts = noise.name.endswith(("_AFTER", "_BEHIND")) or noise in (Noise.SLOW, Noise.DRIPS, Noise.TRUNCATED)
        answer = await line.ask(request) if acts else b""
        if noise in _PAGES:
            writer.write(_PAGES[noise]())
            return True
        if noise in (Noise.BROKEN_BEFORE, Noise.BROKEN_AFTER):
            _reset(writer)
        elif noise in (Noise.TIMEOUT_AFTER, Noise.TIMEOUT_LATE):
            await asyncio.sleep(self._timeout + 2 * LATE_BY)
        elif noise is Noise.TRUNCATED:
            writer.write(answer[:-7])
        elif noise is Noise.CLOSED_BEHIND:
            writer.write(answer)
        elif noise in (Noise.SLOW, Noise.DRIPS):
            await self._slowly(answer, writer, pieces=1 if noise is Noise.SLOW else 5)
            return True
        return False

    async def _slowly(self, answer: bytes, writer: asyncio.StreamWriter, *, pieces: int) -> None:
        size = len(answer) // pieces + 1
        for start in range(0, len(answer), size):
            await asyncio.sleep(0.2 * self._timeout / pieces)
            writer.write(answer[start : start + size])

    async def _act_late(self, request: bytes, *, wait: float) -> None:
        await asyncio.sleep(wait + LATE_BY)
        line = _Line(self._upstream)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await line.ask(request)
        line.close()


class _Line:
    """One connection to the service, opened when it is first needed, and again when it was closed. Mutable."""

    def __init__(self, upstream: _Upstream) -> None:
        self._upstream = upstream
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> bytes:
        """The service's whole answer."""
        if self._reader is None or self._writer is None or self._reader.at_eof():
            self.close()
            self._reader, self._writer = await asyncio.open_connection(
                self._upstream.host, self._upstream.port, limit=1 << 20
            )
        self._writer.write(request)
        return await read_message(self._reader)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


async def read_message(reader: asyncio.StreamReader) -> bytes:
    """One HTTP request or answer with a `Content-Length`, or without a body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        (int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    return head + (await reader.readexactly(length) if length else b"")


def answer(status: int, body: bytes, *headers: str, kind: str = "text/html") -> bytes:
    """An HTTP answer as it goes over the wire."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def _page(status: int, *headers: str) -> Callable[[], bytes]:
    page = f"<html><head><title>{status}</title></head><body><h1>{status} gateway</h1></body></html>".encode()
    return lambda: answer(status, page, *headers)


_PAGES: dict[Noise, Callable[[], bytes]] = {
    Noise.TOO_MANY_SECONDS: _page(429, "Retry-After: 0"),
    Noise.TOO_MANY_DATE: lambda: _page(429, f"Retry-After: {email.utils.formatdate(time.time(), usegmt=True)}")(),
    Noise.BAD_GATEWAY_BEFORE: _page(502),
    Noise.BAD_GATEWAY_AFTER: _page(502),
    Noise.LOST_GATEWAY_AFTER: lambda: answer(404, b"<html><h1>404 Bad Gateway</h1></html>"),
    Noise.UNAVAILABLE_BEFORE: _page(503),
    Noise.GATEWAY_TIMEOUT_AFTER: _page(504),
    Noise.GATEWAY_TIMEOUT_LATE: _page(504),
    Noise.PAGE_200_BEFORE: _page(200),
    Noise.PAGE_200_AFTER: _page(200),
    Noise.PAGE_403_BEFORE: _page(403),
    Noise.PAGE_404_AFTER: _page(404),
    Noise.UNAUTHORISED_BEFORE: lambda: answer(401, b'{"message": "401 Unauthorized"}', kind="application/json"),
    Noise.UNAUTHORISED_422_BEFORE: lambda: answer(
        422, b'{"status": "Error", "error": "Unauthorized"}', kind="application/json"
    ),
}


def _reset(writer: asyncio.StreamWriter) -> None:
    """Closes a connection with RST: what was sent and not yet read is lost."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
