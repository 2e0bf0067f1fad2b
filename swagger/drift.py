"""Finds the differences between document and swagger, one `Drift` for each.

The fuzzer follows the document, and its front matter where its prose says another thing. The swagger's fields count
only if the document does not describe the body at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from swagger.contract import Drift, FieldRule, Json, Source, StateError
from swagger.openapi.operation import SwaggerOperation, SwaggerResponse
from swagger.workflow.document import Document
from swagger.workflow.responses import DocumentedResponse, error_entries

DOCUMENT = "document"
FRONT_MATTER = "front matter"
"""Followed where a document's prose says another thing than its front matter."""


def all_drift(
    document: Document, swagger: SwaggerOperation, *, success: DocumentedResponse, token: str
) -> Iterator[Drift]:
    """Every difference: first the gateway and the operation itself, then tokens, fields and responses."""
    yield from _gateway(document)
    if not swagger.found:
        endpoint = document.front.endpoint
        says = f"{endpoint.method} {endpoint.path}" if endpoint else None
        yield Drift("operation", says, document.front.where("endpoint"), None, swagger.where, DOCUMENT)
        return
    yield from _tokens(document, swagger, token)
    if document.fields:
        yield from _fields(document, swagger)
    yield from _success(success, swagger)
    yield from _errors(document, swagger)
    yield from _other_responses(document, success, swagger)


def _gateway(document: Document) -> Iterator[Drift]:
    """The fallback gateway that only the prose asks for. The other way round, the prose is silent, which is no row."""
    asked, endpoint = document.fallback_sentence, document.front.endpoint
    if asked is not None and endpoint is not None and not endpoint.use_fallback:
        yield Drift("useFallbackApi", asked.says, asked.where, None, None, FRONT_MATTER)


def compact(value: Json) -> str:
    """A JSON value on one line."""
    return json.dumps(value, ensure_ascii=False)


def _skeleton(body: Json) -> str:
    """The shape of a body: its keys, with the values of the plain ones and the keys of the others."""
    if not isinstance(body, dict):
        return compact(body)
    return "{" + ", ".join(f"{key}: {_inner_shape(value)}" for key, value in body.items()) + "}"


def _inner_shape(value: Json) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dict.fromkeys(_inner_shape(item) for item in value)) + "]"
    return compact(value)


def _tokens(document: Document, swagger: SwaggerOperation, token: str) -> Iterator[Drift]:
    documented = document.front.tokens or (token,)
    if swagger.tokens and set(documented) != set(swagger.tokens):
        where = document.front.where("tokens")
        yield Drift("tokens", ", ".join(documented), where, ", ".join(swagger.tokens), swagger.where, DOCUMENT)


def _fields(document: Document, swagger: SwaggerOperation) -> Iterator[Drift]:
    theirs = {rule.path: rule for rule in swagger.fields}
    for rule in document.fields:
        if rule.path in theirs:
            yield from _rule(rule, theirs.pop(rule.path))
        else:
            yield Drift(f"field {rule.path}", _described(rule), rule.where, None, swagger.where, DOCUMENT)
    for rule in document.fields:
        if rule.alternative_path is not None and rule.alternative_path not in theirs:
            what = f"field {rule.alternative_path}"
            yield Drift(what, f"alternative to {rule.path}", rule.where, None, swagger.where, DOCUMENT)
    for rule in theirs.values():
        if not is_alternative(rule.path, document.fields):
            yield Drift(f"field {rule.path}", None, None, _described(rule), rule.where, DOCUMENT)


def is_alternative(path: str, fields: tuple[FieldRule, ...]) -> bool:
    """Whether a path is a documented alternative, or inside one."""
    documented = (rule.alternative_path for rule in fields if rule.alternative_path is not None)
    return any(path == other or path.startswith((f"{other}.", f"{other}[]")) for other in documented)


