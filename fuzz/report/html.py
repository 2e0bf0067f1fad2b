"""`report.html`: a run on one page that needs nothing else, for someone who did not run it.

It stays under a megabyte whatever was seen: what is numerous is counted, what is long is cut, and failures beyond the
room for them are shown without their steps.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fuzz.model.events import LATENCY_BOUNDS, Event, Summary
from fuzz.report import diagram, view
from fuzz.report.exhibit import exhibit
from fuzz.report.text import LINE, counted, duration, visible

Show = Callable[[Any], str]
"""Makes a text from outside fit to be shown."""

TEMPLATES = Path(__file__).parent / "templates"

MOST = 950_000
"""Bytes of the page."""

ROOM = 600_000
"""Bytes of it for the failures' steps."""

ROOM_FOR_ONE = 120_000
"""Bytes for the steps of one failure."""

MISSES = 5
"""Failures that did not fit with bodies of one length before that length is tried no more."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is shown: rows, failures, characters of a line, of a body, or `less` where that is too much. Frozen."""

    rows: int
    failures: int
    line: int
    body: int
    less: int


SIZES = (Size(300, 150, LINE, 3_000, 300), Size(150, 80, 100, 1_000, 100), Size(30, 20, 30, 100, 30))
"""The largest that fits is taken; the last one fits whatever it shows."""


def report_html(summary: Summary) -> str:
    """The page. Everything in it went through `visible` and through the template's escaping."""
    pages = (_page(summary, size) for size in SIZES)
    return next((page for page in pages if len(page.encode()) <= MOST), "") or _page(summary, SIZES[-1])


def _page(summary: Summary, size: Size) -> str:
    show = partial(visible, limit=size.line)
    environment = _environment(size)
    failures = view.failures_of(summary)
    shown = failures[: size.failures]
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    return environment.get_template("report.html.jinja").render(
        verdict=view.verdict_of(summary),
        headline=view.headline(summary),
        reasons=[show(reason) for reason in [*view.reasons_of(summary), *summary.troubles][: size.rows]],
        facts=list(_facts(summary, show)),
        target=show(view.target_of(summary)),
        index=[exhibit(failure, n, line=size.line, body=0) for n, failure in enumerate(shown)],
        failures=list(_failures(environment, shown, size)),
        more_failures=len(failures) - len(shown),
        diagram=diagram.diagram(summary),
        clauses=view.clause_rows(summary),
        matrix=view.matrix_of(summary),
        observations=sorted(summary.observations.items()),
        drift=summary.started.get("drift", []),
        latency=_latency(summary),
        phases=list(summary.phases.values()),
        settings=list(_settings(summary, show))[: size.rows],
        rows=size.rows,
        style=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _environment(size: Size) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        visible=partial(visible, limit=size.line), number=lambda value: f"{value:,}", duration=duration
    )
    environment.globals.update(width=diagram.WIDTH, height=diagram.HEIGHT, radius=diagram.RADIUS)
    return environment


def _facts(summary: Summary, show: Show) -> Iterator[tuple[str, str]]:
    yield "target", show(view.target_of(summary))
    yield "requests", f"{summary.total:,}"
    yield "time", duration(view.seconds_of(summary))
    if summary.retried or summary.lost:
        yield "retried, lost", f"{summary.retried:,}, {summary.lost:,}"
    yield "seed", show(summary.started.get("seed", "unknown"))
    yield "began", show(summary.started.get("at", "unknown"))


def _failures(environment: Environment, failures: Sequence[Event], size: Size) -> Iterator[Markup]:
    """Each failure rendered, with as much of its bodies as there is room for, and at last without its steps."""
    template = environment.get_template("failure.html.jinja")
    room = ROOM
    misses = dict.fromkeys((size.body, size.less), 0)
    for place, failure in enumerate(failures):
        for body in (*(body for body, missed in misses.items() if missed < MISSES), 0):
            text = template.render(failure=exhibit(failure, place, line=size.line, body=body))
            needed = len(text.encode())
            if body and needed <= min(room, ROOM_FOR_ONE):
                room -= needed
                break
            if body:
                misses[body] += 1
        yield Markup(text)


def _latency(summary: Summary) -> list[tuple[str, int, float]]:
    """(bin, answers, share of the fullest bin), from the first bin with an answer to the last."""
    names = [*(f"to {_milliseconds(bound)}" for bound in LATENCY_BOUNDS), f"over {_milliseconds(LATENCY_BOUNDS[-1])}"]
    full = [place for place, count in enumerate(summary.latency) if count]
    if not full:
        return []
    most = max(summary.latency)
    span = range(full[0], full[-1] + 1)
    return [(names[place], summary.latency[place], summary.latency[place] / most) for place in span]


def _milliseconds(seconds: float) -> str:
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"


def _settings(summary: Summary, show: Show) -> Iterator[tuple[str, str]]:
    for name in ("command", "run", "base_url", "fallback_url", "version"):
        if name in summary.started:
            yield name, show(summary.started[name])
    options: Mapping[str, Any] = summary.started.get("options") or {}
    for name, value in options.items():
        yield show(name), show(value)
    yield "exit code", str(view.exit_code_of(summary))
    yield "phases", counted(len(summary.phases), "phase")
