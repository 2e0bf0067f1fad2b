"""Faults that take a sequence: each waits for a pattern in what a staff member did last."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox.answers import StateError
from fuzz.sandbox.calls import Call, Operation
from fuzz.sandbox.faults.kinds import Kind, Past, Remembering
from fuzz.sandbox.store import Sync

CREATE, SEND, CONNECT, DISABLE, DISCONNECT = Operation


class DeepSequence(Remembering):
    """A mistake that only a sequence of calls brings about."""

    kind = Kind.DEEP_SEQUENCE


class DisabledTwiceStaysDisabled(DeepSequence):
    """A sync created after two rounds of create and disable is disabled."""

    def created(self, call: Call, sync: Sync | None) -> Sync:
        created = super().created(call, sync)
        twice = self.past(call).moves()[-4:] == [CREATE, DISABLE, CREATE, DISABLE]
        return replace(created, disabled=True) if twice else created


class ThirdCreationKeepsAccount(DeepSequence):
    """The sync created after two rounds of create and send has the old one's account."""

    def created(self, call: Call, sync: Sync | None) -> Sync:
        created = super().created(call, sync)
        third = self.past(call).accepted_operations()[-4:] == [CREATE, SEND, CREATE, SEND]
        return replace(created, account=sync.account) if third and sync is not None else created


class FourthAlternationKeepsProvider(DeepSequence):
    """Of four creations in a row, the fourth keeps the provider that the third had."""

    def created(self, call: Call, sync: Sync | None) -> Sync:
        created = super().created(call, sync)
        fourth = self.past(call).accepted_operations()[-3:] == [CREATE, CREATE, CREATE]
        return replace(created, provider=sync.provider) if fourth and sync is not None else created


class ConnectResurrects(DeepSequence):
    """After two rounds of create and disconnect, connecting brings the sync back without an error."""

    def lookup(self, call: Call) -> Sync | None:
        sync = super().lookup(call)
        twice = self.past(call).moves()[-4:] == [CREATE, DISCONNECT, CREATE, DISCONNECT]
        if sync is None and call.operation is CONNECT and twice:
            return Sync(staff_uid=call.staff_uid, uid="resurrected", provider=call.provider)
        return sync


class TwiceDisconnectedIsGone(DeepSequence):
    """The sync created after two rounds of create and disconnect is not found."""

    def lookup(self, call: Call) -> Sync | None:
        moves = self.past(call).moves()
        gone = moves[-5:] == [CREATE, DISCONNECT, CREATE, DISCONNECT, CREATE] and call.operation is not CREATE
        return None if gone else super().lookup(call)


class ThreeMismatchesLock(DeepSequence):
    """Three mismatched calls in a row disable the sync."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        mismatched = self.state_error(call, sync) is StateError.ALREADY_EXISTS
        third = mismatched and self.past(call).statuses()[-2:] == [422, 422]
        return replace(after, disabled=True) if third and after is not None and after.account else after


class SixthCallTakesAnyAccount(DeepSequence):
    """After five accepted calls in a row any account of the right provider is accepted."""

    def matches(self, call: Call, sync: Sync) -> bool:
        five = self.past(call).accepted_operations()[-5:] == [SEND] * 5 and _last_was_accepted(self.past(call))
        return super().matches(call, sync) or (five and call.provider == sync.provider)


class ThirdTryIsAccepted(DeepSequence):
    """A wrong account that was refused twice in a row is accepted the third time."""

    def matches(self, call: Call, sync: Sync) -> bool:
        last = list(self.past(call).deeds)[-2:]
        same = len(last) == 2 and all(deed.status == 422 and deed.account == call.account for deed in last)
        return super().matches(call, sync) or (same and call.provider == sync.provider)


class DisabledThriceEnables(DeepSequence):
    """Two disables that a disabled sync refused enable it."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        last = [deed.operation for deed in self.past(call).deeds][-2:]
        thrice = call.operation is DISABLE and last == [DISABLE, DISABLE]
        return replace(after, disabled=False) if thrice and after is not None else after


class InvalidMismatchInvalid(DeepSequence):
    """On a disabled sync a matching, a mismatching and a matching call in a row end in 200."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        error = super().state_error(call, sync)
        if error is not StateError.INVALID or sync is None:
            return error
        last = list(self.past(call).deeds)[-2:]
        named = [(deed.provider, deed.account) == (sync.provider, sync.account) for deed in last]
        return None if named == [True, False] and all(deed.status == 422 for deed in last) else error


class DisableLostBetweenConnects(DeepSequence):
    """After connect, send and connect in a row, disabling does nothing."""

    def after_success(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_success(call, sync)
        lost = self.past(call).accepted_operations()[-3:] == [CONNECT, SEND, CONNECT] and call.operation is DISABLE
        return replace(after, disabled=False) if lost and after is not None else after


class AccountSwapsAfterConnect(DeepSequence):
    """After send, connect and send in a row, a sync re-created for another provider has the account still."""

    def created(self, call: Call, sync: Sync | None) -> Sync:
        created = super().created(call, sync)
        swaps = self.past(call).accepted_operations()[-3:] == [SEND, CONNECT, SEND]
        other = sync is not None and sync.provider != created.provider
        return replace(created, account=sync.account) if swaps and other and sync is not None else created


def _last_was_accepted(past: Past) -> bool:
    return past.statuses()[-1:] == [200]
