"""The events of `calfuzz replay`, of which its reports are made: what came of each bundle or document, and of all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fuzz.bundle.failure_json import Bundle
from fuzz.errors import ExitCode
from fuzz.events.failures import FailureEvent, Replayed, WhatFailed
from fuzz.events.summary import RunVerdict
from fuzz.events.types import RunFinished
from fuzz.failures.failure import Failure
from fuzz.failures.failure_event import failure_event
from fuzz.failures.identity import Identity
from fuzz.failures.replays.bundle_replay import PHASE
from fuzz.failures.replays.result import Outcome, ReplayResult, as_text
from fuzz.oracle.verdict import VerdictKind
from fuzz.session.exchange import failing_exchange
from fuzz.session.session import Session


def replayed_event(result: ReplayResult, bundle: Bundle | None, seconds: float) -> Replayed:
    """What came of one replay. `bundle`: None for a workflow document alone."""
    return {
        "event": "replayed",
        "name": result.name,
        "clause": bundle.clause if bundle is not None else "",
        "documented_at": bundle.file["where"] if bundle is not None else "",
        "outcome": result.outcome.value,
        "why": result.why,
        "target": result.where,
        "came": result.came,
        "times": result.times,
        "seconds": round(seconds, 3),
        "text": as_text(result),
    }


def failed_event(session: Session, path: Path, bundle: Bundle, result: ReplayResult) -> FailureEvent | None:
    """The failure as it was seen in this replay; None if it was not, or if nothing was sent."""
    scenario = result.scenario
    if result.outcome is not Outcome.FAILED or scenario is None:
        return None
    name = bundle.fingerprint
    identity = Identity(name, frozenset(), name)
    failure = Failure(name, identity, PHASE, len(scenario.evidence), scenario, bundle=str(path))
    event = failure_event(session, failure, "confirmed")
    judged = failing_exchange(scenario.evidence).verdict.kind is VerdictKind.FAIL
    # No verdict is told of an answer that never came: the bundle knows what that was.
    return event if judged else {**event, **_as_found(bundle)}


def _as_found(bundle: Bundle) -> WhatFailed:
    file = bundle.file
    return {
        "clause": file["clause"],
        "says": file["says"],
        "where": file["where"],
        "situation": file["situation"],
        "detail": file["detail"],
        "expected": file["expected"],
        "observed": file["observed"],
    }


def finished_event(replays: Sequence[Replayed], exit_code: ExitCode, seconds: float) -> RunFinished:
    """The end of all replays. The reasons: what was not fixed, and why."""
    verdicts = {ExitCode.PASS: RunVerdict.PASS, ExitCode.BROKEN: RunVerdict.FAIL}
    return {
        "event": "run_finished",
        "verdict": verdicts.get(exit_code, RunVerdict.INCONCLUSIVE).value,
        "exit_code": int(exit_code),
        "reasons": [
            f"{each['name']}: {each['outcome']}, {each['why']}"
            for each in replays
            if each["outcome"] != Outcome.FIXED.value
        ],
        "seconds": round(seconds, 3),
    }
