"""The plan of a run for `--dry-run`: each phase's scenarios, requests, and time at the rate limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fuzz.events.types import PlanEntry
from fuzz.report.text import hanging
from fuzz.run.phase_list import PlanContext, Planned, phase_named


def plan(context: PlanContext) -> Iterator[tuple[str, Planned]]:
    """The phases of the run in order, each with how much it would send."""
    return ((name, phase_named(name).plan(context)) for name in context.options.phases)


def figures(context: PlanContext, per_second: float | None) -> PlanEntry:
    """How many requests a run has to send, and how long they take at the rate limit. A phase that is bounded by the
    run's time alone is left open.
    """
    timed = context.options.max_time is not None
    planned = [(name, phase_named(name)) for name in context.options.phases]
    open_phases = [name for name, phase in planned if timed and not phase.bounded]
    requests = sum(phase.plan(context).requests or 0 for name, phase in planned if name not in open_phases)
    seconds = None if per_second is None else requests / per_second
    return {"requests": requests, "seconds": seconds, "open": open_phases}


def as_text(planned: Iterable[tuple[str, Planned]], per_second: float | None) -> str:
    """The plan as a table. `per_second`: the rate limit in requests per second, None for no limit."""
    lines = [f"{'phase':<12} {'scenarios':>9} {'requests':>9} {'at the limit':>13}  what"]
    total = 0
    for name, phase in planned:
        total += phase.requests or 0
        scenarios, requests = (_number(value) for value in (phase.scenarios, phase.requests))
        numbers = f"{name:<12} {scenarios:>9} {requests:>9} {_time(phase.requests, per_second):>13}  "
        lines += hanging(numbers, phase.what)
    lines.append(f"{'in all':<12} {'':>9} {total:>9,} {_time(total, per_second):>13}  nothing was sent")
    return "\n".join(lines) + "\n"


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def _time(requests: int | None, per_second: float | None) -> str:
    if requests is None or per_second is None:
        return "no limit" if requests is not None else "?"
    return f"{requests / per_second:,.0f} s"
