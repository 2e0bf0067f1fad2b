"""Faults of the body around an answer: an envelope that lacks or contradicts what the documents show."""

from __future__ import annotations

import json
from dataclasses import replace

from fuzz.sandbox import answers
from fuzz.sandbox.answers import StateError
from fuzz.sandbox.calls import Answer, Call, JsonObject, Operation
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.store import Sync


class BodyShape(Dishonesty):
    """The right answer in a body of the wrong shape."""

    kind = Kind.BODY_SHAPE


class ErrorSaysSuccess(BodyShape):
    """State errors have `success: true`."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        return replace(answer, body={**envelope(answer, error), "success": True})


class ErrorWithoutFlag(BodyShape):
    """State errors have no `success`."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        return replace(answer, body={"errors": envelope(answer, error)["errors"]})


class ErrorAsInSwagger(BodyShape):
    """State errors have the swagger's envelope, `status: "Error"`."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        entries = [{**entry, "field": "staff"} for entry in envelope(answer, error)["errors"]]
        return replace(answer, body={"status": "Error", "errors": entries})


class TwoErrors(BodyShape):
    """State errors come with a second entry."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        second = {"code": "invalid", "message": "calendar_sync is invalid"}
        return replace(answer, body={**envelope(answer, error), "errors": [*envelope(answer, error)["errors"], second]})


class ErrorsAreNoList(BodyShape):
    """The one entry of a state error is not in a list."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        return replace(answer, body={**envelope(answer, error), "errors": envelope(answer, error)["errors"][0]})


class ErrorPage(BodyShape):
    """State errors come as a page of HTML."""

    def say(self, call: Call, error: StateError) -> Answer:
        page = f"<html><body><h1>{error.message}</h1></body></html>".encode()
        return replace(super().say(call, error), body=page, media_type="text/html")


class ErrorWithoutBody(BodyShape):
    """State errors have no body."""

    def say(self, call: Call, error: StateError) -> Answer:
        return replace(super().say(call, error), body=b"")


class SuccessAsInSwagger(BodyShape):
    """An accepted call answers the swagger's example: `data` is the sync record."""

    def success(self, call: Call, before: Sync | None, after: Sync | None) -> Answer:
        answer = super().success(call, before, after)
        if call.operation is not Operation.SEND or after is None:
            return answer
        return replace(answer, body={"success": True, "data": answers.record(after)})


class SuccessWithoutData(BodyShape):
    """An accepted call answers `success` alone."""

    def success(self, call: Call, before: Sync | None, after: Sync | None) -> Answer:
        answer = super().success(call, before, after)
        return replace(answer, body={"success": True}) if call.operation is Operation.SEND else answer


class SuccessSaysFalse(BodyShape):
    """An accepted call answers `success: false`."""

    def success(self, call: Call, before: Sync | None, after: Sync | None) -> Answer:
        answer = super().success(call, before, after)
        return (
            replace(answer, body={"success": False, "data": {"success": True}})
            if call.operation is Operation.SEND
            else answer
        )


class SuccessDataSaysFalse(BodyShape):
    """An accepted call answers `success: false` in its data."""

    def success(self, call: Call, before: Sync | None, after: Sync | None) -> Answer:
        answer = super().success(call, before, after)
        told = {"success": True, "data": {"success": False}}
        return replace(answer, body=told) if call.operation is Operation.SEND else answer


class MismatchCutShort(BodyShape):
    """`already_exists` comes in a body that ends too early to be JSON."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        cut = json.dumps(envelope(answer, error)).encode()[:-2]
        return replace(answer, body=cut) if error is StateError.ALREADY_EXISTS else answer


class DisabledPage(BodyShape):
    """`invalid` comes as a page of HTML."""

    def say(self, call: Call, error: StateError) -> Answer:
        answer = super().say(call, error)
        page = Answer(answer.status, b"<html><body>staff account is disabled</body></html>", "text/html")
        return page if error is StateError.INVALID else answer


class SuccessWithError(BodyShape):
    """An accepted call answers 200 with the body of a state error."""

    def success(self, call: Call, before: Sync | None, after: Sync | None) -> Answer:
        answer = super().success(call, before, after)
        told = answers.state_error(StateError.MISSING).body
        return replace(answer, body=told) if call.operation is Operation.SEND else answer


class SuccessIs201(BodyShape):
    """An accepted call answers 201."""

    def success(self, call: Call, before: Sync | None, after: Sync | None) -> Answer:
        answer = super().success(call, before, after)
        return replace(answer, status=201) if call.operation is Operation.SEND else answer


class SuccessIs204(BodyShape):
    """An accepted call answers 204 without a body."""

    def success(self, call: Call, before: Sync | None, after: Sync | None) -> Answer:
        answer = super().success(call, before, after)
        return Answer(204, b"") if call.operation is Operation.SEND else answer


def envelope(answer: Answer, error: StateError) -> JsonObject:
    """The body of a state error as far as no other fault has spoilt its shape, else the documented one."""
    body = answer.body if answers.has_documented_shape(answer) else answers.state_error(error).body
    return dict(body)
