"""Answers as bytes, and a session with a server that gives them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fuzz.run.setup.documents import read_contract
from fuzz.session.journal import Journal
from fuzz.session.session import Session
from fuzz.target.http.client import Client
from fuzz.target.profile import Profile
from fuzz.target.secrets import Secrets

CONTRACT = read_contract(None, None)


def framed(status: bytes, headers: bytes, content: bytes) -> bytes:
    """An answer; its length is said unless the headers say one."""
    length = b"" if b"Length" in headers else b"Content-Length: %d\r\n" % len(content)
    return b"HTTP/1.1 " + status + b" Fine\r\n" + headers + length + b"\r\n" + content


def session_at(url: str, journal: Path | None) -> Session:
    """A session with the server at an address, which loses no time between attempts."""
    token = {"env": "FUZZED_TOKEN"}
    given: dict[str, Any] = {"name": "here", "base_url": url, "tokens": {"admin": token}}
    profile = Profile.model_validate({**given, "staff": [{"uid": "0a1b", "token": token}]})
    secrets = Secrets()
    client = Client(run="fuzzed", timeout=2.0, sleep=lambda _seconds: None)
    return Session(CONTRACT, profile, secrets, client, Journal(journal, secrets))
