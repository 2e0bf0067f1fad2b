"""The event stream of a run, and the summary that every report is a view of.

A run appends events to `events.ndjson` as they happen, one JSON object a line; `Summary` folds them, in the run itself
and again from the file after a crash. There is one path: what a report says was in an event. The events, version 1:

- `run_started`   version, run, command, at, target, seed, options, clauses [{id, kind, says, where}], drift
- `phase_started` phase
- `exchange`      one request and its answer or loss: n, phase, scenario, step, staff, act, request {id, method, url,
                  headers, body}, answer {status, headers, body, seconds} or lost, attempts, lost_attempts, kind,
                  clause, situation, detail, was, belief, allowed, seen, why, breaks, silent,
                  due, met, not_due, surplus
- `failure`       a failure as it is known now; a later one with the same fingerprint replaces it
- `failure_renamed` a failure is the same as another, or has got its final name: old, new
- `failure_counted` how often a failure was seen in all: fingerprint, count
- `observation_changed` a pinned observation is another one now: feature, situation, pinned, seen
- `trouble`       what kept the run from concluding something: what
- `phase_finished` phase, scenarios, requests, seconds, established, complete (all that it had to do was done)
- `run_finished`  verdict, exit_code, reasons, seconds
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

VERSION = 1

Event = dict[str, Any]
"""A JSON object with at least `event`, the name of its kind."""

SHRINKING = "shrink"
"""The phase name of requests spent on minimising and confirming failures: counted, and left out of the tallies."""


class RunVerdict(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


LATENCY_BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Upper bounds of the latency histogram's bins, in seconds; the last bin is open."""


@dataclass(slots=True)
class ClauseTally:
    """How often a clause's answer was the only one allowed, came then, was not allowed, came all the same. Mutable."""

    due: int = 0
    seen: int = 0
    not_due: int = 0
    surplus: int = 0

    @property
    def verdict(self) -> RunVerdict:
        if self.seen < self.due or self.surplus:
            return RunVerdict.FAIL
        return RunVerdict.PASS if self.due else RunVerdict.INCONCLUSIVE


@dataclass(slots=True)
class Summary:
    """Everything the reports show, folded from events. Its size does not grow with the number of requests. Mutable."""

    started: Event = field(default_factory=dict)
    finished: Event | None = None
    clauses: dict[str, ClauseTally] = field(default_factory=dict)
    cases: defaultdict[tuple[str, str], ClauseTally] = field(default_factory=lambda: defaultdict(ClauseTally))
    """(clause, situation) -> the clause's tally in that situation alone."""
    situations: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    observations: defaultdict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    edges: defaultdict[tuple[str, str, str, str], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )
    """(state before, act, label seen, state after) -> [count, failures]."""
    failures: dict[str, Event] = field(default_factory=dict)
    phases: dict[str, Event] = field(default_factory=dict)
    changed: list[Event] = field(default_factory=list)
    """Pinned observations that are other ones now."""
    troubles: list[str] = field(default_factory=list)
    latency: list[int] = field(default_factory=lambda: [0] * (len(LATENCY_BOUNDS) + 1))
    phase: str | None = None
    total: int = 0
    retried: int = 0
    lost: int = 0

    def fold(self, event: Event) -> None:
        """Takes one event in. Unknown kinds are left for newer versions and change nothing."""
        handler = _HANDLERS.get(event["event"])
        if handler is not None:
            handler(self, event)


def _run_started(summary: Summary, event: Event) -> None:
    summary.started = event
    summary.clauses = {clause["id"]: ClauseTally() for clause in event["clauses"]}


def _phase_started(summary: Summary, event: Event) -> None:
    summary.phase = event["phase"]
    summary.phases.setdefault(
        event["phase"], {"phase": event["phase"], "scenarios": 0, "requests": 0, "seconds": 0.0, "established": ""}
    )


def _phase_finished(summary: Summary, event: Event) -> None:
    summary.phases[event["phase"]] = event
    summary.phase = None


def _exchange(summary: Summary, event: Event) -> None:
    _count_requests(summary, event)
    if event["phase"] == SHRINKING:
        return
    for clause in event["due"]:
        for tally in _tallies(summary, clause, event):
            tally.due += 1
    for clause in event["met"]:
        for tally in _tallies(summary, clause, event):
            tally.seen += 1
    for clause in event["not_due"]:
        for tally in _tallies(summary, clause, event):
            tally.not_due += 1
    for clause in event["surplus"]:
        for tally in _tallies(summary, clause, event):
            tally.surplus += 1
    label = event["seen"] or "lost"
    if event["act"] == "send":
        summary.situations[event["situation"]][label] += 1
    edge = summary.edges[(_one(event["was"]), event["act"], label, _one(event["belief"]))]
    edge[0] += 1
    edge[1] += event["kind"] == "fail"
    if event["kind"] == "pass" and event["act"] == "send":
        for feature in event["silent"]:
            summary.observations[(feature, event["situation"])][label] += 1


def _tallies(summary: Summary, clause: str, event: Event) -> tuple[ClauseTally, ...]:
    """A clause's tally in all and in the event's situation; none for a clause that the run did not begin with."""
    if clause not in summary.clauses:
        return ()
    return summary.clauses[clause], summary.cases[clause, event["situation"]]


def _count_requests(summary: Summary, event: Event) -> None:
    summary.total += event["attempts"]
    summary.retried += event["attempts"] - 1
    summary.lost += event["lost_attempts"]
    if event.get("answer"):
        seconds = event["answer"]["seconds"]
        place = next((n for n, bound in enumerate(LATENCY_BOUNDS) if seconds <= bound), len(LATENCY_BOUNDS))
        summary.latency[place] += 1
    phase = summary.phases.get(summary.phase or "")
    if phase is not None:
        phase["requests"] += event["attempts"]


def _one(states: list[str]) -> str:
    """The kind of state of a belief: its only one's, or `uncertain`."""
    kinds = {state.partition(" ")[0] for state in states}
    return kinds.pop() if len(kinds) == 1 else "uncertain"


def _failure(summary: Summary, event: Event) -> None:
    summary.failures[event["fingerprint"]] = event


def _failure_counted(summary: Summary, event: Event) -> None:
    if event["fingerprint"] in summary.failures:
        summary.failures[event["fingerprint"]]["count"] = event["count"]


def _failure_renamed(summary: Summary, event: Event) -> None:
    summary.failures.pop(event["old"], None)


def _observation_changed(summary: Summary, event: Event) -> None:
    summary.changed.append(event)


def _trouble(summary: Summary, event: Event) -> None:
    if event["what"] not in summary.troubles:
        summary.troubles.append(event["what"])


def _run_finished(summary: Summary, event: Event) -> None:
    summary.finished = event


_HANDLERS = {
    "run_started": _run_started,
    "phase_started": _phase_started,
    "phase_finished": _phase_finished,
    "exchange": _exchange,
    "failure": _failure,
    "failure_renamed": _failure_renamed,
    "failure_counted": _failure_counted,
    "observation_changed": _observation_changed,
    "trouble": _trouble,
    "run_finished": _run_finished,
}


def summarise(events: list[Event]) -> Summary:
    """The summary of a list of events."""
    summary = Summary()
    for event in events:
        summary.fold(event)
    return summary
