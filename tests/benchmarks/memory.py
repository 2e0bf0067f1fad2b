"""Memory over a long run: the journal is on disk and the tallies are small, so it should not grow."""

from __future__ import annotations

from pathlib import Path

from fuzz.events.summary import Summary
from fuzz.events.types import Event
from fuzz.phases.random import warm_up
from tests.benchmarks.subjects import CONTRACT, subject
from tests.benchmarks.tables import table

QUICK = (1_000, 2_000, 4_000, 8_000)
LONG = (5_000, 10_000, 20_000, 50_000, 100_000)
MILLION = (20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
REQUESTS_AN_EXAMPLE = 10


def measure(*, quick: bool, million: bool = False) -> str:
    """The table."""
    marks = list(MILLION if million else QUICK if quick else LONG)
    rows: list[tuple[str, str]] = []

    def watch(_event: Event, summary: Summary) -> None:
        if marks and summary.total >= marks[0]:
            rows.append((f"{marks.pop(0):,}", f"{resident():.0f} MB"))

    warm_up(CONTRACT)
    with subject(staff=2) as here:
        examples = marks[-1] // REQUESTS_AN_EXAMPLE
        # What the journal holds is not of interest here, and a million exchanges are gigabytes.
        here.run(phases=("random",), max_examples=examples, listeners=(watch,), journal=Path("/dev/null"))
    return table("Memory over one run", ("requests", "resident"), rows)


def resident() -> float:
    """What this process has in memory now, in megabytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
