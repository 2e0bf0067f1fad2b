"""The summary of a run, folded from its events: every report is a view of it.

`Summary` folds the events during the run, and in the same way from the journal after a crash.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from fuzz.events.exchanges import ExchangeEvent, Totals
from fuzz.events.failures import FailureEvent, Replayed
from fuzz.events.types import (
    VERSION,
    AcceptedGone,
    EarlierRuns,
    Event,
    ObservationChanged,
    PhaseFigures,
    RegressionOutcome,
    RunFinished,
    RunStarted,
    TargetBuild,
)

SHRINKING = "shrink"
"""The phase name of requests for shrinking and confirming failures: counted, but left out of the tallies."""


AT_ONCE = "two at once"
"""Where the requests of pairs are counted in place of a situation: which state each of the two met is not known."""


class RunVerdict(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


LATENCY_BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Upper bounds of the latency histogram's bins, in seconds; the last bin is open."""


@dataclass(slots=True)
class ClauseTally:
    """How often a clause's answer was due, and then came (`seen`); was not due, and then came (`surplus`). Mutable."""

    due: int = 0
    seen: int = 0
    not_due: int = 0
    surplus: int = 0

    @property
    def verdict(self) -> RunVerdict:
        if self.seen < self.due or self.surplus:
            return RunVerdict.FAIL
        return RunVerdict.PASS if self.due else RunVerdict.INCONCLUSIVE


NOT_STARTED: RunStarted = {
    "event": "run_started",
    "version": VERSION,
    "run": "",
    "command": "",
    "at": "unknown",
    "target": "an unknown target",
    "base_url": "",
    "fallback_url": None,
    "seed": None,
    "options": {},
    "documents": [],
    "clauses": [],
    "drift": [],
}
"""Stands for the first event if there is none."""


@dataclass(slots=True)
class Summary:
    """Everything the reports show, folded from events. Its size does not grow with the number of requests. Mutable."""

    started: RunStarted = field(default_factory=lambda: NOT_STARTED)
    finished: RunFinished | None = None
    earlier: EarlierRuns | None = None
    """What earlier runs on the same target have seen; None if that is not known."""
    regressions: dict[str, RegressionOutcome] = field(default_factory=dict)
    """What has become of each kept failure, by its fingerprint."""
    clauses: dict[str, ClauseTally] = field(default_factory=dict)
    cases: defaultdict[tuple[str, str], ClauseTally] = field(default_factory=lambda: defaultdict(ClauseTally))
    """(clause, situation) -> the clause's tally in that situation alone."""
    touched: defaultdict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """(clause, situation) -> the wrong answers that its tally has, by the clause and situation of their verdicts."""
    sent: Counter[str] = field(default_factory=Counter)
    """Requests by what they were: `sends`, `moves`, `at_once`, `repeated`; without those of shrinking."""
    shrinking: Counter[str] = field(default_factory=Counter)
    """Requests for shrinking and confirming, by the phase in which they were sent."""
    situations: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    observations: defaultdict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    edges: defaultdict[tuple[str, str, str, str], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )
    """(state before, act, label seen, state after) -> [count, failures]."""
    failures: dict[str, FailureEvent] = field(default_factory=dict)
    replays: list[Replayed] = field(default_factory=list)
    """What `calfuzz replay` ran again; empty for a run."""
    phases: dict[str, PhaseFigures] = field(default_factory=dict)
    changed: list[ObservationChanged] = field(default_factory=list)
    """Pinned observations that have changed."""
    build: TargetBuild | None = None
    """What the target has said of its build; None if it was not asked."""
    gone: AcceptedGone | None = None
    """Accepted failures that do not come any more."""
    troubles: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    """The troubles that keep the run from passing."""
    latency: list[int] = field(default_factory=lambda: [0] * (len(LATENCY_BOUNDS) + 1))
    phase: str | None = None
    total: int = 0
    retried: int = 0
    lost: int = 0
    unwritten: int = 0
    """Exchanges that the journal only counts."""

    def fold(self, event: Event) -> None:
        """Adds one event. An event of an unknown kind changes nothing."""
        if event["event"] == "exchange":
            _exchange(self, event)
        elif event["event"] == "totals":
            _take_over(self, event)
        elif event["event"] == "run_started":
            self.started = event
            self.clauses = {clause["id"]: ClauseTally() for clause in event["clauses"]}
        elif event["event"] == "earlier_runs":
            self.earlier = event
        elif event["event"] == "regression":
            self.regressions[event["fingerprint"]] = event["outcome"]
        elif event["event"] == "phase_started":
            self.phase = name = event["phase"]
            self.phases.setdefault(
                name, {"phase": name, "scenarios": 0, "requests": 0, "seconds": 0.0, "established": ""}
            )
        elif event["event"] == "phase_finished":
            self.phases[event["phase"]] = event
            self.phase = None
        elif event["event"] == "failure":
            self.failures[event["fingerprint"]] = event
        elif event["event"] == "replayed":
            self.replays.append(event)
        elif event["event"] == "failure_counted" and event["fingerprint"] in self.failures:
            self.failures[event["fingerprint"]]["count"] = event["count"]
            self.failures[event["fingerprint"]]["situations"] = event.get("situations", {})
        elif event["event"] == "failure_renamed":
            self.failures.pop(event["old"], None)
        elif event["event"] == "failure_withdrawn":
            self.failures.pop(event["fingerprint"], None)
        elif event["event"] == "observation_changed":
            self.changed.append(event)
        elif event["event"] == "target_build":
            self.build = event
            _count_attempts(self, event["attempts"])
        elif event["event"] == "accepted_gone":
            self.gone = event
        elif event["event"] == "trouble" and event["what"] not in self.troubles:
            self.troubles.append(event["what"])
            self.doubts += [event["what"]] if event.get("doubt") else []
        elif event["event"] == "run_finished":
            self.finished = event


