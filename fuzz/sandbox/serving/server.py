"""The server's side of a sandbox: uvicorn on a loopback socket, in the foreground or as the child of a `Sandbox`."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable

import uvicorn

from fuzz.errors import UsageError
from fuzz.sandbox.serving.app import application
from fuzz.sandbox.settings import Settings, behaviour_of

PARENT_CHECK_SECONDS = 1.0


class AnnouncingServer(uvicorn.Server):
    """A uvicorn server that calls `announce` when it has begun to answer. Mutable."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to listen, then announces it."""
        await super().startup(sockets)
        self._announce()

    def stop_now(self) -> None:
        """Stops the server without waiting for open connections."""
        self.should_exit = self.force_exit = True


def run(settings: Settings, announce: Callable[[int], None], *, child: bool = False) -> None:
    """Serves until told to end. `announce` is called with the port once the server answers."""
    listener = bound_socket(settings.port)
    try:
        behaviour = behaviour_of(settings)
    except BaseException:
        listener.close()
        raise
    app = application(
        behaviour, latency=settings.latency, admin_scheme=settings.admin_scheme, deployment=settings.deployment
    )
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", ws="none")
    server = AnnouncingServer(config, lambda: announce(listener.getsockname()[1]))
    if child:
        stop_with_parent(server)
    try:
        server.run(sockets=[listener])
    finally:
        behaviour.store.close()


def bound_socket(port: int) -> socket.socket:
    """A socket on the loopback address; port 0 is any free one."""
    # asyncio turns off Nagle's algorithm only for sockets that say they are TCP; with it, each answer takes 40 ms more.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        what = f"port {port} cannot be used: {error.strerror}"
        raise UsageError(what, next="take another port, or 0 for any") from None
    return listener


def stop_with_parent(server: AnnouncingServer) -> None:
    """Stops the server when the parent closes its end of our stdin, or is gone."""
    parent = os.getppid()

    def wait_for_end_of_stdin() -> None:
        sys.stdin.buffer.read()
        server.stop_now()

    # A process forked off the parent keeps a copy of the pipe open: hence the second check.
    def wait_for_end_of_parent() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_CHECK_SECONDS)
        server.stop_now()

    for watch in (wait_for_end_of_stdin, wait_for_end_of_parent):
        threading.Thread(target=watch, daemon=True).start()


def serve_as_child(settings: Settings) -> None:
    """Serves, and writes the port, or why there is none, to the parent as a line of JSON."""

    def write_line(**message: object) -> None:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    try:
        run(settings, lambda port: write_line(port=port), child=True)
    except UsageError as error:
        write_line(what=error.what, next=error.next)
