"""Reads the keys of one YAML mapping as texts, flags and mappings; every error names the line of its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from swagger.contract import ContractError, Json, Source
from swagger.parsing.strict_json import refusal
from swagger.parsing.strict_yaml import FieldPath

_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class KeyReader:
    """Reads the keys of the mapping at a path. `lines` may lack some keys; `of` names the mapping in errors."""

    values: Mapping[str, Json]
    file: str
    lines: Mapping[FieldPath, int]
    path: FieldPath = ()
    of: str = ""

    def where(self, *key: str) -> Source:
        """The place of a key, or of the whole mapping."""
        return Source(self.file, self.lines.get((*self.path, *key)))

    def refusal(self, key: str, what: str, *, next: str) -> ContractError:
        """The error for the value of a key."""
        return refusal(self.where(key), f"`{key}`{self.of} {what}", next=next)

    def text(self, key: str, default: str = "") -> str:
        """The text of a key. ContractError for another value."""
        return self._value(str, key, default, "is not text", "write a word, or quote it")

    def flag(self, key: str) -> bool:
        """The truth value of a key, False if it is missing. ContractError for another value."""
        return self._value(bool, key, False, "is neither true nor false", "write true or false")

    def number(self, key: str) -> float:
        """The number of a key, 0 where it is missing; ContractError if its value is something else."""
        value = self.values.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refusal(key, "is not a number", next="write a number")
        return float(value)

    def mapping(self, key: str) -> dict[str, Json]:
        """The mapping of a key, empty if it is missing. ContractError for another value."""
        return self._value(dict, key, {}, "is not a mapping of keys", "write it as `name: value` lines")

    def _value(self, kind: type[_Kind], key: str, default: _Kind, what: str, next_step: str) -> _Kind:
        value = self.values.get(key)
        if value is None:
            return default
        if isinstance(value, kind):
            return value
        raise self.refusal(key, what, next=next_step)
