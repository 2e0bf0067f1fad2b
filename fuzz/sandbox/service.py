"""The honest service as one class of small steps. Each step is a hook, which variants and faults replace.

The order is token, body, envelope, owner; then, in one transaction, state, payload, storing. Deciding is pure: `decide`
takes the sync as it is and gives the answer and the sync as it will be, and only `commit` writes.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from fuzz.sandbox import responses, rules
from fuzz.sandbox.requests import Answer, Arrival, Call, Operation, Refusal
from fuzz.sandbox.responses import Due, StateError
from fuzz.sandbox.rules import Rule
from fuzz.sandbox.staff import People
from fuzz.sandbox.store import Store, Sync


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided: the answer, the staff member's sync from now on, and the items to keep. Frozen."""

    answer: Answer
    sync: Sync | None
    items: Sequence[Any] = ()


class Behaviour:
    """The service that the documents describe. What they do not specify it accepts, and it keeps to their table."""

    def __init__(self, store: Store, people: People) -> None:
        self.store = store
        self.people = people

    async def respond(self, arrival: Arrival) -> Answer:
        """The answer to a request: token, body, envelope and owner are checked, then the call is performed."""
        refusal = self.check_token(arrival)
        if refusal is not None:
            return refusal
        try:
            body = self.parse_body(arrival.raw)
        except (ValueError, RecursionError):
            return responses.unreadable("request body is not JSON")
        if not isinstance(body, dict):
            return responses.unreadable("request body is not an object")
        call = Call(arrival.operation, arrival.token, body)
        return self.check_envelope(call) or self.check_owner(call) or await self.perform(call)

    def check_token(self, arrival: Arrival) -> Refusal:
        """The refusal of a token that is not known, or not of the kind that the operation asks for."""
        is_admin = arrival.token == self.people.admin_token
        if not is_admin and arrival.token not in self.people.uid_by_token:
            return responses.unauthorized()
        return None if is_admin == (arrival.operation is Operation.CREATE) else responses.forbidden()

    def parse_body(self, raw: bytes) -> object:
        """The body as a JSON value. Raises ValueError or RecursionError where it is none."""
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)

    def check_envelope(self, call: Call) -> Refusal:
        """The refusal of a body that does not name the staff member, or the sync."""
        if call.operation is Operation.CREATE:
            return rules.first_refusal((rules.STAFF_UID,), call.body) or rules.check_creation(call.body)
        envelope = (rules.STAFF_UID, rules.CALENDAR_SYNC)
        return rules.first_refusal(envelope, call.body) or self.check_calendar_sync(call)

    def check_calendar_sync(self, call: Call) -> Refusal:
        """The refusal of a `calendar_sync` without a provider or an account."""
        return rules.first_refusal(self.calendar_sync_rules(), call.body["calendar_sync"])

    def calendar_sync_rules(self) -> tuple[Rule, ...]:
        """The rules for the fields of `calendar_sync`."""
        return (rules.PROVIDER, rules.ACCOUNT)

    def check_owner(self, call: Call) -> Refusal:
        """The refusal of another staff member's token, and of creating or disabling for an unknown staff member."""
        if call.operation is Operation.CREATE:
            known = call.staff_uid in self.people.uids
            return None if known else responses.failure(404, code="not_found", message="staff is not known")
        if call.operation is Operation.DISABLE and call.staff_uid not in self.people.uids:
            return responses.staff_unknown()
        owner = self.people.uid_by_token.get(call.token or "")
        return None if owner == call.staff_uid else responses.forbidden()

    async def perform(self, call: Call) -> Answer:
        """Finds the sync, decides and writes, in one transaction."""
        with self.store.transaction():
            before = self.find_sync(call)
            outcome = self.decide(call, before)
            self.commit(call, before, outcome)
        return self.finalise(call, before, outcome.answer)

    def find_sync(self, call: Call) -> Sync | None:
        """The sync that the call is about."""
        return self.store.sync_of(call.staff_uid)

    def decide(self, call: Call, sync: Sync | None) -> Outcome:
        """The answer, and the sync and items from then on."""
        if call.operation is Operation.CREATE:
            created = self.create_sync(call, sync)
            return Outcome(Answer(200, responses.sync_record(created)), created)
        refusal = self.check_call(call, sync)
        if refusal is not None:
            return Outcome(refusal, self.sync_after_refusal(call, sync))
        after = self.sync_after_success(call, sync)
        return Outcome(self.render_success(call, sync, after), after, call.items)

    def create_sync(self, call: Call, sync: Sync | None) -> Sync:
        """The fresh sync that takes the place of the old one."""
        return Sync(
            staff_uid=call.staff_uid,
            uid=secrets.token_hex(8),
            provider=rules.PROVIDERS[call.body["app_code_name"]],
            should_import=call.body.get("should_import", True),
            is_private_import=call.body.get("is_private_import", False),
        )

    def check_call(self, call: Call, sync: Sync | None) -> Refusal:
        """The state error that is due, else the refusal of the payload."""
        return self.check_state(call, sync) or self.check_payload(call, sync)

    def check_state(self, call: Call, sync: Sync | None) -> Refusal:
        """The answer to a call that meets the wrong state, if it does."""
        error = self.state_error(call, sync)
        return None if error is None else self.render_state_error(call, error)

    def state_error(self, call: Call, sync: Sync | None) -> Due:
        """The state error that is due: there is no sync, the call does not match it, or it matches and is disabled."""
        if sync is None:
            return StateError.MISSING
        if not self.matches(call, sync):
            return StateError.ALREADY_EXISTS
        return StateError.INVALID if sync.disabled else None

    def matches(self, call: Call, sync: Sync) -> bool:
        """Whether the call names this sync. A sync without an account matches any."""
        if not self.same_provider(call.provider, sync.provider):
            return False
        return sync.account is None or self.same_account(call.account, sync.account)

    def same_provider(self, given: str, kept: str) -> bool:
        """Whether two providers are the same."""
        return given == kept

    def same_account(self, given: str, kept: str) -> bool:
        """Whether two accounts are the same."""
        return given == kept

    def render_state_error(self, call: Call, error: StateError) -> Answer:
        """The answer that reports a state error, in bulk_create's envelope but where a sibling has its own."""
        if call.operation is Operation.CONNECT and error is StateError.MISSING:
            return responses.connect_missing()
        return responses.state_error(error)

    def check_payload(self, call: Call, sync: Sync | None) -> Refusal:
        """The refusal of items that cannot be stored. The siblings carry none."""
        if call.operation is not Operation.SEND:
            return None
        return self.check_item_forms(call) or self.check_items(call, sync)

    def check_item_forms(self, call: Call) -> Refusal:
        """The refusal of a body without a list and without a single item."""
        return rules.check_item_forms(call.body)

    def check_items(self, call: Call, sync: Sync | None) -> Refusal:
        """The refusal of the first item that breaks a rule."""
        for position, item in enumerate(call.items):
            refusal = self.check_item(call, position, item)
            if refusal is not None:
                return refusal
        return None

    def check_item(self, call: Call, position: int, item: object) -> Refusal:
        """The refusal of one item."""
        if not isinstance(item, dict):
            return responses.wrong_format("external_items", "must hold objects")
        return rules.first_refusal(self.item_rules(call, position), item)

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:
        """The rules for the item at this position."""
        return rules.ITEM

    def sync_after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        """The sync after a call that was refused."""
        return sync

    def sync_after_success(self, call: Call, sync: Sync | None) -> Sync | None:
        """The sync after a call that was accepted: it has an account, and the change of a sibling operation is made."""
        if sync is None or call.operation is Operation.DISCONNECT:
            return None
        bound = self.bind_account(call, sync)
        return replace(bound, disabled=True) if call.operation is Operation.DISABLE else bound

    def bind_account(self, call: Call, sync: Sync) -> Sync:
        """The sync with the account that the first accepted call names."""
        return replace(sync, account=call.account) if sync.account is None else sync

    def render_success(self, call: Call, before: Sync | None, after: Sync | None) -> Answer:
        """The answer to an accepted call, as the operation's own document has it."""
        if call.operation is Operation.SEND:
            return responses.items_accepted()
        shown = after or before
        if call.operation is Operation.DISCONNECT or shown is None:
            return responses.disconnected()
        return Answer(200, responses.sync_record(shown))

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        """Writes what was decided. Another sync in place of the old one takes the old one's items with it."""
        after = outcome.sync
        if after != before:
            if after is None or (before is not None and before.uid != after.uid):
                self.store.destroy(call.staff_uid)
            if after is not None:
                self.store.save(after)
        if outcome.items:
            self.store.keep_items(call.staff_uid, [item for item in outcome.items if isinstance(item, dict)])

    def finalise(self, call: Call, before: Sync | None, answer: Answer) -> Answer:
        """The answer as it is sent."""
        return answer


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
