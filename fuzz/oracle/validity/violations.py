"""Finds the rules that a body violates. It judges the body as sent, not how it was made.

To a *valid* body the table of states applies. An *invalid* body must be refused. An *unspecified* body may be accepted
or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from fuzz.oracle.state import Named
from fuzz.oracle.validity.dates import read_date
from fuzz.oracle.validity.feature_names import Unspecified
from swagger.contract import ClauseKind, Contract, FieldRule, Json, field_clause_id


@dataclass(frozen=True, slots=True)
class Validity:
    """The validity of a body. Frozen.

    `violations`: ids of the clauses that it violates, in the contract's order. `unspecified`: its unspecified features,
    sorted by their texts.
    """

    violations: tuple[str, ...] = ()
    unspecified: tuple[Unspecified, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether the body violates nothing and has no unspecified feature."""
        return not self.violations and not self.unspecified


_IS_TYPE: dict[str, Callable[[Json], bool]] = {
    "string": lambda value: isinstance(value, str),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}


def named_by(body: Json) -> Named:
    """The provider and account that a body names, exactly as sent; None if it names none."""
    sync = body.get("calendar_sync") if isinstance(body, dict) else None
    if not isinstance(sync, dict):
        return Named(None, None)
    return Named(sync.get("provider"), sync.get("account"))


def violations(contract: Contract, body: Json) -> tuple[str, ...]:
    """Ids of the documented rules that the body violates, in the contract's order.

    A body with both item forms violates a rule only if neither form keeps all rules: it is not specified which form a
    service reads.
    """
    found = set(_violated_at(contract, "", body))
    found.update(_violated_items(contract, body))
    if len(found) < 2:
        return tuple(found)
    order = {clause.id: place for place, clause in enumerate(contract.clauses)}
    return tuple(sorted(found, key=lambda clause: order.get(clause, len(order))))


def _violated_at(contract: Contract, parent: str, value: Json) -> Iterator[str]:
    """The rules that the fields of one object and of its inner objects violate, items not included."""
    fields = value if isinstance(value, dict) else {}
    for rule in contract.promised_in(parent).values():
        if rule.type == "array":
            continue
        yield from _violated_field(rule, [fields])
        if rule.type == "object" and isinstance(fields.get(rule.name), dict):
            yield from _violated_at(contract, rule.path, fields[rule.name])


def _violated_field(rule: FieldRule, objects: Sequence[dict[str, Json]]) -> Iterator[str]:
    """The rules that one field violates in any of the objects."""
    values = [fields[rule.name] for fields in objects if rule.name in fields]
    if rule.required and len(values) < len(objects):
        yield field_clause_id(ClauseKind.REQUIRED, rule.path)
    for value in distinct(values):
        if value is None and not rule.required:
            continue
        if not _IS_TYPE.get(rule.type, lambda _: True)(value):
            yield field_clause_id(ClauseKind.TYPE, rule.path)
        elif rule.format == "date-time" and value.strip() and read_date(value).broken:
            yield field_clause_id(ClauseKind.FORMAT, rule.path)


def distinct(values: Sequence[Json]) -> Collection[Json]:
    """The values without repeated texts, for speed: in many items most fields are the same."""
    if len(values) < 2:
        return values
    return {value if isinstance(value, str) else id(value): value for value in values}.values()


def _violated_items(contract: Contract, body: Json) -> set[str]:
    violated: set[str] = set()
    fields = body if isinstance(body, dict) else {}
    for rule in contract.promised_in("").values():
        if rule.type != "array":
            continue
        forms = [_violated_list(contract, rule, fields[rule.name])] if fields.get(rule.name) is not None else []
        if rule.alternative and fields.get(rule.alternative) is not None:
            forms.append(_violated_single(contract, rule, fields[rule.alternative]))
        if not forms:
            violated.update(_violated_absent(rule, fields))
        elif all(forms):
            violated.update(*forms)
    return violated


def _violated_absent(rule: FieldRule, fields: dict[str, Json]) -> Iterator[str]:
    if rule.required:
        yield field_clause_id(ClauseKind.TYPE if rule.name in fields else ClauseKind.REQUIRED, rule.path)


def _violated_list(contract: Contract, rule: FieldRule, value: Json) -> set[str]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return {field_clause_id(ClauseKind.TYPE, rule.path)}
    rules = contract.promised_in(f"{rule.path}[]").values()
    return {clause for inner in rules for clause in _violated_field(inner, value)}


def _violated_single(contract: Contract, rule: FieldRule, value: Json) -> set[str]:
    if not isinstance(value, dict):
        return {field_clause_id(ClauseKind.ALTERNATIVE, str(rule.alternative))}
    return _violated_list(contract, rule, [value])


def items_of(contract: Contract, body: Json) -> list[dict[str, Json]]:
    """The items of a body that are objects, from both item forms."""
    if not isinstance(body, dict):
        return []
    found: list[Json] = []
    for rule in contract.promised_in("").values():
        if rule.type == "array":
            listed = body.get(rule.name)
            found.extend(listed if isinstance(listed, list) else [])
            found.append(body.get(rule.alternative or ""))
    return [item for item in found if isinstance(item, dict)]
