"""Faults of the token check: a token that is not asked for, not compared in full, or checked too late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fuzz.sandbox import responses
from fuzz.sandbox.fault_rows import Inherited, Override, Rows, after, before, instead_of, with_service
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.requests import Answer, Arrival, Call, Operation, Refusal
from fuzz.sandbox.responses import StateError
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.store import Sync


class SimilarTokens(Behaviour):
    """A behaviour in which a token that is similar to a staff member's counts as theirs."""

    def check_token(self, arrival: Arrival) -> Refusal:
        return None if self.owners(arrival.token) else super().check_token(arrival)

    def check_owner(self, call: Call) -> Refusal:
        return None if call.staff_uid in self.owners(call.token) else super().check_owner(call)

    def owners(self, token: str | None) -> set[str]:
        """The uids of the staff members whose token it may be."""
        known = self.people.uid_by_token
        return {known[right] for right in known if token is not None and self.same_token(token, right)}

    def same_token(self, given: str, right: str) -> bool:
        """Whether two tokens are the same."""
        return given == right


class ActsOnRefusedTokens(Behaviour):
    """A behaviour in which a call that is refused for its token changes the sync."""

    def check_token(self, arrival: Arrival) -> Refusal:
        refusal = super().check_token(arrival)
        call = _readable(self, arrival) if refusal is not None else None
        sync = self.find_sync(call) if call is not None else None
        if call is not None and sync is not None:
            with self.store.transaction():
                self.store.save(self.sync_after_refused_token(call, sync))
        return refusal

    def sync_after_refused_token(self, call: Call, sync: Sync) -> Sync:
        """The sync after a call that is refused for its token."""
        return sync


fault = Rows(FaultKind.TOKEN)
similar = Rows(FaultKind.TOKEN, base=SimilarTokens)
same_token_if = before(SimilarTokens.same_token)
Admission = Callable[[Behaviour, Operation, str | None], bool]


def admits(is_admitted: Admission) -> tuple[Override, Override]:
    """Some calls pass the checks of token and owner, by their operation and token alone."""

    def check_token(service: Behaviour, inherited: Inherited[Refusal], arrival: Arrival) -> Refusal:
        return None if is_admitted(service, arrival.operation, arrival.token) else inherited(arrival)

    def check_owner(service: Behaviour, inherited: Inherited[Refusal], call: Call) -> Refusal:
        return None if is_admitted(service, call.operation, call.token) else inherited(call)

    return instead_of(Behaviour.check_token)(check_token), instead_of(Behaviour.check_owner)(check_owner)


no_token_accepted = fault(
    "Items are accepted without any token.",
    *admits(lambda service, operation, token: token is None and operation is Operation.SEND),
)
unknown_token_accepted = fault(
    "Items are accepted with any token at all.",
    *admits(lambda service, operation, token: _is_unknown(service, token) and operation is Operation.SEND),
)
token_by_prefix = similar(
    "The beginning of a token is enough.",
    same_token_if(lambda given, right: len(given) > 0 and right.startswith(given)),
)
token_with_any_end = similar(
    "What follows a token is not looked at.", same_token_if(lambda given, right: given.startswith(right))
)
token_by_both_ends = similar(
    "Of a token only the first and the last eight characters are compared, and how many there are.",
    same_token_if(lambda given, right: (len(given), given[:8], given[-8:]) == (len(right), right[:8], right[-8:])),
)
token_ignores_case = similar(
    "Tokens are looked up without regard to case.",
    instead_of(SimilarTokens.same_token)(
        lambda service, inherited, given, right: inherited(given.lower(), right.lower())
    ),
)
empty_token_accepted = similar(
    "A header without a token behind `Bearer` counts as the token of whoever is meant.",
    *admits(lambda service, operation, token: token == ""),
)
siblings_take_any_token = fault(
    "Nobody asks for the token of a call to connect, to disable or to disconnect.",
    *admits(lambda service, operation, token: operation not in (Operation.CREATE, Operation.SEND)),
)
connect_takes_no_token = fault(
    "Nobody asks for the token of a call to connect.",
    *admits(lambda service, operation, token: token is None and operation is Operation.CONNECT),
)
disable_takes_no_token = fault(
    "Nobody asks for the token of a call to disable.",
    *admits(lambda service, operation, token: token is None and operation is Operation.DISABLE),
)
disconnect_takes_no_token = fault(
    "Nobody asks for the token of a call to disconnect.",
    *admits(lambda service, operation, token: token is None and operation is Operation.DISCONNECT),
)


@fault.mixin
class RefusedDisableActs(Behaviour):
    """A disable with an unknown token is refused when it has been carried out."""

    def check_token(self, arrival: Arrival) -> Refusal:
        late = arrival.operation is Operation.DISABLE and _is_unknown(self, arrival.token)
        return None if late else super().check_token(arrival)

    def check_owner(self, call: Call) -> Refusal:
        return None if _is_unknown(self, call.token) else super().check_owner(call)

    def finalise(self, call: Call, before: Sync | None, answer: Answer) -> Answer:
        answer = super().finalise(call, before, answer)
        return responses.unauthorized() if _is_unknown(self, call.token) else answer


@fault.by(with_service(Behaviour.check_token))
def state_before_token(service: Behaviour, refusal: Refusal, arrival: Arrival) -> Refusal:
    """The state is checked before the token, so strangers are told `missing` and the rest."""
    call = _readable(service, arrival)
    if refusal is None or call is None:
        return refusal
    return service.check_state(call, service.find_sync(call)) or refusal


@fault.by(with_service(Behaviour.check_token))
def missing_before_token(service: Behaviour, refusal: Refusal, arrival: Arrival) -> Refusal:
    """Where there is no sync, `missing` is said before the token is looked at."""
    call = _readable(service, arrival)
    if refusal is None or call is None or service.find_sync(call) is not None:
        return refusal
    return service.render_state_error(call, StateError.MISSING)


@fault.by(after(Behaviour.check_token))
def unauthorized_said_disabled(refusal: Refusal, arrival: Arrival) -> Refusal:
    """An unknown token is answered like a disabled account."""
    unknown = refusal is not None and arrival.operation is Operation.SEND and refusal.status == 401
    return responses.state_error(StateError.INVALID) if unknown else refusal


crash_without_token = fault(
    "A request without a token makes the server fall over.",
    before(Behaviour.check_token)(lambda arrival: responses.server_error() if arrival.token is None else None),
)


@fault.mixin
class UnknownTokenStoresAccount(ActsOnRefusedTokens):
    """A call with an unknown token is refused, but stores the first account."""

    def sync_after_refused_token(self, call: Call, sync: Sync) -> Sync:
        after = super().sync_after_refused_token(call, sync)
        first = after.account is None and after.provider == call.provider
        return replace(after, account=call.account) if first else after


def _is_unknown(service: Behaviour, token: str | None) -> bool:
    return token is not None and token != service.people.admin_token and token not in service.people.uid_by_token


def _readable(service: Behaviour, arrival: Arrival) -> Call | None:
    """The call, if it is one of sending items and its envelope is in order."""
    if arrival.operation is not Operation.SEND:
        return None
    try:
        body = service.parse_body(arrival.raw)
    except (ValueError, RecursionError):
        return None
    call = Call(arrival.operation, arrival.token, body) if isinstance(body, dict) else None
    return call if call is not None and service.check_envelope(call) is None else None
