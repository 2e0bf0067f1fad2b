"""Finds where an answer that failed differs from the one that was due: what is documented there, and what was seen."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.oracle.actions import Answer, Create, MoveSync
from fuzz.oracle.answers.bodies import Contrast, contrasts, contrasts_with_example
from fuzz.oracle.request import Request
from fuzz.oracle.siblings import record_in
from fuzz.oracle.verdict import MALFORMED, REFUSAL, SUCCESS, Verdict
from swagger.contract import Contract


def contrast_of(contract: Contract, request: Request, verdict: Verdict, answer: Answer) -> Contrast | None:
    """The first place where the answer differs from the allowed one that it is most like; None if its status alone is
    another one, if it is another documented answer, or if no body is promised.
    """
    seen = verdict.seen
    if seen is None or seen.outcome not in (MALFORMED, REFUSAL) or REFUSAL in verdict.allowed:
        return None
    found = [each for each in _comparisons(contract, request, verdict, answer) if each]
    return min(found, key=len)[0] if found else None


def _comparisons(contract: Contract, request: Request, verdict: Verdict, answer: Answer) -> Iterator[list[Contrast]]:
    """Every place where the body differs from a documented one, for each allowed outcome with the answer's status."""
    status, body, action = answer.status, answer.body, request.action
    if isinstance(action, Create):
        return
    if isinstance(action, MoveSync):
        promises = contract.promised_by(action.move)
        error, record = promises.without_sync, promises.success_body
        if status == promises.success_status and record is not None:
            yield list(contrasts_with_example(record_in(body, record), record))
        elif error is not None and status == error.status:
            yield list(contrasts(body, error.body))
        return
    if status == contract.success_status and SUCCESS in verdict.allowed:
        yield list(contrasts(body, contract.success_body))
    for due in contract.state_errors:
        if due.code in verdict.allowed and due.status == status:
            yield list(contrasts(body, due.body))
