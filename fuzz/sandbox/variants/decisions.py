"""Honest variants that differ in the order of checks, the answers to refusals, and whose token is accepted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from fuzz.sandbox import responses
from fuzz.sandbox.fault_rows import Inherited, Override, Rows, after, instead_of, with_service
from fuzz.sandbox.requests import Answer, Arrival, Call, Operation, Refusal
from fuzz.sandbox.responses import Due, StateError
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.store import Sync

variant = Rows()


def answered(change: Callable[[Answer], Answer]) -> Override:
    """Every answer is changed."""

    async def respond(service: Behaviour, inherited: Inherited[Awaitable[Answer]], arrival: Arrival) -> Answer:
        return change(await inherited(arrival))

    return instead_of(Behaviour.respond)(respond)


@variant.by(instead_of(Behaviour.check_call))
def payload_first(service: Behaviour, inherited: Inherited[Refusal], call: Call, sync: Sync | None) -> Refusal:
    """The payload is checked before the state."""
    return service.check_payload(call, sync) or service.check_state(call, sync)


@variant.by(with_service(Behaviour.sync_after_refusal))
def account_stored_at_the_check(service: Behaviour, kept: Sync | None, call: Call, sync: Sync | None) -> Sync | None:
    """The account is stored when the state has been checked, so a broken payload on a fresh sync stores it too."""
    if kept is None or service.check_state(call, kept) is not None:
        return kept
    return service.bind_account(call, kept)


@variant.by(instead_of(Behaviour.bind_account))
def disable_stores_no_account(service: Behaviour, inherited: Inherited[Sync], call: Call, sync: Sync) -> Sync:
    """Disabling a fresh sync does not store the account that the call names."""
    return sync if call.operation is Operation.DISABLE else inherited(call, sync)


@variant.by(instead_of(Behaviour.check_call))
def idle_siblings_refused(service: Behaviour, inherited: Inherited[Refusal], call: Call, sync: Sync | None) -> Refusal:
    """A sibling operation that has nothing to do is refused, where its documents do not say what it answers."""
    if call.operation is Operation.SEND or (sync is not None and not service.matches(call, sync)):
        return inherited(call, sync)
    if call.operation is Operation.DISCONNECT:
        idle = sync is None or sync.account is None
    else:
        idle = sync is not None and sync.account is not None and (sync.disabled or call.operation is Operation.CONNECT)
    return responses.failure(409, code="conflict", message="nothing to do") if idle else inherited(call, sync)


@variant.mixin
class SiblingsAreIdempotent(Behaviour):
    """A sync may be disconnected and disabled twice, and one that is disabled is enabled by connecting it."""

    def state_error(self, call: Call, sync: Sync | None) -> Due:
        error = super().state_error(call, sync)
        if call.operation is Operation.DISCONNECT and error is StateError.MISSING:
            return None
        return None if call.operation is not Operation.SEND and error is StateError.INVALID else error

    def sync_after_success(self, call: Call, sync: Sync | None) -> Sync | None:
        changed = super().sync_after_success(call, sync)
        return replace(changed, disabled=False) if changed and call.operation is Operation.CONNECT else changed


@variant.by(answered)
def refusals_are_400(answer: Answer) -> Answer:
    """What is refused for its payload is refused with 400."""
    return replace(answer, status=400) if answer.status == 422 and not _is_state_error(answer) else answer


@variant.by(answered)
def refusals_are_422(answer: Answer) -> Answer:
    """Every refusal is a 422, whatever it is for, but that of an unknown token."""
    return replace(answer, status=422) if 400 <= answer.status < 500 and answer.status != 401 else answer


@variant.by(after(Behaviour.check_token))
def other_refusal_of_tokens(refusal: Refusal, arrival: Arrival) -> Refusal:
    """An unknown token is refused with a body that has neither a flag nor a list of errors."""
    if refusal is None or refusal.status != 401:
        return refusal
    return Answer(401, {"message": "401 Unauthorized", "status": "Failure"})


@variant.by(answered)
def extra_keys(answer: Answer) -> Answer:
    """Bodies carry keys that the documents do not name: at the top, in `data` and in the entries of `errors`."""
    if not isinstance(answer.body, dict):
        return answer
    body = {**answer.body, "request_id": "7f3a"}
    if isinstance(body.get("data"), dict):
        body["data"] = {**body["data"], "took": 3}
    if responses.has_documented_shape(answer):
        body["errors"] = [{"field": None, "help": "https://docs.example", **error} for error in body["errors"]]
    return replace(answer, body=body)


@variant.by(instead_of(Behaviour.same_account))
def accounts_compare_loosely(service: Behaviour, inherited: Inherited[bool], given: str, kept: str) -> bool:
    """Accounts are compared without regard to case and surrounding white space."""
    return inherited(given.strip().lower(), kept.strip().lower())


@variant.by(with_service(Behaviour.check_owner))
def state_before_owner(service: Behaviour, refusal: Refusal, call: Call) -> Refusal:
    """A state error is said to another staff member's token too; its owner is looked at only after that."""
    if refusal is None or call.operation is Operation.CREATE:
        return refusal
    return service.check_state(call, service.find_sync(call)) or refusal


@variant.by(instead_of(Behaviour.check_owner))
def any_staff_token(service: Behaviour, inherited: Inherited[Refusal], call: Call) -> Refusal:
    """Any staff member's token may send for any other."""
    if call.operation is not Operation.CREATE and call.staff_uid in service.people.uids:
        return None
    return inherited(call)


@variant.mixin
class AdminMaySend(Behaviour):
    """The admin's token may do whatever a staff member's may."""

    def check_token(self, arrival: Arrival) -> Refusal:
        return None if arrival.token == self.people.admin_token else super().check_token(arrival)

    def check_owner(self, call: Call) -> Refusal:
        return None if call.token == self.people.admin_token else super().check_owner(call)


def _is_state_error(answer: Answer) -> bool:
    messages = {error.message for error in StateError}
    shaped = responses.has_documented_shape(answer)
    return shaped and any(error.get("message") in messages for error in answer.body["errors"])
