"""Replays a workflow document: sends its steps as written, and judges the answers by the document itself.

The oracle is not asked: a step is as documented if its status is, and where the document shows bodies for that status,
the answer must be like one of them. So any document of the family can be run; a bundle's `workflow.md` is one of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from fuzz.errors import UsageError
from fuzz.failures.replays.example_bodies import difference
from fuzz.failures.replays.result import Outcome, ReplayResult, Row
from fuzz.failures.replays.step_requests import request_of, variables_of
from fuzz.oracle.actions import NOT_JSON
from fuzz.session.session import Session
from fuzz.target.authorisation import unauthorised
from fuzz.target.http.attempt import HttpAnswer
from fuzz.target.http.client import Delivery, Unreachable
from fuzz.target.profile import TokenSource
from fuzz.target.request_builder import SentRequest, extract, parse
from fuzz.target.templates import dates
from fuzz.target.user_files import told_to_the_user
from swagger.contract import Json, Step
from swagger.workflow.document import Document, calls, read_document

MAX_LISTED_STATUSES = 4


@dataclass(slots=True)
class _DocumentRun:
    """One run of a document. Mutable: variables and rows are added as steps are done, and to `lacking` the variables
    that a step should have given and did not.
    """

    document: Document
    session: Session
    variables: dict[str, str]
    tokens: dict[str, TokenSource | None]
    wait: Callable[[float], None]
    lacking: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


class _Stopped(Exception):  # noqa: N818 - a document that ends early is no error
    """Raised when the rest of a document is not run; holds the outcome and the reason."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome


def replay_workflow(
    path: Path, session: Session, *, times: int = 1, wait: Callable[[float], None] = time.sleep
) -> ReplayResult:
    """Runs a document's prerequisites and test request `times` times; the result is that of the worst run.

    FAILED: the test request is answered otherwise than documented. CANNOT TELL: it was not reached or not answered, or
    the document says that it is to be skipped. UsageError for a document that cannot be read, and for an unknown
    variable or token. `wait` is given the seconds of a step's `sleep`.
    """
    document = _read(path)
    if document.front.skipped is not None:
        return ReplayResult(path.name, Outcome.CANNOT_TELL, f"skipped: {document.front.skipped}", (), 0, 0)
    if not document.test_steps:
        raise UsageError(f"{path}: has no test request", next="add a section `## Test Request` with YAML steps")
    results = []
    for _ in range(times):
        run = _DocumentRun(document, session, _variables(session), _tokens(session), wait)
        results.append((*_perform_all(run), tuple(run.rows)))
    failed = sum(outcome is Outcome.FAILED for outcome, _, _ in results)
    outcome, why, rows = max(reversed(results), key=lambda result: _BADNESS.index(result[0]))
    not_done = tuple(f"{part.what} ({part.where})" for part in document.not_done)
    return ReplayResult(path.name, outcome, why, rows, failed, times, not_done)


_BADNESS = (Outcome.FIXED, Outcome.CANNOT_TELL, Outcome.FAILED)


def _read(path: Path) -> Document:
    with told_to_the_user():
        return read_document(path)


def _variables(session: Session) -> dict[str, str]:
    """The variables that templates may name from the start."""
    business = {"business_id": session.profile.business_id} if session.profile.business_id else {}
    known = {"now_timestamp": str(time.time_ns()), "staff_id": session.staff[0].uid}
    return {**dates(datetime.now(UTC)), **known, **business}


def _tokens(session: Session) -> dict[str, TokenSource | None]:
    return {"admin": session.profile.tokens.admin, "staff": session.staff[0].token}


def _perform_all(run: _DocumentRun) -> tuple[Outcome, str]:
    try:
        for step in run.document.prerequisites:
            _prepare(run, step)
        for step in run.document.test_steps:
            _test(run, step)
    except _Stopped as stopped:
        return stopped.outcome, str(stopped)
    except Unreachable as stopped:
        return Outcome.CANNOT_TELL, str(stopped)
    broken = [row for row in run.rows[len(run.document.prerequisites) :] if row.broken]
    if broken:
        return Outcome.FAILED, f"step {broken[0].number} is answered {broken[0].seen}"
    return Outcome.FIXED, "every answer is as documented"


def _prepare(run: _DocumentRun, step: Step) -> None:
    """Performs a prerequisite; one that may fail (`onFail: skip` or `continue`) ends nothing."""
    wrong = _perform(run, step, documented=False)
    if wrong and step.on_fail == "abort":
        raise _Stopped(Outcome.CANNOT_TELL, f"prerequisite {step.id}: {wrong}")


def _test(run: _DocumentRun, step: Step) -> None:
    """Performs a step of the test request. One that is answered otherwise than documented has failed in any case."""
    wrong = _perform(run, step, documented=True)
    if wrong and step.on_fail == "abort":
        raise _Stopped(Outcome.FAILED, f"{step.id}: {wrong}")


