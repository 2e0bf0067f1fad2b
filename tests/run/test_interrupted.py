"""Ctrl-C and SIGTERM in the middle of a run: reports are written, the exit code says so, nothing is left running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def children_of(pid: int) -> list[int]:
    """The processes that this one has started and that are still there."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = path.read_text("utf-8", "replace").rpartition(") ")[2].split()
        except OSError:
            continue
        if after_name[1] == str(pid) and after_name[0] != "Z":
            found.append(int(path.parent.name))
    return found


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() and ") Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")


def phase_of(events: Path) -> str:
    """The phase that a run is in: that of the last event."""
    lines = events.read_text("utf-8").splitlines() if events.exists() else []
    exchanges = [line for line in lines if '"event":"exchange"' in line]
    return json.loads(exchanges[-1])["phase"] if len(exchanges) > 20 else ""


def interrupted(directory: Path, phase: str, sent_signal: int) -> tuple[int, str, list[int]]:
    """A run against the sandbox, and a signal as soon as it is in a phase: exit code, errors, and its children then."""
    command = [sys.executable, "-m", "fuzz", "run", "--max-time", "60s", "--no-progress", "--seed", "7"]
    command += ["--phases", f"preflight,{phase}", "--report", "json,html,junit"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 40
        while phase_of(directory / ".calfuzz/reports/latest/events.ndjson") != phase:
            assert time.monotonic() < deadline, process.poll()
            time.sleep(0.1)
        children = children_of(process.pid)
        process.send_signal(sent_signal)
        _, errors = process.communicate(timeout=30)
    return process.returncode, errors, children


@pytest.mark.parametrize(
    ("phase", "sent_signal", "code"),
    [("random", signal.SIGINT, 130), ("random", signal.SIGTERM, 143), ("systematic", signal.SIGTERM, 143)],
)
def test_a_run_that_is_interrupted_writes_its_reports_and_leaves_nothing_behind(
    tmp_path: Path, phase: str, sent_signal: int, code: int
) -> None:
    returned, errors, children = interrupted(tmp_path, phase, sent_signal)

    assert (code, "") == (returned, errors)
    report = json.loads((tmp_path / ".calfuzz/reports/latest/report.json").read_text("utf-8"))
    assert code == report["exit_code"]
    assert report["requests"]["total"] > 20
    assert (tmp_path / ".calfuzz/reports/latest/report.html").exists()
    assert children, "the sandbox was there"
    deadline = time.monotonic() + 10
    while any(map(is_alive, children)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [] == [child for child in children if is_alive(child)]
