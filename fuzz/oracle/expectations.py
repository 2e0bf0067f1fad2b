"""The answers that the documents allow to one request, as data that scripts without our code can check."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NotRequired

from typing_extensions import TypedDict

from fuzz.oracle.actions import Create, MoveSync
from fuzz.oracle.request import Request
from fuzz.oracle.verdict import REFUSAL, SUCCESS, ReadAnswer
from swagger.contract import Contract, Json, StateError


class NamedError(TypedDict):
    """A state error as an answer names it."""

    status: str
    code: str
    message: str


class Expectation(TypedDict):
    """One allowed answer.

    `says`: its name in reports. `status`: patterns, such as `200` or `4xx`. `body`: the answer must hold all of it, and
    may hold more keys. `holds`: JSONPaths that must find a value. `record`: an example; the answer, or what stands
    under `data` in it, must have its keys and types, and its booleans. `never`: state errors that are not due, which
    the answer must not name.
    """

    outcome: str
    says: str
    status: list[str]
    body: NotRequired[Json]
    holds: NotRequired[list[str]]
    record: NotRequired[Json]
    never: NotRequired[list[NamedError]]


ANY_REFUSAL = "4xx"
BELOW_REFUSALS = ["1xx", "2xx", "3xx"]
ANYTHING = "anything but a 5xx"


def expectations(contract: Contract, request: Request, outcomes: Iterable[str]) -> list[Expectation]:
    """The allowed answers to a request, given the allowed outcomes."""
    allowed_outcomes = tuple(outcomes)
    if isinstance(request.action, MoveSync):
        return _expectations_of_move(contract, request.action, allowed_outcomes)
    found = [_expectation(contract, request, outcome, allowed_outcomes) for outcome in allowed_outcomes]
    validity = request.validity
    if SUCCESS in allowed_outcomes and validity.unspecified and not validity.violations:
        found.append({"outcome": SUCCESS, "says": ANYTHING, "status": BELOW_REFUSALS})
    return found


def says_allowed(contract: Contract, request: Request, outcomes: Collection[str]) -> str:
    """Allowed outcomes as reports say them: `422 already_exists or 200`, `a refusal (4xx)`."""
    if {SUCCESS, REFUSAL, *(error.code for error in contract.state_errors)} <= {*outcomes}:
        return ANYTHING
    found = expectations(contract, request, outcomes)[: len(outcomes)]
    return " or ".join(expectation["says"] for expectation in found) or "nothing that came"


def _expectations_of_move(contract: Contract, action: MoveSync, outcomes: Sequence[str]) -> list[Expectation]:
    """The allowed answers of a sibling: what its own documents promise, else anything but a 5xx."""
    if len(outcomes) != 1:
        return [{"outcome": SUCCESS, "says": ANYTHING, "status": [*BELOW_REFUSALS, ANY_REFUSAL]}]
    promises, outcome = contract.promised_by(action.move), outcomes[0]
    if outcome == REFUSAL:
        return [{"outcome": REFUSAL, "says": "a refusal (4xx)", "status": [ANY_REFUSAL]}]
    if outcome == SUCCESS:
        status = str(promises.success_status)
        return [{"outcome": SUCCESS, "says": status, "status": [status], "record": promises.success_body}]
    error = promises.without_sync
    assert error is not None
    says = f"{error.status} {outcome.partition('.')[2]}"
    return [{"outcome": outcome, "says": says, "status": [str(error.status)], "body": error.body}]


def _expectation(contract: Contract, request: Request, outcome: str, outcomes: Sequence[str]) -> Expectation:
    if outcome == REFUSAL:
        never = [_named(error) for error in contract.state_errors if error.code not in outcomes]
        return {"outcome": outcome, "says": "a refusal (4xx)", "status": [ANY_REFUSAL], "never": never}
    if outcome != SUCCESS:
        error = contract.state_error(outcome)
        says = f"{error.status} {outcome}"
        return {"outcome": outcome, "says": says, "status": [str(error.status)], "body": error.body}
    if isinstance(request.action, Create):
        step = contract.create_step
        statuses = [str(status) for status in step.expect_status]
        paths = list(step.extract.values())
        return {"outcome": outcome, "says": " or ".join(statuses), "status": statuses, "holds": paths}
    status = str(contract.success_status)
    return {"outcome": outcome, "says": status, "status": [status], "body": contract.success_body}


def _named(error: StateError) -> NamedError:
    return {"status": str(error.status), "code": error.code, "message": error.message}


def matches(pattern: str, status: int) -> bool:
    """Whether a status fits a pattern: `422` or `4xx`."""
    return all(expected in (digit, "x") for expected, digit in zip(pattern, str(status), strict=True))


def keeps(expectation: Expectation, seen: ReadAnswer, outcomes: Collection[str]) -> bool:
    """Whether an answer meets an expectation. `outcomes`: the allowed ones."""
    if expectation["says"] == ANYTHING:
        return any(matches(pattern, seen.status) for pattern in expectation["status"])
    if expectation["outcome"] == REFUSAL:
        return matches(ANY_REFUSAL, seen.status) and seen.names <= set(outcomes)
    return seen.outcome == expectation["outcome"]
