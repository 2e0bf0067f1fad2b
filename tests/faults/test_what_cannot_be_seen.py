"""What the systematic phases cannot see, said as tests that pass: they would fail on the day when it can be seen."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from fuzz.engine.campaign import Campaign
from fuzz.engine.conformance import run as run_conformance
from fuzz.engine.payload_cases import run as run_payload_cases
from fuzz.sandbox.behaviour import Behaviour
from fuzz.sandbox.calls import Call, Operation
from fuzz.sandbox.faults.kinds import Remembering
from fuzz.sandbox.settings import Settings
from fuzz.sandbox.store import Store, Sync
from fuzz.selftest.in_process import InProcess
from swagger.load import load_contract

PATIENCE = 400


class EndlessPatienceLost(Remembering):
    """After 400 accepted calls on one sync any account is accepted: more than any scenario sends."""

    def matches(self, call: Call, sync: Sync) -> bool:
        return self.past(call).accepted_by_sync >= PATIENCE or super().matches(call, sync)


class ItemsThrownAway(Behaviour):
    """Accepted items are not kept: the endpoint never shows them again."""

    def commit(self, call: Call, before: Sync | None, outcome: Any) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.SEND and outcome.sync is not None:
            self.store.destroy(call.staff_uid)
            self.store.save(outcome.sync)


class OneAccountIsCursed(Behaviour):
    """One account that nobody would think of is never stored."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        return sync if call.account == "grace.hopper@navy.example" else super().bound(call, sync)


class SharesWithOwnAliases(Behaviour):
    """Accounts are compared without regard to case, which the documents leave open."""

    def same_account(self, given: str, kept: str) -> bool:
        return given.casefold() == kept.casefold()


@pytest.mark.parametrize("mixin", [EndlessPatienceLost, ItemsThrownAway, OneAccountIsCursed, SharesWithOwnAliases])
def test_the_systematic_phases_see_nothing(mixin: type[Behaviour]) -> None:
    people = Settings().people
    campaign = Campaign(InProcess(load_contract(), partial(_begin, mixin, people)).session)
    run_conformance(campaign, number=1, depth=0)
    run_payload_cases(campaign, number=1)
    assert campaign.register.failures == {}


def _begin(mixin: type[Behaviour], people: Any) -> Behaviour:
    return mixin(Store(), people)
