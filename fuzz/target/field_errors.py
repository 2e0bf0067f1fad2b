"""What is wrong with a field of a user's file, in our words: pydantic's are about its types, not about the file."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from swagger.contract import Json
from swagger.parsing.strict_yaml import FieldPath

_EXPECTED = {
    "string_type": "a text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping of {fields}",
    "model_attributes_type": "a mapping of {fields}",
    "date_type": "a date such as 2026-01-31",
    "date_parsing": "a date such as 2026-01-31",
    "date_from_datetime_parsing": "a date such as 2026-01-31",
}
"""What is expected in a field, by the type of pydantic's error. `{fields}`: those that stand in the mapping."""

_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "empty"),
    (bool, "true or false"),
    ((int, float), "a number"),
    (str, "a text"),
    (list, "a list"),
    (dict, "a mapping"),
    (datetime.date, "a date"),
)


class FieldError(NamedTuple):
    """The field that is wrong, what is wrong with it, and what to do next; an empty text if that is not plain."""

    field: FieldPath
    says: str
    next: str


def field_error(error: ValidationError, model: type[BaseModel], value: Json, kind: str) -> FieldError:
    """The one error of a file that is told: a key that is no field goes before one that is missing on its account."""
    found = error.errors(include_url=False)
    first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
    field = _field_of(first, value)
    if first["type"] == "extra_forbidden":
        return _unknown_key(field, model, kind)
    same = [each for each in found if _field_of(each, value) == field]
    expected = dict.fromkeys(_EXPECTED[each["type"]] for each in same if each["type"] in _EXPECTED)
    if first["type"] in _EXPECTED:
        return _another_type(field, tuple(expected), model, first["input"])
    return FieldError(field, *_what_is_wrong(first))


def _field_of(error: ErrorDetails, value: Json) -> FieldPath:
    """The path of a field as it stands in the file: without the names that pydantic gives to what it tried there."""
    path: list[str | int] = []
    for part in error["loc"]:
        there = part in value if isinstance(value, dict) else isinstance(value, list) and isinstance(part, int)
        if not there:
            return (*path, part) if error["type"] == "missing" else tuple(path)
        path.append(part)
        value = value[part]
    return tuple(path)


def _unknown_key(field: FieldPath, model: type[BaseModel], kind: str) -> FieldError:
    known = list(_model_at(model, field[:-1]).model_fields)
    near = get_close_matches(str(field[-1]), known, 1)
    says = f" is no field of a {kind}"
    if near:
        return FieldError(field, f"{says}: is {near[0]} meant?", f"write {near[0]} in its place, or take it out")
    return FieldError(field, says, f"take it out; the fields here are {', '.join(known)}")


def _another_type(field: FieldPath, expected: Sequence[str], model: type[BaseModel], value: Any) -> FieldError:
    """A value of the wrong kind. It is not quoted: it may be a token."""
    wanted = " or ".join(expected).format(fields=", ".join(_model_at(model, field).model_fields))
    is_scalar = isinstance(value, (int, float, datetime.date))
    advice = "put it in quotes" if "a text" in expected and is_scalar else ""
    return FieldError(field, f" is {_kind_of(value)}, and must be {wanted}", advice)


def _what_is_wrong(error: ErrorDetails) -> tuple[str, str]:
    limits = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return " is missing", "add it"
        case "other_version":
            return f" {error['msg']}", "use a newer calfuzz"
        case "value_error":
            return f" {error['msg'].removeprefix('Value error, ')}", ""
        case "too_short" | "string_too_short":
            return " is empty", ""
        case "greater_than":
            return f" must be more than {limits['gt']:g}", ""
        case "less_than_equal":
            return f" must be {limits['le']:g} or less", ""
    return f": {error['msg']}", ""


def _kind_of(value: Any) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "something else")


def _model_at(model: type[BaseModel], path: FieldPath) -> type[BaseModel]:
    """The model of what stands at a path: of the entries, where that is a list or a mapping of them."""
    for part in path:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        if field is not None:
            model = next(_models_in(field.annotation), model)
    return model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
