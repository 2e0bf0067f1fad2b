"""Honest variants that differ in manner: the order of checks, the words of refusals, whose token will do."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox import answers
from fuzz.sandbox.answers import StateError
from fuzz.sandbox.behaviour import Behaviour
from fuzz.sandbox.calls import Answer, Arrival, Call, Operation
from fuzz.sandbox.store import Sync


class PayloadFirst(Behaviour):
    """The payload is checked before the state."""

    def objection(self, call: Call, sync: Sync | None) -> Answer | None:
        return self.object_to_payload(call, sync) or self.object_to_state(call, sync)


class AccountStoredAtTheCheck(Behaviour):
    """The account is stored when the state has been checked, so a broken payload on a fresh sync stores it too."""

    def after_refusal(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_refusal(call, sync)
        if after is None or self.object_to_state(call, after) is not None:
            return after
        return self.bound(call, after)


class DisableStoresNoAccount(Behaviour):
    """Disabling a fresh sync does not store the account that the call names."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        return sync if call.operation is Operation.DISABLE else super().bound(call, sync)


class IdleSiblingsRefused(Behaviour):
    """A sibling operation that has nothing to do, or meets a sync without an account, is refused."""

    def objection(self, call: Call, sync: Sync | None) -> Answer | None:
        if call.operation is Operation.SEND or (sync is not None and not self.matches(call, sync)):
            return super().objection(call, sync)
        idle = sync is None or sync.disabled or sync.account is None or call.operation is Operation.CONNECT
        return answers.failure(409, code="conflict", message="nothing to do") if idle else None


class SiblingsAreIdempotent(Behaviour):
    """A sync may be disconnected and disabled twice, and one that is disabled is enabled by connecting it."""

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        error = super().state_error(call, sync)
        if call.operation is Operation.DISCONNECT and error is StateError.MISSING:
            return None
        return None if call.operation is not Operation.SEND and error is StateError.INVALID else error

    def after_success(self, call: Call, sync: Sync | None) -> Sync | None:
        after = super().after_success(call, sync)
        return replace(after, disabled=False) if after and call.operation is Operation.CONNECT else after


class RefusalsAre400(Behaviour):
    """What is refused for its payload is refused with 400."""

    async def respond(self, arrival: Arrival) -> Answer:
        answer = await super().respond(arrival)
        return replace(answer, status=400) if answer.status == 422 and not _is_state_error(answer) else answer


class RefusalsAre422(Behaviour):
    """Every refusal is a 422, whatever it is for, but that of an unknown token."""

    async def respond(self, arrival: Arrival) -> Answer:
        answer = await super().respond(arrival)
        return replace(answer, status=422) if 400 <= answer.status < 500 and answer.status != 401 else answer


class OtherRefusalOfTokens(Behaviour):
    """An unknown token is refused with a body that has neither a flag nor a list of errors."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        refusal = super().refuse_token(arrival)
        if refusal is not None and refusal.status == 401:
            return Answer(401, {"message": "401 Unauthorized", "status": "Failure"})
        return refusal


class ExtraKeys(Behaviour):
    """Bodies carry keys that the documents do not name: at the top, in `data` and in the entries of `errors`."""

    async def respond(self, arrival: Arrival) -> Answer:
        answer = await super().respond(arrival)
        if not isinstance(answer.body, dict):
            return answer
        body = {**answer.body, "request_id": "7f3a"}
        if isinstance(body.get("data"), dict):
            body["data"] = {**body["data"], "took": 3}
        if answers.has_documented_shape(answer):
            body["errors"] = [{"field": None, "help": "https://docs.example", **error} for error in body["errors"]]
        return replace(answer, body=body)


class AccountsCompareLoosely(Behaviour):
    """Accounts are compared without regard to case and surrounding white space."""

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(given.strip().lower(), kept.strip().lower())


class StateBeforeOwner(Behaviour):
    """A state error is said to another staff member's token too; its owner is looked at only after that."""

    def refuse_owner(self, call: Call) -> Answer | None:
        refusal = super().refuse_owner(call)
        if refusal is None or call.operation is Operation.CREATE:
            return refusal
        return self.object_to_state(call, self.lookup(call)) or refusal


class AnyStaffToken(Behaviour):
    """Any staff member's token may send for any other."""

    def refuse_owner(self, call: Call) -> Answer | None:
        if call.operation is not Operation.CREATE and call.staff_uid in self.people.uids:
            return None
        return super().refuse_owner(call)


class AdminMaySend(Behaviour):
    """The admin's token may do whatever a staff member's may."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        return None if arrival.token == self.people.admin_token else super().refuse_token(arrival)

    def refuse_owner(self, call: Call) -> Answer | None:
        return None if call.token == self.people.admin_token else super().refuse_owner(call)


def _is_state_error(answer: Answer) -> bool:
    messages = {error.message for error in StateError}
    shaped = answers.has_documented_shape(answer)
    return shaped and any(error.get("message") in messages for error in answer.body["errors"])
