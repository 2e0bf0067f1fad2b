"""A server that notes what it is sent and answers from a list, for documents about operations that no sandbox has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from fuzz.run.setup.documents import read_contract
from fuzz.session.journal import Journal
from fuzz.session.session import Session
from fuzz.target.http.client import Client
from fuzz.target.profile import Profile
from fuzz.target.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it came. Frozen."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Scripted:
    """What is answered, status and body, in order, the last one for ever; and what came. Mutable."""

    url: str
    answers: list[tuple[int, Any]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)


@contextmanager
def scripted_server() -> Iterator[Scripted]:
    """A server on a free loopback port."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.sent.append(Sent(self.command, self.path, dict(self.headers), body))
            status, answer = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Nothing is written to the terminal."""

    for method in ("GET", "PUT", "POST"):
        setattr(Handler, f"do_{method}", Handler.handle_one)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = Scripted(f"http://127.0.0.1:{server.server_address[1]}", [(200, {})])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def session_with(url: str, monkeypatch: pytest.MonkeyPatch, **profile: Any) -> Iterator[Session]:
    """A session for one staff member; the fallback gateway is the same server below `/fallback`."""
    monkeypatch.setenv("ADMIN_FOR_TEST", "admin-token-1")
    monkeypatch.setenv("STAFF_FOR_TEST", "staff-token-1")
    values = {
        "name": "scripted",
        "base_url": f"{url}/main",
        "fallback_url": f"{url}/fallback",
        "tokens": {"admin": {"env": "ADMIN_FOR_TEST"}},
        "staff": [{"uid": "s1", "token": {"env": "STAFF_FOR_TEST"}}],
        "disposable_staff": True,
        **profile,
    }
    secrets = Secrets()
    client = Client(run="test", timeout=5.0, sleep=lambda _: None)
    try:
        yield Session(
            read_contract(None, None), Profile.model_validate(values), secrets, client, Journal(None, secrets)
        )
    finally:
        client.close()
