"""Requests a second of each phase, against a bare loop that sends the same bodies to the same sandbox.

Runs and loops take turns, and the median of the ratios counts: whatever else the machine does falls on both.
"""

from __future__ import annotations

from statistics import median

from fuzz.phases.random import warm_up
from tests.benchmarks.subjects import CONTRACT, Measured, Subject, bare, subject
from tests.benchmarks.tables import table

GOALS = {"systematic": 0.85, "random": 0.50}
EXAMPLES = 100


def measure(*, quick: bool) -> str:
    """The table."""
    warm_up(CONTRACT)
    with subject(staff=2) as here:
        rows = [_row(here, phase, rounds=3 if quick else 9) for phase in GOALS]
    head = ("phase", "requests", "calfuzz /s", "bare loop /s", "ratio", "goal", "CPU µs a request", "of the bare loop")
    return table("Requests a second, against a bare httpx.Client", head, rows)


def _row(here: Subject, phase: str, rounds: int) -> tuple[object, ...]:
    options = {"phases": (phase,), "max_examples": EXAMPLES if phase == "random" else None}
    pairs: list[tuple[Measured, Measured]] = []
    for number in range(rounds):
        sent = here.recorded(seed=number, **options)
        pairs.append((here.run(seed=number, **options), bare(sent)))
    ratio = median(ours.rate / loop.rate for ours, loop in pairs)
    ours, loop = ([pair[side] for pair in pairs] for side in (0, 1))
    return (
        phase,
        pairs[0][0].requests,
        f"{median(each.rate for each in ours):.0f}",
        f"{median(each.rate for each in loop):.0f}",
        f"{ratio:.0%}",
        f"{GOALS[phase]:.0%}",
        f"{median(1e6 * each.processor / each.requests for each in ours):.0f}",
        f"{median(1e6 * each.processor / each.requests for each in loop):.0f}",
    )
