"""Faults of the sandbox that `st run` finds, and that calfuzz finds with no more requests, and how long each takes.

`st run` is given the endpoint in good faith, and its own baseline of what it says of the honest sandbox, so that only
what a fault has changed counts as found.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz.phases.random import warm_up
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox
from tests.benchmarks.good_faith import openapi
from tests.benchmarks.subjects import CONTRACT, subject
from tests.benchmarks.tables import table
from tests.target.http.noise import NoisyProxy

EXAMPLES = 60
PORTABLE = "http://127.0.0.1"


@dataclass(frozen=True, slots=True)
class Found:
    """Whether a fault was found, and what it took. Frozen."""

    found: bool
    requests: int
    seconds: float


def measure(*, quick: bool) -> str:
    """The table."""
    faults = list(Fault)[:: len(Fault) // (5 if quick else 20)]
    warm_up(CONTRACT)
    rows = []
    totals = [0, 0]
    with TemporaryDirectory() as folder:
        baseline = Path(folder) / "baseline.json"
        _st(None, baseline, update=True)
        for fault in faults:
            theirs = _st(fault, baseline)
            ours = _calfuzz(fault, theirs.requests)
            totals[0] += theirs.found
            totals[1] += ours.found
            rows.append((fault.value, *_cells(theirs), *_cells(ours)))
    rows.append((f"**{len(faults)} faults**", f"**{totals[0]}**", "", "", f"**{totals[1]}**", "", ""))
    head = ("fault", "`st run`", "requests", "seconds", "calfuzz", "requests", "seconds")
    return table("Faults found by schemathesis's command and by calfuzz", head, rows)


def _cells(found: Found) -> tuple[str, ...]:
    return ("found" if found.found else "·", str(found.requests), f"{found.seconds:.0f}")


def _st(fault: Fault | None, baseline: Path, *, update: bool = False) -> Found:
    """Schemathesis's command, every check and phase. Exit code 1: something that its baseline does not hold."""
    with Sandbox(fault=fault) as sandbox, NoisyProxy(sandbox.address) as proxy, TemporaryDirectory() as folder:
        schema = Path(folder) / "openapi.json"
        schema.write_text(json.dumps(openapi(sandbox)), encoding="utf-8")
        st = Path(sys.executable).with_name("st")
        options = ["--url", f"{proxy.address}/apigw", "-n", str(EXAMPLES), "--seed", "1", "--checks", "all"]
        options += ["--continue-on-failure", "--baseline", str(baseline), *(["--baseline-update"] if update else [])]
        began = time.perf_counter()
        done = subprocess.run([st, "run", str(schema), *options], cwd=folder, capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stdout + done.stderr)
        return Found(done.returncode == 1, proxy.requests, time.perf_counter() - began)


def _calfuzz(fault: Fault, requests: int) -> Found:
    """A run that is given up at the same number of requests; what it needed if it found something."""
    needed: list[int] = []
    with subject(staff=2, fault=fault) as here:

        def watch(event: dict[str, object], _summary: object) -> None:
            if event["event"] == "failure" and event["status"] == "confirmed":
                needed.append(int(str(event["requests_to_find"])))

        phases = ("preflight", "systematic", "random")
        ran = here.run(phases=phases, max_failures=1, max_examples=100, listeners=(watch,))
    found = bool(needed) and needed[0] <= requests
    return Found(found, needed[0] if needed else min(ran.requests, requests), ran.seconds)
