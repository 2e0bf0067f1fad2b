"""Runs on a real Dask cluster: a scheduler and two workers as processes, one of which is killed on the way."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fuzz.errors import UsageError
from fuzz.run.options import RunOptions
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from tests.cluster.processes import Machines, Redis, wait_until
from tests.target.http.noise import NoisyProxy

pytest.importorskip("distributed", reason="the extra is not installed: pip install 'calfuzz[cluster]'")

FAULT = "mismatch-of-both-accepted"
DETERMINISTIC = ("--phases", "preflight,conformance,payloads", "--seed", "5", "--no-progress")


@dataclass(slots=True)
class Site:
    """A sandbox behind a proxy, and calfuzz as a command against it. `arrived`: when each request came. Mutable."""

    folder: Path
    sandbox: Sandbox
    machines: Machines
    proxy: NoisyProxy
    arrived: list[float] = field(default_factory=list)

    def profile(self, replacing: tuple[str, str], **fields: object) -> Path:
        """A target profile that goes through the proxy."""
        text = profile_yaml(self.sandbox).replace(self.sandbox.address, self.proxy.address).replace(*replacing)
        path = self.folder / "target.yaml"
        path.write_text(text + "".join(f"{name}: {value}\n" for name, value in fields.items()), encoding="utf-8")
        return path

    def start(
        self, *arguments: str, rate: str = "5000/s", command: str = "gate", replacing: tuple[str, str] = ("-", "-")
    ) -> subprocess.Popen[str]:
        """calfuzz as a command, on the cluster. `replacing`: one text of the target profile by another."""
        target = ("--target", str(self.profile(replacing, rate_limit=rate)), "--scheduler", self.machines.scheduler)
        return subprocess.Popen(
            [sys.executable, "-m", "fuzz", command, *target, *arguments],
            cwd=self.folder,
            env=dict(self.machines.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, **options: str) -> tuple[int, str]:
        """Runs the command to its end: the exit code, and what it has printed."""
        process = self.start(*arguments, **options)
        printed, _ = process.communicate(timeout=300)
        return process.returncode, printed

    @property
    def report(self) -> dict[str, Any]:
        return json.loads((self.folder / ".calfuzz/reports/latest/report.json").read_text(encoding="utf-8"))

    @property
    def exchanges(self) -> list[dict[str, Any]]:
        lines = (self.folder / ".calfuzz/reports/latest/events.ndjson").read_text(encoding="utf-8").splitlines()
        return [event for event in map(json.loads, lines) if event["event"] == "exchange"]


STAFF = 4


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler and two workers, which have the tokens of every sandbox of that many staff members."""
    root = Path(__file__).parent.parent.parent
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root), **Sandbox(staff=STAFF).env}
    with Machines(tmp_path_factory.mktemp("machines"), environment) as machines:
        machines.add_worker()
        machines.add_worker()
        yield machines


def _site(folder: Path, machines: Machines, **sandbox: Any) -> Iterator[Site]:
    arrived: list[float] = []

    def note(_request: bytes) -> None:
        arrived.append(time.monotonic())

    with Sandbox(staff=STAFF, **sandbox) as target, NoisyProxy(target.address, choose=note) as proxy:
        yield Site(folder, target, machines, proxy, arrived)


@pytest.fixture
def honest(tmp_path: Path, machines: Machines) -> Iterator[Site]:
    """An honest target."""
    yield from _site(tmp_path, machines)


@pytest.fixture
def faulty(tmp_path: Path, machines: Machines) -> Iterator[Site]:
    """A target with a fault, slow enough for something to happen in the middle of a run."""
    yield from _site(tmp_path, machines, fault=FAULT, latency=0.005)


def test_an_honest_target_passes_on_a_cluster_with_every_clause_exercised(honest: Site) -> None:
    code, printed = honest.run("--max-examples", "4", "--no-progress")
    assert 0 == code, printed
    report, exchanges = honest.report, honest.exchanges
    assert "pass" == report["verdict"]
    assert [] == report["failures"]
    assert len(honest.arrived) == report["requests"]["total"] == len(exchanges)
    assert sum(phase["requests"] for phase in report["phases"]) == report["requests"]["total"]
    assert len({exchange["n"] for exchange in exchanges}) == len(exchanges)
    systematic = next(phase for phase in report["phases"] if phase["name"] == "systematic")
    assert "conforms to the documented machine" in json.dumps(systematic)


def test_a_fault_is_found_though_a_worker_is_killed_and_nothing_is_counted_twice(faulty: Site, tmp_path: Path) -> None:
    process = faulty.start("--phases", "preflight,conformance", "--seed", "5", "--no-progress")
    threading.Thread(target=_kill_worker_halfway, args=(faulty,), daemon=True).start()
    printed, _ = process.communicate(timeout=300)
    assert 1 == process.returncode, printed
    report, exchanges = faulty.report, faulty.exchanges
    assert {"already_exists"} == {failure["clause"] for failure in report["failures"]}
    assert {"3/3"} == {failure["reproduced"] for failure in report["failures"]}
    assert all((tmp_path / failure["bundle"] / "failure.json").exists() for failure in report["failures"])
    # What the killed worker had sent reached the target, and stands in no report.
    assert len(exchanges) == report["requests"]["total"] < len(faulty.arrived) - 100
    assert len({exchange["n"] for exchange in exchanges}) == len(exchanges)


def _kill_worker_halfway(site: Site) -> None:
    wait_until(lambda: len(site.arrived) > 400, "400 requests", 120)
    site.machines.kill_worker(0)
    site.machines.add_worker()


def test_a_rate_limit_in_redis_holds_for_all_workers_together(honest: Site) -> None:
    with Redis() as redis:
        code, printed = honest.run(
            *DETERMINISTIC, "--max-time", "8s", "--database", redis.url, rate="20/s", command="run"
        )
    assert code in (0, 3), printed
    together = honest.arrived[20:]
    busiest = max(sum(1 for moment in together if 0 <= moment - start < 1) for start in together)
    # A request may be a moment on its way, so that a second at the server sees a few more than were let go in one.
    assert busiest <= 26
    assert len(together) / (together[-1] - together[0]) >= 10


def test_without_redis_each_shard_keeps_its_share_of_the_rate(honest: Site) -> None:
    code, printed = honest.run(*DETERMINISTIC, "--max-time", "5s", rate="20/s", command="run")
    assert code in (0, 3), printed
    busiest = max(sum(1 for moment in honest.arrived if 0 <= moment - start < 1) for start in honest.arrived)
    assert busiest <= 26


def test_a_worker_that_lacks_a_token_is_named_and_ends_the_run(
    honest: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(honest.machines, "environment", {**honest.machines.environment, "ONLY_HERE": "some-secret-1"})
    process = honest.start(*DETERMINISTIC, replacing=("CALFUZZ_SANDBOX_STAFF_TOKEN_3", "ONLY_HERE"))
    printed, _ = process.communicate(timeout=60)
    assert 2 == process.returncode, printed
    assert "error: on the Dask worker tcp://127.0.0.1:" in printed
    assert "{env:ONLY_HERE}" in printed


def test_a_cluster_needs_a_target_that_its_workers_can_reach() -> None:
    with pytest.raises(UsageError, match="--scheduler needs --target"):
        RunOptions(command="run", scheduler="tcp://127.0.0.1:8786")
