"""Reads YAML texts strictly, as JSON values with the line of every part: every error is a `ContractError`.

Stricter than the library: a repeated key is refused, values are those of JSON (a date stays a text), and nesting and
the expansion of aliases have limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from swagger.contract import Json, Source
from swagger.parsing.strict_json import line_of, refusal, writable

MAX_YAML_VALUES = 100_000

_TAG = "tag:yaml.org,2002:"

FieldPath = tuple[str | int, ...]
"""The place of a value inside another one: `("steps", 0, "method")`."""


@dataclass(frozen=True, slots=True)
class LocatedYaml:
    """A YAML value, and the 1-based line of every part of it."""

    value: Json
    lines: Mapping[FieldPath, int]

    def line_of(self, field: FieldPath) -> int:
        """The line of a field, or of the nearest part around it."""
        while field and field not in self.lines:
            field = field[:-1]
        return self.lines.get(field, 1)


def dotted(field: FieldPath) -> str:
    """`staff[0].token` of `("staff", 0, "token")`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in field).lstrip(".")


def parse_yaml(text: str, start: Source) -> LocatedYaml:
    """The JSON value of a YAML text that begins at `start`. ContractError with the line of an error."""
    try:
        builder = _Builder(start, _PlainLoader(text))
        node = builder.loader.get_single_node()
        return LocatedYaml(None if node is None else builder.build(node, ()), builder.lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = _below(start, mark) if mark else start
        what = f"not YAML: {error.problem or error.context}"
        raise refusal(where, what, next='correct the YAML; quote "{{templates}}"') from None
    except yaml.YAMLError as error:
        raise refusal(start, f"not YAML: {' '.join(str(error).split())}", next="correct the YAML") from None
    except RecursionError:
        raise refusal(start, "the YAML is nested too deeply", next="correct the YAML") from None


def _below(start: Source, mark: yaml.Mark) -> Source:
    """The place of a mark in a text that begins at `start`."""
    return Source(start.file, line_of(start) + mark.line)


class _PlainLoader(yaml.SafeLoader):
    """Loads YAML scalars as JSON values: a date or time stays a text."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":merge", ":value"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(slots=True)
class _Builder:
    """Builds the value of one YAML text. Mutable: collects lines, and counts values to limit nested aliases."""

    start: Source
    loader: _PlainLoader
    lines: dict[FieldPath, int] = field(default_factory=dict)
    values: int = 0
    around: set[yaml.Node] = field(default_factory=set)

    def build(self, node: yaml.Node, path: FieldPath) -> Json:
        """The value of the node at a path."""
        where = self._enter(node)
        self.lines[path] = line_of(where)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path, where)
        if node in self.around:
            raise refusal(where, "a YAML value that contains itself", next="write it without that alias")
        self.around.add(node)
        value = self._mapping(node, path) if isinstance(node, yaml.MappingNode) else self._sequence(node, path)
        self.around.remove(node)
        return value

    def _enter(self, node: yaml.Node) -> Source:
        where = _below(self.start, node.start_mark)
        self.values += 1
        if self.values > MAX_YAML_VALUES:
            what = f"the YAML has more than {MAX_YAML_VALUES} values once its aliases are followed"
            raise refusal(where, what, next="write fewer aliases")
        return where

    def _sequence(self, node: yaml.Node, path: FieldPath) -> Json:
        return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, path: FieldPath) -> Json:
        members: dict[str, Json] = {}
        for name, (key, value) in self._pairs(node).items():
            members[name] = self.build(value, (*path, name))
            self.lines[(*path, name)] = line_of(_below(self.start, key.start_mark))
        return members

    def _pairs(self, node: yaml.MappingNode) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Key and value nodes by name. The mapping's own keys take precedence over those of `<<: *other`."""
        own: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        taken_over: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            where = _below(self.start, key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                raise refusal(where, "a YAML key that is not a plain word", next='quote "{{templates}}"')
            others = _merged_by(key, value)
            for other in others:
                self._enter(other)
                taken_over = self._pairs(other) | taken_over
            if others:
                continue
            if key.value in own:
                raise refusal(where, f"the key {key.value!r} is there twice", next="remove one of them")
            own[writable(key.value, where)] = key, value
        return taken_over | own

    def _scalar(self, node: yaml.ScalarNode, path: FieldPath, where: Source) -> Json:
        if node.tag.removeprefix(_TAG) not in ("str", "null", "bool", "int", "float"):
            raise refusal(where, f"the YAML tag {node.tag} has no JSON value", next="write a plain value")
        try:
            value = node.value if node.tag == f"{_TAG}str" else self.loader.construct_object(node)
        except (ValueError, LookupError, AttributeError) as error:
            raise refusal(
                where, f"not a YAML value: {node.value!r} ({error})", next="correct it, or quote it"
            ) from None
        return writable(value, where, dotted(path))


def _merged_by(key: yaml.ScalarNode, value: yaml.Node) -> list[yaml.MappingNode]:
    """The mappings that a merge key `<<` refers to, in order of precedence; none for any other key."""
    if key.value != "<<" or key.style is not None:
        return []
    listed: list[yaml.Node] = value.value if isinstance(value, yaml.SequenceNode) else [value]
    mappings = [other for other in listed if isinstance(other, yaml.MappingNode)]
    return mappings if len(mappings) == len(listed) else []
