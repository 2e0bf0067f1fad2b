"""Faults of records and caches, as an ORM invites them: bulk inserts, batches, unique keys, stale reads."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from fuzz.sandbox import responses
from fuzz.sandbox.fault_rows import Inherited, Rows, after, instead_of, with_service
from fuzz.sandbox.faults.backend.tokens import admits
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.faults.payloads.wrong_answers import CRASH, good_payload
from fuzz.sandbox.faults.sequences.history import History, RemembersCalls, by_history
from fuzz.sandbox.requests import Call, JsonObject, Operation, Refusal
from fuzz.sandbox.responses import Due, StateError
from fuzz.sandbox.service import Behaviour, Outcome
from fuzz.sandbox.staff import People
from fuzz.sandbox.store import Store, Sync

BATCH = 100
MAX_ID_LENGTH = 191
MAX_DURATION = timedelta(days=1)
MAX_DISABLED_ERRORS = 9

payload = Rows(FaultKind.PAYLOAD)
crash = Rows(FaultKind.CRASH)
leak = Rows(FaultKind.LEAK)
token = Rows(FaultKind.TOKEN)
date = Rows(FaultKind.DATE)
cache = Rows(FaultKind.STATE_CHECK, base=RemembersCalls)
recreation = Rows(FaultKind.RECREATION)
slow_burn = Rows(FaultKind.SLOW_BURN)


def _admin_sends(service: Behaviour, operation: Operation, token: str | None) -> bool:
    return token == service.people.admin_token and operation is Operation.SEND


only_first_batch_checked = payload(
    "Items after the first hundred are not checked.",
    after(Behaviour.check_item)(lambda refusal, call, position, item: refusal if position < BATCH else None),
)


@payload.mixin
class FormMustStay(Behaviour):
    """A sync that took a list of items refuses a single one from then on."""

    lists: frozenset[str] = frozenset()

    def check_item_forms(self, call: Call) -> Refusal:
        if call.single and call.staff_uid in self.lists:
            return responses.wrong_format("external_item", "is not expected")
        return super().check_item_forms(call)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.CREATE:
            self.lists -= {call.staff_uid}
        elif outcome.items and not call.single:
            self.lists |= {call.staff_uid}


crash_on_mixed_items = crash(
    "Items that do not all have the same fields make the bulk insert, and the server, fall over.",
    good_payload(CRASH)(lambda call: len({frozenset(item) for item in call.item_objects}) > 1),
)


@crash.by(with_service(Behaviour.check_payload))
def crash_on_resent_id(service: Behaviour, refusal: Refusal, call: Call, sync: Sync | None) -> Refusal:
    """An item that the calendar holds already breaks a unique key, and the server falls over."""
    resent = any(service.store.has_item(call.staff_uid, external_id) for external_id in _sent_ids(call))
    return refusal or (CRASH if resent else None)


crash_on_long_id = crash(
    "An `external_id` of more than 191 characters does not fit its column, and the server falls over.",
    good_payload(CRASH)(lambda call: any(len(external_id) > MAX_ID_LENGTH for external_id in _sent_ids(call))),
)


@leak.by(with_service(Behaviour.check_payload))
def item_ids_are_global(service: Behaviour, refusal: Refusal, call: Call, sync: Sync | None) -> Refusal:
    """An item that another staff member's calendar holds is answered like another sync."""
    others = service.people.uids - {call.staff_uid}
    held = any(service.store.has_item(other, external_id) for external_id in _sent_ids(call) for other in others)
    return refusal or (service.render_state_error(call, StateError.ALREADY_EXISTS) if held else None)


@leak.by(instead_of(Behaviour.check_owner))
def token_owner_is_meant(service: Behaviour, inherited: Inherited[Refusal], call: Call) -> Refusal:
    """Whoever's token it is, that staff member's sync is the one that is looked at and changed."""
    owner = service.people.uid_by_token.get(call.token or "")
    if owner is not None and call.operation is Operation.SEND:
        call.body["staff_uid"] = owner
    return inherited(call)


admin_skips_state_check = token(
    "With the admin's token items are stored whatever the state of the sync.",
    *admits(_admin_sends),
    with_service(Behaviour.state_error)(
        lambda service, error, call, sync: None if _admin_sends(service, call.operation, call.token) else error
    ),
)
long_event_refused = date(
    "An item that lasts for more than a day is refused.",
    good_payload(responses.wrong_format("end_date", "is too far away"))(
        lambda call: any(_duration(item) > MAX_DURATION for item in _sent_items(call))
    ),
)
two_zones_refused = date(
    "An item that begins and ends in different time zones is refused.",
    good_payload(responses.wrong_format("end_date", "is in another zone"))(
        lambda call: any(start != end and start[:1] in ("+", "-") for start, end in map(_offsets, _sent_items(call)))
    ),
)


@cache.by(by_history(Behaviour.state_error))
def stale_after_disable(history: History, error: Due, call: Call, sync: Sync | None) -> Due:
    """The first call after a disable is still accepted, as the cache does not know of it."""
    stale = any(past.operation is Operation.DISABLE and past.accepted for past in history.last(1))
    return None if stale and error is StateError.INVALID and call.operation is Operation.SEND else error


@recreation.mixin
class FirstCallSeesOldSync(Behaviour):
    """The first call after a re-creation is compared with the sync that there was before."""

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


@recreation.mixin
class ThirdCreationAfterDisconnectsCrashes(Behaviour):
    """After two disconnects a third sync breaks a unique key, and the server falls over."""

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._disconnected: Counter[str] = Counter()

    def decide(self, call: Call, sync: Sync | None) -> Outcome:
        crashes = call.operation is Operation.CREATE and sync is None and self._disconnected[call.staff_uid] >= 2
        return Outcome(responses.server_error(), sync) if crashes else super().decide(call, sync)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.DISCONNECT and before is not None and outcome.sync is None:
            self._disconnected[call.staff_uid] += 1


@slow_burn.mixin
class TenthRefusalEnables(Behaviour):
    """The tenth `invalid` that one sync answers enables it."""

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._refused: defaultdict[str, int] = defaultdict(int)

    def sync_after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        kept = super().sync_after_refusal(call, sync)
        if kept is None or not kept.disabled or self.state_error(call, sync) is not StateError.INVALID:
            return kept
        self._refused[kept.uid] += 1
        return replace(kept, disabled=self._refused[kept.uid] <= MAX_DISABLED_ERRORS)


def _sent_items(call: Call) -> list[JsonObject]:
    return call.item_objects if call.operation is Operation.SEND else []


def _sent_ids(call: Call) -> list[str]:
    return call.external_ids if call.operation is Operation.SEND else []


def _duration(item: JsonObject) -> timedelta:
    try:
        start, end = (datetime.fromisoformat(str(item.get(name))) for name in ("start_date", "end_date"))
        return end - start
    except (TypeError, ValueError):
        return timedelta(0)


def _offsets(item: JsonObject) -> tuple[str, str]:
    return str(item.get("start_date"))[-6:], str(item.get("end_date"))[-6:]