def _perform(run: _DocumentRun, step: Step, *, documented: bool) -> str:
    """Sends one step and notes it. Returns what is wrong with its answer, or an empty text."""
    # No document says on which side of its request a step sleeps.
    run.wait(step.sleep)
    sent, delivery = _send(run, step)
    run.wait(step.sleep)
    http_answer = delivery.answer
    expected = _statuses(step)
    if http_answer is None:
        _note(run, step, expected, "lost", broken=False)
        raise _Stopped(Outcome.CANNOT_TELL, f"no answer to {step.id}: {delivery.why}")
    wrong = _what_is_wrong(run, step, http_answer, documented=documented)
    missing = _extract(run, step, sent, delivery)
    _note(run, step, expected, str(http_answer.status), broken=bool(wrong))
    if unauthorised(delivery) and wrong:
        raise _Stopped(Outcome.CANNOT_TELL, f"the target refuses the token of {step.id} ({delivery.request_id})")
    return wrong or missing


def _send(run: _DocumentRun, step: Step) -> tuple[SentRequest, Delivery]:
    """Sends a step; one whose admin token is refused, once more with the other scheme."""
    sent = _request(run, step)
    delivery = run.session.client.send_as_it_is(sent)

    def send_again() -> Delivery:
        run.tokens["admin"] = run.session.profile.tokens.admin
        return run.session.client.send_as_it_is(_request(run, step))

    meant = delivery.answer is not None and delivery.answer.status in step.expect_status
    if step.token == "admin" and not meant and run.session.admin_scheme.settle(delivery, send_again):
        return _send(run, step)
    return sent, delivery


def _request(run: _DocumentRun, step: Step) -> SentRequest:
    """The request of a step, with the document's first token where it names none of its own."""
    for name in variables_of(step) & run.lacking.keys():
        why = f"step {step.id} needs {{{{{name}}}}}, which step {run.lacking[name]} did not give"
        raise _Stopped(Outcome.CANNOT_TELL, why)
    token = step.token or next(iter(run.document.front.tokens), None)
    return request_of(replace(step, token=token), run.session, run.variables, run.tokens)


def _what_is_wrong(run: _DocumentRun, step: Step, http_answer: HttpAnswer, *, documented: bool) -> str:
    if http_answer.status not in step.expect_status:
        return f"answered {http_answer.status}, documented {_statuses(step)}"
    endpoint = run.document.front.endpoint
    if not documented or endpoint is None or not calls(step, endpoint):
        return ""
    bodies = _documented_bodies(run.document, http_answer.status)
    differs = difference(http_answer.status, parse(http_answer.text), bodies)
    return f"answered {http_answer.status} with a body that is not the documented one: {differs}" if differs else ""


def _statuses(step: Step) -> str:
    """The documented statuses as a text; only the first and the last if there are many."""
    listed = [str(status) for status in step.expect_status]
    return " or ".join(listed) if len(listed) <= MAX_LISTED_STATUSES else f"one of {listed[0]} to {listed[-1]}"


def _documented_bodies(document: Document, status: int) -> list[Json]:
    bodies = [error.body for error in document.errors if error.status == status]
    if document.success is not None and status in (document.success.status, *document.success.also):
        bodies.append(document.success.body)
    return bodies


def _extract(run: _DocumentRun, step: Step, sent: SentRequest, delivery: Delivery) -> str:
    """Keeps what a step extracts as variables. Returns what is missing, or an empty text."""
    body = parse(delivery.answer.text) if delivery.answer else NOT_JSON
    found = _found(sent.extract, body)
    run.variables |= {name: str(value) for name, value in found.items() if value is not None}
    names = [name for name in sent.extract if found.get(name) in (None, "")]
    run.lacking = {name: by for name, by in run.lacking.items() if name not in found}
    run.lacking |= {name: step.id for name in names if name not in run.variables}
    missing = [sent.extract[name] for name in names]
    return f"nothing at {', '.join(missing)} of its answer" if missing else ""


def _found(paths: Mapping[str, str], body: Json) -> dict[str, Json]:
    try:
        return extract(body, paths)
    except Exception as error:
        # jsonpath_ng raises bare Exceptions for paths that it cannot read.
        raise UsageError(
            f"extract: {', '.join(paths.values())}: {str(error)[:80]}", next="write it as a JSONPath: $.uid"
        ) from None


def _note(run: _DocumentRun, step: Step, expected: str, seen: str, *, broken: bool) -> None:
    does = f"{step.method} {step.path.partition('?')[0].rpartition('/')[2]}"
    number = len(run.rows) + 1
    run.rows.append(Row(number, does, step.description or step.id, expected, seen, broken=broken))
