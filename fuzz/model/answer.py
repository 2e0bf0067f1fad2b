"""Which documented answer an answer is, if any. A state error needs its status, code and message together."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus

from fuzz.model.exchange import NOT_JSON, Answer
from fuzz.model.verdict import MALFORMED, OTHER, REFUSAL, SERVER_ERROR, SUCCESS, Seen
from swagger.contract import Contract, Json, StateError


def covers(body: Json, documented: Json) -> bool:
    """The body says all that the documented one says. Objects may carry further keys; lists are of one length."""
    if isinstance(documented, dict):
        return isinstance(body, dict) and all(key in body and covers(body[key], documented[key]) for key in documented)
    if isinstance(documented, list):
        if not isinstance(body, list) or len(body) != len(documented):
            return False
        return all(covers(one, other) for one, other in zip(body, documented, strict=True))
    return type(body) is type(documented) and bool(body == documented)


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


def read_answer(contract: Contract, answer: Answer) -> Seen:
    """Reads an answer of bulk_create: outcome, the state errors it names, a label for reports."""
    names = named_errors(contract, answer)
    for error in contract.state_errors:
        if answer.status == error.status and covers(answer.body, error.body):
            return Seen(error.code, answer.status, names, f"{answer.status} {error.code}")
    if answer.status == contract.success_status:
        return _read_success(contract, answer, names)
    return _read_failure(contract, answer, names)


def read_move(contract: Contract, answer: Answer) -> Seen:
    """Reads an answer of a sibling operation: the same state errors, and a success that says `"success": true`."""
    if answer.status != contract.success_status:
        return read_answer(contract, answer)
    if covers(answer.body, {"success": True}):
        return Seen(SUCCESS, answer.status, label=str(answer.status))
    return _malformed(answer, frozenset(), _what_is_wrong(answer.body, {"success": True}))


def read_create(contract: Contract, answer: Answer) -> Seen:
    """Reads an answer of the create step: the expected status, and everything that the step extracts from it."""
    step = contract.create_step
    if answer.status not in step.expect_status:
        return _read_failure(contract, answer, named_errors(contract, answer))
    lacking = [path for name, path in step.extract.items() if answer.extracted.get(name) in (None, "")]
    if lacking:
        return _malformed(answer, frozenset(), f"nothing at {', '.join(lacking)}")
    return Seen(SUCCESS, answer.status, label=str(answer.status))


def _read_success(contract: Contract, answer: Answer, names: frozenset[str]) -> Seen:
    if covers(answer.body, contract.success_body):
        return Seen(SUCCESS, answer.status, names, str(answer.status))
    return _malformed(answer, names, _what_is_wrong(answer.body, contract.success_body))


def _read_failure(contract: Contract, answer: Answer, names: frozenset[str]) -> Seen:
    status = answer.status
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Seen(SERVER_ERROR, status, names, str(status))
    if not HTTPStatus.BAD_REQUEST <= status:
        return Seen(OTHER, status, names, str(status))
    near = _nearly(contract, answer)
    if near:
        return Seen(MALFORMED, status, names, f"{status} malformed", near)
    return Seen(REFUSAL, status, names, f"{status} refusal")


def _nearly(contract: Contract, answer: Answer) -> str:
    """What is wrong with an answer that is a documented state error but for something; empty if it is none of them."""
    for error in contract.state_errors:
        if answer.status == error.status and _says(answer.body, error):
            return _what_is_wrong(answer.body, error.body)
    return ""


def all_but(contract: Contract, answer: Answer, codes: Collection[str]) -> str:
    """How a refusal is called that has the status and the code of one of these state errors, and another message."""
    entries = answer.body.get("errors") if isinstance(answer.body, dict) else None
    named = [entry.get("code") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    found = (each for each in contract.state_errors if each.code in codes and each.status == answer.status)
    near = next((error.code for error in found if error.code in named), None)
    return f"{answer.status} {near} with another message" if near else ""


def _says(body: Json, error: StateError) -> bool:
    if not isinstance(body, dict):
        return False
    entries = body.get("errors")
    entries = entries if isinstance(entries, list) else [entries]
    return any(isinstance(entry, dict) and entry.get("message") == error.message for entry in entries)


def _malformed(answer: Answer, names: frozenset[str], why: str) -> Seen:
    return Seen(MALFORMED, answer.status, names, f"{answer.status} malformed", why)


def _what_is_wrong(body: Json, documented: Json, path: str = "$") -> str:
    """The first place, as a JSONPath, where a body lacks or contradicts what is documented."""
    if body is NOT_JSON:
        return "the body is not JSON"
    if isinstance(documented, dict) and isinstance(body, dict):
        for key, value in documented.items():
            if key not in body:
                return f"{path}.{key} is lacking"
            if not covers(body[key], value):
                return _what_is_wrong(body[key], value, f"{path}.{key}")
    if isinstance(documented, list) and isinstance(body, list):
        if len(body) != len(documented):
            return f"{path} has {len(body)} entries, documented are {len(documented)}"
        pairs = enumerate(zip(body, documented, strict=True))
        wrong = (_what_is_wrong(*pair, f"{path}[{place}]") for place, pair in pairs if not covers(*pair))
        return next(wrong)
    return f"{path} is not as documented"
