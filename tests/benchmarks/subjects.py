"""What is measured: runs against a sandbox of one's own, and the requests that they sent, to be sent again bare."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import httpx

from fuzz.run.options import RunOptions
from fuzz.run.phase_list import phase_names
from fuzz.run.run import Run
from fuzz.run.setup import session_setup
from fuzz.run.setup.documents import read_contract
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from fuzz.session.journal import Journal, Listener
from fuzz.target.http.client import Client, Delivery
from fuzz.target.http.deadline import HoldLastByte, WhileWaiting, idle
from fuzz.target.http.request import HttpRequest
from fuzz.target.profile import Profile, load_profile

CONTRACT = read_contract(None, None)
OPTIONS = RunOptions(command="run", max_time=None, seed=7, phases=phase_names(), progress=False)


@dataclass(frozen=True, slots=True)
class Measured:
    """How long something took: on the clock, and of this thread's processor. Frozen."""

    requests: int
    seconds: float
    processor: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class Subject:
    """A sandbox and its profile. Frozen."""

    profile: Profile
    folder: Path

    def run(self, *, listeners: tuple[Listener, ...] = (), journal: Path | None = None, **options: Any) -> Measured:
        """One run in this process, its journal on disk as ever."""
        secrets = session_setup.secrets_for(self.profile)
        kept = Journal(journal or self.folder / "events.ndjson", secrets, listeners)
        run = Run(replace(OPTIONS, **options), CONTRACT, self.profile, secrets, kept)
        measured = timed(lambda: _ignored(run.go()) or kept.summary.total)
        kept.close()
        return measured

    def recorded(self, **options: Any) -> list[HttpRequest]:
        """Every request of a run, in order."""
        sent: list[HttpRequest] = []

        class Recording(Client):
            def deliver(
                self,
                http_request: HttpRequest,
                while_waiting: WhileWaiting = idle,
                hold_last_byte: HoldLastByte | None = None,
            ) -> Delivery:
                sent.append(http_request)
                return super().deliver(http_request, while_waiting, hold_last_byte)

        with patch.object(session_setup, "Client", Recording):
            self.run(**options)
        return sent


def bare(sent: list[HttpRequest]) -> Measured:
    """The same requests by httpx.Client in a loop that looks at nothing."""

    def loop() -> int:
        with httpx.Client() as client:
            for each in sent:
                client.request(each.method, each.url, headers=dict(each.headers), content=each.content)
        return len(sent)

    return timed(loop)


def timed(work: Callable[[], int]) -> Measured:
    """Does some work, which says how many requests it took."""
    began, processor = time.perf_counter(), time.thread_time()
    requests = work()
    return Measured(requests, time.perf_counter() - began, time.thread_time() - processor)


def _ignored(_value: object) -> None:
    """For a call whose result does not matter here."""


@contextmanager
def subject(**sandbox: Any) -> Iterator[Subject]:
    """A sandbox while the block lasts."""
    with Sandbox(**sandbox) as target, TemporaryDirectory() as folder:
        os.environ.update(target.env)
        path = Path(folder) / "target.yaml"
        path.write_text(profile_yaml(target), encoding="utf-8")
        yield Subject(load_profile(path), Path(folder))
