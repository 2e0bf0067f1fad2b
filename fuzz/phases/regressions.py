"""The regressions phase: replays every failure kept so far, and marks it as failing or fixed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fuzz.failures.handler import FailureHandler
from fuzz.failures.keeping.shared_store import SharedFailures
from fuzz.failures.keeping.store import SavedFailure, mark_failed, mark_fixed, saved_failures
from fuzz.failures.replays.bundle_replay import impossible_here
from fuzz.oracle.verdict import VerdictKind
from fuzz.shrinking.candidate import can_begin

PHASE = "regressions"


def replay_all_saved(handler: FailureHandler, *, directory: Path, shared: SharedFailures, today: str) -> bool:
    """Replays the failures that this machine has kept, and those that other machines share. False if the time was over
    before the last one.
    """
    all_saved = replay_saved(handler, directory, today=today)
    all_shared = replay_shared(handler, shared, directory)
    for problem in shared.problems:
        handler.session.journal.emit({"event": "trouble", "what": problem})
    return all_saved and all_shared


def replay_saved(handler: FailureHandler, directory: Path, *, today: str) -> bool:
    """Replays every kept failure, and marks it as failing or fixed on this target. False if some were left out.

    Where the outcome is CANNOT TELL, the mark stays as it was.
    """
    kept, problems = saved_failures(directory)
    for problem in problems:
        handler.session.journal.emit({"event": "trouble", "what": problem})
    for failure in kept:
        if handler.time_left() <= 0:
            return False
        if next(impossible_here(failure.bundle, handler.session), None) is None:
            _replay_one(handler, failure, today)
    return True


def replay_shared(handler: FailureHandler, shared: SharedFailures, directory: Path) -> bool:
    """Replays once each failure that other machines have confirmed and this one does not keep. False if some were left
    out.
    """
    own = {failure.path.name for failure in saved_failures(directory)[0]}
    for fingerprint, actions in shared.scenarios():
        if handler.time_left() <= 0:
            return False
        if fingerprint not in own and can_begin(actions):
            handler.run(actions, PHASE)
    return True


def _replay_one(handler: FailureHandler, kept: SavedFailure, today: str) -> None:
    target = handler.session.profile.name
    told = True
    for _ in range(kept.bundle.times):
        run = handler.run(kept.bundle.actions, PHASE)
        kinds = {exchange.verdict.kind for exchange in run.exchanges}
        told &= VerdictKind.INCONCLUSIVE not in kinds
        if VerdictKind.FAIL in kinds:
            if kept.path.exists():
                _mark(handler, mark_failed, kept.path, today, target)
            return
        if handler.time_left() <= 0:
            return
    if told:
        _mark(handler, mark_fixed, kept.path, today, target)


def _mark(handler: FailureHandler, mark: Callable[..., None], path: Path, today: str, target: str) -> None:
    """Notes the outcome; where it cannot be written, the run says so and goes on."""
    try:
        mark(path, today, target=target)
    except OSError as error:
        handler.session.journal.emit({"event": "trouble", "what": f"{path} cannot be marked: {error.strerror}"})
