"""Reads the field rules of an operation's body schema: follows references, and keeps each field's JSON pointer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from swagger.contract import FieldRule, Json, Source, Unused
from swagger.openapi.entities import place_of
from swagger.parsing.strict_json import refusal

if TYPE_CHECKING:
    from schemathesis import APIOperation

_TYPES = ("string", "integer", "number", "boolean", "object", "array")
MAX_FIELDS = 2_000
"""Fields of a body that are read. A few dozen references, each to two others, would make billions."""
_BUNDLED = "#/x-bundled/"


def escaped(name: str) -> str:
    """A name escaped as one part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def body_rules(operation: APIOperation[Any, Any, Any, Any], where: Source) -> tuple[list[FieldRule], list[Unused]]:
    """The rules for the fields of an operation's JSON body; none if it has no such body."""
    for body in operation.body:
        if "json" in body.media_type:
            schema = body.definition["schema"]
            reader = _Reader(where.file, schema.get("x-bundled", {}), body.name_to_uri)
            place = _Place(schema, _pointer(operation, where, body.media_type), ())
            rules = list(islice(reader.rules(place, ""), MAX_FIELDS + 1))
            if len(rules) > MAX_FIELDS:
                what = f"the body has more than {MAX_FIELDS} fields"
                raise refusal(place_of(where.file, place.pointer), what, next="shorten the references that repeat")
            return rules, reader.unused
    return [], []


def schema_keys(schema: Json) -> tuple[str, ...]:
    """The top-level keys that a bundled response schema names."""
    if not isinstance(schema, dict):
        return ()
    reader = _Reader("", schema.get("x-bundled", {}), {})
    return tuple(name for name, *_ in reader.properties(_Place(schema, "", ())))


def _pointer(operation: APIOperation[Any, Any, Any, Any], where: Source, media_type: str) -> str:
    """The pointer of the body's schema: a parameter in Swagger 2, the request body in OpenAPI 3."""
    for index, parameter in enumerate(operation.definition.raw.get("parameters", ())):
        if parameter.get("in") == "body":
            return f"{where.pointer}/parameters/{index}/schema"
    return f"{where.pointer}/requestBody/content/{escaped(media_type)}/schema"


@dataclass(frozen=True, slots=True)
class _Place:
    """A schema, its pointer, and the names of the references followed to it."""

    schema: Mapping[str, Json]
    pointer: str
    through: tuple[str, ...]


@dataclass(slots=True)
class _Reader:
    """Walks one bundled schema; collects the fields that have no type. Mutable."""

    file: str
    bundled: Mapping[str, Mapping[str, Json]]
    origins: Mapping[str, str]
    unused: list[Unused] = field(default_factory=list)

    def rules(self, place: _Place, prefix: str) -> Iterator[FieldRule]:
        for name, found, required in self.properties(place):
            path, where = f"{prefix}{name}", place_of(self.file, found.pointer)
            inside = self.resolved(found)
            kind = _type(inside.schema)
            if kind is None:
                self.unused.append(Unused(f"field `{path}`: no type", where))
                continue
            yield _rule(path, kind, required, found.schema, inside.schema, where)
            if kind == "array":
                yield from self.rules(_inner(inside, "items"), f"{path}[].")
            else:
                yield from self.rules(inside, f"{path}.")

    def properties(self, place: _Place) -> Iterator[tuple[str, _Place, bool]]:
        """Name, schema and requiredness of each property, those of `allOf` parts included."""
        place = self.resolved(place)
        required = place.schema.get("required", ())
        for name in place.schema.get("properties", {}):
            yield name, _inner(place, "properties", name), name in required
        for index in range(len(place.schema.get("allOf", ()))):
            yield from self.properties(_inner(place, "allOf", index))

    def resolved(self, place: _Place) -> _Place:
        """The schema that the references at a place lead to. ContractError for a reference to itself."""
        while (reference := place.schema.get("$ref")) is not None:
            name = reference.removeprefix(_BUNDLED)
            pointer = self.origins.get(name, "").partition("#")[2]
            if name in place.through:
                where = place_of(self.file, pointer)
                raise refusal(where, "this schema refers to itself", next="give a swagger whose bodies end somewhere")
            place = _Place(self.bundled[name], pointer, (*place.through, name))
        return place


def _inner(place: _Place, *keys: str | int) -> _Place:
    schema: Json = place.schema
    for key in keys:
        schema = schema.get(key, {}) if isinstance(key, str) else schema[key]
    return _Place(schema, place.pointer + "".join(f"/{escaped(str(key))}" for key in keys), place.through)


def _type(schema: Mapping[str, Json]) -> str | None:
    """The JSON type of a schema; if it names none, the type that its keywords imply."""
    named = schema.get("type")
    types = [kind for kind in (named if isinstance(named, list) else [named]) if kind in _TYPES]
    if types:
        return str(types[0])
    if "properties" in schema or "allOf" in schema:
        return "object"
    return "array" if "items" in schema else None


def _rule(
    path: str, kind: str, required: bool, own: Mapping[str, Json], inside: Mapping[str, Json], where: Source
) -> FieldRule:
    listed = tuple(value for value in inside.get("enum", ()) if isinstance(value, str))
    says = own.get("description") or inside.get("description") or ""
    form = "date-time" if inside.get("format") == "date-time" else None
    return FieldRule(path, kind, required, " ".join(str(says).split()), where, format=form, listed=listed)
