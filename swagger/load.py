"""Merges document and swagger into one `Contract`: the document is followed, and every difference is kept as drift.

A document that lacks a part that a run needs is refused, with its place and what to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TypeVar

from swagger.clauses import all_clauses
from swagger.contract import (
    Clause,
    ClauseKind,
    Contract,
    ContractError,
    FieldRule,
    Json,
    Operation,
    Source,
    StateError,
    Step,
    Unused,
)
from swagger.drift import all_drift, is_alternative
from swagger.openapi.operation import SwaggerOperation, read_operation
from swagger.parsing.strict_json import refusal
from swagger.siblings import documents_in, endpoint_key, read_siblings
from swagger.understood import understood
from swagger.workflow.document import Document, calls, read_document
from swagger.workflow.responses import DocumentedResponse

_Part = TypeVar("_Part")

PACKAGE = Path(__file__).parent
PACKAGED = PACKAGE / "scheduling/workflows"
WORKFLOW = PACKAGED / "put_business_scheduling_v1_external_calendar_items_bulk_create.md"
ENDPOINT = endpoint_key("PUT", "/business/scheduling/v1/external_calendar_items/bulk_create")
SWAGGER = PACKAGE / "scheduling/legacy/scheduling.json"
NO_FIELDS: Mapping[str, str] = MappingProxyType({})


def load_contract(
    workflow: Path | None = None,
    swagger: Path | None = None,
    predicates: Collection[str] | None = None,
    *,
    documents: Path | None = None,
    needed_fields: Mapping[str, str] = NO_FIELDS,
) -> Contract:
    """The contract of a workflow document and a swagger, by default the packaged ones.

    `documents` is a folder of documents by their `endpoint:`, the endpoint's own and its siblings'; the packaged ones
    stand for those that it lacks.

    `predicates` are the codes of the state errors that the oracle can judge; None: any. `needed_fields` are the paths
    that a body must have to be of use, and their JSON types. ContractError if a file cannot be read, a needed part is
    missing, or a state error has no predicate; it ends with what was understood.
    """
    paths = {**documents_in(PACKAGED), **(documents_in(documents) if documents else {})}
    workflow = workflow or (paths[ENDPOINT] if documents else None)
    document = read_document(workflow or WORKFLOW)
    try:
        return _contract_of(document, workflow, swagger, predicates, needed_fields, paths.values())
    except ContractError as error:
        raise ContractError(f"{error.what} [understood: {understood(document)}]", next=error.next) from None


def _contract_of(
    document: Document,
    workflow: Path | None,
    swagger: Path | None,
    predicates: Collection[str] | None,
    needed_fields: Mapping[str, str],
    documents: Iterable[Path],
) -> Contract:
    endpoint = _endpoint(document)
    _check_doubts(document)
    described = read_operation(swagger or _swagger_beside(document, workflow), endpoint)
    fields = _merged(document, described)
    _check_fields(document, fields, needed_fields)
    success = _success(document)
    test_request = _test_request(document, endpoint)
    _check_test_body(test_request, needed_fields)
    _check_state_errors(document, predicates)
    create = _create_step(document)
    token = _token(document, test_request)
    clauses = tuple(all_clauses(document, create=create, success=success, token=token, fields=fields))
    _check_ids(document, clauses)
    beside = read_siblings(endpoint, described.siblings, documents)
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
        clauses=(*clauses, *(clause for promises in beside.promises.values() for clause in promises.clauses)),
        siblings=beside.operations,
        promises=beside.promises,
        rate_limit=described.rate_limit,
        rate_where=described.rate_where,
        drift=tuple(all_drift(document, described, success=success, token=token)),
        swagger_bodies=_example_bodies(described),
        unused=(*document.unused, *described.unused, *_done_by_replay_alone(document), *beside.unused),
    )


def _example_bodies(described: SwaggerOperation) -> dict[int, Json]:
    """The swagger's example bodies, by status."""
    with_body = (each for each in described.responses if each.status.isdecimal() and each.example is not None)
    return {int(each.status): each.example for each in with_body}


def _done_by_replay_alone(document: Document) -> Iterator[Unused]:
    """What a step says that a run, which makes its own requests, has no use for."""
    for step in (*document.prerequisites, *document.test_steps):
        for key in ("sleep", "content_type", "form_fields"):
            if getattr(step, key):
                yield Unused(f"step key `{key}`: `calfuzz replay` alone follows it", step.where)


def _endpoint(document: Document) -> Operation:
    todo = 'begin the document with `---`, `endpoint: "PUT /full/path"`, `---`'
    where = document.front.where("endpoint")
    return _needed(document.front.endpoint, where, "the front matter names no `endpoint`", next=todo)


def _check_doubts(document: Document) -> None:
    """Nothing is promised that was not understood: verdicts by the rest could be wrong."""
    doubt = next((unused for unused in document.unused if unused.doubt), None)
    if doubt is not None:
        raise refusal(
            doubt.where,
            f"{doubt.what}: not understood",
            next="say it plainly: one status, one type, Yes or No, sub-tables under the name of their field",
        )


def _check_fields(document: Document, fields: Sequence[FieldRule], needed: Mapping[str, str]) -> None:
    """Each needed field is promised with its type; an object or array is required, too, and an array's fields named."""
    rules = {rule.path: rule for rule in fields if rule.promised}
    nowhere = fields[0].where if fields else document.front.where("endpoint")
    for path, kind in needed.items():
        rule = rules.get(path)
        if rule is None:
            what, where = f"the body has no {kind} `{path}`", nowhere
        elif rule.type != kind or (kind in ("object", "array") and not rule.required):
            has = f"{'a required' if rule.required else 'an optional'} {rule.type}"
            what, where = f"`{path}` is {has}, where a required {kind} is needed", rule.where
        elif kind == "array" and not any(inner.parent == f"{path}[]" for inner in rules.values()):
            what, where = f"nothing says what an entry of `{path}` holds", rule.where
        else:
            continue
        todo = "name the document of an operation that takes it; `calfuzz replay` runs any document"
        raise refusal(where, f"{what}: the fuzzer cannot fill such a body", next=todo)


def _check_test_body(test_request: Step, needed: Mapping[str, str]) -> None:
    """The example names a value for each needed field; its items may come in another form."""
    for path in (path for path, kind in needed.items() if kind != "array"):
        value = test_request.body
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is None:
            todo = f"add `{path}` to the step's `body`"
            raise refusal(test_request.where, f"the body of the test request has no `{path}`", next=todo)


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
        if error.id in seen:
            what = f"state error `{error.id}` is documented twice, first in {seen[error.id].where}"
            raise refusal(error.where, what, next="give each state error a code of its own")
        seen[error.id] = error
        if predicates is not None and error.code not in predicates:
            named = f"`{error.code}`" if error.code else f"{error.message!r} without a code"
            what = f"state error {named} has no predicate: the oracle cannot tell when it is due"
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
        if error.id in others:
            what = f"state error `{error.id}` has the id of another clause"
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
