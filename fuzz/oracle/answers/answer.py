"""Reads an answer: finds which documented answer it is, if any. A state error needs status, code and message."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from http import HTTPStatus

from fuzz.oracle.actions import Answer
from fuzz.oracle.answers.bodies import covers, what_is_wrong
from fuzz.oracle.answers.forms import with_form
from fuzz.oracle.verdict import MALFORMED, OTHER, REFUSAL, SERVER_ERROR, SUCCESS, ReadAnswer
from swagger.contract import Contract, Json, StateError


def named_errors(contract: Contract, answer: Answer) -> frozenset[str]:
    """Codes of the state errors that an answer names: its status, and code and message of one entry of its errors."""
    entries = answer.body.get("errors") if isinstance(answer.body, dict) else None
    if not isinstance(entries, list):
        return frozenset()
    return frozenset(
        error.code for error in contract.state_errors if any(_names(error, answer.status, entry) for entry in entries)
    )


def _names(error: StateError, status: int, entry: Json) -> bool:
    return (
        status == error.status
        and isinstance(entry, dict)
        and entry.get("code") == error.code
        and entry.get("message") == error.message
    )


def read_answer(contract: Contract, answer: Answer) -> ReadAnswer:
    """Reads an answer of bulk_create: its outcome, the state errors that it names, its label in reports."""
    names = named_errors(contract, answer)
    for error in contract.state_errors:
        if answer.status == error.status and covers(answer.body, error.body):
            return ReadAnswer(error.code, answer.status, names, f"{answer.status} {error.code}")
    if answer.status == contract.success_status and covers(answer.body, contract.success_body):
        return ReadAnswer(SUCCESS, answer.status, names, str(answer.status))
    if answer.status == contract.success_status:
        seen = _malformed(answer, names, what_is_wrong(answer.body, contract.success_body))
    else:
        seen = _read_failure(contract, answer, names)
    return with_form(contract, answer, seen)


def read_create(contract: Contract, answer: Answer) -> ReadAnswer:
    """Reads an answer of the create step: a success has the expected status and every value that the step extracts."""
    step = contract.create_step
    if answer.status not in step.expect_status:
        return _read_failure(contract, answer, named_errors(contract, answer))
    lacking = [path for name, path in step.extract.items() if answer.extracted.get(name) in (None, "")]
    if lacking:
        why = f"nothing at {', '.join(lacking)}"
        return replace(_malformed(answer, frozenset(), why), near=SUCCESS, form=f"create: {why}")
    return ReadAnswer(SUCCESS, answer.status, label=str(answer.status))


def _read_failure(contract: Contract, answer: Answer, names: frozenset[str]) -> ReadAnswer:
    status = answer.status
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ReadAnswer(SERVER_ERROR, status, names, str(status))
    if not HTTPStatus.BAD_REQUEST <= status:
        return ReadAnswer(OTHER, status, names, str(status))
    wrong = _what_is_wrong_with_error(contract, answer)
    if wrong:
        return ReadAnswer(MALFORMED, status, names, f"{status} malformed", wrong)
    return ReadAnswer(REFUSAL, status, names, f"{status} refusal")


def _what_is_wrong_with_error(contract: Contract, answer: Answer) -> str:
    """What is wrong with an answer that has a state error's status and message; empty if it has none."""
    for error in contract.state_errors:
        if answer.status == error.status and _says(answer.body, error):
            return what_is_wrong(answer.body, error.body)
    return ""


def all_but(contract: Contract, answer: Answer, codes: Collection[str]) -> str:
    """The label of a refusal that has status and code of one of these state errors, but another message; else empty."""
    entries = answer.body.get("errors") if isinstance(answer.body, dict) else None
    named = [entry.get("code") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    errors = (error for error in contract.state_errors if error.code in codes and error.status == answer.status)
    near = next((error.code for error in errors if error.code in named), None)
    return f"{answer.status} {near} with another message" if near else ""


def _says(body: Json, error: StateError) -> bool:
    if not isinstance(body, dict):
        return False
    entries = body.get("errors")
    entries = entries if isinstance(entries, list) else [entries]
    return any(isinstance(entry, dict) and entry.get("message") == error.message for entry in entries)


def _malformed(answer: Answer, names: frozenset[str], why: str) -> ReadAnswer:
    return ReadAnswer(MALFORMED, answer.status, names, f"{answer.status} malformed", why)
