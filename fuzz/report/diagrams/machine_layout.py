"""The layout of a drawing: states in columns, edges between them.

After Sugiyama (1981), simplified for a dozen states. A state's column is the length of the longest path to it; its
place in the column depends on the places of its neighbours. An edge that passes a column has a place there, too, so
that it goes between the states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from fuzz.automaton.diagram import Drawing, Node

CHARACTER, LINE, PADDING = 6.6, 15.0, 10.0
BETWEEN_COLUMNS, IN_A_COLUMN = 290.0, 80.0
PASSING = 12.0
SWEEPS = 8

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its centre. Frozen."""

    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: Box) -> float:
        """The area that two boxes share."""
        across = (self.width + other.width) / 2 - abs(self.x - other.x)
        down = (self.height + other.height) / 2 - abs(self.y - other.y)
        return max(0.0, across) * max(0.0, down)


@dataclass(slots=True)
class Layout:
    """The boxes of a drawing's nodes by id, the points through which each edge goes, the size. Mutable while made."""

    boxes: dict[str, Box] = field(default_factory=dict)
    through: dict[int, list[Point]] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in a column: a node's, or one for an edge that passes. Frozen."""

    id: str
    width: float
    height: float


def text_box(lines: Sequence[str]) -> tuple[float, float]:
    """Width and height of some lines of text, with a margin."""
    longest = max(map(len, lines), default=0)
    return longest * CHARACTER + 2 * PADDING, len(lines) * LINE + 2 * PADDING


def lay_out(drawing: Drawing, columns_of: Mapping[str, int] | None = None) -> Layout:
    """Places every node and every edge. `columns_of`: fixed columns by node id; the nodes then keep their order."""
    depth = columns_of or _depths(drawing)
    columns = [[_slot(node) for node in drawing.nodes if depth[node.id] == at] for at in range(max(depth.values()) + 1)]
    links: list[tuple[str, str]] = []
    passing: dict[int, list[str]] = {}
    for number, edge in enumerate(drawing.edges):
        between = range(depth[edge.start] + 1, depth[edge.end])
        passing[number] = [f"{number}@{column}" for column in between]
        for column in between:
            columns[column].insert(len(columns[column]) // 2, _Slot(f"{number}@{column}", PASSING, PASSING))
        way = [edge.start, *passing[number], edge.end]
        links += pairwise(way)
    if columns_of is None:
        _sort(columns, links)
    layout = _placed(columns)
    layout.through = {n: [(layout.boxes[s].x, layout.boxes[s].y) for s in ids] for n, ids in passing.items()}
    for ids in passing.values():
        for slot in ids:
            del layout.boxes[slot]
    return layout


def _slot(node: Node) -> _Slot:
    width, height = text_box([node.name, *(line.text for line in node.lines)])
    return _Slot(node.id, max(width, 110.0), height)


def _placed(columns: Sequence[Sequence[_Slot]]) -> Layout:
    layout = Layout()
    tall = max(sum(slot.height + IN_A_COLUMN for slot in column) for column in columns)
    left = PADDING * 2
    for column in columns:
        width = max(slot.width for slot in column)
        gap = (tall - sum(slot.height for slot in column)) / len(column)
        top = PADDING + gap / 2
        for slot in column:
            own = width if slot.width > PASSING else PASSING
            layout.boxes[slot.id] = Box(left + width / 2, top + slot.height / 2, own, slot.height)
            top += slot.height + gap
        left += width + BETWEEN_COLUMNS
    layout.width = left - BETWEEN_COLUMNS + PADDING * 2
    layout.height = tall + PADDING * 2
    return layout


def _sort(columns: list[list[_Slot]], links: Sequence[tuple[str, str]]) -> None:
    """Sweeps to the right and back, ordering each column by the one before it."""
    beside: dict[str, list[str]] = {slot.id: [] for column in columns for slot in column}
    for start, end in links:
        beside[start].append(end)
        beside[end].append(start)
    for sweep in range(SWEEPS):
        ordered = columns if sweep % 2 == 0 else columns[::-1]
        for before, column in pairwise(ordered):
            places = {slot.id: place / max(1, len(before) - 1) for place, slot in enumerate(before)}
            own = {slot.id: place / max(1, len(column) - 1) for place, slot in enumerate(column)}
            column.sort(key=lambda slot: _mean(beside[slot.id], places, own[slot.id]))


def _mean(ids: Sequence[str], places: Mapping[str, float], otherwise: float) -> float:
    near = [places[slot] for slot in ids if slot in places]
    return sum(near) / len(near) if near else otherwise


def _depths(drawing: Drawing) -> dict[str, int]:
    """The length of the longest path to each node along edges that do not lead back."""
    forward = _forward(drawing)
    depth = dict.fromkeys((node.id for node in drawing.nodes), 0)
    for _ in drawing.nodes:
        for start, ends in forward.items():
            for end in ends:
                depth[end] = max(depth[end], depth[start] + 1)
    return depth


def _forward(drawing: Drawing) -> Mapping[str, list[str]]:
    """The edges without those that close a cycle, found depth first."""
    leading: dict[str, list[str]] = {node.id: [] for node in drawing.nodes}
    for edge in drawing.edges:
        leading[edge.start].append(edge.end)
    forward: dict[str, list[str]] = {node.id: [] for node in drawing.nodes}
    done: set[str] = set()
    for node in drawing.nodes:
        _visit(node.id, leading, forward, done, frozenset())
    return forward


def _visit(
    node: str,
    leading: Mapping[str, list[str]],
    forward: Mapping[str, list[str]],
    done: set[str],
    on_the_way: frozenset[str],
) -> None:
    if node in done:
        return
    on_the_way |= {node}
    for end in leading[node]:
        if end not in on_the_way:
            forward[node].append(end)
            _visit(end, leading, forward, done, on_the_way)
    done.add(node)
