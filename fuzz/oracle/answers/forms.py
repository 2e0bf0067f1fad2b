"""Finds the documented answer that an answer is in another form: the right error in another envelope, say.

Where only the form is wrong, one cause shows in many situations, and in all of them it is one failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus

from fuzz.oracle.actions import Answer
from fuzz.oracle.answers.bodies import covers, what_is_wrong
from fuzz.oracle.verdict import SUCCESS, ReadAnswer, Verdict, VerdictKind
from swagger.contract import Contract, Json, StateError

SWAGGERS = "envelope: the swagger's"
"""The form of an answer that is what the swagger documents, and not what the workflow document does."""

MESSAGE, CODE = "another message", "another code"
OF_ONE_ERROR = (MESSAGE, CODE)
"""Forms that say something of one error alone, and nothing of the others."""


def with_form(contract: Contract, answer: Answer, seen: ReadAnswer) -> ReadAnswer:
    """The answer as read, with the documented outcome that it is in another form, if it is one."""
    near, form = _near_success(contract, answer) or _near_error(contract, answer) or ("", "")
    if form == SWAGGERS:
        why = f"the body is the swagger's for {seen.status}, and not the workflow document's (see the drift)"
        return replace(seen, near=near, form=form, why=why)
    return replace(seen, near=near, form=form)


def _near_success(contract: Contract, answer: Answer) -> tuple[str, str] | None:
    status, documented = answer.status, contract.success_body
    if status == contract.success_status:
        if _has_the_shape(answer.body, contract.swagger_bodies.get(status)):
            return SUCCESS, SWAGGERS
        return SUCCESS, f"{status}: {what_is_wrong(answer.body, documented)}"
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return SUCCESS, f"status {status} in place of {contract.success_status}"
    return None


def _near_error(contract: Contract, answer: Answer) -> tuple[str, str] | None:
    """The state error that has the answer's message, else the one that has its code and blames no field of the body."""
    if not HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    entries = [*_entries(answer.body)]
    for error in contract.state_errors:
        for entry in entries:
            if error.message in (entry.get("message"), entry.get("error")):
                return error.code, _form_of(contract, answer, error, entry)
    of_fields = {rule.name for rule in contract.fields}
    for error in contract.state_errors:
        if any(entry.get("code") == error.code and entry.get("field") not in of_fields for entry in entries):
            return error.code, MESSAGE
    return None


def _entries(body: Json) -> Iterator[dict[str, Json]]:
    """The objects in a body that may be an error: the entries of `errors`, or the body itself."""
    if isinstance(body, dict):
        errors = body.get("errors")
        for entry in errors if isinstance(errors, list) else [errors]:
            if isinstance(entry, dict):
                yield entry
        yield body


def _form_of(contract: Contract, answer: Answer, error: StateError, entry: dict[str, Json]) -> str:
    """What is other in an answer that has an error's message."""
    has_code = entry.get("code") == error.code
    swaggers = contract.swagger_bodies.get(error.status)
    if answer.status == error.status and has_code and _has_the_shape(answer.body, swaggers):
        return SWAGGERS
    if answer.status != error.status and covers(answer.body, error.body):
        return f"status {answer.status} in place of {error.status}"
    if not has_code and isinstance(entry.get("code"), str):
        return CODE
    return what_is_wrong(answer.body, error.body) or f"status {answer.status}"


def _has_the_shape(body: Json, example: Json) -> bool:
    """Whether a body has the keys of an example at each place, and its text at the top: `"status": "Error"`."""
    if example is None or not isinstance(body, dict) or not isinstance(example, dict):
        return False
    return all(key in body and _alike(body[key], value, top=True) for key, value in example.items())


def _alike(value: Json, example: Json, *, top: bool = False) -> bool:
    if isinstance(example, dict):
        return isinstance(value, dict) and all(key in value and _alike(value[key], example[key]) for key in example)
    if isinstance(example, list):
        return isinstance(value, list) and bool(value) and all(_alike(entry, example[0]) for entry in value)
    return bool(value == example) if top else isinstance(value, type(example)) or value is None


def cause_of(verdict: Verdict) -> str:
    """The cause of a failure of form, the same in each situation in which it shows; empty if it is no such failure.

    `envelope: the swagger's`, `status 400 in place of 422`, `already_exists: another message`.
    """
    seen = verdict.seen
    if verdict.kind is not VerdictKind.FAIL or seen is None or not seen.form or seen.near not in verdict.allowed:
        return ""
    return f"{seen.near}: {seen.form}" if seen.form in OF_ONE_ERROR else seen.form
