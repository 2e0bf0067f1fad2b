"""A failure that argues its case, in plain text: the sentence, the steps as they went, what follows from them.

```text
FAIL  already_exists, in mismatched (account)                                    bulk_create.md:114
      "… do not match the staff member's existing calendar sync record"
  1   POST calendar_syncs           provider google_v3                           200   fresh
  2   PUT  bulk_create              google_v3, a@example.com                     200   bound
  3   PUT  bulk_create              google_v3, b@example.com                     200   expected 422 already_exists
      After step 2 the account is a@example.com; step 3 names b@example.com.
      replay: calfuzz replay .calfuzz/failures/already_exists-mismatched-200-3f9c
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fuzz.model.description import payload_line
from fuzz.model.events import Event
from fuzz.report.text import counted, visible
from fuzz.report.view import situation_of

WIDTH = 99
"""Columns after which the place in the document stands, where the line has room."""

STEPS = 40
"""Steps shown of one failure; those in the middle are left out of a longer one."""

_INDENT = " " * 6
_LEAST = (3, 4, 24, 44, 5, 0)
"""Widths of the columns of a step, where nothing in them is wider."""


def argued(failure: Event) -> list[str]:
    """The lines of one failure, each fit to be shown."""
    return [
        title(failure),
        f'{_INDENT}"{visible(failure["says"])}"',
        *_steps(failure),
        *_orders(failure),
        *(f"{_INDENT}{visible(text, limit=600)}" for text in _conclusions(failure)),
        f"{_INDENT}{replay_line(failure)}",
    ]


def title(failure: Event) -> str:
    """`FAIL  clause, in situation`, and where the clause stands."""
    word = "FAIL" if not failure.get("accepted") else "ACCEPTED"
    says = f"{word}  {visible(failure['clause'])}, in {visible(situation_of(failure))}"
    where = visible(failure["where"])
    return f"{says}{where:>{max(len(where) + 2, WIDTH - len(says))}}"


def replay_line(failure: Event) -> str:
    bundle = failure.get("bundle")
    return f"replay: calfuzz replay {visible(bundle, limit=1000)}" if bundle else "no bundle was kept of it"


def _steps(failure: Event) -> Iterator[str]:
    trace = failure.get("trace", [])
    rows = [_row(step, who(step, trace)) for step in _ends(trace)]
    widths = [max([least, *(len(row[column]) for row in rows)]) for column, least in enumerate(_LEAST)]
    for place, row in enumerate(rows):
        if len(trace) > len(rows) and place == len(rows) // 2:
            yield f"{_INDENT}… {len(trace) - len(rows)} steps …"
        cells = " ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {cells}".rstrip()


def _ends(trace: list[Any]) -> list[Any]:
    return trace if len(trace) <= STEPS else [*trace[: STEPS // 2], *trace[-STEPS // 2 :]]


def who(step: Mapping[str, Any], trace: list[Any]) -> str:
    """Whom a step is about, where it is not the first staff member throughout."""
    return f"staff {step.get('staff', 0) + 1}, " if any(each.get("staff", 0) for each in trace) else ""


def _row(step: Mapping[str, Any], whom: str) -> tuple[str, ...]:
    return (
        visible(step["step"]),
        visible(step["method"], limit=20),
        visible(step["path"], limit=60),
        visible(f"{whom}{step['says']}", limit=80),
        visible(step.get("seen") or "lost", limit=40),
        after(step),
    )


def after(step: Mapping[str, Any]) -> str:
    """What a step led to: the state, or for the one that failed what was expected in place of what came."""
    if step["kind"] == "fail":
        return f"expected {visible(step['expected'], limit=80)}"
    return visible(step["state"], limit=80)


def _orders(failure: Event) -> Iterator[str]:
    for order in failure.get("orders") or ():
        yield f"{_INDENT}not explained by the order {', '.join(visible(place) for place in order)}"


def _conclusions(failure: Event) -> Iterator[str]:
    if failure.get("argument"):
        yield failure["argument"]
    if payload_line(failure):
        yield payload_line(failure)
    if failure.get("count", 1) > 1:
        yield f"seen {failure['count']:,} times, first after {counted(failure['requests_to_find'], 'request')}"
    if failure.get("intermittent"):
        never = ": it may need more of what went before" if failure["reproduced"].startswith("0/") else ""
        yield f"intermittent: reproduced {failure['reproduced']}{never}"
    if failure.get("needs_past"):
        yield "needs more than these steps: what was done to the staff member before them"
    if failure.get("accepted"):
        yield accepted_line(failure["accepted"])


def accepted_line(accepted: Mapping[str, Any]) -> str:
    """Why and until when the baseline accepts a failure."""
    until = f" until {accepted['expires']}" if accepted.get("expires") else ""
    return f"accepted{until}: {accepted.get('reason', 'no reason given')}"
