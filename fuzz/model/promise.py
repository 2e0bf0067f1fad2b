"""What the documents promise of one request, as plain data that a script without our code can hold an answer against.

A promise: `outcome`, `says` (as reports call it), `status` (patterns such as `200` or `4xx`), and where they matter
`body` (everything in it must be in the answer, which may hold more keys), `holds` (JSONPaths at which there must be
something) and `never` (code and message of the state errors that the answer must not name, as they are not due).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fuzz.model import oracle
from fuzz.model.answer import covers
from fuzz.model.exchange import Create, MoveSync
from fuzz.model.oracle import Request
from fuzz.model.race import ORDERS, Pair
from fuzz.model.state import Belief, SyncState
from fuzz.model.verdict import REFUSAL, SUCCESS
from swagger.contract import Contract, Json, StateError

Promise = dict[str, Json]

ANY_REFUSAL = "4xx"
BELOW_REFUSALS = ["1xx", "2xx", "3xx"]


def promises(contract: Contract, request: Request, outcomes: Iterable[str]) -> list[Promise]:
    """What a request may be answered, if these outcomes are the allowed ones."""
    allowed = tuple(outcomes)
    found = [_promise(contract, request, outcome, allowed) for outcome in allowed]
    quality = request.quality
    if SUCCESS in allowed and quality.silent and not quality.breaks:
        found.append({"outcome": SUCCESS, "says": "anything but a 5xx", "status": BELOW_REFUSALS})
    return found


def _promise(contract: Contract, request: Request, outcome: str, allowed: Sequence[str]) -> Promise:
    if outcome == REFUSAL:
        never = [_named(error) for error in contract.state_errors if error.code not in allowed]
        return {"outcome": outcome, "says": "a refusal (4xx)", "status": [ANY_REFUSAL], "never": never}
    if outcome != SUCCESS:
        error = contract.state_error(outcome)
        says = f"{error.status} {outcome}"
        return {"outcome": outcome, "says": says, "status": [str(error.status)], "body": error.body}
    return {"outcome": outcome, **_success(contract, request)}


def _success(contract: Contract, request: Request) -> Promise:
    if isinstance(request.action, Create):
        step = contract.create_step
        statuses = [str(status) for status in step.expect_status]
        return {"says": " or ".join(statuses), "status": statuses, "holds": list(step.extract.values())}
    status = str(contract.success_status)
    body = {"success": True} if isinstance(request.action, MoveSync) else contract.success_body
    return {"says": status, "status": [status], "body": body}


def _named(error: StateError) -> dict[str, Json]:
    return {"status": str(error.status), "code": error.code, "message": error.message}


def matches(pattern: str, status: int) -> bool:
    """A status is of a pattern: `422` or `4xx`."""
    return all(expected in (digit, "x") for expected, digit in zip(pattern, str(status), strict=True))


def keeps(promise: Promise, status: int, body: Json, extracted: Iterable[Json] = ()) -> bool:
    """An answer keeps a promise. `extracted` is what was found at the paths that the promise `holds`."""
    return (
        any(matches(pattern, status) for pattern in promise["status"])
        and ("body" not in promise or covers(body, promise["body"]))
        and not any(_names(body, status, error) for error in promise.get("never", ()))
        and all(value not in (None, "") for value in extracted)
    )


def _names(body: Json, status: int, error: dict[str, Json]) -> bool:
    entries = body.get("errors") if isinstance(body, dict) else None
    return str(status) == error["status"] and any(
        isinstance(entry, dict) and (entry.get("code"), entry.get("message")) == (error["code"], error["message"])
        for entry in (entries if isinstance(entries, list) else ())
    )


def together(contract: Contract, belief: Belief, requests: Pair) -> set[tuple[str, str]]:
    """The pairs of outcomes that some order of two requests at once explains."""
    found: set[tuple[str, str]] = set()
    for order in ORDERS:
        for state in belief:
            for outcomes in _in_order(contract, state, (requests[order[0]], requests[order[1]])):
                found.add((outcomes[order[0]], outcomes[order[1]]))
    return found


def _in_order(contract: Contract, state: SyncState, requests: Pair) -> Iterable[tuple[str, str]]:
    for first, states in oracle.allowed(contract, state, requests[0]).items():
        for after in states:
            for second in oracle.allowed(contract, after, requests[1]):
                yield first, second
