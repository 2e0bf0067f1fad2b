"""Faults of records and caches, as an ORM invites them: bulk inserts, batches, unique keys, reads that are stale."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from fuzz.sandbox import answers
from fuzz.sandbox.answers import StateError
from fuzz.sandbox.behaviour import Outcome
from fuzz.sandbox.calls import Answer, Arrival, Call, JsonObject, Operation
from fuzz.sandbox.faults.kinds import Dishonesty, Kind, Remembering
from fuzz.sandbox.people import People
from fuzz.sandbox.store import Store, Sync

BATCH = 100
LONGEST_ID = 191
LONGEST_EVENT = timedelta(days=1)


class OnlyFirstBatchChecked(Dishonesty):
    """Items after the first hundred are not checked."""

    kind = Kind.PAYLOAD

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        return super().object_to_item(call, position, item) if position < BATCH else None


class FormMustStay(Dishonesty):
    """A sync that took a list of items refuses a single one from then on."""

    kind = Kind.PAYLOAD

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._lists: set[str] = set()

    def object_to_forms(self, call: Call) -> Answer | None:
        refused = call.single and call.staff_uid in self._lists
        return answers.ill_formed("external_item", "is not expected") if refused else super().object_to_forms(call)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.CREATE:
            self._lists.discard(call.staff_uid)
        elif outcome.items and not call.single:
            self._lists.add(call.staff_uid)


class CrashOnMixedItems(Dishonesty):
    """Items that do not all have the same fields make the bulk insert, and the server, fall over."""

    kind = Kind.CRASH

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        objection = super().object_to_payload(call, sync)
        mixed = len({frozenset(item) for item in call.items if isinstance(item, dict)}) > 1
        return objection or (answers.crash() if mixed else None)


class CrashOnResentId(Dishonesty):
    """An item that the calendar holds already breaks a unique key, and the server falls over."""

    kind = Kind.CRASH

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        objection = super().object_to_payload(call, sync)
        resent = any(self.store.has_item(call.staff_uid, str(item.get("external_id"))) for item in _objects(call))
        return objection or (answers.crash() if resent else None)


class CrashOnLongId(Dishonesty):
    """An `external_id` of more than 191 characters does not fit its column, and the server falls over."""

    kind = Kind.CRASH

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        objection = super().object_to_payload(call, sync)
        long = any(len(str(item.get("external_id"))) > LONGEST_ID for item in _objects(call))
        return objection or (answers.crash() if long else None)


class ItemIdsAreGlobal(Dishonesty):
    """An item that another staff member's calendar holds is answered like another sync."""

    kind = Kind.LEAK

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        objection = super().object_to_payload(call, sync)
        others = self.people.uids - {call.staff_uid}
        held = any(
            self.store.has_item(other, str(item.get("external_id"))) for item in _objects(call) for other in others
        )
        return objection or (self.say(call, StateError.ALREADY_EXISTS) if held else None)


class TokenOwnerIsMeant(Dishonesty):
    """Whoever's token it is, that staff member's sync is the one that is looked at and changed."""

    kind = Kind.LEAK

    def refuse_owner(self, call: Call) -> Answer | None:
        owner = self.people.uid_by_token.get(call.token or "")
        if owner is not None and call.operation is Operation.SEND:
            call.body["staff_uid"] = owner
        return super().refuse_owner(call)


class AdminSkipsStateCheck(Dishonesty):
    """With the admin's token items are stored whatever the state of the sync."""

    kind = Kind.TOKEN

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        may = arrival.token == self.people.admin_token and arrival.operation is Operation.SEND
        return None if may else super().refuse_token(arrival)

    def refuse_owner(self, call: Call) -> Answer | None:
        return None if self._is_admin(call) else super().refuse_owner(call)

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        return None if self._is_admin(call) else super().state_error(call, sync)

    def _is_admin(self, call: Call) -> bool:
        return call.token == self.people.admin_token and call.operation is Operation.SEND


class LongEventRefused(Dishonesty):
    """An item that lasts for more than a day is refused."""

    kind = Kind.DATE

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        objection = super().object_to_payload(call, sync)
        long = any(_lasts(item) > LONGEST_EVENT for item in _objects(call))
        return objection or (answers.ill_formed("end_date", "is too far away") if long else None)


class TwoZonesRefused(Dishonesty):
    """An item that begins and ends in different time zones is refused."""

    kind = Kind.DATE

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        objection = super().object_to_payload(call, sync)
        apart = any(str(item.get("start_date"))[-6:] != str(item.get("end_date"))[-6:] for item in _with_offsets(call))
        return objection or (answers.ill_formed("end_date", "is in another zone") if apart else None)


class StaleAfterDisable(Remembering):
    """The first call after a disable is still accepted, as the cache does not know of it."""

    kind = Kind.STATE_CHECK

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        error = super().state_error(call, sync)
        last = list(self.past(call).deeds)[-1:]
        stale = bool(last) and last[0].operation is Operation.DISABLE and last[0].status == 200
        return None if stale and error is StateError.INVALID and call.operation is Operation.SEND else error


class FirstCallSeesOldSync(Dishonesty):
    """The first call after a re-creation is compared with the sync that there was before."""

    kind = Kind.RECREATION

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._old: dict[str, Sync] = {}

    def matches(self, call: Call, sync: Sync) -> bool:
        old = self._old.pop(call.staff_uid, None) if call.operation is Operation.SEND else None
        return super().matches(call, old or sync)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.CREATE and before is not None:
            self._old[call.staff_uid] = before


class ThirdCreationAfterDisconnectsCrashes(Dishonesty):
    """After two disconnects a third sync breaks a unique key, and the server falls over."""

    kind = Kind.RECREATION

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._disconnected: Counter[str] = Counter()

    def decide(self, call: Call, sync: Sync | None) -> Outcome:
        crashes = call.operation is Operation.CREATE and sync is None and self._disconnected[call.staff_uid] >= 2
        return Outcome(answers.crash(), sync) if crashes else super().decide(call, sync)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.DISCONNECT and before is not None and outcome.sync is None:
            self._disconnected[call.staff_uid] += 1


class ConnectElsewhereDrops(Dishonesty):
    """A connect that names another account is refused, and drops the sync."""

    kind = Kind.SIBLING

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        drops = call.operation is Operation.CONNECT and after is not None and not self.matches(call, after)
        return None if drops else after


class TenthRefusalEnables(Dishonesty):
    """The tenth `invalid` that one sync answers enables it."""

    kind = Kind.SLOW_BURN

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._refused: defaultdict[str, int] = defaultdict(int)

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        if after is None or not after.disabled or self.state_error(call, sync) is not StateError.INVALID:
            return after
        self._refused[after.uid] += 1
        return replace(after, disabled=self._refused[after.uid] < 10)


def _objects(call: Call) -> list[JsonObject]:
    return [item for item in call.items if isinstance(item, dict)] if call.operation is Operation.SEND else []


def _with_offsets(call: Call) -> list[JsonObject]:
    return [item for item in _objects(call) if str(item.get("start_date"))[-6:-5] in ("+", "-")]


def _lasts(item: JsonObject) -> timedelta:
    try:
        start, end = (datetime.fromisoformat(str(item.get(name))) for name in ("start_date", "end_date"))
        return end - start
    except (TypeError, ValueError):
        return timedelta(0)
