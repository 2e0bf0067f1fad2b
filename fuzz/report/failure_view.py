"""A failure as the HTML report shows it: texts made harmless and cut, each step with its request, answer and curl.

Our own texts are treated like the server's, since they may hold uids that a server made up.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fuzz.events.exchanges import AnswerEntry, RequestEntry
from fuzz.events.failures import FailureEvent, TraceStep
from fuzz.report import queries
from fuzz.report.diagrams.intervals import Bar, bars
from fuzz.report.failure_text import (
    LONGEST_LINK,
    NEEDS_MORE,
    accepted_line,
    ends_of,
    expired_line,
    outcome_of,
    pairs_of,
    situations_line,
    staff_of,
)
from fuzz.report.text import visible, visible_block

Show = Callable[[Any], str]
"""Makes a text from outside safe to show on one line."""

COPIED = 20_000
"""Maximum characters of a command that the page can copy; a longer one is only in the bundle."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class StepView:
    """One request and its answer, as texts to show. Frozen.

    `pair`: `first` or `second` of two at the same time; `bars`: with the first, the times of both.
    """

    number: str
    method: str
    path: str
    says: str
    seen: str
    after: str
    kind: str
    request: str
    answer: str
    id: str
    logs: str
    seconds: float | None
    curl: str
    copied: str
    pair: str = ""
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class FailureView:
    """One failure, as texts to show. Frozen. `kinds`: what a reader may want to see alone. `found_after`: requests.
    `steps` is empty if the page has no room for them.
    """

    number: int
    anchor: str
    kinds: tuple[str, ...]
    found_after: int
    clause: str
    situation: str
    where: str
    says: str
    expected: str
    observed: str
    argument: str
    facts: tuple[tuple[str, str], ...]
    accepted: str
    replay: str
    steps: tuple[StepView, ...]
    left_out: int
    curl: str


def failure_view(failure: FailureEvent, number: int, *, line: int, body: int) -> FailureView:
    """The view of one failure. `line`, `body`: maximum characters of a line and of a body; no steps if `body` is 0."""
    show = partial(visible, limit=line)
    trace, curl, bundle = failure["trace"], failure["curl"], failure["bundle"]
    shown = ends_of(range(len(trace))) if body else []
    return FailureView(
        number=number + 1,
        anchor=f"failure-{number}",
        kinds=tuple(kinds_of(failure)),
        found_after=failure["requests_to_find"],
        clause=show(failure["clause"]),
        situation=show(queries.situation_of(failure)),
        where=show(failure["where"]),
        says=visible(failure["says"], limit=2 * line),
        expected=show(failure["expected"]),
        observed=show(failure["observed"]),
        argument=visible(failure["argument"], limit=4 * line),
        facts=tuple(_facts(failure, show)),
        accepted=show(accepted_line(failure["accepted"])) if failure["accepted"] else "",
        replay=f"calfuzz replay {show(shlex.quote(bundle))}" if bundle else "",
        steps=tuple(_steps(failure, shown, show, body)),
        left_out=len(trace) - len(shown) if body else 0,
        curl=_copied(_all_of(failure), 2 * COPIED) if body and len(curl) > 1 else "",
    )


def kinds_of(failure: FailureEvent) -> Iterator[str]:
    """`new` or `failing`, where earlier runs are known; `flaky` if it does not come each time; `accepted`."""
    age = failure.get("age", "")
    if failure["accepted"]:
        yield "accepted"
    elif age:
        yield "new" if age == queries.NEW else "failing"
    if failure["intermittent"] or age.startswith(queries.COMES_AND_GOES):
        yield "flaky"


def _facts(failure: FailureEvent, show: Show) -> Iterator[tuple[str, str]]:
    yield "fingerprint", show(failure["fingerprint"])
    if failure.get("age"):
        yield "age", show(failure["age"])
    if "expired" in failure:
        yield "baseline", show(expired_line(failure["expired"]))
    if failure.get("cause"):
        yield "cause", show(failure["cause"])
    if len(failure.get("situations", {})) > 1:
        yield "situations", show(situations_line(failure))
    yield "phase", show(failure["phase"])
    yield "requests to find", f"{failure['requests_to_find']:,}"
    yield "requests to shrink", f"{failure['requests_to_shrink']:,}"
    again = show(failure["reproduced"])
    yield "reproduced", f"{again}, intermittent" if failure["intermittent"] else again
    if failure["needs_past"]:
        yield "needs more than its steps", NEEDS_MORE
    yield "seen", f"{failure['count']:,} times" if failure["count"] > 1 else "once"
    of_payload = [*failure["features"], *failure["payload"]]
    if of_payload:
        yield "payload", ", ".join(map(show, of_payload[:20]))


def _steps(failure: FailureEvent, shown: Sequence[int], show: Show, body: int) -> Iterator[StepView]:
    """The steps at these indexes; two at the same time with their bars."""
    trace, curl, pairs = failure["trace"], failure["curl"], pairs_of(failure)
    for place in shown:
        step, pair = trace[place], pairs.get(trace[place]["step"], "")
        view = _step(step, staff_of(step, trace), curl[place] if place < len(curl) else "", show, body)
        yield replace(view, pair=pair, bars=bars(trace[place : place + 2]) if pair == "first" else ())


def _step(step: TraceStep, staff: str, curl: str, show: Show, body: int) -> StepView:
    request, answer = step["request"], step["answer"]
    return StepView(
        number=show(step["step"]),
        method=show(step["method"]),
        path=show(step["path"]),
        says=show(f"{staff}{step['says']}"),
        seen=show(step["seen"]),
        after=outcome_of(step),
        kind=step["kind"] if step["kind"] in ("pass", "fail") else "inconclusive",
        request=_message(f"{request['method']} {request['url']}", request, show, body),
        answer=_message(str(answer["status"]), answer, show, body) if answer else "no answer",
        id=show(request["id"]),
        logs=_link(step),
        seconds=float(answer["seconds"]) if answer else None,
        curl=visible_block(curl, limit=body),
        copied=_copied(curl, COPIED),
    )


def _link(step: TraceStep) -> str:
    """The address of a step's logs, if it is one that a browser may follow."""
    link = visible(step.get("logs"), limit=LONGEST_LINK)
    return link if link.startswith(("http://", "https://")) else ""


def _all_of(failure: FailureEvent) -> str:
    """The commands of all steps, one after the other; two at the same time in the background, and waited for."""
    background = {"first": " &", "second": " &\nwait"}
    pairs = pairs_of(failure)
    return "\n".join(
        f"{command}{background.get(pairs.get(number, ''), '')}"
        for number, command in enumerate(failure["curl"], start=1)
    )


def _message(first: str, message: RequestEntry | AnswerEntry, show: Show, body: int) -> str:
    headers = (f"{show(name)}: {show(value)}" for name, value in list(message["headers"].items())[:40])
    text = "\n".join([visible(first, limit=500), *headers])
    return f"{text}\n\n{visible_block(_indented(message.get('body')), limit=body)}"


def _indented(body: str) -> str:
    """A body as indented JSON, if it is JSON."""
    if len(body) > COPIED:
        return body
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def _copied(command: str, limit: int) -> str:
    """A command for the clipboard, its control characters spelled out; empty if it is too long."""
    return "" if len(command) > limit else _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", command)
