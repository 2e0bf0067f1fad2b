"""Faults of bulk_create's answer alone: the decision is right, and its code, message, status or body is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from fuzz.sandbox import responses
from fuzz.sandbox.fault_rows import Override, Rows, after
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.requests import Answer, Call, JsonObject, Operation
from fuzz.sandbox.responses import StateError
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.store import Sync

MISSING, ALREADY_EXISTS, INVALID = StateError
SECOND_ENTRY = {"code": "invalid", "message": "calendar_sync is invalid"}
DISABLED_PAGE = b"<html><body>staff account is disabled</body></html>"
message = Rows(FaultKind.MESSAGE)
shape = Rows(FaultKind.BODY_SHAPE)


def after_rendering(change: Callable[[Answer, Call, StateError], Answer]) -> Override:
    """The answer of bulk_create that reports a state error is changed."""
    return after(Behaviour.render_state_error)(
        lambda answer, call, error: change(answer, call, error) if call.operation is Operation.SEND else answer
    )


def state_error_answer(due: StateError, change: Callable[[Answer, Call], Answer]) -> Override:
    """The answer that reports this state error is changed."""
    return after_rendering(lambda answer, call, error: change(answer, call) if error is due else answer)


def with_entry(due: StateError, **changes: str) -> Override:
    """The entry of this state error has other values for some keys."""
    return state_error_answer(due, lambda answer, call: _changed(answer, **changes))


def with_status(due: StateError, status: int) -> Override:
    """This state error has another status."""
    return state_error_answer(due, lambda answer, call: replace(answer, status=status))


def state_error_body(reshape: Callable[[JsonObject], object]) -> Override:
    """The body of all state errors is made from the documented one."""
    return after_rendering(lambda answer, call, error: replace(answer, body=reshape(_envelope(answer, error))))


def accepted_answer(change: Callable[[Answer], Answer]) -> Override:
    """The answer to accepted items is changed."""
    return after(Behaviour.render_success)(
        lambda answer, call, before, after: change(answer) if call.operation is Operation.SEND else answer
    )


def accepted_body(body: object) -> Override:
    """The answer to accepted items has this body."""
    return accepted_answer(lambda answer: replace(answer, body=body))


missing_code_not_found = message("`missing` has the code `not_found`.", with_entry(MISSING, code="not_found"))
missing_message_is_swaggers = message(
    "`missing` names a field and says the message in other words.",
    with_entry(MISSING, field="staff", message="staff is missing"),
)
missing_is_404 = message("`missing` has the status 404.", with_status(MISSING, 404))
mismatch_code_conflict = message(
    "`already_exists` has the code `conflict`.", with_entry(ALREADY_EXISTS, code="conflict")
)
mismatch_message_names_account = message(
    "The message of `already_exists` names the account after the documented words.",
    state_error_answer(
        ALREADY_EXISTS, lambda answer, call: _changed(answer, message=f"{ALREADY_EXISTS.message}: {call.account}")
    ),
)
mismatch_is_409 = message("`already_exists` has the status 409.", with_status(ALREADY_EXISTS, 409))
mismatch_says_missing = message(
    "`already_exists` is said with the message of `missing`.", with_entry(ALREADY_EXISTS, message=MISSING.message)
)
disabled_code_is_disabled = message("`invalid` has the code `disabled`.", with_entry(INVALID, code="disabled"))
disabled_message_has_full_stop = message(
    "The message of `invalid` ends with a full stop.", with_entry(INVALID, message=f"{INVALID.message}.")
)
disabled_is_403 = message("`invalid` has the status 403.", with_status(INVALID, 403))
codes_in_capitals = message(
    "The codes of all state errors are in capitals.",
    after_rendering(lambda answer, call, error: _changed(answer, code=error.code.upper())),
)
state_errors_are_200 = message(
    "State errors have the status 200.", after_rendering(lambda answer, call, error: replace(answer, status=200))
)

error_says_success = shape(
    "State errors have `success: true`.", state_error_body(lambda body: {**body, "success": True})
)
error_without_flag = shape("State errors have no `success`.", state_error_body(lambda body: {"errors": body["errors"]}))
error_as_in_swagger = shape(
    'State errors have the swagger\'s envelope, `status: "Error"`.',
    state_error_body(
        lambda body: {"status": "Error", "errors": [{**entry, "field": "staff"} for entry in body["errors"]]}
    ),
)
two_errors = shape(
    "State errors come with a second entry.",
    state_error_body(lambda body: {**body, "errors": [*body["errors"], SECOND_ENTRY]}),
)
errors_are_no_list = shape(
    "The one entry of a state error is not in a list.",
    state_error_body(lambda body: {**body, "errors": body["errors"][0]}),
)


@shape.by(after_rendering)
def error_page(answer: Answer, call: Call, error: StateError) -> Answer:
    """State errors come as a page of HTML."""
    page = f"<html><body><h1>{error.message}</h1></body></html>".encode()
    return replace(answer, body=page, media_type="text/html")


error_without_body = shape(
    "State errors have no body.", after_rendering(lambda answer, call, error: replace(answer, body=b""))
)


@shape.by(after(Behaviour.render_success))
def success_as_in_swagger(answer: Answer, call: Call, before: Sync | None, after: Sync | None) -> Answer:
    """An accepted call answers the swagger's example: `data` is the sync record."""
    if call.operation is not Operation.SEND or after is None:
        return answer
    return replace(answer, body={"success": True, "data": responses.sync_record(after)})


success_without_data = shape("An accepted call answers `success` alone.", accepted_body({"success": True}))
success_says_false = shape(
    "An accepted call answers `success: false`.", accepted_body({"success": False, "data": {"success": True}})
)
success_data_says_false = shape(
    "An accepted call answers `success: false` in its data.",
    accepted_body({"success": True, "data": {"success": False}}),
)
mismatch_cut_short = shape(
    "`already_exists` comes in a body that ends too early to be JSON.",
    state_error_answer(
        ALREADY_EXISTS,
        lambda answer, call: replace(answer, body=json.dumps(_envelope(answer, ALREADY_EXISTS)).encode()[:-2]),
    ),
)
disabled_page = shape(
    "`invalid` comes as a page of HTML.",
    state_error_answer(INVALID, lambda answer, call: Answer(answer.status, DISABLED_PAGE, "text/html")),
)
success_with_error = shape(
    "An accepted call answers 200 with the body of a state error.",
    accepted_body(responses.state_error(MISSING).body),
)
success_is_201 = shape("An accepted call answers 201.", accepted_answer(lambda answer: replace(answer, status=201)))
success_is_204 = shape("An accepted call answers 204 without a body.", accepted_answer(lambda answer: Answer(204, b"")))


def _changed(answer: Answer, **changes: str) -> Answer:
    if not responses.has_documented_shape(answer):
        return answer
    entry = answer.body["errors"][0] | changes
    return responses.failure(answer.status, **entry)


def _envelope(answer: Answer, error: StateError) -> JsonObject:
    """The body of a state error as far as no other fault has changed its shape, else the documented one."""
    body = answer.body if responses.has_documented_shape(answer) else responses.state_error(error).body
    return dict(body)
