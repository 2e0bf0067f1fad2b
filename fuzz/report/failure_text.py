"""A failure in plain text: the sentence of its clause, its steps, and why the last answer is wrong.

```text
FAIL  already_exists, in mismatched (account)                 bulk_create.md:114
      "… do not match the staff member's existing calendar sync record"
  1   POST calendar_syncs  provider google_v3                        200   fresh
  2   PUT  bulk_create     google_v3, a@example.com                  200   bound
  3   PUT  bulk_create     google_v3, b@example.com                  200
      expected 422 already_exists
      After step 2 the account is a@example.com; step 3 names b@example.com.
      replay: calfuzz replay .calfuzz/failures/already_exists-mismatched-200-3f9c
```
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeVar

from fuzz.bundle.fingerprint import slug
from fuzz.bundle.texts import payload_line
from fuzz.events.failures import Acceptance, FailureEvent, TraceStep
from fuzz.report.queries import situation_of
from fuzz.report.text import NARROW, Columns, counted, cut_in_the_middle, visible, wrapped

LINE_NAME = 56
"""Columns of a failure's name in a line of its own: with a time before it, all of it is within the first 80."""

STEPS = 40
"""Maximum steps shown of one failure; the middle of a longer one is left out."""

MOST_SITUATIONS = 6
"""Situations of one failure that are spelt out."""

LONGEST_LINK = 2_500
ARGUMENT = 1_000
"""Maximum characters of an argument, and of each other conclusion."""

_INDENT = " " * 6
NEEDS_MORE = "after a disconnect, or on another staff member, they passed alone, and what went before was not found"

_BRACKETS = {"first": " ┐", "second": " ┘"}
"""What stands behind the numbers of two steps that went at the same time."""

STEP = Columns(least=(3, 4, 14, 18, 5, 0), most=(4, 7, 16, NARROW, 18, 12), grows=3)
"""A step: its number, method, path, what it says, what was seen, the state after it."""

T = TypeVar("T")


def failure_lines(failure: FailureEvent) -> list[str]:
    """The lines of one failure, safe to print."""
    return [
        *_title(failure),
        *_broken(f'"{visible(failure["says"])}"'),
        *_steps(failure),
        *(line for text in _conclusions(failure) for line in _broken(visible(text, limit=ARGUMENT))),
        *_request(failure),
        *_whole("replay", f"calfuzz replay {_quoted(bundle)}" if (bundle := failure["bundle"]) else ""),
    ]


def _broken(text: str) -> list[str]:
    """A text in indented lines of a narrow terminal, broken at spaces alone."""
    return wrapped(f"{_INDENT}{text}", indent=len(_INDENT))


def _title(failure: FailureEvent) -> list[str]:
    """`FAIL  clause, in situation`, and the clause's place in the document, on the next line if the first is full."""
    word = "FAIL" if not failure["accepted"] else "ACCEPTED"
    says = f"{word}  {visible(failure['clause'])}, in {visible(situation_of(failure))}"
    where = visible(failure["where"])
    if len(says) + 2 + len(where) <= NARROW:
        return [f"{says}{where:>{NARROW - len(says)}}"]
    return [*wrapped(says, indent=len(_INDENT)), f"{_INDENT}{where}"]


def failure_line(failure: FailureEvent, *, room: int = LINE_NAME) -> str:
    """The failure in one line: its fingerprint in `room` columns, its situation, and what was expected and seen."""
    word = "FAIL" if not failure["accepted"] else "ACCEPTED"
    name, situation = failure["fingerprint"], f"in {visible(situation_of(failure))}"
    if not name.startswith(slug(failure["clause"])):
        situation = f"{visible(failure['clause'])}, {situation}"
    saw = f"expected {visible(failure['expected'], limit=80)}, saw {visible(failure['observed'], limit=80)}"
    return f"{word}  {cut_in_the_middle(visible(name), room)}  {situation}: {saw}"


def _request(failure: FailureEvent) -> Iterator[str]:
    """The id of the request that failed, and where its logs are."""
    step = failing_step(failure)
    if step is not None:
        yield from _whole("request", visible(step["request"]["id"]))
        yield from _whole("logs", visible(step.get("logs"), limit=LONGEST_LINK))


def failing_step(failure: FailureEvent) -> TraceStep | None:
    """The step whose answer is the failure."""
    return next((step for step in failure["trace"] if step["kind"] == "fail"), None)


def _quoted(path: str) -> str:
    """A path as one word of a shell command, safe to print."""
    return visible(shlex.quote(path), limit=1000)


def _whole(name: str, text: str) -> list[str]:
    """`name: text`, the text whole on one line, so that it can be copied: a command, an address. Nothing of no text."""
    line = f"{_INDENT}{name}: {text}"
    indent = _INDENT if len(_INDENT) + len(text) <= NARROW else ""
    if not text:
        return []
    return [line] if len(line) <= NARROW else [f"{_INDENT}{name}:", f"{indent}{text}"]


