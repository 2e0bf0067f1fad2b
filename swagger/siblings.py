"""Reads what the sibling operations promise: each answers for its own document and its own swagger operation alone.

Nothing says that siblings share the errors of the endpoint. What none of a sibling's documents says is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from swagger.contract import (
    Clause,
    ClauseKind,
    ContractError,
    Operation,
    SiblingPromises,
    Source,
    StateError,
    Unused,
)
from swagger.drift import compact
from swagger.parsing.markdown import front_matter_text
from swagger.parsing.strict_json import MAX_DOCUMENT_BYTES, read_text
from swagger.workflow.document import Document, canonical_path, parse_document

_NO_SYNC = re.compile(
    r"\b(no|not|without|lacks?|isn't|doesn't)\b.{0,60}?\b(calendar ?syncs?|registered)\b", re.IGNORECASE | re.DOTALL
)
"""How a title or a sentence says that an error is due where the staff member has no calendar sync."""


@dataclass(frozen=True, slots=True)
class Siblings:
    """The operations beside the endpoint, what their documents promise, and what of these is not used. Frozen."""

    operations: Mapping[str, Operation]
    promises: Mapping[str, SiblingPromises]
    unused: tuple[Unused, ...]


def documents_in(folder: Path) -> dict[str, Path]:
    """The workflow documents in a folder and below, by the method and path of their `endpoint:`.

    A file without front matter is no workflow document. ContractError for two documents of one endpoint, and for a
    folder without any.
    """
    if not folder.is_dir():
        raise ContractError(f"{folder}: not a folder", next="name a folder of workflow documents")
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.md")):
        text = read_text(path, max_bytes=MAX_DOCUMENT_BYTES)
        if front_matter_text(text) is None or (key := _endpoint_in(text)) is None:
            continue
        if key in found:
            what = f"{path}: {key} is documented twice, first in {found[key]}"
            raise ContractError(what, next="leave one of the two in the folder")
        found[key] = path
    if not found:
        raise ContractError(f"{folder}: no workflow document in it", next="name a folder of .md files with `endpoint:`")
    return found


def _endpoint_in(text: str) -> str | None:
    """The key of the endpoint that a document names. Read by its line alone, as most documents are not used."""
    match = re.search(r"^endpoint:\s*[\"']?([A-Za-z]+)\s+(/[^\s\"']*)", front_matter_text(text) or "", re.MULTILINE)
    return None if match is None else endpoint_key(match[1].upper(), match[2])


def endpoint_key(method: str, path: str) -> str:
    """How an endpoint is looked up among documents: `PUT /path`, its parameters as `{}`."""
    return f"{method} {canonical_path(path)}"


def read_siblings(endpoint: Operation, in_swagger: Mapping[str, Operation], documents: Iterable[Path]) -> Siblings:
    """The siblings of an endpoint, from the swagger's operations and from documents of any endpoints."""
    operations, promises = dict(in_swagger), dict[str, SiblingPromises]()
    unused: list[Unused] = []
    for path in documents:
        document = parse_document(read_text(path, max_bytes=MAX_DOCUMENT_BYTES), path.name)
        operation = document.front.endpoint
        if operation is None or not _is_beside(operation, endpoint):
            continue
        operations[operation.name] = operation
        promises[operation.name] = _promises(operation.name, document)
        unused += _not_judged(operation.name, document)
    return Siblings(operations, promises, tuple(unused))


def _is_beside(operation: Operation, endpoint: Operation) -> bool:
    theirs, ours = canonical_path(operation.path), canonical_path(endpoint.path)
    return theirs != ours and theirs.rpartition("/")[0] == ours.rpartition("/")[0]


def _promises(name: str, document: Document) -> SiblingPromises:
    success, error = document.success, _without_sync(document)
    return SiblingPromises(
        name=name,
        success_status=success.status if success else 200,
        success_body=success.body if success else None,
        without_sync=error,
        providers=_providers(document),
        clauses=tuple(_clauses(name, document, error)),
    )


def _without_sync(document: Document) -> StateError | None:
    """The error that is due where the staff member has no sync; None if no error, or more than one, says so."""
    found = [error for error in document.errors if _NO_SYNC.search(error.occurs_when) or _NO_SYNC.search(error.title)]
    return found[0] if len(found) == 1 else None


def _providers(document: Document) -> tuple[str, ...]:
    """The providers of which the document speaks: those that it lists, else those of its test requests."""
    listed = next((rule.listed for rule in document.fields if rule.path == "calendar_sync.provider"), ())
    if listed:
        return listed
    syncs = [step.body.get("calendar_sync") for step in document.test_steps if isinstance(step.body, dict)]
    named = [sync.get("provider") for sync in syncs if isinstance(sync, dict)]
    return tuple(dict.fromkeys(provider for provider in named if isinstance(provider, str)))


def _clauses(name: str, document: Document, error: StateError | None) -> Iterator[Clause]:
    if error is not None:
        yield Clause(f"{name}.{error_name(document, error)}", ClauseKind.STATE_ERROR, error.occurs_when, error.where)
    if document.success is not None:
        says = f"{document.success.status} with {compact(document.success.body)}"
        yield Clause(f"{name}.success", ClauseKind.SUCCESS, says, document.success.where)
    sentence, where = document.token_sentence, document.front.where("tokens")
    if sentence is not None:
        yield Clause(f"{name}.token", ClauseKind.TOKEN, sentence.says, sentence.where)
    elif document.front.tokens:
        says = f"the token is a {' or '.join(document.front.tokens)} token"
        yield Clause(f"{name}.token", ClauseKind.TOKEN, says, where)
    yield _no_server_error(name, document)


def error_name(document: Document, error: StateError) -> str:
    """The name of a sibling's error in its clause: its code where no other has it, else the words of its title."""
    alone = bool(error.code) and sum(other.code == error.code for other in document.errors) == 1
    return error.code if alone else "_".join(re.findall(r"\w+", error.title.lower()))


def _no_server_error(name: str, document: Document) -> Clause:
    statuses = {error.status for error in document.errors} | ({document.success.status} if document.success else set())
    statuses |= {status for step in document.test_steps for status in step.expect_status}
    named = ", ".join(map(str, sorted(statuses))) or "none"
    where = document.errors_where or (document.success.where if document.success else _first_step(document))
    says = f"the documented statuses are {named}; a 5xx is not among them"
    return Clause(f"{name}.no_server_error", ClauseKind.NO_SERVER_ERROR, says, where)


def _first_step(document: Document) -> Source:
    return document.test_steps[0].where if document.test_steps else document.front.where("endpoint")


def _not_judged(name: str, document: Document) -> Iterator[Unused]:
    judged = _without_sync(document)
    for error in document.errors:
        if error is not judged:
            yield Unused(f"{name}: error {error.status} “{error.title}”: nothing tells when it is due", error.where)
