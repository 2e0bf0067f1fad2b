"""The regressions phase: replays the failures kept so far, and marks each as failing or fixed.

What was fixed long ago is replayed ever more seldom; each outcome is an event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from fuzz.events.types import RegressionOutcome
from fuzz.failures.handler import FailureHandler
from fuzz.failures.keeping.shared_store import SharedFailures
from fuzz.failures.keeping.store import LONGEST_REST, SavedFailure, mark_failed, mark_fixed, saved_failures
from fuzz.failures.replays.bundle_replay import impossible_here
from fuzz.oracle.actions import Action
from fuzz.oracle.verdict import VerdictKind
from fuzz.shrinking.candidate import can_begin

PHASE = "regressions"


def resting(outcomes: Iterable[RegressionOutcome]) -> str:
    """How many failures were left out because they were fixed long ago, in words; empty for none."""
    count = sum(outcome == "rests" for outcome in outcomes)
    return f"{count:,} fixed long ago had no turn: each gets one within {LONGEST_REST} nights" if count else ""


def replay_all_saved(
    handler: FailureHandler, *, directory: Path, shared: SharedFailures, today: str, every: bool = False
) -> bool:
    """Replays the failures that this machine has kept, and those that other machines share. False if the time was over
    before the last one. `every`: also those that were fixed long ago.
    """
    all_saved = replay_saved(handler, directory, today=today, every=every)
    all_shared = replay_shared(handler, shared, directory)
    for problem in shared.problems:
        handler.session.journal.emit({"event": "trouble", "what": problem})
    return all_saved and all_shared


def replay_saved(handler: FailureHandler, directory: Path, *, today: str, every: bool = False) -> bool:
    """Replays the kept failures that are due, and marks each as failing or fixed on this target. False if some were
    left out for want of time: those come first next time.

    Where the outcome is CANNOT TELL, the mark stays as it was.
    """
    kept, problems = saved_failures(directory)
    for problem in problems:
        handler.session.journal.emit({"event": "trouble", "what": problem})
    target, left_out = handler.session.profile.name, False
    for each in sorted(kept, key=lambda each: each.turn(target)):
        outcome = _tell(handler, each.path.name, _outcome_of(handler, each, today, every=every))
        left_out |= outcome == "not tried"
    return not left_out


def _tell(handler: FailureHandler, fingerprint: str, outcome: RegressionOutcome) -> RegressionOutcome:
    handler.session.journal.emit({"event": "regression", "fingerprint": fingerprint, "outcome": outcome})
    return outcome


def _outcome_of(handler: FailureHandler, kept: SavedFailure, today: str, *, every: bool) -> RegressionOutcome:
    if not every and kept.rests(handler.session.profile.name, today):
        return "rests"
    if handler.time_left() <= 0:
        return "not tried"
    if next(impossible_here(kept.bundle, handler.session), None) is not None:
        return "cannot tell"
    return _replay_one(handler, kept, today)


def replay_shared(handler: FailureHandler, shared: SharedFailures, directory: Path) -> bool:
    """Replays once each failure that other machines have confirmed and this one does not keep. False if some were left
    out.
    """
    own = {failure.path.name for failure in saved_failures(directory)[0]}
    for fingerprint, actions in shared.scenarios():
        if handler.time_left() <= 0:
            return False
        if fingerprint not in own and can_begin(actions):
            outcome = _perform(handler, actions)
            _tell(handler, fingerprint, "not tried" if outcome == "passed" and handler.time_left() <= 0 else outcome)
    return True


def _replay_one(handler: FailureHandler, kept: SavedFailure, today: str) -> RegressionOutcome:
    """Replays a kept failure until it fails, or has passed so often that it would have come."""
    target = handler.session.profile.name
    if kept.bundle.confirmed and not kept.bundle.needs_history:
        handler = replace(handler, shrunk_before=kept.bundle.fingerprint, others_before=kept.bundle.others)
    told = not kept.bundle.needs_history
    for _ in range(kept.bundle.times):
        if handler.time_left() <= 0:
            return "not tried"
        outcome = _perform(handler, kept.bundle.actions)
        told &= outcome != "cannot tell"
        if outcome == "failed":
            if kept.path.exists():
                _mark(handler, mark_failed, kept.path, today, target)
            return outcome
    if handler.time_left() <= 0:
        return "not tried"
    if not told:
        return "cannot tell"
    _mark(handler, mark_fixed, kept.path, today, target)
    return "passed"


def _mark(handler: FailureHandler, mark: Callable[..., None], path: Path, today: str, target: str) -> None:
    """Notes the outcome; where it cannot be written, the run says so and goes on."""
    try:
        mark(path, today, target=target)
    except OSError as error:
        handler.session.journal.emit({"event": "trouble", "what": f"{path} cannot be marked: {error.strerror}"})


def _perform(handler: FailureHandler, actions: tuple[Action, ...]) -> RegressionOutcome:
    """Performs a scenario once. It has failed if any of its answers was wrong, whatever it was kept for."""
    kinds = {exchange.verdict.kind for exchange in handler.run(actions, PHASE).exchanges}
    if VerdictKind.FAIL in kinds:
        return "failed"
    return "cannot tell" if VerdictKind.INCONCLUSIVE in kinds else "passed"
