"""Servers by hand: each answers every request with bytes that a test has written, good HTTP or not."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Handler = Callable[[socket.socket, bytes], None]
"""Writes the answer to one request, given the connection and the request; the connection is closed afterwards."""


@contextmanager
def server(handler: Handler, *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a server that lives as long as the block. Every connection has a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()
    scheme = "https" if tls else "http"

    def accept() -> None:
        while not ended.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                threading.Thread(target=_serve, args=(connection, handler, tls), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _serve(connection: socket.socket, handler: Handler, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError, ValueError), connection:
        wrapped = tls.wrap_socket(connection, server_side=True) if tls else connection
        with wrapped:
            handler(wrapped, read_request(wrapped))
            # Without this the peer may get a reset in place of what was just written.
            with suppress(OSError):
                wrapped.shutdown(socket.SHUT_WR)


def read_request(connection: socket.socket) -> bytes:
    """One whole request."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _received(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        body += _received(connection)
    return head + b"\r\n\r\n" + body


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionResetError
    return data


def saying(*answers: bytes) -> Handler:
    """A handler that gives these answers in turn, and the last one for ever."""
    left = list(answers)

    def handle(connection: socket.socket, _request: bytes) -> None:
        said = left.pop(0) if len(left) > 1 else left[0]
        # A client that kept the connection for its next request would find it closed.
        connection.sendall(said.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))

    return handle
