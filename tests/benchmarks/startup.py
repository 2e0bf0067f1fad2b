"""How soon a command answers, and a run sends its first request."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks.tables import table

CALFUZZ = (sys.executable, "-m", "fuzz")
ROOT = Path(__file__).parent.parent.parent


def measure(*, quick: bool) -> str:
    """The table."""
    times = 3 if quick else 9
    rows = [
        ("`python -c pass`", f"{median(_help(sys.executable, '-c', 'pass') for _ in range(times)):.2f} s", ""),
        ("`calfuzz --help`", f"{median(_help(*CALFUZZ, '--help') for _ in range(times)):.2f} s", "0.30 s"),
        ("`calfuzz run` to its first answer", f"{median(_first_answer() for _ in range(times)):.2f} s", "1.50 s"),
    ]
    return table("Start-up", ("command", "median", "goal"), rows)


def _help(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def _first_answer() -> float:
    with TemporaryDirectory() as folder:
        events = Path(folder) / "report/events.ndjson"
        options = ("--no-progress", "--phases", "preflight", "--database", folder, "--report-dir", str(events.parent))
        began = time.perf_counter()
        with subprocess.Popen((*CALFUZZ, "run", *options), cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None and not (events.exists() and '"exchange"' in events.read_text()):
                time.sleep(0.005)
            return time.perf_counter() - began
