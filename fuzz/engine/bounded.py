"""Bounds on what a target may send: a deadline for every answer as a whole, and a size for every body once unpacked.

A timeout for each read is not enough: headers or a body that drip a byte at a time never run into one. And a few
kilobytes of gzip hold gigabytes, so that a body is unpacked here, piece by piece, and no further than it is read.
"""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress

import httpcore
import httpx

LARGEST_BODY = 1_000_000
CONNECTIONS = 16
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_ANY_ZLIB_HEADER = 47
"""For `zlib.decompressobj`: a gzip or a zlib header, whichever comes."""


Meanwhile = Callable[[], object]
"""Work to be done between a request and its answer: it costs nothing while the target is at work."""


def idle() -> None:
    """Nothing to be done meanwhile."""


class Waiting(threading.local):
    """The answer that a thread waits for: until when, by `time.perf_counter`, and what it does meanwhile. Mutable, one
    for each thread.
    """

    until: float = float("inf")
    meanwhile: Meanwhile = staticmethod(idle)

    def spend(self) -> None:
        """Does what is to be done meanwhile, once."""
        meanwhile, self.meanwhile = self.meanwhile, idle
        meanwhile()

    def left(self, timeout: float | None, late: type[Exception]) -> float:
        """Seconds that one operation may take; raises `late` if there are none left."""
        left = self.until - time.perf_counter()
        if left <= 0:
            raise late("the answer did not end in time")
        return min(left, timeout if timeout is not None else left)


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes end with the deadline. Writes are gathered: a request leaves in one piece."""

    def __init__(self, stream: httpcore.NetworkStream, waiting: Waiting) -> None:
        self._stream, self._awaited = stream, waiting
        self._waiting: list[bytes] = []
        self.close = stream.close  # type: ignore[method-assign]
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._waiting:
            self._send(timeout)
            self._awaited.spend()
        return self._stream.read(max_bytes, self._awaited.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._awaited.left(timeout, httpcore.WriteTimeout)
        # Headers and body as two segments would wake the server twice.
        self._waiting.append(buffer)

    def _send(self, timeout: float | None) -> None:
        waiting, self._waiting = b"".join(self._waiting), []
        # A server may answer before it has read it all, and close: the answer is then there to be read.
        with suppress(httpcore.WriteError):
            self._stream.write(waiting, self._awaited.left(timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._awaited.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._awaited)


class _Backend(httpcore.NetworkBackend):
    """Opens connections that keep the deadline."""

    def __init__(self, waiting: Waiting) -> None:
        self._awaited, self._backend = waiting, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._awaited.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._backend.connect_tcp(host, port, left, local_address, socket_options), self._awaited)


def bounded_pool(waiting: Waiting, tls: ssl.SSLContext) -> httpcore.ConnectionPool:
    """The pool that stands behind httpx's own transport, with connections that keep a deadline.

    It is used as it is: httpx's objects for requests and answers cost as much as sending and reading them.
    """
    return httpcore.ConnectionPool(
        ssl_context=tls,
        max_connections=CONNECTIONS,
        max_keepalive_connections=CONNECTIONS,
        keepalive_expiry=30.0,
        network_backend=_Backend(waiting),
    )


def tls_context(verify: bool | str) -> ssl.SSLContext:
    """What to trust: the usual authorities, nobody's word at all (False), or the authorities in a file."""
    if isinstance(verify, str):
        return ssl.create_default_context(cafile=verify)
    return httpx.create_ssl_context(verify=verify, trust_env=False)


class DecodingError(httpcore.ProtocolError):
    """A body that cannot be unpacked."""


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
    """Unpacks one piece to at most so many bytes, above nought; and tells whether what came is whole."""
    if coding in ("", "identity"):
        return (lambda piece, most: piece[:most]), (lambda: True)
    if coding not in _PACKED:
        raise DecodingError(f"cannot unpack {coding[:40]!r}, which was not asked for")
    packed = zlib.decompressobj(_ANY_ZLIB_HEADER)
    touched = False

    def unpack(piece: bytes, most: int) -> bytes:
        nonlocal touched
        touched = True
        try:
            return packed.decompress(piece, most)
        except zlib.error as error:
            raise DecodingError(str(error)) from None

    return unpack, lambda: packed.eof or not touched