def _exchange(summary: Summary, event: ExchangeEvent) -> None:
    _count_requests(summary, event)
    if event["phase"] == SHRINKING:
        summary.shrinking[summary.phase or ""] += event["attempts"] + event.get("earlier", 0)
        return
    _count_what_was_sent(summary, event)
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
    for clause in {*event["due"]} - {*event["met"]} | {*event["surplus"]}:
        summary.touched[clause, event["situation"]][_where(event)] += 1
    label, at_once = _label(event), event.get("at_once", False)
    if event["act"] == "send" or at_once:
        summary.situations[AT_ONCE if at_once else event["situation"]][label] += 1
    if at_once:
        return
    _count_edge(summary, event, label)
    if event["kind"] == "pass":
        for feature in event["silent"]:
            summary.observations[(feature, event["situation"])][label] += 1


def _label(event: ExchangeEvent) -> str:
    """The answer as reports count it."""
    if event["seen"] is None and event["answer"] is not None:
        return f"{event['answer']['status']} not judged"
    return event["seen"] or "lost"


def _count_edge(summary: Summary, event: ExchangeEvent, label: str) -> None:
    edge = summary.edges[(_one(event["was"]), event["act"], label, _one(event["belief"]))]
    edge[0] += 1
    edge[1] += event["kind"] == "fail"


def _where(event: ExchangeEvent) -> str:
    """The clause and the situation of a verdict, as a failure's `situations` name them."""
    detail = f" ({event['detail']})" if event["detail"] else ""
    return f"{event['clause']} in {event['situation']}{detail}"


def _count_what_was_sent(summary: Summary, event: ExchangeEvent) -> None:
    kind = "at_once" if event.get("at_once") else "sends" if event["act"] == "send" else "moves"
    summary.sent[kind] += 1 + event.get("earlier", 0)
    summary.sent["repeated"] += event["attempts"] - 1


def _tallies(summary: Summary, clause: str, event: ExchangeEvent) -> tuple[ClauseTally, ...]:
    """A clause's tallies: in all, and in the event's situation. None for a clause that `run_started` does not name."""
    if clause not in summary.clauses:
        return ()
    return summary.clauses[clause], summary.cases[clause, event["situation"]]


def _count_requests(summary: Summary, event: ExchangeEvent) -> None:
    _count_attempts(summary, event["attempts"] + event.get("earlier", 0))
    summary.retried += event["attempts"] - 1
    summary.lost += event["lost_attempts"]
    if event["answer"]:
        summary.latency[bisect_left(LATENCY_BOUNDS, event["answer"]["seconds"])] += 1


def _count_attempts(summary: Summary, attempts: int) -> None:
    summary.total += attempts
    phase = summary.phases.get(summary.phase or "")
    if phase is not None:
        phase["requests"] += attempts


def totals_of(summary: Summary, unwritten: int) -> Totals:
    """All counts of a summary, as an event."""
    return {
        "event": "totals",
        "unwritten": unwritten,
        "requests": (summary.total, summary.retried, summary.lost),
        "latency": summary.latency,
        "phases": {name: phase["requests"] for name, phase in summary.phases.items()},
        "clauses": [(name, *_counts(tally)) for name, tally in summary.clauses.items()],
        "cases": [(*case, *_counts(tally)) for case, tally in summary.cases.items()],
        "situations": {situation: dict(answers) for situation, answers in summary.situations.items()},
        "observations": [
            (*seen, label, count) for seen, labels in summary.observations.items() for label, count in labels.items()
        ],
        "edges": [(*edge, count, failures) for edge, (count, failures) in summary.edges.items()],
        "touched": [(*case, by, count) for case, found in summary.touched.items() for by, count in found.items()],
        "sent": dict(summary.sent),
        "shrinking": dict(summary.shrinking),
    }


def _counts(tally: ClauseTally) -> tuple[int, int, int, int]:
    return tally.due, tally.seen, tally.not_due, tally.surplus


def _take_over(summary: Summary, event: Totals) -> None:
    """Replaces the counts of a summary by those of an event. ValueError, and nothing changed, for counts of another
    number of latencies.
    """
    if len(event["latency"]) != len(summary.latency):
        raise ValueError("latencies of other bounds")
    summary.total, summary.retried, summary.lost = event["requests"]
    summary.unwritten, summary.latency = event["unwritten"], list(event["latency"])
    for name, requests in event["phases"].items():
        if name in summary.phases:
            summary.phases[name]["requests"] = requests
    summary.clauses.update((name, ClauseTally(*n)) for name, *n in event["clauses"] if name in summary.clauses)
    summary.cases.update(((clause, situation), ClauseTally(*n)) for clause, situation, *n in event["cases"])
    summary.situations.update((situation, Counter(answers)) for situation, answers in event["situations"].items())
    for feature, situation, label, count in event["observations"]:
        summary.observations[feature, situation][label] = count
    summary.edges.update(((was, act, label, now), n) for was, act, label, now, *n in event["edges"])
    for clause, situation, by, count in event["touched"]:
        summary.touched[clause, situation][by] = count
    summary.sent, summary.shrinking = Counter(event["sent"]), Counter(event["shrinking"])


def _one(states: list[str]) -> str:
    """The kind of the only believed state; `uncertain` if there are several."""
    kinds = {state.partition(" ")[0] for state in states}
    return kinds.pop() if len(kinds) == 1 else "uncertain"


def summarise(events: Iterable[Event]) -> Summary:
    """The summary of these events."""
    summary = Summary()
    for event in events:
        summary.fold(event)
    return summary
