"""A failure as the HTML report shows it: every text made fit and bounded, its steps with request, answer and curl.

The engine's own texts are trusted no more than the server's: uids that a server made up stand in both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from fuzz.model.events import Event
from fuzz.report import view
from fuzz.report.argued import STEPS, accepted_line, after, who
from fuzz.report.text import visible, visible_block

Show = Callable[[Any], str]
"""Makes a text from outside fit to stand on a line."""

COPIED = 20_000
"""Characters of a command that the page can copy; a longer one is only in the bundle."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, in texts ready to be shown. Frozen."""

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
    seconds: float | None
    curl: str
    copied: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One failure, in texts ready to be shown. Frozen. `steps` is empty where there was no room for them."""

    anchor: str
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
    orders: tuple[str, ...]
    steps: tuple[Exchange, ...]
    left_out: int
    curl: str


def exhibit(failure: Event, place: int, *, line: int, body: int) -> Exhibit:
    """The `place`th failure of a report: lines and bodies up to so many characters, no steps if `body` is 0."""
    show = partial(visible, limit=line)
    trace, curl = failure.get("trace", []), failure.get("curl", [])
    shown = _some(trace) if body else []
    bundle = failure.get("bundle")
    return Exhibit(
        anchor=f"failure-{place}",
        clause=show(failure["clause"]),
        situation=show(view.situation_of(failure)),
        where=show(failure["where"]),
        says=visible(failure["says"], limit=2 * line),
        expected=show(failure["expected"]),
        observed=show(failure["observed"]),
        argument=visible(failure.get("argument"), limit=4 * line),
        facts=tuple(_facts(failure, show)),
        accepted=show(accepted_line(failure["accepted"])) if failure.get("accepted") else "",
        replay=f"calfuzz replay {show(bundle)}" if bundle else "",
        orders=tuple(show(", ".join(map(str, order))) for order in (failure.get("orders") or ())[:6]),
        steps=tuple(
            _exchange(trace[n], who(trace[n], trace), curl[n] if n < len(curl) else "", show, body) for n in shown
        ),
        left_out=len(trace) - len(shown) if body else 0,
        curl=_copied("\n".join(curl), 2 * COPIED) if body and len(curl) > 1 else "",
    )


def _some(trace: list[Any]) -> list[int]:
    """Places of the steps shown: all, or the first and the last ones."""
    places = list(range(len(trace)))
    return places if len(places) <= STEPS else [*places[: STEPS // 2], *places[-STEPS // 2 :]]


def _facts(failure: Event, show: Show) -> Iterator[tuple[str, str]]:
    yield "fingerprint", show(failure["fingerprint"])
    yield "phase", show(failure["phase"])
    yield "requests to find", f"{failure['requests_to_find']:,}"
    yield "requests to shrink", f"{failure['requests_to_shrink']:,}"
    again = show(failure["reproduced"])
    yield "reproduced", f"{again}, intermittent" if failure.get("intermittent") else again
    if failure.get("needs_past"):
        yield "needs", "what was done to the staff member before these steps"
    yield "seen", f"{failure.get('count', 1):,} times" if failure.get("count", 1) > 1 else "once"
    of_payload = [*(failure.get("features") or ()), *(failure.get("payload") or ())]
    if of_payload:
        yield "payload", ", ".join(show(each) for each in of_payload[:20])


def _exchange(step: Mapping[str, Any], whom: str, curl: str, show: Show, body: int) -> Exchange:
    request, answer = step.get("request") or {}, step.get("answer") or {}
    return Exchange(
        number=show(step["step"]),
        method=show(step["method"]),
        path=show(step["path"]),
        says=show(f"{whom}{step['says']}"),
        seen=show(step.get("seen") or "lost"),
        after=after(step),
        kind=step["kind"] if step["kind"] in ("pass", "fail") else "inconclusive",
        request=_message(f"{request.get('method', '')} {request.get('url', '')}", request, show, body),
        answer=_message(str(answer["status"]), answer, show, body) if answer else "no answer",
        id=show(request.get("id")),
        seconds=float(answer["seconds"]) if answer else None,
        curl=visible_block(curl, limit=body),
        copied=_copied(curl, COPIED),
    )


def _message(first: str, message: Mapping[str, Any], show: Show, body: int) -> str:
    headers = (f"{show(name)}: {show(value)}" for name, value in list((message.get("headers") or {}).items())[:40])
    text = "\n".join([visible(first, limit=500), *headers])
    return f"{text}\n\n{visible_block(_indented(message.get('body')), limit=body)}"


def _indented(body: Any) -> str:
    """JSON with its lines broken, as far as it is JSON; curl has it exactly as it was sent."""
    if not isinstance(body, str) or len(body) > COPIED:
        return str(body or "")
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def _copied(command: str, most: int) -> str:
    """A command for the clipboard: to the letter, but for controls that a terminal would obey when they are pasted."""
    return "" if len(command) > most else _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", command)
