"""Faults of storing: an account that is kept when the call was refused, lost when it was accepted, or altered."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox.answers import StateError
from fuzz.sandbox.calls import Call
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.store import Sync


class Storing(Dishonesty):
    """A sync that is not kept as it should be."""

    kind = Kind.STORING


class AccountNotStored(Storing):
    """The first accepted call does not store its account."""

    def bound(self, call: Call, sync: Sync) -> Sync:  # noqa: ARG002
        return sync


class SingleItemStoresNoAccount(Storing):
    """A first call with `external_item` does not store its account."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        return sync if call.single else super().bound(call, sync)


class SeveralItemsStoreNoAccount(Storing):
    """A first call with two or more items does not store its account."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        return sync if len(call.items) > 1 else super().bound(call, sync)


class EmptyListForgetsAccount(Storing):
    """A matching call with an empty list is accepted, and the sync loses its account."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        empty = call.body.get("external_items") == [] and not call.items
        return replace(sync, account=None) if empty and sync.account else super().bound(call, sync)


class MismatchStoresFirstAccount(Storing):
    """A call with the wrong provider on a fresh sync is refused, but its account is stored."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        fresh = after is not None and after.account is None and after.provider != call.provider
        return replace(after, account=call.account) if after is not None and fresh else after


class MismatchReplacesAccount(Storing):
    """A call with another account is refused, but its account takes the place of the stored one."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        if after is None or after.account is None or after.disabled or after.provider != call.provider:
            return after
        return replace(after, account=call.account)


class MismatchReplacesProvider(Storing):
    """A call with another provider is refused, but its provider takes the place of the stored one."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        return replace(after, provider=call.provider) if after is not None else None


class MismatchForgetsAccount(Storing):
    """A call that differs in provider and account is refused, and the stored account is lost."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        if after is None or after.provider == call.provider or after.account in (None, call.account):
            return after
        return replace(after, account=None)


class DisabledMismatchReplacesAccount(Storing):
    """A mismatched call on a disabled sync is refused, but its account takes the place of the stored one."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        return replace(after, account=call.account) if after is not None and after.disabled else after


class DisabledMismatchEnables(Storing):
    """A mismatched call on a disabled sync is refused, and enables it."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        mismatched = self.state_error(call, sync) is StateError.ALREADY_EXISTS
        return replace(after, disabled=False) if after is not None and mismatched else after


class DisabledForgetsAccount(Storing):
    """To say `invalid` costs the sync its account."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        said = self.state_error(call, sync) is StateError.INVALID
        return replace(after, account=None) if after is not None and said else after


class AccountStoredInLowerCase(Storing):
    """The account is stored in lower case and compared exactly, so capitals no longer match themselves."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        after = super().bound(call, sync)
        return replace(after, account=after.account and after.account.lower())


class AccountStoredCut(Storing):
    """The column is 40 characters wide, so a longer account no longer matches itself."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        after = super().bound(call, sync)
        return replace(after, account=after.account and after.account[:40])


class LastAccountWins(Storing):
    """On a bound sync any account of the right provider is accepted once and takes the stored one's place."""

    def matches(self, call: Call, sync: Sync) -> bool:
        return super().matches(call, sync) or self.same_provider(call.provider, sync.provider)

    def bound(self, call: Call, sync: Sync) -> Sync:
        return replace(super().bound(call, sync), account=call.account)


class BrokenMismatchReplacesProvider(Storing):
    """A call that names another provider, and whose payload is broken as well, makes the sync one of that provider."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        mismatched = self.state_error(call, sync) is StateError.ALREADY_EXISTS
        broken = after is not None and mismatched and self.object_to_payload(call, sync) is not None
        return replace(after, provider=call.provider) if after is not None and broken else after
