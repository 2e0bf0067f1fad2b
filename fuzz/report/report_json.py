"""`report.json`, version 1: the summary for programs. Keys are only ever added; all reports show the same numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from fuzz.model.events import Event, Summary
from fuzz.report import view

VERSION = 1

_FAILURE_KEYS = (
    "fingerprint",
    "clause",
    "where",
    "situation",
    "detail",
    "expected",
    "observed",
    "steps",
    "requests_to_find",
    "requests_to_shrink",
    "phase",
    "reproduced",
    "bundle",
    "status",
    "intermittent",
    "needs_past",
    "accepted",
    "count",
    "features",
    "payload",
    "argument",
)


def report_json(summary: Summary) -> dict[str, Any]:
    """The report as JSON: seconds as numbers, counts of requests with every attempt counted."""
    return {
        "version": VERSION,
        "target": summary.started.get("target"),
        "seed": summary.started.get("seed"),
        "verdict": str(view.verdict_of(summary)),
        "exit_code": view.exit_code_of(summary),
        "reasons": view.reasons_of(summary),
        "finished": view.finished(summary),
        "seconds": view.seconds_of(summary),
        "requests": {"total": summary.total, "retried": summary.retried, "lost": summary.lost},
        "phases": [_phase(event) for event in summary.phases.values()],
        "clauses": [asdict(row) for row in view.clause_rows(summary)],
        "situations": list(_situations(view.matrix_of(summary))),
        "failures": [_failure(event) for event in view.failures_of(summary)],
        "observations": list(_observations(summary)),
        "changed_observations": [
            {key: event[key] for key in ("feature", "situation", "pinned", "seen")} for event in summary.changed
        ],
        "drift": summary.started.get("drift", []),
        "troubles": list(summary.troubles),
    }


def _phase(event: Event) -> dict[str, Any]:
    phase = {"name": event["phase"], **{key: event[key] for key in ("scenarios", "requests", "seconds")}}
    if "complete" in event:
        phase["complete"] = event["complete"]
    return {**phase, "established": event["established"]} if event.get("established") else phase


def _situations(matrix: view.Matrix) -> Iterable[dict[str, Any]]:
    for situation in matrix.situations:
        yield {"situation": situation, "answers": dict(sorted(matrix.counts.get(situation, {}).items()))}


def _failure(event: Event) -> dict[str, Any]:
    return {key: event[key] for key in _FAILURE_KEYS if key in event}


def _observations(summary: Summary) -> Iterable[dict[str, Any]]:
    for (feature, situation), answers in sorted(summary.observations.items()):
        yield {"feature": feature, "situation": situation, "answers": dict(sorted(answers.items()))}
