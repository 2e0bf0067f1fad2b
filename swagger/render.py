"""Renders a contract for `calfuzz contract`: as text of 120 columns, or as JSON. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from swagger.contract import Clause, ClauseKind, Contract, Drift, FieldRule, Json, Operation, Source, StateError, Unused
from swagger.drift import FRONT_MATTER

WIDTH = 120
JSON_VERSION = 1


def as_text(contract: Contract) -> str:
    """The contract as text: clauses with place and sentence, field rules, drift, unused parts."""
    sections = [
        _heading(contract),
        *_section("clauses", [line for clause in contract.clauses for line in _clause(clause)]),
        *_section("fields", _field_table(contract.fields)),
        *_section("drift", [line for drift in contract.drift for line in _drift(drift)]),
        *_section(
            "not used", [line for unused in contract.unused for line in _placed(2, "", unused.what, unused.where)]
        ),
    ]
    return "\n".join(line.rstrip() for line in sections) + "\n"


def as_json(contract: Contract) -> dict[str, Any]:
    """The contract as a JSON object. `version` changes when a key changes its meaning or is removed."""
    return {
        "version": JSON_VERSION,
        "endpoint": _row(contract.endpoint),
        "token": contract.token,
        "rate_limit": contract.rate_limit,
        "siblings": {name: _row(sibling) for name, sibling in contract.siblings.items()},
        "success": {
            "status": contract.success_status,
            "body": contract.success_body,
            "where": str(contract.success_where),
        },
        "state_errors": [_row(error) for error in contract.state_errors],
        "clauses": [_row(clause) for clause in contract.clauses],
        "fields": [_row(rule, _FIELD_KEYS) for rule in contract.fields],
        "drift": [drift_row(drift) for drift in contract.drift],
        "unused": [_row(unused, ("what", "where")) for unused in contract.unused],
    }


def drift_row(drift: Drift) -> dict[str, Json]:
    """One difference as a JSON object; None if a side says nothing."""
    return _row(drift)


_FIELD_KEYS = ("path", "type", "required", "format", "listed", "alternative", "promised", "says", "where")


def _row(
    piece: Operation | StateError | Clause | FieldRule | Drift | Unused, keys: Sequence[str] = ()
) -> dict[str, Json]:
    """A piece of the contract as a JSON object of these attributes, or of all. Places and kinds become texts."""
    keys = keys or [attribute.name for attribute in fields(piece)]
    return {key: _json_of(getattr(piece, key)) for key in keys}


def _json_of(value: Json | Source | ClauseKind) -> Json:
    if isinstance(value, Source | ClauseKind):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


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
    if drift.follows == FRONT_MATTER:
        yield from _placed(6, f"{FRONT_MATTER}, followed: ", f"no {drift.what}", None)


def _field_table(rules: Iterable[FieldRule]) -> list[str]:
    rows = [("path", "required", "type", "format", "more"), *(_field_row(rule) for rule in rules)]
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
    """The text with its place at the right edge of the last line, or of one more line if both do not fit."""
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
    """The text without control characters: a terminal would obey escape sequences in a document."""
    spaced = " ".join(text.split())
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in spaced)
