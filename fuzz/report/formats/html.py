"""Writes `report.html`: a run on one page, without any other file, for readers who did not run it.

The page stays under a megabyte: long lists and texts are cut, and failures for which there is no room are shown without
their steps.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from fuzz.events.failures import FailureEvent
from fuzz.events.summary import LATENCY_BOUNDS, RunVerdict, Summary
from fuzz.report import queries
from fuzz.report.diagrams.sync_states import sync_states_svg, transitions_of
from fuzz.report.diagrams.timeline import Timeline
from fuzz.report.facts.origin import build_of, origin_of
from fuzz.report.facts.requests import requests_line
from fuzz.report.facts.standing import standing_lines
from fuzz.report.facts.words import OF_CLAUSES, OF_SITUATIONS, in_use
from fuzz.report.failure_view import failure_view
from fuzz.report.first_lines import headline, news_lines
from fuzz.report.text import LINE, counted, duration, visible

Show = Callable[[Any], str]
"""Makes a text from outside safe to show."""

TEMPLATES = Path(__file__).parent.parent / "templates"

MAX_BYTES = 950_000
"""Maximum bytes of the page."""

ROOM = 600_000
"""Maximum bytes of the page for the failures' steps."""

ROOM_FOR_ONE = 120_000
"""Maximum bytes for the steps of one failure."""

MISSES = 5
"""After so many failures that did not fit with bodies of one length, that length is no longer tried."""


@dataclass(frozen=True, slots=True)
class Size:
    """Maximum rows, failures, characters of a line and of a body; `less`: of a body if there is little room. Frozen."""

    rows: int
    failures: int
    line: int
    body: int
    less: int


OPEN_FAILURES, OPEN_OBSERVATIONS = 10, 8
"""Failures and observations that are not folded. Notable observations never are."""

SIZES = (Size(300, 150, LINE, 3_000, 300), Size(150, 80, 100, 1_000, 100), Size(30, 20, 30, 100, 30))
"""The first size that fits is taken; the last one always fits."""


def report_html(summary: Summary) -> str:
    """The page. Everything in it went through `visible` and through the template's escaping."""
    pages = (_page(summary, size) for size in SIZES)
    return next((page for page in pages if len(page.encode()) <= MAX_BYTES), "") or _page(summary, SIZES[-1])


def _page(summary: Summary, size: Size) -> str:
    show = partial(visible, limit=size.line)
    environment = _environment(size)
    failures, transitions = queries.failures_of(summary), transitions_of(summary)
    shown = failures[: size.failures]
    index = [failure_view(failure, n, line=size.line, body=0) for n, failure in enumerate(shown)]
    clauses = sorted(queries.clause_rows(summary), key=lambda row: row.verdict is RunVerdict.PASS)
    matrix = queries.matrix_of(summary)
    observations = queries.observations_of(summary)
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    return environment.get_template("report.html.jinja").render(
        verdict=queries.verdict_of(summary),
        word=queries.first_word(summary),
        headline=headline(summary),
        reasons=[show(reason) for reason in _notes(summary)[: size.rows]],
        news=[show(line) for line in news_lines(summary)],
        facts=list(_facts(summary, show)),
        target=show(queries.target_of(summary)),
        index=index,
        timeline=Timeline.of(summary) if not summary.replays else None,
        kinds=sorted({kind for view in index for kind in view.kinds}),
        open_failures=OPEN_FAILURES,
        replays=[(replay, show(replay["why"])) for replay in summary.replays[: size.rows]],
        marks={"FIXED": RunVerdict.PASS, "FAILED": RunVerdict.FAIL},
        failures=list(_failures(environment, shown, size)),
        more_failures=len(failures) - len(shown),
        transitions=transitions,
        failed=any(transition.failed for transition in transitions),
        not_drawn=summary.sent["at_once"],
        diagram=Markup(sync_states_svg(transitions)),
        clauses=clauses,
        to_be_read=sum(row.verdict is not RunVerdict.PASS for row in clauses),
        matrix=matrix,
        requests=requests_line(summary),
        shrinking=summary.shrinking,
        words={"clauses": OF_CLAUSES, "situations": OF_SITUATIONS, "answers": in_use(matrix.answers)},
        observations=observations,
        notable_ones=max(OPEN_OBSERVATIONS, sum(bool(why) for *_, why in observations)),
        drift=summary.started["drift"],
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
        visible=partial(visible, limit=size.line),
        breakable=partial(_breakable, limit=size.line),
        number=lambda value: f"{value:,}",
        duration=duration,
    )
    return environment


def _notes(summary: Summary) -> list[str]:
    return [*queries.reasons_of(summary), *standing_lines(summary), *summary.troubles]


def _breakable(text: Any, *, limit: int) -> Markup:
    """A name or a path that a narrow page may break behind its underscores, dots and slashes."""
    return Markup(re.sub(r"([_./])", r"\1<wbr>", str(escape(visible(text, limit=limit)))))


def _facts(summary: Summary, show: Show) -> Iterator[tuple[str, str]]:
    yield "target", show(queries.target_of(summary))
    yield "requests", f"{summary.total:,}"
    yield "time", duration(queries.seconds_of(summary))
    if summary.retried or summary.lost:
        yield "retried, lost", f"{summary.retried:,}, {summary.lost:,}"
    yield "seed", queries.seed_of(summary)
    yield "began", show(summary.started["at"])
    if build_of(summary):
        yield "build", show(build_of(summary))


def _failures(environment: Environment, failures: Sequence[FailureEvent], size: Size) -> Iterator[Markup]:
    """The failures as HTML, with as much of their bodies as there is room for, or without steps."""
    template = environment.get_template("failure.html.jinja")
    room = ROOM
    misses = dict.fromkeys((size.body, size.less), 0)
    for number, failure in enumerate(failures):
        for body in (*(body for body, missed in misses.items() if missed < MISSES), 0):
            text = template.render(failure=failure_view(failure, number, line=size.line, body=body))
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
    full = [index for index, count in enumerate(summary.latency) if count]
    if not full:
        return []
    fullest = max(summary.latency)
    span = range(full[0], full[-1] + 1)
    return [(names[index], summary.latency[index], summary.latency[index] / fullest) for index in span]


def _milliseconds(seconds: float) -> str:
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"


def _settings(summary: Summary, show: Show) -> Iterator[tuple[str, str]]:
    started = summary.started
    for name, value in origin_of(summary):
        yield name, show(value)
    yield "version", show(started["version"])
    for name, value in started["options"].items():
        yield show(name), show(value)
    yield "exit code", str(queries.exit_code_of(summary))
    yield "phases", counted(len(summary.phases), "phase")
