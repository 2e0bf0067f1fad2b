"""The first lines of a run: what is run against what, how fast and who says so, and how much there is to send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fuzz.events.types import PlanEntry, RateEntry, RunStarted
from fuzz.report.text import counted, duration, visible


def first_lines(started: RunStarted) -> Iterator[str]:
    """The lines; of a journal of an older calfuzz, which knows neither rate nor plan, only the first."""
    yield f"target {visible(started['target'])}, seed {started['seed']}"
    if "rate" in started:
        yield _rate(started["rate"])
    if "plan" in started:
        yield _plan(started["plan"], started["options"])


def _rate(rate: RateEntry) -> str:
    return f"rate: {speed(rate['per_second'])} ({visible(rate['from'])})"


def speed(per_second: float | None) -> str:
    """`8/s`, `30/m`: whole numbers as far as can be."""
    if per_second is None:
        return "no limit"
    for unit, seconds in (("s", 1), ("m", 60), ("h", 3600)):
        if per_second * seconds >= 1:
            return f"{round(per_second * seconds, 2):g}/{unit}"
    return f"{round(per_second * 86400, 2):g}/d"


def _plan(plan: PlanEntry, options: dict[str, Any]) -> str:
    seconds, limit = plan["seconds"], options.get("max_time")
    line = f"plan: {counted(plan['requests'], 'request')}"
    if seconds is not None:
        line += f", {duration(seconds)} at that rate"
    if seconds is not None and limit is not None and seconds > limit:
        return f"{line}: more than --max-time {duration(limit)} has room for"
    return f"{line}, then {' and '.join(plan['open'])} until --max-time" if plan["open"] else line
