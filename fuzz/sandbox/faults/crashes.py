"""Faults that make the server fall over: bodies that the documents allow, or forbid, but that never deserve a 500."""

from __future__ import annotations

from fuzz.sandbox import answers
from fuzz.sandbox.calls import Answer, Call, Operation
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.payload import DATE_FIELDS, is_iso_date
from fuzz.sandbox.store import Sync


class Crash(Dishonesty):
    """A 500 where the payload is looked at."""

    kind = Kind.CRASH


class CrashOnMissingTitle(Crash):
    """An item without the optional `external_title` makes the server fall over."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        crashes = isinstance(item, dict) and "external_title" not in item
        return answers.crash() if crashes else super().object_to_item(call, position, item)


class CrashOnMissingId(Crash):
    """An item without `external_id` makes the server fall over."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        crashes = isinstance(item, dict) and "external_id" not in item
        return answers.crash() if crashes else super().object_to_item(call, position, item)


class CrashOnBadDate(Crash):
    """A text that is no date makes the server fall over."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        dates = [item[field] for field in DATE_FIELDS if field in item] if isinstance(item, dict) else []
        crashes = any(isinstance(date, str) and not is_iso_date(date) for date in dates)
        return answers.crash() if crashes else super().object_to_item(call, position, item)


class CrashOnNull(Crash):
    """A null in an item makes the server fall over."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        crashes = isinstance(item, dict) and None in item.values()
        return answers.crash() if crashes else super().object_to_item(call, position, item)


class CrashOnNoObject(Crash):
    """An item that is no object makes the server fall over."""

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        return super().object_to_item(call, position, item) if isinstance(item, dict) else answers.crash()


class CrashOnSingleItem(Crash):
    """Any `external_item` makes the server fall over."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        return answers.crash() if call.single else super().object_to_payload(call, sync)


class CrashOnEmptyList(Crash):
    """An empty list of items makes the server fall over."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        crashes = call.body.get("external_items") == []
        return answers.crash() if crashes else super().object_to_payload(call, sync)


class CrashOnLongList(Crash):
    """A list of more than 100 items makes the server fall over."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        return answers.crash() if len(call.items) > 100 else super().object_to_payload(call, sync)


class CrashOnRepeatedId(Crash):
    """Two items with one id make the server fall over."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        ids = [str(item.get("external_id")) for item in call.items if isinstance(item, dict)]
        crashes = len(ids) != len(set(ids))
        return answers.crash() if crashes else super().object_to_payload(call, sync)


class CrashOnLongTitle(Crash):
    """A title of more than 255 characters makes the server fall over."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        crashes = any(len(title) > 255 for title in call.titles)
        return answers.crash() if crashes else super().object_to_payload(call, sync)


class CrashOnMissingStaff(Crash):
    """A body without `staff_uid` makes the server fall over."""

    def refuse_envelope(self, call: Call) -> Answer | None:
        crashes = call.operation is Operation.SEND and "staff_uid" not in call.body
        return answers.crash() if crashes else super().refuse_envelope(call)


class CrashOnCalendarSyncText(Crash):
    """A `calendar_sync` that is no object makes the server fall over."""

    def refuse_envelope(self, call: Call) -> Answer | None:
        crashes = "calendar_sync" in call.body and not isinstance(call.body["calendar_sync"], dict)
        return answers.crash() if crashes else super().refuse_envelope(call)


class CrashOnMockCreation(Crash):
    """Creating a sync for an app that is not among the listed providers' makes the server fall over."""

    def refuse_envelope(self, call: Call) -> Answer | None:
        crashes = call.operation is Operation.CREATE and call.body.get("app_code_name") == "mockcalendarwaysync"
        return answers.crash() if crashes else super().refuse_envelope(call)


class CrashOnEmptyStaff(Crash):
    """A `staff_uid` of no characters makes the server fall over."""

    def refuse_envelope(self, call: Call) -> Answer | None:
        crashes = call.operation is Operation.SEND and call.body.get("staff_uid") == ""
        return answers.crash() if crashes else super().refuse_envelope(call)
