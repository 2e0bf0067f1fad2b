"""Bytes to values: files, JSON and YAML read so strictly that whatever is wrong is one `ContractError` with its line.

Stricter than the libraries beneath: a key written twice is refused instead of the first one being lost, YAML yields
JSON values only (a date stays the text it is), and size, nesting and alias expansion have limits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import yaml

from swagger.contract import ContractError, Json, Source

DOCUMENT_BYTES = 256 * 1024
SWAGGER_BYTES = 32 * 1024 * 1024
YAML_NODES = 100_000

_TAG = "tag:yaml.org,2002:"


def refusal(where: Source, what: str, *, next: str) -> ContractError:
    """The error that refuses something at a place in a file: `file:line: what`."""
    return ContractError(f"{where}: {what}", next=next)


def read_text(path: Path, *, limit: int) -> str:
    """The file's text with `\\n` line ends and no byte order mark; ContractError if it is no readable UTF-8 text."""
    try:
        if not path.is_file():
            raise ContractError(f"{path}: no such file", next="check the path; it must name an ordinary file")
        if path.stat().st_size > limit:
            raise ContractError(f"{path}: larger than {limit // 1024} KiB", next="give the document itself")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContractError(f"{path}: not UTF-8 text (byte {error.start})", next="save it as UTF-8") from None
    except (OSError, ValueError) as error:
        raise ContractError(f"{path}: cannot be read: {error}", next="check the path and its permissions") from None
    if "\0" in text:
        raise ContractError(f"{path}: a binary file, not text", next="check the path")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_json(text: str, start: Source) -> Json:
    """The JSON value of a text that begins at `start`; ContractError with the line of whatever is wrong."""

    def no_duplicates(pairs: list[tuple[str, Json]]) -> Json:
        members = dict(pairs)
        if len(members) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise refusal(
                start, f"the JSON object that begins here has the key {twice!r} twice", next="remove one of them"
            )
        return members

    def no_constant(name: str) -> NoReturn:
        raise refusal(start, f"{name} is not JSON", next="write a number, or null")

    try:
        value = json.loads(text, object_pairs_hook=no_duplicates, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        line = _line_of(start) + error.lineno - 1
        raise refusal(
            Source(start.file, line), f"not JSON: {error.msg} (column {error.colno})", next="correct the JSON"
        ) from None
    except ValueError as error:
        raise refusal(start, f"not usable as JSON: {error}", next="correct the JSON") from None
    except RecursionError:
        raise refusal(start, "the JSON is nested too deeply", next="correct the JSON") from None
    return _writable(value, start)


@dataclass(frozen=True, slots=True)
class LocatedYaml:
    """A YAML value, and the 1-based line of every part of it by its path (`("steps", 0, "method")`)."""

    value: Json
    lines: Mapping[tuple[str | int, ...], int]


def parse_yaml(text: str, start: Source) -> LocatedYaml:
    """The JSON value that a YAML text beginning at `start` stands for; ContractError with the line of what is wrong."""
    builder = _Builder(start)
    try:
        node = builder.compose(text)
        value = None if node is None else builder.build(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = builder.at(mark.line) if mark else start
        raise refusal(
            where, f"not YAML: {error.problem or error.context}", next='correct the YAML; quote "{{templates}}"'
        ) from None
    except yaml.YAMLError as error:
        raise refusal(start, f"not YAML: {' '.join(str(error).split())}", next="correct the YAML") from None
    except RecursionError:
        raise refusal(start, "the YAML is nested too deeply", next="correct the YAML") from None
    return LocatedYaml(_writable(value, start), builder.lines)


class _PlainLoader(yaml.SafeLoader):
    """YAML scalars as JSON knows them: a date or time is the text it was written as."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":merge", ":value"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(slots=True)
class _Builder:
    """Builds the value of one YAML text. Mutable: counts the nodes, which is what bounds aliases of aliases."""

    start: Source
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    nodes: int = 0
    loader: _PlainLoader = field(default_factory=lambda: _PlainLoader(""))

    def at(self, line: int) -> Source:
        return Source(self.start.file, _line_of(self.start) + line)

    def compose(self, text: str) -> yaml.Node | None:
        self.loader = _PlainLoader(text)
        node: yaml.Node | None = self.loader.get_single_node()
        return node

    def build(self, node: yaml.Node, path: tuple[str | int, ...]) -> Json:
        where = self.at(node.start_mark.line)
        self.lines[path] = _line_of(where)
        self.nodes += 1
        if self.nodes > YAML_NODES:
            raise refusal(where, f"the YAML has more than {YAML_NODES} values", next="write fewer aliases")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, where)

    def _mapping(self, node: yaml.MappingNode, path: tuple[str | int, ...]) -> Json:
        members: dict[str, Json] = {}
        for key, value in node.value:
            where = self.at(key.start_mark.line)
            if not isinstance(key, yaml.ScalarNode):
                raise refusal(where, "a YAML key that is not a plain word", next='quote "{{templates}}"')
            if key.value in members:
                raise refusal(where, f"the key {key.value!r} is there twice", next="remove one of them")
            members[key.value] = self.build(value, (*path, key.value))
            self.lines[(*path, key.value)] = _line_of(where)
        return members

    def _scalar(self, node: yaml.Node, where: Source) -> Json:
        if node.tag == f"{_TAG}str":
            return node.value
        try:
            if node.tag.removeprefix(_TAG) in ("null", "bool", "int", "float"):
                return self.loader.construct_object(node)
        except (ValueError, LookupError, AttributeError) as error:
            raise refusal(
                where, f"not a YAML value: {node.value!r} ({error})", next="correct it, or quote it"
            ) from None
        raise refusal(where, f"the YAML tag {node.tag} has no JSON value", next="write a plain value")


def _writable(value: Json, start: Source) -> Json:
    """The value, if it can be sent and printed: no lone surrogate, no NaN, no infinity."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except ValueError as error:
        raise refusal(start, f"holds a value that no JSON text can hold: {error}", next="correct the value") from None
    return value


def _line_of(where: Source) -> int:
    return where.line or 1
