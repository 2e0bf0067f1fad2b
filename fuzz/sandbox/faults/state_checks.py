"""Faults of the state check itself: a state error never said, said in the wrong state, or said in the wrong order."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox import answers
from fuzz.sandbox.answers import StateError
from fuzz.sandbox.calls import Answer, Call, Operation
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.store import Sync


class StateCheck(Dishonesty):
    """A wrong or missing check of the state."""

    kind = Kind.STATE_CHECK


class MissingNeverSaid(StateCheck):
    """A staff member without a sync is answered 200."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        return None if sync is None else super().state_error(call, sync)


class MismatchNeverSaid(StateCheck):
    """A call that names another provider or account is answered 200."""

    def matches(self, call: Call, sync: Sync) -> bool:  # noqa: ARG002
        return True


class DisabledNeverSaid(StateCheck):
    """A disabled sync takes items."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        error = super().state_error(call, sync)
        return None if error is StateError.INVALID else error


class DisabledBeforeMismatch(StateCheck):
    """On a disabled sync, `invalid` is said before provider and account are compared."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        return StateError.INVALID if sync is not None and sync.disabled else super().state_error(call, sync)


class DisabledSaidMissing(StateCheck):
    """A disabled sync counts as none."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        return super().state_error(call, None if sync is not None and sync.disabled else sync)


class DisabledSaidMismatch(StateCheck):
    """A disabled sync that matches is answered `already_exists`."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        error = super().state_error(call, sync)
        return StateError.ALREADY_EXISTS if error is StateError.INVALID else error


class FreshSaidDisabled(StateCheck):
    """A sync without an account counts as disabled."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        fresh = sync is not None and sync.account is None
        return super().state_error(call, sync) or (StateError.INVALID if fresh else None)


class FreshSaidMissing(StateCheck):
    """A sync without an account counts as none."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        return super().state_error(call, None if sync is not None and sync.account is None else sync)


class FreshSaidMismatch(StateCheck):
    """A sync without an account matches no account."""

    def matches(self, call: Call, sync: Sync) -> bool:
        return sync.account is not None and super().matches(call, sync)


class OtherProviderSaidMissing(StateCheck):
    """The sync is looked up by staff member and provider, so another provider finds none."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        other = sync is not None and call.provider != sync.provider
        return super().state_error(call, None if other else sync)


class OtherAccountSaidMissing(StateCheck):
    """The sync is looked up by staff member and account, so another account finds none."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        other = sync is not None and sync.account is not None and call.account != sync.account
        return super().state_error(call, None if other else sync)


class MismatchOfBothAccepted(StateCheck):
    """Provider and account are compared by an exclusive or, so a call that differs in both is accepted."""

    def matches(self, call: Call, sync: Sync) -> bool:
        both = call.provider != sync.provider and sync.account is not None and call.account != sync.account
        return both or super().matches(call, sync)


class EitherIsEnough(StateCheck):
    """A call matches if its provider or its account is right."""

    def matches(self, call: Call, sync: Sync) -> bool:
        return sync.provider == call.provider or call.account == sync.account or super().matches(call, sync)


class FreshTakesAnyProvider(StateCheck):
    """Before an account is stored, the provider is not compared."""

    def matches(self, call: Call, sync: Sync) -> bool:
        return sync.account is None or super().matches(call, sync)


class FreshAdoptsProvider(StateCheck):
    """The first call's provider takes the place of the one that the sync was created with."""

    def matches(self, call: Call, sync: Sync) -> bool:
        return sync.account is None or super().matches(call, sync)

    def bound(self, call: Call, sync: Sync) -> Sync:
        adopted = replace(sync, provider=call.provider) if sync.account is None else sync
        return super().bound(call, adopted)


class DisabledSaidOnce(StateCheck):
    """To say `invalid` enables the sync again."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        return replace(after, disabled=False) if after and self.state_error(call, sync) is StateError.INVALID else after


class SingleItemIntoDisabled(StateCheck):
    """A call with `external_item` is not checked for a disabled sync."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        error = super().state_error(call, sync)
        return None if error is StateError.INVALID and call.single else error


class RecurringItemIntoDisabled(StateCheck):
    """A call with an `rrule` is not checked for a disabled sync."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        error = super().state_error(call, sync)
        recurring = any(isinstance(item, dict) and "rrule" in item for item in call.items)
        return None if error is StateError.INVALID and recurring else error


class CrashWhenDisabled(StateCheck):
    """Instead of `invalid`, the server falls over."""

    kind = Kind.CRASH

    def say(self, call: Call, error: StateError) -> Answer:
        return answers.crash() if error is StateError.INVALID else super().say(call, error)


class CrashWhenBothDiffer(StateCheck):
    """The server falls over when provider and account both differ."""

    kind = Kind.CRASH

    def object_to_state(self, call: Call, sync: Sync | None) -> Answer | None:
        if call.operation is Operation.SEND and sync is not None and sync.account is not None:
            both = call.provider != sync.provider and call.account != sync.account
            return answers.crash() if both else super().object_to_state(call, sync)
        return super().object_to_state(call, sync)
