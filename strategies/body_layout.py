"""The layout of a body, read from the contract's field rules: its fields, the fields of its items, the item forms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from swagger.contract import Contract, ContractError, FieldRule, Json


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of a body. Frozen.

    `listing`: the list of items. `items`: the fields of one item. `unpromised`: fields that only the swagger has.
    """

    promised: tuple[FieldRule, ...]
    unpromised: tuple[FieldRule, ...]
    listing: FieldRule
    items: tuple[FieldRule, ...]

    @property
    def single(self) -> str | None:
        """The name of the field that holds one item in place of the list; None if there is no such field."""
        return self.listing.alternative

    @property
    def entry(self) -> str:
        """The path of one item of the list."""
        return f"{self.listing.path}[]"

    def within(self, parent: str) -> tuple[FieldRule, ...]:
        """The promised fields of one object; of the body itself for an empty path."""
        return tuple(rule for rule in self.promised if rule.parent == parent)


def layout_of(contract: Contract) -> Layout:
    """The layout of a contract's bodies. ContractError if they have no list of items."""
    return _layout(contract.fields)


@lru_cache(maxsize=32)
def _layout(fields: tuple[FieldRule, ...]) -> Layout:
    promised = tuple(rule for rule in fields if rule.promised)
    for listing in promised:
        items = tuple(rule for rule in promised if rule.parent == f"{listing.path}[]")
        if listing.type == "array" and not listing.parent and items:
            return Layout(promised, tuple(rule for rule in fields if not rule.promised), listing, items)
    raise ContractError(
        "the contract describes no list of items in the request body",
        next="document a field of type array, and the fields of its items as `name[].field`",
    )


def json_type(value: Json) -> str:
    """The JSON schema type name of a value; `integer` for a whole number."""
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def is_of_type(value: Json, name: str) -> bool:
    """Whether a value is of a JSON schema type; a whole number is a number, too."""
    kind = json_type(value)
    return kind == name or (kind, name) == ("integer", "number")
