"""Faults that say a state error for a broken payload, although the state is in order."""

from __future__ import annotations

from fuzz.sandbox import answers
from fuzz.sandbox.answers import StateError
from fuzz.sandbox.calls import Answer, Call, Operation
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.store import Sync


class PayloadAnswer(Dishonesty):
    """A refusal of the payload in the words of a state error."""

    kind = Kind.PAYLOAD_ERROR


class BrokenItemSaidDisabled(PayloadAnswer):
    """A broken item is answered like a disabled account."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        refusal = super().object_to_payload(call, sync)
        return None if refusal is None else answers.state_error(StateError.INVALID)


class MissingFieldSaidMissing(PayloadAnswer):
    """A missing field of an item is answered like a missing sync."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        refusal = super().object_to_payload(call, sync)
        lacking = refusal is not None and _code(refusal) == "missing"
        return answers.state_error(StateError.MISSING) if lacking else refusal


class WrongFormatSaidMismatch(PayloadAnswer):
    """A field of the wrong format is answered like another sync."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        refusal = super().object_to_payload(call, sync)
        wrong = refusal is not None and _code(refusal) == "wrong_format"
        return answers.state_error(StateError.ALREADY_EXISTS) if wrong else refusal


class BrokenCalendarSyncSaidMismatch(PayloadAnswer):
    """A `calendar_sync` without a provider or an account is answered like another sync."""

    def refuse_calendar_sync(self, call: Call) -> Answer | None:
        refusal = super().refuse_calendar_sync(call)
        said = refusal is not None and call.operation is Operation.SEND
        return answers.state_error(StateError.ALREADY_EXISTS) if said else refusal


class RepeatedIdSaidMismatch(PayloadAnswer):
    """Two items with one id are answered like another sync."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        ids = [str(item.get("external_id")) for item in call.items if isinstance(item, dict)]
        repeated = len(ids) != len(set(ids))
        said = answers.state_error(StateError.ALREADY_EXISTS)
        return super().object_to_payload(call, sync) or (said if repeated else None)


class EmptyListSaidMissing(PayloadAnswer):
    """An empty list of items is answered like a missing sync."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        empty = call.operation is Operation.SEND and call.body.get("external_items") == [] and not call.items
        said = answers.state_error(StateError.MISSING)
        return super().object_to_payload(call, sync) or (said if empty else None)


class StaleCalendarSaidMismatch(PayloadAnswer):
    """An item that names another calendar than the sync's is answered like another sync."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        uids = {str(item.get("external_calendar_uid")) for item in call.items if isinstance(item, dict)}
        stale = sync is not None and not uids <= {sync.uid}
        said = answers.state_error(StateError.ALREADY_EXISTS)
        return super().object_to_payload(call, sync) or (said if stale else None)


def _code(refusal: Answer) -> object:
    return refusal.body["errors"][0]["code"]
