"""`report.json`, version 1: the summary for programs. Keys are only ever added; all reports show the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import chain
from typing import Any, NotRequired, cast

from typing_extensions import TypedDict

from fuzz.events.failures import Acceptance, FailureEvent, FailureStatus, Replayed
from fuzz.events.history import News, name_of, news_of
from fuzz.events.summary import Summary
from fuzz.events.types import DriftEntry, PhaseFigures
from fuzz.report import queries
from fuzz.report.facts.origin import build_of
from fuzz.report.facts.requests import RequestCounts, requests_of
from fuzz.report.first_lines import headline, not_tried

VERSION = 1


class HistoryJson(TypedDict):
    """The failures, by fingerprint, beside those of earlier runs on the target. `known` is False where nothing is known
    of them; all that fails is then in `new`. Accepted failures are in no list. `names`: what is wrong, in words.
    """

    known: bool
    new: list[str]
    fixed: list[str]
    failing: list[str]
    flaky: list[str]
    not_tried: list[str]
    names: dict[str, str]


class PhaseJson(TypedDict):
    """A phase. `shrinking`: those of its requests that shrank and confirmed failures. `done`, `listed`: requests of its
    list that it has come to, and of the whole list.
    """

    name: str
    scenarios: int
    requests: int
    shrinking: int
    seconds: float
    complete: NotRequired[bool]
    done: NotRequired[int]
    listed: NotRequired[int]
    established: NotRequired[str]


class SituationJson(TypedDict):
    """How often each answer came in a situation."""

    situation: str
    answers: dict[str, int]


class ObservationJson(SituationJson):
    """What the target did where the documents are silent. `notable`: why most teams want to know of it; else empty."""

    feature: str
    notable: str


class ChangedObservationJson(TypedDict):
    feature: str
    situation: str
    pinned: list[str]
    seen: list[str]


class AcceptedGoneJson(TypedDict):
    """Accepted failures that were tried and do not come any more. `pruned`: they are dropped from the baseline."""

    entries: list[str]
    pruned: bool


class FailureJson(TypedDict):
    """The part of a failure's event that the report holds."""

    fingerprint: str
    clause: str
    where: str
    situation: str
    detail: str
    expected: str
    observed: str
    steps: int
    requests_to_find: int
    requests_to_shrink: int
    phase: str
    reproduced: str
    bundle: str | None
    status: FailureStatus
    intermittent: bool
    needs_past: bool
    accepted: Acceptance | None
    expired: Acceptance | None
    count: int
    features: list[str]
    payload: list[str]
    argument: str
    cause: str
    situations: dict[str, int]


class ReportJson(TypedDict):
    """The whole report. `at`: when it began. `build`: the target's, empty if it is not known. `clauses` are the fields
    of `queries.ClauseRow`.
    """

    version: int
    target: str
    seed: int | None
    verdict: str
    headline: str
    exit_code: int
    reasons: list[str]
    finished: bool
    seconds: float
    run: str
    command: str
    at: str
    base_url: str
    fallback_url: str | None
    build: str
    versions: dict[str, str]
    history: HistoryJson
    not_tried: list[str]
    requests: RequestCounts
    phases: list[PhaseJson]
    clauses: list[dict[str, Any]]
    situations: list[SituationJson]
    failures: list[FailureJson]
    observations: list[ObservationJson]
    changed_observations: list[ChangedObservationJson]
    accepted_gone: AcceptedGoneJson | None
    drift: list[DriftEntry]
    troubles: list[str]
    replays: NotRequired[list[Replayed]]


def report_json(summary: Summary) -> ReportJson:
    """The report as JSON. `replays`: only of a replay."""
    report: ReportJson = {
        "version": VERSION,
        "target": queries.target_of(summary),
        "seed": summary.started["seed"],
        "verdict": str(queries.verdict_of(summary)),
        "headline": headline(summary),
        "exit_code": queries.exit_code_of(summary),
        "reasons": queries.reasons_of(summary),
        "finished": queries.finished(summary),
        "seconds": queries.seconds_of(summary),
        "run": summary.started["run"],
        "command": summary.started["command"],
        "at": summary.started["at"],
        "base_url": summary.started["base_url"],
        "fallback_url": summary.started["fallback_url"],
        "build": build_of(summary),
        "versions": summary.started.get("versions", {}),
        "history": _history(summary),
        "not_tried": not_tried(summary),
        "requests": requests_of(summary),
        "phases": [_phase(figures, summary.shrinking[figures["phase"]]) for figures in summary.phases.values()],
        "clauses": [asdict(row) for row in queries.clause_rows(summary)],
        "situations": list(_situations(queries.matrix_of(summary))),
        "failures": [_failure(event) for event in queries.failures_of(summary)],
        "observations": list(_observations(summary)),
        "changed_observations": [
            {
                "feature": event["feature"],
                "situation": event["situation"],
                "pinned": event["pinned"],
                "seen": event["seen"],
            }
            for event in summary.changed
        ],
        "accepted_gone": summary.gone and {"entries": summary.gone["entries"], "pruned": summary.gone["pruned"]},
        "drift": summary.started["drift"],
        "troubles": list(summary.troubles),
    }
    if summary.replays:
        report["replays"] = summary.replays
    return report


def _history(summary: Summary) -> HistoryJson:
    failing = [failure for failure in queries.failures_of(summary) if not failure["accepted"]]
    new = {failure["fingerprint"]: name_of(failure) for failure in failing}
    news = news_of(summary) or News(new=tuple(new), names=new)
    return {
        "known": summary.earlier is not None,
        "new": list(news.new),
        "fixed": list(news.fixed),
        "failing": list(news.failing),
        "flaky": list(news.flaky),
        "not_tried": list(news.not_tried),
        "names": {
            name: news.names[name] for name in chain(news.new, news.fixed, news.failing, news.flaky, news.not_tried)
        },
    }


def _phase(figures: PhaseFigures, shrinking: int) -> PhaseJson:
    phase: PhaseJson = {
        "name": figures["phase"],
        "scenarios": figures["scenarios"],
        "requests": figures["requests"],
        "shrinking": shrinking,
        "seconds": figures["seconds"],
    }
    if "complete" in figures:
        phase["complete"] = figures["complete"]
    if "done" in figures and "listed" in figures:
        phase["done"], phase["listed"] = figures["done"], figures["listed"]
    if figures["established"]:
        phase["established"] = figures["established"]
    return phase


def _situations(matrix: queries.Matrix) -> Iterable[SituationJson]:
    for situation in matrix.situations:
        yield {"situation": situation, "answers": dict(sorted(matrix.counts.get(situation, {}).items()))}


def _failure(event: FailureEvent) -> FailureJson:
    values: Mapping[str, object] = {"cause": "", "situations": {}, "expired": None, **event}
    return cast(FailureJson, {name: values[name] for name in FailureJson.__annotations__})


def _observations(summary: Summary) -> Iterable[ObservationJson]:
    for feature, situation, answers, notable in queries.observations_of(summary):
        yield {
            "feature": feature,
            "situation": situation,
            "answers": dict(sorted(answers.items())),
            "notable": notable,
        }
