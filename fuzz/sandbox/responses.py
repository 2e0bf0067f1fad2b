"""The honest answers: the documented ones, and the refusals, whose text the documents do not specify."""

from __future__ import annotations

from enum import Enum

from fuzz.sandbox.requests import Answer, JsonObject
from fuzz.sandbox.store import Sync


class StateError(Enum):
    """The three documented state errors, as code and message."""

    MISSING = ("missing", "staff is not registered to any calendar sync")
    ALREADY_EXISTS = ("already_exists", "staff already registered to other calendar sync")
    INVALID = ("invalid", "staff account is disabled")

    @property
    def code(self) -> str:
        """The documented code."""
        return self.value[0]

    @property
    def message(self) -> str:
        """The documented message."""
        return self.value[1]


Due = StateError | None
"""The state error that is due; None where none is."""


def failure(status: int, **error: str) -> Answer:
    """An answer with one error entry in the documented envelope."""
    return Answer(status, {"success": False, "errors": [error]})


def state_error(error: StateError) -> Answer:
    """The documented 422 of a state error."""
    return failure(422, code=error.code, message=error.message)


def connect_missing() -> Answer:
    """What connect's own document says where there is no sync: `missing`, in another envelope than bulk_create's."""
    error = StateError.MISSING
    entry = {"code": error.code, "field": "staff", "message": error.message}
    return Answer(422, {"status": "Error", "errors": [entry]})


def staff_unknown() -> Answer:
    """What disable's own document says of a staff member that does not exist."""
    return failure(422, code="missing", message="staff is not exists")


def missing_field(field: str) -> Answer:
    """The refusal of a payload that lacks a field. Its code is `missing`; its message is not the state error's."""
    return failure(422, code="missing", field=field, message=f"{field} is missing")


def wrong_format(field: str, reason: str) -> Answer:
    """The refusal of a payload in which a field is there, but wrong."""
    return failure(422, code="wrong_format", field=field, message=f"{field} {reason}")


def unreadable(reason: str) -> Answer:
    """The refusal of a body that is no JSON object."""
    return failure(400, code="bad_request", message=reason)


def unauthorized() -> Answer:
    """The refusal of a request without a known token."""
    return failure(401, code="unauthorized", message="401 Unauthorized")


def forbidden() -> Answer:
    """The refusal of a known token that may not do this."""
    return failure(403, code="forbidden", message="403 Forbidden")


def too_large() -> Answer:
    """The refusal of a body beyond the limit."""
    return failure(413, code="too_large", message="request body is too large")


def server_error() -> Answer:
    """The 500 of a service that has crashed. The honest server never sends it."""
    return Answer(500, {"status": "error", "message": "Internal Server Error"})


def has_documented_shape(answer: Answer) -> bool:
    """Whether the body is the documented envelope of an error. Faults leave a body alone that another has changed."""
    errors = answer.body.get("errors") if isinstance(answer.body, dict) else None
    return isinstance(errors, list) and all(isinstance(error, dict) for error in errors)


def items_accepted() -> Answer:
    """The documented 200 of bulk_create."""
    return Answer(200, {"success": True, "data": {"success": True}})


def disconnected() -> Answer:
    """The 200 of disconnect."""
    return Answer(200, {"success": True})


def sync_record(sync: Sync) -> JsonObject:
    """A sync record with the fields that the swagger's example shows. A sync without an account is not enabled yet."""
    return {
        "uid": sync.uid,
        "staff_uid": sync.staff_uid,
        "provider": sync.provider,
        "account": sync.account,
        "enabled": sync.account is not None and not sync.disabled,
        "should_import": sync.should_import,
        "should_export": False,
        "is_external_app": True,
        "is_private_import": sync.is_private_import,
        "is_private_export": False,
        "is_staff_disable_ics": False,
        "is_business_disable_ics": False,
    }
