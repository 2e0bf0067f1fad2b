"""Faults of what a state error says: a wrong code, a wrong message, a wrong status, or those of another one."""

from __future__ import annotations

from dataclasses import replace

from fuzz.sandbox import answers
from fuzz.sandbox.answers import StateError
from fuzz.sandbox.calls import Answer, Call
from fuzz.sandbox.faults.kinds import Dishonesty, Kind

MISSING, ALREADY_EXISTS, INVALID = StateError


class Message(Dishonesty):
    """The right state error, said wrongly."""

    kind = Kind.MESSAGE


class MissingCodeNotFound(Message):
    """`missing` has the code `not_found`."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        return _with(answer, code="not_found") if error is MISSING else answer


class MissingMessageIsSwaggers(Message):
    """`missing` names a field and says the message in other words."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        return _with(answer, field="staff", message="staff is missing") if error is MISSING else answer


class MissingIs404(Message):
    """`missing` has the status 404."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        return replace(answer, status=404) if error is MISSING else answer


class MismatchCodeConflict(Message):
    """`already_exists` has the code `conflict`."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        return _with(answer, code="conflict") if error is ALREADY_EXISTS else answer


class MismatchMessageNamesAccount(Message):
    """The message of `already_exists` names the account after the documented words."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        if error is not ALREADY_EXISTS:
            return answer
        return _with(answer, message=f"{error.message}: {call.account}")


class MismatchIs409(Message):
    """`already_exists` has the status 409."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        return replace(answer, status=409) if error is ALREADY_EXISTS else answer


class MismatchSaysMissing(Message):
    """`already_exists` is said with the message of `missing`."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        return _with(answer, message=MISSING.message) if error is ALREADY_EXISTS else answer


class DisabledCodeIsDisabled(Message):
    """`invalid` has the code `disabled`."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        return _with(answer, code="disabled") if error is INVALID else answer


class DisabledMessageHasFullStop(Message):
    """The message of `invalid` ends with a full stop."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        return _with(answer, message=f"{error.message}.") if error is INVALID else answer


class DisabledIs403(Message):
    """`invalid` has the status 403."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        return replace(answer, status=403) if error is INVALID else answer


class CodesInCapitals(Message):
    """The codes of all state errors are in capitals."""

    def say(self, call: Call, error: StateError) -> Answer:
        return _with(super().say(call, error), code=error.code.upper())


class StateErrorsAre200(Message):
    """State errors have the status 200."""

    def say(self, call: Call, error: StateError) -> Answer:
        return replace(super().say(call, error), status=200)


def _with(answer: Answer, **changes: str) -> Answer:
    if not answers.has_documented_shape(answer):
        return answer
    entry = answer.body["errors"][0] | changes
    return answers.failure(answer.status, **entry)
