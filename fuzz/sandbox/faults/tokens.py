"""Faults of the token check: a token that is not asked for, not looked at, or looked at too late."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox import answers
from fuzz.sandbox.answers import StateError
from fuzz.sandbox.behaviour import Behaviour
from fuzz.sandbox.calls import Answer, Arrival, Call, Operation
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.store import Sync


class Token(Dishonesty):
    """A request without a known token that is not simply refused."""

    kind = Kind.TOKEN


class NoTokenAccepted(Token):
    """Items are accepted without any token."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        open_door = arrival.token is None and arrival.operation is Operation.SEND
        return None if open_door else super().refuse_token(arrival)

    def refuse_owner(self, call: Call) -> Answer | None:
        return super().refuse_owner(call) if call.token is not None else None


class UnknownTokenAccepted(Token):
    """Items are accepted with any token at all."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        open_door = _is_unknown(self, arrival.token) and arrival.operation is Operation.SEND
        return None if open_door else super().refuse_token(arrival)

    def refuse_owner(self, call: Call) -> Answer | None:
        return None if _is_unknown(self, call.token) else super().refuse_owner(call)


class SiblingsTakeAnyToken(Token):
    """Nobody asks for the token of a call to connect, to disable or to disconnect."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        return None if _is_sibling(arrival.operation) else super().refuse_token(arrival)

    def refuse_owner(self, call: Call) -> Answer | None:
        return None if _is_sibling(call.operation) else super().refuse_owner(call)


class RefusedDisableActs(Token):
    """A disable with an unknown token is refused when it has been carried out."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        late = arrival.operation is Operation.DISABLE and _is_unknown(self, arrival.token)
        return None if late else super().refuse_token(arrival)

    def refuse_owner(self, call: Call) -> Answer | None:
        return None if _is_unknown(self, call.token) else super().refuse_owner(call)

    def last_word(self, call: Call, before: Sync | None, answer: Answer) -> Answer:
        said = super().last_word(call, before, answer)
        return answers.unauthorized() if _is_unknown(self, call.token) else said


class Lax(Token):
    """A token that is close to a staff member's counts as theirs."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        return None if self.owners(arrival.token) else super().refuse_token(arrival)

    def refuse_owner(self, call: Call) -> Answer | None:
        return None if call.staff_uid in self.owners(call.token) else super().refuse_owner(call)

    def owners(self, token: str | None) -> set[str]:
        """Whose token it may be."""
        known = self.people.uid_by_token
        return {known[right] for right in known if token is not None and self.same(token, right)}

    def same(self, given: str, right: str) -> bool:
        """Whether two tokens are the same."""
        return given == right


class TokenByPrefix(Lax):
    """The beginning of a token is enough."""

    def same(self, given: str, right: str) -> bool:
        return (len(given) > 0 and right.startswith(given)) or super().same(given, right)


class TokenWithAnyEnd(Lax):
    """What follows a token is not looked at."""

    def same(self, given: str, right: str) -> bool:
        return given.startswith(right) or super().same(given, right)


class TokenByBothEnds(Lax):
    """Of a token only the first and the last eight characters are compared, and how many there are."""

    def same(self, given: str, right: str) -> bool:
        one, other = ((len(token), token[:8], token[-8:]) for token in (given, right))
        return one == other


class TokenIgnoresCase(Lax):
    """Tokens are looked up without regard to case."""

    def same(self, given: str, right: str) -> bool:
        return super().same(given.lower(), right.lower())


class EmptyTokenAccepted(Lax):
    """A header without a token behind `Bearer` counts as the token of whoever is meant."""

    def refuse_owner(self, call: Call) -> Answer | None:
        return None if call.token == "" else super().refuse_owner(call)

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        return None if arrival.token == "" else super().refuse_token(arrival)


class StateBeforeToken(Token):
    """The state is checked before the token, so strangers are told `missing` and the rest."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        refusal = super().refuse_token(arrival)
        call = _readable(self, arrival)
        if refusal is None or call is None:
            return refusal
        return self.object_to_state(call, self.lookup(call)) or refusal


class MissingBeforeToken(Token):
    """Where there is no sync, `missing` is said before the token is looked at."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        refusal = super().refuse_token(arrival)
        call = _readable(self, arrival)
        if refusal is None or call is None or self.lookup(call) is not None:
            return refusal
        return self.say(call, StateError.MISSING)


class UnauthorizedSaidDisabled(Token):
    """An unknown token is answered like a disabled account."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        refusal = super().refuse_token(arrival)
        stranger = refusal is not None and arrival.operation is Operation.SEND and refusal.status == 401
        return answers.state_error(StateError.INVALID) if stranger else refusal


class CrashWithoutToken(Token):
    """A request without a token makes the server fall over."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        return answers.crash() if arrival.token is None else super().refuse_token(arrival)


class UnknownTokenStoresAccount(Token):
    """A call with an unknown token is refused, but stores the first account."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        refusal = super().refuse_token(arrival)
        call = _readable(self, arrival) if refusal is not None else None
        if call is not None:
            self._store_first_account(call, self.lookup(call))
        return refusal

    def _store_first_account(self, call: Call, sync: Sync | None) -> None:
        if sync is not None and sync.account is None and sync.provider == call.provider:
            with self.store.transaction():
                self.store.save(replace(sync, account=call.account))


class Unheeded(Token):
    """A call without a good token is refused, and leaves something behind."""

    def refuse_token(self, arrival: Arrival) -> Answer | None:
        refusal = super().refuse_token(arrival)
        call = _readable(self, arrival) if refusal is not None else None
        sync = self.lookup(call) if call is not None else None
        if call is not None and sync is not None:
            with self.store.transaction():
                self.store.save(self.left_behind(call, sync))
        return refusal

    def left_behind(self, call: Call, sync: Sync) -> Sync:  # noqa: ARG002 - some look at the call
        """The sync after such a call."""
        return sync


class RefusedTokenReplacesAccount(Unheeded):
    """A call without a good token is refused, but its account takes the stored one's place."""

    def left_behind(self, call: Call, sync: Sync) -> Sync:
        after = super().left_behind(call, sync)
        return replace(after, account=call.account) if after.account is not None else after


class RefusedTokenForgetsAccount(Unheeded):
    """A call without a good token is refused, and costs the sync its account."""

    def left_behind(self, call: Call, sync: Sync) -> Sync:
        return replace(super().left_behind(call, sync), account=None)


class RefusedTokenEnables(Unheeded):
    """A call without a good token is refused, but enables a disabled sync."""

    def left_behind(self, call: Call, sync: Sync) -> Sync:
        return replace(super().left_behind(call, sync), disabled=False)


def _is_sibling(operation: Operation) -> bool:
    return operation not in (Operation.CREATE, Operation.SEND)


def _is_unknown(behaviour: Behaviour, token: str | None) -> bool:
    return token is not None and token != behaviour.people.admin_token and token not in behaviour.people.uid_by_token


def _readable(behaviour: Behaviour, arrival: Arrival) -> Call | None:
    """The call, if it is one of sending items and its envelope is in order."""
    if arrival.operation is not Operation.SEND:
        return None
    try:
        body = behaviour.read(arrival.raw)
    except (ValueError, RecursionError):
        return None
    call = Call(arrival.operation, arrival.token, body) if isinstance(body, dict) else None
    return call if call is not None and behaviour.refuse_envelope(call) is None else None