def _described(rule: FieldRule) -> str:
    """A rule as a short text: `required string, date-time`."""
    words = f"{'required' if rule.required else 'optional'} {rule.type}"
    return f"{words}, {rule.format}" if rule.format else words


def _rule(ours: FieldRule, theirs: FieldRule) -> Iterator[Drift]:
    for what, says in _ASPECTS.items():
        document, swagger = says(ours), says(theirs)
        if document != swagger:
            yield Drift(f"{what} {ours.path}", document, ours.where, swagger, theirs.where, DOCUMENT)


_ASPECTS: Mapping[str, Callable[[FieldRule], str | None]] = {
    "required": lambda rule: "yes" if rule.required else "no",
    "type": lambda rule: rule.type,
    "format": lambda rule: rule.format,
    "listed values": lambda rule: ", ".join(sorted(compact(value) for value in rule.listed)) or None,
}


def _success(success: DocumentedResponse, swagger: SwaggerOperation) -> Iterator[Drift]:
    status = str(success.status)
    theirs = next((response for response in swagger.responses if response.status == status), None)
    if theirs is None:
        yield Drift(f"response {status}", compact(success.body), success.where, None, swagger.where, DOCUMENT)
    elif theirs.example is None:
        yield from _keys(status, success, theirs)
    elif theirs.example != success.body:
        what = f"response {status} body"
        yield Drift(what, compact(success.body), success.where, compact(theirs.example), theirs.where, DOCUMENT)


def _keys(status: str, success: DocumentedResponse, theirs: SwaggerResponse) -> Iterator[Drift]:
    ours = tuple(success.body) if isinstance(success.body, dict) else ()
    if theirs.keys and set(ours) != set(theirs.keys):
        names = ", ".join(ours), ", ".join(theirs.keys)
        yield Drift(f"response {status} keys", names[0], success.where, names[1], theirs.where, DOCUMENT)


def _errors(document: Document, swagger: SwaggerOperation) -> Iterator[Drift]:
    """The differences for each status: the envelope, then each error by its code, also if only one side has it."""
    theirs = {response.status: response for response in swagger.responses}
    enveloped: set[str] = set()
    for error in document.errors:
        status = str(error.status)
        response = theirs.get(status)
        if response is not None and response.example is not None and status not in enveloped:
            enveloped.add(status)
            yield from _envelope(error, response)
        yield from _error(error, response, swagger.where)
    for status in sorted(enveloped):
        yield from _only_swagger(document, theirs[status])


def _envelope(error: StateError, response: SwaggerResponse) -> Iterator[Drift]:
    ours, theirs = _skeleton(error.body), _skeleton(response.example)
    if ours != theirs:
        yield Drift(f"response {error.status} envelope", ours, error.where, theirs, response.where, DOCUMENT)


def _error(error: StateError, response: SwaggerResponse | None, nowhere: Source) -> Iterator[Drift]:
    codes = [code for code, _ in error_entries(response.example)] if response else []
    example = compact(response.example) if response and error.code in codes else None
    if example != compact(error.body):
        where = response.where if response else nowhere
        yield Drift(f"response {error.status} {error.id}", compact(error.body), error.where, example, where, DOCUMENT)


def _only_swagger(document: Document, response: SwaggerResponse) -> Iterator[Drift]:
    known = {error.code for error in document.errors if str(error.status) == response.status}
    for code, message in error_entries(response.example):
        if code not in known:
            what, says = (
                f"response {response.status} {code or repr(message)}",
                compact({"code": code, "message": message}),
            )
            yield Drift(what, None, None, says, response.where, DOCUMENT)


def _other_responses(document: Document, success: DocumentedResponse, swagger: SwaggerOperation) -> Iterator[Drift]:
    known = {str(success.status), *(str(error.status) for error in document.errors)}
    for response in swagger.responses:
        if response.status not in known:
            says = response.description or "listed"
            yield Drift(f"response {response.status}", None, None, says, response.where, DOCUMENT)
