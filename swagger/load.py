"""Merges document and swagger into one `Contract`: the document is followed, and every difference is kept as drift.

A document that lacks a part that a run needs is refused, with its place and what to do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TypeVar

from swagger.clauses import all_clauses
from swagger.contract import Clause, ClauseKind, Contract, FieldRule, Operation, Source, StateError, Step
from swagger.drift import all_drift, is_alternative
from swagger.openapi.operation import SwaggerOperation, read_operation
from swagger.parsing.strict_json import refusal
from swagger.workflow.document import Document, calls, read_document
from swagger.workflow.responses import DocumentedResponse

_Part = TypeVar("_Part")

PACKAGE = Path(__file__).parent
WORKFLOW = PACKAGE / "scheduling/workflows/put_business_scheduling_v1_external_calendar_items_bulk_create.md"
SWAGGER = PACKAGE / "scheduling/legacy/scheduling.json"


def load_contract(
    workflow: Path | None = None, swagger: Path | None = None, predicates: Collection[str] | None = None
) -> Contract:
    """The contract of a workflow document and a swagger, by default the packaged ones.

    `predicates` are the codes of the state errors that the oracle can judge; None: any. ContractError if a file cannot
    be read, a needed part is missing, or a state error has no predicate.
    """
    document = read_document(workflow or WORKFLOW)
    endpoint = _endpoint(document)
    success = _success(document)
    test_request = _test_request(document, endpoint)
    _check_state_errors(document, predicates)
    create = _create_step(document)
    token = _token(document, test_request)
    described = read_operation(swagger or _swagger_beside(document, workflow), endpoint)
    fields = _merged(document, described)
    clauses = tuple(all_clauses(document, create=create, success=success, token=token, fields=fields))
    _check_ids(document, clauses)
    return Contract(
        endpoint=endpoint,
        token=token,
        prerequisites=document.prerequisites,
        test_request=test_request,
        fields=fields,
        success_status=success.status,
        success_body=success.body,
        success_where=success.where,
        state_errors=document.errors,
        clauses=clauses,
        siblings=described.siblings,
        rate_limit=described.rate_limit,
        rate_where=described.rate_where,
        drift=tuple(all_drift(document, described, success=success, token=token)),
        unused=(*document.unused, *described.unused),
    )


def _endpoint(document: Document) -> Operation:
    todo = 'begin the document with `---`, `endpoint: "PUT /full/path"`, `---`'
    where = document.front.where("endpoint")
    return _needed(document.front.endpoint, where, "the front matter names no `endpoint`", next=todo)


def _success(document: Document) -> DocumentedResponse:
    todo = "add a section `## Expected Response (200)` with its JSON body"
    return _needed(document.success, Source(document.file, 1), "no good answer is documented", next=todo)


def _test_request(document: Document, endpoint: Operation) -> Step:
    step = next((step for step in document.test_steps if calls(step, endpoint)), None)
    what = f"no test request calls {endpoint.method} {endpoint.path}"
    todo = "add a section `## Test Request` whose YAML steps call the endpoint"
    return _needed(step, _first_place(document, document.test_steps), what, next=todo)


def _create_step(document: Document) -> Step:
    step = next((step for step in document.prerequisites if step.method == "POST"), None)
    todo = "add a POST step to the YAML under `## Prerequisites`"
    where = _first_place(document, document.prerequisites)
    return _needed(step, where, "no prerequisite creates a calendar sync", next=todo)


def _first_place(document: Document, steps: Sequence[Step]) -> Source:
    return steps[0].where if steps else Source(document.file, 1)


def _needed(part: _Part | None, where: Source, what: str, *, next: str) -> _Part:
    """A part of a document that a contract needs. ContractError if it is missing."""
    if part is None:
        raise refusal(where, what, next=next)
    return part


def _check_state_errors(document: Document, predicates: Collection[str] | None) -> None:
    """ContractError unless there is a state error, each code comes once, and each has a predicate."""
    seen: dict[str, StateError] = {}
    for error in document.errors:
        if error.code in seen:
            what = f"state error `{error.code}` is documented twice, first in {seen[error.code].where}"
            raise refusal(error.where, what, next="give each state error a code of its own")
        seen[error.code] = error
        if predicates is not None and error.code not in predicates:
            what = f"state error `{error.code}` has no predicate: the oracle cannot tell when it is due"
            raise refusal(
                error.where,
                what,
                next=f"write one in fuzz/oracle/state.py; there are some for {', '.join(sorted(predicates))}",
            )
    if not seen:
        raise refusal(
            document.errors_where or Source(document.file, 1),
            "no state error is documented",
            next="add a section `### 422 - Title` with a JSON body and a sentence saying what it occurs when",
        )


def _check_ids(document: Document, clauses: Sequence[Clause]) -> None:
    """ContractError for a state error whose code is the id of another clause: verdicts name clauses by id."""
    others = {clause.id for clause in clauses if clause.kind is not ClauseKind.STATE_ERROR}
    for error in document.errors:
        if error.code in others:
            what = f"state error `{error.code}` has the id of another clause"
            raise refusal(error.where, what, next="give it another code")


def _token(document: Document, test_request: Step) -> str:
    """The token of the test request, else the first token that the front matter names."""
    named = document.front.tokens
    if test_request.token is not None and (not named or test_request.token in named):
        return test_request.token
    if not named:
        raise refusal(
            document.front.where("tokens"), "no token is named", next="add `tokens: [staff]` to the front matter"
        )
    return named[0]


def _swagger_beside(document: Document, workflow: Path | None) -> Path:
    """The swagger that the front matter names by its path from the repository root, else the packaged one."""
    named = document.front.swagger
    if workflow is None or named is None:
        return SWAGGER
    relative = PurePosixPath(named)
    if relative.is_absolute() or ".." in relative.parts:
        raise refusal(
            document.front.where("swagger"), f"`swagger` is {named!r}", next="give its path from the repository root"
        )
    for parent in workflow.absolute().parents:
        if (parent / relative).is_file():
            return parent / relative
    if SWAGGER.as_posix().endswith(f"/{relative}"):
        return SWAGGER
    raise refusal(
        document.front.where("swagger"), f"the swagger {named!r} was not found", next="name it with --swagger"
    )


def _merged(document: Document, swagger: SwaggerOperation) -> tuple[FieldRule, ...]:
    """The document's rules, then as unpromised those of fields that only the swagger has. The swagger's rules if the
    document has none.
    """
    if not document.fields:
        return swagger.fields
    known = {rule.path for rule in document.fields}
    others = [
        rule for rule in swagger.fields if rule.path not in known and not is_alternative(rule.path, document.fields)
    ]
    return (*document.fields, *(replace(rule, promised=False) for rule in others))
