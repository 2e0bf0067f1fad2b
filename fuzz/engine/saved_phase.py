"""The `saved` phase: every failure kept so far is done again, and marked as what it is now: failing, or fixed."""

from __future__ import annotations

from pathlib import Path

from fuzz.engine.campaign import Campaign
from fuzz.engine.keep import Saved, mark_failed, mark_fixed, saved
from fuzz.engine.minimise import can_begin
from fuzz.engine.replay import impossible_here
from fuzz.engine.shared import SharedFailures
from fuzz.model.verdict import Kind

PHASE = "saved"


def replay_all_saved(campaign: Campaign, *, directory: Path, shared: SharedFailures, today: str) -> None:
    """What this machine has kept, and what others share."""
    replay_saved(campaign, directory, today=today)
    replay_shared(campaign, shared, directory)
    for problem in shared.problems:
        campaign.session.journal.emit({"event": "trouble", "what": problem})


def replay_saved(campaign: Campaign, directory: Path, *, today: str) -> None:
    """Every kept failure through the campaign, then marked as failing or fixed on this target.

    A failure that cannot be told, since an answer was lost or the target cannot be moved so, stays marked as it was.
    """
    kept, problems = saved(directory)
    for problem in problems:
        campaign.session.journal.emit({"event": "trouble", "what": problem})
    for each in kept:
        if campaign.time_left() <= 0:
            return
        if next(impossible_here(each.bundle, campaign.session), None) is None:
            _replay_one(campaign, each, today)


def replay_shared(campaign: Campaign, shared: SharedFailures, directory: Path) -> None:
    """What other machines have confirmed, once each, but for what this one keeps itself."""
    own = {each.path.name for each in saved(directory)[0]}
    for fingerprint, actions in shared.scenarios():
        if campaign.time_left() <= 0:
            return
        if fingerprint not in own and can_begin(actions):
            campaign.run(actions, PHASE)


def _replay_one(campaign: Campaign, kept: Saved, today: str) -> None:
    target = campaign.session.profile.name
    told = True
    for _ in range(kept.bundle.times):
        play = campaign.run(kept.bundle.actions, PHASE)
        kinds = {performed.verdict.kind for performed in play.performed}
        told &= Kind.INCONCLUSIVE not in kinds
        if Kind.FAIL in kinds:
            if kept.path.exists():
                mark_failed(kept.path, today, target=target)
            return
        if campaign.time_left() <= 0:
            return
    if told:
        mark_fixed(kept.path, today, target=target)
