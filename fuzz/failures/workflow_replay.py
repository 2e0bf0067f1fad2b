"""Replays a workflow document: sends its steps as written, and judges the answers by the document itself.

The oracle is not used. A step is as documented if its status is; if the document shows bodies for that status, the
answer must have one of them. Any workflow document can be replayed, a bundle's `workflow.md` too.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from fuzz.errors import UsageError
from fuzz.failures.replay import Outcome, ReplayResult, Row
from fuzz.oracle.actions import NOT_JSON
from fuzz.oracle.answer import covers
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
NO_TOKEN, UNKNOWN_TOKEN, EMPTY_TOKEN = "none", "unknown", "empty"


@dataclass(slots=True)
class _DocumentRun:
    """One run of a document. Mutable: variables and rows are added step by step."""

    document: Document
    session: Session
    variables: dict[str, str]
    tokens: dict[str, TokenSource | None]
    rows: list[Row] = field(default_factory=list)


class _Stopped(Exception):  # noqa: N818 - a document that ends early is no error
    """Raised when the rest of a document is not run; holds the outcome and the reason."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome


def replay_workflow(path: Path, session: Session, *, times: int = 1) -> ReplayResult:
    """Runs a document's prerequisites and test request `times` times; returns the worst result.

    FAILED: the test request is not answered as documented. CANNOT TELL: it was not reached, or not answered.
    UsageError for a document that cannot be read, or that names an unknown variable or token.
    """
    document = _read(path)
    if "skipReason" in document.front.lines:
        why = f"{document.front.where('skipReason')}: the document says that it is to be skipped"
        return ReplayResult(path.name, Outcome.CANNOT_TELL, why, (), 0, 0)
    results = []
    for _ in range(times):
        run = _DocumentRun(document, session, _variables(session), _tokens(session))
        results.append((*_perform_all(run), tuple(run.rows)))
    failed = sum(outcome is Outcome.FAILED for outcome, _, _ in results)
    outcome, why, rows = max(reversed(results), key=lambda result: _BADNESS.index(result[0]))
    return ReplayResult(path.name, outcome, why, rows, failed, times)


_BADNESS = (Outcome.FIXED, Outcome.CANNOT_TELL, Outcome.FAILED)


def _read(path: Path) -> Document:
    with told_to_the_user():
        document = read_document(path)
    if not document.test_steps:
        raise UsageError(f"{path}: has no test request", next="add a section `## Test Request` with YAML steps")
    return document


def _variables(session: Session) -> dict[str, str]:
    """The variables that templates may name from the start; those of the second staff member end in `_2`."""
    members = enumerate(session.staff, start=1)
    staff = {"staff_id" if number == 1 else f"staff_id_{number}": member.uid for number, member in members}
    fixed = {"business_id": session.profile.business_id, "now_timestamp": str(time.time_ns())}
    return {**dates(datetime.now(UTC)), **fixed, **staff}


def _tokens(session: Session) -> dict[str, TokenSource | None]:
    members = enumerate(session.staff, start=1)
    staff = {"staff" if number == 1 else f"staff_{number}": member.token for number, member in members}
    return {"admin": session.profile.tokens.admin, NO_TOKEN: None, UNKNOWN_TOKEN: None, EMPTY_TOKEN: None, **staff}


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
    """Performs a prerequisite. Its `onFail` says what happens if it fails."""
    wrong = _perform(run, step, documented=False)
    if wrong and step.on_fail != "continue":
        skipped = "the test request is skipped, " if step.on_fail == "skip" else ""
        raise _Stopped(Outcome.CANNOT_TELL, f"{skipped}prerequisite {step.id}: {wrong}")


def _test(run: _DocumentRun, step: Step) -> None:
    """Performs a step of the test request."""
    wrong = _perform(run, step, documented=True)
    if wrong and step.on_fail != "continue":
        raise _Stopped(Outcome.FAILED, f"{step.id}: {wrong}")


def _perform(run: _DocumentRun, step: Step, *, documented: bool) -> str:
    """Sends one step and notes it. Returns what is wrong with its answer, or an empty text."""
    sent, delivery = _send(run, step)
    http_answer = delivery.answer
    expected = _statuses(step)
    if http_answer is None:
        _note(run, step, expected, "lost", broken=False)
        raise _Stopped(Outcome.CANNOT_TELL, f"no answer to {step.id}: {delivery.why}")
    wrong = _what_is_wrong(run, step, http_answer, documented=documented)
    missing = _extract(run, sent, delivery)
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
    where = str(step.where)
    sent = run.session.request_builder.step(step, run.variables, run.tokens, where)
    if step.token != NO_TOKEN:
        return sent
    headers, written = (_without_token(headers) for headers in (sent.http.headers, sent.http.written))
    return replace(sent, http=replace(sent.http, headers=headers, written=written))


def _without_token(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "Authorization"}


def _what_is_wrong(run: _DocumentRun, step: Step, http_answer: HttpAnswer, *, documented: bool) -> str:
    if http_answer.status not in step.expect_status:
        return f"answered {http_answer.status}, documented {_statuses(step)}"
    endpoint = run.document.front.endpoint
    if not documented or endpoint is None or not calls(step, endpoint):
        return ""
    bodies = _documented_bodies(run.document, http_answer.status)
    body = parse(http_answer.text)
    if bodies and not any(covers(body, documented_body) for documented_body in bodies):
        return f"answered {http_answer.status} with a body that is not the documented one"
    return ""


def _statuses(step: Step) -> str:
    """The documented statuses as a text; only the first and the last if there are many."""
    listed = [str(status) for status in step.expect_status]
    return " or ".join(listed) if len(listed) <= MAX_LISTED_STATUSES else f"one of {listed[0]} to {listed[-1]}"


def _documented_bodies(document: Document, status: int) -> list[Json]:
    bodies = [error.body for error in document.errors if error.status == status]
    if document.success is not None and document.success.status == status:
        bodies.append(document.success.body)
    return bodies


def _extract(run: _DocumentRun, sent: SentRequest, delivery: Delivery) -> str:
    """Keeps the values that a step extracts as variables. Returns what is missing, or an empty text."""
    body = parse(delivery.answer.text) if delivery.answer else NOT_JSON
    found = _found(sent.extract, body)
    run.variables |= {name: str(value) for name, value in found.items() if value is not None}
    missing = [path for name, path in sent.extract.items() if found.get(name) in (None, "")]
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
