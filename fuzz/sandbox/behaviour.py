"""The honest service as one class of small steps. Each is a hook: variants and faults are mixins that override some.

The order is token, body, envelope, owner; then, in one transaction, state, payload, storing. Deciding is pure: `decide`
takes the sync as it is and gives the answer and the sync as it shall be, and only `commit` writes.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from fuzz.sandbox import answers, payload
from fuzz.sandbox.answers import StateError
from fuzz.sandbox.calls import Answer, Arrival, Call, Operation
from fuzz.sandbox.payload import Rule
from fuzz.sandbox.people import People
from fuzz.sandbox.store import Store, Sync


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided: the answer, the staff member's sync from now on, and the items to keep."""

    answer: Answer
    sync: Sync | None
    items: Sequence[Any] = ()


class Behaviour:
    """The documents, carried out. Where they are silent it accepts, and keeps to their table."""

    def __init__(self, store: Store, people: People) -> None:
        self.store = store
        self.people = people

    async def respond(self, arrival: Arrival) -> Answer:
        """The whole way from a request to its answer."""
        refusal = self.refuse_token(arrival)
        if refusal is not None:
            return refusal
        try:
            body = self.read(arrival.raw)
        except (ValueError, RecursionError):
            return answers.unreadable("request body is not JSON")
        if not isinstance(body, dict):
            return answers.unreadable("request body is not an object")
        call = Call(arrival.operation, arrival.token, body)
        return self.refuse_envelope(call) or self.refuse_owner(call) or await self.perform(call)

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        """The refusal of a token that is not known, or not of the kind that the operation asks for."""
        is_admin = arrival.token == self.people.admin_token
        if not is_admin and arrival.token not in self.people.uid_by_token:
            return answers.unauthorized()
        return None if is_admin == (arrival.operation is Operation.CREATE) else answers.forbidden()

    def read(self, raw: bytes) -> object:
        """The body as a JSON value. Raises ValueError or RecursionError where it is none."""
        return json.loads(raw.decode("utf-8"), parse_constant=_not_json)

    def refuse_envelope(self, call: Call) -> Answer | None:
        """The refusal of a body that does not even say whose sync is meant, or which."""
        if call.operation is Operation.CREATE:
            return payload.first_objection((payload.STAFF_UID,), call.body) or payload.object_to_creation(call.body)
        rules = self.envelope_rules()
        return payload.first_objection(rules, call.body) or self.refuse_calendar_sync(call)

    def envelope_rules(self) -> tuple[Rule, ...]:
        """The rules for the top of a body."""
        return (payload.STAFF_UID, payload.CALENDAR_SYNC)

    def refuse_calendar_sync(self, call: Call) -> Answer | None:
        """The refusal of a `calendar_sync` without a provider or an account."""
        return payload.first_objection(self.calendar_sync_rules(), call.body["calendar_sync"])

    def calendar_sync_rules(self) -> tuple[Rule, ...]:
        """The rules for the inside of `calendar_sync`."""
        return (payload.PROVIDER, payload.ACCOUNT)

    def refuse_owner(self, call: Call) -> Answer | None:
        """The refusal of a staff token that is another one's, and of a sync for nobody."""
        if call.operation is Operation.CREATE:
            known = call.staff_uid in self.people.uids
            return None if known else answers.failure(404, code="not_found", message="staff is not known")
        owner = self.people.uid_by_token.get(call.token or "")
        return None if owner == call.staff_uid else answers.forbidden()

    async def perform(self, call: Call) -> Answer:
        """Looks, decides and writes, in one transaction."""
        with self.store.transaction():
            before = self.lookup(call)
            outcome = self.decide(call, before)
            self.commit(call, before, outcome)
        return self.last_word(call, before, outcome.answer)

    def lookup(self, call: Call) -> Sync | None:
        """The sync that the call is about."""
        return self.store.sync_of(call.staff_uid)

    def decide(self, call: Call, sync: Sync | None) -> Outcome:
        """What to answer, and what shall be from then on."""
        if call.operation is Operation.CREATE:
            created = self.created(call, sync)
            return Outcome(Answer(200, answers.record(created)), created)
        objection = self.objection(call, sync)
        if objection is not None:
            return Outcome(objection, self.after_refusal(call, sync))
        after = self.after_success(call, sync)
        return Outcome(self.success(call, sync, after), after, call.items)

    def created(self, call: Call, sync: Sync | None) -> Sync:  # noqa: ARG002 - faults look at the sync that there was
        """The fresh sync that takes the place of the one there was."""
        return Sync(
            staff_uid=call.staff_uid,
            uid=secrets.token_hex(8),
            provider=payload.PROVIDERS[call.body["app_code_name"]],
            should_import=call.body.get("should_import", True),
            is_private_import=call.body.get("is_private_import", False),
        )

    def objection(self, call: Call, sync: Sync | None) -> Answer | None:
        """The state error that is due, else the refusal of the payload."""
        return self.object_to_state(call, sync) or self.object_to_payload(call, sync)

    def object_to_state(self, call: Call, sync: Sync | None) -> Answer | None:
        """The answer to a call that meets the wrong state."""
        error = self.state_error(call, sync)
        return None if error is None else self.say(call, error)

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        """Which of the three is due: nothing to match, no match, or a match that is disabled."""
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

    def say(self, call: Call, error: StateError) -> Answer:  # noqa: ARG002 - faults look at the call
        """The words of a state error."""
        return answers.state_error(error)

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        """The refusal of items that cannot be stored. The siblings carry none."""
        if call.operation is not Operation.SEND:
            return None
        return self.object_to_forms(call) or self.object_to_items(call, sync)

    def object_to_forms(self, call: Call) -> Answer | None:
        """The refusal of a body without a list and without a single item."""
        return payload.object_to_forms(call.body)

    def object_to_items(self, call: Call, sync: Sync | None) -> Answer | None:  # noqa: ARG002 - variants look at the sync
        """The refusal by the first item that breaks a rule."""
        for position, item in enumerate(call.items):
            refusal = self.object_to_item(call, position, item)
            if refusal is not None:
                return refusal
        return None

    def object_to_item(self, call: Call, position: int, item: object) -> Answer | None:
        """The refusal of one item."""
        if not isinstance(item, dict):
            return answers.ill_formed("external_items", "must hold objects")
        return payload.first_objection(self.item_rules(call, position), item)

    def item_rules(self, call: Call, position: int) -> tuple[Rule, ...]:  # noqa: ARG002 - faults look at both
        """The rules for the item at this position."""
        return payload.ITEM

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:  # noqa: ARG002 - faults look at the call
        """The sync after a call that was refused."""
        return sync

    def after_success(self, call: Call, sync: Sync | None) -> Sync | None:
        """The sync after a call that was accepted: it has an account, and what the sibling operations do is done."""
        if sync is None or call.operation is Operation.DISCONNECT:
            return None
        bound = self.bound(call, sync)
        return replace(bound, disabled=True) if call.operation is Operation.DISABLE else bound

    def bound(self, call: Call, sync: Sync) -> Sync:
        """The sync with the account that the first accepted call names."""
        return replace(sync, account=call.account) if sync.account is None else sync

    def success(self, call: Call, before: Sync | None, after: Sync | None) -> Answer:
        """The words of an accepted call. A disconnected sync is shown once more, as it was."""
        shown = after or before
        if call.operation is Operation.SEND or shown is None:
            return answers.items_accepted()
        return Answer(200, {"success": True, "data": answers.record(shown)})

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

    def last_word(self, call: Call, before: Sync | None, answer: Answer) -> Answer:  # noqa: ARG002 - faults look at both
        """The answer as it goes out."""
        return answer


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
