"""Limits on what a target may send: a deadline for each whole answer, and a maximum size of the unpacked body.

A timeout for each read is not enough: an answer that comes byte by byte never exceeds one. A few kilobytes of gzip can
hold gigabytes, so a body is unpacked piece by piece, and only up to the maximum.
"""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import httpcore
import httpx

LARGEST_BODY = 1_000_000
CONNECTIONS = 16
AFTER_THE_TIME = 0.5
"""Seconds that an answer is waited for at least, also where the run's time ends sooner."""
AT_ONCE = 0.5
"""Seconds of waiting after which it is looked again whether the run has time left: another thread may have ended it."""
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP = b"\x1f"
_ANY_ZLIB_HEADER = 47
"""For `zlib.decompressobj`: a gzip or a zlib header, whichever comes."""


WhileWaiting = Callable[[], object]
"""Work done between a request and its answer, while the target works."""

HoldLastByte = Callable[[Callable[[], None]], object]
"""Called when all of a request but its last byte was sent, with what sends that. A last byte that is still unsent when
it returns is sent then.
"""


def idle() -> None:
    """Does nothing while waiting."""


class AnswerWait(threading.local):
    """A thread's wait for an answer: its beginning by `time.perf_counter`, how long it may take, the work to do while
    waiting, and what holds back the request's last byte, if anything does. Mutable, one for each thread.

    `time_left`: the seconds that the run has left. A wait ends with the run, however long it might take otherwise.
    """

    began: float = 0.0
    timeout: float = float("inf")
    while_waiting: WhileWaiting = staticmethod(idle)
    hold_last_byte: HoldLastByte | None = None

    def __init__(self, time_left: Callable[[], float]) -> None:
        self._time_left = time_left

    def begin(self, timeout: float) -> None:
        """The wait begins now, and may take so many seconds."""
        self.began, self.timeout = time.perf_counter(), timeout

    @property
    def spent(self) -> float:
        """Seconds since the wait began."""
        return time.perf_counter() - self.began

    def do_other_work(self) -> None:
        """Does the work for the waiting time, once."""
        while_waiting, self.while_waiting = self.while_waiting, idle
        while_waiting()

    def left(self, timeout: float | None, late: type[Exception]) -> float:
        """Seconds that one operation may take; raises `late` if there are none left."""
        spent = self.spent
        left = min(self.timeout - spent, max(self._time_left(), AFTER_THE_TIME - spent))
        if left <= 0:
            raise late("the answer did not end in time")
        return min(left, timeout if timeout is not None else left)


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes end at the deadline. It gathers writes, to send a request in one piece."""

    def __init__(self, stream: httpcore.NetworkStream, wait: AnswerWait) -> None:
        self._stream, self._wait = stream, wait
        self._gathered: list[bytes] = []
        self.close = stream.close  # type: ignore[method-assign]
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._gathered:
            self._send(timeout)
            self._wait.do_other_work()
        while True:
            left = self._wait.left(timeout, httpcore.ReadTimeout)
            try:
                return self._stream.read(max_bytes, min(left, AT_ONCE))
            except httpcore.ReadTimeout:
                if left <= AT_ONCE:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._wait.left(timeout, httpcore.WriteTimeout)
        # Headers and body as two segments would wake the server twice.
        self._gathered.append(buffer)

    def _send(self, timeout: float | None) -> None:
        gathered, self._gathered = b"".join(self._gathered), []
        hold = self._wait.hold_last_byte
        # What asks a proxy for a tunnel is not the request yet.
        if hold is None or gathered.startswith(b"CONNECT "):
            self._write(gathered, timeout)
            return
        self._wait.hold_last_byte = None
        self._write(gathered[:-1], timeout)
        self._hold_back(gathered[-1:], hold)

    def _hold_back(self, last: bytes, hold: HoldLastByte) -> None:
        """Sends the last byte when `hold` says so, in whatever thread. The wait for an answer begins then."""
        sent_at: list[float] = []

        def send() -> None:
            sent_at.append(time.perf_counter())
            # The thread that waits for the answer will see what is wrong with the connection.
            with suppress(httpcore.WriteError, httpcore.WriteTimeout):
                self._stream.write(last, self._wait.timeout)

        hold(send)
        if not sent_at:
            send()
        self._wait.began = sent_at[0]

    def _write(self, data: bytes, timeout: float | None) -> None:
        # A server may answer and close before it has read everything: its answer can still be read.
        with suppress(httpcore.WriteError):
            self._stream.write(data, self._wait.left(timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._wait.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._wait)


class _Backend(httpcore.NetworkBackend):
    """Opens connections with the deadline."""

    def __init__(self, wait: AnswerWait) -> None:
        self._wait, self._backend = wait, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._wait.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._backend.connect_tcp(host, port, left, local_address, socket_options), self._wait)


def bounded_pool(wait: AnswerWait, tls: ssl.SSLContext, proxy: str | None = None) -> httpcore.ConnectionPool:
    """The pool that stands behind httpx's own transport, with connections that keep a deadline. `proxy`: the address of
    the proxy that all go through; the environment's is not used.

    Used without httpx: httpx's objects for requests and answers cost as much time as sending and reading them.
    """
    make = httpcore.ConnectionPool if proxy is None else partial(_through_proxy, httpx.URL(proxy))
    return make(
        ssl_context=tls,
        max_connections=CONNECTIONS,
        max_keepalive_connections=CONNECTIONS,
        keepalive_expiry=30.0,
        network_backend=_Backend(wait),
    )


def close_overrun(pool: httpcore.ConnectionPool) -> int:
    """Closes the idle connections on which more has come than was asked for, and returns their number: the next request
    would get an answer that is not its own. What comes later httpcore notices by itself.
    """
    overrun = [each for each in pool.connections if each.is_idle() and _trailing(each)]
    for connection in overrun:
        connection.close()
    return len(overrun)


def _trailing(connection: object) -> bytes:
    """The bytes that h11 has received after an answer. They are no part of httpcore's interface."""
    while connection is not None:
        state = getattr(connection, "_h11_state", None)
        if state is not None:
            return bytes(state.trailing_data[0])
        connection = getattr(connection, "_connection", None)
    return b""


