"""Runs the steps of a workflow document in the documents' own grammar, judged by what the document itself says.

The contract's oracle has no part in this: a step is as expected if its status is, and an answer with a documented body
must have that body. So any document of the family can be run, and a bundle's `workflow.md` is one of them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from fuzz.engine.attempt import Incoming
from fuzz.engine.authorised import unauthorised
from fuzz.engine.profile import TokenSource
from fuzz.engine.replay import Outcome, ReplayResult, Row
from fuzz.engine.session import Session
from fuzz.engine.templates import dates
from fuzz.engine.transport import Delivery, Unreachable
from fuzz.engine.wire import Wired, extract, parse
from fuzz.errors import UsageError
from fuzz.model.answer import covers
from fuzz.model.exchange import NOT_JSON
from swagger.contract import ContractError, Json, Step
from swagger.document import Document, calls, read_document

MOST_LISTED = 4
NO_TOKEN, UNKNOWN_TOKEN, EMPTY_TOKEN = "none", "unknown", "empty"


@dataclass(slots=True)
class _Running:
    """One time through a document. Mutable: variables and rows are added as steps are done."""

    document: Document
    session: Session
    variables: dict[str, str]
    tokens: dict[str, TokenSource | None]
    rows: list[Row] = field(default_factory=list)


class _Ending(Exception):  # noqa: N818 - the end of a document is no error
    """Nothing more is run of the document: what that comes to, and why."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome


def replay_workflow(path: Path, session: Session, *, times: int = 1) -> ReplayResult:
    """Runs a document's prerequisites and test request. UsageError for a document, variable or token that is no good.

    FAILED: the test request is answered otherwise than documented. CANNOT TELL: it was not reached, or not answered.
    """
    document = _read(path)
    if "skipReason" in document.front.lines:
        why = f"{document.front.where('skipReason')}: the document says that it is to be skipped"
        return ReplayResult(path.name, Outcome.CANNOT_TELL, why, (), 0, 0)
    came = done = 0
    worst: tuple[Outcome, str, list[Row]] | None = None
    for _ in range(times):
        running = _Running(document, session, _variables(session), _tokens(session))
        outcome, why = _run(running)
        done += 1
        came += outcome is Outcome.FAILED
        if worst is None or _GRAVITY[outcome] >= _GRAVITY[worst[0]]:
            worst = outcome, why, running.rows
    assert worst is not None
    return ReplayResult(path.name, worst[0], worst[1], tuple(worst[2]), came, done)


_GRAVITY = {Outcome.FIXED: 0, Outcome.CANNOT_TELL: 1, Outcome.FAILED: 2}


def _read(path: Path) -> Document:
    try:
        document = read_document(path)
    except ContractError as error:
        raise UsageError(error.what, next=error.next) from None
    if not document.test_steps:
        raise UsageError(f"{path}: has no test request", next="add a section `## Test Request` with YAML steps")
    return document


def _variables(session: Session) -> dict[str, str]:
    """What the templates may name before any step is done; the second staff member's names end in `_2`."""
    members = enumerate(session.staff, start=1)
    staff = {"staff_id" if number == 1 else f"staff_id_{number}": member.uid for number, member in members}
    run = {"business_id": session.profile.business_id, "now_timestamp": str(time.time_ns())}
    return {**dates(datetime.now(UTC)), **run, **staff}


def _tokens(session: Session) -> dict[str, TokenSource | None]:
    members = enumerate(session.staff, start=1)
    staff = {"staff" if number == 1 else f"staff_{number}": member.token for number, member in members}
    return {"admin": session.profile.tokens.admin, NO_TOKEN: None, UNKNOWN_TOKEN: None, EMPTY_TOKEN: None, **staff}


def _run(running: _Running) -> tuple[Outcome, str]:
    try:
        for step in running.document.prerequisites:
            _prepare(running, step)
        for step in running.document.test_steps:
            _test(running, step)
    except _Ending as ending:
        return ending.outcome, str(ending)
    except Unreachable as ending:
        return Outcome.CANNOT_TELL, str(ending)
    broken = [row for row in running.rows[len(running.document.prerequisites) :] if row.broken]
    if broken:
        return Outcome.FAILED, f"step {broken[0].number} is answered {broken[0].seen}"
    return Outcome.FIXED, "every answer is as documented"


