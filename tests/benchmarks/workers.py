"""What more workers bring against a target that answers in a tenth of a second."""

from __future__ import annotations

from fuzz.phases.random import warm_up
from tests.benchmarks.subjects import CONTRACT, subject
from tests.benchmarks.tables import table

WORKERS = (1, 2, 4, 8, 16)
LATENCY = 0.1
GOAL = 14


def measure(*, quick: bool) -> str:
    """The table."""
    warm_up(CONTRACT)
    rates = {}
    with subject(staff=2 * max(WORKERS), latency=LATENCY) as here:
        for workers in WORKERS:
            ran = here.run(phases=("random",), max_time=5.0 if quick else 30.0, workers=workers)
            rates[workers] = ran.rate
    rows = [(count, f"{rate:.1f}", f"{rate / rates[1]:.1f} ×") for count, rate in rates.items()]
    title = f"Workers, against a target that answers in {LATENCY:g} s (goal: {GOAL} × at {max(WORKERS)})"
    return table(title, ("workers", "requests /s", "of one worker"), rows)
