"""A Dask cluster and a Redis server as processes of their own, for the tests that need some."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pytest

SECONDS_TO_START = 30.0


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until(holds: Callable[[], bool], what: str, seconds: float = SECONDS_TO_START) -> None:
    """Waits for something, and fails if it does not come."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"{what} within {seconds} s"
        time.sleep(0.05)


def listens(port: int) -> bool:
    """Somebody takes connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass(slots=True)
class Machines:
    """Processes that end with the block. `environment`: what the workers have, the tokens. Mutable."""

    folder: Path
    environment: Mapping[str, str]
    scheduler: str = ""
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> Machines:
        port = free_port()
        self._start("dask", "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        wait_until(lambda: listens(port), "the scheduler listens")
        self.scheduler = f"tcp://127.0.0.1:{port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.kill()
            process.wait()

    def add_worker(self) -> None:
        """One more worker, which is there when this returns."""
        number = len(self.workers)
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self.folder / "dask"))
        self.workers.append(self._start("dask", "worker", self.scheduler, *options, name=f"worker-{number}"))
        log = self.folder / f"worker-{number}.log"
        wait_until(lambda: "Registered to" in log.read_text(encoding="utf-8"), "the worker is registered")

    def kill_worker(self, number: int) -> None:
        """As a machine does that loses its power."""
        self.workers[number].send_signal(signal.SIGKILL)

    def _start(self, module: str, *arguments: str, name: str = "scheduler") -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                cwd=self.folder,
            )
        self._processes.append(process)
        return process


class Redis:
    """A Redis server in memory while the block lasts; a test that asks for one is skipped where there is none."""

    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("there is no redis-server: apt-get install redis-server")
        self._program, self._port = program, free_port()

    def __enter__(self) -> Redis:
        options = ("--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
        self._process = subprocess.Popen([self._program, *options], stdout=subprocess.DEVNULL)
        wait_until(lambda: listens(self._port), "redis-server listens")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"