def _prepare(running: _Running, step: Step) -> None:
    """A prerequisite. What its failure means is for the document to say: `onFail`."""
    wrong = _perform(running, step, documented=False)
    if wrong and step.on_fail != "continue":
        skipped = "the test request is skipped, " if step.on_fail == "skip" else ""
        raise _Ending(Outcome.CANNOT_TELL, f"{skipped}prerequisite {step.id}: {wrong}")


def _test(running: _Running, step: Step) -> None:
    wrong = _perform(running, step, documented=True)
    if wrong and step.on_fail != "continue":
        raise _Ending(Outcome.FAILED, f"{step.id}: {wrong}")


def _perform(running: _Running, step: Step, *, documented: bool) -> str:
    """Does one step and notes it. What is wrong with its answer, or an empty text."""
    wired = _wired(running, step)
    delivery = running.session.transport.deliver(wired.outgoing)
    incoming = delivery.incoming
    expected = _statuses(step)
    if incoming is None:
        _note(running, step, expected, "lost", broken=False)
        raise _Ending(Outcome.CANNOT_TELL, f"no answer to {step.id}: {delivery.why}")
    wrong = _what_is_wrong(running, step, incoming, documented=documented)
    lacking = _extract(running, wired, delivery)
    _note(running, step, expected, str(incoming.status), broken=bool(wrong))
    if unauthorised(delivery) and wrong:
        raise _Ending(Outcome.CANNOT_TELL, f"the target refuses the token of {step.id} ({delivery.request_id})")
    return wrong or lacking


def _wired(running: _Running, step: Step) -> Wired:
    where = str(step.where)
    wired = running.session.wire.step(step, running.variables, running.tokens, where)
    if step.token != NO_TOKEN:
        return wired
    headers = {name: value for name, value in wired.outgoing.headers.items() if name != "Authorization"}
    return replace(wired, outgoing=replace(wired.outgoing, headers=headers, written=headers))


def _what_is_wrong(running: _Running, step: Step, incoming: Incoming, *, documented: bool) -> str:
    if incoming.status not in step.expect_status:
        return f"answered {incoming.status}, documented {_statuses(step)}"
    endpoint = running.document.front.endpoint
    if not documented or endpoint is None or not calls(step, endpoint):
        return ""
    bodies = _documented_bodies(running.document, incoming.status)
    body = parse(incoming.text)
    if bodies and not any(covers(body, each) for each in bodies):
        return f"answered {incoming.status} with a body that is not the documented one"
    return ""


def _statuses(step: Step) -> str:
    """The documented statuses: all of a few, the first and last of many."""
    listed = [str(status) for status in step.expect_status]
    return " or ".join(listed) if len(listed) <= MOST_LISTED else f"one of {listed[0]} to {listed[-1]}"


def _documented_bodies(document: Document, status: int) -> list[Json]:
    bodies = [error.body for error in document.errors if error.status == status]
    if document.success is not None and document.success.status == status:
        bodies.append(document.success.body)
    return bodies


def _extract(running: _Running, wired: Wired, delivery: Delivery) -> str:
    """Takes over what a step extracts. What is lacking, or an empty text."""
    body = parse(delivery.incoming.text) if delivery.incoming else NOT_JSON
    found = _found(wired.extract, body)
    running.variables |= {name: str(value) for name, value in found.items() if value is not None}
    lacking = [path for name, path in wired.extract.items() if found.get(name) in (None, "")]
    return f"nothing at {', '.join(lacking)} of its answer" if lacking else ""


def _found(paths: Mapping[str, str], body: Json) -> dict[str, Json]:
    try:
        return extract(body, paths)
    except Exception as error:
        # jsonpath_ng raises bare Exceptions for paths that it cannot read.
        raise UsageError(
            f"extract: {', '.join(paths.values())}: {str(error)[:80]}", next="write it as a JSONPath: $.uid"
        ) from None


def _note(running: _Running, step: Step, expected: str, seen: str, *, broken: bool) -> None:
    does = f"{step.method} {step.path.partition('?')[0].rpartition('/')[2]}"
    number = len(running.rows) + 1
    running.rows.append(Row(number, does, step.description or step.id, expected, seen, broken=broken))