def _steps(failure: FailureEvent) -> Iterator[str]:
    trace = failure["trace"]
    pairs = pairs_of(failure)
    steps = ends_of(trace)
    rows = [_row(step, staff_of(step, trace), pairs) for step in steps]
    for index, (step, lines) in enumerate(zip(steps, STEP.lines(rows), strict=True)):
        if len(trace) > len(rows) and index == len(rows) // 2:
            yield f"{_INDENT}… {len(trace) - len(rows)} steps …"
        yield from lines
        if step["kind"] == "fail":
            yield f"{_INDENT}{outcome_of(step)}"


def pairs_of(failure: FailureEvent) -> dict[int, Literal["first", "second"]]:
    """The steps that went at the same time as another one: their numbers, and which of the two they are."""
    pairs: dict[int, Literal["first", "second"]] = {}
    number = 1
    for action in failure["actions"]:
        if action.get("do") == "at_once":
            pairs |= {number: "first", number + 1: "second"}
            number += 1
        number += 1
    return pairs


def ends_of(steps: Sequence[T]) -> Sequence[T]:
    """The steps; if there are more than `STEPS`, the first and the last of them."""
    return steps if len(steps) <= STEPS else [*steps[: STEPS // 2], *steps[-STEPS // 2 :]]


def staff_of(step: TraceStep, trace: Sequence[TraceStep]) -> str:
    """The staff member of a step, `staff 2, `; empty if the failure has only the first staff member."""
    return f"staff {step['staff'] + 1}, " if any(other["staff"] for other in trace) else ""


def _row(step: TraceStep, staff: str, pairs: Mapping[int, str]) -> tuple[str, ...]:
    bracket = _BRACKETS.get(pairs.get(step["step"], ""), "")
    return (
        f"{visible(step['step'])}{bracket}",
        visible(step["method"], limit=20),
        cut_in_the_middle(visible(step["path"], limit=60), STEP.most[2]),
        visible(f"{staff}{step['says']}", limit=80),
        visible(step["seen"], limit=40),
        "" if step["kind"] == "fail" else outcome_of(step),
    )


def outcome_of(step: TraceStep) -> str:
    """The state after a step; for the failing step the expected answer."""
    if step["kind"] == "fail":
        return f"expected {visible(step['expected'], limit=80)}"
    return visible(step["state"], limit=80)


def _conclusions(failure: FailureEvent) -> Iterator[str]:
    if failure["argument"]:
        yield failure["argument"]
    if payload_line(failure):
        yield payload_line(failure)
    if failure.get("cause"):
        yield f"one failure of one cause: {failure['cause']}"
    if len(failure.get("situations", {})) > 1:
        yield f"by situation: {situations_line(failure)}"
    if failure["count"] > 1:
        yield f"seen {failure['count']:,} times, first after {counted(failure['requests_to_find'], 'request')}"
    if failure.get("age"):
        yield failure["age"]
    if failure["intermittent"]:
        never = ": it may need earlier actions" if failure["reproduced"].startswith("0/") else ""
        yield f"intermittent: reproduced {failure['reproduced']}{never}"
    if failure["needs_past"]:
        yield f"it needs more than these steps: {NEEDS_MORE}"
    if failure["accepted"]:
        yield accepted_line(failure["accepted"])
    elif "expired" in failure:
        yield expired_line(failure["expired"])


def situations_line(failure: FailureEvent) -> str:
    """The situations in which a failure showed, the most frequent first: `fresh (provider): 3, missing in none: 1`. The
    clause is named only where it is another one than the failure's.
    """
    own = f"{failure['clause']} in "
    named = ((where.removeprefix(own), times) for where, times in failure.get("situations", {}).items())
    showed = sorted(named, key=lambda item: -item[1])
    more = [f"and {len(showed) - MOST_SITUATIONS} more"] if len(showed) > MOST_SITUATIONS else []
    return ", ".join([*(f"{where}: {times:,}" for where, times in showed[:MOST_SITUATIONS]), *more])


def accepted_line(accepted: Acceptance) -> str:
    """Why and until when the baseline accepts a failure."""
    until = f" until {accepted['expires']}" if accepted["expires"] else ""
    whose = _whose(accepted)
    return f"accepted{until}: {accepted['reason']}{f' ({whose})' if whose else ''}"


def expired_line(expired: Acceptance) -> str:
    """Why and until when the baseline has accepted a failure that fails the run now."""
    facts = [expired["reason"], _whose(expired)]
    return f"no longer accepted: accepted until {expired['expires']} ({', '.join(filter(None, facts))})"


def _whose(entry: Acceptance) -> str:
    return ", ".join(filter(None, (entry.get("owner"), entry.get("ticket"))))
