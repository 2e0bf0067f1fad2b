"""Relays before a server: a proxy that forwards and makes tunnels, or what ends TLS before a plain server."""

from __future__ import annotations

import base64
import select
import socket
from contextlib import suppress
from urllib.parse import urlsplit

from tests.target.http.servers import Handler

REFUSAL = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def proxy(seen: list[bytes], *, login: str = "") -> Handler:
    """A proxy; `seen` gets each request's head. With a `login` (`user:password`) it refuses those without it."""
    wanted = b"Proxy-Authorization: Basic " + base64.b64encode(login.encode())

    def handle(connection: socket.socket, request: bytes) -> None:
        head, _, body = request.partition(b"\r\n\r\n")
        seen.append(head)
        if login and wanted not in head:
            connection.sendall(REFUSAL)
            return
        method, target, version = head.split(b"\r\n")[0].split(b" ")
        if method == b"CONNECT":
            with _connected(target.decode()) as upstream:
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _pump(connection, upstream)
            return
        parts = urlsplit(target.decode())
        line = b" ".join([method, parts.path.encode(), version])
        _forward(connection, parts.netloc, line + head[head.index(b"\r\n") :] + b"\r\n\r\n" + body)

    return handle


def ending_tls(address: str, seen: list[bytes]) -> Handler:
    """Hands each request on to the server at this address; `seen` gets each request's head."""

    def handle(connection: socket.socket, request: bytes) -> None:
        seen.append(request.partition(b"\r\n\r\n")[0])
        _forward(connection, urlsplit(address).netloc, request)

    return handle


def _connected(netloc: str) -> socket.socket:
    host, _, port = netloc.rpartition(":")
    return socket.create_connection((host, int(port)), 10)


def _forward(connection: socket.socket, netloc: str, request: bytes) -> None:
    with _connected(netloc) as upstream:
        upstream.sendall(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        while answered := upstream.recv(65536):
            connection.sendall(answered)


def _pump(one: socket.socket, other: socket.socket) -> None:
    """Carries bytes both ways until one side ends."""
    with suppress(OSError):
        while True:
            for ready in select.select([one, other], [], [], 10)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                (other if ready is one else one).sendall(data)
