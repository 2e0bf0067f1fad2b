"""YAML with the line of every field, duplicate keys refused: what an error message needs to point at the right
place.
"""

from __future__ import annotations

from typing import Any

import yaml

MOST_FIELDS = 100_000


class Lines:
    """The 1-based line of every field, by its path of keys and indexes."""

    def __init__(self) -> None:
        self._lines: dict[tuple[Any, ...], int] = {(): 1}
        self._count = 0

    def at(self, path: tuple[Any, ...]) -> int:
        """The field's line, or that of the nearest field around it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def record(self, node: yaml.Node, path: tuple[Any, ...] = (), seen: frozenset[int] = frozenset()) -> None:
        """Records the node and all below it; ValueError for a document that contains itself."""
        if id(node) in seen:
            raise ValueError("contains itself")
        self._count += 1
        if self._count > MOST_FIELDS:
            raise ValueError(f"has more than {MOST_FIELDS} fields once its aliases are followed")
        self._lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            self._record_mapping(node, path, seen | {id(node)})
        elif isinstance(node, yaml.SequenceNode):
            for place, child in enumerate(node.value):
                self.record(child, (*path, place), seen | {id(node)})

    def _record_mapping(self, node: yaml.MappingNode, path: tuple[Any, ...], seen: frozenset[int]) -> None:
        keys: set[str] = set()
        for key, child in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else f"a key in line {key.start_mark.line + 1}"
            if name in keys:
                raise yaml.constructor.ConstructorError(None, None, f"{name} stands here twice", key.start_mark)
            keys.add(name)
            self.record(child, (*path, name), seen)
            self._lines[(*path, name)] = key.start_mark.line + 1


def load_with_lines(text: str) -> tuple[Any, Lines]:
    """The data of a YAML text and the lines of its fields; yaml.YAMLError or ValueError if it cannot be read."""
    lines = Lines()
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is not None:
        lines.record(node)
    return yaml.safe_load(text), lines
