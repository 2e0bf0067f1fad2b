"""Faults that the systematic phases cannot see, as tests that pass; they fail once such a fault can be seen."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from fuzz.failures.handler import FailureHandler
from fuzz.phases import systematic
from fuzz.sandbox.faults.sequences.history import RemembersCalls
from fuzz.sandbox.requests import Call, Operation
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.settings import Settings
from fuzz.sandbox.store import Store, Sync
from fuzz.selftest.in_process import InProcess
from swagger.load import load_contract

MANY_CALLS = 400


class AnyAccountAfterManyCalls(RemembersCalls):
    """After 400 accepted calls on one sync any account is accepted: more than any scenario sends."""

    def matches(self, call: Call, sync: Sync) -> bool:
        return self.history(call).accepted_by_sync >= MANY_CALLS or super().matches(call, sync)


class ItemsNotKept(Behaviour):
    """Accepted items are not kept: the endpoint never shows them again."""

    def commit(self, call: Call, before: Sync | None, outcome: Any) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.SEND and outcome.sync is not None:
            self.store.destroy(call.staff_uid)
            self.store.save(outcome.sync)


class OneAccountNeverStored(Behaviour):
    """One account, which no scenario uses, is never stored."""

    def bind_account(self, call: Call, sync: Sync) -> Sync:
        return sync if call.account == "grace.hopper@navy.example" else super().bind_account(call, sync)


class AccountsCompareWithoutCase(Behaviour):
    """Accounts are compared without regard to case, which the documents leave open."""

    def same_account(self, given: str, kept: str) -> bool:
        return given.casefold() == kept.casefold()


@pytest.mark.parametrize(
    "mixin", [AnyAccountAfterManyCalls, ItemsNotKept, OneAccountNeverStored, AccountsCompareWithoutCase]
)
def test_the_systematic_phases_see_nothing(mixin: type[Behaviour]) -> None:
    people = Settings().people
    handler = FailureHandler(InProcess(load_contract(), partial(_begin, mixin, people)).session)
    systematic.run(handler, seed=1)
    assert handler.registry.failures == {}


def _begin(mixin: type[Behaviour], people: Any) -> Behaviour:
    return mixin(Store(), people)
