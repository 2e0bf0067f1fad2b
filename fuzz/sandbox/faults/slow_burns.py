"""Faults that build up: they show only after many calls, items or creations, and never in a short scenario."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox.answers import StateError
from fuzz.sandbox.calls import Call, Operation
from fuzz.sandbox.faults.kinds import Kind, Remembering
from fuzz.sandbox.store import Sync


class SlowBurn(Remembering):
    """A mistake that takes many calls."""

    kind = Kind.SLOW_BURN


class ThirtyCallsTakeAnyAccount(SlowBurn):
    """After 30 accepted calls on one sync any account of the right provider is accepted."""

    def matches(self, call: Call, sync: Sync) -> bool:
        worn = self.past(call).accepted_by_sync >= 30 and call.provider == sync.provider
        return worn or super().matches(call, sync)


class TwentyCallsForgetAccount(SlowBurn):
    """The twentieth accepted call on one sync loses the account."""

    def after_success(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_success(call, sync)
        twentieth = self.past(call).accepted_by_sync == 19
        return replace(after, account=None) if after is not None and twentieth else after


class TwoHundredItemsFull(SlowBurn):
    """A sync that has taken 200 items says that it is disabled."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        full = self.past(call).items_in_sync >= 200 and call.operation is Operation.SEND
        return super().state_error(call, sync) or (StateError.INVALID if full else None)


class TenCreationsKeepAccount(SlowBurn):
    """From a staff member's tenth creation on, the new sync has the old one's account."""

    def created(self, call: Call, sync: Sync | None) -> Sync:
        created = super().created(call, sync)
        worn = self.past(call).creations >= 9
        return replace(created, account=sync.account) if worn and sync is not None else created


class TwentyRefusalsDisable(SlowBurn):
    """The twentieth call that one sync refuses disables it."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        twentieth = self.past(call).refused_by_sync == 19 and after is not None and after.account is not None
        return replace(after, disabled=True) if after is not None and twentieth else after


class ReturningAccountRefused(SlowBurn):
    """An account that a staff member had in an earlier sync, and left for another one, cannot be bound again."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        left = self.past(call).accounts_left
        returns = call.account in left and len(left) > 1 and sync is not None and sync.account is None
        return super().state_error(call, sync) or (StateError.ALREADY_EXISTS if returns else None)
