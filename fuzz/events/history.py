"""What is new: the failures of a run beside those of earlier runs on the same target.

A night is a date (UTC) with a run that tried the failure; the last run of a date counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NotRequired, TypedDict

from fuzz.events.failures import FailureEvent
from fuzz.events.summary import RunVerdict, Summary
from fuzz.events.types import EarlierRuns, KnownFailure

VERSION = 1
WINDOW = 7
"""So many nights tell whether a failure comes and goes."""

FAILED, NOT_EACH_TIME, PASSED = "f", "i", "p"
RETURNS = 2
"""A failure that comes back so often within the window comes and goes, however well it was reproduced each time."""


class RunFailure(TypedDict):
    """A failure as a line of the history has it."""

    fingerprint: str
    name: str
    reproduced: str
    intermittent: bool
    accepted: bool


class RunLine(TypedDict):
    """A run: one line of `history.ndjson`, version 1. `passed`: fingerprints that were tried again, and did not fail.
    `base_url` is empty for the embedded sandbox.
    """

    version: int
    at: str
    run: str
    command: str
    target: str
    base_url: str
    commit: NotRequired[str]
    versions: dict[str, str]
    verdict: str
    failures: list[RunFailure]
    passed: list[str]
    requests: int
    seconds: float
    phases: list[str]


@dataclass(frozen=True, slots=True)
class News:
    """The failures of a run and of those before it, by fingerprint: each is in one of the lists. Frozen.

    Accepted ones are in none. `fixed`: failed in an earlier run, and passed in this one. `not_tried`: failed in an
    earlier run, and this one cannot tell. `nights`: on how many nights in a row each of `failing` has failed. `often`:
    on how many nights, and of how many, each of `flaky` has failed. `names`: what is wrong, by fingerprint.
    """

    names: Mapping[str, str]
    new: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    not_tried: tuple[str, ...] = ()
    nights: Mapping[str, int] = field(default_factory=dict)
    often: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def name_of(failure: FailureEvent) -> str:
    """What is wrong, in words: `already_exists in mismatched (account): 200`."""
    detail = f" ({failure['detail']})" if failure["detail"] else ""
    return f"{failure['clause']} in {failure['situation']}{detail}: {failure['observed']}"


def line_of(summary: Summary, *, base_url: str) -> RunLine:
    """The line that a run leaves in the history."""
    started, finished = summary.started, summary.finished
    line: RunLine = {
        "version": VERSION,
        "at": started["at"],
        "run": started["run"],
        "command": started["command"],
        "target": started["target"],
        "base_url": base_url,
        "versions": started.get("versions", {}),
        "verdict": finished["verdict"] if finished else str(RunVerdict.INCONCLUSIVE),
        "failures": [_run_failure(failure) for failure in summary.failures.values()],
        "passed": [name for name in summary.regressions if _outcome(summary, name) == PASSED],
        "requests": summary.total,
        "seconds": finished["seconds"] if finished else 0.0,
        "phases": [name for name, phase in summary.phases.items() if phase["requests"]],
    }
    if "commit" in started:
        line["commit"] = started["commit"]
    return line


def _run_failure(failure: FailureEvent) -> RunFailure:
    return {
        "fingerprint": failure["fingerprint"],
        "name": name_of(failure),
        "reproduced": failure["reproduced"],
        "intermittent": failure["intermittent"],
        "accepted": failure["accepted"] is not None,
    }


def earlier_runs(lines: Iterable[RunLine]) -> EarlierRuns:
    """What runs on one target, the latest last, have seen. A failure that has passed for a window of nights is gone."""
    known: dict[str, KnownFailure] = {}
    runs = 0
    for line in lines:
        runs += 1
        night = line["at"][:10]
        for failure in line["failures"]:
            outcome = NOT_EACH_TIME if failure["intermittent"] else FAILED
            before = known.get(failure["fingerprint"])
            known[failure["fingerprint"]] = with_night(before, failure["fingerprint"], failure["name"], outcome, night)
        for name in line["passed"]:
            if name in known:
                known[name] = with_night(known[name], name, known[name]["name"], PASSED, night)
    open_ones = [each for each in known.values() if each["outcomes"].strip(PASSED)]
    return {"event": "earlier_runs", "runs": runs, "known": open_ones}


def with_night(before: KnownFailure | None, fingerprint: str, name: str, outcome: str, night: str) -> KnownFailure:
    """A failure with one more outcome, which takes the place of an earlier one of the same night."""
    outcomes, nights = (before["outcomes"], before["nights"]) if before else ("", 0)
    if before and before["last"] == night:
        same_night = outcomes[-1] != PASSED
        outcomes, nights = outcomes[:-1], nights - same_night
    return {
        "fingerprint": fingerprint,
        "name": name,
        "outcomes": (outcomes + outcome)[-WINDOW:],
        "last": night,
        "nights": 0 if outcome == PASSED else nights + 1,
    }


def news_of(summary: Summary) -> News | None:
    """What is new in a run; None if nothing is known of earlier runs."""
    if summary.earlier is None:
        return None
    known = _known(summary, summary.earlier)
    failing_now = [name for name, failure in summary.failures.items() if not failure["accepted"]]
    gone = [name for name in known if name not in summary.failures]
    tonight = {name: _tonight(summary, known.get(name), name) for name in (*failing_now, *gone)}
    kinds = {name: _kind(known.get(name), after) for name, after in tonight.items()}

    def of(kind: str) -> tuple[str, ...]:
        return tuple(name for name, each in kinds.items() if each == kind)

    return News(
        new=of("new"),
        fixed=of("fixed"),
        failing=of("failing"),
        flaky=of("flaky"),
        not_tried=of("not tried"),
        nights={name: after["nights"] for name in of("failing") if (after := tonight[name])},
        often={name: _often(after["outcomes"]) for name in of("flaky") if (after := tonight[name])},
        names={name: known[name]["name"] if name in known else name_of(summary.failures[name]) for name in tonight},
    )


def _known(summary: Summary, earlier: EarlierRuns) -> dict[str, KnownFailure]:
    """What is known, by fingerprint. A kept failure that came again in the same words and under another name (it is the
    same as another one, or names are made anew) is known by that one.
    """
    known = {each["fingerprint"]: each for each in earlier["known"]}
    now = {name_of(failure): name for name, failure in summary.failures.items()}
    for name, each in list(known.items()):
        if summary.regressions.get(name) == "failed" and name not in summary.failures and each["name"] in now:
            other = now[each["name"]]
            known.setdefault(other, {**known.pop(name), "fingerprint": other})
    return known


def _tonight(summary: Summary, before: KnownFailure | None, name: str) -> KnownFailure | None:
    """A failure with what this run says of it; None if it says nothing."""
    outcome = _outcome(summary, name)
    if outcome is None:
        return None
    return with_night(before, name, "", outcome, summary.started["at"][:10])


def _outcome(summary: Summary, name: str) -> str | None:
    """The letter of a failure in this run; None if this run cannot tell."""
    failure = summary.failures.get(name)
    if failure is not None:
        return NOT_EACH_TIME if failure["intermittent"] else FAILED
    return PASSED if summary.regressions.get(name) == "passed" else None


def _kind(before: KnownFailure | None, tonight: KnownFailure | None) -> str | None:
    """The list that a failure belongs to; None if it was fixed before, and still is."""
    was_open = before is not None and (before["outcomes"][-1] != PASSED or comes_and_goes(before["outcomes"]))
    if tonight is None:
        return "not tried" if was_open else None
    if before is not None and comes_and_goes(tonight["outcomes"]):
        return "flaky"
    if tonight["outcomes"][-1] == PASSED:
        return "fixed" if was_open else None
    return "failing" if was_open else "new"


def comes_and_goes(outcomes: str) -> bool:
    """Whether the nights of a failure show one that comes and goes."""
    returns = sum(before == PASSED != now for before, now in pairwise(outcomes))
    return NOT_EACH_TIME in outcomes or returns >= RETURNS


def _often(outcomes: str) -> tuple[int, int]:
    return sum(outcome != PASSED for outcome in outcomes), len(outcomes)
