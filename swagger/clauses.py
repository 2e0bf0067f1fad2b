"""Makes the clauses of a contract: every promise as one sentence with an id and a place.

Their order and ids must not change: verdicts, tallies and baselines name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from swagger.contract import Clause, ClauseKind, FieldRule, Source, StateError, Step, field_clause_id
from swagger.drift import compact
from swagger.parsing.markdown import sentences
from swagger.workflow.document import Document
from swagger.workflow.responses import DocumentedResponse


def all_clauses(
    document: Document, *, create: Step, success: DocumentedResponse, token: str, fields: Iterable[FieldRule]
) -> Iterator[Clause]:
    """All clauses of a complete document. `fields`: the merged field rules."""
    for error in document.errors:
        yield Clause(error.id, ClauseKind.STATE_ERROR, error.occurs_when, error.where)
    yield Clause("success", ClauseKind.SUCCESS, f"{success.status} with {compact(success.body)}", success.where)
    yield Clause("create", ClauseKind.CREATE, _create_says(create), create.where)
    if document.stored_sentence is not None:
        stored = document.stored_sentence
        yield Clause("account_stored", ClauseKind.ACCOUNT_STORED, stored.says, stored.where)
    yield _token_clause(document, token)
    yield from _field_clauses([rule for rule in fields if rule.promised])
    yield _no_server_error(document)


def _create_says(create: Step) -> str:
    statuses = " or ".join(str(status) for status in create.expect_status)
    extracted = "".join(f" and {path}" for path in create.extract.values())
    answer = f"{create.method} {create.path} answers {statuses}{extracted}"
    return f"{create.description}; {answer}" if create.description else answer


def _token_clause(document: Document, token: str) -> Clause:
    if (sentence := document.token_sentence) is not None:
        return Clause("token", ClauseKind.TOKEN, sentence.says, sentence.where)
    return Clause("token", ClauseKind.TOKEN, f"the token is a {token} token", document.front.where("tokens"))


def _field_clauses(rules: list[FieldRule]) -> Iterator[Clause]:
    for rule in rules:
        if rule.required:
            says = f"`{rule.path}` is required: {rule.says}"
            yield Clause(field_clause_id(ClauseKind.REQUIRED, rule.path), ClauseKind.REQUIRED, says, rule.where)
    for rule in rules:
        article = "an" if rule.type[0] in "aeiou" else "a"
        yield Clause(
            field_clause_id(ClauseKind.TYPE, rule.path),
            ClauseKind.TYPE,
            f"`{rule.path}` is {article} {rule.type}",
            rule.where,
        )
    for rule in rules:
        if rule.format is not None:
            says = f"`{rule.path}` is a {rule.format}: {rule.says}"
            yield Clause(field_clause_id(ClauseKind.FORMAT, rule.path), ClauseKind.FORMAT, says, rule.where)
    for rule in rules:
        if rule.listed:
            yield Clause(
                field_clause_id(ClauseKind.LISTED, rule.path),
                ClauseKind.LISTED,
                _sentence(rule, rule.listed[0]),
                rule.where,
            )
    named: dict[str, FieldRule] = {}
    for rule in rules:
        if rule.alternative_path is not None:
            named.setdefault(rule.alternative_path, rule)
    for path, rule in named.items():
        says = _sentence(rule, path.rpartition(".")[2])
        yield Clause(field_clause_id(ClauseKind.ALTERNATIVE, path), ClauseKind.ALTERNATIVE, says, rule.where)


def _sentence(rule: FieldRule, word: str) -> str:
    """The sentence of the rule's description that has a word."""
    return next((sentence for sentence in sentences(rule.says) if word in sentence), rule.says)


def _no_server_error(document: Document) -> Clause:
    where = document.errors_where or Source(document.file)
    listed = ", ".join(_named(error) for error in document.errors)
    says = f"the documented errors are {listed}; a 5xx is not among them"
    return Clause("no_server_error", ClauseKind.NO_SERVER_ERROR, says, where)


def _named(error: StateError) -> str:
    return f"{error.status} {error.code or repr(error.message)}"