def _through_proxy(proxy: httpx.URL, **settings: Any) -> httpcore.ConnectionPool:
    return httpcore.HTTPProxy(
        httpcore.URL(scheme=proxy.raw_scheme, host=proxy.raw_host, port=proxy.port, target=b"/"),
        proxy_auth=(proxy.username, proxy.password) if proxy.userinfo else None,
        proxy_ssl_context=settings["ssl_context"] if proxy.scheme == "https" else None,
        **settings,
    )


def tls_context(verify: bool | str, certificate: tuple[str, str | None] | None = None) -> ssl.SSLContext:
    """What to trust: the usual authorities, nobody's word at all (False), or the authorities in a file; and the
    client's own certificate and key, as paths.
    """
    if isinstance(verify, str):
        context = ssl.create_default_context(cafile=verify)
    else:
        context = httpx.create_ssl_context(verify=verify, trust_env=False)
    if certificate is not None:
        context.load_cert_chain(*certificate)
    return context


class DecodingError(httpcore.ProtocolError):
    """Raised for a body that cannot be unpacked."""


def read_body(answer: httpcore.Response, coding: str) -> bytes:
    """The body unpacked, up to `LARGEST_BODY` bytes. `coding` is the answer's `Content-Encoding`, empty for none.
    DecodingError for a body that cannot be unpacked.
    """
    unpack, ended = _unpacker(coding.strip().lower())
    parts: list[bytes] = []
    left = LARGEST_BODY
    assert isinstance(answer.stream, Iterable)
    for packed in answer.stream:
        parts.append(unpack(packed, left))
        left -= len(parts[-1])
        if left <= 0:
            return b"".join(parts)
    if not ended():
        raise DecodingError("the packed body ends too early")
    return b"".join(parts)


def _unpacker(coding: str) -> tuple[Callable[[bytes, int], bytes], Callable[[], bool]]:
    """Two functions: one unpacks a piece to at most so many bytes (1 or more), one tells whether the body is whole."""
    if coding in ("", "identity"):
        return (lambda piece, most: piece[:most]), (lambda: True)
    if coding not in _PACKED:
        raise DecodingError(f"cannot unpack {coding[:40]!r}, which was not asked for")
    packed = zlib.decompressobj(_ANY_ZLIB_HEADER)
    touched = False

    def unpack(piece: bytes, most: int) -> bytes:
        nonlocal touched, packed
        touched = True
        try:
            unpacked = packed.decompress(piece, most)
            # gzip may have several members, one after another (RFC 1952, section 2.2). Other bytes are only padding.
            while packed.eof and packed.unused_data.startswith(_GZIP) and len(unpacked) < most:
                rest, packed = packed.unused_data, zlib.decompressobj(_ANY_ZLIB_HEADER)
                unpacked += packed.decompress(rest, most - len(unpacked))
        except zlib.error as error:
            raise DecodingError(str(error)) from None
        return unpacked

    return unpack, lambda: packed.eof or not touched
