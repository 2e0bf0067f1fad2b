"""A contract for people and for programs: what `calfuzz contract` prints, as text of 120 columns or as JSON. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from swagger.contract import Clause, Contract, Drift, FieldRule, Json, Operation, Source

WIDTH = 120
JSON_VERSION = 1


def as_text(contract: Contract) -> str:
    """Clauses with place and sentence, field rules, drift and what was not used; no line ends in white space."""
    sections = [
        _heading(contract),
        *_section("clauses", [line for clause in contract.clauses for line in _clause(clause)]),
        *_section("fields", _field_table(contract.fields)),
        *_section("drift", [line for drift in contract.drift for line in _drift(drift)]),
        *_section("not used", [line for one in contract.unused for line in _placed(2, "", one.what, one.where)]),
    ]
    return "\n".join(line.rstrip() for line in sections) + "\n"


def as_json(contract: Contract) -> dict[str, Any]:
    """The same as a JSON object; `version` changes when a key changes its meaning or goes away."""
    return {
        "version": JSON_VERSION,
        "endpoint": _operation(contract.endpoint),
        "token": contract.token,
        "rate_limit": contract.rate_limit,
        "siblings": {name: _operation(sibling) for name, sibling in contract.siblings.items()},
        "success": {
            "status": contract.success_status,
            "body": contract.success_body,
            "where": str(contract.success_where),
        },
        "state_errors": [
            {
                "code": error.code,
                "status": error.status,
                "title": error.title,
                "message": error.message,
                "body": error.body,
                "occurs_when": error.occurs_when,
                "where": str(error.where),
            }
            for error in contract.state_errors
        ],
        "clauses": [
            {"id": clause.id, "kind": str(clause.kind), "says": clause.says, "where": str(clause.where)}
            for clause in contract.clauses
        ],
        "fields": [_field(rule) for rule in contract.fields],
        "drift": [drift_row(drift) for drift in contract.drift],
        "unused": [{"what": one.what, "where": str(one.where)} for one in contract.unused],
    }


def drift_row(drift: Drift) -> dict[str, Json]:
    """One difference as a JSON object; None where a side says nothing."""
    return {
        "what": drift.what,
        "document": drift.document,
        "document_where": _place(drift.document_where),
        "swagger": drift.swagger,
        "swagger_where": _place(drift.swagger_where),
        "follows": drift.follows,
    }


def _place(where: Source | None) -> str | None:
    return None if where is None else str(where)


def _operation(operation: Operation) -> dict[str, Json]:
    return {
        "name": operation.name,
        "method": operation.method,
        "path": operation.path,
        "use_fallback": operation.use_fallback,
    }


def _field(rule: FieldRule) -> dict[str, Json]:
    return {
        "path": rule.path,
        "type": rule.type,
        "required": rule.required,
        "format": rule.format,
        "listed": list(rule.listed),
        "alternative": rule.alternative,
        "promised": rule.promised,
        "says": rule.says,
        "where": str(rule.where),
    }


def _heading(contract: Contract) -> str:
    facts = [f"{contract.token} token", contract.rate_limit or "no rate limit"]
    facts += ["fallback API"] if contract.endpoint.use_fallback else []
    return f"{contract.endpoint.method} {contract.endpoint.path}\n{', '.join(facts)}"


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, *(lines or ["  none"])]


def _clause(clause: Clause) -> Iterator[str]:
    yield from _placed(2, "", clause.id, clause.where)
    yield from _wrapped(6, "", clause.says)


def _drift(drift: Drift) -> Iterator[str]:
    yield f"  {_printable(drift.what)}"
    for side, says, where in (
        ("document", drift.document, drift.document_where),
        ("swagger", drift.swagger, drift.swagger_where),
    ):
        mark = "followed" if drift.follows == side else ""
        label = f"{side:<10}{mark:<10}"
        yield from _placed(6, label, "nothing" if says is None else says, where)


def _field_table(fields: Iterable[FieldRule]) -> list[str]:
    rows = [("path", "required", "type", "format", "more"), *(_field_row(rule) for rule in fields)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return [
        line
        for row in rows
        for line in _wrapped(
            2, "".join(f"{cell:<{width + 2}}" for cell, width in zip(row, widths, strict=False)), row[4]
        )
    ]


def _field_row(rule: FieldRule) -> tuple[str, str, str, str, str]:
    more = [f"one of {', '.join(rule.listed)}"] if rule.listed else []
    more += [f"or {rule.alternative}"] if rule.alternative else []
    more += [] if rule.promised else ["only in the swagger: observed, not judged"]
    return _printable(rule.path), "yes" if rule.required else "no", rule.type, rule.format or "", "; ".join(more)


def _placed(indent: int, label: str, text: str, where: Source | None) -> list[str]:
    """The text with its place at the right edge: of its last line, or of one more where both do not fit."""
    lines = _wrapped(indent, label, text)
    place = _printable(str(where)) if where is not None else ""
    room = WIDTH - len(lines[-1]) - 2
    if len(place) <= room:
        return [*lines[:-1], f"{lines[-1]}  {place:>{room}}" if place else lines[-1]]
    return [*lines, f"{place:>{WIDTH}}"]


def _wrapped(indent: int, label: str, text: str) -> list[str]:
    first = " " * indent + label
    later = " " * min(len(first), WIDTH // 2)
    lines = textwrap.wrap(
        _printable(text), WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False
    )
    return lines or [first]


def _printable(text: str) -> str:
    """Without control characters: a document may hold escape sequences, and a terminal would obey them."""
    spaced = " ".join(text.split())
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in spaced)
